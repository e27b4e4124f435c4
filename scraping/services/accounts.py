"""Portal accounts: kept, started, stopped, visited when due."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Q

from scraping.models import PortalAccount
from scraping.selectors import SIGN_IN_KIND, VISIT_KIND, jobs_of
from scraping.services.plugins import checked_params
from scraping.services.sealing import sealed
from twin_project.kit.jobs.models import Job
from twin_project.kit.jobs.services import enqueue, request_cancel

CLOCK_SLACK = timedelta(days=2)  # more than any wait that a portal may ask for beside the interval


def save_account(
    *, name: str, portal: str, username: str, password: str, params: dict[str, Any], totp_seed: str = "", **options: Any
) -> PortalAccount:
    """Create or update the account of that name; raises BadParams for what the portal does not take."""
    checked = checked_params(portal=portal, params=params, interval_minutes=options.get("interval_minutes"))
    account, _ = PortalAccount.objects.update_or_create(
        name=name,
        defaults={
            "portal": portal,
            "username": username,
            "sealed_password": sealed(password),
            "sealed_totp_seed": sealed(totp_seed),
            "params": checked,
            **options,
        },
    )
    return account


def change_password(*, account: PortalAccount, username: str, password: str) -> None:
    """Take what the customer signs in with from now on; the old session is forgotten with the old password."""
    account.username, account.sealed_password = username, sealed(password)
    account.sealed_session, account.session_kept_at = "", None
    account.save(update_fields=["username", "sealed_password", "sealed_session", "session_kept_at"])


def start_scraper(*, account: PortalAccount, now: datetime, by: AbstractBaseUser | None = None) -> Job:
    """Visit now, and from now on when due. A breaker or a refusal that stopped it is forgotten."""
    with transaction.atomic():
        job = run_now(account=account, by=by)
        account.enabled = True
        account.failures = 0
        account.stopped_because = account.stopped_class = ""
        account.next_visit_at = _next_visit_at(account, job, now=now)
        account.save(update_fields=["enabled", "failures", "stopped_because", "stopped_class", "next_visit_at"])
        return job


def stop_scraper(*, account: PortalAccount) -> list[Job]:
    """No more visits; whatever runs for the account is cancelled, its browser ends with it."""
    account.enabled = False
    account.next_visit_at = None
    account.save(update_fields=["enabled", "next_visit_at"])
    stopped = list(jobs_of(account).filter(state__in=Job.OPEN))
    for job in stopped:
        request_cancel(job=job)
    return stopped


def run_now(*, account: PortalAccount, by: AbstractBaseUser | None = None) -> Job:
    """Ask for a visit; where one is open already, that one is returned."""
    return enqueue(kind=VISIT_KIND, params={"account_id": account.pk}, by=by, dedup_key=_key(account))


def check_sign_in(*, account: PortalAccount, by: AbstractBaseUser | None = None) -> Job:
    """Ask for a visit that only signs in and looks; where a visit is open already, that one is returned."""
    return enqueue(kind=SIGN_IN_KIND, params={"account_id": account.pk}, by=by, dedup_key=_key(account))


def enqueue_due_visits(*, now: datetime) -> int:
    """Ask for the visits that are due; returns how many.

    One that lies further ahead than any schedule puts it was set by a clock that has been put right since.
    """
    with transaction.atomic():
        odd = Q(next_visit_at__lte=now) | Q(next_visit_at__gt=now + CLOCK_SLACK)
        scheduled = PortalAccount.objects.select_for_update(skip_locked=True).filter(odd, enabled=True)
        late = [row for row in scheduled if _is_due(row, now)]
        for account in late:
            account.next_visit_at = _next_visit_at(account, run_now(account=account), now=now)
            account.save(update_fields=["next_visit_at"])
        return len(late)


def _is_due(account: PortalAccount, now: datetime) -> bool:
    at = account.next_visit_at
    furthest = timedelta(minutes=account.interval_minutes) + CLOCK_SLACK
    return at is not None and (at <= now or at > now + furthest)


def _next_visit_at(account: PortalAccount, job: Job, *, now: datetime) -> datetime:
    """After the interval; at once where the open visit is one that was stopped and is about to end."""
    return now if job.cancel_requested_at else now + timedelta(minutes=account.interval_minutes)


def _key(account: PortalAccount) -> str:
    """One open visit for each account: two sessions of one customer throw each other out."""
    return f"{VISIT_KIND}:{account.pk}"
