"""A battery behind the meter: it cuts peaks, keeps solar energy for the evening, or buys low and uses high.

It neither makes nor keeps energy beyond its losses: what goes in comes out times the round-trip efficiency, or is
still in it at the end.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from simulations.domain.clock import days_of
from simulations.domain.contract import Effect, Event, Floats, Load, Span, Stage
from simulations.domain.errors import BadScenario
from twin_project.kit.params import param

PEAK, SELF, PRICE = "peak shaving", "self-consumption", "tariff arbitrage"
_HALVINGS = 30


class Battery(Event):
    """Charged and discharged step by step, on each path for itself."""

    title = "Battery"
    summary = "A battery shaves peaks, keeps surplus solar energy, or follows the tariff."
    effect: ClassVar[Effect] = "assumed"
    stage = Stage.STORAGE
    commutes = False

    @dataclass(frozen=True)
    class Params:
        """How large, how strong, what for."""

        capacity_kwh: float = param(20.0, "Capacity", "Usable.", unit="kWh", minimum=0, maximum=1_000_000)
        power_kw: float = param(10.0, "Power", "Charging and discharging.", unit="kW", minimum=0, maximum=1_000_000)
        efficiency_pct: float = param(
            90.0, "Round trip", "Comes out of what went in.", unit="%", minimum=50, maximum=100
        )
        purpose: str = param(PEAK, "For", "", choices=(PEAK, SELF, PRICE))

    def change_load(self, load: Load, span: Span) -> Load:
        """The battery begins empty; in peak shaving it charges up to the day's new peak and no further."""
        within = span.holds(load.starts)
        if not (self.params.capacity_kwh and self.params.power_kw and within.any()):
            return load
        wish = self._wish(load, within)
        kw, held = load.kw.copy(), np.zeros(len(load.kw))
        one_way = np.sqrt(self.params.efficiency_pct / 100)
        for place in np.flatnonzero(within):
            room_kw = (self.params.capacity_kwh - held) / one_way / load.hours
            flow = np.clip(wish[:, place], -held * one_way / load.hours, room_kw)
            held += np.where(flow > 0, flow * one_way, flow / one_way) * load.hours
            kw[:, place] += flow
        return load.with_kw(kw)

    def assumptions(self) -> list[str]:
        """What it knows."""
        p = self.params
        told = (
            f"{p.capacity_kwh:g} kWh and {p.power_kw:g} kW, {p.efficiency_pct:g} % round trip, empty at the beginning; "
        )
        how = {
            PEAK: "it knows each day's load when the day begins.",
            SELF: "it takes only what would be exported.",
            PRICE: "it charges at the day's lowest price and gives at its highest, never into the grid.",
        }
        return [told + how[p.purpose]]

    def _wish(self, load: Load, within: "np.ndarray[tuple[int], np.dtype[np.bool_]]") -> Floats:
        """kW that would be charged (above 0) or given, but for what the battery holds."""
        p = self.params
        if p.purpose == SELF:
            return np.asarray(np.clip(-load.kw, -p.power_kw, p.power_kw))
        if p.purpose == PRICE:
            return self._by_price(load)
        limit = np.empty_like(load.kw)
        day = days_of(load)
        for one in np.unique(day[within]):
            here = (day == one) & within
            limit[:, here] = self._limit(load.kw[:, here], load.hours)[:, None]
        limit[:, ~within] = load.kw[:, ~within]
        return np.asarray(np.clip(limit - load.kw, -p.power_kw, p.power_kw))

    def _limit(self, kw: Floats, hours: float) -> Floats:
        """The lowest daily peak that capacity, power and the energy below it allow, for each path, by halving."""
        p = self.params
        one_way = float(np.sqrt(p.efficiency_pct / 100))
        low, high = kw.mean(axis=1), kw.max(axis=1)
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            above = np.maximum(kw - middle[:, None], 0.0)
            room = np.minimum(np.maximum(middle[:, None] - kw, 0.0), p.power_kw).sum(axis=1) * hours * one_way**2
            given = above.sum(axis=1) * hours
            fits = (given <= np.minimum(p.capacity_kwh * one_way, room)) & (above.max(axis=1) <= p.power_kw)
            low, high = np.where(fits, low, middle), np.where(fits, middle, high)
        return np.asarray(high)

    def _by_price(self, load: Load) -> Floats:
        p, price = self.params, load.price_per_kwh
        if price is None or not np.isfinite(price).any():
            told = "No tariff is known for this period, so there is no price to follow. Add a tariff to the site."
            raise BadScenario("purpose", told)
        day = days_of(load)
        first = np.flatnonzero(np.diff(day, prepend=-1))
        lowest, highest = np.fmin.reduceat(price, first)[day], np.fmax.reduceat(price, first)[day]
        pays = highest * p.efficiency_pct / 100 > lowest
        charge = np.where(pays & (price <= lowest), p.power_kw, 0.0)
        give = np.where(pays & (price >= highest), p.power_kw, 0.0)
        return np.asarray(charge - np.minimum(give, np.maximum(load.kw, 0.0)))
