"""Rows of the meters app."""

from meters.models.browsing import BrowsedReading, BrowsedRevision, BrowsedWeather
from meters.models.readings import Quality, Reading, ReadingRevision, Source
from meters.models.sites import Meter, Site
from meters.models.weather import WeatherObservation

__all__ = [
    "BrowsedReading",
    "BrowsedRevision",
    "BrowsedWeather",
    "Meter",
    "Quality",
    "Reading",
    "ReadingRevision",
    "Site",
    "Source",
    "WeatherObservation",
]
