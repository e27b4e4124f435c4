"""`./twin demo --check`: what a person would see, asked over HTTP and counted in the database."""

import time
from datetime import timedelta
from http.cookiejar import CookieJar
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

from forecasting.selectors import latest_run, quantiles_of
from meters.selectors import all_meters, count_readings, gaps
from scraping.selectors import count_documents
from twin_project.demo import USER, Demo

PAGES = ("", "meters/", "forecast/", "scraper/", "jobs/")
TIMEOUT_S = 30


def first_page_ms(demo: Demo) -> float:
    """Milliseconds until the sign-in page has come, the first that a person sees."""
    began = time.perf_counter()
    with build_opener().open(demo.address, timeout=TIMEOUT_S) as answer:
        answer.read()
    return round((time.perf_counter() - began) * 1000, 1)


def check(demo: Demo, *, forecast: bool) -> dict[str, Any]:
    """The report; `ok` where every meter has readings and 24 h of quantiles, and every page answers."""
    meters = list(all_meters())
    runs = {meter: latest_run(meter) for meter in meters}
    points = {meter: quantiles_of(run) for meter, run in runs.items() if run is not None}
    ahead = [frame.index[-1] - frame.index[0] >= timedelta(hours=23) for frame in points.values()]
    pages = _pages(demo)
    readings = {meter: count_readings(meter) for meter in meters}
    electrical = any(
        count_readings(meter, having="voltage_v") and count_readings(meter, having="current_a") for meter in meters
    )
    whole = [forecast, len(points) == len(meters) >= 2, *ahead, *readings.values(), electrical]
    return {
        "readings": sum(readings.values()),
        "gaps": sum(len(gaps(meter)) for meter in meters),
        "documents": count_documents(),
        "forecast_points": sum(len(frame) for frame in points.values()),
        "pages": pages,
        "ok": all(whole) and all(status == 200 for status in pages.values()),
    }


def _pages(demo: Demo) -> dict[str, int]:
    opener = build_opener(HTTPCookieProcessor(jar := CookieJar()))
    _status(opener, demo.address)
    token = next((cookie.value for cookie in jar if cookie.name == "csrftoken"), "")
    form = {"username": USER, "password": demo.password, "csrfmiddlewaretoken": token}
    _status(opener, f"{demo.address}login/", urlencode(form).encode())
    return {f"/{page}": _status(opener, demo.address + page) for page in PAGES}


def _status(opener: OpenerDirector, url: str, data: bytes | None = None) -> int:
    """200 only for the page itself: being sent to the sign-in counts as 401."""
    try:
        with opener.open(url, data=data, timeout=TIMEOUT_S) as answer:
            answer.read()
            return 401 if "/login/" in answer.url and data is None else int(answer.status)
    except HTTPError as error:
        return error.code
