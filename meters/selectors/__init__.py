"""What can be asked about meters: which there are, their series, gaps and the state of the grid."""

from meters.domain.grid import GridStatus, PhaseStatus, Trend
from meters.selectors.coverage import completeness, gaps
from meters.selectors.latest import data_through, grid_status, latest_reading
from meters.selectors.register import UnknownMeter, all_meters, count_readings, get_meter, meter_named
from meters.selectors.series import load_series, load_weather, phase_series, resampled

__all__ = [
    "GridStatus",
    "PhaseStatus",
    "Trend",
    "UnknownMeter",
    "all_meters",
    "completeness",
    "count_readings",
    "data_through",
    "gaps",
    "get_meter",
    "grid_status",
    "latest_reading",
    "load_series",
    "load_weather",
    "meter_named",
    "phase_series",
    "resampled",
]
