"""Readings out of the database and in again: nothing is lost, in any format."""

from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from django.core.management import call_command
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from meters.domain.quantities import COLUMNS
from meters.models import Meter, Reading, Site, Source
from meters.selectors.export import export_frames
from meters.services import ensure_meter, import_readings, store_readings
from meters.services.exporting import export_formats, export_readings

ALWAYS: dict[str, Any] = {"start": datetime(2000, 1, 1, tzinfo=UTC), "end": datetime(2100, 1, 1, tzinfo=UTC)}
ENDINGS = {"csv": "csv", "excel": "xlsx", "parquet": "parquet"}
values = st.one_of(st.none(), st.floats(0, 9.0, allow_nan=False, allow_subnormal=False))


def contents(meter: Meter) -> list[tuple[object, ...]]:
    return list(
        Reading.objects.filter(meter=meter).order_by("start_at").values_list("start_at", "interval_s", *COLUMNS)
    )


@pytest.mark.parametrize("key", ["csv", "excel", "parquet"])
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(energy=st.lists(values, min_size=1, max_size=12), first=st.integers(0, 200))
@example(energy=[0.1, None, 1 / 3, 2.0, 1e-9, 0.2, 0.3], first=23)
@example(energy=[0.1] * 12, first=45)
def test_import_of_an_export_is_the_identity(  # noqa: PLR0917 - fixtures and what is tried
    site: Site, source: Source, now: datetime, tmp_path: Path, key: str, energy: list[float | None], first: int
) -> None:
    """Both examples lie on clock-change nights of Paris: 2026-03-29 and 2025-10-26."""
    begin = pd.Timestamp("2025-10-25" if len(energy) == 12 else "2026-03-28", tz="UTC") + pd.Timedelta(hours=first // 4)
    serial = f"{key} {Meter.objects.count()}"
    meter = ensure_meter(site=site, reference=f"from {serial}", interval_s=1800)
    twin = ensure_meter(site=site, reference=f"to {serial}", interval_s=900)
    frame = pd.DataFrame({"start_at": pd.date_range(begin, periods=len(energy), freq="30min"), "interval_s": 1800})
    frame["energy_kwh"] = np.array(energy, dtype="float64")
    frame["voltage_v"] = 230.0 + np.arange(len(energy)) / 7
    store_readings(meter=meter, readings=frame, source=source, now=now)
    path = tmp_path / f"{serial}.{ENDINGS[key]}"
    with path.open("wb") as target:
        assert export_readings(meters=[meter], format=key, target=target, **ALWAYS) == len(energy)
    report, _ = import_readings(path=path, now=now, meter=twin)
    assert report.faults == []
    assert contents(twin) == contents(meter)
    again, _ = import_readings(path=path, now=now, meter=meter)
    assert again.stored is not None
    assert (again.stored.new, again.stored.changed) == (0, 0)


def test_an_export_has_both_clocks_quality_and_source(
    meter: Meter, store: Callable[..., object], frame: Callable[..., pd.DataFrame]
) -> None:
    store(frame("2026-03-29T00:30Z", 3, quality=[0, 1, 2], energy_kwh=[1.0, 2.0, 3.0]))
    (out,) = export_frames(meters=[meter], **ALWAYS)
    assert out["start_local"].tolist()[1:] == ["2026-03-29T01:45:00+01:00", "2026-03-29T03:00:00+02:00"]
    assert out["quality"].tolist() == ["measured", "estimated", "suspect"]
    assert out["source"].unique().tolist() == ["test.csv"]


@pytest.mark.parametrize("key", sorted(export_formats()))
def test_an_empty_period_gives_a_file_with_titles_only(meter: Meter, key: str) -> None:
    target = BytesIO()
    assert export_readings(meters=[meter], format=key, target=target, **ALWAYS) == 0
    assert len(target.getvalue()) > 100


def test_the_command_writes_whole_local_days(
    meter: Meter, store: Callable[..., object], frame: Callable[..., pd.DataFrame], tmp_path: Path
) -> None:
    store(frame("2026-04-30T21:00Z", 12, 3600))
    path = tmp_path / "may.csv"
    call_command(
        "export_readings", str(path), "--meter", meter.slug, "--from", "2026-05-01", "--to", "2026-05-01", "--json"
    )
    out = pd.read_csv(path)
    assert len(out) == 11
    assert out["start_local"].iloc[0] == "2026-05-01T00:00:00+02:00"
    assert list(tmp_path.iterdir()) == [path]
