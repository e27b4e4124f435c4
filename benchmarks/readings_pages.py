"""How long the pages over readings take, asked through Django as the web server asks them. Needs Django set up."""

import time
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from meters.services import ensure_meter, ensure_site, ensure_source, store_readings
from twin_project.kit.roles import VIEWER, ensure_roles

TIMES = 40


def page_rows() -> list[dict[str, Any]]:
    """The 95th percentile of the chart's JSON over a year of quarter hours, and of Home, each after one to warm up."""
    settings.ALLOWED_HOSTS = ["*"]
    call_command("collectstatic", interactive=False, verbosity=0)  # the pages name their files by the manifest
    now = timezone.now()
    meter = ensure_meter(site=ensure_site(name="Pages", zone="Europe/Paris"), reference="p", name="Pages")
    end = pd.Timestamp(now).floor("15min")
    starts = pd.date_range(end=end, periods=2 * 35_040, freq="15min", inclusive="left")
    random = np.random.default_rng(4)
    frame = pd.DataFrame({"start_at": starts, "interval_s": 900, "energy_kwh": random.gamma(2.0, 0.15, len(starts))})
    frame["voltage_v"], frame["current_a"] = random.normal(230, 3, len(starts)), frame["energy_kwh"] * 17
    source = ensure_source(kind="import", label="pages", now=now)
    store_readings(meter=meter, readings=frame, source=source, now=now)
    browser = _signed_in()
    year = {"from": f"{now - timedelta(days=365):%Y-%m-%dT%H:00:00Z}", "to": f"{now:%Y-%m-%dT%H:00:00Z}"}
    week = {**year, "from": f"{now - timedelta(days=7):%Y-%m-%dT%H:00:00Z}"}
    chart = _p95(browser, f"/meters/{meter.slug}/figures/load.json", year)
    recent = _p95(browser, f"/meters/{meter.slug}/figures/load.json", week)
    home = _p95(browser, "/", {})
    return [_row("chart_p95_ms", chart, 150), _row("chart_week_p95_ms", recent, None), _row("home_p95_ms", home, 250)]


def _signed_in() -> Client:
    ensure_roles()
    user = User.objects.create_user("bench")
    user.groups.add(Group.objects.get(name=VIEWER))
    browser = Client()
    browser.force_login(user)
    return browser


def _p95(browser: Client, address: str, words: dict[str, str]) -> float:
    took = []
    for _ in range(TIMES + 1):
        began = time.perf_counter()
        answer = browser.get(address, words)
        assert answer.status_code == 200, f"{address} answered {answer.status_code}"
        took.append(1000 * (time.perf_counter() - began))
    return float(np.percentile(took[1:], 95))


def _row(what: str, value: float, most: float | None) -> dict[str, Any]:
    target = "" if most is None else f"at most {most:g}"
    ok = most is None or value <= most
    return {"what": what, "value": round(value, 2), "unit": "ms", "target": target, "ok": ok}
