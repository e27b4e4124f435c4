"""Backfill: years of the past, window by window, the newest first; a kill anywhere goes on where it was.

The rows are the truth: a window is done or it is not. A job works on them for a while and ends, so that other
accounts get their turn, and the tending asks for the next one as long as windows are left.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from scraping.models import Backfill, PortalAccount
from scraping.selectors import BACKFILL_KIND
from scraping.services.locks import lock_of
from twin_project.kit.jobs.models import Job
from twin_project.kit.jobs.services import alone, enqueue, request_cancel

EARLIEST = datetime(1990, 1, 1, tzinfo=ZoneInfo("UTC"))


class BadPeriod(ValueError):
    """The period that was asked for cannot be brought; the message says why."""


def ask_backfill(
    *, account: PortalAccount, start: datetime, end: datetime, now: datetime, reference: str = ""
) -> Backfill:
    """The open backfill of that period, or a new one; raises BadPeriod. Nothing runs yet."""
    if not EARLIEST <= start < min(end, now):
        raise BadPeriod("A backfill begins on a day between 1990 and today, and ends after it.")
    if reference and not account.meters.filter(reference=reference).exists():
        known = ", ".join(account.meters.values_list("reference", flat=True)) or "none yet; visit the portal first"
        raise BadPeriod(f"This account shows no meter {reference}; it shows: {known}.")
    words = {"reference": reference, "start_at": start, "end_at": min(end, now)}
    with transaction.atomic():
        PortalAccount.objects.select_for_update().get(pk=account.pk)
        same = account.backfills.filter(reference=reference, start_at=start).exclude(state=Backfill.State.DONE).first()
        if same is not None:
            return same
        return Backfill.objects.create(account=account, created_at=now, **words)


def run_backfill(*, backfill: Backfill, by: AbstractBaseUser | None = None) -> Job:
    """Ask for the job that works on it, also to go on where it stopped; windows that failed are tried again."""
    with transaction.atomic():
        resume_backfill(backfill=backfill)
        return run_next(backfill=backfill, by=by)


def resume_backfill(*, backfill: Backfill) -> None:
    """Open it again; windows that are done stay done, those that failed are tried again."""
    again = {"state": Backfill.State.OPEN, "finished_at": None, "error_message": "", "advice": "", "job": None}
    with transaction.atomic():
        Backfill.objects.filter(pk=backfill.pk).update(**again)
        backfill.windows.update(error="")


def stop_backfill(*, backfill: Backfill, now: datetime) -> None:
    """No more windows; the visit that runs for it is cancelled."""
    end_backfill(backfill=backfill, state=Backfill.State.STOPPED, now=now)
    for job in Job.objects.filter(pk__in=[backfill.job], state__in=Job.OPEN):
        request_cancel(job=job)


def end_backfill(
    *, backfill: Backfill, state: Backfill.State, now: datetime, message: str = "", advice: str = ""
) -> None:
    """Write how it ended; one that was stopped or has failed meanwhile stays so, unless all of it has come."""
    told = {"state": state, "finished_at": now, "error_message": message, "advice": advice}
    rows = Backfill.objects.filter(pk=backfill.pk)
    (rows if state == Backfill.State.DONE else rows.filter(state=Backfill.State.OPEN)).update(**told)


def tend_backfills(*, now: datetime) -> int:
    """Ask for the next job of each open backfill whose last one has ended; returns how many.

    A job that failed or was cancelled ends the backfill, with its reason: a person lets it go on. One without a job
    belongs to a command; where nobody visits the account, that command is gone.
    """
    asked = 0
    opened = Backfill.objects.filter(state=Backfill.State.OPEN)
    for backfill in opened.filter(job=None):
        with alone(lock_of(backfill.account_id)) as free:
            if free:
                end_backfill(backfill=backfill, state=Backfill.State.STOPPED, now=now)
    for backfill in opened.exclude(job=None):
        job = Job.objects.filter(pk__in=[backfill.job]).first()
        if job is None or job.state == Job.State.DONE:
            run_next(backfill=backfill)
            asked += 1
        elif job.state == Job.State.FAILED:
            end_backfill(
                backfill=backfill, state=Backfill.State.FAILED, now=now, message=job.error_message, advice=job.advice
            )
        elif job.state == Job.State.CANCELLED:
            end_backfill(backfill=backfill, state=Backfill.State.STOPPED, now=now)
    return asked


def run_next(*, backfill: Backfill, by: AbstractBaseUser | None = None) -> Job:
    """The next job of an open backfill."""
    params = {"account_id": backfill.account_id, "backfill_id": backfill.pk}
    with transaction.atomic():
        job = enqueue(kind=BACKFILL_KIND, params=params, by=by, dedup_key=f"{BACKFILL_KIND}:{backfill.pk}")
        Backfill.objects.filter(pk=backfill.pk, state=Backfill.State.OPEN).update(job=job.pk)
    return job
