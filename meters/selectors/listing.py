"""Which meters there are."""

from django.db.models import QuerySet

from meters.models import Meter, Reading


class UnknownMeter(LookupError):
    """No meter of that short name; the message lists those there are."""


def all_meters() -> QuerySet[Meter]:
    """Every meter with its site."""
    return Meter.objects.select_related("site")


def get_meter(meter_id: int) -> Meter:
    """The meter of that id; Meter.DoesNotExist where it is gone."""
    return all_meters().get(pk=meter_id)


def meter_named(slug: str) -> Meter:
    """The meter of that short name; raises UnknownMeter."""
    meter = all_meters().filter(slug=slug).first()
    if meter is None:
        names = ", ".join(all_meters().values_list("slug", flat=True)) or "none yet: start a scraper or import a file"
        raise UnknownMeter(f"There is no meter {slug!r}; there are: {names}.")
    return meter


def count_readings(meter: Meter, *, having: str | None = None) -> int:
    """How many readings are stored, or how many of them carry the quantity `having`."""
    readings = Reading.objects.filter(meter=meter)
    return readings.filter(**{f"{having}__isnull": False}).count() if having else readings.count()
