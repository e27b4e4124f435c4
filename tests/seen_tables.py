"""Tables as portals show them, made by hand: for the tests of what discovery understands."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd

from scraping.domain.discovery.context import Context
from scraping.domain.discovery.series import Nothing, Series, series_in
from scraping.domain.extraction.raw import Cell, RawTable

SEEN_AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


def loads(count: int, seed: int = 5) -> np.ndarray:
    """Energies of a household in kWh, as uneven as they are."""
    return np.random.default_rng(seed).gamma(2, 0.2, count).round(3)


def times(first: str, last: str, zone: str, freq: str = "h") -> pd.DatetimeIndex:
    """Starts of the intervals between two local times."""
    return pd.date_range(first, last, freq=freq, tz=zone, inclusive="left")


def table(columns: Sequence[str], rows: Sequence[Sequence[Cell]], name: str = "", **facts: str) -> RawTable:
    """A raw table."""
    return RawTable(name, tuple(columns), tuple(tuple(row) for row in rows), facts=facts)


def context(**known: Any) -> Context:
    """A page of a portal whose country nobody knows."""
    return Context(**{"address": "https://portal.example/usage", "seen_at": SEEN_AT, **known})


def only(found: list[Series] | Nothing) -> Series:
    """The one series that was found."""
    assert not isinstance(found, Nothing), found.why
    assert len(found) == 1
    return found[0]


def understood(columns: Sequence[str], rows: Sequence[Sequence[Cell]], **known: Any) -> Series:
    """The one series of a table."""
    return only(series_in(table(columns, rows), context(**known)))
