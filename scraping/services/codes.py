"""The code that a portal asks for: the visit waits with its browser open, the customer types it on the page.

The two meet in the database, since the page and the visit are different processes, perhaps on different machines.
"""

import contextlib
import time
from datetime import datetime, timedelta
from typing import Protocol

from django.conf import settings
from django.db import DatabaseError, transaction
from django.utils import timezone

from scraping.domain.errors import SecondFactorRequired
from scraping.models import CodeRequest, PortalAccount, ScrapeRun
from scraping.selectors import open_request
from scraping.services.sealing import sealed
from twin_project.kit.vault import unseal

POLL_S = 1.0
LONGEST_CODE = 40


class Told(Protocol):
    """Who sees how the visit goes."""

    def step(self, text: str) -> None:
        """A new part begins."""

    def warn(self, text: str) -> None:
        """One line that matters."""


def ask_customer(*, run: ScrapeRun, question: str, watcher: Told) -> str:
    """Wait for the code, up to `settings.CODE_WAIT_MINUTES`; raises SecondFactorRequired where none comes."""
    wait = timedelta(minutes=settings.CODE_WAIT_MINUTES)
    asked_at = timezone.now()
    request = CodeRequest.objects.create(run=run, question=question, asked_at=asked_at, expires_at=asked_at + wait)
    watcher.step("Waiting for the code that the portal asks for")
    watcher.warn(f"{question} Type the code on the page of this portal account within {wait.seconds // 60} minutes.")
    try:
        code = _wait_for(request, wait.total_seconds())
    finally:
        with contextlib.suppress(DatabaseError):  # a signal in the middle of a statement breaks the connection
            CodeRequest.objects.filter(pk=request.pk).update(sealed_code="", closed_at=timezone.now())
    if not code:
        raise SecondFactorRequired(
            f"{question} Nobody typed the code within {wait.seconds // 60} minutes.",
            advice="Start the scraper when you are at hand, or store the seed of your authenticator with this account.",
        )
    return code


def answer_code(*, account: PortalAccount, code: str, now: datetime) -> bool:
    """Hand the code to the visit that waits; False where none waits any more. Raises ValueError for no code."""
    plain = "".join(code.split())
    if not plain or len(plain) > LONGEST_CODE or not plain.isascii():
        raise ValueError("Type the code as the portal sent it: letters and digits, without its explanation.")
    with transaction.atomic():
        request = open_request(account, now=now)
        if request is None:
            return False
        still = CodeRequest.objects.filter(pk=request.pk, closed_at=None, answered_at=None)
        return bool(still.update(sealed_code=sealed(plain), answered_at=now))


def _wait_for(request: CodeRequest, seconds: float) -> str:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        kept = CodeRequest.objects.filter(pk=request.pk).values_list("sealed_code", flat=True).first()
        if kept:
            return unseal(kept, keys=settings.FIELD_KEYS)
        time.sleep(POLL_S)
    return ""
