"""A long span of a meter out of its roll-ups by the hour, in the shape of its readings."""

from datetime import datetime

import pandas as pd

from meters.models import Meter
from meters.selectors.columns import Recorded
from meters.selectors.rollups import load_rollups

MEANS = {"power_kw": "power_mean_kw", "voltage_v": "voltage_mean_v", "current_a": "current_mean_a"}


def load_hours(*, meter: Meter, start: datetime, end: datetime) -> pd.DataFrame:
    """`load_rollups` by the hour on a regular grid: an hour without a reading is NaN, and 0 seconds are covered.

    Where the clock of the site changes by half an hour the grid goes on, half an hour beside the site's own hours.
    """
    found = load_rollups(meter=meter, kind="hour", start=start, end=end)
    if found.empty:
        return found
    grid = pd.date_range(found.index[0], end, freq="h", inclusive="left", name="start_at", unit="us")
    hours = found.reindex(grid, method="nearest", tolerance=pd.Timedelta(minutes=30))
    seconds = ["covered_s", "estimated_s", "suspect_s"]
    return hours.assign(**hours[seconds].fillna(0.0))


def recorded_by_hour(hours: pd.DataFrame, columns: tuple[str, ...]) -> Recorded:
    """The means of hours as if they were readings; estimated are the hours with any estimate, none is suspect."""
    values = pd.DataFrame(
        {name: hours[MEANS[name]] if name in MEANS else float("nan") for name in columns}, hours.index
    )
    estimated = hours.index[hours["estimated_s"] > 0]
    return Recorded(values.astype(float), pd.DatetimeIndex(estimated), values.iloc[:0])
