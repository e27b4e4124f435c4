"""The face in a real browser: narrow and wide, light and dark, by keyboard, without a word from the console."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.test import Client
from pytest_django.live_server_helper import LiveServer
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver import Chrome, ChromeOptions, Keys
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.support.wait import WebDriverWait

from meters.models import Meter
from scraping import chromium
from scraping.models import PortalAccount, PortalMeter
from tests.e2e.console import complaints

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

DRAWN = """
const all = [...document.querySelectorAll('[data-figure]')];
return document.readyState === 'complete' && all.every(place => place.classList.contains('drawn'))
"""
OVERFLOW = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
THEME = "return document.documentElement.dataset.bsTheme"
GROUND = "return getComputedStyle(document.body).backgroundColor"
LINE = "return document.querySelector('#fan .plot').data.find(t => t.name === 'measured').line.color"
PAGES = (
    "/",
    "/meters/",
    "/meters/shop/",
    "/meters/shop/explore/",
    "/meters/shop/explore/?period=day",
    "/meters/shop/quality/",
    "/forecast/",
    "/forecast/accuracy/",
    "/forecast/models/",
    "/forecast/twin/",
    "/scraper/",
    "/scraper/{account}/",
    "/jobs/",
    "/login/",
)
Open = Callable[[str], Chrome]


@pytest.fixture
def account(forecast_house: Meter) -> PortalAccount:
    row = PortalAccount.objects.create(name="My utility", portal="demo_utility", username="u", sealed_password="x")
    PortalMeter.objects.create(account=row, reference="0002", meter=forecast_house)
    return row


@pytest.fixture(params=[360, 1440])
def width(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture
def chrome(tmp_path: Path, width: int) -> Iterator[Chrome]:
    options = ChromeOptions()
    options.binary_location = str(chromium.find_browser())
    for argument in chromium.arguments(tmp_path, ["127.0.0.1", "localhost"]):
        options.add_argument(argument)
    if width < 600:
        metrics = {"width": width, "height": 780, "pixelRatio": 2, "touch": False}
        options.add_experimental_option("mobileEmulation", {"deviceMetrics": metrics})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    service = Service(str(chromium.find_driver()), env=chromium.environment(tmp_path))
    driver = Chrome(options=options, service=service)
    driver.set_window_size(max(width, 500), 1000)
    try:
        yield driver
    finally:
        driver.quit()


@pytest.fixture
def visit(chrome: Chrome, live_server: LiveServer, as_operator: Client, account: PortalAccount) -> Open:
    chrome.get(f"{live_server.url}/login/")
    chrome.add_cookie({"name": "sessionid", "value": as_operator.cookies["sessionid"].value})

    def open_page(path: str) -> Chrome:
        chrome.get(live_server.url + path.format(account=account.pk))
        WebDriverWait(chrome, 20).until(lambda driver: driver.execute_script(DRAWN))
        return chrome

    return open_page


def test_no_page_scrolls_sideways_or_makes_the_console_complain(visit: Open, width: int) -> None:
    for path in PAGES:
        page = visit(path)
        assert page.execute_script(OVERFLOW) <= 0, path
        assert page.find_element("css selector", "h1").is_displayed()
        assert complaints(page) == [], path


@pytest.mark.parametrize("width", [1440], indirect=True)
def test_the_look_changes_at_once_with_its_charts_and_is_remembered(visit: Open) -> None:
    page = visit("/")
    before = [page.execute_script(asked) for asked in (THEME, GROUND, LINE)]
    page.find_element("css selector", "[data-theme-toggle]").click()
    WebDriverWait(page, 5).until(lambda driver: driver.execute_script(LINE) != before[2])
    after = [page.execute_script(asked) for asked in (THEME, GROUND, LINE)]
    assert all(one != other for one, other in zip(before, after, strict=True))
    assert visit("/jobs/").execute_script(THEME) == after[0]


@pytest.mark.parametrize("width", [1440], indirect=True)
def test_the_first_key_leads_past_the_navigation_to_the_content(visit: Open) -> None:
    page = visit("/")
    ActionChains(page).send_keys(Keys.TAB, Keys.ENTER).perform()
    assert page.execute_script("return document.activeElement.id") == "main"


@pytest.mark.parametrize("width", [1440], indirect=True)
def test_a_button_answers_in_its_own_card_and_the_rest_of_the_page_stays(visit: Open, account: PortalAccount) -> None:
    page = visit("/")
    page.execute_script("document.querySelector('#fan').dataset.mark = 'same'")
    page.find_element("id", f"scraper-start-{account.pk}").click()
    card = f"#scraper-{account.pk} .chip"
    soon = WebDriverWait(page, 10, ignored_exceptions=[StaleElementReferenceException])  # the card is swapped under us
    soon.until(lambda driver: "visit" in driver.find_element("css selector", card).text)
    assert page.execute_script("return document.querySelector('#fan').dataset.mark") == "same"
    page.find_element("id", f"scraper-stop-{account.pk}").click()
    soon.until(lambda driver: driver.find_element("css selector", card).text == "stopped")


@pytest.mark.parametrize("width", [1440], indirect=True)
def test_the_clock_of_the_hover_is_that_of_the_site(visit: Open) -> None:
    page = visit("/?period=day")
    first = page.execute_script(
        "return document.querySelector('#fan .plot').data.find(t => t.meta === 'clock').customdata[0]"
    )
    assert first.endswith("00:00")
