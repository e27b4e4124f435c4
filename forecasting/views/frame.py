"""What the forecaster's pages of one meter share: which meter, the tabs, what is under way and what failed last."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.utils import timezone

from forecasting.registry import forecasters
from forecasting.selectors import title_of
from meters.selectors import all_meters
from twin_project.kit.htmx import choice_of
from twin_project.kit.jobs.models import Job

if TYPE_CHECKING:
    from meters.models import Meter

TABS = (("forecast", "Forecast"), ("accuracy", "Accuracy"), ("models", "Models"), ("twin", "Twin"))
KINDS = ("make_forecast", "train_forecaster", "train_forecasters")
LOOKED_AT = 40


@dataclass(frozen=True)
class Page:
    """One meter's page: `words` is what every template of it needs."""

    meter: "Meter"
    zone: ZoneInfo
    now: datetime
    words: dict[str, Any]


def page_of(request: HttpRequest, here: str) -> Page | None:
    """The meter of `?meter=`, else the first; None where there is no meter."""
    choice = choice_of(all_meters(), request.GET.get("meter"))
    meter = choice.row
    if meter is None:
        return None
    now, zone = timezone.now(), ZoneInfo(meter.site.zone)
    running, failed = jobs_of(meter)
    words = {
        "choice": choice,
        "meter": meter,
        "zone": zone,
        "now": now,
        "tabs": TABS,
        "here": here,
        "running": running,
        "failed": failed,
    }
    return Page(meter, zone, now, words)


def jobs_of(meter: "Meter") -> tuple[Job | None, Job | None]:
    """The forecaster's job that is open for the meter, and the last one where that failed."""
    own = Job.objects.filter(kind__in=KINDS, params__meter_id=meter.pk).order_by("-created_at")
    latest = list(own[:LOOKED_AT])
    running = next((job for job in latest if job.is_open), None)
    ended = next((job for job in latest if not job.is_open), None)
    return running, ended if ended and ended.state == Job.State.FAILED else None


def asked_forecaster(request: HttpRequest) -> str:
    """The key of `?forecaster=`, "" where it is none."""
    key = request.GET.get("forecaster", "")
    return key if key in forecasters.keys() else ""  # noqa: SIM118  # keys() is the registry's own


def choices() -> list[tuple[str, str]]:
    """Every forecaster that can be used, by title."""
    return [(key, title_of(key)) for key in forecasters.all()]
