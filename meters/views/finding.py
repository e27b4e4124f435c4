"""The meter that an address names."""

from typing import TYPE_CHECKING

from django.http import Http404

from meters.selectors import UnknownMeter, meter_named

if TYPE_CHECKING:
    from meters.models import Meter


def find_meter(slug: str) -> "Meter":
    """The meter with that short name; raises Http404."""
    try:
        return meter_named(slug)
    except UnknownMeter as error:
        raise Http404(str(error)) from error
