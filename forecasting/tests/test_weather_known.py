"""What a forecaster is told of the weather ahead: never more than had been issued when it stood there."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from forecasting.domain.known import persist_weather
from forecasting.services import inputs_of, issue_forecast, train_forecaster
from meters.models import Meter, Source
from meters.services import (
    ensure_meter,
    ensure_site,
    ensure_source,
    store_readings,
    store_weather,
    store_weather_forecast,
)

END = datetime(2026, 5, 20, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def source(db: None) -> Source:
    return ensure_source(kind="import", label="weather.csv", now=END)


@pytest.fixture
def shop(source: Source) -> Meter:
    """19 days of hours, observed at 20 degrees; a vintage each midnight says 30 and the day of the month."""
    site = ensure_site(name="Pune", zone="Asia/Kolkata", country="IN")
    meter = ensure_meter(site=site, reference="1", name="Shop", interval_s=3600)
    starts = pd.date_range(END - 19 * DAY, END, freq="h", inclusive="left")
    power = 2 + np.sin(np.arange(len(starts)) / 24 * 2 * np.pi)
    frame = pd.DataFrame({"start_at": starts, "interval_s": 3600, "power_kw": power})
    store_readings(meter=meter, readings=frame, source=source, now=END)
    store_weather(site=site, observations=pd.DataFrame({"start_at": starts, "temperature_c": 20.0}), source=source)
    return meter


def issue(meter: Meter, source: Source, *, at: datetime, value: float) -> None:
    """A vintage of three days."""
    starts = pd.date_range(at, periods=72, freq="h")
    frame = pd.DataFrame({"start_at": starts, "temperature_c": value, "issued_at": pd.Timestamp(at)})
    store_weather_forecast(site=meter.site, forecasts=frame, source=source)


def test_without_a_forecast_of_it_the_last_day_of_weather_is_repeated(shop: Meter) -> None:
    inputs = inputs_of(meter=shop, horizon=2 * DAY)
    assert inputs.weather == "persistence"
    assert inputs.known.weather is not None
    assert inputs.known.weather["temperature_c"].loc[END:].tolist() == [20.0] * 48


def test_with_one_the_newest_that_was_issued_stands_ahead_and_the_run_says_so(shop: Meter, source: Source) -> None:
    issue(shop, source, at=END - 12 * HOUR, value=31.0)
    issue(shop, source, at=END + 6 * HOUR, value=33.0)
    inputs = inputs_of(meter=shop, horizon=2 * DAY)
    assert inputs.known.weather is not None
    assert set(inputs.known.weather["temperature_c"].loc[END:]) == {31.0}
    later = inputs_of(meter=shop, horizon=2 * DAY, now=END + 7 * HOUR)
    assert later.known.weather is not None
    assert later.known.weather["temperature_c"].loc[END:].tolist() == [31.0] * 6 + [33.0] * 42
    assert later.known.vintages is None  # a forecaster is never handed what it could peek into
    trained = train_forecaster(meter=shop, forecaster="seasonal_naive", now=END)
    run = issue_forecast(meter=shop, trained=trained, now=END + 7 * HOUR)
    assert run.weather in {"forecast", "none"}
    assert later.weather == "forecast"


def test_standing_at_an_earlier_cut_off_nothing_issued_later_is_known(shop: Meter, source: Source) -> None:
    cutoff = END - 5 * DAY
    issue(shop, source, at=cutoff - HOUR, value=35.0)
    before = inputs_of(meter=shop, horizon=DAY).as_of(cutoff, horizon=DAY)
    issue(shop, source, at=cutoff + timedelta(seconds=1), value=-40.0)
    issue(shop, source, at=END - DAY, value=-50.0)
    store_weather(
        site=shop.site,
        observations=pd.DataFrame({"start_at": pd.date_range(cutoff, END, freq="h"), "temperature_c": -60.0}),
        source=source,
    )
    after = inputs_of(meter=shop, horizon=DAY).as_of(cutoff, horizon=DAY)
    assert before.weather == after.weather == "forecast"
    assert before.known.weather is not None
    assert after.known.weather is not None
    pd.testing.assert_frame_equal(before.known.weather, after.known.weather)
    assert set(after.known.weather["temperature_c"].loc[cutoff:]) == {35.0}


def test_a_site_that_has_forecasts_but_no_observation_uses_them(shop: Meter, source: Source, db: None) -> None:
    other = ensure_meter(site=ensure_site(name="Delhi", zone="Asia/Kolkata"), reference="2", name="Mill")
    frame = pd.DataFrame({"start_at": pd.date_range(END - DAY, END, freq="h", inclusive="left"), "power_kw": 1.0})
    store_readings(meter=other, readings=frame.assign(interval_s=3600), source=source, now=END)
    assert inputs_of(meter=other, horizon=DAY).weather == "none"
    issue(other, source, at=END - HOUR, value=25.0)
    assert inputs_of(meter=other, horizon=DAY).weather == "forecast"


def test_a_record_of_several_columns_goes_on_with_all_of_them() -> None:
    index = pd.date_range(END - 2 * DAY, END, freq="h", inclusive="left")
    record = pd.DataFrame({"temperature_c": np.arange(48.0), "relative_humidity_pct": 50.0}, index=index)
    further = persist_weather(record, until=END + DAY)
    assert further["temperature_c"].iloc[-24:].tolist() == list(range(24, 48))
    assert (further["relative_humidity_pct"] == 50).all()
