"""A series that was seen: when, what, how it is written, and how firmly each is known. Pure."""

import dataclasses
import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from scraping.domain.discovery.cells import beside, texts, units_beside
from scraping.domain.discovery.clocks import Clock, clock_of, interval_of, spoken
from scraping.domain.discovery.columns import Column, Refused, understand
from scraping.domain.discovery.context import Context
from scraping.domain.discovery.edges import stamp_at
from scraping.domain.discovery.guess import MAYBE, SURE, UNSURE, Guess
from scraping.domain.discovery.hours import Laid, laid_out
from scraping.domain.discovery.meters import Part, by_columns, by_rows, meter_column
from scraping.domain.discovery.readings import instants, stored
from scraping.domain.discovery.zones import zone_of
from scraping.domain.extraction.raw import RawTable
from scraping.domain.records import QUANTITIES
from twin_project.kit.folds import localize

MAIN = ("energy_kwh", "power_kw")
FEWEST = 8


@dataclass(frozen=True)
class Series:
    """One series of one meter. `frame`: `start_at` in UTC and a column for each quantity in its stored unit.

    `part` is the meter's share of a table that may be of several; `laid` tells of one that had hours for columns.
    """

    table: RawTable = field(repr=False)
    clock: Clock = field(repr=False)
    interval_s: Guess[int]
    zone: Guess[str]
    stamp_at: Guess[str]
    columns: tuple[Column, ...]
    refused: tuple[Refused, ...]
    part: Part
    frame: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    laid: Laid | None = field(default=None, repr=False)

    @property
    def meter(self) -> str:
        """Its number, where the table is of several meters."""
        return self.part.meter

    @property
    def quantities(self) -> tuple[str, ...]:
        """Names of what it holds."""
        return tuple(column.quantity.value for column in self.columns)

    @property
    def confidence(self) -> float:
        """The weakest guess counts; what the reader can check at once (zone, edge) weighs half."""
        hard = [self.interval_s.confidence, self.clock.stamps.form.confidence, *(c.confidence for c in self.columns)]
        soft = [(1 + guess.confidence) / 2 for guess in (self.zone, self.stamp_at)]
        return round(min([*hard, *soft]), 2)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why each guess was made, whole sentences."""
        guesses: tuple[Guess[Any], ...] = (self.clock.stamps.form, self.interval_s, self.zone, self.stamp_at)
        of_columns = [
            f"{c.title}: {why}"
            for c in self.columns
            for why in (*c.quantity.because, *c.unit.because, *(c.register.because if c.register.value else ()))
        ]
        return tuple(dict.fromkeys([why for guess in guesses for why in guess.because] + of_columns))

    def in_zone(self, zone: Guess[str]) -> "Series":
        """The same rows by another clock."""
        wall = self.frame["start_at"].dt.tz_convert(self.zone.value).dt.tz_localize(None)
        one = np.zeros(len(wall), dtype=int)
        starts = localize(wall, zone.value, one, descending=False, once="first").instants
        frame = self.frame.assign(start_at=starts).dropna(subset="start_at").reset_index(drop=True)
        return dataclasses.replace(self, zone=zone, frame=frame)

    def with_columns_of(self, other: "Series") -> "Series":
        """Both as one: the columns and rows of the other beside its own."""
        frame = self.frame.merge(other.frame, on="start_at", how="outer").sort_values("start_at", ignore_index=True)
        refused = (*self.refused, *other.refused)
        by_rank = sorted((*self.columns, *other.columns), key=lambda one: QUANTITIES.index(one.quantity.value))
        return dataclasses.replace(self, columns=tuple(by_rank), refused=refused, frame=frame)


@dataclass(frozen=True)
class Nothing:
    """A table that is no series, and why."""

    name: str
    why: str


def series_in(table: RawTable, context: Context) -> list[Series] | Nothing:
    """The series of a table, one for each of its meters; or why it holds none."""
    laid = laid_out(table, context)
    table = table if laid is None else laid.table
    if len(table.rows) < FEWEST:
        return Nothing(table.name, f"It has only {len(table.rows)} rows.")
    columns = texts(table)
    clock = clock_of(columns, context)
    if clock is None:
        return Nothing(table.name, "None of its columns holds dates and times.")
    by_meter = meter_column({title: cells for title, cells in columns.items() if title not in clock.titles}, clock)
    groups = columns[by_meter] if by_meter else []
    interval = laid.interval_s if laid else interval_of(clock, groups=groups)
    if interval is None:
        return Nothing(table.name, _irregular(clock))
    parts = by_rows(table, by_meter) if by_meter else by_columns(table, clock)
    read = [_one(part, context, interval, laid) for part in parts]
    found = [one for one in read if isinstance(one, Series)]
    return found or next(one for one in read if isinstance(one, Nothing))


def _irregular(clock: Clock) -> str:
    steps = clock.stamps.wall.dropna().sort_values().diff().dt.total_seconds().dropna()
    middle = float(steps[steps > 0].median()) if (steps > 0).any() else 0
    if 27 * 86_400 <= middle <= 32 * 86_400:
        return "It has one row a month: bills or monthly totals, not readings of intervals."
    if middle > 86_400:
        return "Its rows are further apart than a day."
    return "Its rows follow no regular step, as the intervals of a meter do."


def _one(part: Part, context: Context, interval: Guess[int], laid: Laid | None) -> Series | Nothing:
    table = part.table
    columns = texts(table)
    clock = clock_of(columns, context)
    if clock is None:
        return Nothing(table.name, "None of its columns holds dates and times.")
    if laid is not None:  # what is written are the days, and how they are is the guess
        clock = dataclasses.replace(clock, stamps=dataclasses.replace(clock.stamps, form=laid.day.stamps.form))
    taken, refused = _values(columns, clock, interval.value, part)
    if not taken:
        why = "; ".join(f"{one.title}: {one.why}" for one in refused[:4]) or "None of its columns holds numbers."
        return Nothing(table.name, why)
    zone = zone_of(clock.stamps, context, beside(table))
    local = instants(clock.stamps, zone.value).tz_convert(zone.value).tz_localize(None)
    is_register = any(column.register.value for column in taken)
    edge = stamp_at(clock.title, clock.stamps, interval.value, context, pd.Series(local))
    if laid is not None:
        edge = laid.edge
    elif is_register:
        edge = Guess("end", max(edge.confidence, MAYBE), ("A register is read at the end of its interval.",))
    elif clock.ends is not None:
        edge = Guess("start", SURE, ("Start and end of each interval are both given.",))
    frame = stored(clock.stamps, zone.value, edge.value, interval.value, taken)
    if len(frame) < FEWEST - 1:
        return Nothing(table.name, "Fewer than eight of its rows have both a time and a number.")
    return Series(table, clock, interval, zone, edge, taken, refused, part, frame, laid)


def _values(
    columns: dict[str, list[str]], clock: Clock, interval_s: int, part: Part
) -> tuple[tuple[Column, ...], tuple[Refused, ...]]:
    """The best column for each quantity; of several the one without a phase, then the firmest, then the first."""
    taken: dict[str, Column] = {}
    nearby, units = beside(part.table), units_beside(part.table)
    refused: list[Refused] = []
    for title, cells in columns.items():
        if title in clock.titles or title == part.told_by:
            continue
        found = understand(title, cells, interval_s=interval_s, nearby=nearby, unit_beside=units.get(title, ""))
        if isinstance(found, Refused):
            refused.append(found)
        elif found is not None:
            rival = taken.get(found.quantity.value)
            better, worse = (found, rival) if rival is None or _rank(found) > _rank(rival) else (rival, found)
            taken[found.quantity.value] = better
            if worse is not None:
                refused.append(Refused(worse.title, f"“{better.title}” says the same quantity more plainly."))
    for name in [
        name for name, column in taken.items() if column.confidence <= UNSURE and len(taken) > 1 and name not in MAIN
    ]:
        refused.append(Refused(taken[name].title, "What it is stays too unsure beside the others."))
        del taken[name]
    known = sorted(_agreed(taken, interval_s).values(), key=lambda one: QUANTITIES.index(one.quantity.value))
    return tuple(known), tuple(refused)


def _rank(column: Column) -> tuple[bool, bool, float]:
    phase = bool(re.search(r"(?:\bl|phase ?|\bp)[123]\b|_l?[123]\b", column.title.lower()))
    return (not phase, not column.register.value, column.confidence)


def _agreed(taken: dict[str, Column], interval_s: int) -> dict[str, Column]:
    """Energy and power of the same rows check each other's unit."""
    energy, power = taken.get("energy_kwh"), taken.get("power_kw")
    if energy is None or power is None or energy.register.value:
        return taken
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.nanmedian(energy.numbers * energy.factor / (power.numbers * power.factor * interval_s / 3600))
    if 0.8 < ratio < 1.25:
        why = f"Energy and power of the same rows agree over {spoken(interval_s)}."
        for column in (energy, power):
            unit = column.unit.but(max(column.unit.confidence, 0.9), why)
            taken[column.quantity.value] = dataclasses.replace(column, unit=unit)
    return taken
