"""Portal accounts: kept, started, stopped, visited when due."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from scraping.domain.contract import Credentials
from scraping.models import PortalAccount
from scraping.services.plugins import AccountUnusable, checked_params
from twin_project.kit.jobs.models import Job
from twin_project.kit.jobs.services import enqueue, request_cancel
from twin_project.kit.vault import CannotOpen, seal, unseal

KIND = "scrape_portal"


def save_account(
    *, name: str, portal: str, username: str, password: str, params: dict[str, Any], **options: Any
) -> PortalAccount:
    """Create or update the account of that name; raises BadParams for what the portal does not take."""
    checked = checked_params(portal=portal, params=params, interval_minutes=options.get("interval_minutes"))
    account, _ = PortalAccount.objects.update_or_create(
        name=name,
        defaults={
            "portal": portal,
            "username": username,
            "sealed_password": seal(password, keys=settings.FIELD_KEYS),
            "params": checked,
            **options,
        },
    )
    return account


def credentials_of(*, account: PortalAccount) -> Credentials:
    """Open the sealed password; only a visit does. Raises AccountUnusable."""
    try:
        return Credentials(account.username, unseal(account.sealed_password, keys=settings.FIELD_KEYS))
    except CannotOpen as error:
        raise AccountUnusable(str(error), advice="Then start the scraper again.") from error


def start_scraper(*, account: PortalAccount, now: datetime, by: AbstractBaseUser | None = None) -> Job:
    """Visit now, and from now on when due. A breaker or a refusal that stopped it is forgotten."""
    with transaction.atomic():
        job = run_now(account=account, by=by)
        account.enabled = True
        account.failures = 0
        account.stopped_because = ""
        account.next_visit_at = _next_visit_at(account, job, now=now)
        account.save(update_fields=["enabled", "failures", "stopped_because", "next_visit_at"])
        return job


def stop_scraper(*, account: PortalAccount) -> list[Job]:
    """No more visits; the one that runs is cancelled, its browser ends with it."""
    account.enabled = False
    account.next_visit_at = None
    account.save(update_fields=["enabled", "next_visit_at"])
    stopped = list(Job.objects.filter(dedup_key=_key(account), state__in=Job.OPEN))
    for job in stopped:
        request_cancel(job=job)
    return stopped


def run_now(*, account: PortalAccount, by: AbstractBaseUser | None = None) -> Job:
    """Ask for a visit; where one is open already, that one is returned."""
    return enqueue(kind=KIND, params={"account_id": account.pk}, by=by, dedup_key=_key(account))


def enqueue_due_visits(*, now: datetime) -> int:
    """Ask for the visits that are due; returns how many."""
    with transaction.atomic():
        due = PortalAccount.objects.select_for_update(skip_locked=True).filter(enabled=True, next_visit_at__lte=now)
        for account in due:
            account.next_visit_at = _next_visit_at(account, run_now(account=account), now=now)
            account.save(update_fields=["next_visit_at"])
        return len(due)


def _next_visit_at(account: PortalAccount, job: Job, *, now: datetime) -> datetime:
    """After the interval; at once where the open visit is one that was stopped and is about to end."""
    return now if job.cancel_requested_at else now + timedelta(minutes=account.interval_minutes)


def _key(account: PortalAccount) -> str:
    """One open visit for each account: two sessions of one customer throw each other out."""
    return f"{KIND}:{account.pk}"
