"""Rows of the meters app."""

from meters.models.browsing import BrowsedReading, BrowsedRevision, BrowsedWeather
from meters.models.imports import ImportBatch
from meters.models.lag import UsualLag
from meters.models.readings import Quality, Reading, ReadingRevision, Source
from meters.models.rollups import Retention, Rollup, RollupKind
from meters.models.sites import Meter, Site
from meters.models.tariffs import (
    CarbonVersion,
    DemandCharge,
    EnergyRate,
    EnergySlab,
    FixedCharge,
    TariffTax,
    TariffVersion,
)
from meters.models.validation import MeterExchange, RegisterRead, ValidationFinding
from meters.models.weather import WeatherFeed, WeatherForecast, WeatherObservation

__all__ = [
    "BrowsedReading",
    "BrowsedRevision",
    "BrowsedWeather",
    "CarbonVersion",
    "DemandCharge",
    "EnergyRate",
    "EnergySlab",
    "FixedCharge",
    "ImportBatch",
    "Meter",
    "MeterExchange",
    "Quality",
    "Reading",
    "ReadingRevision",
    "RegisterRead",
    "Retention",
    "Rollup",
    "RollupKind",
    "Site",
    "Source",
    "TariffTax",
    "TariffVersion",
    "UsualLag",
    "ValidationFinding",
    "WeatherFeed",
    "WeatherForecast",
    "WeatherObservation",
]
