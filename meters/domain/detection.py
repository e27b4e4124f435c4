"""What the head of a file tells about its rows. What it cannot tell stays open: `Layout.questions`. Pure."""

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

from meters.domain.files import BadTable
from meters.domain.layouts import LONG, METERS, SLOTS, Layout, ValueColumn
from meters.domain.register_reads import Rows, read_at, without_register
from meters.domain.slots import NUMBERED, minute_of, slots_of
from meters.domain.titles import ENDS, STAMPS, STARTS, says_register, value_meaning, words_of
from meters.domain.titles import METERS as METER_WORDS
from twin_project.kit.clock_text import EPOCH_MS, EPOCH_S, pattern_of, read_wall
from twin_project.kit.numbers import NumberStyle, read_numbers, style_of

TIDY = {"timestamp", "start_at", "start", "start_utc", "datetime", "time"}
_FEW = 3
_MOST, _SOME = 0.8, 0.1


def detect(head: pd.DataFrame) -> Layout:
    """The layout of the table whose first rows are given; raises BadTable where it is none of readings."""
    titles = [str(title) for title in head.columns]
    there = ", ".join(titles[:20]) or "none"
    stamp, time, pattern = _stamp(head, titles)
    if not stamp:
        raise BadTable(
            f"There is no column of stamps such as timestamp or start_at; there are: {there}. "
            "One column must hold dates and times."
        )
    rest = [title for title in titles if title not in (stamp, time)]
    meter = next((title for title in rest if words_of(title) & METER_WORDS and not value_meaning_strict(title)), "")
    rest = [title for title in rest if title != meter]
    interval = next((title for title in rest if title.lower() == "interval_s"), "")
    quality = next((title for title in rest if title.lower() == "quality"), "")
    rest = [title for title in rest if title not in (interval, quality)]
    shape, values, slots, step = _values(head, rest, meter)
    if not values:
        raise BadTable(
            f"There is no column with readings; there are: {there}. "
            "A column such as kwh, energy_kwh, power_kw or voltage_v must hold numbers."
        )
    wall = _wall(head, stamp, time, pattern)
    descending = _descending(wall, head[meter] if meter else None)
    meters = head[meter].astype("str").to_numpy() if meter else np.zeros(len(head))
    rows = Rows(head, _style(head, [value.title for value in values]), meters, descending)
    values, register = without_register(rows, values) if shape == LONG else (values, None)
    values, left_out = _without_doubles(values) if shape == LONG else (values, ())
    style = _style(head, [value.title for value in values])
    step = step or _step(wall, head[meter] if meter else None)
    return Layout(
        shape=shape,
        stamp=stamp,
        time=time,
        pattern=pattern,
        values=tuple(values),
        meter_column=meter,
        interval_column=interval,
        quality_column=quality,
        decimal=style.decimal if style.sure else "",
        thousands=style.thousands,
        aware=_aware(head[stamp], pattern),
        stamp_at=_slot_stamps(values, slots) if shape == SLOTS else _stamp_at(stamp),
        kind="interval" if interval else _kind(head, values, style, meter, shape),
        interval_s=step,
        descending=descending,
        slots=slots,
        left_out=left_out,
        register=(register,) if register else (),
        read_at=read_at(rows, values, register) if register else "",
    )


def _without_doubles(values: list[ValueColumn]) -> tuple[list[ValueColumn], tuple[str, ...]]:
    """Columns of one quantity (three sub-meters) are left out where another tells the load; else nobody knows."""
    quantities = [value.quantity for value in values]
    doubled = tuple(value.title for value in values if quantities.count(value.quantity) > 1)
    alone = [value for value in values if value.title not in doubled]
    if doubled and not any(value.quantity in ("energy_kwh", "power_kw") for value in alone):
        raise BadTable(f"Two columns say the same: {', '.join(doubled)}. Leave one of them out.")
    return alone, doubled


def value_meaning_strict(title: str) -> bool:
    """Whether the title names a unit, so that "meter reading kWh" is no column of meters."""
    meaning = value_meaning(title)
    return bool(meaning and meaning.unit)


def _texts(column: pd.Series) -> list[str]:
    return [str(cell) for cell in column.dropna().tolist()]


def _stamp(head: pd.DataFrame, titles: Sequence[str]) -> tuple[str, str, str]:
    """Titles of the stamp and of a time apart from its date, and the pattern. The start wins over the end."""
    found: dict[str, str] = {}
    for title in titles:
        if pd.api.types.is_datetime64_any_dtype(head[title].dtype):
            found[title] = "ISO"
        elif not pd.api.types.is_numeric_dtype(head[title].dtype):
            pattern = pattern_of(_texts(head[title]))
            if pattern and (pattern not in (EPOCH_S, EPOCH_MS) or words_of(title) & (STAMPS | STARTS | ENDS)):
                found[title] = pattern
    if not found:
        return "", "", ""
    ranked = sorted(found, key=lambda title: (_rank(title, pd.Series(head[title])), titles.index(title)))
    stamp, pattern = ranked[0], found[ranked[0]]
    if not _dates_only(head[stamp], pattern):
        return stamp, "", pattern
    times = [title for title in titles if title != stamp and _is_time(head[title])]
    times.sort(key=lambda title: bool(words_of(title) & ENDS))
    joined = (
        pattern_of(_texts(head[stamp].astype("str") + " " + head[times[0]].astype("str"))) if times else None
    ) or ""
    return (stamp, times[0], joined) if joined else (stamp, "", pattern)


def _rank(title: str, column: pd.Series) -> int:
    words = words_of(title)
    aware = isinstance(column.dtype, pd.DatetimeTZDtype) or "utc" in words
    if aware and not words & ENDS:
        return 0
    if words & STARTS:
        return 1
    return 2 if words & STAMPS and not words & ENDS else 3 if words & ENDS else 4


def _dates_only(column: pd.Series, pattern: str) -> bool:
    wall = read_wall(column.dropna(), pattern.split("|", maxsplit=1)[0]).wall.dropna()
    return not wall.empty and bool((wall == wall.dt.floor("D")).all())


def _is_time(column: pd.Series) -> bool:
    texts = pd.Series(_texts(column), dtype="str")
    return not texts.empty and bool(
        texts.str.fullmatch(r"\s*\d{1,2}[:.]\d\d([:.]\d\d)?(\s*[AaPp][Mm])?\s*").mean() >= 0.8
    )


def _values(head: pd.DataFrame, rest: Sequence[str], meter: str) -> tuple[str, list[ValueColumn], str, int]:
    """Shape, columns of values, what slots are, and the step that they tell."""
    kind, slots, step = slots_of(rest)
    if slots:
        meaning = next((found for title in rest if title not in slots and (found := value_meaning(title))), None)
        quantity, unit = (meaning.quantity, meaning.unit) if meaning else ("energy_kwh", "")
        return SLOTS, [ValueColumn(title, quantity, unit) for title in slots], kind, step
    named = [
        (title, meaning)
        for title in rest
        if (meaning := value_meaning(title)) and _is_numeric(head[title], named=bool(meaning.unit))
    ]
    if named:
        firm = [title for title, meaning in named if meaning.unit]
        chosen = [pair for pair in named if pair[0] in firm] if firm else named[:1]
        return LONG, [ValueColumn(title, meaning.quantity, meaning.unit) for title, meaning in chosen], "", 0
    numeric = [title for title in rest if _is_numeric(head[title])]
    if len(numeric) > 1 and not meter:
        return METERS, [ValueColumn(title, "energy_kwh", "") for title in numeric], "", 0
    unnamed = [title for title in numeric if re.fullmatch(r"column \d+", title)] or (
        numeric if len(numeric) == 1 and words_of(numeric[0]) & METER_WORDS else []
    )
    return LONG, [ValueColumn(title, "energy_kwh", "") for title in unnamed[:1]], "", 0


def _is_numeric(column: pd.Series, *, named: bool = False) -> bool:
    """Whether the cells are numbers; of a column whose title names a unit, a few: the others are faults to tell."""
    if pd.api.types.is_bool_dtype(column.dtype):
        return False
    if pd.api.types.is_numeric_dtype(column.dtype):
        return True
    texts = _texts(column)
    return style_of(texts, least=_SOME if named else _MOST) is not None or not any(text.strip() for text in texts)


def _style(head: pd.DataFrame, titles: Sequence[str]) -> NumberStyle:
    """One style for the whole file: the first column that shows one."""
    styles = [
        style
        for title in titles
        if not pd.api.types.is_numeric_dtype(head[title].dtype)
        and (style := style_of(_texts(head[title]), least=_SOME))
    ]
    firm = [style for style in styles if style.sure and (style.decimal == "," or style.thousands)]
    sure = [style for style in styles if style.sure]
    return (firm or ([] if len(sure) < len(styles) else sure) or styles or [NumberStyle()])[0]


def _wall(head: pd.DataFrame, stamp: str, time: str, pattern: str) -> pd.Series:
    cells = head[stamp].astype("str") + " " + head[time].astype("str") if time else head[stamp]
    found = read_wall(cells, pattern.split("|", maxsplit=1)[0])
    return pd.Series(found.wall - pd.to_timedelta(np.nan_to_num(found.offset_s), unit="s"))


def _aware(column: pd.Series, pattern: str) -> bool:
    offsets = read_wall(column.dropna(), pattern.split("|", maxsplit=1)[0])
    known = ~np.isnan(offsets.offset_s)[offsets.wall.notna().to_numpy()]
    if known.any() and not known.all():
        raise BadTable(f"Some stamps of the column {column.name} have a UTC offset and some have none. Give it to all.")
    return bool(known.any())


def _step(wall: pd.Series, meters: pd.Series | None) -> int:
    """The most common step in seconds; 0 where fewer than three rows show none."""
    steps = wall.groupby(meters.astype("str")).diff() if meters is not None else wall.diff()
    seconds = steps.dropna().dt.total_seconds().abs()
    seconds = seconds[seconds > 0]
    return int(seconds.mode().iloc[0]) if len(seconds) >= _FEW else 0


def _descending(wall: pd.Series, meters: pd.Series | None) -> bool:
    steps = (wall.groupby(meters.astype("str")).diff() if meters is not None else wall.diff()).dropna()
    return bool((steps < pd.Timedelta(0)).sum() > (steps > pd.Timedelta(0)).sum())


def _stamp_at(stamp: str) -> str:
    """What the title of the stamp says."""
    words = words_of(stamp)
    if words & ENDS:
        return "end"
    return "start" if words & STARTS else ""


def _slot_stamps(values: Sequence[ValueColumn], slots: str) -> str:
    """A day's columns are starts where the first is 00:00, ends where the last is 24:00 or the first is later."""
    if slots == NUMBERED:
        return "start"
    minutes = [minute_of(value.title) for value in values]
    return "end" if max(minutes) == 1440 else "start" if min(minutes) == 0 and minutes[0] == 0 else "end"


def _kind(head: pd.DataFrame, values: Sequence[ValueColumn], style: NumberStyle, meter: str, shape: str) -> str:
    """A register never falls: where the energies fall, they are of intervals; where they only rise, ask."""
    energies = [value.title for value in values if value.quantity == "energy_kwh"]
    if not energies or shape == SLOTS:
        return "interval"
    numbers = pd.Series(read_numbers(head[energies[0]], style)[0])
    groups = head[meter].astype("str").to_numpy() if meter else np.zeros(len(numbers))
    steps = numbers.dropna().groupby(groups[numbers.notna().to_numpy()]).diff().dropna()
    rises = len(steps) >= _FEW and bool((steps >= 0).mean() > 0.995 or (steps <= 0).mean() > 0.995)
    grows = rises and bool((steps != 0).any()) and bool(steps.abs().median() < numbers.abs().median())
    if says_register(energies[0]):
        return "" if len(steps) and not rises else "register" if grows else ""
    return "" if grows else "interval"
