"""Zoom in a real browser: parts are asked for, shown in full detail, and the whole period comes back."""

import pytest
from django.test import Client
from pytest_django.live_server_helper import LiveServer
from selenium.webdriver import ActionChains, Chrome
from selenium.webdriver.support.wait import WebDriverWait

from meters.models import Meter
from tests.e2e.console import complaints

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

DRAWN = "return [...document.querySelectorAll('[data-figure]')].every(place => place.classList.contains('drawn'))"
RANGE = "return document.querySelector('#load .plot-l').layout.xaxis.range[1]"
WORDS = "return document.querySelector('[data-zoom-of=figure-load] .note').textContent"
MARK = "return document.querySelector('[data-strip-of=figure-load]').layout.shapes?.length || 0"
PAGE = "/meters/{slug}/explore/?period=month"


@pytest.fixture
def page(chrome: Chrome, live_server: LiveServer, as_viewer: Client, house: Meter) -> Chrome:
    chrome.get(f"{live_server.url}/login/")
    chrome.add_cookie({"name": "sessionid", "value": as_viewer.cookies["sessionid"].value})
    chrome.get(live_server.url + PAGE.format(slug=house.slug))
    WebDriverWait(chrome, 20).until(lambda driver: driver.execute_script(DRAWN))
    return chrome


def until(page: Chrome, script: str, holds: str) -> None:
    WebDriverWait(page, 10).until(
        lambda chrome: chrome.execute_script(f"return ((it) => {holds})((() => {{{script}}})())")
    )


def test_a_part_dragged_over_in_the_chart_or_its_strip_is_fetched_and_a_double_click_shows_the_whole(
    page: Chrome,
) -> None:
    whole = page.execute_script(RANGE)
    plot = page.find_element("css selector", "#load .plot-l .nsewdrag")
    ActionChains(page).move_to_element_with_offset(plot, -200, 0).click_and_hold().move_by_offset(
        120, 0
    ).release().perform()
    until(page, RANGE, f"it < {whole / 3}")
    assert " to " in page.execute_script(WORDS)
    assert page.execute_script(MARK) == 1
    ActionChains(page).double_click(page.find_element("css selector", "#load .plot-l .nsewdrag")).perform()
    until(page, RANGE, f"it === {whole}")
    until(page, MARK, "it === 0")
    strip = page.find_element("css selector", "[data-strip-of=figure-load] .nsewdrag")
    ActionChains(page).move_to_element(strip).click_and_hold().move_by_offset(150, 0).release().perform()
    until(page, RANGE, f"it < {whole / 2}")
    until(page, MARK, "it === 1")
    assert complaints(page) == []


def test_the_buttons_zoom_by_keyboard_and_are_off_where_they_lead_nowhere(page: Chrome) -> None:
    whole = page.execute_script(RANGE)
    closer = page.find_element("css selector", "[data-zoom-of=figure-load] [data-zoom=in]")
    left = page.find_element("css selector", "[data-zoom-of=figure-load] [data-zoom=left]")
    assert not left.is_enabled()
    closer.send_keys("\n")
    until(page, RANGE, f"it < {whole * 0.6}")
    assert left.is_enabled()
    before = page.execute_script(WORDS)
    left.send_keys(" ")
    until(page, WORDS, f"it !== '{before}'")
    page.find_element("css selector", "[data-zoom-of=figure-load] [data-zoom=whole]").send_keys("\n")
    until(page, RANGE, f"it === {whole}")


def test_a_click_on_a_day_of_the_heatmap_opens_that_day(page: Chrome) -> None:
    cells = page.find_element("css selector", "#heatmap .nsewdrag")
    page.execute_script("arguments[0].scrollIntoView({block: 'center'})", cells)
    ActionChains(page).move_to_element(cells).pause(0.3).click().perform()
    WebDriverWait(page, 10).until(lambda chrome: "period=day&date=20" in chrome.current_url)


def test_the_fan_on_home_zooms_and_its_card_waits_while_a_part_is_seen(page: Chrome, live_server: LiveServer) -> None:
    page.get(f"{live_server.url}/")
    WebDriverWait(page, 20).until(lambda chrome: chrome.execute_script(DRAWN))
    fan = "return document.querySelector('#fan .plot-l').layout.xaxis.range[1]"
    asked = "return performance.getEntriesByType('resource').filter(one => one.name.endsWith('/')).length"
    news = "htmx.trigger(document.body, 'twin:news')"
    whole = page.execute_script(fan)
    page.find_element("css selector", "[data-zoom-of=figure-fan] [data-zoom=in]").send_keys("\n")
    until(page, fan, f"it < {whole * 0.6}")
    page.execute_script("document.querySelector('#fan').dataset.old = 'yes'")
    before = page.execute_script(asked)
    page.execute_script(news)
    until(page, asked, f"it > {before}")  # the other cards ask
    until(page, "return document.querySelector('#fan').dataset.old", "it === 'yes'")
    page.find_element("css selector", "[data-zoom-of=figure-fan] [data-zoom=whole]").send_keys("\n")
    until(page, fan, f"it === {whole}")
    page.execute_script(news)
    until(page, "return document.querySelector('#fan').dataset.old", "it === undefined")
