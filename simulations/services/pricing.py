"""What base and scenario cost and emit, through the meter's dated prices, with ranges."""

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from meters.selectors import Bill, CannotBill, PriceBook, price_book
from simulations.domain.contract import Floats, Load, Placed, Span
from simulations.domain.outcome import Outcome, Range

if TYPE_CHECKING:
    from meters.models import Meter

BILLED = 12  # draws that are billed for the range; a bill of a year takes some tens of milliseconds


def book_of(*, meter: "Meter", period: Span) -> PriceBook:
    """The prices of the local days that the period touches."""
    first, after = _days(period, meter.site.zone)
    return price_book(meter, first=first, after=after)


def money(*, book: PriceBook, outcome: Outcome, placed: list[Placed]) -> dict[str, Any]:
    """Bills of the middle paths by part, the change with its range, carbon; `problem` where nothing can be billed.

    Figures are floats in `currency` and kg. What is exported is neither paid for nor taken off.
    """
    other = book
    for one in placed:
        other = one.event.change_prices(other, one.span)
    try:
        base_bill, base_kg = book.cost_of(_middle(outcome.base))
        bill, kg = other.cost_of(_middle(outcome.scenario))
        changes = _changes(book, other, outcome) if bill and base_bill else None
    except CannotBill as error:
        return {"problem": str(error)}
    return {
        "currency": book.currency,
        "is_example": book.is_example,
        "base": _parts(base_bill),
        "scenario": _parts(bill),
        "change": list(Range.of(changes)) if changes is not None else None,
        "base_kg": base_kg,
        "scenario_kg": kg,
    }


def _middle(load: Load) -> "pd.Series[float]":
    return pd.Series(np.median(load.kw, axis=0), index=load.starts)


def _changes(book: PriceBook, other: PriceBook, outcome: Outcome) -> Floats:
    """Scenario's total less the base's, for draws spread over all by the change of their energy."""
    energy = outcome.energy_kwh(outcome.scenario) - outcome.energy_kwh(outcome.base)
    order = np.argsort(energy)
    chosen = order[np.linspace(0, len(order) - 1, BILLED).round().astype(int)]
    return np.array([float(_total(other, outcome.scenario, k) - _total(book, outcome.base, k)) for k in chosen])


def _total(book: PriceBook, load: Load, draw: int) -> Decimal:
    bill, _ = book.cost_of(pd.Series(load.kw[draw], index=load.starts))
    return bill.total if bill else Decimal(0)


def _parts(bill: Bill | None) -> dict[str, Any] | None:
    if bill is None:
        return None
    lines = [
        {"kind": line.kind, "name": line.name, "quantity": float(line.quantity), "unit": line.unit,
         "amount": float(line.amount), "detail": line.detail}
        for line in bill.lines
    ]  # fmt: skip
    return {"total": float(bill.total), "lines": lines, "notes": bill.notes}


def _days(period: Span, zone: str) -> tuple[date, date]:
    local = ZoneInfo(zone)
    last = (period.end - timedelta(microseconds=1)).astimezone(local).date()
    return period.start.astimezone(local).date(), last + timedelta(days=1)
