"""How much of a period was measured, and where not."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Max, Min

from meters.domain.gaps import Span, gaps_between, total
from meters.models import Meter, Quality, Reading
from meters.selectors.latest import data_through

# Where readings begin again after nothing, and how far those before had come: a year comes back as a few rows.
_STARTS = """
SELECT start_at, reached FROM (
    SELECT start_at, max(start_at + interval_s * interval '1 second')
        OVER (ORDER BY start_at ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached
    FROM meters_reading
    WHERE meter_id = %(meter)s AND start_at >= %(start)s AND start_at < %(end)s AND quality <> %(not)s
) AS stamped WHERE reached IS NULL OR start_at > reached ORDER BY start_at
"""
# No reading is longer than a day of 25 hours, so the one that ends last is among the last.
_LAST = """
WITH counted AS (
    SELECT start_at, interval_s FROM meters_reading
    WHERE meter_id = %(meter)s AND start_at >= %(start)s AND start_at < %(end)s AND quality <> %(not)s
)
SELECT max(start_at + interval_s * interval '1 second') FROM counted
WHERE start_at >= (SELECT max(start_at) FROM counted) - interval '25 hours'
"""
_REACH = timedelta(hours=25)  # the longest interval: a reading may begin so long before the period


_NO_QUALITY = -1


def gaps(
    meter: Meter, start: datetime | None = None, end: datetime | None = None, *, suspect_counts: bool = False
) -> list[Span]:
    """Parts of `[start, end)` without a reading that counts; by default from the first reading to the last.

    Aware, in UTC, ordered. A suspect reading does not count, unless `suspect_counts`.
    """
    if start is None:
        start = Reading.objects.filter(meter=meter).aggregate(first=Min("start_at"))["first"]
    if end is None:
        end = data_through(meter)
    if start is None or end is None or end <= start:
        return []
    touching = [(begins, ends) for begins, ends in _runs(meter, start, end, suspect_counts) if ends > start]
    return gaps_between(touching, start=start.astimezone(UTC), end=end.astimezone(UTC))


def _runs(meter: Meter, start: datetime, end: datetime, suspect_counts: bool) -> list[Span]:
    """Runs of readings that touch."""
    doubtful = _NO_QUALITY if suspect_counts else Quality.SUSPECT
    words: dict[str, Any] = {"meter": meter.pk, "start": start - _REACH, "end": end, "not": doubtful}
    with connection.cursor() as cursor:
        cursor.execute(_STARTS, words)
        rows = cursor.fetchall()
        if not rows:
            return []
        cursor.execute(_LAST, words)
        (last,) = cursor.fetchone()
    ends = [*(reached for _, reached in rows[1:]), last]
    return [(begins.astimezone(UTC), at.astimezone(UTC)) for (begins, _), at in zip(rows, ends, strict=True)]


def completeness(meter: Meter, *, start: datetime, end: datetime) -> float:
    """The measured share of `[start, end)`, 0 to 1."""
    return 1.0 - total(gaps(meter, start, end)) / (end - start)


def covered_period(meter: Meter) -> Span | None:
    """From the start of the first reading to the end of the last."""
    ends = Reading.objects.filter(meter=meter).aggregate(first=Min("start_at"), last=Max("start_at"))
    through = data_through(meter)
    return None if ends["first"] is None or through is None else (ends["first"], through)
