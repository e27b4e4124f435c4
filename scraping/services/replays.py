"""A mended parser is replayed over kept documents: nothing is asked of the portal.

The documents of a meter are read in the order in which they came and laid over each other, the portal's last word on
each interval on top; only that is stored. So a replay that changes nothing writes nothing, and leaves no revision of
values that a later document had corrected anyway.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import pandas as pd
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from scraping.domain.contract import ParsedReadings, Portal
from scraping.domain.errors import PortalError
from scraping.models import PortalAccount, PortalMeter, StoredDocument
from scraping.selectors import REPLAY_KIND
from scraping.services.documents import Warned, document_of, store_parsed
from scraping.services.plugins import of_plugin, portal_of
from scraping.services.sources import tell_news
from twin_project.kit.jobs.models import Job
from twin_project.kit.jobs.services import enqueue

REASON = "Documents of the portal read again"
MOST_ROWS = 500_000  # in memory, before they are laid over each other


@dataclass
class ReplayReport:
    """What reading every kept document again gave, or would give."""

    documents: int = 0
    unreadable: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    refused: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """As a job's result or JSON."""
        return {name: value for name, value in vars(self).items() if isinstance(value, int)}


class Replaying(Warned, Protocol):
    """Who is told how far it is."""

    def progress(self, done_n: int, done_of: int | None) -> None:
        """So far."""


def replay_documents(
    *, account: PortalAccount, now: datetime, watcher: Replaying, reference: str = "", dry_run: bool = False
) -> ReplayReport:
    """Read every kept document of the account anew, or of one meter, and store what its portal said last.

    All of a meter's readings are stored in one transaction. What cannot be read is told and stays as it is.
    Raises AccountUnusable where the plug-in cannot serve.
    """
    portal, report = portal_of(account=account), ReplayReport()
    links = account.meters.select_related("meter__site", "account")
    chosen = links.filter(reference=reference) if reference else links
    total = StoredDocument.objects.filter(account=account, meter_reference__in=chosen.values("reference")).count()
    for link in chosen:
        frame = _last_words(portal, link, report, watcher, total)
        with transaction.atomic():
            if frame is not None:
                _store(link, frame, report, now)
            if dry_run:
                transaction.set_rollback(True)
    if not dry_run:
        tell_news(account=account)
    return report


def _last_words(
    portal: Portal, link: PortalMeter, report: ReplayReport, watcher: Replaying, total: int
) -> pd.DataFrame | None:
    """What the documents of a meter say, the last one on each interval and quantity; None where none can be read."""
    kept = StoredDocument.objects.filter(account_id=link.account_id, meter_reference=link.reference)
    frames: list[pd.DataFrame] = []
    for stored in kept.select_related("account").order_by("seq", "pk").iterator(chunk_size=8):
        report.documents += 1
        watcher.progress(report.documents, total)
        try:
            with of_plugin(portal):
                frames.append(portal.parse(document_of(stored)).frame)
        except PortalError as error:
            report.unreadable += 1
            report.problems.append(f"The document {stored} cannot be read: {error.what}")
            watcher.warn(report.problems[-1])
        if sum(map(len, frames)) > MOST_ROWS and len(frames) > 1:
            frames = [_laid_over(frames)]
    return _laid_over(frames) if frames else None


def _laid_over(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """One row for each start: the last value of each quantity, among the rows of the last interval length."""
    rows = pd.concat(frames, ignore_index=True)
    current = rows.groupby("start_at")["interval_s"].transform("last")
    return rows[rows["interval_s"] == current].groupby("start_at", as_index=False).last()


def _store(link: PortalMeter, frame: pd.DataFrame, report: ReplayReport, now: datetime) -> None:
    stored = store_parsed(link=link, parsed=ParsedReadings(link.reference, frame), now=now, reason=REASON)
    report.new += stored.new
    report.changed += stored.changed
    report.same += stored.same
    report.refused += len(stored.refused)
    report.problems += [refusal.reason for refusal in stored.refused[:5]]


def ask_replay(*, account: PortalAccount, by: AbstractBaseUser | None = None) -> Job:
    """Ask for the job that replays all kept documents of the account; an open one is returned."""
    return enqueue(kind=REPLAY_KIND, params={"account_id": account.pk}, by=by)
