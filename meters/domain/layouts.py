"""What the rows of a file mean, and what about it only a person can say. Pure, and JSON-ready."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from meters.domain.quantities import LONGEST_INTERVAL_S, SHORTEST_INTERVAL_S
from twin_project.kit.units import UNITS

LONG, SLOTS, METERS = "long", "slots", "meters"
INTERVAL, REGISTER, READS = "interval", "register", "reads"
COUNTS = (REGISTER, READS)


@dataclass(frozen=True)
class ValueColumn:
    """One column of values; `unit` "" is not known yet."""

    title: str
    quantity: str
    unit: str


@dataclass(frozen=True)
class Layout:
    """How to read a file; "" or 0 where the file does not say.

    shape: "long" (a row for each interval), "slots" (a row for each day, a column for each interval) or
    "meters" (a column for each meter). pattern: see `clock_text`. stamp_at: "start" or "end" of the interval.
    kind: "interval" (energy of the interval), "register" (a count that only rises, whose steps are readings) or
    "reads" (one that the readings are checked against). register: none or one column of such reads beside the
    energies, read at the "start" or "end" of the row's interval (`read_at`), "" at the stamp. slots: "wall" (titles are
    times of day) or "numbered". once: how an hour that the clock repeats is read where it stands once. left_out: titles
    of columns that say what others say too.
    """

    shape: str
    stamp: str
    pattern: str
    values: tuple[ValueColumn, ...]
    time: str = ""
    meter_column: str = ""
    interval_column: str = ""
    quality_column: str = ""
    decimal: str = "."
    thousands: str = ""
    aware: bool = False
    zone: str = ""
    stamp_at: str = ""
    kind: str = ""
    interval_s: int = 0
    descending: bool = False
    slots: str = ""
    once: str = ""
    left_out: tuple[str, ...] = ()
    register: tuple[ValueColumn, ...] = ()
    read_at: str = ""

    def as_json(self) -> dict[str, Any]:
        """What `layout_from` takes back."""
        return dataclasses.asdict(self)

    @property
    def questions(self) -> tuple[str, ...]:
        """The names of the answers that are missing."""
        open_ = {
            "zone": not self.aware and not self.zone,
            "order": "|" in self.pattern,
            "decimal": not self.decimal,
            "unit": any(not value.unit for value in self.values),
            "kind": not self.kind,
            "stamp_at": not self.stamp_at and self.kind not in COUNTS,
            "interval_s": not self.interval_s and not self.interval_column and self.kind != READS,
        }
        return tuple(name for name, missing in open_.items() if missing)


class BadAnswer(ValueError):
    """An answer that cannot be; `name` is the question's."""

    def __init__(self, name: str, sentence: str) -> None:
        self.name = name
        super().__init__(sentence)


def layout_from(record: Mapping[str, Any]) -> Layout:
    """The layout of a record that `as_json` made."""
    columns = {name: tuple(ValueColumn(**value) for value in record.get(name, ())) for name in ("values", "register")}
    return Layout(**{**record, **columns, "left_out": tuple(record.get("left_out", ()))})


def answered(layout: Layout, answers: Mapping[str, str]) -> Layout:
    """The layout with the answers that were given; an empty one leaves what is there. Raises BadAnswer."""
    changes: dict[str, Any] = {}
    for name in ("zone", "stamp_at", "kind", "once"):
        if answers.get(name):
            changes[name] = answers[name]
    _check("stamp_at", changes, ("start", "end"))
    _check("kind", changes, (INTERVAL, *COUNTS))
    _check("once", changes, ("first", "second"))
    if answers.get("order") and "|" in layout.pattern:
        changes["pattern"] = _ordered(layout.pattern, answers["order"])
    if answers.get("decimal") and not layout.decimal:
        changes |= _decimal(answers["decimal"])
    if answers.get("unit"):
        changes["values"] = tuple(_with_unit(value, answers["unit"]) for value in layout.values)
        changes["register"] = tuple(_with_unit(value, answers["unit"]) for value in layout.register)
    if answers.get("interval_s"):
        changes["interval_s"] = _interval(answers["interval_s"])
    made = dataclasses.replace(layout, **changes)
    if made.kind in COUNTS and all(value.quantity != "energy_kwh" for value in made.values):
        raise BadAnswer("kind", "A register counts energy, but no column of the file holds energy.")
    return made


def _check(name: str, changes: dict[str, Any], allowed: tuple[str, ...]) -> None:
    if name in changes and changes[name] not in allowed:
        raise BadAnswer(name, f"{changes[name]!r} is neither {' nor '.join(allowed)}.")


def _ordered(pattern: str, order: str) -> str:
    """Of two patterns that fit, the one with the day or the month first."""
    wanted = {"day": "%d", "month": "%m"}.get(order)
    fit = [one for one in pattern.split("|") if wanted and one.startswith(wanted)]
    if not fit:
        raise BadAnswer("order", f"{order!r} is neither day nor month, or no stamp is written so.")
    return fit[0]


def _decimal(mark: str) -> dict[str, str]:
    marks = {"comma": ",", ",": ",", "point": ".", ".": "."}
    if mark not in marks:
        raise BadAnswer("decimal", f"{mark!r} is neither comma nor point.")
    return {"decimal": marks[mark], "thousands": "" if marks[mark] == "," else ","}


def _with_unit(value: ValueColumn, unit: str) -> ValueColumn:
    if unit not in UNITS:
        raise BadAnswer("unit", f"{unit!r} is no unit known here; use one of {', '.join(UNITS)}.")
    return value if value.unit else ValueColumn(value.title, UNITS[unit][0], unit)


def _interval(text: str) -> int:
    try:
        seconds = int(text)
    except ValueError:
        seconds = 0
    if not SHORTEST_INTERVAL_S <= seconds <= LONGEST_INTERVAL_S:
        raise BadAnswer(
            "interval_s", f"An interval of {text!r} s is not between {SHORTEST_INTERVAL_S} and {LONGEST_INTERVAL_S} s."
        )
    return seconds
