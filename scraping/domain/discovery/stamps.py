"""Columns of stamps as portals write them: a form for the column, and the wall times that it says. Pure.

A form is "ISO", "epoch_s", "epoch_ms" or a strptime pattern. "Mo., 03.11.2026 14:15 Uhr" and "3 nov. 2026 à 14h15" are
read like the plain ones.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

import numpy as np
import pandas as pd

from scraping.domain.discovery.guess import LIKELY, MAYBE, SURE, UNSURE, Guess
from scraping.domain.discovery.stamp_cells import Cell, read_cell

ISO, EPOCH_S, EPOCH_MS = "ISO", "epoch_s", "epoch_ms"
_FIRST_S, _LAST_S = 946_684_800, 4_102_444_800  # the years 2000 and 2100


@dataclass(frozen=True)
class Stamps:
    """A column read: `wall` (NaT where unread), `offset_s` (NaN where none), `until` where cells are ranges."""

    form: Guess[str]
    wall: pd.Series
    offset_s: np.ndarray
    until: pd.Series | None = None
    only_dates: bool = False
    said_24: bool = False

    @property
    def aware(self) -> bool:
        """Whether each stamp is an instant by itself."""
        known = ~np.isnan(self.offset_s)
        return bool(known[self.wall.notna().to_numpy()].all()) and bool(known.any())


def stamps_of(cells: Sequence[str], *, month_first: bool | None = None) -> Stamps | None:
    """Read a column of stamps; None where fewer than nine of ten filled cells are.

    `month_first` is what the page's language suggests, used only where the cells leave it open.
    """
    filled = [cell.strip() for cell in cells if cell.strip()]
    if not filled:
        return None
    if (numbers := _epochs(cells, filled)) is not None:
        return numbers
    sample = filled[:: max(len(filled) // 60, 1)]
    if sum(
        read_cell(cell, day_first=True) is not None or read_cell(cell, day_first=False) is not None for cell in sample
    ) < (0.9 * len(sample)):
        return None
    tries = {day_first: [read_cell(cell.strip(), day_first=day_first) for cell in cells] for day_first in (True, False)}
    day_first, how = _order(tries, month_first)
    found = tries[day_first]
    good = [cell for cell in found if cell is not None]
    if len(good) < 0.9 * len(filled) or not any(cell.dated for cell in good):
        return None
    forms = Counter(cell.form for cell in good)
    form = ISO if all(_is_iso(form) for form in forms) else forms.most_common(1)[0][0]
    until = [cell.until if cell else None for cell in found]
    return Stamps(
        form=Guess(form, how.confidence, how.because),
        wall=pd.Series([cell.wall if cell else None for cell in found], dtype="datetime64[us]"),
        offset_s=np.array([np.nan if cell is None or cell.offset_s is None else cell.offset_s for cell in found]),
        until=pd.Series(until, dtype="datetime64[us]") if any(until) else None,
        only_dates=not any(cell.timed for cell in good),
        said_24=any(re.search(r"(?<!\d)24[:.h]?00", cell) for cell in filled),
    )


def is_clock(cells: Sequence[str]) -> bool:
    """Whether a column holds times of day alone."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    found = [read for cell in filled if (read := read_cell(cell, day_first=True)) is not None and not read.dated]
    return bool(filled) and len(found) >= 0.9 * len(filled)


def _epochs(cells: Sequence[str], filled: Sequence[str]) -> Stamps | None:
    if sum(bool(re.fullmatch(r"\d{9,13}(\.\d+)?", cell)) for cell in filled) < 0.9 * len(filled):
        return None
    numbers = pd.to_numeric(pd.Series(list(cells), dtype="str").str.strip(), errors="coerce")
    middle = numbers.median()
    for form, scale in ((EPOCH_S, 1), (EPOCH_MS, 1000)):
        if _FIRST_S <= middle / scale <= _LAST_S:
            wall = pd.to_datetime(numbers / scale, unit="s", errors="coerce").dt.round("ms").astype("datetime64[us]")
            unit = "milliseconds" if scale == 1000 else "seconds"
            why = f"The stamps are {unit} since 1970, which counts in UTC."
            return Stamps(Guess(form, SURE, (why,)), wall, np.zeros(len(numbers)))
    return None


def _order(tries: dict[bool, list[Cell | None]], month_first: bool | None) -> tuple[bool, Guess[bool]]:
    """Whether the day stands first, by what the cells allow, then by how evenly they follow each other."""
    swaps = any(cell is not None and cell.swaps for cell in tries[True] + tries[False])
    if not swaps:
        return True, Guess(True, SURE)
    read = {order: sum(cell is not None for cell in cells) for order, cells in tries.items()}
    if read[True] != read[False]:
        first = read[True] > read[False]
        word = "day" if first else "month"
        return first, Guess(first, SURE, (f"Dates have the {word} first: the other way some would not exist.",))
    uneven = {order: _unevenness(cells) for order, cells in tries.items()}
    if uneven[True] != uneven[False]:
        first = uneven[True] < uneven[False]
        word = "day" if first else "month"
        return first, Guess(first, LIKELY, (f"Dates have the {word} first: only so do the rows follow evenly.",))
    if any("." in cell.form[:5] for cell in tries[True] if cell is not None):
        return True, Guess(True, LIKELY, ("Dates with points have the day first.",))
    if month_first is not None:
        word = "month" if month_first else "day"
        return not month_first, Guess(
            not month_first, MAYBE, (f"Dates are read with the {word} first, as is usual in the page's language.",)
        )
    return True, Guess(True, UNSURE, ("Whether day or month stands first cannot be seen from these few dates.",))


def _unevenness(cells: Sequence[Cell | None]) -> int:
    walls = [cell.wall for cell in cells if cell is not None]
    steps = {later - earlier for earlier, later in pairwise(walls)}
    return len(steps) + sum(step < timedelta(0) for step in steps) * len(walls)


def _is_iso(form: str) -> bool:
    return form.startswith("%Y-%m-%d") and "%p" not in form and (form == "%Y-%m-%d" or form[8] in "T ")
