"""What the cards about money and CO2 show."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from meters.domain.billing import CannotBill
from meters.domain.tariff import digits_of
from meters.selectors import cost, data_through, has_prices

if TYPE_CHECKING:
    from meters.models import Meter


@dataclass(frozen=True)
class MonthCard:
    """The local month up to now; `problem` stands where it cannot be billed."""

    first: date
    today: date
    energy_kwh: float
    measured: float
    total: Decimal | None
    currency: str
    digits: int
    carbon_kg: float | None
    is_example: bool
    notes: list[str]
    through_at: datetime | None
    zone: ZoneInfo
    problem: str = ""


def month_card(meter: "Meter", *, now: datetime) -> MonthCard | None:
    """None where there is neither a tariff nor a carbon factor."""
    if not has_prices(meter):
        return None
    zone, through = ZoneInfo(meter.site.zone), data_through(meter)
    today = now.astimezone(zone).date()
    first = today.replace(day=1)
    try:
        found = cost(meter=meter, start=first, end=today + timedelta(days=1), now=now)
    except CannotBill as error:
        empty = MonthCard(first, today, 0.0, 0.0, None, "", 2, None, False, [], through, zone)
        return replace(empty, problem=str(error))
    bill = found.bill if found.bill is not None and found.bill.currency else None
    return MonthCard(
        first,
        today,
        found.energy_kwh,
        found.measured,
        bill.total if bill else None,
        bill.currency if bill else "",
        digits_of(bill.currency) if bill else 2,
        found.carbon_kg,
        is_example=found.is_example,
        notes=bill.notes if bill else [],
        through_at=through,
        zone=zone,
    )
