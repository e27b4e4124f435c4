"""How long the readings of a meter usually take to come, and whether they are late now."""

from meters.domain.lag import Lag
from meters.models import Meter, UsualLag


def usual_lag(meter: Meter) -> Lag | None:
    """What was learned from the last visits; None before there were enough of them."""
    row: UsualLag | None = getattr(meter, "lag_row", None)  # at hand where the meter came with it
    return row.lag if row else None
