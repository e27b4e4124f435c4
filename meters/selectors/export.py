"""Readings row by row, for a file that a person takes away."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from meters.domain.quantities import COLUMNS
from meters.models import Meter, Quality, Reading

HEADER = ("start_utc", "interval_s", *COLUMNS, "quality")


def readings_rows(*, meter: Meter, start: datetime, end: datetime) -> Iterator[tuple[Any, ...]]:
    """Rows of HEADER over `[start, end)`, oldest first, suspect ones included and named so; missing is None."""
    readings = Reading.objects.filter(meter=meter, start_at__gte=start, start_at__lt=end).order_by("start_at")
    words = dict(Quality.choices)
    for at, interval_s, *values, quality in readings.values_list("start_at", *HEADER[1:]).iterator():
        yield at.isoformat(), interval_s, *values, words[quality]
