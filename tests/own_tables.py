"""A portal whose tables are of more than one shape: two meters in one, a column for each hour, months to choose of."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest

from tests.own_sites import TODAY, Answer, OwnSite, energy, html_page, starts

METERS = {"1ESY1160412345": 1.0, "1ESY1160498765": 3.0}
HEAT = "1ESY1160455555"  # on a page of its own
ZONE = "Europe/Berlin"
MENU = """<nav><a href="/start">Start</a> <a href="/zaehler">Meine Zähler, Verbrauch</a>
<a href="/stunden">Stundenwerte</a></nav>"""
MONTHS = ["Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November"]
BY_MONTH = """<h1>Verbrauch in kWh je Stunde</h1><p>Zähler 1ESY1160455555</p>
<select id="monat" aria-label="Monat">OPTIONS</select><div id="tabelle"></div><script>
const monat = document.querySelector('#monat'), tabelle = document.querySelector('#tabelle');
const zeigen = () => fetch('/monat?nr=' + monat.value).then(a => a.text()).then(t => { tabelle.innerHTML = t; });
monat.onchange = zeigen; zeigen();</script>"""
DOOR = """<form method="post" action="/in"><label>Kundennummer<input name="k"></label>
<label>Passwort<input type="password" name="w"></label><button>Anmelden</button></form>"""
DAYS = """<form action="/zaehler"><label>Von <input type="date" name="von" value="{0}"></label>
<label>Bis <input type="date" name="bis" value="{1}"></label><button>Anzeigen</button></form>"""
ROW = "<tr><td>{0:%d.%m.%Y %H:%M}</td><td>{1}</td><td>{2}</td></tr>"


def of_meter(meter: str, at: datetime) -> float:
    """What a meter of this portal reads."""
    return round(energy(at) * METERS.get(meter, 2.0), 3)


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


def by_month(_query: dict[str, str]) -> Answer:
    """A dropdown of this year's months, the last one chosen; its options are numbers that mean nothing."""
    told = [f'<option value="{700 + n}">{name} 2026</option>' for n, name in enumerate(MONTHS, start=1)]
    body = MENU + BY_MONTH.replace("OPTIONS", "".join(reversed(told)))
    return "text/html", html_page("de", "Stundenwerte | Stadtwerke Quellau", body)


def month(query: dict[str, str]) -> Answer:
    """One row for each day of a month, a column for each hour by its count, 25 in October."""
    first = date(2026, int(query["nr"]) - 700, 1)
    days = [day for n in range(31) if (day := first + timedelta(days=n)).month == first.month and day < TODAY]
    count = 25 if first.month == 10 else 24
    head = "".join(f"<th>{n}</th>" for n in range(1, count + 1))
    rows = ""
    for day in days:
        cells = [comma(of_meter(HEAT, at)) for at in starts(day, day, ZONE, 60)]
        rows += f"<tr><td>{day:%d.%m.%Y}</td>{''.join(f'<td>{c}</td>' for c in [*cells, *[''] * count][:count])}</tr>"
    return "text/html", f"<table><thead><tr><th>Tag</th>{head}</tr></thead><tbody>{rows}</tbody></table>"


def start(_query: dict[str, str]) -> Answer:
    """Nothing but the menu."""
    return "text/html", html_page("de", "Start | Stadtwerke Quellau", MENU)


@pytest.fixture(scope="module")
def quellau_site() -> Iterator[OwnSite]:
    """The whole of it."""
    pages = {"/start": start, "/zaehler": two_meters, "/stunden": by_month, "/monat": month}
    site = OwnSite(html_page("de", "Stadtwerke Quellau", DOOR), pages)
    yield site
    site.close()
