"""Local months, and energy as a Decimal. Pure."""

from datetime import date, timedelta
from decimal import Decimal


def month_of(day: date) -> date:
    """The first day of its month."""
    return day.replace(day=1)


def month_after(day: date) -> date:
    """The first day of the next month."""
    return month_of(day.replace(day=1) + timedelta(days=32))


def kwh_of(energy: float) -> Decimal:
    """To the milliwatt-hour: a sum of floats has no truth below it."""
    return Decimal(repr(round(energy, 6)))
