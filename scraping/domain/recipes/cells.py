"""Cells of a column into stamps and numbers, strictly: what cannot be read is named, never left out. Pure."""

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

from scraping.domain.errors import LayoutChanged
from scraping.domain.extraction.raw import Cell
from scraping.domain.recipes.model import Series, Value
from scraping.domain.recipes.month_names import in_english
from scraping.domain.recipes.quantities import unit_named
from twin_project.kit.clock_text import EPOCH_MS, EPOCH_S, pattern_of, read_wall
from twin_project.kit.folds import Localized, localize
from twin_project.kit.numbers import BLANKS

_DAYS = re.compile(r"^[^\W\d_]{2,}\.?,?\s+(?=\d)")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?")


def walls(texts: Sequence[str], series: Series) -> tuple[pd.Series, np.ndarray]:
    """Wall times and their offset in seconds (NaN where the cell names none); raises LayoutChanged."""
    cells = pd.Series([_plain(text, series.stamp_format) for text in texts], dtype="str")
    pattern = series.stamp_format or pattern_of(cells.tolist()) or ""
    name = " ".join(series.stamp)
    if not pattern or "|" in pattern:
        told = "either of two ways" if pattern else "no way that is known here"
        raise LayoutChanged(f"The column {name!r} can be read in {told}, first {_first(texts)}: give its format.")
    found = read_wall(cells, {"iso": "ISO", "epoch_s": EPOCH_S, "epoch_ms": EPOCH_MS}.get(pattern, pattern))
    bad = np.flatnonzero(found.wall.isna())
    if len(bad):
        raise LayoutChanged(f"The column {name!r} holds {texts[bad[0]]!r}, which is no time like {pattern}.")
    return found.wall, found.offset_s


def instants(wall: pd.Series, offset_s: np.ndarray, series: Series, zone: str, interval_s: int) -> pd.DatetimeIndex:
    """Starts of the intervals in UTC; NaT for an hour that the clock skipped, or of which nothing tells the pass."""
    told = ~np.isnan(offset_s)
    if series.stamp_zone == "offset" and not told.all():
        raise LayoutChanged(f"The column {' '.join(series.stamp)!r} names no UTC offset any more.")
    length = pd.Timedelta(seconds=interval_s) if series.stamp_at == "end" else pd.Timedelta(0)
    by_offset = pd.DatetimeIndex(wall - pd.to_timedelta(np.where(told, offset_s, 0), unit="s")) - length
    if told.all() or series.stamp_zone == "utc":
        return by_offset.tz_localize("UTC").as_unit("us")
    place = series.stamp_zone or zone
    steps = wall.diff().dropna()
    descending = bool(len(steps)) and bool((steps < pd.Timedelta(0)).mean() > 0.5)
    found = _starts(wall, place, length, descending=descending)
    return pd.DatetimeIndex(np.where(told, by_offset, found.tz_localize(None)), tz="UTC").as_unit("us")


def _starts(wall: pd.Series, zone: str, length: pd.Timedelta, *, descending: bool) -> pd.DatetimeIndex:
    """Of stamps at the end, some portals count on the clock from the start: the reading that explains more is taken."""
    by_end = _localized(wall, zone, descending=descending).instants - length
    if not length:
        return pd.DatetimeIndex(by_end)
    by_start = _localized(wall - length, zone, descending=descending).instants
    return pd.DatetimeIndex(by_start if _doubt(by_start) < _doubt(by_end) else by_end)


def _localized(wall: pd.Series, zone: str, *, descending: bool) -> Localized:
    return localize(wall, zone, np.zeros(len(wall)), descending=descending, once="")


def _doubt(found: pd.DatetimeIndex) -> int:
    known = found[found.notna()]
    return len(found) - len(known) + int(known.duplicated().sum())


def numbers(cells: Sequence[Cell], value: Value, series: Series) -> np.ndarray:
    """The column as floats, NaN where it is blank; raises LayoutChanged for a word or another unit."""
    return np.array([_number(cell, value, series) for cell in cells], dtype="float64")


def text_of(cell: Cell) -> str:
    """A cell as text; a whole float without its point."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell).strip()


def _number(cell: Cell, value: Value, series: Series) -> float:
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return float(cell)
    text = text_of(cell)
    if text.lower() in BLANKS or text in series.missing:
        return float("nan")
    body, _, unit = text.replace("\u00a0", " ").replace("\u202f", " ").replace("−", "-").rpartition(" ")
    if not body or not unit_named(unit):
        body = text.replace("\u00a0", " ").replace("\u202f", " ").replace("−", "-")
    elif unit_named(unit) != value.unit:
        raise LayoutChanged(f"The column {value.column!r} is in {unit} now, it was in {value.unit}.")
    plain = body.replace(" ", "") if series.thousands in {" ", "\u00a0", "\u202f"} else body
    plain = plain.replace(series.thousands, "") if series.thousands else plain
    plain = plain.replace(series.decimal, ".") if series.decimal != "." else plain
    if not _NUMBER.fullmatch(plain) or (series.decimal != "." and "." in body and series.thousands != "."):
        raise LayoutChanged(f"The column {value.column!r} holds {text!r}, which is no number.")
    return float(plain)


def _plain(text: str, form: str) -> str:
    """Months in English and no day of the week, where the format needs it; strptime knows no other tongue here."""
    if "%b" not in form and "%B" not in form:
        return _DAYS.sub("", text) if form and "%a" not in form and "%A" not in form else text
    return in_english(_DAYS.sub("", text) if "%a" not in form else text, form)


def _first(texts: Sequence[str]) -> str:
    return repr(texts[0]) if texts else "nothing"
