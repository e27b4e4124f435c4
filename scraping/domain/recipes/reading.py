"""What a recipe makes of a kept document: readings, or a sentence that says what has changed. Pure."""

import re
from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from scraping.domain.errors import LayoutChanged
from scraping.domain.extraction.raw import NotThisKind, RawTable
from scraping.domain.recipes import cells
from scraping.domain.recipes.across import minutes_of, spread, spread_series
from scraping.domain.recipes.meters import is_of_another, of_meter, rows_of_meter
from scraping.domain.recipes.model import Check, Recipe, Series, Value
from scraping.domain.recipes.quantities import stored
from scraping.domain.recipes.registers import steps_of
from scraping.domain.records import Document, ParsedReadings, Window, last_of_month, month_before
from scraping.domain.tables import tables_in

_AROUND = pd.Timedelta(days=1)


def read_by(recipe: Recipe, document: Document) -> ParsedReadings:
    """The readings of the document's window; raises LayoutChanged."""
    tables = _tables(document)
    others = {name for table in tables for name in table.columns if is_of_another(name, recipe.series)}
    recipe = replace(recipe, series=of_meter(recipe.series, document.meter_reference))
    if document.claimed_rows == 0 and not any(_fits(table, recipe.series, ()) for table in tables):
        return ParsedReadings(document.meter_reference, _frame(recipe, {}))
    _check_facts(recipe.readings.checks, tables, document)
    columns: dict[str, pd.Series] = {}
    for group in _grouped(recipe.series, tables, others):
        columns |= _read(recipe, group, document)
    frame = _frame(recipe, columns)
    return ParsedReadings(document.meter_reference, _inside(frame, document, recipe))


def _tables(document: Document) -> list[RawTable]:
    try:
        return tables_in(document.body, document.content_type)
    except NotThisKind as error:
        raise LayoutChanged(f"What the portal gave cannot be read. {error}") from error


def _grouped(series: Series, tables: Sequence[RawTable], others: set[str]) -> list[tuple[list[RawTable], list[Value]]]:
    """The values of the recipe with the tables that hold them: those that have the columns of the first such.

    `others` are columns of other meters, which are nobody's missing one.
    """
    named = [table for table in tables if _is_named(table, series.table)]
    groups: list[tuple[list[RawTable], list[Value]]] = []
    for value in series.values:
        fit = [table for table in named if _fits(table, series, (value.column,))]
        if not fit:
            if value.optional and not _strange(series, named) - others:
                continue
            if tables and not named:
                names = ", ".join(repr(table.name) for table in tables[:12])
                raise LayoutChanged(f"There is no table {series.table!r} any more; there are {names}.")
            raise LayoutChanged(_missing(series, value, named))
        alike = [table for table in fit if table.columns == fit[0].columns]
        known = next((group for group in groups if group[0][0] is alike[0]), None)
        if known:
            known[1].append(value)
        else:
            groups.append((alike, [value]))
    return groups


def _strange(series: Series, tables: Sequence[RawTable]) -> set[str]:
    """Columns that the recipe does not know: one of them may be the missing one under a new name."""
    known = {*_needed(series), *series.ignore, *(value.column for value in series.values)}
    return {name for table in tables if _fits(table, series, ()) for name in table.columns} - known


def _is_named(table: RawTable, wanted: str) -> bool:
    pattern = re.escape(wanted).replace(r"\*", ".*")
    return not wanted or bool(re.fullmatch(rf"(sheet )?{pattern}", table.name))


def _fits(table: RawTable, series: Series, columns: tuple[str, ...]) -> bool:
    told = () if series.meter is None else (series.meter.column,)
    return all(_has(table, name, series) for name in (*columns, *told)) and all(
        name in table.columns or table.fact(name) is not None for name in series.stamp
    )


def _has(table: RawTable, name: str, series: Series) -> bool:
    if series.across is not None and name == series.across.columns:
        return bool(minutes_of(table.columns, series.across, 3600))
    return name in table.columns


def _needed(series: Series) -> tuple[str, ...]:
    """What every table must have, whatever the quantity."""
    return series.stamp if series.meter is None else (*series.stamp, series.meter.column)


def _missing(series: Series, value: Value, tables: Sequence[RawTable]) -> str:
    wanted = (*_needed(series), value.column)
    nearest = max(tables, key=lambda table: len({*wanted} & {*table.columns}), default=None)
    if nearest is None:
        return f"There is no table with the columns {', '.join(map(repr, wanted))} in what the portal gave."
    gone = ", ".join(repr(name) for name in wanted if not _has(nearest, name, series) and nearest.fact(name) is None)
    there = ", ".join(repr(name) for name in nearest.columns[:12])
    return f"The columns have changed: missing {gone}; there are {there}."


def _read(recipe: Recipe, group: tuple[list[RawTable], list[Value]], document: Document) -> dict[str, pd.Series]:
    """Each quantity by the start of its interval."""
    tables, values = group
    series, interval_s = recipe.series, recipe.interval_s
    count = sum(len(table.rows) for table in tables)
    _check_count(recipe, tables, count, document)
    tables = rows_of_meter(tables, series.meter, document.meter_reference)
    if series.across is not None:
        tables = [spread(table, series, recipe.zone, interval_s) for table in tables]
        series = spread_series(series)
    texts = [text for table in tables for text in _stamp_texts(table, series)]
    kept = [at for at, text in enumerate(texts) if text]
    if not kept:
        return {value.quantity: pd.Series(dtype="float64") for value in values}
    wall, offset_s = cells.walls([texts[at] for at in kept], series)
    at_end = any(value.register for value in values)
    starts = cells.instants(wall, offset_s, series, recipe.zone, 0 if at_end else interval_s)
    found = {}
    for value in values:
        column = [cell for table in tables for cell in table.column(value.column)]
        numbers = cells.numbers([column[at] for at in kept], value, series)
        one = pd.Series(numbers, index=starts)[starts.notna()].dropna()
        one = _once(one, value)
        if value.register:
            one = steps_of(one, value.column, interval_s)
        found[value.quantity] = one.map(lambda number, unit=value.unit: stored(number, unit, interval_s))
    return found


def _stamp_texts(table: RawTable, series: Series) -> list[str]:
    parts = [table.column(name) if name in table.columns else None for name in series.stamp]
    return [
        " ".join(
            cells.text_of(part[at]) if part is not None else table.fact(name) or ""
            for name, part in zip(series.stamp, parts, strict=True)
        ).strip()
        for at in range(len(table.rows))
    ]


def _once(column: pd.Series, value: Value) -> pd.Series:
    """A row that stands there twice counts once; two that contradict each other are refused."""
    told = column.groupby(level=0).agg(["min", "max"])
    twice = told[told["min"] != told["max"]]
    if len(twice):
        when, low, high = twice.index[0], twice["min"].iloc[0], twice["max"].iloc[0]
        raise LayoutChanged(f"The column {value.column!r} says both {low:g} and {high:g} of {when:%Y-%m-%d %H:%M} UTC.")
    return pd.Series(told["min"], name=None)


def _check_count(recipe: Recipe, tables: Sequence[RawTable], count: int, document: Document) -> None:
    claimed, claim = document.claimed_rows, recipe.readings.claim
    if claim is not None and claim.fact:
        told = next((text for table in tables if (text := table.fact(claim.fact))), None)
        digits = re.sub(r"[\s.,']", "", told or "")
        if not digits.isdigit():
            raise LayoutChanged(f"The document does not say {claim.fact!r}, the number of its rows, any more.")
        claimed = int(digits) - claim.less
    if claimed is not None and count < claimed:
        raise LayoutChanged(f"The portal announced {claimed} rows, the document has {count}.")
    if count == 0 and claimed != 0:
        raise LayoutChanged("The document has no row, and the portal did not announce an empty period.")


def _check_facts(checks: Sequence[Check], tables: Sequence[RawTable], document: Document) -> None:
    for check in checks:
        if not check.fact:
            continue
        told = {text for table in tables if (text := table.fact(check.fact)) is not None}
        wanted = (check.equals or check.contains).replace("{meter}", document.meter_reference)
        good = [text for text in told if text == wanted or (check.contains and wanted in text)]
        if not told or len(good) < len(told):
            found = ", ".join(sorted(told)) or "nothing"
            raise LayoutChanged(f"The document says {found} as its {check.fact!r}, not {wanted}.")


def _frame(recipe: Recipe, columns: dict[str, pd.Series]) -> pd.DataFrame:
    frame = pd.DataFrame({name: columns.get(name, pd.Series(dtype="float64")) for name in recipe.quantities})
    frame = frame.astype("float64").dropna(how="all").sort_index()
    start = pd.DatetimeIndex(frame.index)
    start = (start if start.tz is not None else start.tz_localize("UTC")).as_unit("us")
    return frame.reset_index(drop=True).assign(start_at=start, interval_s=recipe.interval_s)[
        ["start_at", "interval_s", *recipe.quantities]
    ]


def _inside(frame: pd.DataFrame, document: Document, recipe: Recipe) -> pd.DataFrame:
    """The rows of the window. Rows just outside are what portals add; mostly others mean that it gave other days."""
    if frame.empty:
        return frame
    steps = frame["start_at"].diff().dropna()
    length = pd.Timedelta(seconds=recipe.interval_s)
    if len(steps) and steps.min() < length:
        raise LayoutChanged(f"The rows are {steps.min().total_seconds():g} s apart, not {recipe.interval_s} s.")
    if len(steps) >= 12 and not (steps == length).any():
        raise LayoutChanged(f"No two rows are {recipe.interval_s} s apart; the interval has changed.")
    start, end = pd.Timestamp(document.window.start), pd.Timestamp(document.window.end)
    asked = _asked(document.window, recipe)
    near = frame["start_at"].between(asked.start - _AROUND, asked.end + _AROUND, inclusive="left")
    if near.mean() < 0.5 and recipe.readings.has_dates:
        first, last = frame["start_at"].iloc[0], frame["start_at"].iloc[-1]
        raise LayoutChanged(f"The portal gave {first:%Y-%m-%d} to {last:%Y-%m-%d}, not the days that were asked for.")
    within = frame["start_at"].between(start, end, inclusive="left").to_numpy(dtype=bool)
    return frame.loc[within].reset_index(drop=True)


def _asked(window: Window, recipe: Recipe) -> Window:
    """What the portal was asked for: days, or their whole month, which has the one before with it for a register."""
    if not recipe.readings.by_month:
        return window
    first, last = window.local_days(recipe.zone)
    begin = month_before(first) if recipe.has_register else first.replace(day=1)
    return Window.of_local_days(begin, last_of_month(last), recipe.zone)
