"""Rows of a table as readings, by the guesses that were made: to compare series and to show them. Pure."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from scraping.domain.discovery.columns import Column
from scraping.domain.discovery.stamps import Stamps
from twin_project.kit.folds import localize


def instants(stamps: Stamps, zone: str) -> pd.DatetimeIndex:
    """UTC of each stamp; NaT where unread, or in an hour that the clocks of the zone leave out or repeat untold."""
    if stamps.aware:
        utc = stamps.wall - pd.to_timedelta(stamps.offset_s, unit="s")
        return pd.DatetimeIndex(utc, tz="UTC")
    one = np.zeros(len(stamps.wall), dtype=int)
    wall = stamps.wall
    falls = wall.dropna().diff().dropna() < pd.Timedelta(0)
    return localize(
        wall, zone, one, descending=bool(falls.mean() > 0.5) if len(falls) else False, once="first"
    ).instants


def stored(stamps: Stamps, zone: str, edge: str, interval_s: int, columns: Sequence[Column]) -> pd.DataFrame:
    """`start_at` and the quantities in their stored units; a register as its steps; rows without any value are out."""
    at = instants(stamps, zone)
    frame = pd.DataFrame({"start_at": at})
    for column in columns:
        frame[column.quantity.value] = (column.numbers + column.offset) * column.factor
    frame = frame[frame["start_at"].notna()].sort_values("start_at").drop_duplicates("start_at")
    if edge == "end":
        frame["start_at"] -= pd.Timedelta(seconds=interval_s)
    for column in columns:
        if column.register.value:
            frame[column.quantity.value] = frame[column.quantity.value].diff()
    names = [column.quantity.value for column in columns]
    return frame.dropna(subset=names, how="all").reset_index(drop=True)
