"""One writer at a time for a meter, and what a transaction stands on held until it ends."""

from collections.abc import Sequence

from django.core.exceptions import ObjectDoesNotExist
from django.db.backends.utils import CursorWrapper

from meters.models import Source

_MANY = 100  # each lock is an entry in the server's shared memory: a fleet takes one for all instead


def lock_meters(cursor: CursorWrapper, meter_ids: Sequence[int], source: Source | None = None) -> None:
    """Wait until no other transaction writes these meters; raises ObjectDoesNotExist where a row has gone.

    A writer of a few meters shares the fleet's lock with its like; a writer of many has it alone.
    """
    fleet = "pg_advisory_xact_lock" if len(meter_ids) > _MANY else "pg_advisory_xact_lock_shared"
    cursor.execute(f"SELECT {fleet}(hashtextextended('meters_fleet', 0))")
    if len(meter_ids) <= _MANY:
        for meter_id in sorted(meter_ids):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('meters_reading', %s))", [meter_id])
    cursor.execute(
        "SELECT count(*) FROM (SELECT 1 FROM meters_meter WHERE id = ANY(%s) FOR KEY SHARE) AS held", [list(meter_ids)]
    )
    (held,) = cursor.fetchone()
    if held < len(set(meter_ids)):
        raise ObjectDoesNotExist("A meter has been deleted; nothing was stored.")
    if source is not None:
        cursor.execute("SELECT 1 FROM meters_source WHERE id = %s FOR KEY SHARE", [source.pk])
        if cursor.fetchone() is None:
            raise ObjectDoesNotExist(f"{source} has been deleted; nothing was stored.")
