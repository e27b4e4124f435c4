"""A house that is cooled: load that answers to warmth, made up and shown to nobody."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from forecasting.domain.contract import Known
from meters.models import Meter
from meters.services import ensure_meter, ensure_site, ensure_source, store_readings, store_weather

ZONE = "Europe/Paris"
FIRST = datetime(2025, 4, 1, tzinfo=UTC)
HOURS = 24 * 150
NOW = FIRST + timedelta(hours=HOURS)


@pytest.fixture(scope="session")
def warmth() -> pd.DataFrame:
    """Temperature by the hour, with days warmer than others."""
    at = pd.date_range(FIRST, periods=HOURS, freq="h")
    hour, day = np.arange(HOURS) % 24, np.arange(HOURS) // 24
    days = np.random.default_rng(2).normal(0, 3, day.max() + 1)
    return pd.DataFrame({"temperature_c": 20 + days[day] + 5 * np.sin(2 * np.pi * (hour - 9) / 24)}, index=at)


@pytest.fixture(scope="session")
def load(warmth: pd.DataFrame) -> "pd.Series[float]":
    """1 kW, more by day, and 0.3 kW for each degree above 20 °C."""
    hour = np.arange(HOURS) % 24
    noise = np.random.default_rng(3).normal(0, 0.1, HOURS)
    cooling = 0.3 * np.maximum(warmth["temperature_c"].to_numpy() - 20, 0)
    return pd.Series(1 + (hour > 7) * 1.0 + cooling + noise, index=warmth.index, name="power_kw").asfreq("h")


@pytest.fixture(scope="session")
def known(warmth: pd.DataFrame) -> Known:
    """The house stands in Paris."""
    return Known(zone=ZONE, weather=warmth, latitude=48.8, longitude=2.3)


@pytest.fixture
def house(load: "pd.Series[float]", warmth: pd.DataFrame) -> Meter:
    """The same in the database."""
    site = ensure_site(name="House", zone=ZONE, country="FR", latitude=48.8, longitude=2.3)
    meter = ensure_meter(site=site, reference="house", name="House", interval_s=3600)
    source = ensure_source(kind="import", label="test", now=NOW)
    frame = pd.DataFrame({"start_at": load.index, "interval_s": 3600, "energy_kwh": load.to_numpy()})
    store_readings(meter=meter, readings=frame, source=source, now=NOW)
    store_weather(site=site, observations=warmth.rename_axis("start_at").reset_index(), source=source)
    return meter
