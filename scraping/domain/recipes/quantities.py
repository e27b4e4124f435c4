"""Units as recipes and portals write them. Pure."""

from twin_project.kit.units import PER_HOUR, UNITS

_MORE = {
    "°C": ("temperature_c", 1.0),
    "°F": ("temperature_c", 5 / 9),
    "1": ("power_factor", 1.0),
    "%": ("power_factor", 0.01),
}
KNOWN: dict[str, tuple[str, float]] = {**UNITS, **_MORE}
_BY_CASE = {unit.lower(): unit for unit in KNOWN if sum(unit.lower() == other.lower() for other in KNOWN) == 1}


def unit_named(text: str) -> str:
    """The unit as it is known here: kwh and kVArh too, where case tells nothing apart; "" where there is none."""
    clean = text.strip()
    return clean if clean in KNOWN else _BY_CASE.get(clean.lower(), "")


def quantity_of(unit: str) -> str:
    """What the unit measures."""
    return KNOWN[unit][0]


def stored(value: float, unit: str, interval_s: int) -> float:
    """A value of that unit as it is kept: kWh, kW, V, A, kvarh, Hz, °C."""
    if unit == "°F":
        return (value - 32) * 5 / 9
    return value * KNOWN[unit][1] * (interval_s / 3600 if unit in PER_HOUR else 1.0)
