"""Where the readings of each meter come from, and how far behind they are."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from meters.selectors import all_meters, latest_reading
from meters.views.cards import Freshness, freshness_of

if TYPE_CHECKING:
    from meters.models import Meter, Source

LISTED = 20


@dataclass(frozen=True)
class Origin:
    """One meter with the source of its last reading."""

    meter: "Meter"
    zone: ZoneInfo
    source: "Source"
    fresh: Freshness


def origins(*, now: datetime) -> list[Origin]:
    """The first meters by name that have a reading."""
    found = []
    for meter in all_meters()[:LISTED]:
        last = latest_reading(meter)
        if last is not None:
            found.append(Origin(meter, ZoneInfo(meter.site.zone), last.source, freshness_of(meter, now=now)))
    return found
