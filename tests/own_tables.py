"""A portal whose tables are of more than one shape: two meters in one, a column for each hour, months to choose of."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest

from tests.own_sites import TODAY, Answer, OwnSite, energy, html_page, starts

METERS = {"1ESY1160412345": 1.0, "1ESY1160498765": 3.0}
ZONE = "Europe/Berlin"
MENU = '<nav><a href="/start">Start</a> <a href="/zaehler">Meine Zähler, Verbrauch</a></nav>'
DOOR = """<form method="post" action="/in"><label>Kundennummer<input name="k"></label>
<label>Passwort<input type="password" name="w"></label><button>Anmelden</button></form>"""
DAYS = """<form action="/zaehler"><label>Von <input type="date" name="von" value="{0}"></label>
<label>Bis <input type="date" name="bis" value="{1}"></label><button>Anzeigen</button></form>"""
ROW = "<tr><td>{0:%d.%m.%Y %H:%M}</td><td>{1}</td><td>{2}</td></tr>"


def of_meter(meter: str, at: datetime) -> float:
    """What a meter of this portal reads."""
    return round(energy(at) * METERS[meter], 3)


def comma(value: float) -> str:
    """As it is written there."""
    return f"{value:.3f}".replace(".", ",")


def two_meters(query: dict[str, str]) -> Answer:
    """Hours of both meters, one under the other, in one table."""
    last = date.fromisoformat(query.get("bis") or str(TODAY - timedelta(days=1)))
    first = date.fromisoformat(query.get("von") or str(last - timedelta(days=3)))
    rows = "".join(
        ROW.format(at, meter, comma(of_meter(meter, at))) for at in starts(first, last, ZONE, 60) for meter in METERS
    )
    table = f"<table><tr><th>Beginn</th><th>Zähler</th><th>Verbrauch (kWh)</th></tr>{rows}</table>"
    body = MENU + DAYS.format(first, last) + table
    return "text/html", html_page("de", "Zähler | Stadtwerke Quellau", body)


def start(_query: dict[str, str]) -> Answer:
    """Nothing but the menu."""
    return "text/html", html_page("de", "Start | Stadtwerke Quellau", MENU)


@pytest.fixture
def quellau_site() -> Iterator[OwnSite]:
    """The whole of it."""
    pages = {"/start": start, "/zaehler": two_meters}
    site = OwnSite(html_page("de", "Stadtwerke Quellau", DOOR), pages)
    yield site
    site.close()
