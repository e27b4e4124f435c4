"""The date bar: which local days a page shows, read from its address and written back into it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal, get_args
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

Kind = Literal["now", "day", "week", "month", "year", "custom"]
KINDS: tuple[Kind, ...] = get_args(Kind)
LONGEST_DAYS = 3660
FEWEST_STEPS = 8
BEFORE_NOW, AFTER_NOW = timedelta(days=3), timedelta(days=3)


@dataclass(frozen=True)
class Period:
    """Whole local days `[first, after)` of a zone."""

    kind: Kind
    first: date
    after: date
    zone: ZoneInfo

    @property
    def start(self) -> datetime:
        """The first instant, in UTC; 23 and 25 hours before the end where the clock changes."""
        return _midnight(self.first, self.zone)

    @property
    def end(self) -> datetime:
        """The first instant after it, in UTC."""
        return _midnight(self.after, self.zone)

    @property
    def last(self) -> date:
        """The last day in it."""
        return self.after - timedelta(days=1)

    @property
    def title(self) -> str:
        """The days in words."""
        if self.kind == "day":
            return f"{self.first:%A %-d %B %Y}"
        if self.kind in ("month", "year"):
            return f"{self.first:%B %Y}" if self.kind == "month" else f"{self.first:%Y}"
        if (self.first.year, self.first.month) == (self.last.year, self.last.month):
            return f"{self.first.day} to {self.last:%-d %B %Y}"
        return f"{self.first:%-d %b %Y} to {self.last:%-d %b %Y}"

    @property
    def query(self) -> str:
        """The part of the address that means this period."""
        if self.kind == "now":
            return "period=now"
        if self.kind == "custom":
            return urlencode({"period": "custom", "from": self.first.isoformat(), "to": self.last.isoformat()})
        return urlencode({"period": self.kind, "date": self.first.isoformat()})

    def moved(self, by: int) -> "Period":
        """The neighbour `by` periods later, or earlier where negative."""
        if self.kind in ("now", "custom"):
            width = (self.after - self.first) * by
            return Period("custom", self.first + width, self.after + width, self.zone)
        anchor = self.after if by > 0 else self.first - timedelta(days=1)
        return period_of(self.kind, anchor, self.zone)

    def a_year_before(self) -> "Period":
        """The same month or year one earlier; days and weeks move by 52 weeks, so that weekdays meet weekdays."""
        if self.kind in ("month", "year"):
            return period_of(self.kind, self.first.replace(year=self.first.year - 1), self.zone)
        back = timedelta(weeks=52)
        kind = "custom" if self.kind == "now" else self.kind
        return Period(kind, self.first - back, self.after - back, self.zone)

    def as_kind(self, kind: Kind, today: date) -> "Period":
        """The period of another kind at the same place: around today where today is in it."""
        if kind == "now":
            return period_of(kind, today, self.zone)
        anchor = today if self.first <= today < self.after else self.first
        return period_of(kind, anchor, self.zone)

    def holds(self, day: date) -> bool:
        """Whether the day is one of it."""
        return self.first <= day < self.after


def period_of(kind: Kind, anchor: date, zone: ZoneInfo) -> Period:
    """The day, week (from Monday), month or year that holds `anchor`; for "now" the days around it."""
    if kind == "now":
        return Period(kind, anchor - BEFORE_NOW, anchor + AFTER_NOW, zone)
    if kind == "week":
        first = anchor - timedelta(days=anchor.weekday())
        return Period(kind, first, first + timedelta(days=7), zone)
    if kind == "month":
        first = anchor.replace(day=1)
        return Period(kind, first, (first + timedelta(days=32)).replace(day=1), zone)
    if kind == "year":
        return Period(kind, date(anchor.year, 1, 1), date(anchor.year + 1, 1, 1), zone)
    return Period("day", anchor, anchor + timedelta(days=1), zone)


def read_period(query: Mapping[str, str], *, today: date, zone: ZoneInfo, default: Kind = "week") -> Period:
    """The period that an address asks for; what it says wrongly is taken as not said."""
    kind = next((known for known in KINDS if known == query.get("period")), default)
    if kind == "custom":
        first, last = _day(query.get("from")), _day(query.get("to"))
        if first and last and first <= last and (last - first).days < LONGEST_DAYS:
            return Period("custom", first, last + timedelta(days=1), zone)
        kind = default
    anchor = _day(query.get("date")) if kind != "now" else None
    return period_of(kind, anchor or today, zone)


def read_span(query: Mapping[str, str], *, step: timedelta) -> tuple[datetime, datetime] | None:
    """The instants `from` and `to` that a zoom asks for, never narrower than eight steps; None where they are none."""
    try:
        start, end = (datetime.fromisoformat(query.get(name, "")) for name in ("from", "to"))
    except ValueError:
        return None
    longest = timedelta(days=LONGEST_DAYS + 40)
    if start.tzinfo is None or end.tzinfo is None or not timedelta() < end - start <= longest:
        return None
    if end - start < FEWEST_STEPS * step:
        middle = start + (end - start) / 2
        start, end = middle - FEWEST_STEPS * step / 2, middle + FEWEST_STEPS * step / 2
    return start.astimezone(UTC), end.astimezone(UTC)


def _day(text: str | None) -> date | None:
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return None
    return day if 1990 <= day.year <= 2200 else None


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def bar_of(period: Period, *, today: date, keep: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What `parts/date_bar.html` needs; `keep` is the rest of the address, which stays."""
    kept = dict(keep or {})
    kinds = [(kind, period.as_kind(kind, today)) for kind in KINDS if kind != "custom"]
    neighbours = {"period_before": period.moved(-1), "period_after": period.moved(1)}
    address = f"{urlencode(kept)}&" if kept else ""
    return {"period": period, "period_kinds": kinds, **neighbours, "kept": list(kept.items()), "keep": address}
