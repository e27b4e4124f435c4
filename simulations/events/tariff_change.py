"""Other prices: what the same load would cost. Nobody is taken to use less or more because of it."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import ClassVar
from zoneinfo import ZoneInfo

from meters.domain.price_book import Charge
from simulations.domain.contract import Effect, Event, PriceBook, Span, Stage
from twin_project.kit.params import param


class TariffChange(Event):
    """The parts of the tariff, by percentages, on the days of the span."""

    title = "Tariff change"
    summary = "Energy, demand and fixed charges by some percent more or less; the load stays as it is."
    effect: ClassVar[Effect] = "assumed"
    stage = Stage.PRICE

    @dataclass(frozen=True)
    class Params:
        """By how much each part changes."""

        energy_pct: float = param(10.0, "Energy", "Each kWh, at all hours.", unit="%", minimum=-100, maximum=500)
        demand_pct: float = param(0.0, "Demand", "Each kW of the demand charge.", unit="%", minimum=-100, maximum=500)
        fixed_pct: float = param(0.0, "Fixed", "Each day, month or kW month.", unit="%", minimum=-100, maximum=500)

    def change_prices(self, book: PriceBook, span: Span) -> PriceBook:
        """From the local day of the start to that of the end."""
        p, zone = self.params, ZoneInfo(book.zone)
        last = (span.end - timedelta(microseconds=1)).astimezone(zone).date()
        percents = (Decimal(str(pct)) for pct in (p.energy_pct, p.demand_pct, p.fixed_pct))
        return book.charged(Charge(*percents), span.start.astimezone(zone).date(), last + timedelta(days=1))

    def assumptions(self) -> list[str]:
        """No elasticity."""
        return ["The load does not answer to the price."]
