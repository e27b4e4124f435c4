"""How much of a period was measured, and where not."""

from datetime import UTC, datetime, timedelta

from django.db import connection
from django.db.models import Max, Min

from meters.domain.gaps import Span, gaps_between, total
from meters.models import Meter, Quality, Reading
from meters.selectors.latest import data_through

# Runs of readings that touch, found in the database: a year of quarter hours comes back as a few rows.
_RUNS = """
SELECT min(start_at), max(end_at) FROM (
    SELECT start_at, end_at, count(*) FILTER (WHERE reached IS NULL OR start_at > reached)
        OVER (ORDER BY start_at) AS run
    FROM (
        SELECT start_at, start_at + interval_s * interval '1 second' AS end_at,
            max(start_at + interval_s * interval '1 second')
                OVER (ORDER BY start_at ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached
        FROM meters_reading
        WHERE meter_id = %s AND start_at >= %s AND start_at < %s AND quality <> %s
    ) AS stamped
) AS numbered GROUP BY run ORDER BY 1
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
    with connection.cursor() as cursor:
        cursor.execute(_RUNS, [meter.pk, start - _REACH, end, _NO_QUALITY if suspect_counts else Quality.SUSPECT])
        runs = [(begins.astimezone(UTC), ends.astimezone(UTC)) for begins, ends in cursor.fetchall()]
    touching = [(begins, ends) for begins, ends in runs if ends > start]
    return gaps_between(touching, start=start.astimezone(UTC), end=end.astimezone(UTC))


def completeness(meter: Meter, *, start: datetime, end: datetime) -> float:
    """The measured share of `[start, end)`, 0 to 1."""
    return 1.0 - total(gaps(meter, start, end)) / (end - start)


def covered_period(meter: Meter) -> Span | None:
    """From the start of the first reading to the end of the last."""
    ends = Reading.objects.filter(meter=meter).aggregate(first=Min("start_at"), last=Max("start_at"))
    through = data_through(meter)
    return None if ends["first"] is None or through is None else (ends["first"], through)
