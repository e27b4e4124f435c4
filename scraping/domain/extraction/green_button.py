"""Green Button (ESPI) XML: a table for each usage point and kind of reading."""

import io
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from scraping.domain.extraction.raw import Cell, NotThisKind, RawTable

NAME = "green button"
COLUMNS = ("start", "duration_s", "value", "quality")
# uom of ESPI: unit of the value once its power of ten is applied
_UNITS = {72: "Wh", 73: "varh", 71: "VAh", 38: "W", 63: "var", 61: "VA", 29: "V", 5: "A", 33: "Hz", 23: "°C", 42: "m³"}
_CUMULATIVE = {1: "bulk quantity", 3: "cumulative", 9: "summation"}
_REVERSE = 19


@dataclass
class _Feed:
    types: dict[str, dict[str, int]] = field(default_factory=dict)
    type_of: dict[str, str] = field(default_factory=dict)
    blocks: list[tuple[str, list[tuple[Cell, ...]]]] = field(default_factory=list)
    facts: dict[str, str] = field(default_factory=dict)


def recognises(body: bytes, content_type: str) -> bool:  # noqa: ARG001 - one shape for all kinds
    """XML that speaks of ESPI."""
    head = body[:4096]
    return b"<" in head[:64] and (b"espi" in head or b"naesb.org" in head or b"IntervalBlock" in body[:65_536])


def read(body: bytes) -> list[RawTable]:
    """Stamps are epoch seconds at the START; values are scaled to the unit in `facts`."""
    feed = _Feed()
    try:
        for _, element in iterparse(io.BytesIO(body), events=("end",), forbid_dtd=True):
            if _name(element) == "entry":
                _take(element, feed)
                element.clear()
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise NotThisKind(f"The Green Button XML is not whole: {error}.") from error
    return _tables(feed)


def _take(entry: Element, feed: _Feed) -> None:
    links = [(link.get("rel", ""), (link.get("href") or "").rstrip("/")) for link in entry if _name(link) == "link"]
    own = next((href for rel, href in links if rel == "self"), "")
    up = next((href for rel, href in links if rel == "up"), "")
    for part in entry.iter():
        name = _name(part)
        if name == "ReadingType":
            feed.types[own] = {_name(one): int(one.text or 0) for one in part.iter() if _is_whole(one.text)}
        elif name == "MeterReading":
            feed.type_of[own] = next((href for _, href in links if "ReadingType" in href), "")
        elif name == "IntervalBlock":
            reading = (own or up).split("/IntervalBlock", maxsplit=1)[0]
            feed.blocks.append((reading, [_reading(one) for one in part.iter() if _name(one) == "IntervalReading"]))
        elif name == "LocalTimeParameters":
            told = {_name(one): one.text or "" for one in part.iter()}
            feed.facts["utc_offset_s"] = told.get("tzOffset", "")


def _tables(feed: _Feed) -> list[RawTable]:
    by_reading: dict[str, list[tuple[Cell, ...]]] = {}
    for reading, rows in feed.blocks:
        by_reading.setdefault(reading, []).extend(rows)
    only = next(iter(feed.types.values())) if len(feed.types) == 1 else {}
    tables = []
    for reading, rows in by_reading.items():
        kind = feed.types.get(feed.type_of.get(reading, ""), only)
        power, unit = kind.get("powerOfTenMultiplier", 0), _UNITS.get(kind.get("uom", 72), f"uom {kind.get('uom')}")
        if not -12 <= power <= 12:
            raise NotThisKind(f"A power of ten of {power} is no multiplier of a meter.")
        scaled = tuple((start, length, _scaled(value, power), quality) for start, length, value, quality in rows)
        facts = {**feed.facts, "unit": unit, "interval_s": str(kind.get("intervalLength", ""))}
        if "UsagePoint/" in reading:
            facts["meter"] = reading.rsplit("UsagePoint/", 1)[-1].split("/", 1)[0]
        behaviour = _CUMULATIVE.get(kind.get("accumulationBehaviour", 4), "")
        facts |= {"accumulation": behaviour} if behaviour else {}
        facts |= {"direction": "delivered to the grid"} if kind.get("flowDirection") == _REVERSE else {}
        tables.append(RawTable(reading or "the feed", COLUMNS, scaled, facts=facts))
    return tables


def _reading(element: Element) -> tuple[Cell, ...]:
    told: dict[str, Any] = {_name(one): (one.text or "").strip() for one in element.iter()}
    if not _is_whole(told.get("start")) or not _is_whole(told.get("value")):
        raise NotThisKind("A reading of the Green Button XML has no start or no value in whole numbers.")
    duration = told.get("duration", "")
    return (int(told["start"]), int(duration) if _is_whole(duration) else None, int(told["value"]), told.get("quality"))


def _scaled(value: Cell, power: int) -> Cell:
    """By a whole divisor, so that 1234 at -3 is 1.234 and no more digits."""
    assert isinstance(value, int)
    return float(value / 10**-power) if power < 0 else int(value * 10**power)


def _is_whole(text: str | None) -> bool:
    return bool(text) and str(text).strip().lstrip("-").isdigit()


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]
