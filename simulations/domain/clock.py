"""Hours and days of a load on the site's own clock."""

from datetime import timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simulations.domain.contract import Floats, Known, Load, Span


def hour_of_day(load: Load) -> Floats:
    """Local hour in the middle of each interval, 0 to 24."""
    middle = (load.starts + load.step / 2).tz_convert(load.known.zone)
    return np.asarray(middle.hour + middle.minute / 60 + middle.second / 3600, dtype=np.float64)


def days_of(load: Load) -> NDArray[np.int64]:
    """For each interval the number of its local day, counted from 0."""
    dates = load.starts.tz_convert(load.known.zone).normalize()
    return np.asarray(pd.factorize(dates)[0], dtype=np.int64)


def working_days(starts: pd.DatetimeIndex, known: Known) -> NDArray[np.bool_]:
    """Whether each interval lies on a day from Monday to Friday that is no public holiday."""
    local = starts.tz_convert(known.zone)
    holiday = np.isin(
        np.array(local.date, dtype="datetime64[D]"), np.array(sorted(known.holidays), dtype="datetime64[D]")
    )
    return np.asarray(local.day_of_week < 5) & ~holiday


def hours_within(load: Load, span: Span) -> Floats:
    """Hours of each interval that lie in the span, also where its ends fall between two intervals."""
    begins_h = np.asarray((load.starts - span.start) / timedelta(hours=1), dtype=np.float64)
    ends_h = np.minimum(begins_h + load.hours, span.length / timedelta(hours=1))
    return np.asarray(np.maximum(ends_h - np.maximum(begins_h, 0.0), 0.0))
