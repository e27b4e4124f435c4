"""Readings out of the database and in again: nothing is lost, in any format."""

from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from meters.domain.quantities import COLUMNS
from meters.models import Meter, Quality, Reading, Site, Source
from meters.selectors.export import export_frames
from meters.services import StoreReport, edit_reading, ensure_meter, import_readings, store_readings
from meters.services.exporting import export_formats, export_readings

ALWAYS: dict[str, Any] = {"start": datetime(2000, 1, 1, tzinfo=UTC), "end": datetime(2100, 1, 1, tzinfo=UTC)}
ENDINGS = {"csv": "csv", "excel": "xlsx", "parquet": "parquet"}
QUALITIES = [Quality.MEASURED, Quality.ESTIMATED, Quality.SUSPECT, Quality.EDITED]
values = st.one_of(st.none(), st.floats(0, 9.0, allow_nan=False, allow_subnormal=False))
rows = st.lists(st.tuples(values, values, st.sampled_from(QUALITIES)), min_size=1, max_size=12)
MIXED = [(0.1, 0.5, 0), (None, 7.0, 1), (1 / 3, None, 2), (2.0, 4.0, 3), (1e-9, 0.0, 1), (0.2, 8.5, 2), (0.3, 0.6, 0)]
Rows = list[tuple[float | None, float | None, int]]


def contents(meter: Meter) -> list[tuple[object, ...]]:
    stored = Reading.objects.filter(meter=meter).order_by("start_at")
    return list(stored.values_list("start_at", "interval_s", "quality", *COLUMNS))


def as_frame(begin: pd.Timestamp, some: Rows) -> pd.DataFrame:
    frame = pd.DataFrame({"start_at": pd.date_range(begin, periods=len(some), freq="30min"), "interval_s": 1800})
    frame["energy_kwh"] = np.array([energy for energy, *_ in some], dtype="float64")
    frame["power_kw"] = np.array([power for _, power, _ in some], dtype="float64")  # need not agree with the energy
    frame["voltage_v"] = 230.0 + np.arange(len(some)) / 7
    return frame.assign(quality=np.array([quality for *_, quality in some], dtype="int16"))


@pytest.mark.parametrize("key", ["csv", "excel", "parquet"])
@settings(
    max_examples=8,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(some=rows, first=st.integers(0, 200))
@example(some=MIXED, first=23)
@example(some=[(0.1, 0.2, quality) for quality in QUALITIES * 3], first=45)
@example(some=[(None, 0.2, 0)] * 3, first=0)
def test_import_of_an_export_is_the_identity(  # noqa: PLR0917 - fixtures and what is tried
    site: Site, source: Source, now: datetime, tmp_path: Path, key: str, some: Rows, first: int
) -> None:
    """Values and quality. The first examples lie on clock-change nights of Paris: 2026-03-29 and 2025-10-26."""
    begin = pd.Timestamp("2025-10-25" if len(some) == 12 else "2026-03-28", tz="UTC") + pd.Timedelta(hours=first // 4)
    serial = f"{key} {Meter.objects.count()}"
    meter = ensure_meter(site=site, reference=f"from {serial}", interval_s=1800)
    twin = ensure_meter(site=site, reference=f"to {serial}", interval_s=900)
    store_readings(meter=meter, readings=as_frame(begin, some), source=source, now=now)
    assert [row[2] for row in contents(meter)] == [quality for *_, quality in some]
    path = tmp_path / f"{serial}.{ENDINGS[key]}"
    with path.open("wb") as target:
        assert export_readings(meters=[meter], format=key, target=target, **ALWAYS) == len(some)
    report, _ = import_readings(path=path, now=now, meter=twin)
    assert report.faults == []
    assert contents(twin) == contents(meter)
    again, _ = import_readings(path=path, now=now, meter=meter)
    assert again.stored is not None
    assert (again.stored.new, again.stored.changed) == (0, 0)


@pytest.mark.parametrize("key", ["csv", "excel", "parquet"])
def test_what_a_person_edited_comes_back_edited_and_stays_so(  # noqa: PLR0917
    meter: Meter, store: Callable[..., StoreReport], frame: Callable[..., pd.DataFrame], now: datetime, tmp_path: Path,
    key: str,
) -> None:  # fmt: skip
    """Even beyond the rating, where the same value out of a portal would be quarantined."""
    Meter.objects.update(capacity_kw=5.0)
    meter.refresh_from_db()
    store(frame(n=4, energy_kwh=[1.0, 1.0, 2.0, 1.0]))
    clerk = User.objects.create_user("clerk")
    at = datetime(2026, 5, 1, 0, 15, tzinfo=UTC)
    edit_reading(meter=meter, start_at=at, values={"energy_kwh": 1.5}, user_id=clerk.pk, reason="read", now=now)
    path = tmp_path / f"edited.{ENDINGS[key]}"
    with path.open("wb") as target:
        export_readings(meters=[meter], format=key, target=target, **ALWAYS)
    before = contents(meter)
    assert [row[2] for row in before] == [0, 3, 2, 0]
    Reading.objects.all().delete()
    import_readings(path=path, now=now, meter=meter)
    assert contents(meter) == before
    assert store(frame(n=4, energy_kwh=[1.0, 1.0, 2.0, 1.0])).changed == 0


def test_an_export_of_several_meters_finds_them_again(  # noqa: PLR0917
    site: Site, meter: Meter, store: Callable[..., StoreReport], frame: Callable[..., pd.DataFrame], now: datetime,
    tmp_path: Path,
) -> None:  # fmt: skip
    second = ensure_meter(site=site, reference="9", name="=1+1", interval_s=3600)
    store(frame(n=4))
    store(frame(n=4, interval_s=3600, power_kw=[1.0, 2.0, 3.0, 4.0], quality=[1, 2, 0, 1]), into=second)
    before = contents(meter), contents(second)
    path = tmp_path / "both.csv"
    with path.open("wb") as target:
        export_readings(meters=[meter, second], format="csv", target=target, **ALWAYS)
    Reading.objects.all().delete()
    import_readings(path=path, now=now, site=site)
    assert (contents(meter), contents(second)) == before


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
