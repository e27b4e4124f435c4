"""Learn how long the readings of a meter usually take to come."""

from datetime import datetime, timedelta

from django.db import connection

from meters.domain.lag import Arrival, Lag, learned_lag
from meters.models import Meter, Source, UsualLag

LOOKED_AT = timedelta(days=60)

# A correction moves a reading's time of storing: its first one stands in its oldest revision.
_ARRIVALS = """
SELECT first_at, max(end_at) FROM (
    SELECT min(stored_at) AS first_at, max(start_at + interval_s * interval '1 second') AS end_at FROM (
        SELECT start_at, interval_s, stored_at, source_id FROM meters_reading
        WHERE meter_id = %(meter)s AND start_at >= %(since)s
        UNION ALL
        SELECT start_at, interval_s, stored_at, source_id FROM meters_readingrevision
        WHERE meter_id = %(meter)s AND start_at >= %(since)s
    ) AS stored JOIN meters_source s ON s.id = source_id AND s.kind = ANY(%(kinds)s)
    GROUP BY start_at
) AS arrived GROUP BY first_at ORDER BY first_at
"""


def learn_lag(*, meter: Meter, now: datetime) -> Lag | None:
    """Look at what came within the last 60 days by visits and files, and keep what that tells; None for too little.

    What was learned before stands until there is something new to learn from.
    """
    kinds = [Source.Kind.SCRAPE.value, Source.Kind.IMPORT.value]
    with connection.cursor() as cursor:
        cursor.execute(_ARRIVALS, {"meter": meter.pk, "since": now - LOOKED_AT, "kinds": kinds})
        lag = learned_lag(Arrival(at, through) for at, through in cursor.fetchall())
    if lag is None:
        return None
    seconds = {"usual_s": round(lag.usual.total_seconds()), "longest_s": round(lag.longest.total_seconds())}
    values = {name: max(value, 0) for name, value in seconds.items()}
    UsualLag.objects.update_or_create(meter=meter, defaults={**values, "visits_n": lag.visits_n, "learned_at": now})
    return lag
