"""One stamp taken apart by its shape, not by a list of patterns. Pure."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from scraping.domain.discovery.words import plain

_MONTHS = (
    ("jan", "gen", "ene"), ("feb", "fev"), ("mar", "mrt", "maa", "mae"), ("apr", "avr", "abr"),
    ("may", "mai", "mei", "mag"), ("jun", "juin", "giu"), ("jul", "juil", "lug"), ("aug", "aou", "ago"),
    ("sep", "set"), ("oct", "okt", "ott", "out"), ("nov",), ("dec", "dez", "dic"),
)  # fmt: skip
_WEEKDAY = re.compile(r"^[^\W\d_]{2,}\.?,?\s+(?=\S*\d|[^\W\d_]{3,}\.? \d)")
_DATE = re.compile(
    r"(?P<y>\d{4})(?P<s>[-/.])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})(?!\d)"
    r"|(?P<a>\d{1,2})(?P<s2>[-/.])(?P<b>\d{1,2})(?P=s2)(?P<y2>\d{4}|\d{2})(?!\d)"
    r"|(?P<d3>\d{1,2})(?P<dot>\.?)(?P<s3>[ \-/])(?P<mon3>[^\W\d_]{3,})\.?,?[ \-/](?P<y3>\d{4}|\d{2})(?!\d)"
    r"|(?P<mon4>[^\W\d_]{3,})\.? (?P<d4>\d{1,2})(?P<c4>,?) (?P<y4>\d{4})(?!\d)"
    r"|(?P<y5>20\d\d)(?P<m5>\d\d)(?P<d5>\d\d)(?P<t5>\d{4}(?:\d\d)?)?(?!\d)"
)
_CLOCK = re.compile(
    r"(?P<H>\d{1,2})(?P<ts>[:.h])(?P<M>\d{2})(?:(?P=ts)(?P<S>\d{2})(?P<f>[.,]\d+)?)?(?!\d)"
    r"(?P<gap>\s*)(?P<ap>[AaPp]\.?[Mm]\.?)?"
)
_OFFSET = re.compile(r"\s*(?P<off>Z|UTC|GMT|[+-]\d\d:?\d\d)\b")
_RANGE = re.compile(r"^\s*(?:-|–|—|to|bis|à|a|hasta|tot)\s*(?=\d)")


@dataclass(frozen=True)
class Cell:
    """One stamp: `wall` by the clock it was written by, `offset_s` None where it names none; `form` as a pattern."""

    wall: datetime
    offset_s: float | None
    form: str
    dated: bool = True
    timed: bool = True
    until: datetime | None = None
    swaps: bool = False  # day and month could be the other way round in its form


def read_cell(text: str, *, day_first: bool) -> Cell | None:
    """Take one cell apart; None where something is left that is no part of a stamp."""
    if len(text) > 60:
        return None
    if (weekday := _WEEKDAY.match(text)) and not _month(weekday[0]) and _DATE.match(text, weekday.end()):
        text = text[weekday.end() :]
    date = _DATE.match(text)
    if date is None:
        return _clock_only(text)
    read = _date(date, day_first)
    if read is None:
        return None
    (year, month, day), form, swaps = read
    rest = text[date.end() :]
    stuck = date["t5"]
    clock: re.Match[str] | None = None
    if not stuck:
        joint = re.match(r"\s*(?:T|,|um|at|à|a las|alle|om|-|–)?\s*(?=\d)", rest)
        clock = _CLOCK.match(rest, joint.end()) if joint else None
        form += _joint(rest[: clock.start()]) if clock else ""
    midnight = datetime(year, month, day)  # noqa: DTZ001 - a wall time, its zone is guessed elsewhere
    if stuck:
        seconds = int(stuck[:2]) * 3600 + int(stuck[2:4]) * 60 + int(stuck[4:] or 0)
        form += "%H%M%S" if len(stuck) == 6 else "%H%M"
    elif clock:
        found = _seconds(clock)
        if found is None:
            return None
        seconds, form, rest = found, form + _clock_form(clock), rest[clock.end() :]
    else:
        return Cell(midnight, None, form, timed=False, swaps=swaps) if _is_empty(rest) else None
    wall = midnight + timedelta(seconds=seconds)
    return _tail(rest, midnight, wall, form, swaps)


def _tail(rest: str, midnight: datetime, wall: datetime, form: str, swaps: bool) -> Cell | None:
    """What follows the time: an offset, or the end of a range."""
    offset = _OFFSET.match(rest)
    if offset:
        seconds = _offset_s(offset["off"])
        return Cell(wall, seconds, form + "%z", swaps=swaps) if _is_empty(rest[offset.end() :]) else None
    until = None
    if span := _RANGE.match(rest):
        clock = _CLOCK.match(rest, span.end())
        end = _seconds(clock) if clock else None
        if clock is None or end is None:
            return None
        until = midnight + timedelta(seconds=end)
        until += timedelta(days=1) if until <= wall else timedelta(0)
        rest = rest[clock.end() :]
    return Cell(wall, None, form, until=until, swaps=swaps) if _is_empty(rest) else None


def _clock_only(text: str) -> Cell | None:
    clock = _CLOCK.match(text)
    seconds = _seconds(clock) if clock else None
    if clock is None or seconds is None:
        return None
    midnight = datetime(2000, 1, 1)  # noqa: DTZ001 - a wall time without a day
    found = _tail(text[clock.end() :], midnight, midnight + timedelta(seconds=seconds), _clock_form(clock), False)
    return None if found is None else Cell(found.wall, found.offset_s, found.form, dated=False, until=found.until)


def _date(match: "re.Match[str]", day_first: bool) -> tuple[tuple[int, int, int], str, bool] | None:
    swaps = False
    if match["y"]:
        ymd, form = (match["y"], match["m"], match["d"]), "%Y{0}%m{0}%d".format(match["s"])
    elif match["y2"]:
        swaps = True
        day, month = (match["a"], match["b"]) if day_first else (match["b"], match["a"])
        year = "%Y" if len(match["y2"]) == 4 else "%y"
        first = "%d{0}%m{0}" if day_first else "%m{0}%d{0}"
        ymd, form = (match["y2"], month, day), first.format(match["s2"]) + year
    elif match["y3"]:
        year, name = "%Y" if len(match["y3"]) == 4 else "%y", _name_form(match["mon3"])
        ymd = (match["y3"], str(_month(match["mon3"])), match["d3"])
        form = f"%d{match['dot']}{match['s3']}{name}{match['s3']}{year}"
    elif match["y4"]:
        ymd = (match["y4"], str(_month(match["mon4"])), match["d4"])
        form = f"{_name_form(match['mon4'])} %d{match['c4']} %Y"
    else:
        ymd, form = (match["y5"], match["m5"], match["d5"]), "%Y%m%d"
    year_n, month_n, day_n = (int(part) for part in ymd)
    year_n += 2000 if year_n < 100 else 0
    try:
        datetime(year_n, month_n, day_n)  # noqa: DTZ001 - only whether there is such a day
    except ValueError:
        return None
    return (year_n, month_n, day_n), form, swaps


def _month(word: str) -> int:
    low = plain(word)
    by_length = sorted(
        ((stem, n) for n, stems in enumerate(_MONTHS, 1) for stem in stems), key=lambda one: -len(one[0])
    )
    return next((n for stem, n in by_length if low.startswith(stem)), 0)


def _name_form(word: str) -> str:
    return "%b" if len(word) <= 4 else "%B"


def _joint(text: str) -> str:
    return text.replace("%", "%%")


def _clock_form(clock: "re.Match[str]") -> str:
    hour = "%I" if clock["ap"] else "%H"
    second = f"{clock['ts']}%S" if clock["S"] else ""
    fraction = f"{clock['f'][0]}%f" if clock["f"] else ""
    return f"{hour}{clock['ts']}%M{second}{fraction}" + (f"{clock['gap']}%p" if clock["ap"] else "")


def _seconds(clock: "re.Match[str]") -> int | None:
    hour, minute, second = int(clock["H"]), int(clock["M"]), int(clock["S"] or 0)
    if clock["ap"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if clock["ap"][0] in "pP" else 0)
    if minute > 59 or second > 59 or hour > 24 or (hour == 24 and (minute or second)):
        return None
    return hour * 3600 + minute * 60 + second


def _offset_s(text: str) -> float:
    if text in ("Z", "UTC", "GMT"):
        return 0.0
    digits = text[1:].replace(":", "")
    return (-1 if text[0] == "-" else 1) * (int(digits[:2]) * 3600.0 + int(digits[2:]) * 60.0)


def _is_empty(rest: str) -> bool:
    return rest.strip().lower().rstrip(".") in {"", "uhr", "h", "hrs", "hs"}
