"""Wall time into instants on the nights when the clock changes: by the order of the rows, or not at all. Pure."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Localized:
    """`instants` in UTC, NaT where none can be told; `skipped` and `repeated` say why."""

    instants: pd.DatetimeIndex
    skipped: np.ndarray
    repeated: np.ndarray


def ambiguous(wall: pd.Series, zone: str) -> np.ndarray:
    """Whether each wall time happens twice in the zone."""
    first, second = _both(wall, zone)
    return np.asarray((first != second) & ~pd.isna(first) & ~pd.isna(second))


def localize(wall: pd.Series, zone: str, meters: np.ndarray, *, descending: bool, once: str) -> Localized:
    """Instants of the wall times of a zone, row by row as the file has them.

    Of an hour that happens twice, a stamp that stands twice is the first pass and then the second; one that
    stands once is told by whether the rows jump back before or after it. Where they do not, it is `once`
    ("first" or "second"), and without that unknown.
    """
    first, second = _both(wall, zone)
    known = ~pd.isna(wall).to_numpy()
    twice = np.asarray((first != second) & ~pd.isna(first) & ~pd.isna(second))
    instants = np.where(twice, np.datetime64("NaT"), first.as_unit("us").tz_convert("UTC").tz_localize(None).to_numpy())
    late = second.as_unit("us").tz_convert("UTC").tz_localize(None).to_numpy()
    early = first.as_unit("us").tz_convert("UTC").tz_localize(None).to_numpy()
    if twice.any():
        where = np.flatnonzero(twice)
        nights = pd.DataFrame({"meter": meters[where], "wall": wall.to_numpy()[where], "at": where})
        for _, night in nights.groupby(["meter", nights["wall"].dt.floor("D")], sort=False):
            passes = _passes(night["wall"].to_numpy(), descending=descending, once=once)
            at = night["at"].to_numpy()
            instants[at[passes == 0]] = early[at[passes == 0]]
            instants[at[passes == 1]] = late[at[passes == 1]]
    unknown = np.isnat(instants)
    return Localized(pd.DatetimeIndex(instants, tz="UTC").as_unit("us"), unknown & known & ~twice, unknown & twice)


def _both(wall: pd.Series, zone: str) -> tuple[pd.DatetimeIndex, pd.DatetimeIndex]:
    index = pd.DatetimeIndex(wall)
    place = ZoneInfo(zone)
    early = index.tz_localize(place, ambiguous=np.ones(len(index), dtype=bool), nonexistent="NaT")
    return early, index.tz_localize(place, ambiguous=np.zeros(len(index), dtype=bool), nonexistent="NaT")


def _passes(wall: np.ndarray, *, descending: bool, once: str) -> np.ndarray:
    """0 for the first pass, 1 for the second, -1 for what cannot be told."""
    ordered = pd.Series(wall[::-1] if descending else wall)
    nth = ordered.groupby(ordered).cumcount().to_numpy()
    counts = ordered.map(ordered.value_counts()).to_numpy()
    passes = np.where(counts == 2, nth, -1)
    back = np.flatnonzero(np.diff(ordered.to_numpy()) <= np.timedelta64(0))
    single = counts == 1
    if len(back) == 1:
        passes[single] = (np.arange(len(ordered)) > back[0]).astype(int)[single]
    elif once in ("first", "second"):
        passes[single] = 0 if once == "first" else 1
    return passes[::-1] if descending else passes
