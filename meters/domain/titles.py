"""What the title of a column says: stamp, meter, quantity and unit. Pure."""

import re
from dataclasses import dataclass

from meters.domain.quantities import COLUMNS
from twin_project.kit.units import UNITS

ALIASES = {
    "kwh": ("energy_kwh", "kWh"),
    "kw": ("power_kw", "kW"),
    "kvarh": ("reactive_kvarh", "kvarh"),
    "kvar": ("reactive_kvarh", "kvar"),
    "voltage": ("voltage_v", "V"),
    "current": ("current_a", "A"),
    "pf": ("power_factor", ""),
}
ASKED_UNITS = ("kWh", "Wh", "MWh", "kW", "W", "MW")
STARTS = {"start", "from", "begin", "beginning", "von", "beginn", "ab", "debut", "début", "desde", "start_at", "inizio"}
ENDS = {"end", "to", "ending", "until", "bis", "ende", "fin", "hasta", "end_at", "fine"}
STAMPS = {
    "timestamp",
    "datetime",
    "date",
    "time",
    "datum",
    "zeit",
    "zeitstempel",
    "uhrzeit",
    "horodate",
    "fecha",
    "hora",
}
STAMPS |= {"heure", "data", "ora", "stamp", "day", "tag", "jour", "period", "interval"}
METERS = {"meter", "meter_id", "meterid", "mpan", "mprn", "nmi", "prm", "pdl", "cups", "esiid", "serial", "zähler"}
METERS |= {"lclid", "zaehler", "zählpunkt", "zählernummer", "usagepoint", "meter number", "meter id", "meter no", "ean"}
_ENERGY = re.compile(
    r"energy|energie|consum|usage|verbrauch|use\b|import|bezug|conso|reading|register|index|zählerstand|stand\b|value|wert"
)
_POWER = re.compile(r"power|leistung|puissance|demand|load|potencia|\blast\b")
_REGISTER = re.compile(r"register|cumul|zählerstand|meter reading|total|\bindex\b|\bstand\b|odometer")
_FACTOR = re.compile(r"power factor|cos ?(phi|φ)|leistungsfaktor")
_UNIT = re.compile(r"(?<![A-Za-z])(k|M|G|m)?(Wh|varh|var|W|V|A|Hz|J)(?![A-Za-z])")
_NAMED_UNIT = re.compile(r"_(kwh|wh|mwh|kw|w|v|a|hz|kvarh|kvar)$")


@dataclass(frozen=True)
class Meaning:
    """`quantity` of a column and its unit; the unit is "" where the title does not say it."""

    quantity: str
    unit: str


def words_of(title: str) -> set[str]:
    """The words of a title in small letters, and the title itself."""
    low = title.strip().lower()
    return {low, *re.split(r"[^\wäöüßéè]+|_", low)} - {""}


def value_meaning(title: str) -> Meaning | None:
    """The quantity and unit of a value column by its title; None where it says neither."""
    low = title.strip().lower()
    if low in COLUMNS:
        return Meaning(low, _stored_unit(low))
    if low in ALIASES:
        return Meaning(*ALIASES[low])
    if _FACTOR.search(low):
        return Meaning("power_factor", "1")
    unit = _unit_of(title)
    if unit in UNITS:
        return Meaning(_of_phase(UNITS[unit][0], low), unit)
    if _POWER.search(low):
        return Meaning("power_kw", "")
    return Meaning("energy_kwh", "") if _ENERGY.search(low) else None


def says_register(title: str) -> bool:
    """Whether the title is one of a register that only counts up."""
    return bool(_REGISTER.search(title.lower()))


def _unit_of(title: str) -> str:
    found = _UNIT.search(title.replace("VAr", "var"))
    if found:
        return (found[1] or "") + found[2]
    named = _NAMED_UNIT.search(title.strip().lower()) or re.search(r"\b(kwh|wh|mwh|kw|kvarh|kvar)\b", title.lower())
    known = {unit.lower(): unit for unit in reversed(UNITS)}
    return known.get(named[1], "") if named else ""


def _of_phase(quantity: str, low: str) -> str:
    phase = re.search(r"l([123])\b|phase ?([123])|(?:_|\b)l([123])_", low)
    if phase and quantity in ("voltage_v", "current_a"):
        stem, unit = quantity.rsplit("_", 1)
        return f"{stem}_l{next(part for part in phase.groups() if part)}_{unit}"
    return quantity


def _stored_unit(column: str) -> str:
    tail = column.rsplit("_", 1)[-1]
    return {"kwh": "kWh", "kw": "kW", "v": "V", "a": "A", "kvarh": "kvarh", "hz": "Hz"}.get(tail, "1")
