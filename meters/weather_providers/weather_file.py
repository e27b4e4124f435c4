"""A file that something else writes: a weather station, a script, a person."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from meters.domain.weather import Place, Weather, WeatherError, WeatherProvider
from meters.domain.weather_files import read_weather_file
from meters.domain.weather_tables import BadWeatherTable
from twin_project.kit.env import VAR
from twin_project.kit.params import param

FOLDER = VAR / "weather"


class WeatherFile(WeatherProvider):
    """Read again at each fetch; what is known already is written no second time."""

    title = "File"
    summary = "A CSV or Parquet file in the folder weather/ of the twin: timestamp, temperature_c, perhaps issued_at."
    credit = ""

    @dataclass(frozen=True)
    class Params:
        """Which file."""

        name: str = param("weather.csv", "File", "Its name inside the folder weather/.")

    def fetch(self, place: Place, *, since: datetime, now: datetime) -> Weather:
        """Everything that the file holds."""
        path = FOLDER / Path(self.params.name).name  # a name, never a way out of the folder
        try:
            return read_weather_file(path, zone=place.zone)
        except BadWeatherTable as error:
            raise WeatherError(str(error), advice=f"Look at {path}.") from error
