"""Open-Meteo: free weather by coordinates, from a reanalysis and the newest forecast (open-meteo.com/en/docs)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pandas as pd

from meters.domain.weather import Answer, Place, Weather, WeatherError, WeatherProvider
from twin_project.kit.params import param

# Ours -> theirs, and how far their stamp lies behind the interval: radiation is the mean of the hour BEFORE it.
FIELDS = {
    "temperature_c": ("temperature_2m", timedelta(0)),
    "relative_humidity_pct": ("relative_humidity_2m", timedelta(0)),
    "irradiance_w_m2": ("shortwave_radiation", timedelta(hours=1)),
    "wind_speed_ms": ("wind_speed_10m", timedelta(0)),
}
FIRST_DAY = date(1940, 1, 1)
PAST_DAYS, AHEAD_DAYS = 7, 7  # the archive follows some days behind; the forecast's own past fills them
A_YEAR = 366


class OpenMeteo(WeatherProvider):
    """Two addresses: `archive` for what was, `forecast` for what comes and for the days that the archive lacks.

    A forecast does not say when its models were started, so it counts as issued when it was fetched: nobody
    here knew it earlier.
    """

    title = "Open-Meteo"
    summary = "Weather by coordinates from a reanalysis and the newest forecast. No account; for non-commercial use."
    credit = "Weather data by Open-Meteo.com, CC BY 4.0"

    @dataclass(frozen=True)
    class Params:
        """Where it is asked: its own hosts, a paid plan's, or a copy on your own machine."""

        forecast_url: str = param("https://api.open-meteo.com/v1/forecast", "Forecast address")
        archive_url: str = param("https://archive-api.open-meteo.com/v1/archive", "Archive address")
        apikey: str = param("", "API key", "Only for a paid plan.")

    def addresses(self) -> list[str]:
        """Both."""
        return [self.params.forecast_url, self.params.archive_url]

    def fetch(self, place: Place, *, since: datetime, now: datetime) -> Weather:
        """The archive year by year up to the days that the forecast brings, then the forecast."""
        if place.latitude is None or place.longitude is None:
            raise WeatherError(
                "The site has no coordinates, so Open-Meteo cannot be asked.",
                advice="Give the site its latitude and longitude in the admin.",
                retryable=False,
            )
        query = {"latitude": round(place.latitude, 4), "longitude": round(place.longitude, 4)}
        newest = self._ask(self.params.forecast_url, {**query, "past_days": PAST_DAYS, "forecast_days": AHEAD_DAYS})
        recent = _frame(newest)
        archive = [
            _frame(self._ask(self.params.archive_url, {**query, "start_date": first, "end_date": last}))
            for first, last in _years(max(since.date(), FIRST_DAY), now.date() - timedelta(days=1))
        ]
        over = pd.Timestamp(now) - pd.Timedelta(hours=1)
        past = pd.concat([recent[recent["start_at"] <= over], *archive])  # the archive has the last word
        past = past.drop_duplicates("start_at", keep="last").sort_values("start_at", ignore_index=True)
        ahead = recent[recent["start_at"] > over].assign(issued_at=newest.given_at)
        return Weather(past[past["start_at"] >= since], ahead.reset_index(drop=True))

    def _ask(self, address: str, query: dict[str, Any]) -> Answer:
        wanted = {"hourly": ",".join(theirs for theirs, _ in FIELDS.values()), "wind_speed_unit": "ms"}
        key = {"apikey": self.params.apikey} if self.params.apikey else {}
        return self.get(address, {**query, **wanted, "timezone": "UTC", "timeformat": "unixtime", **key})


def _years(first: date, last: date) -> Iterator[tuple[str, str]]:
    while first <= last:
        end = min(first + timedelta(days=A_YEAR - 1), last)
        yield first.isoformat(), end.isoformat()
        first = end + timedelta(days=1)


def _frame(answer: Answer) -> pd.DataFrame:
    """The hours of a document; raises WeatherError where it has another shape than promised."""
    try:
        hourly = answer.document["hourly"]
        times = [datetime.fromtimestamp(second, UTC) for second in hourly["time"]]
        index = pd.DatetimeIndex(times, tz="UTC", name="start_at").as_unit("us")
        frame = pd.DataFrame(index=index)
        for ours, (theirs, late) in FIELDS.items():
            values = pd.Series(hourly[theirs], index=index - pd.Timedelta(late), dtype="float64")
            frame[ours] = values.reindex(index)
    except (KeyError, TypeError, ValueError, OverflowError, OSError) as error:
        raise WeatherError(
            "Open-Meteo answered in a shape that is not understood.",
            advice="Look whether its addresses are right; a newer version of the twin may be needed.",
            retryable=False,
        ) from error
    return frame.dropna(subset=["temperature_c"]).reset_index()
