"""What every page of the panel needs to know."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from twin_project.kit.roles import may_operate


@dataclass(frozen=True)
class Place:
    """An entry of the navigation; `prefix` is the part of a view's name that lies under it."""

    title: str
    icon: str
    view: str
    prefix: str


PLACES = (
    Place("Home", "home", "home", "home"),
    Place("Meters", "meter", "meters:meter_list", "meters:"),
    Place("Forecast", "forecast", "forecasting:forecast", "forecasting:"),
    Place("Scenarios", "scenario", "simulations:scenario_list", "simulations:"),
    Place("Scraper", "scraper", "scraping:account_list", "scraping:"),
    Place("Data", "table", "data:home", "data:"),
    Place("Jobs", "jobs", "jobs:job_list", "jobs:"),
)


def frame(request: HttpRequest) -> dict[str, Any]:
    """The frame around each page; asks the database nothing before a template does."""
    match = getattr(request, "resolver_match", None)
    here = match.view_name if match else ""
    user = getattr(request, "user", None)
    return {
        "places": PLACES,
        "place": next((place for place in PLACES if here.startswith(place.prefix)), None),
        "may_operate": SimpleLazyObject(lambda: user is not None and may_operate(user)),
    }
