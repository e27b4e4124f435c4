"""Stamps as people write them: which pattern a column has, and the wall times it says. Pure.

A pattern is a strptime one, or ISO, EPOCH_S, EPOCH_MS. Two patterns joined by "|" fit equally well: only a
person can say whether 03/04 is in March or April.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd

ISO, EPOCH_S, EPOCH_MS = "ISO", "epoch_s", "epoch_ms"
_DATES = (
    "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d",
    "%d.%m.%y", "%d/%m/%y", "%m/%d/%y", "%d-%m-%y", "%d %b %Y", "%d-%b-%Y", "%d-%b-%y", "%d %B %Y", "%b %d, %Y",
    "%b %d %Y", "%Y-%m-%d",
)  # fmt: skip
_TIMES = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p", " %H.%M", " %H%M", " %H", " %H:%M:%S.%f")
_JOINED = ("%Y%m%d%H%M", "%Y%m%d%H%M%S")
_OFFSET = r"[ ]?(Z|UTC|[+-]\d\d:?\d\d)$"
_TRIED = 40
_FIRST, _LAST = pd.Timestamp("1850-01-01"), pd.Timestamp("2250-01-01")  # beyond them no clock has a zone


@dataclass(frozen=True)
class WallTimes:
    """`wall`: naive, NaT where unread. `offset_s`: seconds east of UTC, NaN where the cell names no offset."""

    wall: pd.Series
    offset_s: np.ndarray


def pattern_of(cells: Sequence[str]) -> str | None:
    """The pattern that reads most of the cells (four of five at least); None where they are no stamps."""
    texts = pd.Series([cell for cell in cells if cell.strip()], dtype="str")
    if texts.empty:
        return None
    tried = texts.iloc[np.unique(np.linspace(0, len(texts) - 1, _TRIED).astype(int))]
    if tried.str.fullmatch(r"1\d{9}|1\d{12}").mean() >= 0.8:
        return EPOCH_MS if tried.str.len().median() == 13 else EPOCH_S
    if tried.str.match(r"\s*\d{4}-\d\d-\d\d").mean() >= 0.8:
        return ISO if read_wall(tried, ISO).wall.notna().mean() >= 0.8 else None
    if tried.str.fullmatch(r"[\d.,+\-eE]*").mean() > 0.2 and tried.str.fullmatch(r"\d{8}|\d{12}|\d{14}").mean() < 0.8:
        patterns = [date for date in _DATES if "%b" not in date and "%B" not in date]  # numbers, or dates alone
    else:
        patterns = [*(date + time for date in _DATES for time in _TIMES), *_JOINED]
    patterns = _possible(tried, patterns)
    if not patterns:
        return None
    shares = {pattern: read_wall(tried, pattern).wall.notna().mean() for pattern in patterns}
    best = max(shares.values())
    if best < 0.8:
        return None
    fit = [pattern for pattern, share in shares.items() if share == best]
    return fit[0] if len(fit) == 1 else _most_even(texts, fit)


def _possible(tried: pd.Series, patterns: list[str]) -> list[str]:
    """Patterns that read one of a few cells, by the plain parser: a hundred tries cost little so."""
    picked = {str(tried.iloc[at]) for at in (0, len(tried) // 2, len(tried) - 1)}
    plain = [re.sub(_OFFSET, "", re.sub(r"\s+", " ", cell.strip().replace("T", " ", 1))) for cell in picked]
    plain = [re.sub(r" 24([:.]?00)", r" 00\1", cell) for cell in plain]
    return [pattern for pattern in patterns if any(_reads(cell, pattern) for cell in plain)]


def _reads(cell: str, pattern: str) -> bool:
    try:
        datetime.strptime(cell, pattern)  # noqa: DTZ007 - only whether it can be read
    except ValueError:
        return False
    return True


def read_wall(cells: pd.Series, pattern: str) -> WallTimes:
    """Read texts (or typed instants) by a pattern; 24:00 is the midnight after."""
    if pd.api.types.is_datetime64_any_dtype(cells.dtype):
        aware = isinstance(cells.dtype, pd.DatetimeTZDtype)
        wall = cells.dt.tz_convert("UTC").dt.tz_localize(None) if aware else cells
        return WallTimes(wall.astype("datetime64[us]"), np.full(len(cells), 0.0 if aware else np.nan))
    text = cells.astype("str").str.strip().str.replace(r"\s+", " ", regex=True)
    if pattern in (EPOCH_S, EPOCH_MS):
        number = pd.to_numeric(text, errors="coerce")
        number = number.where(number.between(0, 1e13))
        wall = pd.to_datetime(number, unit="s" if pattern == EPOCH_S else "ms", errors="coerce")
        return WallTimes(wall.astype("datetime64[us]"), np.zeros(len(cells)))
    text = text.str.replace(r"(?<=\d)[Tt](?=\d)", " ", regex=True)
    offsets = text.str.extract(r"\d" + _OFFSET, expand=False)
    if offsets.notna().any():
        text = text.str.replace(_OFFSET, "", regex=True)
    midnight = text.str.contains(r" 24[:.]?00", regex=True).fillna(False)
    if midnight.any():
        text = text.str.replace(r" 24([:.]?00)", r" 00\1", regex=True)
    how = "ISO8601" if pattern == ISO else pattern
    wall = pd.to_datetime(text, format=how, errors="coerce").astype("datetime64[us]")
    if midnight.any():
        wall = wall + pd.to_timedelta(midnight.astype("int64"), unit="D")
    return WallTimes(wall.where(wall.between(_FIRST, _LAST)).astype("datetime64[us]"), _seconds(offsets))


def _seconds(offsets: pd.Series) -> np.ndarray:
    """+05:30 as 19800."""
    known = offsets.dropna().unique()
    table = {text: 0.0 if text in ("Z", "UTC") else _offset_s(text) for text in known}
    return offsets.map(table).to_numpy(dtype="float64") if table else np.full(len(offsets), np.nan)


def _offset_s(text: str) -> float:
    sign, digits = (-1 if text[0] == "-" else 1), text[1:].replace(":", "")
    return sign * (int(digits[:2]) * 3600.0 + int(digits[2:]) * 60.0)


def _most_even(texts: pd.Series, patterns: list[str]) -> str:
    """Of patterns that read alike, the one by which stamps follow each other evenly; both where that is a draw."""

    def unevenness(pattern: str) -> tuple[int, int]:
        wall = read_wall(texts, pattern).wall
        steps = wall.diff().dropna()
        return -int(wall.notna().sum()), int(steps.nunique())

    ranked = sorted(patterns, key=unevenness)
    best = unevenness(ranked[0])
    equal = [pattern for pattern in ranked if unevenness(pattern) == best]
    same = read_wall(texts, equal[0]).wall
    differ = [pattern for pattern in equal if not read_wall(texts, pattern).wall.equals(same)]
    return "|".join([equal[0], *differ])
