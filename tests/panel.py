"""The cast of the panel's tests: who looks, who may act, and a house with real rows behind it."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.utils import timezone

from forecasting.models import ForecastRun
from forecasting.services import issue_forecast, score_runs, train_forecaster
from meters.models import Meter
from meters.services import ensure_meter, ensure_site, ensure_source, store_readings
from twin_project.kit.roles import OPERATOR, VIEWER, ensure_roles

QUARTER = timedelta(minutes=15)
DAYS = 16


@pytest.fixture
def as_viewer(db: None) -> Client:
    """A browser in which somebody who may only look is signed in."""
    return _signed_in("vera", VIEWER)


@pytest.fixture
def as_operator(db: None) -> Client:
    """A browser in which somebody who may start and stop is signed in."""
    return _signed_in("otto", OPERATOR)


@pytest.fixture
def house(db: None) -> Meter:
    """A house in Paris with 16 days of quarter hours up to now; six hours are missing, five days ago."""
    site = ensure_site(name="Sceaux", zone="Europe/Paris", country="FR")
    meter = ensure_meter(site=site, reference="0001", name="Family house", interval_s=900)
    _store(meter, _quarters(_last_quarter()))
    return meter


@pytest.fixture
def forecast_house(db: None) -> Meter:
    """A house whose forecast of yesterday has met its readings, and which has a forecast from now on."""
    site = ensure_site(name="Pune", zone="Asia/Kolkata", country="IN", nominal_voltage_v=240)
    meter = ensure_meter(site=site, reference="0002", name="Shop", interval_s=900)
    now = timezone.now()
    readings = _quarters(_last_quarter())
    yesterday = readings["start_at"] <= readings["start_at"].iloc[-1] - timedelta(days=1)
    _store(meter, readings[yesterday])
    trained = train_forecaster(meter=meter, forecaster="seasonal_naive", now=now - timedelta(days=1))
    issue_forecast(meter=meter, trained=trained, now=now - timedelta(days=1))
    _store(meter, readings[~yesterday])
    issue_forecast(meter=meter, trained=trained, now=now)
    score_runs(meter=meter, now=now)
    assert ForecastRun.objects.filter(meter=meter).count() == 2
    return meter


def _signed_in(name: str, role: str) -> Client:
    ensure_roles()
    user = User.objects.create_user(name, password="pw")
    user.groups.add(Group.objects.get(name=role))
    client = Client()
    client.force_login(user)
    return client


def _last_quarter() -> datetime:
    now = datetime.now(UTC)
    return now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0)


def _quarters(end: datetime) -> pd.DataFrame:
    starts = pd.date_range(end - timedelta(days=DAYS), end, freq=QUARTER, inclusive="left")
    wave = np.sin(np.arange(len(starts)) / 96 * 2 * np.pi)
    frame = pd.DataFrame({"start_at": starts, "interval_s": 900})
    frame["power_kw"] = 1.5 + wave
    frame["voltage_v"], frame["current_a"] = 231 + 4 * wave, 6.5 + 4 * wave
    hole = pd.Timestamp(end - timedelta(days=5))
    return frame[~frame["start_at"].between(hole, hole + timedelta(hours=6), inclusive="left")]


def _store(meter: Meter, readings: pd.DataFrame) -> None:
    now = timezone.now()
    source = ensure_source(kind="import", label="panel.csv", now=now)
    report = store_readings(meter=meter, readings=readings, source=source, now=now)
    assert not report.refused
