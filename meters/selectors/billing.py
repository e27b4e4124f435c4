"""What a meter's energy costs and emits over local days."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
from django.db import connection
from django.db.models import Q

from meters.domain.billing import bill_of, needed_from
from meters.domain.bills import Bill
from meters.domain.carbon import CarbonFactor, carbon_kg
from meters.domain.energy_pieces import Pieces, cut
from meters.domain.price_book import PriceBook
from meters.domain.tariff import Demand, Fixed, Rate, Slab, Tax, Version
from meters.domain.windows import Window
from meters.models import CarbonVersion, Meter, Quality, Site, TariffVersion
from twin_project.kit.public_holidays import UnknownCountry, holidays_between

_PARTS = ("rates", "slabs", "fixed", "demands", "taxes")
_REACH = timedelta(hours=25)  # the longest interval: a reading may begin so long before the period
_ROWS = """
SELECT extract(epoch FROM start_at)::bigint, interval_s,
    COALESCE(energy_kwh, power_kw * interval_s / 3600), quality = %s
FROM meters_reading
WHERE meter_id = %s AND start_at >= %s AND start_at < %s AND quality <> %s
ORDER BY start_at
"""


@dataclass(frozen=True)
class Cost:
    """What local days cost and emitted; either is None where no tariff or no factor holds."""

    bill: Bill | None
    carbon_kg: float | None
    is_example: bool
    energy_kwh: float
    measured: float


def has_prices(meter: Meter) -> bool:
    """Whether there is a tariff or a carbon factor for it at all."""
    return tariffs_of(meter).exists() or CarbonVersion.objects.filter(site_id=meter.site_id).exists()


def tariffs_of(meter: Meter) -> Any:
    """The meter's own tariff versions if it has any, else those of its site; ordered by their first day."""
    own = TariffVersion.objects.filter(meter=meter)
    of_site = TariffVersion.objects.filter(site_id=meter.site_id, meter=None)
    return (own if own.exists() else of_site).prefetch_related(*_PARTS).order_by("valid_from")


def tariffs_at(site: Site) -> Any:
    """Every tariff version of a site, those for all meters first."""
    return (
        TariffVersion.objects.filter(Q(site=site))
        .select_related("meter")
        .prefetch_related(*_PARTS)
        .order_by("meter__name", "-valid_from")
    )


def bill(*, meter: Meter, start: date, end: date, now: datetime) -> Bill | None:
    """The bill of the local days `[start, end)`; None without a tariff for any of them. Raises CannotBill.

    Suspect readings are not billed, and what is missing is not made up: `measured` says how much of the days
    that are over there was.
    """
    return cost(meter=meter, start=start, end=end, now=now).bill


def cost(*, meter: Meter, start: date, end: date, now: datetime) -> Cost:
    """The bill and the CO2 of the local days `[start, end)`. Raises CannotBill."""
    zone = ZoneInfo(meter.site.zone)
    rows = [row for row in tariffs_of(meter) if row.valid_from < end]
    versions = [version_of(row) for row in rows]
    pieces = _pieces(meter, needed_from(versions, start, end), end, zone)
    begins, over = _midnight(start, zone), min(_midnight(end, zone), now)
    elapsed_s = max((over - begins).total_seconds(), 0.0)
    within = pieces.on_days(start, end)
    made = bill_of(pieces, versions, first=start, after=end, elapsed_s=elapsed_s, zone=zone.key) if versions else None
    known_s = float(pieces.length_s[within].sum())
    return Cost(
        made,
        carbon_kg(pieces, carbon_factors(meter.site), first=start, after=end),
        is_example=any(row.is_example for row in rows)
        or CarbonVersion.objects.filter(site=meter.site, is_example=True).exists(),
        energy_kwh=float(pieces.kwh[within].sum()),
        measured=min(known_s / elapsed_s, 1.0) if elapsed_s else 0.0,
    )


def price_book(meter: Meter, *, first: date, after: date) -> PriceBook:
    """The meter's prices and carbon factors for what any load over the local days `[first, after)` would cost."""
    rows = [row for row in tariffs_of(meter) if row.valid_from < after]
    carbon = CarbonVersion.objects.filter(site=meter.site, is_example=True).exists()
    return PriceBook(
        meter.site.zone,
        _holidays(meter.site, first, after),
        tuple(version_of(row) for row in rows),
        tuple(carbon_factors(meter.site)),
        is_example=carbon or any(row.is_example for row in rows),
    )


def carbon_factors(site: Site) -> list[CarbonFactor]:
    """The site's factors, ordered by their first day."""
    rows = CarbonVersion.objects.filter(site=site).order_by("valid_from")
    return [CarbonFactor(row.valid_from, tuple(row.kg_per_kwh)) for row in rows]


def version_of(row: TariffVersion) -> Version:
    """The row and its parts as the domain knows them."""
    return Version(
        row.name,
        row.valid_from,
        row.currency,
        rates=tuple(Rate(part.name, part.per_kwh, _window(part)) for part in row.rates.all()),
        slabs=tuple(Slab(part.name, part.from_kwh, part.per_kwh) for part in row.slabs.all()),
        fixed=tuple(Fixed(part.name, part.amount, part.per) for part in row.fixed.all()),  # type: ignore[arg-type] # its choices
        demands=tuple(
            Demand(
                part.name,
                part.per_kw,
                part.interval_minutes,
                _window(part),
                part.ratchet_pct,
                part.ratchet_months,
                part.least_pct,
            )
            for part in row.demands.all()
        ),
        taxes=tuple(Tax(part.name, part.percent, part.per_kwh, part.base) for part in row.taxes.all()),  # type: ignore[arg-type] # its choices
        sanctioned_load_kw=row.sanctioned_load_kw,
    )


def _window(part: Any) -> Window:
    ends = [tuple(map(int, text.split("-"))) for text in (part.season_from, part.season_to) if text]
    season = ((ends[0][0], ends[0][1]), (ends[1][0], ends[1][1])) if len(ends) == 2 else None
    return Window(part.days, part.begins, part.ends, season)


def _pieces(meter: Meter, first: date, after: date, zone: ZoneInfo) -> Pieces:
    begins, ends = _midnight(first, zone) - _REACH, _midnight(after, zone)
    with connection.cursor() as cursor:
        cursor.execute(_ROWS, [Quality.ESTIMATED, meter.pk, begins, ends, Quality.SUSPECT])
        rows = pd.DataFrame(cursor.fetchall(), columns=["start_s", "length_s", "kwh", "estimated"])
    return cut(rows.astype({"kwh": "float64"}), zone=zone.key, holidays=_holidays(meter.site, first, after))


def _holidays(site: Site, first: date, after: date) -> frozenset[date]:
    try:
        return holidays_between(site.country, site.subdivision, first.year, after.year)
    except UnknownCountry:
        return frozenset()


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(0), tzinfo=zone).astimezone(UTC)
