"""Ask the weather provider of sites, or read a file of weather."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from meters.domain.weather import WeatherError
from meters.domain.weather_tables import BadWeatherTable
from meters.models import Site, WeatherFeed
from meters.registry import weather_providers
from meters.services import WeatherReport, fetch_weather, import_weather, save_weather_feed


class Command(BaseCommand):
    """Exit 0 where all that was asked gave weather, 1 with a sentence otherwise."""

    help = "Fetch the weather of a site from its provider (of all sites with one, by default), or read --file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which sites, from where."""
        parser.add_argument("--site", help="its short name")
        parser.add_argument("--provider", help=f"choose it for --site first: {', '.join(weather_providers.keys())}")
        parser.add_argument(
            "--param", nargs="+", action="extend", default=[], metavar="NAME=VALUE", help="of the provider"
        )
        parser.add_argument("--file", type=Path, help="with --site: a CSV or Parquet file to read once")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Fetch."""
        if (options["provider"] or options["file"]) and not options["site"]:
            raise CommandError("Name the site with --site.")
        site = self._site(options["site"]) if options["site"] else None
        if site is not None and options["file"]:
            self._tell(site, _read(options["file"], site), options["json"])
            return
        if site is not None and options["provider"]:
            _choose(site, options["provider"], options["param"])
        feeds = WeatherFeed.objects.select_related("site").filter(enabled=True)
        chosen = list(feeds if site is None else feeds.filter(site=site))
        if not chosen:
            raise CommandError("No weather provider is chosen. Choose one: --site NAME --provider open_meteo")
        problems = []
        for feed in chosen:
            try:
                self._tell(feed.site, fetch_weather(feed=feed, now=timezone.now()), options["json"])
            except WeatherError as error:
                problems.append(f"{feed.site}: {error} {error.advice}".strip())
        if problems:
            raise CommandError("\n".join(problems))

    def _site(self, slug: str) -> Site:
        site = Site.objects.filter(slug=slug).first()
        if site is None:
            known = ", ".join(Site.objects.values_list("slug", flat=True)) or "none yet"
            raise CommandError(f"There is no site {slug!r}; there are: {known}.")
        return site

    def _tell(self, site: Site, report: WeatherReport, as_json: bool) -> None:
        seen, told = report.observations, report.forecasts
        if as_json:
            counts = {"new": seen.new, "changed": seen.changed, "same": seen.same, "forecast_rows": told.stored}
            self.stdout.write(json.dumps({"site": site.slug, **counts}))
            return
        self.stdout.write(
            f"{site}: {seen.new} new, {seen.changed} corrected, {seen.same} known observations; "
            f"{told.stored} forecast intervals."
        )
        for refusal in (*seen.refused, *told.refused)[:20]:
            self.stderr.write(refusal.reason)


def _read(path: Path, site: Site) -> WeatherReport:
    try:
        return import_weather(path=path, site=site, now=timezone.now())
    except BadWeatherTable as error:
        raise CommandError(f"{error} Nothing was stored.") from error


def _choose(site: Site, provider: str, given: list[str]) -> None:
    try:
        params = dict(one.split("=", 1) for one in given)
    except ValueError:
        raise CommandError("Give each --param as NAME=VALUE.") from None
    try:
        save_weather_feed(site=site, provider=provider, params=params, now=timezone.now())
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from error
