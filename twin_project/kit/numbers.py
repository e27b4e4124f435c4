"""Numbers as people write them: 1,234.5 and 1.234,5 and 1 234,5. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

BLANKS = frozenset({"", "-", "--", "–", "n/a", "null", "none"})
_SPACES = " \u00a0\u202f'’"


@dataclass(frozen=True)
class NumberStyle:
    """`thousands` is "" where none were seen; `sure` is False for 1,234, which may be either."""

    decimal: str = "."
    thousands: str = ""
    sure: bool = True


def style_of(cells: Sequence[str], *, least: float = 0.8) -> NumberStyle | None:
    """The style that reads most of the cells, `least` of them; None where they are no numbers."""
    texts = [text for cell in cells if (text := cell.strip()).lower() not in BLANKS]
    if not texts:
        return None
    styles = [NumberStyle(".", ""), NumberStyle(",", "")]
    styles += [NumberStyle(decimal, mark) for mark in _SPACES for decimal in ",."]
    styles += [NumberStyle(".", ","), NumberStyle(",", ".")]
    read = [sum(bool(_pattern(style).fullmatch(text)) for text in texts) for style in styles]
    best = max(read)
    if best < max(least * len(texts), 1):
        return None
    fit = [style for style, n in zip(styles, read, strict=True) if n == best]
    if NumberStyle(",", "") in fit and NumberStyle(".", ",") in fit and NumberStyle(".", "") not in fit:
        # Each cell is like 1,234. A leading zero (0,123) or other than three digits shows a decimal comma.
        plain = any(re.fullmatch(r"[+-]?(0\d*,\d+|\d+,(\d{1,2}|\d{4,}))", text) for text in texts)
        return NumberStyle(",", "", sure=plain)
    return fit[0]


def read_numbers(cells: pd.Series, style: NumberStyle) -> tuple[np.ndarray, np.ndarray]:
    """Values (NaN where there is none) and the mask of cells that are neither a number nor blank."""
    if pd.api.types.is_numeric_dtype(cells.dtype) and not pd.api.types.is_bool_dtype(cells.dtype):
        values = cells.to_numpy(dtype="float64", na_value=np.nan)
        return np.where(np.isinf(values), np.nan, values), np.isinf(values)
    text = cells.astype("str").str.strip()
    blank = (cells.isna() | text.str.lower().isin(list(BLANKS))).to_numpy(dtype=bool)
    good = text.str.fullmatch(_pattern(style).pattern).fillna(False).to_numpy(dtype=bool)
    if style.thousands:
        text = text.str.replace(style.thousands, "", regex=False)
    if style.decimal != ".":
        text = text.str.replace(style.decimal, ".", regex=False)
    values = pd.to_numeric(text.where(good & ~blank), errors="coerce").to_numpy(dtype="float64")
    unread = ~blank & (~good | ~np.isfinite(values))
    return np.where(unread, np.nan, values), unread


def _pattern(style: NumberStyle) -> "re.Pattern[str]":
    decimal, mark = re.escape(style.decimal), re.escape(style.thousands)
    grouped = rf"\d{{1,3}}(?:{mark}\d{{3}})+|" if style.thousands else ""
    return re.compile(rf"[+-]?(?:(?:{grouped}\d+)(?:{decimal}\d*)?|{decimal}\d+)(?:[eE][+-]?\d{{1,3}})?")
