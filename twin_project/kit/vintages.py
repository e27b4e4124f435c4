"""What was known at an instant, of things that are forecast first and observed later. Pure."""

from datetime import datetime

import pandas as pd


def as_issued(observed: pd.DataFrame, issued: pd.DataFrame, *, cutoff: datetime, until: datetime) -> pd.DataFrame:
    """What was known at `cutoff`: observations that began before it, and forecasts issued up to it, to `until`.

    `observed` has the index `start_at`; `issued` has the columns `start_at`, `issued_at`. Where there are both, the
    observation stands; of two forecasts of one interval, the younger one.
    """
    past = observed.loc[observed.index < cutoff]
    told = issued[(issued["issued_at"] <= cutoff) & (issued["start_at"] < until)]
    newest = told.sort_values("issued_at").drop_duplicates("start_at", keep="last").set_index("start_at")
    ahead = newest.loc[~newest.index.isin(past.index), [name for name in past.columns if name in newest]]
    if ahead.empty:
        return past.copy()
    return ahead.sort_index() if past.empty else pd.concat([past, ahead]).sort_index()
