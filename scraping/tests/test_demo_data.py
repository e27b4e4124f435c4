"""The embedded readings against the full copies, where those are at hand."""

import os
from pathlib import Path

import pandas as pd
import pytest

from scraping.demo_portal.catalogue import DATA, source_readings

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("TWIN_SHARED_DATA", ROOT.parent / "shared" / "data"))
FULL = SHARED / "sceaux_1min.parquet"


@pytest.mark.skipif(not FULL.exists(), reason="the full Sceaux readings are not on this machine")
def test_every_quarter_hour_is_what_the_minutes_say() -> None:
    minutes = pd.read_parquet(FULL, columns=["timestamp", "timestamp_local", "kw", "kvar", "voltage", "current"])
    real = minutes.dropna(subset=["timestamp", "kw"]).set_index("timestamp_local").drop(columns="timestamp")
    quarter = real.astype("float64").resample("15min")
    count = quarter["kw"].count()
    kept = source_readings("sceaux_15min").droplevel("fold")
    # The fills' rule also takes 22 minutes that are the same as a day before by chance.
    differing = (count.reindex(kept.index) - kept["minutes"]).abs()
    assert differing.sum() <= 22
    assert set(count[count > 0].index) - set(kept.index) == set()
    same = kept[differing == 0]
    whole = same[same["minutes"] == 15]
    assert len(whole) > 136_000
    energy = (quarter["kw"].sum() / 60).reindex(whole.index)
    assert (energy - whole["energy_kwh"]).abs().max() < 0.00051
    for column, field, tolerance in (
        ("kw", "power_kw", 6e-4),
        ("voltage", "voltage_v", 6e-3),
        ("current", "current_a", 6e-3),
    ):
        assert (quarter[column].mean().reindex(same.index) - same[field]).abs().max() < tolerance


def test_energy_is_given_only_where_every_minute_was_measured() -> None:
    kept = source_readings("sceaux_15min")
    assert (kept["energy_kwh"].notna() == (kept["minutes"] == 15)).all()
    assert (kept["minutes"] > 0).all()


def test_the_simulated_home_has_both_passes_of_a_repeated_hour() -> None:
    home = source_readings("illinois_hourly")
    assert home.index.is_unique
    assert home.loc[(pd.Timestamp("2016-11-06 01:00"), 1), "energy_kwh"] == pytest.approx(0.27)
    assert home["temperature_c"].between(-40, 45).all()


def test_the_licences_stand_beside_the_data() -> None:
    readme = (DATA / "README.md").read_text()
    for word in ("Hebrail", "Berard", "CC BY 4.0", "10.24432/C58K54", "Simulated by its authors", "Apache-2.0"):
        assert word in readme
    assert "Apache License" in (DATA / "LICENSE-opendsm.txt").read_text()
    assert sum(path.stat().st_size for path in DATA.glob("*.parquet")) < 3_000_000
