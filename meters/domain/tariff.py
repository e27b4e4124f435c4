"""What a tariff says from a day on: prices by time and by slab, fixed and demand charges, taxes. Pure.

All prices are Decimals in the currency's own unit. Nothing here knows readings; `billing` does.
"""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from meters.domain.windows import Window, uncovered

DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DIGITS = {"JPY": 0, "KRW": 0, "CLP": 0, "VND": 0, "ISK": 0, "KWD": 3, "BHD": 3, "JOD": 3, "OMR": 3, "TND": 3}

PerFixed = Literal["day", "month", "kw_month"]
TaxBase = Literal["charges", "energy", "all"]


@dataclass(frozen=True)
class Rate:
    """A price of energy in a window. Where windows overlap, the first of the version counts."""

    name: str
    per_kwh: Decimal
    window: Window = Window()


@dataclass(frozen=True)
class Slab:
    """A price of the part of a local month's energy above `from_kwh`, up to where the next slab begins."""

    name: str
    from_kwh: Decimal
    per_kwh: Decimal


@dataclass(frozen=True)
class Fixed:
    """A charge per local day, per month, or per month and kW of sanctioned load; of a month in part, by days."""

    name: str
    amount: Decimal
    per: PerFixed


@dataclass(frozen=True)
class Demand:
    """A charge per month on the highest mean power over `interval_minutes` inside the window.

    At least `ratchet_pct` per cent of the highest of the `ratchet_months` before, and at least `least_pct`
    per cent of the sanctioned load, is billed.
    """

    name: str
    per_kw: Decimal
    interval_minutes: int = 15
    window: Window = Window()
    ratchet_pct: Decimal = Decimal(0)
    ratchet_months: int = 0
    least_pct: Decimal = Decimal(0)


@dataclass(frozen=True)
class Tax:
    """Per cent of the charges, of those for energy alone, or of all above it; or an amount per kWh."""

    name: str
    percent: Decimal = Decimal(0)
    per_kwh: Decimal = Decimal(0)
    base: TaxBase = "charges"


@dataclass(frozen=True)
class Version:
    """The tariff from the local day `valid_from` until the next version."""

    name: str
    valid_from: date
    currency: str
    rates: tuple[Rate, ...] = ()
    slabs: tuple[Slab, ...] = ()
    fixed: tuple[Fixed, ...] = ()
    demands: tuple[Demand, ...] = ()
    taxes: tuple[Tax, ...] = ()
    sanctioned_load_kw: Decimal | None = None

    @property
    def heeds_holidays(self) -> bool:
        """Whether public holidays are days of their own: some window names H."""
        windows = [rate.window for rate in self.rates] + [demand.window for demand in self.demands]
        return any("H" in window.days for window in windows)

    def problems(self) -> list[str]:
        """What is wrong with it, as sentences; empty where it can be billed."""
        return [*self._gaps(), *self._loads()]

    def _gaps(self) -> list[str]:
        bare = uncovered([rate.window for rate in self.rates]) if self.rates else None
        found = []
        if bare is not None:
            day = "a public holiday" if bare.holiday[0] else DAY_NAMES[bare.weekday[0] - 1]
            clock = f"{bare.minute[0] // 60:02d}:{bare.minute[0] % 60:02d}"
            season = date(2024, *divmod(int(bare.month_day[0]), 100))
            found.append(f"No rate holds at {clock} of {day} in {season:%B}; add one for the rest of the time.")
        if self.slabs and min(slab.from_kwh for slab in self.slabs) > 0:
            found.append("The lowest slab begins above 0 kWh; add one from 0 kWh, at a price of 0 if it is free.")
        if len({slab.from_kwh for slab in self.slabs}) < len(self.slabs):
            found.append("Two slabs begin at the same energy; leave one of them out.")
        return found

    def _loads(self) -> list[str]:
        asks = [part.name for part in self.fixed if part.per == "kw_month"]
        asks += [part.name for part in self.demands if part.least_pct]
        if asks and self.sanctioned_load_kw is None:
            return [f"{', '.join(asks)} is counted from the sanctioned load, which is not given."]
        return []


def digits_of(currency: str) -> int:
    """How many decimals the currency's coins have (ISO 4217)."""
    return _DIGITS.get(currency, 2)


def rounded(amount: Decimal, currency: str) -> Decimal:
    """To the currency's smallest coin, halves away from zero, as bills are."""
    return amount.quantize(Decimal(1).scaleb(-digits_of(currency)), rounding=ROUND_HALF_UP)
