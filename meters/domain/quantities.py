"""What a reading can hold, the unit of each column, and between which values it is possible at all."""

from dataclasses import dataclass

SHORTEST_INTERVAL_S = 60
LONGEST_INTERVAL_S = 90_000  # one local day of 25 hours


@dataclass(frozen=True)
class Quantity:
    """One column of a reading. Outside of `[lowest, highest]` no low- or medium-voltage meter measures."""

    column: str
    word: str
    unit: str
    lowest: float
    highest: float


_VOLTS = (0.0, 40_000.0)  # medium voltage through a transformer included
_AMPERES = (0.0, 10_000.0)
_KILOWATTS = 1_000_000.0

QUANTITIES: dict[str, Quantity] = {
    quantity.column: quantity
    for quantity in (
        Quantity("energy_kwh", "energy", "kWh", 0.0, _KILOWATTS * LONGEST_INTERVAL_S / 3600),
        Quantity("power_kw", "mean power", "kW", 0.0, _KILOWATTS),
        Quantity("voltage_v", "voltage", "V", *_VOLTS),
        Quantity("current_a", "current", "A", *_AMPERES),
        Quantity("reactive_kvarh", "reactive energy", "kvarh", -_KILOWATTS, _KILOWATTS),
        Quantity("power_factor", "power factor", "", -1.0, 1.0),
        Quantity("frequency_hz", "frequency", "Hz", 40.0, 70.0),
        *(Quantity(f"voltage_l{phase}_v", f"voltage of L{phase}", "V", *_VOLTS) for phase in (1, 2, 3)),
        *(Quantity(f"current_l{phase}_a", f"current of L{phase}", "A", *_AMPERES) for phase in (1, 2, 3)),
    )
}
COLUMNS: tuple[str, ...] = tuple(QUANTITIES)
