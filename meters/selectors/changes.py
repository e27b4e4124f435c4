"""What changed after it was first stored: one row for each time that readings were replaced."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from meters.models import Meter

# What took a revision's place is the next revision of that reading, else the reading itself.
_CHANGES = """
SELECT v.replaced_at, min(v.start_at), max(v.start_at + v.interval_s * interval '1 second'), count(*),
    sum(v.energy_kwh), sum(coalesce(n.energy_kwh, r.energy_kwh)), max(old.label), max(new.label),
    max(v.reason), max(person.username)
FROM meters_readingrevision v
LEFT JOIN LATERAL (
    SELECT later.energy_kwh, later.source_id FROM meters_readingrevision later
    WHERE later.meter_id = v.meter_id AND later.start_at = v.start_at AND later.replaced_at > v.replaced_at
    ORDER BY later.replaced_at LIMIT 1
) n ON true
LEFT JOIN meters_reading r ON r.meter_id = v.meter_id AND r.start_at = v.start_at
LEFT JOIN meters_source old ON old.id = v.source_id
LEFT JOIN meters_source new ON new.id = coalesce(n.source_id, r.source_id)
LEFT JOIN auth_user person ON person.id = v.replaced_by_id
WHERE v.meter_id = %s AND v.start_at >= %s AND v.start_at < %s
GROUP BY v.replaced_at ORDER BY v.replaced_at DESC LIMIT %s
"""


@dataclass(frozen=True)
class Change:
    """`count` readings within `[start_at, end_at)` were replaced at `at`; the energies are sums over them."""

    at: datetime
    start_at: datetime
    end_at: datetime
    count: int
    before_kwh: float | None
    after_kwh: float | None
    old_source: str | None
    new_source: str | None
    reason: str
    person: str | None


def changes(meter: Meter, start: datetime, end: datetime, *, limit: int = 50) -> list[Change]:
    """Changes to readings that begin in `[start, end)`, the latest first."""
    with connection.cursor() as cursor:
        cursor.execute(_CHANGES, [meter.pk, start, end, limit])
        return [Change(*row) for row in cursor.fetchall()]
