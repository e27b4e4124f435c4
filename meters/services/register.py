"""Sites, meters and sources, found again or made on first sight."""

from datetime import datetime

from django.db import models, transaction
from django.utils.text import slugify

from meters.models import Meter, Site, Source


def ensure_site(
    *,
    name: str,
    zone: str,
    country: str = "",
    subdivision: str = "",
    latitude: float | None = None,
    longitude: float | None = None,
    nominal_voltage_v: float | None = None,
) -> Site:
    """The site of that name; made with the rest where there is none. One that is there is not changed."""
    found = Site.objects.filter(name=name).first()
    if found is not None:
        return found
    site = Site(name=name, slug=_free_slug(Site, name), zone=zone, country=country, subdivision=subdivision)
    site.latitude, site.longitude = latitude, longitude
    if nominal_voltage_v is not None:
        site.nominal_voltage_v = nominal_voltage_v
    site.full_clean()
    with transaction.atomic():
        Site.objects.bulk_create([site], ignore_conflicts=True)
    return Site.objects.get(name=name)


def ensure_meter(
    *,
    site: Site,
    reference: str,
    name: str = "",
    interval_s: int = 900,
    phases: int = 1,
    is_simulated: bool = False,
    data_note: str = "",
) -> Meter:
    """The site's meter of that reference; made with the rest where there is none."""
    found = Meter.objects.select_related("site").filter(site=site, reference=reference).first()
    if found is not None:
        return found
    title = name or reference
    meter = Meter(site=site, reference=reference, name=title, slug=_free_slug(Meter, title), interval_s=interval_s)
    meter.phases, meter.is_simulated, meter.data_note = phases, is_simulated, data_note
    meter.full_clean()
    with transaction.atomic():
        Meter.objects.bulk_create([meter], ignore_conflicts=True)
    return Meter.objects.select_related("site").get(site=site, reference=reference)


def ensure_source(*, kind: str, label: str, now: datetime) -> Source:
    """The source of that kind ("scrape" or "import") and label."""
    source, _ = Source.objects.get_or_create(kind=Source.Kind(kind), label=label, defaults={"created_at": now})
    return source


def _free_slug(model: type[models.Model], title: str) -> str:
    """A short name out of the title that no other row has."""
    stem = slugify(title)[:70] or model._meta.model_name or "row"
    taken = set(model._default_manager.filter(slug__startswith=stem).values_list("slug", flat=True))
    return next(slug for slug in (stem, *(f"{stem}-{n}" for n in range(2, len(taken) + 3))) if slug not in taken)
