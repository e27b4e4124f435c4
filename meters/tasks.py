"""The meters' job kinds, and what they enqueue when due."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from meters.domain.tables import BadTable
from meters.domain.weather import WeatherError
from meters.models import ImportBatch, WeatherFeed
from meters.selectors import data_through, get_meter
from meters.services import NotReady, check_batch, enqueue_due_fetches, learn_lag, store_batch, undo_batch
from meters.services import fetch_weather as fetch
from meters.services import validate_readings as validate
from twin_project.kit.jobs.context import RunningJob
from twin_project.kit.jobs.errors import JobError
from twin_project.kit.jobs.registry import every_tick, job_kind
from twin_project.kit.jobs.services import announce

VALIDATED = timedelta(days=35)  # a portal corrects its last month, and a rule wants some days before it


def _feed(params: dict[str, Any]) -> str:
    feed = WeatherFeed.objects.select_related("site").filter(pk=params["feed_id"]).first()
    return str(feed.site) if feed else ""


@job_kind(title="Fetch weather", cluster="scraping", max_attempts=1, timeout_s=900, subject=_feed)
def fetch_weather(job: RunningJob, *, feed_id: int) -> dict[str, Any]:
    """Ask a site's provider once; a failure is tried again when the feed says, as another job."""
    feed = WeatherFeed.objects.select_related("site").filter(pk=feed_id).first()
    if feed is None:
        raise JobError("The weather source of the site has been removed since.", advice="Choose one again if wanted.")
    job.step(f"Asking for the weather of {feed.site}")
    try:
        report = fetch(feed=feed, now=timezone.now())
    except WeatherError as error:
        feed.refresh_from_db(fields=["next_fetch_at"])
        told = f" It is asked again after {feed.next_fetch_at:%-d %B, %H:%M} UTC." if feed.next_fetch_at else ""
        raise JobError(f"{error}{told}", advice=error.advice) from error
    for refusal in (*report.observations.refused, *report.forecasts.refused):
        job.warn(refusal.reason)
    return {
        "observations": report.observations.stored,
        "new_observations": report.observations.new,
        "forecast_rows": report.forecasts.new,
    }


@every_tick
def fetch_weather_when_due(now: datetime) -> None:
    """Enqueue the fetches whose time has come."""
    enqueue_due_fetches(now=now)


def _file(params: dict[str, Any]) -> str:
    name = ImportBatch.objects.filter(pk=params["batch_id"]).values_list("name", flat=True).first()
    return str(name or "")


@job_kind(title="Import a file", cluster="computing", max_attempts=3, timeout_s=3600, subject=_file)
def import_file(job: RunningJob, *, batch_id: int, step: str) -> dict[str, Any]:
    """Check a file, store it or take it back. Started again after a kill, it goes on where it was."""
    batch = ImportBatch.objects.select_related("meter__site", "site", "source").filter(pk=batch_id).first()
    if batch is None:
        raise JobError("This import has been dropped since.", advice="Send the file again if it is still wanted.")
    try:
        return _STEPS[step](job, batch)
    except BadTable as error:
        raise JobError(str(error), advice="Nothing was stored.") from error
    except NotReady as error:
        raise JobError(str(error)) from error


def _check(job: RunningJob, batch: ImportBatch) -> dict[str, Any]:
    job.step(f"Reading {batch}, storing nothing")
    report = check_batch(batch=batch, now=timezone.now(), progress=job.progress)
    return {"rows": report.rows_n, "bad": report.faults_n}


def _store(job: RunningJob, batch: ImportBatch) -> dict[str, Any]:
    job.step(f"Storing the readings of {batch}")
    report = store_batch(batch=batch, now=timezone.now(), progress=job.progress)
    for meter_id in batch.touched:
        announce(announcement="readings_stored", params={"meter_id": int(meter_id)})
    return {"new": report.new, "changed": report.changed, "same": report.same}


def _undo(job: RunningJob, batch: ImportBatch) -> dict[str, Any]:
    job.step(f"Taking back what {batch} wrote")
    report = undo_batch(batch=batch, now=timezone.now(), by=job.row.requested_by, progress=job.progress)
    return {"removed": report.removed, "restored": report.restored}


_STEPS = {"check": _check, "store": _store, "undo": _undo}


def _meter(params: dict[str, Any]) -> str:
    return str(get_meter(params["meter_id"]))


@job_kind(title="Validate readings", cluster="computing", after=("readings_stored",), subject=_meter)
def validate_readings(job: RunningJob, *, meter_id: int) -> dict[str, Any]:
    """Put the last weeks of a meter to every rule; doubtful readings go into quarantine with their reason."""
    meter, now = get_meter(meter_id), timezone.now()
    through = data_through(meter)
    if through is None:
        return {}
    job.step(f"Learning when readings of {meter} come")
    learn_lag(meter=meter, now=now)
    job.step(f"Validating {meter}")
    midnight = (
        (through - VALIDATED).astimezone(ZoneInfo(meter.site.zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    )
    reports = validate(meter=meter, now=now, start=midnight)
    return {report.rule: report.new for report in reports if report.new}
