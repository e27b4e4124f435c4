"""What every event must keep, as checks that a stranger's file can be held to.

`CHECKS` are all of them; each raises AssertionError with a sentence.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from simulations.domain.contract import Event, Known, Load, Placed, Span, in_order
from simulations.domain.errors import BadScenario
from twin_project.kit import params as kit_params

ZONE = "Australia/Adelaide"  # +9:30, and a clock change within the period
FIRST = datetime(2026, 4, 1, tzinfo=UTC)
HOURS = 24 * 9
SPAN = Span(FIRST + timedelta(days=2, hours=3), FIRST + timedelta(days=5))
_STRENGTHS = ("delta_c", "part_pct", "change_pct", "saving_pct", "growth_pct", "reduction_pct", "curtail_pct")
_SIZES = ("vehicles", "kwp", "capacity_kwh", "humidity_pct", "energy_pct", "demand_pct", "fixed_pct")


def a_world(*, seed: int = 3) -> tuple[Known, Load]:
    """Nine days of hours, twelve draws, with weather and a price; made up, and shown to nobody."""
    starts = pd.date_range(FIRST, periods=HOURS, freq="h")
    weather_at = pd.date_range(FIRST - timedelta(days=20), periods=HOURS + 24 * 21, freq="h")
    warmth = 18 + 6 * np.sin(2 * np.pi * np.arange(len(weather_at)) / 24)
    known = Known(
        zone=ZONE,
        holidays=frozenset({datetime(2026, 4, 3, tzinfo=UTC).date()}),
        weather=pd.DataFrame({"temperature_c": warmth}, index=weather_at),
        latitude=-34.9,
        longitude=138.6,
    )
    kw = np.random.default_rng(seed).gamma(4, 2, (12, HOURS)) + 3
    price = np.where(np.arange(HOURS) % 24 < 8, 0.1, 0.3)
    return known, Load(starts, timedelta(hours=1), known, kw, np.full(HOURS, 2.0), price)


def still(plugin: type[Event]) -> Event:
    """The event at zero strength; a plug-in may say its own way by a classmethod `still`."""
    own: Callable[[], Event] | None = getattr(plugin, "still", None)
    if own is not None:
        return own()
    infos = {info.name: info for info in kit_params.describe(plugin.Params)}
    zero = {name: 0 for name in (*_STRENGTHS, *_SIZES) if name in infos}
    return plugin(kit_params.read(plugin.Params, zero))


def of_no_strength_changes_nothing(plugin: type[Event]) -> None:
    """Zero strength is identity. An event without a strength (a holiday) is left out."""
    event = still(plugin)
    if not kit_params.describe(plugin.Params):
        return
    known, load = a_world()
    told = event.change_known(known, SPAN)
    assert told == known, f"{plugin.key} of zero strength changes the calendar"
    _same_weather(known, told, np.ones(len(_weather(known)), dtype=bool), plugin)
    assert np.array_equal(event.change_load(load, SPAN).kw, load.kw), f"{plugin.key} of zero strength changes the load"


def outside_its_reach_changes_nothing(plugin: type[Event]) -> None:
    """Before the span and after the reach, weather and load are equal."""
    known, load = a_world()
    event = plugin()
    reach = event.reach(SPAN)
    assert reach.start == SPAN.start, f"{plugin.key} reaches back before its span"
    told = event.change_known(known, SPAN)
    _same_weather(known, told, ~reach.holds(pd.DatetimeIndex(_weather(known).index)), plugin)
    changed = event.change_load(load, SPAN)
    outside = ~reach.holds(load.starts)
    assert np.array_equal(changed.kw[:, outside], load.kw[:, outside]), (
        f"{plugin.key} changes the load outside its span"
    )


def what_it_is_given_stays(plugin: type[Event]) -> None:
    """Neither weather nor paths are changed in place."""
    known, load = a_world()
    weather, kw = _weather(known).copy(), load.kw.copy()
    event = plugin()
    event.change_known(known, SPAN)
    event.change_load(load, SPAN)
    assert weather.equals(_weather(known)), f"{plugin.key} changes the weather it is given"
    assert np.array_equal(kw, load.kw), f"{plugin.key} changes the load it is given"


def the_same_twice_is_the_same(plugin: type[Event]) -> None:
    """No clock, no chance of its own."""
    _, load = a_world()
    assert np.array_equal(plugin().change_load(load, SPAN).kw, plugin().change_load(load, SPAN).kw)


def it_gives_numbers(plugin: type[Event]) -> None:
    """Finite, and of the same shape."""
    _, load = a_world()
    changed = plugin().change_load(load, SPAN)
    assert changed.kw.shape == load.kw.shape
    assert np.isfinite(changed.kw).all(), f"{plugin.key} gives something that is no number"


def order_is_as_it_says(plugin: type[Event]) -> None:
    """Two of a kind commute where the event says so, and may not overlap where it does not."""
    later = Span(SPAN.start + timedelta(hours=20), SPAN.end + timedelta(hours=20))
    one, other = plugin(), plugin()
    period = Span(FIRST, FIRST + timedelta(hours=HOURS))
    if not plugin.commutes:
        refused = ""
        try:
            in_order([Placed(one, SPAN), Placed(other, later)], period)
        except BadScenario as error:
            refused = error.sentence
        assert "overlap" in refused, f"Two {plugin.key} that overlap are accepted though they do not commute"
        return
    known, load = a_world()
    ab = other.change_known(one.change_known(known, SPAN), later)
    ba = one.change_known(other.change_known(known, later), SPAN)
    assert ab.holidays == ba.holidays
    assert np.allclose(_weather(ab)["temperature_c"], _weather(ba)["temperature_c"])
    both = other.change_load(one.change_load(load, SPAN), later)
    turned = one.change_load(other.change_load(load, later), SPAN)
    assert np.allclose(both.kw, turned.kw), f"Two {plugin.key} do not commute"


def it_is_told_in_words(plugin: type[Event]) -> None:
    """It names its effect; what is assumed is said."""
    assert plugin.effect in {"learned", "assumed"}
    assert plugin.effect == "learned" or plugin().assumptions(), f"{plugin.key} assumes something and does not say what"


CHECKS: tuple[Callable[[type[Event]], None], ...] = (
    of_no_strength_changes_nothing,
    outside_its_reach_changes_nothing,
    what_it_is_given_stays,
    the_same_twice_is_the_same,
    it_gives_numbers,
    order_is_as_it_says,
    it_is_told_in_words,
)


def _weather(known: Known) -> pd.DataFrame:
    assert known.weather is not None
    return known.weather


def _same_weather(known: Known, told: Known, where: Any, plugin: type[Event]) -> None:
    before, after = _weather(known), _weather(told)
    assert before.index.equals(after.index), f"{plugin.key} changes when the weather is known"
    assert before[where].equals(after[where]), f"{plugin.key} changes the weather where it may not"
    assert replace(told, weather=None, holidays=known.holidays) == replace(known, weather=None)
