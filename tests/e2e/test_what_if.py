"""What if, in a real browser: build a heatwave, see the preview follow, run it, compare it with a shutdown, export."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from django.db import connection
from django.test import Client
from pytest_django.live_server_helper import LiveServer
from selenium.webdriver import Chrome
from selenium.webdriver.support.select import Select
from selenium.webdriver.support.wait import WebDriverWait

from forecasting.services import train_forecaster
from meters.models import Meter
from meters.services import ensure_meter, ensure_site, ensure_source, store_readings, store_weather
from tests.e2e.console import complaints
from twin_project.kit.jobs.models import Job

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]

FIRST, HOURS = datetime(2025, 5, 1, tzinfo=UTC), 24 * 70
NOW = FIRST + timedelta(hours=HOURS)
CHANGE = "return (document.querySelector('#preview .kpis') || {}).innerText || ''"
SEEN = "return document.querySelector('main').innerText"
RUN = """
import sys
import django
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
django.setup()
from django.core.management import call_command
call_command("run_job", sys.argv[2])
"""


@pytest.fixture
def cooled() -> Meter:
    """A house that takes 0.3 kW for each degree above 20 °C, and a twin that has learned it."""
    site = ensure_site(name="Paris", zone="Europe/Paris", country="FR", latitude=48.8, longitude=2.3)
    meter = ensure_meter(site=site, reference="1", name="Cooled house", interval_s=3600)
    source = ensure_source(kind="import", label="test", now=NOW)
    at = pd.date_range(FIRST, periods=HOURS, freq="h")
    warmth = 20 + np.repeat(np.random.default_rng(2).normal(0, 3, 70), 24) + 5 * np.sin(2 * np.pi * (at.hour - 9) / 24)
    kwh = 1.5 + 0.3 * np.maximum(warmth - 20, 0) + np.random.default_rng(3).normal(0, 0.1, HOURS)
    readings = pd.DataFrame({"start_at": at, "interval_s": 3600, "energy_kwh": kwh})
    store_readings(meter=meter, readings=readings, source=source, now=NOW)
    store_weather(site=site, observations=pd.DataFrame({"start_at": at, "temperature_c": warmth}), source=source)
    train_forecaster(meter=meter, forecaster="load_temperature", now=NOW, trial=False)
    return meter


def wait(chrome: Chrome, script: str, holds: "str | None" = None, *, other_than: str = "") -> str:
    """Until the page says something: that holds the words, or that is other than before."""

    def said(driver: Chrome) -> str | None:
        text = str(driver.execute_script(script))
        return text if (holds in text if holds else text and text != other_than) else None

    found = WebDriverWait(chrome, 60).until(said)
    assert found
    return found


def press(chrome: Chrome, words: str, *, within: str = "main") -> None:
    button = WebDriverWait(chrome, 10).until(
        lambda driver: driver.find_element("xpath", f"//{within}//*[self::button or self::a][contains(., '{words}')]")
    )
    chrome.execute_script("arguments[0].scrollIntoView({block: 'center'})", button)
    button.click()


def write(chrome: Chrome, name: str, value: str) -> None:
    """Into a field as a person does, dates too (typing them depends on the browser's language)."""
    field = chrome.find_element("name", name)
    chrome.execute_script(
        "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('change', {bubbles: true}))",
        field, value,
    )  # fmt: skip


def work(chrome: Chrome) -> None:
    """Run what the page asked for in a process of its own, as a worker does."""
    job = WebDriverWait(chrome, 20).until(lambda _: Job.objects.filter(state="queued", kind="run_simulation").first())
    assert job is not None
    command = [sys.executable, "-c", RUN, str(connection.settings_dict["NAME"]), str(job.pk)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120, start_new_session=True)
    assert "done" in done.stdout, done.stderr


def build(chrome: Chrome, url: str, event: str) -> None:
    """The builder over a week of June, with one event chosen from its list."""
    chrome.get(f"{url}/scenarios/new/")
    write(chrome, "first", "2025-06-16")
    write(chrome, "last", "2025-06-22")
    Select(chrome.find_element("id", "id_forecaster")).select_by_value("load_temperature")
    Select(chrome.find_element("id", "add")).select_by_value(event)
    press(chrome, "Add")
    WebDriverWait(chrome, 20).until(lambda driver: driver.find_element("name", "e0-start"))


def test_a_person_builds_a_heatwave_runs_it_compares_it_with_a_shutdown_and_exports_it(
    chrome: Chrome, live_server: LiveServer, as_operator: Client, cooled: Meter
) -> None:
    chrome.get(f"{live_server.url}/login/")
    chrome.add_cookie({"name": "sessionid", "value": as_operator.cookies["sessionid"].value})

    build(chrome, live_server.url, "heatwave")
    mild = wait(chrome, CHANGE)
    field = chrome.find_element("name", "e0-delta_c")
    field.clear()
    field.send_keys("12")
    hot = wait(chrome, CHANGE, other_than=mild)
    assert kwh(hot) > kwh(mild) > 0
    write(chrome, "name", "Twelve degrees")
    press(chrome, "Keep and run")
    wait(chrome, SEEN, "Waiting for a free worker")
    work(chrome)
    result = wait(chrome, SEEN, "What it rests on")
    assert "learned" in result
    assert "sure to rise" in result
    heatwave = chrome.current_url

    build(chrome, live_server.url, "shutdown")
    write(chrome, "name", "Closed")
    press(chrome, "Keep and run")
    wait(chrome, SEEN, "Waiting for a free worker")
    work(chrome)
    wait(chrome, SEEN, "What it rests on")

    press(chrome, "Compare")
    for box in chrome.find_elements("css selector", "input[name=of]"):
        if not box.is_selected():
            box.click()
    press(chrome, "Compare these")
    drawn = "return [...document.querySelectorAll('.js-plotly-plot')].flatMap(c => c.data).map(t => t.name).join()"
    assert "Closed" in wait(chrome, drawn, "Twelve degrees")
    both = wait(chrome, SEEN, "The change by each")
    assert "sure to rise" in both
    assert "sure to fall" in both

    chrome.get(heatwave)
    address = chrome.find_element("xpath", "//main//a[contains(., 'CSV')]").get_attribute("href")
    lines = chrome.execute_async_script(
        "const done = arguments[1]; fetch(arguments[0]).then(a => a.text()).then(t => done(t.trim().split('\\n')))",
        address,
    )
    assert "change_p50_kw" in lines[0]
    assert len(lines) == 1 + 7 * 24
    assert complaints(chrome) == []


def kwh(strip: str) -> float:
    """The first change of a strip, the energy's."""
    signed = next(word for word in strip.replace("\u2009", " ").replace("\u202f", " ").split() if word[0] in "+\u2212-")
    return float(signed.replace("\u2212", "-").replace("+", ""))
