"""Odd meters: each gets a forecast or a sentence, through the jobs and on every page, never a traceback."""

import contextlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pandas as pd
import pytest
from django.test import Client
from django.utils import timezone

import forecasting.registry
from forecasting.domain.ladder import NAIVE, RIVAL
from forecasting.models import ForecastRun, TrainedForecaster
from forecasting.selectors import ladder, latest_run, quantiles_of
from forecasting.services import issue_forecasts, train_forecaster
from forecasting.services.artifacts import folder_of
from forecasting.tasks import make_forecast, train_forecasters
from meters.models import Meter
from twin_project.kit.jobs.context import RunningJob
from twin_project.kit.jobs.errors import JobError
from twin_project.kit.jobs.models import Job
from twin_project.kit.registry import Registry

END = datetime(2026, 5, 20, tzinfo=UTC)  # where make_meter's readings end
PAGES = ("", "accuracy/", "models/", "twin/")
FEW = (NAIVE, RIVAL, "load_temperature", "cnn_lstm")
MakeMeter = Callable[..., Meter]


def noise(starts: pd.DatetimeIndex) -> np.ndarray:
    return np.asarray(2 + np.sin(np.arange(len(starts)) / 4) + np.random.default_rng(3).random(len(starts)))


def holes(starts: pd.DatetimeIndex) -> np.ndarray:
    load = noise(starts)
    load[np.random.default_rng(1).random(len(starts)) < 0.4] = np.nan
    return load


ODD: dict[str, dict[str, Any]] = {
    "no readings": {"days": 0},
    "three days": {"days": 3},
    "zeros": {"days": 45, "load": lambda starts: np.zeros(len(starts))},
    "constant": {"days": 45, "load": lambda starts: np.full(len(starts), 1.5)},
    "five minutes": {"days": 20, "interval_s": 300, "load": noise},
    "days": {"days": 120, "interval_s": 86400, "load": noise},
    "forty per cent missing": {"days": 60, "load": holes},
    "southern hemisphere": {"days": 45, "zone": "Australia/Lord_Howe"},
    "half past five": {"days": 45, "zone": "Asia/Kolkata"},
    "exports": {"days": 45, "load": lambda starts: noise(starts) - 4},
}


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only some of the forecasters, so that ten meters take no minute."""
    known = {key: plugin for key, plugin in forecasting.registry.forecasters.all().items() if key in FEW}
    monkeypatch.setattr(forecasting.registry.forecasters, "all", lambda: known)


@pytest.fixture
def job(db: None) -> RunningJob:
    """A job that runs in this process."""
    row = Job(pk=uuid4(), kind="make_forecast", dedup_key="test", created_at=timezone.now(), run_after=timezone.now())
    row.save()
    return RunningJob(row)


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("what", ODD)
def test_an_odd_meter_gets_a_forecast_or_a_sentence(
    what: str, make_meter: MakeMeter, job: RunningJob, as_viewer: Client
) -> None:
    meter = make_meter(**ODD[what])
    with contextlib.suppress(JobError):
        make_forecast(job, meter_id=meter.pk)
        train_forecasters(job, meter_id=meter.pk)
    run = latest_run(meter)
    if run is None:
        with pytest.raises(JobError, match=r"reading.*\.$"):
            make_forecast(job, meter_id=meter.pk)
        assert all("readings" in rung.sentence for rung in ladder(meter))
    else:
        assert np.isfinite(quantiles_of(run).to_numpy()).all()
    for page in PAGES:
        html = as_viewer.get(f"/forecast/{page}?meter={meter.pk}")
        assert html.status_code == 200
    assert bool(run) == (what not in ("no readings", "exports")), "negative readings are in quarantine"


@pytest.mark.usefixtures("few")
def test_three_days_are_served_by_what_was_learned_elsewhere_and_the_page_says_what_is_missing(
    make_meter: MakeMeter, job: RunningJob, as_viewer: Client
) -> None:
    meter = make_meter(3)
    assert make_forecast(job, meter_id=meter.pk)["runs"] == []
    train_forecasters(job, meter_id=meter.pk)
    run = latest_run(meter)
    assert run is not None
    assert run.forecaster == "cnn_lstm"
    html = as_viewer.get(f"/forecast/models/?meter={meter.pk}").content.decode()
    assert "serves untried until there is a week of readings" in html
    assert "has 3 of 7 days of readings." in html


@pytest.fixture
def broken_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """A plug-in that loads and then fails when it is asked."""
    code = Path(forecasting.registry.forecasters._folder.__path__[0], "seasonal_naive.py").read_text()
    folder = tmp_path / "strange_plugins"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "strange.py").write_text(
        code.replace(
            'def _fit(self, load: "pd.Series[float]", known: Known) -> None:',
            "def _fit(self, load, known):\n        1 / 0",
        )
    )
    (folder / "unreadable.py").write_text("def (")
    monkeypatch.syspath_prepend(str(tmp_path))
    strange: Registry[Any] = Registry("strange_plugins", forecasting.registry.forecasters.base)
    whole = forecasting.registry.forecasters
    known, broken = {**{key: whole.get(key) for key in (NAIVE, RIVAL)}, **strange.all()}, strange.broken()
    monkeypatch.setattr(whole, "all", lambda: known)
    monkeypatch.setattr(whole, "broken", lambda: broken)
    monkeypatch.setattr(whole, "get", known.__getitem__)
    return "strange"


def test_a_plug_in_that_fails_gets_a_sentence_and_the_others_serve(
    broken_file: str, make_meter: MakeMeter, as_viewer: Client
) -> None:
    meter = make_meter(20)
    issued = issue_forecasts(meter=meter, now=END)
    assert {run.forecaster for run in issued.runs} == {NAIVE, RIVAL}
    assert "failed while being trained (ZeroDivisionError: division by zero)" in issued.reasons[broken_file]
    assert "SyntaxError" in issued.reasons["unreadable"]
    html = as_viewer.get(f"/forecast/models/?meter={meter.pk}").content.decode()
    assert "unreadable cannot be used: SyntaxError" in html


def test_damaged_files_are_not_opened_and_trained_anew(make_meter: MakeMeter) -> None:
    meter = make_meter(20)
    trained = train_forecaster(meter=meter, forecaster=RIVAL, now=END, trial=False)
    next(folder_of(trained).glob("*.json")).write_text("nonsense")
    issued = issue_forecasts(meter=meter, now=END, retrain=False, keys={RIVAL})
    assert [run.trained.version for run in issued.runs] == [3], "the second version is that of its trial"
    assert TrainedForecaster.objects.get(pk=trained.pk).retired


def test_a_damaged_file_of_a_challenger_is_said_and_due_for_training(make_meter: MakeMeter) -> None:
    meter = make_meter(60)
    for key in (RIVAL, "load_temperature"):
        trained = train_forecaster(meter=meter, forecaster=key, now=END, trial=False)
    next(path for path in folder_of(trained).rglob("*") if path.is_file()).write_bytes(b"x")
    issued = issue_forecasts(meter=meter, now=END, retrain=False, keys={RIVAL, "load_temperature"})
    assert "missing or were changed" in issued.reasons["load_temperature"]
    assert [run.forecaster for run in issued.runs] == [RIVAL]


def test_flat_stretches_and_estimates_are_not_learned_and_that_is_said(make_meter: MakeMeter) -> None:
    def stuck(starts: pd.DatetimeIndex) -> np.ndarray:
        load = noise(starts)
        load[300:330] = 0.0
        load[200:220] = 3.25
        return load

    meter = make_meter(45, load=stuck)
    trained = train_forecaster(meter=meter, forecaster=RIVAL, now=END, trial=False)
    assert trained.notes == [], "a night of one value and a day of nothing are no fault"
    assert not ForecastRun.objects.exists()
    later = timedelta(days=2)
    meter = make_meter(45, name="Half", load=lambda starts: np.where(np.arange(len(starts)) % 3, noise(starts), np.nan))
    notes = train_forecaster(meter=meter, forecaster=RIVAL, now=END + later, trial=False).notes
    assert notes == ["33\u2009% of the intervals have no reading; they are left out, not filled."]
