"""The prices of a meter as a value: what any load over a period would cost and emit, and what it would under others."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import numpy.typing as npt
import pandas as pd

from meters.domain.billing import bill_of
from meters.domain.bills import Bill
from meters.domain.carbon import CarbonFactor, carbon_kg
from meters.domain.energy_pieces import cut
from meters.domain.tariff import Version
from meters.domain.windows import local_times

HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Charge:
    """How other prices differ, in per cent of each part: energy by time and slab, demand, fixed."""

    energy_pct: Decimal = Decimal(0)
    demand_pct: Decimal = Decimal(0)
    fixed_pct: Decimal = Decimal(0)


@dataclass(frozen=True)
class PriceBook:
    """Tariff versions and carbon factors of a meter, both ordered by their first day, and its site's calendar."""

    zone: str
    holidays: frozenset[date]
    versions: tuple[Version, ...] = ()
    factors: tuple[CarbonFactor, ...] = ()
    is_example: bool = False

    @property
    def currency(self) -> str:
        """Of the newest version; "" without one."""
        return self.versions[-1].currency if self.versions else ""

    def cost_of(self, load: "pd.Series[float]") -> tuple[Bill | None, float | None]:
        """Bill and kg of CO2 of a load in kW on a regular UTC grid, over the local days that it touches.

        What is exported is neither paid for nor taken off. Raises CannotBill.
        """
        starts = pd.DatetimeIndex(load.index).as_unit("s")
        step_s = int((starts[1] - starts[0]).total_seconds()) if len(starts) > 1 else 3600
        kwh = np.maximum(load.to_numpy(dtype=np.float64), 0.0) * step_s / 3600
        rows = pd.DataFrame({"start_s": starts.asi8, "length_s": step_s, "kwh": kwh, "estimated": False})
        pieces = cut(rows, zone=self.zone, holidays=self.holidays)
        first, after = self._days(starts, step_s)
        bill = (
            bill_of(pieces, self.versions, first=first, after=after, elapsed_s=len(starts) * step_s, zone=self.zone)
            if self.versions and self.versions[0].valid_from < after
            else None
        )
        return bill, carbon_kg(pieces, self.factors, first=first, after=after)

    def energy_prices(self, starts: pd.DatetimeIndex) -> npt.NDArray[np.float64]:
        """Price of one more kWh at each instant, NaN where none holds; of slabs the lowest counts, taxes do not."""
        at = local_times(starts.as_unit("s").asi8, zone=self.zone, holidays=self.holidays)
        epoch = date(1970, 1, 1)
        price = np.full(len(starts), np.nan)
        ends = [*(version.valid_from for version in self.versions[1:]), date.max]
        for version, until in zip(self.versions, ends, strict=True):
            left = (at.day >= (version.valid_from - epoch).days) & (at.day < (until - epoch).days)
            for rate in version.rates:
                hit = left & rate.window.holds(at, heeds_holidays=version.heeds_holidays)
                price[hit] = float(rate.per_kwh)
                left &= ~hit
            if version.slabs:
                price[left] = float(min(version.slabs, key=lambda slab: slab.from_kwh).per_kwh)
        return price

    def charged(self, charge: Charge, first: date, after: date) -> "PriceBook":
        """The same book with other prices on the local days `[first, after)`."""
        changed: list[Version] = []
        ends = [*(version.valid_from for version in self.versions[1:]), date.max]
        for version, until in zip(self.versions, ends, strict=True):
            begins, stops = max(version.valid_from, first), min(until, after)
            if begins >= stops:
                changed.append(version)
                continue
            if version.valid_from < begins:
                changed.append(version)
            changed.append(_scaled(replace(version, valid_from=begins), charge))
            if stops < until:
                changed.append(replace(version, valid_from=stops))
        return replace(self, versions=tuple(changed))

    def _days(self, starts: pd.DatetimeIndex, step_s: int) -> tuple[date, date]:
        last = starts[-1] + timedelta(seconds=step_s) - timedelta(microseconds=1)
        local = pd.DatetimeIndex([starts[0], last]).tz_convert(self.zone)
        return local[0].date(), local[1].date() + timedelta(days=1)


def _scaled(version: Version, charge: Charge) -> Version:
    energy, demand, fixed = (1 + pct / HUNDRED for pct in (charge.energy_pct, charge.demand_pct, charge.fixed_pct))
    return replace(
        version,
        rates=tuple(replace(rate, per_kwh=rate.per_kwh * energy) for rate in version.rates),
        slabs=tuple(replace(slab, per_kwh=slab.per_kwh * energy) for slab in version.slabs),
        demands=tuple(replace(one, per_kw=one.per_kw * demand) for one in version.demands),
        fixed=tuple(replace(one, amount=one.amount * fixed) for one in version.fixed),
    )
