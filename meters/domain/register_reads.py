"""What a cumulative register showed, out of the rows of a file: the readings are checked against it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from meters.domain.layouts import READS, Layout, ValueColumn
from meters.domain.quantities import LONGEST_INTERVAL_S
from meters.domain.titles import says_register
from twin_project.kit.numbers import NumberStyle, read_numbers
from twin_project.kit.units import factor_of

COLUMN = "register_kwh"


def no_reads() -> pd.DataFrame:
    """`meter` and `row` as of readings, `read_at` (UTC) and `register_kwh`; no row."""
    none = pd.DataFrame({"meter": pd.Series(dtype="str"), "row": pd.Series(dtype="int64")})
    return none.assign(read_at=pd.DatetimeIndex([], tz="UTC").as_unit("us"), register_kwh=pd.Series(dtype="float64"))


def reads_of(frame: pd.DataFrame, column: str, at: pd.Series) -> pd.DataFrame:
    """The reads among rows whose instants are known."""
    reads = pd.DataFrame({"meter": frame["meter"], "row": frame["row"], "read_at": at, "register_kwh": frame[column]})
    return reads[reads["register_kwh"].notna()].reset_index(drop=True)


def only_reads(layout: Layout) -> bool:
    """Whether a register gives no readings: by choice, or because it is read more seldom than once a day."""
    return layout.kind == READS or layout.interval_s > LONGEST_INTERVAL_S


@dataclass(frozen=True)
class Rows:
    """The first rows of a file: how figures are written there, whose rows they are, and which way time runs."""

    head: pd.DataFrame
    style: NumberStyle
    meters: np.ndarray
    descending: bool

    def numbers(self, value: ValueColumn) -> "pd.Series[float]":
        """A column in its stored unit, the earliest row first."""
        found = pd.Series(read_numbers(self.head[value.title], self.style)[0] * factor_of(value.unit))
        return found.iloc[::-1] if self.descending else found

    def steps(self, numbers: "pd.Series[float]") -> "pd.Series[float]":
        """From the row before of the same meter."""
        return numbers.groupby(self.meters[numbers.index]).diff()


def without_register(rows: Rows, values: list[ValueColumn]) -> tuple[list[ValueColumn], ValueColumn | None]:
    """Of two columns of energy, the one whose title says register and that only rises is taken out."""
    energies = [value for value in values if value.quantity == "energy_kwh"]
    named = [value for value in energies if says_register(value.title)]
    if len(energies) != 2 or len(named) != 1:
        return values, None
    steps = rows.steps(rows.numbers(named[0]).dropna()).dropna()
    if steps.empty or (steps < 0).sum() > max(1, len(steps) // 100):  # a reset or a roll-over may be among them
        return values, None
    return [value for value in values if value is not named[0]], named[0]


def read_at(rows: Rows, values: Sequence[ValueColumn], register: ValueColumn) -> str:
    """Whether a row's register was read at the "start" or the "end" of its interval, by which energies it counts.

    "" where the rows do not tell: it was read at the stamp.
    """
    energy = rows.numbers(next(value for value in values if value.quantity == "energy_kwh"))
    step = rows.steps(rows.numbers(register))
    before = energy.groupby(rows.meters[energy.index]).shift()
    end, start = (step - energy).abs().mean(), (step - before).abs().mean()
    if np.isnan(end) or np.isnan(start) or np.isclose(end, start):
        return ""
    return "end" if end < start else "start"
