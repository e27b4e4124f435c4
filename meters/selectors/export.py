"""Readings row by row, for a file that a person takes away."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from meters.domain.quantities import COLUMNS
from meters.models import Meter, Quality, Reading

HEADER = ("start_utc", "interval_s", *COLUMNS, "quality")


def readings_rows(*, meter: Meter, start: datetime, end: datetime) -> Iterator[tuple[Any, ...]]:
    """Rows of HEADER over `[start, end)`, oldest first, suspect ones included and named so; missing is None."""
    readings = Reading.objects.filter(meter=meter, start_at__gte=start, start_at__lt=end).order_by("start_at")
    words = dict(Quality.choices)
    for at, interval_s, *values, quality in readings.values_list("start_at", *HEADER[1:]).iterator():
        yield at.isoformat(), interval_s, *values, words[quality]


FRAME_ROWS = 50_000


def export_frames(*, meters: Iterable[Meter], start: datetime, end: datetime) -> Iterator[pd.DataFrame]:
    """Readings of `[start, end)`, meter by meter: the stamps in UTC and on the site's clock, quality and source.

    Every frame has the same columns; the first comes even where there is no reading.
    """
    names = ("start_at", "interval_s", *COLUMNS, "quality", "source__label")
    words = dict(Quality.choices)
    empty = True
    for meter in meters:
        rows = Reading.objects.filter(meter=meter, start_at__gte=start, start_at__lt=end).order_by("start_at")
        stream = rows.values_list(*names).iterator(chunk_size=FRAME_ROWS)
        while piece := [row for _, row in zip(range(FRAME_ROWS), stream, strict=False)]:
            empty = False
            yield _frame(meter, pd.DataFrame(piece, columns=list(names)), words)
    if empty:
        yield pd.DataFrame(columns=["meter", "start_utc", "start_local", *names[1:-1], "source"])


def _frame(meter: Meter, rows: pd.DataFrame, words: dict[int, str]) -> pd.DataFrame:
    starts = pd.DatetimeIndex(rows["start_at"]).tz_convert("UTC").as_unit("us")
    local = starts.tz_convert(ZoneInfo(meter.site.zone)).strftime("%Y-%m-%dT%H:%M:%S%z")
    frame = pd.DataFrame({"meter": meter.slug, "start_utc": starts})
    frame["start_local"] = local.str.replace(r"(\d\d)$", r":\1", regex=True).to_numpy()
    frame["interval_s"] = rows["interval_s"].astype("int32")
    for name in COLUMNS:
        frame[name] = rows[name].astype("float64")
    frame["quality"] = rows["quality"].map(words)
    return frame.assign(source=rows["source__label"].astype("str"))
