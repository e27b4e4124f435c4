"""Rows of a file, read by its layout, into the columns of a reading. Pure; portion by portion."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from meters.domain.counting import Counting
from meters.domain.files import BadTable, Chunk
from meters.domain.intervals import EDITED, ESTIMATED, MEASURED, SUSPECT
from meters.domain.layouts import COUNTS, LONG, METERS, SLOTS, Layout, ValueColumn
from meters.domain.register_reads import COLUMN as REGISTER
from meters.domain.register_reads import no_reads, only_reads, reads_of
from meters.domain.slots import NUMBERED, minute_of, numbered_starts
from twin_project.kit.clock_text import read_wall
from twin_project.kit.folds import ambiguous, localize
from twin_project.kit.numbers import NumberStyle, read_numbers
from twin_project.kit.units import PER_HOUR, factor_of

__all__ = ["BadTable", "Fault", "Reader", "Table"]

QUALITIES = {
    "measured": MEASURED,
    "estimated": ESTIMATED,
    "suspect": SUSPECT,
    "edited": EDITED,
    "": MEASURED,
    "0": 0,
    "1": 1,
    "2": 2,
    "3": 3,
}
_LOCAL = "%Y-%m-%d %H:%M"


@dataclass(frozen=True)
class Fault:
    """One cell that cannot be read."""

    row: int
    column: str
    reason: str

    def __str__(self) -> str:
        return f"row {self.row}, column {self.column}: {self.reason}"


@dataclass(frozen=True)
class Table:
    """Some rows as readings. `frame`: `meter` (as the file names it, "" where it does not), `row` (of the file),
    `start_at` (UTC), `interval_s`, the quantities, perhaps `quality`; rows with a fault or without a value are out.
    `reads`: what registers showed, as in `no_reads`.
    """

    frame: pd.DataFrame
    faults: list[Fault] = field(default_factory=list)
    rows_n: int = 0
    empty_n: int = 0
    reads: pd.DataFrame = field(default_factory=no_reads)


class Reader:
    """Reads chunk after chunk of one file; `finish` gives what was held back. The layout has no open question."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.counting = Counting()
        self._style = NumberStyle(layout.decimal or ".", layout.thousands)
        self._held: tuple[pd.DataFrame, np.ndarray] | None = None

    def read(self, chunk: Chunk) -> Table:
        """The readings of a chunk, less rows at its end that belong to a repeated hour: they wait for the rest."""
        frame, rows = chunk.frame, np.arange(chunk.first_row, chunk.first_row + len(chunk.frame))
        if self._held is not None:
            frame = pd.concat([self._held[0], frame], ignore_index=True)
            rows = np.concatenate([self._held[1], rows])
        kept = len(frame) - self._tail(frame)
        self._held = (frame.iloc[kept:], rows[kept:]) if kept < len(frame) else None
        return self._table(frame.iloc[:kept].reset_index(drop=True), rows[:kept])

    def finish(self) -> Table:
        """What is left when the file has ended."""
        held, self._held = self._held, None
        return self._table(held[0].reset_index(drop=True), held[1]) if held else Table(_nothing())

    def _stamps(self, frame: pd.DataFrame) -> pd.Series:
        date = frame[self.layout.stamp]
        return date.astype("str") + " " + frame[self.layout.time].astype("str") if self.layout.time else date

    def _tail(self, frame: pd.DataFrame) -> int:
        """How many rows at the end lie in an hour that the clock repeats; 0 where that is all of them."""
        if self.layout.aware or self.layout.shape == SLOTS or frame.empty:
            return 0
        wall = read_wall(self._stamps(frame), self.layout.pattern).wall
        twice = ambiguous(wall, self.layout.zone)
        if self.layout.stamp_at == "end":
            twice |= ambiguous(wall - pd.Timedelta(seconds=self.layout.interval_s), self.layout.zone)
        other = np.flatnonzero(~twice)
        return len(frame) - 1 - int(other[-1]) if len(other) else 0

    def _table(self, frame: pd.DataFrame, rows: np.ndarray) -> Table:
        if frame.empty:
            return Table(_nothing())
        faults: list[Fault] = []
        layout = self.layout
        tidy = pd.DataFrame({"row": rows})
        tidy["meter"] = frame[layout.meter_column].astype("str").str.strip() if layout.meter_column else ""
        stamps = self._stamps(frame)
        times = read_wall(stamps, layout.pattern)
        tidy["wall"], tidy["offset_s"] = times.wall.to_numpy(), times.offset_s
        self._tell_stamps(stamps, times.wall, tidy, faults)
        tidy["interval_s"] = self._intervals(frame)
        if layout.quality_column:
            tidy["quality"] = frame[layout.quality_column].astype("str").str.lower().map(QUALITIES).fillna(-1)
        if layout.shape == LONG:
            for value in layout.values:
                tidy[value.quantity] = self._values(frame[value.title], value, rows, faults)
                if value.unit in PER_HOUR:
                    tidy[value.quantity] *= tidy["interval_s"] / 3600
            for value in layout.register:
                tidy[REGISTER] = self._values(frame[value.title], value, rows, faults)
            given = [value.quantity for value in layout.values] + [REGISTER] * len(layout.register)
            empty = tidy[given].isna().all(axis=1)
        else:
            tidy = self._melted(frame, tidy, faults)
            empty = tidy[layout.values[0].quantity].isna()
        bad = tidy["row"].isin({fault.row for fault in faults}) & (empty | tidy["wall"].isna())
        if layout.shape == LONG:
            bad = tidy["row"].isin({fault.row for fault in faults})
        good = tidy[~bad & ~empty].reset_index(drop=True)
        good, reads = self._split(self._instants(good, faults), faults)
        faults.sort(key=lambda fault: fault.row)
        return Table(good.reset_index(drop=True), faults, len(frame), int((empty & ~bad).sum()), reads)

    def _tell_stamps(self, stamps: pd.Series, wall: pd.Series, tidy: pd.DataFrame, faults: list[Fault]) -> None:
        column = self.layout.stamp
        for at in np.flatnonzero(pd.isna(wall)):
            reason = f"{str(stamps.iloc[at])!r} is not a time like {_example(self.layout.pattern)}"
            faults.append(Fault(int(tidy["row"].iloc[at]), column, reason))
        if self.layout.aware:
            unsaid = np.isnan(tidy["offset_s"]) & wall.notna().to_numpy()
            for at in np.flatnonzero(unsaid):
                reason = f"{str(stamps.iloc[at])!r} has no UTC offset, unlike the others"
                faults.append(Fault(int(tidy["row"].iloc[at]), column, reason))
        if self.layout.meter_column:
            for at in np.flatnonzero(tidy["meter"].isin(["", "nan", "None", "<NA>"])):
                faults.append(Fault(int(tidy["row"].iloc[at]), self.layout.meter_column, "no meter is named"))

    def _intervals(self, frame: pd.DataFrame) -> pd.Series | int:
        if self.layout.interval_column:
            given = pd.to_numeric(frame[self.layout.interval_column], errors="coerce")
            return pd.Series(given.to_numpy(dtype="float64"))
        return self.layout.interval_s

    def _values(self, cells: pd.Series, value: ValueColumn, rows: np.ndarray, faults: list[Fault]) -> np.ndarray:
        numbers, unread = read_numbers(cells, self._style)
        for at in np.flatnonzero(unread):
            faults.append(Fault(int(rows[at]), value.title, f"{str(cells.iloc[at])!r} is not a number"))
        return np.asarray(numbers * factor_of(value.unit))

    def _melted(self, frame: pd.DataFrame, tidy: pd.DataFrame, faults: list[Fault]) -> pd.DataFrame:
        """A row for each cell of the value columns, row by row."""
        values, rows = self.layout.values, tidy["row"].to_numpy()
        columns = np.column_stack([self._values(frame[value.title], value, rows, faults) for value in values])
        long = tidy.loc[np.repeat(tidy.index, len(values))].reset_index(drop=True)
        long[values[0].quantity] = columns.ravel()
        titles = [value.title for value in values]
        long["column"] = np.tile(np.array(titles, dtype=object), len(tidy))
        if self.layout.shape == METERS:
            long["meter"] = long["column"]
        elif self.layout.slots == NUMBERED:
            long = self._numbered(long, len(values), faults)
        else:
            minutes = np.tile([minute_of(title) for title in titles], len(tidy))
            long["wall"] = long["wall"] + pd.to_timedelta(minutes, unit="min")
        return long

    def _numbered(self, long: pd.DataFrame, count: int, faults: list[Fault]) -> pd.DataFrame:
        """Slot n begins n - 1 steps after midnight; a day with other than `count` intervals is told, not guessed."""
        layout, quantity = self.layout, self.layout.values[0].quantity
        nominal = 86_400 // layout.interval_s
        long = long.assign(offset_s=0.0)
        for row, day in long[long["wall"].notna()].groupby("row", sort=False):
            starts = numbered_starts(day["wall"].iloc[0], 2 * nominal, layout.interval_s, layout.zone)
            filled = day[quantity].notna().to_numpy()
            last = int(np.flatnonzero(filled)[-1]) + 1 if filled.any() else 0
            if last > len(starts) or (len(starts) > count and last):
                words = f"{day['wall'].iloc[0]:%Y-%m-%d} has {len(starts)} intervals in {layout.zone}"
                reason = (
                    f"{words}, the row has {'values for' if last > len(starts) else 'columns for'} {max(last, count)}"
                )
                faults.append(Fault(int(str(row)), layout.stamp, reason + ": which belong where cannot be known"))
                long.loc[day.index, quantity] = np.nan
                continue
            fit = day.index[: len(starts)]
            long.loc[fit, "wall"] = starts.tz_localize(None)[: len(fit)].as_unit("us")
        return long

    def _instants(self, frame: pd.DataFrame, faults: list[Fault]) -> pd.DataFrame:
        """Wall times into UTC starts; a row without an instant becomes a fault."""
        layout = self.layout
        length = pd.to_timedelta(pd.Series(frame["interval_s"], index=frame.index), unit="s")
        if layout.aware or layout.slots == NUMBERED:
            utc = frame["wall"] - pd.to_timedelta(frame["offset_s"], unit="s")
            starts = pd.DatetimeIndex(utc, tz="UTC").as_unit("us")
            frame = frame.assign(start_at=starts - length if self._is_end else starts)
        else:
            frame = self._from_wall(frame, length, faults)
        return pd.DataFrame(frame.drop(columns=["wall", "offset_s", "column"], errors="ignore"))

    def _split(self, frame: pd.DataFrame, faults: list[Fault]) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Readings, and what registers showed: of a register its steps, of one beside energies those."""
        layout = self.layout
        if layout.kind in COUNTS:
            reads = reads_of(frame, "energy_kwh", frame["start_at"])
            if only_reads(layout):
                return frame.iloc[:0], reads
            energy = next(value for value in layout.values if value.quantity == "energy_kwh")
            frame, back = self.counting.steps(frame, "energy_kwh", layout.interval_s)
            faults += [Fault(row, energy.title, reason) for row, reason in back]
            return frame, reads
        if not layout.register:
            return frame, no_reads()
        length = pd.to_timedelta(frame["interval_s"], unit="s")
        at_end = (layout.read_at or layout.stamp_at) == "end"
        reads = reads_of(frame, REGISTER, frame["start_at"] + length if at_end else frame["start_at"])
        measured = frame[[value.quantity for value in layout.values]].notna().any(axis=1)
        return frame[measured].drop(columns=REGISTER), reads

    @property
    def _is_end(self) -> bool:
        return self.layout.stamp_at == "end" and self.layout.kind not in COUNTS

    def _from_wall(self, frame: pd.DataFrame, length: pd.Series, faults: list[Fault]) -> pd.DataFrame:
        """By the clock of the zone. A file of ends may count them on from the wall time of the start
        (01:00 to "02:00" on the night without that hour): the reading that explains more rows is taken.
        """
        layout, meters = self.layout, frame["meter"].to_numpy()
        how = {"descending": layout.descending, "once": layout.once}
        found = localize(frame["wall"], layout.zone, meters, **how)  # type: ignore[arg-type]  # a bool and a text
        starts = found.instants - length if self._is_end else found.instants
        if self._is_end:
            other = localize(frame["wall"] - length, layout.zone, meters, **how)  # type: ignore[arg-type]
            if _doubt(other.instants, meters) < _doubt(pd.DatetimeIndex(starts), meters):
                found, starts = other, other.instants
        for mask, words in (
            (found.skipped, "does not exist in {}: the clock was put forward"),
            (found.repeated, "happened twice in {}, and the file has it once or more than twice: say which it is"),
        ):
            for at in np.flatnonzero(mask):
                reason = f"{frame['wall'].iloc[at]:{_LOCAL}} {words.format(layout.zone)}"
                faults.append(Fault(int(frame["row"].iloc[at]), layout.stamp, reason))
        frame = frame.assign(start_at=pd.DatetimeIndex(starts))
        return pd.DataFrame(frame[~(found.skipped | found.repeated)])


def _doubt(instants: pd.DatetimeIndex, meters: np.ndarray) -> int:
    """Rows without an instant, and rows that share one."""
    known = pd.DataFrame({"meter": meters, "at": instants})
    return int(known["at"].isna().sum() + known[known["at"].notna()].duplicated().sum())


def _example(pattern: str) -> str:
    moment = pd.Timestamp("2026-01-31 13:45")
    if "%" in pattern:
        return str(moment.strftime(pattern.split("|", maxsplit=1)[0]))
    return "1769867100" if pattern.startswith("epoch") else "2026-01-31 13:45 or 2026-01-31T13:45:00+01:00"


def _nothing() -> pd.DataFrame:
    empty = pd.DataFrame({"meter": pd.Series(dtype="str"), "row": pd.Series(dtype="int64")})
    return empty.assign(start_at=pd.DatetimeIndex([], tz="UTC").as_unit("us"), interval_s=pd.Series(dtype="float64"))


def joined(tables: Iterable[Table]) -> Table:
    """Several portions as one."""
    parts = list(tables)
    frames = [part.frame for part in parts if not part.frame.empty] or [_nothing()]
    return Table(
        pd.concat(frames, ignore_index=True),
        [fault for part in parts for fault in part.faults],
        sum(part.rows_n for part in parts),
        sum(part.empty_n for part in parts),
        pd.concat([part.reads for part in parts if len(part.reads)] or [no_reads()], ignore_index=True),
    )
