"""The main job as a person does it, in a real browser: sign in, start, watch, ask for a forecast, see bands, stop."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from scraping.browser import open_browser
from scraping.domain.contract import Browser
from tests.e2e.house import House
from twin_project.kit import ports

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

PERSON = """
from django.contrib.auth.models import Group, User
from twin_project.kit.roles import OPERATOR, ensure_roles
ensure_roles()
user = User.objects.create_user("otto", password="turbine-hall-9")
user.groups.add(Group.objects.get(name=OPERATOR))
print("null")
"""
TRACES = "[...document.querySelectorAll('.js-plotly-plot')].flatMap(chart => chart._fullData)"
BANDS = f"return {TRACES}.filter(trace => trace.name.includes('of cases') && trace.fill !== 'none').length"
MEASURED = f"return Math.max(0, ...{TRACES}.filter(trace => trace.name === 'measured').map(trace => trace.y.length))"


@pytest.fixture
def panel(whole: House) -> Iterator[str]:
    whole.python(PERSON)
    port = ports.choose(18700, strict=False)
    whole.start("workers", "manage.py", "run_workers")
    whole.start(
        "web",
        "-m",
        "gunicorn",
        "twin_project.wsgi",
        "--bind",
        f"127.0.0.1:{port}",
        "--threads",
        "4",
        "--no-control-socket",
    )
    assert ports.wait_until_answers(port, timeout_s=30), whole.logs()
    yield f"http://127.0.0.1:{port}"
    whole.stop("web")
    whole.stop("workers")


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Browser]:
    with open_browser(tmp_path, hosts=["127.0.0.1"]) as opened:
        yield opened


def test_a_person_goes_from_sign_in_to_bands_and_stops_the_scraper(whole: House, panel: str, browser: Browser) -> None:
    browser.open(f"{panel}/")
    browser.fill("#id_username", "otto")
    browser.fill("#id_password", "turbine-hall-9", secret=True)
    browser.click("form button")
    browser.wait_for("h1")

    browser.open(f"{panel}/scraper/")
    assert "stopped" in browser.text(".chip")
    browser.click("[id^=scraper-start-]")
    whole.wait("progress on the page", lambda: "visiting" in browser.text("[id^=scraper-] .chip"), seconds=30)
    whole.wait("readings in the log", lambda: "new" in browser.text("[id^=scraper-] .log"), seconds=60)
    whole.wait("the visit's end", lambda: "on schedule" in browser.text("[id^=scraper-] .chip"), seconds=60)
    assert whole.sql("SELECT count(*) FROM meters_reading")[0][0] > 3000

    browser.open(f"{panel}/forecast/")
    browser.click("#make-forecast")
    whole.wait(
        "a forecast", lambda: whole.sql("SELECT count(*) FROM forecasting_forecastrun WHERE NOT rehearsed")[0][0]
    )
    browser.open(f"{panel}/forecast/")
    whole.wait("bands in the chart", lambda: browser.script(BANDS) >= 2, seconds=20)

    browser.open(f"{panel}/")
    whole.wait("the history", lambda: browser.script(MEASURED) > 90, seconds=20)
    assert "V" in browser.text("#grid-status")
    whole.wait("the twin's word on the load", lambda: "in band" in browser.text("#grid-status"))

    browser.open(f"{panel}/scraper/")
    browser.click("[id^=scraper-stop-]")
    whole.wait("the stop", lambda: "stopped" in browser.text("[id^=scraper-] .chip"), seconds=20)
    assert whole.sql("SELECT enabled FROM scraping_portalaccount")[0][0] is False
    assert [line for line in whole.left_running() if "chrom" in line] == []
