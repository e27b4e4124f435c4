"""Where a scenario asks for what the meter's history never showed."""

import pandas as pd

from forecasting.domain.contract import Known
from simulations.domain.contract import Span

_NOTABLE_C = 0.5


def beyond_seen(load: "pd.Series[float]", known: Known, told: Known, period: Span) -> list[str]:
    """Sentences on the temperatures of the scenario that are warmer or colder than any with readings before it."""
    if known.weather is None or told.weather is None:
        return []
    before = known.weather.loc[known.weather.index < period.start, "temperature_c"]
    read = load.dropna()
    seen = before.loc[before.index >= read.index[0]] if len(read) else before
    inside = period.holds(pd.DatetimeIndex(told.weather.index))
    asked = told.weather.loc[inside, "temperature_c"]
    if seen.dropna().empty or asked.dropna().empty:
        return []
    found = []
    if asked.max() > seen.max() + _NOTABLE_C:
        found.append(
            f"The scenario reaches {asked.max():.0f} °C; this meter was never seen above {seen.max():.0f} °C. "
            "Beyond that the twin extrapolates."
        )
    if asked.min() < seen.min() - _NOTABLE_C:
        found.append(
            f"The scenario falls to {asked.min():.0f} °C; this meter was never seen below {seen.min():.0f} °C. "
            "Beyond that the twin extrapolates."
        )
    return found
