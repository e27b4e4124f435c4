"""Numbers as people and programs write them: 1,234.5 and 1.234,5 and "0,123 kWh". Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

BLANK = frozenset(
    {"", "-", "--", "–", "—", "n/a", "na", "nan", "null", "none", "…", "...", "k.a.", "n.d.", "nd", "n.v.t."}
)
_SPACES = " \u00a0\u202f\u2009'’"
_NUMBER = re.compile(rf"^([+\-−]?)([\d{_SPACES}.,]*\d)(?:[eE]([+-]?\d+))?\s*([^\d\s][^\d]{{0,12}})?$")


@dataclass(frozen=True)
class NumberStyle:
    """How a column writes numbers; `unit` is what stands behind each of them. `sure` is False for 1,234."""

    decimal: str = "."
    thousands: str = ""
    unit: str = ""
    sure: bool = True


def is_blank(cell: str) -> bool:
    """A cell that says that there is no value."""
    return cell.strip().lower() in BLANK


def style_of(cells: Sequence[str], *, least: float = 0.8) -> NumberStyle | None:
    """The style of a column; None where fewer than `least` of its filled cells are numbers."""
    filled = [cell.strip() for cell in cells if not is_blank(cell)]
    found = [match for cell in filled if (match := _NUMBER.match(cell))]
    if not found or len(found) < least * len(filled):
        return None
    bodies = [match[2] for match in found]
    units = {(match[4] or "").strip() for match in found}
    unit = units.pop() if len(units) == 1 else ""
    both = [body for body in bodies if "," in body and "." in body]
    if both:
        last = both[0][max(both[0].rfind(","), both[0].rfind("."))]
        return NumberStyle(last, "," if last == "." else ".", unit)
    spaced = next((mark for mark in _SPACES if any(mark in body for body in bodies)), "")
    decimal, sure = _decimal(bodies)
    if decimal is None:
        mark = "," if any("," in body for body in bodies) else "."
        return NumberStyle("." if mark == "," else ",", mark, unit)
    return NumberStyle(decimal, spaced, unit, sure)


def _decimal(bodies: Sequence[str]) -> tuple[str | None, bool]:
    """The decimal mark where one kind of mark is there; None where it can only part thousands."""
    for mark in ",.":
        marked = [body for body in bodies if mark in body]
        if not marked:
            continue
        if any(body.count(mark) > 1 for body in marked):
            return None, True
        three = all(re.search(rf"[1-9]\d{{0,2}}{re.escape(mark)}\d{{3}}$", body) for body in marked)
        if not three or mark == ".":
            return mark, True
        # 1,234 with whole numbers beside it below a thousand: a comma that parts thousands
        grouped = len(marked) < len(bodies) and all(len(body) <= 3 for body in bodies if mark not in body)
        return (None, True) if grouped else (mark, False)
    return ".", True


def read(cells: Sequence[str], style: NumberStyle) -> np.ndarray:
    """float64, NaN where the cell holds no number of this style."""
    out = np.full(len(cells), np.nan)
    for at, cell in enumerate(cells):
        match = None if is_blank(cell) else _NUMBER.match(cell.strip())
        if match is None:
            continue
        body = re.sub(rf"[{_SPACES}]", "", match[2])
        if style.thousands in (",", "."):
            body = body.replace(style.thousands, "")
        body = body.replace(",", ".") if style.decimal == "," else body
        text = f"{'-' if match[1] in '-−' and match[1] else ''}{body}{'e' + match[3] if match[3] else ''}"
        try:
            out[at] = float(text)
        except ValueError:
            continue
    return out
