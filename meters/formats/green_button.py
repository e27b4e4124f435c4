"""Green Button: ESPI XML (NAESB REQ.21), the interval blocks of electricity meters.

Start and duration are seconds of UTC and stand with each reading, so neither zone nor stamp is asked for;
value x 10^powerOfTenMultiplier is in the unit `uom` (IEC 61968-9 codes). LocalTimeParameters only say
whose clock the utility shows.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, ClassVar
from xml.etree.ElementTree import Element, ParseError

import pandas as pd
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from meters.domain.files import CHUNK_ROWS, SAMPLE_ROWS, BadTable, Chunk, FileFormat, Limits, Sample, check_rows

# uom: unit of quantity, factor
_UOM = {
    72: ("energy_kwh", 0.001),
    38: ("power_kw", 0.001),
    29: ("voltage_v", 1.0),
    5: ("current_a", 1.0),
    73: ("reactive_kvarh", 0.001),
    33: ("frequency_hz", 1.0),
}
_CUMULATIVE = {1, 3, 9}  # accumulationBehaviour: bulk quantity, cumulative, summation
_REVERSE = 19
_GAS = {7: "natural gas", 9: "potable water", 8: "propane", 119: "heat"}
_ESTIMATED, _SUSPECT = {8, 9, 12}, {10}  # ReadingQuality: estimated, interpolated, projected; questionable
_DEEPEST = 40


@dataclass
class _Type:
    uom: int = 72
    power: int = 0
    flow: int = 1
    commodity: int = 1
    behaviour: int = 4
    length_s: int = 0


@dataclass
class _Feed:
    """What stands outside the blocks: readings by their address, and what each of them is of."""

    types: dict[str, _Type] = field(default_factory=dict)
    type_of: dict[str, str] = field(default_factory=dict)
    clock: str = ""


class GreenButton(FileFormat):
    """The XML that utilities give under a green button."""

    title = "Green Button"
    summary = "ESPI XML of a utility: interval blocks with their own unit, multiplier and time."
    suffixes = (".xml",)
    media_type: ClassVar[str] = "application/xml"

    @classmethod
    def recognises(cls, head: bytes) -> bool:
        """It begins as XML does."""
        return head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")

    def sample(self, path: Path, limits: Limits) -> Sample:
        """The first readings; refuses a feed that has none of electricity."""
        feed = _feed(path)
        notes = [feed.clock] if feed.clock else []
        for kind in feed.types.values():
            if kind.flow == _REVERSE:
                notes.append("Energy that was fed in is left out: a reading holds what was drawn.")
        rows = [row for _, row in zip(range(SAMPLE_ROWS), _readings(path, feed, limits), strict=False)]
        if not rows:
            raise BadTable(f"{path.name} has no interval reading of electricity that was drawn.")
        return Sample(_frame(rows), 1, {}, tuple(dict.fromkeys(notes)))

    def chunks(self, path: Path, options: dict[str, Any], limits: Limits) -> Iterator[Chunk]:
        """Readings in the order of the file, numbered from 1."""
        rows, number = [], 0
        for number, row in enumerate(_readings(path, _feed(path), limits), start=1):
            check_rows(number, limits)
            rows.append(row)
            if len(rows) == CHUNK_ROWS:
                yield Chunk(number - len(rows) + 1, _frame(rows))
                rows = []
        if rows:
            yield Chunk(number - len(rows) + 1, _frame(rows))

    def write(self, target: BinaryIO, frames: Any) -> None:
        """Not written: an export goes to CSV, Excel or Parquet."""
        super().write(target, frames)


_Row = tuple[str, int, int, str, float, str]


def _frame(rows: list[_Row]) -> pd.DataFrame:
    """One row for each instant of a meter, the quantities side by side."""
    frame = pd.DataFrame(rows, columns=["meter", "start", "interval_s", "quantity", "value", "quality"])
    starts = pd.to_datetime(frame["start"], unit="s", utc=True, errors="coerce")
    wide = frame[["meter"]].assign(start_utc=starts, interval_s=frame["interval_s"], quality=frame["quality"])
    for quantity in frame["quantity"].unique():
        wide[quantity] = frame["value"].where(frame["quantity"] == quantity)
    return wide


def _events(path: Path) -> Iterator[tuple[str, Element]]:
    """End of each element, which is emptied afterwards by whoever takes it; raises BadTable."""
    try:
        depth = 0
        for event, element in iterparse(path, events=("start", "end"), forbid_dtd=True):
            depth += 1 if event == "start" else -1
            if depth > _DEEPEST:
                raise BadTable(f"{path.name} is nested too deep to be Green Button.")
            if event == "end":
                yield _name(element), element
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        if isinstance(error, BadTable):
            raise
        forbidden = isinstance(error, DefusedXmlException)
        reason = "it declares entities or a document type, which is refused" if forbidden else str(error)
        raise BadTable(f"{path.name} is not whole Green Button XML: {reason}. Download it again.") from error


def _feed(path: Path) -> _Feed:
    feed, known = _Feed(), False
    for name, element in _events(path):
        known = known or name in ("feed", "entry", "IntervalBlock")
        if name == "IntervalReading":
            element.clear()
        elif name == "entry":
            _take(element, feed)
            element.clear()
    if not known:
        raise BadTable(f"{path.name} is XML, but no Green Button feed.")
    return feed


def _take(entry: Element, feed: _Feed) -> None:
    links = [(link.get("rel", ""), (link.get("href") or "").rstrip("/")) for link in entry if _name(link) == "link"]
    own = next((href for rel, href in links if rel == "self"), "")
    for part in entry.iter():
        name = _name(part)
        if name == "ReadingType":
            feed.types[own] = _Type(
                _int(part, "uom", 72),
                _int(part, "powerOfTenMultiplier", 0),
                _int(part, "flowDirection", 1),
                _int(part, "commodity", 1),
                _int(part, "accumulationBehaviour", 4),
                _int(part, "intervalLength", 0),
            )
        elif name == "MeterReading":
            feed.type_of[own] = next((href for _, href in links if "ReadingType/" in href), "")
        elif name == "LocalTimeParameters":
            offset, shift = _int(part, "tzOffset", 0), _int(part, "dstOffset", 0)
            sign = "+" if offset >= 0 else "−"
            clock = f"UTC{sign}{abs(offset) // 3600:02}:{abs(offset) % 3600 // 60:02}"
            feed.clock = f"The utility's clock is {clock}, {shift // 60} min ahead of that in summer."


def _readings(path: Path, feed: _Feed, limits: Limits) -> Iterator[_Row]:
    """Each reading: meter, start, seconds, quantity, value, quality. One block is held at a time."""
    held: list[tuple[int, int, float, str]] = []
    default = next(iter(feed.types.values())) if len(feed.types) == 1 else None
    for name, element in _events(path):
        if name == "IntervalReading":
            held.append(_reading(element, len(held)))
            check_rows(len(held), limits)
            element.clear()
        elif name == "entry":
            if held:
                address = next((part.get("href") or "" for part in element if part.get("rel") == "self"), "")
                kind = _type_of(address, feed) or default or _Type()
                yield from _converted(address, kind, held)
                held = []
            element.clear()
    if held:  # blocks without an entry around them
        yield from _converted("", default or _Type(), held)


def _type_of(address: str, feed: _Feed) -> _Type | None:
    reading = address.split("/IntervalBlock", maxsplit=1)[0]
    return feed.types.get(feed.type_of.get(reading, ""))


def _converted(address: str, kind: _Type, held: list[tuple[int, int, float, str]]) -> Iterator[_Row]:
    if kind.commodity in _GAS:
        raise BadTable(f"The feed holds {_GAS[kind.commodity]}, not electricity.")
    if kind.flow == _REVERSE:
        return
    if kind.uom not in _UOM:
        known = ", ".join(map(str, _UOM))
        raise BadTable(f"The unit {kind.uom} of this feed is not one of electricity readings ({known}).")
    if kind.behaviour in _CUMULATIVE:
        raise BadTable("The feed holds counts of a register, not intervals. Ask the utility for interval data.")
    if not -12 <= kind.power <= 12:
        raise BadTable(f"A power of ten of {kind.power} is no multiplier of a meter.")
    quantity, factor = _UOM[kind.uom]
    meter = (
        address.rsplit("UsagePoint/", maxsplit=1)[-1].split("/", maxsplit=1)[0]
        if "UsagePoint/" in address
        else "UsagePoint"
    )
    for start, seconds, value, quality in held:
        yield meter, start, seconds or kind.length_s, quantity, value * 10.0**kind.power * factor, quality


def _reading(element: Element, position: int) -> tuple[int, int, float, str]:
    start = duration = 0
    value, quality = None, ""
    try:
        for part in element.iter():
            name, text = _name(part), (part.text or "").strip()
            if name == "start":
                start = int(text)
            elif name == "duration":
                duration = int(text)
            elif name == "value":
                value = int(text)
            elif name == "quality":
                quality = text
    except ValueError as error:
        raise BadTable(f"Interval reading {position + 1} of a block is not made of whole numbers ({error}).") from error
    if value is None or not 0 < start < 2**33:
        raise BadTable(f"Interval reading {position + 1} of a block has no value or no start.")
    code = int(quality) if quality.isdigit() else 0
    return start, duration, value, "estimated" if code in _ESTIMATED else "suspect" if code in _SUSPECT else "measured"


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _int(element: Element, name: str, default: int) -> int:
    found = next((part.text for part in element.iter() if _name(part) == name), None)
    try:
        return int(found) if found else default
    except ValueError as error:
        raise BadTable(f"The {name} {found!r} is not a whole number.") from error
