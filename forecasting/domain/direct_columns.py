"""Columns of the direct model: calendar by temperature, nothing of the load's own past."""

import numpy as np

from forecasting.domain.daylight import sun_height
from forecasting.domain.grid import DAY_S, Floats, Seconds
from forecasting.domain.heat import Heat
from forecasting.domain.local_calendar import LocalCalendar

_YEAR_DAYS = 365.2425
_HARMONICS = (1, 2, 3)
_PLAIN = ("off", "holiday", "bridge", "off_before", "off_after", "holiday_near")


def direct_columns(
    calendar: LocalCalendar,
    heat: Heat | None,
    felt: Floats | None,
    at_s: Seconds,
    place: tuple[float, float] | None,
    *,
    seasons: bool = True,
) -> tuple[Floats, int]:
    """(rows, columns) and how many of the first columns are not of temperature.

    `felt` is of `heat.felt`, `place` latitude and longitude. Without `seasons` the columns of the year are 0: whoever
    has seen weeks of it only would go on along their slope.
    """
    told, day = calendar.features(at_s), calendar.wall.day(at_s)
    weekday, off = told["weekday"], np.asarray(told["off"], dtype=np.float64)
    parts: list[Floats] = [np.asarray(told[name], dtype=np.float64) for name in _PLAIN]
    parts += [calendar.year_end(day).astype(np.float64), calendar.after_new_year(day).astype(np.float64)]
    parts += [np.asarray(weekday == number, dtype=np.float64) for number in range(1, 7)]
    year = 2 * np.pi * ((at_s / DAY_S) % _YEAR_DAYS) / _YEAR_DAYS
    slow = [wave(times * year) for times in _HARMONICS for wave in (np.sin, np.cos)]
    slow += [off * np.sin(year), off * np.cos(year)]
    slow.append(at_s / (365.0 * DAY_S))  # a slow growth; the line is held close beyond what it has seen
    parts += slow if seasons else [np.zeros(len(at_s))] * len(slow)
    if place is not None:
        parts.append(sun_height(at_s, *place))
    columns = np.stack(parts, axis=1)
    if heat is None or felt is None:
        return columns, columns.shape[1]
    heating, cooling = heat.balance
    mild = np.stack([off * np.maximum(felt[:, 0] - cooling, 0.0), off * np.maximum(heating - felt[:, 0], 0.0)], axis=1)
    return np.concatenate([columns, heat.columns(felt), mild], axis=1), columns.shape[1]
