"""What can be asked about meters: which there are, their series, gaps and the state of the grid."""

from meters.domain.billing import CannotBill
from meters.domain.bills import KINDS, Bill
from meters.domain.grid import GridStatus, PhaseStatus, Trend
from meters.domain.lag import Lag
from meters.domain.price_book import Charge, PriceBook
from meters.selectors.billing import Cost, bill, cost, has_prices, price_book, tariffs_at, tariffs_of
from meters.selectors.coverage import completeness, gaps
from meters.selectors.lag import usual_lag
from meters.selectors.latest import data_through, grid_status, latest_reading
from meters.selectors.quality import (
    count_findings,
    exchanges,
    findings,
    open_gaps,
    quality_summary,
    register_reads,
    revisions,
    rule_titles,
    suspect_readings,
)
from meters.selectors.register import (
    UnknownMeter,
    UnknownSite,
    all_meters,
    count_readings,
    get_meter,
    meter_named,
    meters_like,
    site_named,
)
from meters.selectors.rollups import completeness_calendar, load_rollups, years_of
from meters.selectors.series import load_series, load_weather, phase_series, resampled
from meters.selectors.weather import WeatherState, weather_as_of, weather_state, weather_vintages

__all__ = [
    "KINDS",
    "Bill",
    "CannotBill",
    "Charge",
    "Cost",
    "GridStatus",
    "Lag",
    "PhaseStatus",
    "PriceBook",
    "Trend",
    "UnknownMeter",
    "UnknownSite",
    "WeatherState",
    "all_meters",
    "bill",
    "completeness",
    "completeness_calendar",
    "cost",
    "count_findings",
    "count_readings",
    "data_through",
    "exchanges",
    "findings",
    "gaps",
    "get_meter",
    "grid_status",
    "has_prices",
    "latest_reading",
    "load_rollups",
    "load_series",
    "load_weather",
    "meter_named",
    "meters_like",
    "open_gaps",
    "phase_series",
    "price_book",
    "quality_summary",
    "register_reads",
    "resampled",
    "revisions",
    "rule_titles",
    "site_named",
    "suspect_readings",
    "tariffs_at",
    "tariffs_of",
    "usual_lag",
    "weather_as_of",
    "weather_state",
    "weather_vintages",
    "years_of",
]
