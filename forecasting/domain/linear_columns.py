"""Columns for a linear model out of the features: what is straight as it is, the weather bent at degrees."""

import numpy as np

from forecasting.domain.features import Rows
from forecasting.domain.grid import Floats

_STRAIGHT = (
    *("lag_1", "lag_2", "lag_3", "lag_week", "profile", "base", "level", "level_change"),
    *("surprise_hours", "surprise_day", "year_ago", "year_ago_day", "year_sin", "year_cos"),
    *("off", "off_before", "off_after", "holiday", "bridge", "lag_1_off"),
)
_WEEKDAYS = (0, 4, 5, 6)  # those unlike their neighbours
_WARMTH = ("temperature", "temperature_day", "temperature_memory_8h", "temperature_memory_48h")
_BENDS_C = (14.0, 18.0, 22.0, 27.0)  # where heating ends, and cooling begins and grows
_REFERENCE = (("temperature", "warmer"), ("temperature_day", "warmer_day"))
_REFERENCE_BENDS_C = (18.0, 24.0)


def linear_columns(rows: Rows) -> Floats:
    """float64 (rows, columns); NaN where a feature is unknown."""
    have = {name: rows.matrix[:, number].astype(np.float64) for number, name in enumerate(rows.names)}
    columns: list[Floats] = [have[name] for name in _STRAIGHT]
    columns += [(have["weekday"] == day).astype(np.float64) for day in _WEEKDAYS]
    if "temperature" in have:
        columns += [have[name] for name in ("warmer", "warmer_day", "warmer_than_last")]
        for name in _WARMTH:
            columns += [have[name], *[_above(have[name], bend) for bend in _BENDS_C]]
        for name, difference in _REFERENCE:
            then = have[name] - have[difference]
            columns += [_above(have[name], bend) - _above(then, bend) for bend in _REFERENCE_BENDS_C]
    return np.stack(columns, axis=1)


def _above(temperature: Floats, bend: float) -> Floats:
    return np.asarray(np.maximum(temperature - bend, 0.0))
