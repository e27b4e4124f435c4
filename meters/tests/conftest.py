"""One cast for the tests of the meters: a flat in Sceaux, a shop in Pune."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest

from meters.models import Meter, Site, Source
from meters.services import StoreReport, ensure_meter, ensure_site, ensure_source, store_readings

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    """When the tests play."""
    return NOW


@pytest.fixture
def source(db: None) -> Source:
    """A file that was imported."""
    return ensure_source(kind="import", label="test.csv", now=NOW)


@pytest.fixture
def site(db: None) -> Site:
    """The flat's place."""
    return ensure_site(name="Sceaux", zone="Europe/Paris", country="FR", latitude=48.8, longitude=2.3)


@pytest.fixture
def meter(site: Site) -> Meter:
    """The flat's meter, 15 minutes, one phase."""
    return ensure_meter(site=site, reference="0001", name="Flat", interval_s=900)


@pytest.fixture
def indian_meter(db: None) -> Meter:
    """A shop's meter in a zone of +5:30, hourly, three phases."""
    site = ensure_site(name="Pune", zone="Asia/Kolkata", country="IN", nominal_voltage_v=240)
    return ensure_meter(site=site, reference="0002", name="Shop", interval_s=3600, phases=3)


@pytest.fixture
def frame() -> Callable[..., pd.DataFrame]:
    """Make a frame of readings: starts every `interval_s` from `start`, and columns as given."""

    def make(start: str = "2026-05-01T00:00Z", n: int = 4, interval_s: int = 900, **columns: Any) -> pd.DataFrame:
        starts = pd.date_range(start, periods=n, freq=pd.Timedelta(seconds=interval_s)).tz_convert("UTC")
        values = columns or {"energy_kwh": np.arange(n) / 10}
        return pd.DataFrame({"start_at": starts, "interval_s": interval_s, **values})

    return make


@pytest.fixture
def store(meter: Meter, source: Source) -> Callable[..., StoreReport]:
    """Store a frame for the flat's meter."""

    def put(readings: pd.DataFrame, *, into: Meter = meter, now: datetime = NOW) -> StoreReport:
        return store_readings(meter=into, readings=readings, source=source, now=now)

    return put
