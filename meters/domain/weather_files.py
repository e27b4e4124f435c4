"""Files of weather: CSV and Parquet."""

from pathlib import Path

import pandas as pd

from meters.domain.weather import Weather
from meters.domain.weather_tables import BadWeatherTable, read_weather_table

LARGEST_BYTES = 256 * 1024 * 1024


def read_weather_file(path: Path, *, zone: str) -> Weather:
    """What the file holds; raises BadWeatherTable with a sentence."""
    if not path.is_file():
        raise BadWeatherTable(f"There is no file {path}.")
    if path.stat().st_size > LARGEST_BYTES:
        raise BadWeatherTable(f"{path.name} is larger than {LARGEST_BYTES >> 20} MiB; cut it into parts.")
    try:
        if path.suffix.lower() == ".csv":
            raw = pd.read_csv(path, dtype="string", keep_default_na=False)
            return read_weather_table(raw, zone=zone)
        if path.suffix.lower() in (".parquet", ".pq"):
            return read_weather_table(pd.read_parquet(path), zone=zone, first_row=1)
    except BadWeatherTable:
        raise
    except (ValueError, OSError) as error:
        raise BadWeatherTable(f"{path.name} cannot be read: {str(error).splitlines()[0]}.") from error
    raise BadWeatherTable(f"{path.name} is neither .csv nor .parquet.")
