"""The contract of the validation rules: readings and what is known of the meter in, doubts out. Pure.

A rule is one file in meters/rules with one class; its docstring names its source. The words are those of the
Californian standard, "Standards for Validating, Editing and Estimating Monthly and Interval Data" (VEE, section A).
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from meters.domain.registers import Exchange
from twin_project.kit.registry import Plugin

Numbers = float | np.ndarray  # of one meter, or one for each row


@dataclass(frozen=True)
class Context:
    """What the rules may know. Unknown is NaN. `register_reads`: `read_at`, `register_kwh`, oldest first."""

    zone: str
    interval_s: int = 900
    nominal_voltage_v: Numbers = 230.0
    capacity_kw: Numbers = float("nan")
    phases: Numbers = 1
    exchanges: tuple[Exchange, ...] = ()
    register_reads: pd.DataFrame | None = None


@dataclass(frozen=True)
class Doubt:
    """A span `[start_at, end_at)` that is not to be believed: the worst value in it, and why, as a sentence."""

    start_at: pd.Timestamp
    end_at: pd.Timestamp
    value: float | None
    sentence: str


class Rule(Plugin, ABC):
    """One thing that can be wrong. A doubtful reading becomes suspect if the rule `quarantines`.

    `readings` have `start_at` (UTC, increasing), `interval_s`, `quality` and the quantities that were measured.
    """

    quarantines: ClassVar[bool] = True

    @abstractmethod
    def check(self, readings: pd.DataFrame, context: Context) -> list[Doubt]:
        """Every doubt, oldest first; the frame is left as it is."""


class ReadingRule(Rule):
    """A rule that looks at one reading at a time: it may be applied `at_ingest`, before the reading is stored."""

    at_ingest: ClassVar[bool] = True

    @abstractmethod
    def mask(self, readings: pd.DataFrame, context: Context) -> np.ndarray:
        """Which readings are doubtful."""

    @abstractmethod
    def tell(self, doubtful: pd.DataFrame, context: Context) -> tuple[float, str]:
        """The worst value of the doubtful readings, which follow one another, and the sentence."""

    def check(self, readings: pd.DataFrame, context: Context) -> list[Doubt]:
        """One doubt for each run of doubtful readings."""
        found = []
        for first, last in runs(self.mask(readings, context)):
            some = readings.iloc[first:last]
            value, sentence = self.tell(some, context)
            found.append(Doubt(*span(some), value, sentence))
        return found


def runs(mask: np.ndarray) -> list[tuple[int, int]]:
    """`[first, last)` of each run of true values."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], mask.astype("int8"), [0]))))
    return [(int(first), int(last)) for first, last in edges.reshape(-1, 2)]


def equal_runs(values: np.ndarray, readings: pd.DataFrame) -> list[tuple[int, int]]:
    """`[first, last)` of each run of one value without a gap between; NaN equals nothing."""
    if not len(values):
        return []
    start_us = start_us_of(readings)
    end_us = start_us + readings["interval_s"].to_numpy(dtype="int64") * 1_000_000
    new = np.ones(len(values), dtype=bool)
    new[1:] = (values[1:] != values[:-1]) | (start_us[1:] != end_us[:-1])
    firsts = np.flatnonzero(new)
    return list(zip(firsts.tolist(), np.append(firsts[1:], len(values)).tolist(), strict=True))


def span(readings: pd.DataFrame) -> tuple[pd.Timestamp, pd.Timestamp]:
    """From the start of the first reading to the end of the last."""
    last = readings.iloc[-1]
    return readings["start_at"].iloc[0], last["start_at"] + pd.Timedelta(seconds=int(last["interval_s"]))


def start_us_of(readings: pd.DataFrame) -> np.ndarray:
    """The starts in microseconds since 1970."""
    return np.asarray(pd.DatetimeIndex(readings["start_at"]).as_unit("us").asi8)


def longer_than(readings: pd.DataFrame, found: list[tuple[int, int]], *, hours: float, n: int) -> list[tuple[int, int]]:
    """The runs of at least so many hours and readings."""
    seconds = np.concatenate(([0], np.cumsum(readings["interval_s"].to_numpy(dtype="int64"))))
    return [(a, b) for a, b in found if b - a >= n and seconds[b] - seconds[a] >= hours * 3600]
