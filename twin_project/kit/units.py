"""Units of electricity: which quantity each measures, and its factor to the unit that is stored. Pure."""

# unit -> (quantity, factor to the stored unit)
UNITS: dict[str, tuple[str, float]] = {
    "Wh": ("energy_kwh", 0.001),
    "kWh": ("energy_kwh", 1.0),
    "MWh": ("energy_kwh", 1000.0),
    "GWh": ("energy_kwh", 1e6),
    "MJ": ("energy_kwh", 1 / 3.6),
    "W": ("power_kw", 0.001),
    "kW": ("power_kw", 1.0),
    "MW": ("power_kw", 1000.0),
    "V": ("voltage_v", 1.0),
    "kV": ("voltage_v", 1000.0),
    "A": ("current_a", 1.0),
    "mA": ("current_a", 0.001),
    "varh": ("reactive_kvarh", 0.001),
    "kvarh": ("reactive_kvarh", 1.0),
    "var": ("reactive_kvarh", 0.001),
    "kvar": ("reactive_kvarh", 1.0),
    "Hz": ("frequency_hz", 1.0),
}
PER_HOUR = {"var", "kvar"}  # reactive power: times the hours of the interval, reactive energy


def factor_of(unit: str) -> float:
    """What a value of that unit is multiplied by to be stored."""
    return UNITS[unit][1] if unit in UNITS else 1.0
