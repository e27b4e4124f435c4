"""The two meters of the demo customer, and the readings behind them."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Quantity:
    """One column of a page, a chart or a file: `decimals` is how the meter prints it."""

    field: str
    label: str
    unit: str
    decimals: int

    @property
    def heading(self) -> str:
        """As it stands over a column."""
        return f"{self.label} ({self.unit})"


ENERGY = Quantity("energy_kwh", "Energy", "kWh", 3)
POWER = Quantity("power_kw", "Active power", "kW", 3)
REACTIVE = Quantity("reactive_kvarh", "Reactive energy", "kvarh", 3)
VOLTAGE = Quantity("voltage_v", "Voltage", "V", 2)
CURRENT = Quantity("current_a", "Current", "A", 2)
TEMPERATURE = Quantity("temperature_c", "Outdoor temperature", "°C", 2)


@dataclass(frozen=True)
class DemoMeter:
    """One meter. `first_day` (a Monday of the source) and `years` say which stretch is replayed, see replay.py."""

    reference: str
    name: str
    place: str
    country: str
    zone: str
    latitude: float
    longitude: float
    interval_s: int
    nominal_voltage_v: float
    quantities: tuple[Quantity, ...]
    source: str
    first_day: str
    years: int
    credit: str
    simulated: bool = False


METERS = {
    meter.reference: meter
    for meter in (
        DemoMeter(
            reference="21-417-803",
            name="Family house",
            place="Sceaux, Hauts-de-Seine",
            country="FR",
            zone="Europe/Paris",
            latitude=48.7784,
            longitude=2.2906,
            interval_s=900,
            nominal_voltage_v=230,
            quantities=(ENERGY, POWER, REACTIVE, VOLTAGE, CURRENT),
            source="sceaux_15min",
            first_day="2007-01-01",
            years=3,
            credit="Measured by G. Hebrail and A. Berard, EDF R&D (UCI, CC BY 4.0)",
        ),
        DemoMeter(
            reference="60-038-522",
            name="Prairie home",
            place="Springfield, Illinois",
            country="US",
            zone="America/Chicago",
            latitude=39.8447,
            longitude=-89.6839,
            interval_s=3600,
            nominal_voltage_v=120,
            quantities=(ENERGY, TEMPERATURE),
            source="illinois_hourly",
            first_day="2016-01-04",
            years=2,
            credit="Simulated by the OpenDSM contributors (Apache-2.0)",
            simulated=True,
        ),
    )
}


@cache
def source_readings(name: str) -> pd.DataFrame:
    """The embedded readings, indexed by (start_local, fold)."""
    return pd.read_parquet(DATA / f"{name}.parquet").set_index(["start_local", "fold"]).sort_index()
