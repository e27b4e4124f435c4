"""Enter a tariff and a carbon factor, whole or not at all."""

from datetime import date
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction

from meters.domain.carbon import HOURS
from meters.domain.example_tariff import KG_PER_KWH, NOTE, example_tariff
from meters.domain.tariff import Demand, Rate, Version
from meters.models import (
    CarbonVersion,
    DemandCharge,
    EnergyRate,
    EnergySlab,
    FixedCharge,
    Meter,
    Site,
    TariffTax,
    TariffVersion,
)

if TYPE_CHECKING:
    from django.db.models import Model


def save_tariff(
    *, site: Site, version: Version, meter: Meter | None = None, note: str = "", is_example: bool = False
) -> TariffVersion:
    """Store the version with its parts; one of the same site, meter and day is replaced. Raises ValidationError."""
    if problems := version.problems():
        raise ValidationError(problems)
    with transaction.atomic():
        TariffVersion.objects.filter(site=site, meter=meter, valid_from=version.valid_from).delete()
        row = TariffVersion(
            site=site,
            meter=meter,
            name=version.name,
            valid_from=version.valid_from,
            currency=version.currency,
            sanctioned_load_kw=version.sanctioned_load_kw,
            note=note,
            is_example=is_example,
        )
        for part in (row, *_parts(row, version)):
            part.full_clean(exclude=["version"])
            part.save()
    return row


def save_carbon_factor(
    *, site: Site, valid_from: date, kg_per_kwh: tuple[float, ...], note: str = "", is_example: bool = False
) -> CarbonVersion:
    """Store one figure, or one for each hour of the day; one of the same day is replaced. Raises ValidationError."""
    row = CarbonVersion.objects.filter(site=site, valid_from=valid_from).first()
    row = row or CarbonVersion(site=site, valid_from=valid_from)
    row.kg_per_kwh, row.note, row.is_example = list(kg_per_kwh), note, is_example
    if len(kg_per_kwh) not in (1, HOURS):
        raise ValidationError(f"Give one figure or {HOURS}, not {len(kg_per_kwh)}.")
    row.full_clean()
    row.save()
    return row


def _parts(row: TariffVersion, version: Version) -> "list[Model]":
    return [
        *(
            EnergyRate(version=row, position=n, name=rate.name, per_kwh=rate.per_kwh, **_window(rate))
            for n, rate in enumerate(version.rates, 1)
        ),
        *(EnergySlab(version=row, name=s.name, from_kwh=s.from_kwh, per_kwh=s.per_kwh) for s in version.slabs),
        *(FixedCharge(version=row, name=one.name, amount=one.amount, per=one.per) for one in version.fixed),
        *(_demand(row, demand) for demand in version.demands),
        *(
            TariffTax(version=row, position=n, name=t.name, percent=t.percent, per_kwh=t.per_kwh, base=t.base)
            for n, t in enumerate(version.taxes, 1)
        ),
    ]


def _demand(row: TariffVersion, demand: Demand) -> DemandCharge:
    return DemandCharge(
        version=row,
        name=demand.name,
        per_kw=demand.per_kw,
        interval_minutes=demand.interval_minutes,
        ratchet_pct=demand.ratchet_pct,
        ratchet_months=demand.ratchet_months,
        least_pct=demand.least_pct,
        **_window(demand),
    )


def _window(part: Rate | Demand) -> dict[str, object]:
    window = part.window
    words = {"days": window.days, "begins": window.begins, "ends": window.ends}
    if window.season:
        first, last = (f"{month:02d}-{day:02d}" for month, day in window.season)
        return {**words, "season_from": first, "season_to": last}
    return words


def ensure_example_prices(*, site: Site, currency: str, valid_from: date) -> bool:
    """Invented prices, marked as such, for a site that has neither tariff nor factor; False where it has."""
    if TariffVersion.objects.filter(site=site).exists() or CarbonVersion.objects.filter(site=site).exists():
        return False
    version = example_tariff(currency=currency, valid_from=valid_from)
    save_tariff(site=site, version=version, note=NOTE, is_example=True)
    save_carbon_factor(site=site, valid_from=valid_from, kg_per_kwh=KG_PER_KWH, note=NOTE, is_example=True)
    return True
