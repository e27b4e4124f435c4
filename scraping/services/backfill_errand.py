"""The windows of a backfill, as a visit brings them."""

import time
from collections.abc import Iterator
from datetime import datetime

from django.db.models import F, QuerySet

from scraping.domain.contract import Window
from scraping.domain.errors import LayoutChanged
from scraping.models import Backfill, BackfillWindow, PortalMeter, ScrapeRun
from scraping.services.errands import Progress

WINDOW_DAYS = 31
SLICE_S = 20 * 60.0
LOST_IN_A_ROW = 3  # windows of one meter; what is before them is probably not there at all


class BackfillErrand:
    """The windows of a backfill that are not done, for `slice_s` seconds at a time."""

    purpose = ScrapeRun.Purpose.BACKFILL

    def __init__(self, *, backfill: Backfill, slice_s: float = SLICE_S) -> None:
        self.backfill = backfill
        self._until = time.monotonic() + slice_s
        self._lost_in_a_row: dict[str, int] = {}
        self._done_n = 0
        self._of = 0
        self._window_began = time.monotonic()

    def wants(self, reference: str) -> bool:
        """The one meter, or all."""
        return self.backfill.reference in ("", reference)

    def begin(self, links: list[PortalMeter]) -> None:
        """Plan the windows of every meter that has none yet."""
        planned = set(self.backfill.windows.values_list("link_id", flat=True))
        rows = [
            BackfillWindow(backfill=self.backfill, link=link, start_at=start, end_at=end)
            for link in links
            if link.pk not in planned
            for start, end in _spans(self.backfill.start_at, self.backfill.end_at, link.meter.site.zone)
        ]
        BackfillWindow.objects.bulk_create(rows, ignore_conflicts=True)
        self._of = self._done_n + self._left().count()

    def next_window(self, link: PortalMeter) -> Window | None:
        """The newest window of the meter that is neither done nor failed; None once the time of this job is over."""
        if time.monotonic() > self._until or self._lost_in_a_row.get(link.reference, 0) >= LOST_IN_A_ROW:
            return None
        if not Backfill.objects.filter(pk=self.backfill.pk, state=Backfill.State.OPEN).exists():
            return None  # somebody stopped it on the page
        row = self._left().filter(link=link, error="").order_by("-start_at").first()
        self._window_began = time.monotonic()
        return None if row is None else Window(row.start_at, row.end_at)

    def progress(self, link: PortalMeter, part: float) -> Progress:
        """Windows of this job, of those that were left when it began."""
        return self._done_n, self._of

    def finished(self, link: PortalMeter, window: Window, *, now: datetime) -> None:
        """Never fetched again by this backfill."""
        self._lost_in_a_row[link.reference] = 0
        self._done_n += 1
        self.backfill.windows.filter(link=link, start_at=window.start).update(done_at=now, error="")
        took_s = time.monotonic() - self._window_began
        Backfill.objects.filter(pk=self.backfill.pk).update(worked_s=F("worked_s") + took_s)

    def gave_up(self, link: PortalMeter, window: Window, error: LayoutChanged) -> None:
        """Kept with its reason; the backfill ends as failed and tries it again when it goes on."""
        self._lost_in_a_row[link.reference] = self._lost_in_a_row.get(link.reference, 0) + 1
        self.backfill.windows.filter(link=link, start_at=window.start).update(error=error.what)

    @property
    def is_complete(self) -> bool:
        """Whether windows were planned and none is left."""
        return self.backfill.windows.exists() and not self._left().exists()

    def _left(self) -> "QuerySet[BackfillWindow]":
        return self.backfill.windows.filter(done_at=None)


def _spans(start: datetime, end: datetime, zone: str) -> Iterator[tuple[datetime, datetime]]:
    """Runs of whole local days, the first and the last perhaps cut."""
    for first, last in Window(start, end).chunks(zone, days=WINDOW_DAYS):
        whole = Window.of_local_days(first, last, zone)
        yield max(whole.start, start), min(whole.end, end)
