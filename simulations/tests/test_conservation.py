"""Energy is neither made nor lost: batteries, shifted loads, vehicles and panels, on loads that chance makes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulations.domain.clock import days_of
from simulations.domain.contract import Floats, Known, Load, Span
from simulations.events.battery import PEAK, PRICE, SELF, Battery
from simulations.events.demand_response import DemandResponse
from simulations.events.ev_charging import DUMB, NIGHT, VALLEY, EvCharging
from simulations.events.solar_panels import IRRADIANCE, SolarPanels

PARIS = "Europe/Paris"
FEW = settings(max_examples=25, deadline=None, derandomize=True)
seeds = st.integers(0, 10_000)
sizes = st.floats(0.1, 500)
batteries = st.builds(Battery.Params, sizes, sizes, st.floats(50, 100), st.sampled_from([PEAK, SELF, PRICE]))
fleets = st.builds(
    EvCharging.Params, st.integers(1, 400), st.floats(1, 20), st.floats(7.4, 50), st.floats(0, 24), st.floats(0.1, 6)
)


def a_load(seed: int, *, first: str = "2026-03-26", days: int = 5, step_h: float = 1.0, exports: bool = False) -> Load:
    """Whole local days in Paris, eight draws; the clock changes on 29 March and 25 October."""
    begin, end = pd.Timestamp(first, tz=PARIS), pd.Timestamp(first, tz=PARIS) + pd.DateOffset(days=days)
    starts = pd.date_range(begin, end, freq=pd.Timedelta(hours=step_h), inclusive="left").tz_convert("UTC")
    random = np.random.default_rng(seed)
    kw = random.gamma(2, 5, (8, len(starts))) - (15 if exports else 0)
    price = random.choice([0.08, 0.2, 0.35], len(starts))
    known = Known(PARIS, latitude=48.8, longitude=2.3)
    return Load(starts, timedelta(hours=step_h), known, kw, np.full(len(starts), 1.5), price, seed)


def whole(load: Load) -> Span:
    return Span(load.starts[0].to_pydatetime(), (load.starts[-1] + load.step).to_pydatetime())


def by_day(kw: Floats, load: Load) -> Floats:
    """kWh by (draw, local day)."""
    day = days_of(load)
    return np.stack([kw[:, day == one].sum(axis=1) * load.hours for one in range(int(day.max()) + 1)], axis=1)


@FEW
@given(seeds, batteries, st.booleans())
def test_a_battery_gives_what_it_took_less_its_losses_and_what_is_still_in_it(
    seed: int, p: Battery.Params, exports: bool
) -> None:
    load = a_load(seed, exports=exports)
    flow = Battery(p).change_load(load, whole(load)).kw - load.kw
    one_way = np.sqrt(p.efficiency_pct / 100)
    held = np.cumsum(np.where(flow > 0, flow * one_way, flow / one_way) * load.hours, axis=1)
    assert held.min() >= -1e-6, "it gave what it did not have"
    assert held.max() <= p.capacity_kwh + 1e-6, "it holds more than its capacity"
    assert np.abs(flow).max() <= p.power_kw + 1e-9
    taken, given_back = np.maximum(flow, 0).sum(axis=1) * load.hours, np.maximum(-flow, 0).sum(axis=1) * load.hours
    assert given_back == pytest.approx(taken * p.efficiency_pct / 100 - held[:, -1] * one_way, abs=1e-6)


@FEW
@given(seeds, sizes, sizes, st.booleans())
def test_peak_shaving_never_raises_the_peak_of_a_day(seed: int, capacity: float, power: float, exports: bool) -> None:
    load = a_load(seed, exports=exports)
    shaved = Battery(Battery.Params(capacity, power)).change_load(load, whole(load))
    day = days_of(load)
    for one in range(int(day.max()) + 1):
        assert (shaved.kw[:, day == one].max(axis=1) <= load.kw[:, day == one].max(axis=1) + 1e-9).all()


@FEW
@given(seeds, sizes, sizes)
def test_self_consumption_takes_no_more_than_is_exported(seed: int, capacity: float, power: float) -> None:
    load = a_load(seed, exports=True)
    kept = Battery(Battery.Params(capacity, power, 90.0, SELF)).change_load(load, whole(load)).kw
    assert (np.sign(kept) * np.sign(load.kw) >= 0).all(), "it turned drawing into exporting, or the other way round"


@FEW
@given(seeds, st.floats(1, 100), st.floats(0.5, 12), st.floats(3, 60), st.sampled_from([0.25, 0.5, 1.0]))
def test_a_load_that_is_shifted_keeps_the_energy_of_the_period(
    seed: int, curtail: float, rebound_h: float, from_h: float, step_h: float
) -> None:
    load = a_load(seed, step_h=step_h)
    start = load.starts[0].to_pydatetime() + timedelta(hours=round(from_h, 2))
    shift = DemandResponse(DemandResponse.Params(curtail, 100.0, rebound_h))
    shifted = shift.change_load(load, Span(start, start + timedelta(hours=4)))
    assert shifted.kw.sum(axis=1) == pytest.approx(load.kw.sum(axis=1))
    assert not np.allclose(shifted.kw, load.kw)


@pytest.mark.parametrize("first", ["2026-03-26", "2026-10-23", "2026-06-01"])
@pytest.mark.parametrize("charged", [DUMB, NIGHT, VALLEY])
@FEW
@given(seeds, fleets)
def test_vehicles_take_their_energy_on_every_day_whatever_its_clock_does(
    first: str, charged: str, seed: int, p: EvCharging.Params
) -> None:
    load = a_load(seed, first=first)
    drawn = EvCharging(replace(p, charged=charged)).change_load(load, whole(load)).kw - load.kw
    assert drawn.min() >= -1e-9
    assert drawn.max() <= p.vehicles * p.charger_kw + 1e-6
    assert by_day(drawn, load).mean(axis=0) == pytest.approx(np.full(5, p.vehicles * p.kwh_a_day))


@FEW
@given(seeds, st.floats(0.1, 1000), st.floats(0, 90), st.floats(0, 360), st.booleans())
def test_panels_never_make_more_than_their_size_and_nothing_at_night(
    seed: int, kwp: float, tilt: float, azimuth: float, measured: bool
) -> None:
    load = a_load(seed)
    if measured:  # a record that is wrong at night
        sky = np.random.default_rng(seed).uniform(0, 1400, len(load.starts))
        weather = pd.DataFrame({IRRADIANCE: sky, "temperature_c": 10.0}, index=load.starts)
        load = Load(load.starts, load.step, Known(PARIS, weather=weather, latitude=48.8, longitude=2.3), load.kw,
                    load.base_kw)  # fmt: skip
    panels = SolarPanels(SolarPanels.Params(kwp=kwp, tilt_deg=tilt, azimuth_deg=azimuth))
    made = load.kw - panels.change_load(load, whole(load)).kw
    assert made.min() >= -1e-9
    assert made.max() <= kwp + 1e-9
    hour = load.starts.tz_convert(PARIS).hour
    assert np.abs(made[:, (hour < 5) | (hour >= 22)]).max() < 1e-9


def test_panels_follow_the_hour_that_the_record_names() -> None:
    starts = pd.date_range(datetime(2026, 6, 21, tzinfo=UTC), periods=24, freq="h")
    sky = np.where(starts.hour == 10, 800.0, 0.0)
    known = Known(PARIS, weather=pd.DataFrame({IRRADIANCE: sky}, index=starts), latitude=48.8, longitude=2.3)
    load = Load(starts, timedelta(hours=1), known, np.full((2, 24), 20.0), np.zeros(24))
    made = load.kw - SolarPanels().change_load(load, whole(load)).kw
    assert np.flatnonzero(made[0] > 1e-9).tolist() == [10]
