"""Which meters there are."""

from django.db.models import Q, QuerySet

from meters.domain.quantities import COLUMNS
from meters.models import Meter, Reading, Site


class UnknownMeter(LookupError):
    """No meter of that short name; the message lists those there are."""


class UnknownSite(LookupError):
    """No site of that name; the message lists those there are."""


def all_meters() -> QuerySet[Meter]:
    """Every meter with its site and its usual lag, by name."""
    return Meter.objects.select_related("site", "lag_row")


def meters_like(text: str) -> QuerySet[Meter]:
    """The meters that have the text in their name, their reference or their site's name; all for an empty one."""
    wanted = Q(name__icontains=text) | Q(reference__icontains=text) | Q(site__name__icontains=text)
    return all_meters().filter(wanted) if text else all_meters()


def get_meter(meter_id: int) -> Meter:
    """The meter with that id, and its site; raises Meter.DoesNotExist."""
    return all_meters().get(pk=meter_id)


def meter_named(slug: str) -> Meter:
    """The meter with that short name, and its site; raises UnknownMeter with a sentence."""
    found = all_meters().filter(slug=slug).first()
    if found is None:
        known = ", ".join(all_meters().values_list("slug", flat=True)) or "none yet"
        raise UnknownMeter(f"There is no meter {slug!r}; there are: {known}.")
    return found


def site_named(name: str) -> Site:
    """The site with that short name or name; raises UnknownSite with a sentence."""
    found = Site.objects.filter(slug=name).first() or Site.objects.filter(name=name).first()
    if found is None:
        known = ", ".join(Site.objects.values_list("slug", flat=True)) or "none yet"
        raise UnknownSite(f"There is no site {name!r}; there are: {known}.")
    return found


def count_readings(meter: Meter, *, having: str | None = None) -> int:
    """How many readings the meter has; with `having`, how many of them have that quantity."""
    readings = Reading.objects.filter(meter=meter)
    if having is not None:
        if having not in COLUMNS:
            raise ValueError(f"{having} is no quantity; there are: {', '.join(COLUMNS)}.")
        readings = readings.filter(**{f"{having}__isnull": False})
    return readings.count()
