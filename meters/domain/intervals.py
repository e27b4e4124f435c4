"""Which rows may become readings: a frame as it was given in, a clean one and refusals out. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd

from meters.domain.quantities import COLUMNS, LONGEST_INTERVAL_S, QUANTITIES, SHORTEST_INTERVAL_S
from meters.domain.reports import Refusal
from meters.domain.stamps import as_instants, on_grid

MEASURED, ESTIMATED, SUSPECT, EDITED = 0, 1, 2, 3
EARLIEST = pd.Timestamp("1990-01-01", tz="UTC")
_DAY_S = 86_400


class BadFrame(ValueError):
    """The frame itself is not one of readings."""


@dataclass(frozen=True)
class Checked:
    """`frame`: `start_at` (UTC, microseconds, strictly increasing), `interval_s`, `quality`, the quantities given."""

    frame: pd.DataFrame
    refused: list[Refusal]


def check_readings(frame: pd.DataFrame, *, zone: str, now: datetime) -> Checked:
    """Refuse what cannot be, fill energy and mean power from one another, join doubles.

    Of two rows with one start the later value of each column stands, exactly as if they came one after the other.
    A column `meter_id` (whole numbers) stays beside them. Raises BadFrame for missing or unknown columns.
    """
    _check_columns(frame)
    frame = frame.reset_index(drop=True)  # a portion of a larger frame has labels of its own
    rows = pd.DataFrame({"start_at": as_instants(frame["start_at"])})
    for name in ("interval_s", *_given(frame)):
        rows[name] = pd.to_numeric(frame[name], errors="coerce").to_numpy(dtype="float64")
    rows["quality"] = frame["quality"].to_numpy() if "quality" in frame else MEASURED
    _fill(rows)
    refused: dict[int, Refusal] = {}
    for mask, column, reason in _faults(frame, rows, zone, now):
        for position in np.flatnonzero(mask):
            if int(position) not in refused:
                refused[int(position)] = _refusal(frame, rows, int(position), column, reason)
    kept = rows.drop(index=list(refused)) if refused else rows
    if "meter_id" in frame:
        kept = kept.assign(meter_id=frame["meter_id"].astype("int64"))
    kept = kept.astype({"interval_s": "int32", "quality": "int16"})
    return Checked(_joined(kept), [refused[position] for position in sorted(refused)])


def _check_columns(frame: pd.DataFrame) -> None:
    missing = {"start_at", "interval_s"} - set(frame.columns)
    unknown = set(frame.columns) - {"meter_id", "start_at", "interval_s", "quality", *COLUMNS}
    if missing:
        raise BadFrame(f"Readings need the columns {', '.join(sorted(missing))}.")
    if unknown:
        raise BadFrame(f"Readings do not have {', '.join(sorted(map(str, unknown)))}; known are: {', '.join(COLUMNS)}.")
    if not frame.columns.is_unique:
        raise BadFrame("Two columns have the same name.")


def _given(frame: pd.DataFrame) -> list[str]:
    return [name for name in COLUMNS if name in frame]


def _fill(rows: pd.DataFrame) -> None:
    """Mean power and energy say the same of an interval: power_kw = energy_kwh / hours.

    A source that counts energy and leaves it out of one row measured a part of that interval only: its mean power
    stands, its energy stays missing.
    """
    hours = rows["interval_s"] / 3600
    if "energy_kwh" not in rows and "power_kw" not in rows:
        return
    if "energy_kwh" in rows:
        power = rows["energy_kwh"] / hours
        rows["power_kw"] = rows["power_kw"].fillna(power) if "power_kw" in rows else power
    if "energy_kwh" not in rows:
        rows["energy_kwh"] = rows["power_kw"] * hours


def _faults(frame: pd.DataFrame, rows: pd.DataFrame, zone: str, now: datetime) -> Iterator[tuple[np.ndarray, str, str]]:
    """Mask, column and sentence of each rule; the first that a row breaks is told."""
    start, interval = rows["start_at"], rows["interval_s"]
    yield start.isna().to_numpy(), "start_at", "The start {} is no instant with a UTC offset; give it one."
    whole = interval.between(SHORTEST_INTERVAL_S, LONGEST_INTERVAL_S) & (interval % 1 == 0)
    limits = f"{SHORTEST_INTERVAL_S} and {LONGEST_INTERVAL_S} s"
    yield ~whole.to_numpy(), "interval_s", f"An interval of {{}} s is not a whole number between {limits}."
    late = start > pd.Timestamp(now) + pd.to_timedelta(interval.where(whole), unit="s")
    yield late.to_numpy(), "start_at", "The interval that starts at {} lies in the future."
    yield (start < EARLIEST).to_numpy(), "start_at", f"The start {{}} lies before {EARLIEST:%Y}."
    aligned = on_grid(start, interval.where(whole).to_numpy(), zone)
    yield (
        ~aligned,
        "start_at",
        "The start {} does not lie on the grid of its interval, neither in UTC nor in local time.",
    )
    for name in _given(rows):
        if name in frame:
            unread = rows[name].isna() & frame[name].notna()
            yield unread.to_numpy(), name, f"The {QUANTITIES[name].word} {{!r}} is not a number."
    for name in _given(rows):
        about, values = QUANTITIES[name], rows[name]
        outside = (values < about.lowest) | (values > about.highest)
        limits = f"{about.lowest:g} to {about.highest:g} {about.unit}".strip()
        yield outside.to_numpy(), name, f"The {about.word} {{:g}} is not possible (it must be {limits})."
    quality = rows["quality"].isin([MEASURED, ESTIMATED, SUSPECT, EDITED])
    yield (
        ~quality.to_numpy(),
        "quality",
        "The quality {} is not 0 (measured), 1 (estimated), 2 (suspect) or 3 (edited).",
    )
    empty = rows[_given(rows)].isna().all(axis=1) if _given(rows) else pd.Series(True, index=rows.index)
    yield empty.to_numpy(), "start_at", "The row of {} has no value; what is missing needs no row."


def _refusal(frame: pd.DataFrame, rows: pd.DataFrame, position: int, column: str, reason: str) -> Refusal:
    start = rows["start_at"].iloc[position]
    at = None if pd.isna(start) else start.to_pydatetime()
    value = frame[column].iloc[position] if column in frame else rows[column].iloc[position]
    measured = float(rows[column].iloc[position]) if column in COLUMNS else float("nan")
    owner = int(frame["meter_id"].iloc[position]) if "meter_id" in frame else None
    told = f"{_named(at)}{reason.format(value)}"
    return Refusal(position + 1, at, column, told, measured if np.isfinite(measured) else None, owner)


def _joined(rows: pd.DataFrame) -> pd.DataFrame:
    keys = ["meter_id", "start_at"] if "meter_id" in rows else ["start_at"]
    if not rows.duplicated(keys).any():
        return rows.sort_values(keys, ignore_index=True)
    return rows.groupby(keys, as_index=False, sort=True).last().astype(rows.dtypes.to_dict())


def _named(at: datetime | None) -> str:
    return "" if at is None else f"{at:%Y-%m-%d %H:%M} UTC: "
