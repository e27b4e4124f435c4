"""Cumulative registers: from what they showed to what was used, past roll-overs, resets and exchanges. Pure."""

import math
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import numpy as np
import pandas as pd

_NEAR = 0.1  # of the register's span: a fall from its top tenth to its lowest is a roll-over


@dataclass(frozen=True)
class Exchange:
    """One device for another at `at`; factors are those of the current transformers."""

    at: datetime
    old_final_kwh: float | None = None
    new_initial_kwh: float = 0.0
    old_factor: float = 1.0
    new_factor: float = 1.0


class Step(StrEnum):
    """How a register went from one read to the next."""

    FORWARD = "forward"
    ROLLOVER = "rollover"
    RESET = "reset"
    EXCHANGE = "exchange"


def register_steps(reads: pd.DataFrame, exchanges: tuple[Exchange, ...] = ()) -> pd.DataFrame:
    """From `read_at`, `register_kwh` to `start_at`, `end_at`, `before_kwh`, `after_kwh`, `kind`, `energy_kwh`.

    `energy_kwh` is NaN after a reset, and where an exchange has no last value of the old device.
    """
    ordered = reads.sort_values("read_at", ignore_index=True)
    columns = ["start_at", "end_at", "before_kwh", "after_kwh", "kind", "energy_kwh"]
    values = ordered["register_kwh"].to_numpy(dtype="float64")
    if len(values) < 2:
        return pd.DataFrame(columns=columns)
    at = ordered["read_at"]
    full = register_span(values)
    delta = np.diff(values)
    rolled = (delta < 0) & (values[:-1] > full * (1 - _NEAR)) & (values[1:] < full * _NEAR)
    steps = pd.DataFrame(
        {
            "start_at": at.iloc[:-1].array,
            "end_at": at.iloc[1:].array,
            "before_kwh": values[:-1],
            "after_kwh": values[1:],
            "kind": np.where(delta >= 0, Step.FORWARD.value, np.where(rolled, Step.ROLLOVER.value, Step.RESET.value)),
            "energy_kwh": np.where(delta >= 0, delta, np.where(rolled, delta + full, np.nan)),
        }
    )
    return _with_exchanges(steps, exchanges)


@dataclass(frozen=True)
class RegisterStep:
    """One row of `register_steps`."""

    start_at: pd.Timestamp
    end_at: pd.Timestamp
    before_kwh: float
    after_kwh: float
    energy_kwh: float


def steps_of_kind(steps: pd.DataFrame, *kinds: Step) -> list[RegisterStep]:
    """The steps of these kinds, or of all, one by one."""
    some = steps[steps["kind"].isin([kind.value for kind in kinds or tuple(Step)])]
    stamps = [pd.DatetimeIndex(some[name]) for name in ("start_at", "end_at")]
    numbers = [some[name].astype("float64").tolist() for name in ("before_kwh", "after_kwh", "energy_kwh")]
    return [RegisterStep(*row) for row in zip(*stamps, *numbers, strict=True)]


def register_span(values: np.ndarray) -> float:
    """The power of ten at which a register that showed these values starts again; at least five digits."""
    highest = float(np.nanmax(values, initial=0.0))
    return float(10.0 ** max(5, math.floor(math.log10(max(highest, 1.0))) + 1))


def _with_exchanges(steps: pd.DataFrame, exchanges: tuple[Exchange, ...]) -> pd.DataFrame:
    ordered = sorted(exchanges, key=lambda one: one.at)
    factor = np.full(len(steps), ordered[0].old_factor if ordered else 1.0)
    for one in ordered:
        factor[(steps["start_at"] >= one.at).to_numpy()] = one.new_factor
    steps["energy_kwh"] = steps["energy_kwh"] * factor
    for one in ordered:
        for row in steps.index[(steps["start_at"] < one.at) & (steps["end_at"] >= one.at)]:
            before, after = float(steps["before_kwh"].loc[row]), float(steps["after_kwh"].loc[row])
            old = float("nan") if one.old_final_kwh is None else one.old_final_kwh - before
            steps.loc[row, "kind"] = Step.EXCHANGE.value
            steps.loc[row, "energy_kwh"] = old * one.old_factor + (after - one.new_initial_kwh) * one.new_factor
    return steps
