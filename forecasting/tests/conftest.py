"""The cast of the forecaster's tests: meters of any length and shape."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from meters.models import Meter
from meters.services import ensure_meter, ensure_site, ensure_source, store_readings

END = datetime(2026, 5, 20, tzinfo=UTC)


@pytest.fixture
def make_meter(db: None) -> Callable[..., Meter]:
    """Make a meter with hours of a seeded building up to END; `load` maps its interval starts to kW."""

    def make(
        days: int = 60,
        *,
        name: str = "Works",
        zone: str = "Europe/Paris",
        interval_s: int = 3600,
        load: Callable[[pd.DatetimeIndex], Any] | None = None,
        until: datetime = END,
        **reading: Any,
    ) -> Meter:
        site = ensure_site(name=f"Site of {name}", zone=zone)
        meter = ensure_meter(site=site, reference=name, name=name, interval_s=interval_s)
        if days:
            starts = pd.date_range(until - timedelta(days=days), until, freq=f"{interval_s}s", inclusive="left")
            power = (load or building)(starts)
            frame = pd.DataFrame({"start_at": starts, "interval_s": interval_s, "power_kw": power, **reading})
            source = ensure_source(kind="import", label="life.csv", now=until)
            store_readings(meter=meter, readings=frame.dropna(), source=source, now=until)
        return meter

    return make


def building(starts: pd.DatetimeIndex) -> np.ndarray:
    """Works on weekdays from eight to six, rests at night and at weekends, with a seeded noise."""
    draw = np.random.default_rng(7)
    local = starts.tz_convert("Europe/Paris")
    works = (local.day_of_week < 5) & (local.hour >= 8) & (local.hour < 18)
    noise: np.ndarray = draw.gamma(2.0, 0.15, len(starts))
    return np.asarray(2 + 5 * works + noise)
