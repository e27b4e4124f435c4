"""Ask a site's provider for its weather, keep what it gave, and say when it is asked again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Min, Q

from meters.domain.reports import StoreReport
from meters.domain.weather import Answer, Place, WeatherError, WeatherProvider
from meters.domain.weather_files import read_weather_file
from meters.models import Reading, Site, WeatherFeed, WeatherObservation
from meters.registry import weather_providers
from meters.services.register import ensure_source
from meters.services.weather import store_weather, store_weather_forecast
from twin_project.kit import params as kit_params
from twin_project.kit.addresses import AddressRefused, AddressUnknown, check_address, parsed
from twin_project.kit.env import VAR
from twin_project.kit.jobs.services import enqueue
from twin_project.kit.registry import BrokenPlugin, UnknownPlugin
from twin_project.kit.web import Web, WebError

DELAYS = (timedelta(minutes=15), timedelta(hours=1), timedelta(hours=6), timedelta(hours=24))
AGAIN = timedelta(days=10)  # a reanalysis is late and corrected: these days are read anew
LONGEST = timedelta(days=3 * 366)
FIRST_DAYS = timedelta(days=30)  # of a site without readings


@dataclass(frozen=True)
class WeatherReport:
    """What a fetch stored."""

    observations: StoreReport
    forecasts: StoreReport


def save_weather_feed(
    *, site: Site, provider: str, params: Mapping[str, Any], every_minutes: int = 360, now: datetime
) -> WeatherFeed:
    """Choose who is asked for the site's weather; the first fetch is due at once. Raises ValidationError."""
    feed = WeatherFeed.objects.filter(site=site).first() or WeatherFeed(site=site)
    feed.provider, feed.params, feed.every_minutes = provider, dict(params), every_minutes
    feed.enabled, feed.next_fetch_at = True, now
    feed.failures, feed.problem, feed.advice = 0, "", ""
    feed.full_clean()
    check_feed(feed)
    feed.save()
    return feed


def check_feed(feed: WeatherFeed) -> None:
    """Parameters that fit, addresses that may be asked; raises ValidationError.

    A name that cannot be looked up at the moment is let through: it is checked again at each fetch.
    """
    try:
        provider = _provider(feed, Web(VAR / "cache" / "web"), now=None)
    except kit_params.BadParams as error:
        raise ValidationError({"params": [f"{name}: {said}" for name, said in error.errors.items()]}) from error
    except (UnknownPlugin, BrokenPlugin) as error:
        raise ValidationError({"provider": str(error)}) from error
    for address in provider.addresses():
        try:
            parsed(address)
            check_address(address, allow_private=settings.ALLOW_PRIVATE_ADDRESSES)
        except AddressRefused as error:
            raise ValidationError({"params": str(error)}) from error
        except AddressUnknown:
            continue


def fetch_weather(*, feed: WeatherFeed, now: datetime, web: Web | None = None) -> WeatherReport:
    """Ask, store, and set when to ask again. Raises WeatherError after writing it down with the next try."""
    site = feed.site
    # Whatever happens to this process, the provider is not asked again at once.
    WeatherFeed.objects.filter(pk=feed.pk).update(tried_at=now, next_fetch_at=now + DELAYS[0])
    place = Place(site.latitude, site.longitude, site.zone)
    try:
        got = _provider(feed, web or _web(), now=now).fetch(place, since=_since(site, now), now=now)
    except (kit_params.BadParams, UnknownPlugin, BrokenPlugin) as error:
        failure = WeatherError(f"The weather of {site} cannot be fetched: {error}", retryable=False)
        _write_failure(feed, failure, now)
        raise failure from error
    except WeatherError as error:
        _write_failure(feed, error, now)
        raise
    source = ensure_source(kind="weather", label=f"{_title(feed.provider)} for {site.name}", now=now)
    report = WeatherReport(
        store_weather(site=site, observations=got.observations, source=source),
        StoreReport()
        if got.forecasts.empty
        else store_weather_forecast(site=site, forecasts=got.forecasts, source=source),
    )
    WeatherFeed.objects.filter(pk=feed.pk).update(
        tried_at=now, fetched_at=now, next_fetch_at=now + feed.every, failures=0, problem="", advice=""
    )
    return report


def import_weather(*, path: Path, site: Site, now: datetime, zone: str | None = None) -> WeatherReport:
    """Store a CSV or Parquet file of weather; raises BadWeatherTable with a sentence, and stores nothing then."""
    got = read_weather_file(path, zone=zone or site.zone)
    source = ensure_source(kind="import", label=path.name, now=now)
    observed = store_weather(site=site, observations=got.observations, source=source)
    if got.forecasts.empty:
        return WeatherReport(observed, StoreReport())
    return WeatherReport(observed, store_weather_forecast(site=site, forecasts=got.forecasts, source=source))


def enqueue_due_fetches(*, now: datetime) -> int:
    """Ask for a job for each feed that is due; returns how many."""
    due = WeatherFeed.objects.filter(Q(next_fetch_at__lte=now) | Q(next_fetch_at=None), enabled=True)
    for feed in due:
        enqueue(kind="fetch_weather", params={"feed_id": feed.pk})
    return len(due)


def _provider(feed: WeatherFeed, web: Web, *, now: datetime | None) -> WeatherProvider:
    plugin = weather_providers.get(feed.provider)

    def get(address: str, query: Mapping[str, Any]) -> Answer:
        if now is None:
            raise WeatherError("Nothing is asked while a feed is checked.")
        try:
            given = web.get_json(address, query, now=now)
        except WebError as error:
            advice = "" if error.retryable else "Look at the address of the provider in the admin."
            raise WeatherError(str(error), advice=advice, retryable=error.retryable) from error
        return Answer(given.document, given.given_at)

    return plugin(kit_params.read(plugin.Params, feed.params), get=get)


def _web() -> Web:
    return Web(VAR / "cache" / "web", allow_private=settings.ALLOW_PRIVATE_ADDRESSES)


def _since(site: Site, now: datetime) -> datetime:
    """From the first reading of the site's meters, or from some days before the last observation."""
    last = WeatherObservation.objects.filter(site=site).order_by("-start_at").values_list("start_at", flat=True).first()
    first = Reading.objects.filter(meter__site=site).aggregate(first=Min("start_at"))["first"]
    wanted = max(first or now - FIRST_DAYS, now - LONGEST)
    earliest = WeatherObservation.objects.filter(site=site).aggregate(first=Min("start_at"))["first"]
    if last is None or earliest is None or earliest > wanted + timedelta(days=1):
        return wanted
    return max(min(last - AGAIN, now - AGAIN), wanted)


def _write_failure(feed: WeatherFeed, error: WeatherError, now: datetime) -> None:
    failures = feed.failures + 1
    delay = DELAYS[min(failures, len(DELAYS)) - 1] if error.retryable else DELAYS[-1]
    WeatherFeed.objects.filter(pk=feed.pk).update(
        tried_at=now, failures=failures, problem=str(error)[:400], advice=error.advice[:400], next_fetch_at=now + delay
    )


def _title(provider: str) -> str:
    return weather_providers.get(provider).title
