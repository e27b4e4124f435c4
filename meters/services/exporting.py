"""Readings into a file that can be read back by the import."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import BinaryIO

import pandas as pd

from meters.domain.files import BadTable
from meters.models import Meter
from meters.registry import formats
from meters.selectors.export import export_frames


def export_formats() -> dict[str, str]:
    """Key and title of each format that can be written."""
    return {key: kind.title for key, kind in formats.all().items() if kind.writes}


def export_readings(
    *,
    meters: Iterable[Meter],
    start: datetime,
    end: datetime,
    format: str,
    target: BinaryIO,
    progress: Callable[[int], None] = lambda _rows: None,
) -> int:
    """Write the readings of `[start, end)`; returns how many. Raises BadTable where the format cannot hold them."""
    if format not in export_formats():
        raise BadTable(f"{format!r} cannot be written; choose one of {', '.join(export_formats())}.")
    count = 0

    def counted() -> Iterator[pd.DataFrame]:
        nonlocal count
        for frame in export_frames(meters=meters, start=start, end=end):
            count += len(frame)
            yield frame
            progress(count)

    formats.get(format)().write(target, counted())
    return count
