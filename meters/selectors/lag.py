"""How long the readings of a meter usually take to come, and whether they are late now."""

from meters.domain.lag import Lag
from meters.models import Meter, UsualLag


def usual_lag(meter: Meter) -> Lag | None:
    """What was learned from the last visits; None before there were enough of them."""
    try:
        return meter.lag_row.lag  # at hand where the meter came with it
    except UsualLag.DoesNotExist:
        return None
