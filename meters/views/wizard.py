"""What the page of one import shows: its step, what is asked, what was found."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from meters.domain.layouts import COUNTS, Layout, layout_from
from meters.domain.quantities import COLUMNS, QUANTITIES
from meters.domain.titles import ASKED_UNITS
from meters.models import ImportBatch
from meters.registry import formats
from twin_project.kit.jobs.selectors import JobView

SHOWN_FAULTS = 10
SHOWN_METERS = 12
ANSWERS = ("zone", "stamp_at", "unit", "kind", "order", "decimal", "interval_s", "once")
STEPS = ("File", "Meaning", "Check", "Stored")
TONES = {
    "open": ("", "to be answered"),
    "checked": ("busy", "ready to store"),
    "storing": ("busy", "being stored"),
    "done": ("good", "stored"),
    "undoing": ("busy", "being undone"),
    "undone": ("warn", "undone"),
    "failed": ("bad", "cannot be read"),
}


@dataclass(frozen=True)
class Choice:
    """A question with few answers; `given` is the one that stands, or what is most usual."""

    name: str
    words: str
    options: tuple[tuple[str, str], ...]
    given: str
    help: str = ""


_CHOICES: dict[str, tuple[str, tuple[tuple[str, str], ...], str]] = {
    "stamp_at": (
        "A stamp is the …",
        (("start", "start of its interval"), ("end", "end of its interval")),
        "Most portals stamp the start; settlement files often the end.",
    ),
    "kind": (
        "The values are …",
        (
            ("interval", "energy of each interval"),
            ("register", "a register that only counts up: its steps become readings"),
            ("reads", "a register, only to check the readings against"),
        ),
        "They never fall in the rows that were looked at, so they may be either.",
    ),
    "order": ("03/04 is …", (("day", "3 April"), ("month", "March 4")), "No row shows which comes first."),
    "decimal": (
        "1,234 is …",
        (("comma", "a little more than one"), ("point", "one thousand two hundred")),
        "No row shows whether the comma is a decimal one.",
    ),
    "unit": ("The unit is …", tuple((unit, unit) for unit in ASKED_UNITS), "No title names it."),
    "interval_s": (
        "An interval lasts …",
        (("900", "15 min"), ("1800", "30 min"), ("3600", "1 h"), ("60", "1 min"), ("300", "5 min"), ("86400", "1 day")),
        "There are too few rows to see it.",
    ),
}


@dataclass(frozen=True)
class Wizard:
    """One import for its page."""

    batch: ImportBatch
    view: JobView | None

    @cached_property
    def layout(self) -> Layout:
        """How the file is read."""
        return layout_from(self.batch.layout)

    @property
    def busy(self) -> bool:
        """A job works on it, or will."""
        return bool(self.view and self.view.job.is_open)

    @property
    def tone(self) -> str:
        """The colour of the state."""
        return "bad" if self.blocked else "busy" if self.busy else TONES[self.batch.state][0]

    @property
    def blocked(self) -> bool:
        """Bad rows keep the file out."""
        refused = self.batch.report.get("faults_n") and not self.batch.skip_bad
        return bool(self.batch.state == "checked" and refused and not self.busy)

    @property
    def word(self) -> str:
        """The state in words."""
        if self.blocked:
            return "bad rows"
        return "being read" if self.busy and self.batch.state == "open" else TONES[self.batch.state][1]

    @property
    def steps(self) -> list[tuple[str, bool]]:
        """The steps of the wizard, and which is the present one."""
        here = {"open": 2 if self.busy else 1, "failed": 1, "checked": 2}.get(self.batch.state, 3)
        return [(name, number == here) for number, name in enumerate(STEPS)]

    @property
    def format_title(self) -> str:
        """The format in words."""
        return formats.get(self.batch.format).title

    @property
    def asks_zone(self) -> bool:
        """The stamps are those of a clock on a wall."""
        return not self.layout.aware

    @property
    def zone(self) -> str:
        """The zone that was said, else that of the target."""
        place = self.place
        return self.layout.zone or (place.zone if place else "")

    @property
    def place(self) -> Any:
        """The site of the target."""
        return self.batch.meter.site if self.batch.meter else self.batch.site

    @property
    def clock(self) -> ZoneInfo:
        """The clock that times are shown on."""
        return ZoneInfo(self.place.zone if self.place else "UTC")

    @property
    def choices(self) -> list[Choice]:
        """What only a person can say, in the order of the page."""
        first = ("unit", "kind", "stamp_at", "order", "decimal", "interval_s")
        asked = {*self.layout.questions, "kind" if self.layout.kind in COUNTS else "stamp_at"}
        return [self._choice(name) for name in first if name in asked]

    def _choice(self, name: str) -> Choice:
        words, options, help_ = _CHOICES[name]
        given = {"stamp_at": self.layout.stamp_at, "kind": self.layout.kind}.get(name, "")
        return Choice(name, words, options, given, help_)

    @property
    def known(self) -> list[tuple[str, str]]:
        """What the file says itself, or was answered."""
        layout = self.layout
        values = ", ".join(f"{value.title} ({QUANTITIES[value.quantity].word})" for value in layout.values[:6])
        if layout.shape != "long":
            what = {"slots": "intervals of a day", "meters": "meters"}[layout.shape]
            values = f"{len(layout.values)} columns, one for each of the {what}"
        told = [("Stamps", " and ".join(filter(None, (layout.stamp, layout.time)))), ("Values", values)]
        if layout.meter_column:
            told.append(("Meter", layout.meter_column))
        if layout.interval_s:
            told.append(("Interval", f"{layout.interval_s // 60} min" if layout.interval_s < 7200 else "1 d"))
        if layout.stamp_at:
            told.append(("A stamp is", f"the {layout.stamp_at} of its interval"))
        if layout.kind:
            told.append(("Values are", "of intervals" if layout.kind == "interval" else "of a register"))
        if layout.register:
            told.append(("Register", f"{layout.register[0].title}, to check the readings against"))
        told.append(("Clock", "UTC offset in the file" if layout.aware else self.zone or "not known yet"))
        return told

    @property
    def to_store(self) -> list[tuple[int, str]]:
        """How much of what storing it would write."""
        stored, reads = self.batch.report.get("stored") or {}, self.batch.report.get("reads_n", 0)
        readings = stored.get("new", 0) + stored.get("changed", 0)
        parts = [(readings, "readings")] if readings or not reads else []
        return [*parts, (reads, "register reads")] if reads else parts

    @property
    def has_repeated(self) -> bool:
        """Rows were refused because a repeated hour stands once."""
        return any("happened twice" in reject[2] for reject in self.batch.rejects)

    @property
    def rejects(self) -> list[list[Any]]:
        """The first bad rows."""
        rows: list[list[Any]] = self.batch.rejects[:SHOWN_FAULTS]
        return rows

    @property
    def meters(self) -> list[dict[str, Any]]:
        """What the file holds of each of the first meters, times as moments."""
        rows = self.batch.report.get("meters", [])[:SHOWN_METERS]
        return [{**row, "first_at": _moment(row["first_at"]), "last_at": _moment(row["last_at"])} for row in rows]

    @property
    def first_at(self) -> datetime | None:
        """Start of the first interval."""
        return _moment(self.batch.report.get("first_at"))

    @property
    def last_at(self) -> datetime | None:
        """Start of the last interval."""
        return _moment(self.batch.report.get("last_at"))

    @property
    def readings_titles(self) -> list[str]:
        """Titles of the readings below."""
        rows = self.batch.report.get("preview", [])
        return [f"{QUANTITIES[name].word}, {QUANTITIES[name].unit}".rstrip(", ") for name in self._quantities(rows)]

    @property
    def readings(self) -> list[tuple[str, datetime | None, list[float | None]]]:
        """The first readings as they would be stored: meter, start, values."""
        rows = self.batch.report.get("preview", [])
        names = self._quantities(rows)
        return [(row["meter"], _moment(row["start_at"]), [row.get(name) for name in names]) for row in rows]

    def _quantities(self, rows: list[dict[str, Any]]) -> list[str]:
        return [name for name in COLUMNS if any(row.get(name) is not None for row in rows)]


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
