"""How high the sun stands: what lamps and rooftop panels follow."""

import numpy as np

from forecasting.domain.grid import DAY_S, Floats, Seconds

_YEAR_DAYS = 365.2425


def sun_height(at_s: Seconds, latitude: float, longitude: float) -> Floats:
    """Sine of the solar elevation, 0 at night; Spencer (1971) for declination and the equation of time."""
    angle = 2 * np.pi * ((at_s / DAY_S) % _YEAR_DAYS) / _YEAR_DAYS
    tilt = (
        0.006918
        - 0.399912 * np.cos(angle)
        + 0.070257 * np.sin(angle)
        - 0.006758 * np.cos(2 * angle)
        + 0.000907 * np.sin(2 * angle)
        - 0.002697 * np.cos(3 * angle)
        + 0.00148 * np.sin(3 * angle)
    )
    late = (
        0.000075
        + 0.001868 * np.cos(angle)
        - 0.032077 * np.sin(angle)
        - 0.014615 * np.cos(2 * angle)
        - 0.040849 * np.sin(2 * angle)
    )
    hour_angle = 2 * np.pi * (at_s % DAY_S) / DAY_S + np.radians(longitude) + late - np.pi
    place = np.radians(latitude)
    height = np.sin(place) * np.sin(tilt) + np.cos(place) * np.cos(tilt) * np.cos(hour_angle)
    return np.asarray(np.maximum(height, 0.0))
