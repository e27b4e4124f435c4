"""The period that a page, a chart or a file is asked for."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.http import HttpRequest

from scraping.demo_portal import settings
from scraping.demo_portal.catalogue import DemoMeter
from scraping.demo_portal.replay import history_start

MAX_DAYS = 31


class BadPeriod(ValueError):
    """The dates cannot be served; the message is a sentence for the customer."""


@dataclass(frozen=True)
class Period:
    """Local days of the meter, both ends included."""

    first: date
    last: date


def now() -> datetime:
    """The portal's clock."""
    return settings.NOW or datetime.now(UTC)


def asked_period(request: HttpRequest, meter: DemoMeter) -> Period:
    """The days of `?from=..&to=..`, by default the last seven; raises BadPeriod."""
    today = now().astimezone(ZoneInfo(meter.zone)).date()
    try:
        last = date.fromisoformat(request.GET.get("to") or today.isoformat())
        first = date.fromisoformat(request.GET.get("from") or (last - timedelta(days=6)).isoformat())
    except ValueError:
        raise BadPeriod("Please choose two dates.") from None
    if first > last:
        raise BadPeriod("The first day must not come after the last.")
    if (last - first).days >= MAX_DAYS:
        raise BadPeriod(f"Please choose at most {MAX_DAYS} days at a time.")
    if first > today or last < history_start(meter, now()):
        raise BadPeriod(f"Readings are kept from {history_start(meter, now()):%d %B %Y} until today.")
    return Period(first, last)
