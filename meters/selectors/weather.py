"""Weather at a site: as it was known at an instant, and the state of its sources."""

from dataclasses import dataclass
from datetime import datetime

import pandas as pd
from django.db import connection
from django.db.models import Count, Exists, Max, OuterRef
from psycopg import sql

from meters.domain.weather import COLUMNS
from meters.models import Site, WeatherFeed, WeatherForecast, WeatherObservation
from meters.registry import weather_providers
from twin_project.kit.vintages import as_issued

_OBSERVED = sql.SQL("""
SELECT (extract(epoch FROM start_at) * 1000000)::bigint, {columns} FROM meters_weatherobservation
WHERE site_id = %s AND start_at >= %s AND start_at < %s ORDER BY start_at
""")

# The newest vintage of each interval up to a cut-off: one walk through the key.
_NEWEST = sql.SQL("""
SELECT DISTINCT ON (start_at) (extract(epoch FROM start_at) * 1000000)::bigint,
    (extract(epoch FROM issued_at) * 1000000)::bigint, {columns}
FROM meters_weatherforecast
WHERE site_id = %s AND start_at >= %s AND start_at < %s AND issued_at <= %s
ORDER BY start_at, issued_at DESC
""")

_VINTAGES = sql.SQL("""
SELECT (extract(epoch FROM start_at) * 1000000)::bigint, (extract(epoch FROM issued_at) * 1000000)::bigint, {columns}
FROM meters_weatherforecast WHERE site_id = %s AND start_at >= %s AND start_at < %s ORDER BY start_at, issued_at
""")


@dataclass(frozen=True)
class Vintage:
    """The forecasts of one time of issue."""

    issued_at: datetime
    rows_n: int
    through_at: datetime


@dataclass(frozen=True)
class WeatherState:
    """What is known of a site's weather, and from whom; `title` and `credit` are of the provider."""

    feed: WeatherFeed | None
    title: str
    credit: str
    last: WeatherObservation | None
    vintages: list[Vintage]


def weather_as_of(
    *, site: Site, cutoff: datetime, start: datetime, end: datetime, columns: tuple[str, ...] = ("temperature_c",)
) -> pd.DataFrame:
    """Weather over `[start, end)` as it was known at `cutoff`, by interval start (UTC).

    Observations that began before the cut-off; for every other interval the newest vintage issued up to it.
    Nothing that was observed or issued later is in it. Intervals that nobody observed or forecast are missing.
    """
    names = _columns(columns)
    with connection.cursor() as cursor:
        cursor.execute(_OBSERVED.format(columns=names), [site.pk, start, min(end, cutoff)])
        observed = _indexed(pd.DataFrame(cursor.fetchall(), columns=["start_at", *columns]), columns)
        cursor.execute(_NEWEST.format(columns=names), [site.pk, start, end, cutoff])
        issued = _stamped(pd.DataFrame(cursor.fetchall(), columns=["start_at", "issued_at", *columns]), columns)
    return as_issued(observed, issued, cutoff=cutoff, until=end)


def weather_vintages(
    *, site: Site, start: datetime, end: datetime, columns: tuple[str, ...] = ("temperature_c",)
) -> pd.DataFrame:
    """Every forecast of the intervals in `[start, end)`: `start_at`, `issued_at` and the columns, for a backtest."""
    with connection.cursor() as cursor:
        cursor.execute(_VINTAGES.format(columns=_columns(columns)), [site.pk, start, end])
        return _stamped(pd.DataFrame(cursor.fetchall(), columns=["start_at", "issued_at", *columns]), columns)


def sites_with_weather() -> set[int]:
    """The ids of the sites of which any weather is known, observed or forecast."""
    observed = Site.objects.filter(Exists(WeatherObservation.objects.filter(site=OuterRef("pk"))))
    forecast = Site.objects.filter(Exists(WeatherForecast.objects.filter(site=OuterRef("pk"))))
    return {*observed.values_list("pk", flat=True), *forecast.values_list("pk", flat=True)}


def weather_state(site: Site, *, vintages_n: int = 12) -> WeatherState:
    """The site's feed, its last observation and its newest vintages."""
    feed = WeatherFeed.objects.filter(site=site).first()
    provider = weather_providers.all().get(feed.provider) if feed else None
    newest = (
        WeatherForecast.objects.filter(site=site)
        .values("issued_at")
        .annotate(rows_n=Count("start_at"), through_at=Max("start_at"))
        .order_by("-issued_at")[:vintages_n]
    )
    return WeatherState(
        feed,
        provider.title if provider else feed.provider if feed else "",
        provider.credit if provider else "",
        WeatherObservation.objects.filter(site=site).select_related("source").order_by("-start_at").first(),
        [Vintage(row["issued_at"], row["rows_n"], row["through_at"]) for row in newest],
    )


def _columns(columns: tuple[str, ...]) -> sql.Composed:
    unknown = set(columns) - set(COLUMNS)
    if unknown:
        raise ValueError(f"{', '.join(sorted(unknown))} is no weather; there are: {', '.join(COLUMNS)}.")
    return sql.SQL(", ").join(sql.Identifier(column) for column in columns)


def _stamped(rows: pd.DataFrame, columns: tuple[str, ...]) -> pd.DataFrame:
    for name in ("start_at", "issued_at"):
        rows[name] = pd.to_datetime(rows[name].astype("int64"), unit="us", utc=True).dt.as_unit("us")
    return rows.astype(dict.fromkeys(columns, "float64"))


def _indexed(rows: pd.DataFrame, columns: tuple[str, ...]) -> pd.DataFrame:
    instants = pd.to_datetime(rows["start_at"].astype("int64"), unit="us", utc=True)
    index = pd.DatetimeIndex(instants, name="start_at").as_unit("us")
    return rows[list(columns)].astype("float64").set_axis(index)
