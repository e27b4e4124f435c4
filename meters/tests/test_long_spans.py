"""A period of very many readings is shown out of its roll-ups by the hour, and tells the same."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from django.test import Client

from meters.models import Meter, Reading
from meters.selectors import meter_named
from meters.selectors.coverage import covered_period
from meters.services import ensure_source, rebuild_rollups, store_readings
from meters.views import exploring
from meters.views.explore import _cards
from meters.views.exploring import Material, material_of
from twin_project.kit.figures import decode
from twin_project.kit.periods import Period


@pytest.fixture
def days(house: Meter) -> tuple[Meter, Period]:
    """All whole days of the house, with some readings estimated and some in quarantine."""
    meter, zone = meter_named(house.slug), ZoneInfo(house.site.zone)
    covered = covered_period(meter)
    assert covered is not None
    first, last = (at.astimezone(zone).date() for at in covered)
    for quality, back in ((1, 3), (2, 7)):
        since = covered[1] - timedelta(days=back)
        Reading.objects.filter(meter=meter, start_at__gte=since, start_at__lt=since + timedelta(hours=2)).update(
            quality=quality
        )
    rebuild_rollups(meter=meter)
    return meter, Period("custom", first + timedelta(days=1), last, zone)


@pytest.fixture
def both(days: tuple[Meter, Period], monkeypatch: pytest.MonkeyPatch) -> tuple[Material, Material]:
    """The same days reading by reading, and by the hour."""
    meter, period = days
    fine = material_of(meter, period, period.moved(-1))
    assert not fine.coarse
    assert len(fine.power) > 1000
    monkeypatch.setattr(exploring, "MOST_INTERVALS", 500)
    return fine, material_of(meter, period, period.moved(-1))


def test_sums_peaks_and_shares_are_those_of_the_readings(both: tuple[Material, Material]) -> None:
    fine, coarse = both
    assert coarse.coarse
    assert coarse.step == timedelta(hours=1)
    hours = timedelta(hours=1)
    energies = [float(one.power.sum() * (one.step / hours)) for one in (fine, coarse)]
    known = [one.power.notna().sum() * one.step for one in (fine, coarse)]
    assert energies[1] == pytest.approx(energies[0], rel=0.01)  # hours of which a part is missing stand for all of it
    assert known[1] - known[0] <= timedelta(hours=6)
    assert coarse.peak.max() == fine.power.max()
    assert coarse.complete == pytest.approx(fine.complete, abs=0.001)
    assert (coarse.estimated_n, coarse.suspect_n) == (fine.estimated_n, fine.suspect_n) == (8, 8)


def test_the_least_and_the_greatest_voltage_survive(both: tuple[Material, Material]) -> None:
    fine, coarse = (one.extremes("voltage") for one in both)
    assert coarse["low"].min() == fine["low"].min()
    assert coarse["high"].max() == fine["high"].max()
    assert coarse["mean"].mean() == pytest.approx(fine["mean"].mean(), rel=0.001)


def test_cards_that_an_hour_cannot_tell_are_left_out_and_the_curve_says_so(both: tuple[Material, Material]) -> None:
    fine, coarse = ({card.name: card for card in _cards(one, "previous")} for one in both)
    assert set(fine) - set(coarse) == {"voltage-often", "current-often"}
    assert coarse["load"].note == "by the hour; drag over a part to see each reading"
    assert fine["load"].note == ""


@pytest.mark.usefixtures("both")
def test_the_pages_open_and_a_zoom_into_them_shows_each_reading(as_viewer: Client, days: tuple[Meter, Period]) -> None:
    meter, period = days
    for page in (f"/meters/{meter.slug}/explore/", f"/meters/{meter.slug}/"):
        answer = as_viewer.get(f"{page}?{period.query}")
        assert answer.status_code == 200
        assert "Highest mean power" in answer.content.decode() or "by the hour" in answer.content.decode()
    span = {"from": period.start.isoformat(), "to": (period.start + timedelta(days=2)).isoformat()}
    figure = as_viewer.get(f"/meters/{meter.slug}/figures/load.json", span).json()
    steps = np.diff(decode(next(trace for trace in figure["data"] if trace["name"] == "measured")["x"]))
    assert steps.min() == 15


def test_hours_of_a_half_hour_clock_change_stay_on_one_grid(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    from meters.services import ensure_meter, ensure_site

    meter = ensure_meter(site=ensure_site(name="Howe", zone="Australia/Lord_Howe"), reference="1", interval_s=900)
    starts = pd.date_range("2026-04-03T13:00Z", periods=96 * 3, freq="15min")
    source = ensure_source(kind="import", label="howe.csv", now=starts[-1].to_pydatetime())
    frame = pd.DataFrame({"start_at": starts, "interval_s": 900, "power_kw": 2.0})
    store_readings(meter=meter, readings=frame, source=source, now=starts[-1].to_pydatetime() + timedelta(days=1))
    monkeypatch.setattr(exploring, "MOST_INTERVALS", 100)
    zone = ZoneInfo("Australia/Lord_Howe")
    found = material_of(meter, Period("custom", starts[0].date(), starts[-1].date() + timedelta(days=1), zone))
    assert found.coarse
    assert found.power.notna().all()
    assert set(found.power) == {2.0}
    assert len(found.power) in (71, 72, 73)
