"""What is secret of an account: sealed on the way in, opened inside a job only, sealed anew when the keys change."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models, transaction

from scraping.domain.contract import Credentials
from scraping.models import CodeRequest, PortalAccount, Probe
from scraping.services.plugins import AccountUnusable
from twin_project.kit.vault import CannotOpen, rotate, seal, unseal

SEALED: tuple[tuple[type[models.Model], tuple[str, ...]], ...] = (
    (PortalAccount, ("sealed_password", "sealed_totp_seed", "sealed_session")),
    (CodeRequest, ("sealed_code",)),
    (Probe, ("sealed_password", "sealed_totp_seed")),
)


def sealed(text: str) -> str:
    """The text under the newest key; "" stays ""."""
    return seal(text, keys=settings.FIELD_KEYS) if text else ""


def credentials_of(*, account: PortalAccount, ask: Callable[[str], str] | None = None) -> Credentials:
    """Open the sealed password and seed; only a visit does. Raises AccountUnusable."""
    try:
        password, seed = _open(account.sealed_password), _open(account.sealed_totp_seed)
    except CannotOpen as error:
        raise AccountUnusable(str(error), advice="Then start the scraper again.") from error
    return Credentials(account.username, password, seed, ask)


def keep_session(*, account: PortalAccount, cookies: Sequence[Any], now: datetime) -> None:
    """Seal the cookies of a visit for the next one, or forget those there were."""
    kept = sealed(json.dumps(list(cookies))) if cookies else ""
    PortalAccount.objects.filter(pk=account.pk).update(sealed_session=kept, session_kept_at=now if kept else None)


def session_of(*, account: PortalAccount) -> list[Any]:
    """The cookies of the last visit; none where there are none or their key is lost: then it signs in anew."""
    kept = PortalAccount.objects.filter(pk=account.pk).values_list("sealed_session", flat=True).first()
    try:
        return list(json.loads(_open(kept))) if kept else []
    except CannotOpen:
        return []


@dataclass
class Rotation:
    """How many secrets were sealed anew, and whose could not be opened."""

    rotated: int = 0
    failed: list[str] = field(default_factory=list)


def rotate_credentials(*, dry_run: bool = False) -> Rotation:
    """Seal every secret anew under the newest key; after it the older keys are needed no more.

    One that none of the keys opens stays as it is and is told.
    """
    told = Rotation()
    with transaction.atomic():
        for model, names in SEALED:
            for row in model._default_manager.select_for_update().all():
                _rotate_row(row, names, told)
        if dry_run:
            transaction.set_rollback(True)
    return told


def _rotate_row(row: models.Model, names: tuple[str, ...], told: Rotation) -> None:
    renewed = {}
    for name in names:
        token = getattr(row, name)
        if not token:
            continue
        try:
            renewed[name] = rotate(token, keys=settings.FIELD_KEYS)
        except CannotOpen:
            told.failed.append(f"{name.removeprefix('sealed_').replace('_', ' ')} of {row}")
    if renewed:
        type(row)._default_manager.filter(pk=row.pk).update(**renewed)
        told.rotated += len(renewed)


def _open(token: str) -> str:
    return unseal(token, keys=settings.FIELD_KEYS) if token else ""
