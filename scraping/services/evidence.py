"""What is kept of a visit that failed: what the browser showed, what it had asked for, and for how long."""

import contextlib
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from scraping.domain.browsing import Browser, RequestNote
from scraping.domain.errors import PortalError
from scraping.domain.redaction import redact
from scraping.models import Evidence, ScrapeRun

MOST_REQUESTS = 300


def keep_evidence(*, run: ScrapeRun, browser: Browser, secrets: Iterable[str], now: datetime) -> None:
    """Keep what the browser shows now; the first look at a visit stays, and one that has crashed shows little.

    Whatever is text is scrubbed of the `secrets`, beside those that the browser itself saw typed.
    """
    hidden = [secret for secret in secrets if secret]
    found: dict[str, Any] = {}
    with contextlib.suppress(PortalError):
        hidden += cookie_values(browser.cookies())
    with contextlib.suppress(PortalError):
        found["url"] = redact(browser.redact(browser.current_url), hidden)
    with contextlib.suppress(PortalError):
        found["html"] = redact(browser.page_source(), hidden).replace("\x00", "")
    with contextlib.suppress(PortalError):
        asked = [_scrubbed(request, browser, hidden) for request in browser.requests()[-MOST_REQUESTS:]]
        found |= {"requests": asked} if asked else {}
    with contextlib.suppress(PortalError):
        found["screenshot"] = browser.screenshot()
    if found:
        Evidence.objects.get_or_create(run=run, defaults={"taken_at": now, **found})


def prune_evidence(*, now: datetime) -> int:
    """Forget evidence that is older than `settings.EVIDENCE_DAYS`; returns how much there was."""
    old = Evidence.objects.filter(taken_at__lt=now - timedelta(days=settings.EVIDENCE_DAYS))
    return old.delete()[0] if old.exists() else 0


def cookie_values(cookies: Iterable[Any]) -> list[str]:
    """What in cookies would let somebody else in; short values are flags, and hiding them would garble a page."""
    return [cookie["value"] for cookie in cookies if len(str(cookie.get("value", ""))) >= 12]


def _scrubbed(request: RequestNote, browser: Browser, hidden: list[str]) -> dict[str, Any]:
    url = redact(browser.redact(request.url), hidden).replace("\x00", "")
    return {**asdict(request), "at": request.at.isoformat(), "url": url}
