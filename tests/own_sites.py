"""Small portals of the tests' own, unlike those of the demo: servers that remember what was asked of them."""

import json
import threading
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest

USER, WORD = "anna", "korn-blume-7"
TODAY = date(2026, 11, 22)  # for these portals it is always that day
Answer = tuple[str, str]
Pages = dict[str, Callable[[dict[str, str]], Answer]]


def energy(at: datetime) -> float:
    """What the meters of these portals read in an interval: the same for every page that shows it."""
    seconds = int(at.timestamp())
    return round(0.2 + (seconds // 900 * 7919 % 1000) / 400 + (0.8 if 6 <= at.hour < 22 else 0), 3)


def starts(first: date, last: date, zone: str, minutes: int) -> list[datetime]:
    """The intervals of some local days, clock changes included."""
    place = ZoneInfo(zone)
    at = datetime(first.year, first.month, first.day, tzinfo=place).astimezone(ZoneInfo("UTC"))
    after = last + timedelta(days=1)
    end = datetime(after.year, after.month, after.day, tzinfo=place)
    found = []
    while at < end:
        found.append(at.astimezone(place))
        at += timedelta(minutes=minutes)
    return found


class OwnSite:
    """One portal: `pages` by path for those who are signed in; `asked` is every request, `harm` those that change."""

    def __init__(self, door: str, pages: Pages) -> None:
        self.asked: list[str] = []
        self.harm: list[str] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, format: str, *args: object) -> None:
                """Be quiet."""

            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                site.asked.append(self.path)
                query = {name: values[0] for name, values in parse_qs(parts.query).items()}
                inside = "inside=yes" in (self.headers.get("Cookie") or "")
                if "delete" in self.path or "cancel" in self.path or "pay" in self.path:
                    site.harm.append(self.path)
                if parts.path in pages and inside:
                    self._send(*pages[parts.path](query))
                else:
                    self._send("text/html", door)

            def do_POST(self) -> None:
                site.asked.append(f"POST {self.path}")
                body = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                if self.path != "/in":
                    site.harm.append(f"POST {self.path}")
                right = [WORD] in body.values() and [USER] in body.values()
                self.send_response(303)
                self.send_header("Location", next(iter(pages)) if right else "/?wrong=1")
                if right:
                    self.send_header("Set-Cookie", "inside=yes; Path=/")
                self.end_headers()

            def _send(self, content_type: str, text: str) -> None:
                body = text.encode()
                self.send_response(200)
                self.send_header("Content-Type", f"{content_type}; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Listen no more."""
        self._server.shutdown()
        self._server.server_close()


def _day(text: str, form: str, otherwise: date) -> date:
    return datetime.strptime(text, form).date() if text else otherwise  # noqa: DTZ007 - a day has no zone


def html_page(lang: str, title: str, body: str) -> str:
    """One page."""
    return f'<!doctype html><html lang="{lang}"><title>{title}</title><body>{body}</body></html>'


DUTCH_MENU = """<nav><a href="/thuis">Thuis</a> <a href="/stroom">Mijn stroomverbruik</a>
<a href="/opzeggen?delete=1">Contract opzeggen</a> <a href="/uit?pay=1">Betalen</a></nav>"""
DUTCH_HOME = DUTCH_MENU + "<button onclick=\"fetch('/delete-account')\">Verwijder account</button>"
DUTCH_USE = """<h1>Verbruik</h1><p>EAN 871687140012345678</p><div><label for="van">Van</label>
<input type="date" id="van">
<label for="tot">Tot en met</label><input type="date" id="tot"><button id="toon" type="button">Toon</button></div>
<p id="n"></p><script>
const day = d => d.toISOString().slice(0, 10), now = new Date('TODAY');
const from = document.querySelector('#van'), to = document.querySelector('#tot');
from.value = day(new Date(now - 3 * 864e5)); to.value = day(now);
const load = () => fetch(`/api/meting?van=${from.value}&tot=${to.value}`).then(a => a.json()).then(
  m => { document.querySelector('#n').textContent = m.tijden.length + ' metingen'; });
document.querySelector('#toon').onclick = load; load();</script>"""
DUTCH_DOOR = """<p>Deze site wordt beschermd door reCAPTCHA.</p>
<form method="post" action="/in"><label>Klantnummer<input name="k"></label>
<label>Wachtwoord<input type="password" name="w"></label><button>Inloggen</button></form>"""


@pytest.fixture
def dutch_site() -> Iterator[OwnSite]:
    """Quarter hours as parallel lists in JSON, money beside them; two fields without a form choose the days."""

    def home(_query: dict[str, str]) -> Answer:
        return "text/html", html_page("nl", "Thuis | Zonnedauw Energie", DUTCH_HOME)

    def use(_query: dict[str, str]) -> Answer:
        return "text/html", html_page("nl", "Verbruik | Zonnedauw", DUTCH_MENU + DUTCH_USE.replace("TODAY", str(TODAY)))

    def api(query: dict[str, str]) -> Answer:
        first, last = _day(query.get("van", ""), "%Y-%m-%d", TODAY), _day(query.get("tot", ""), "%Y-%m-%d", TODAY)
        at = starts(first, min(last, TODAY - timedelta(days=1)), "Europe/Amsterdam", 15)
        told = {"eenheid": "kWh", "ean": "871687140012345678", "tijden": [t.isoformat() for t in at]}
        columns = {"verbruik": [energy(t) for t in at], "kosten": [0.3 * energy(t) for t in at]}
        return "application/json", json.dumps(told | columns)

    site = OwnSite(html_page("nl", "Zonnedauw", DUTCH_DOOR), {"/thuis": home, "/stroom": use, "/api/meting": api})
    yield site
    site.close()


INDIAN_MENU = """<a href="/home">Home</a> <a href="/log-out">Log out</a>
<ul style="display:none"><li><a href="/survey">Load survey</a></li></ul>"""
INDIAN_BILLS = "".join(f"<tr><td>2026-{m:02}-01</td><td>{200 + m}</td><td>₹{1000 + m}</td></tr>" for m in range(1, 11))
INDIAN_HOME = f"""<table><tr><th>Bill month</th><th>Units</th><th>Amount</th></tr>{INDIAN_BILLS}</table>
<form method="post" action="/pay"><button>Pay now</button></form>"""
INDIAN_DOOR = """<div id="notice" style="position:fixed;inset:0;background:#fff"><p>We use cookies.</p>
<button onclick="this.parentElement.remove()">Accept all</button>
<button onclick="this.parentElement.remove()">Only necessary</button></div>
<h1>Welcome</h1><form method="post" action="/in"><input name="uid" placeholder="Consumer ID">
<input name="pw" type="password" placeholder="Password"><input type="submit" value="Sign in"></form>"""
INDIAN_DAYS = """<p>Consumer meter no. BS4400172 · time stamps are interval ending, IST</p><form action="/survey">
<label>From <input name="fromDate" value="{0:%d/%m/%Y}"></label>
<label>To <input name="toDate" value="{1:%d/%m/%Y}"></label>
<input type="submit" value="View"></form>"""
INDIAN_ROW = "<tr><td>{0}</td><td>{1:%d/%m/%Y %H:%M}</td><td>{2:.3f}</td><td>{3:.1f}</td></tr>"


@pytest.fixture
def indian_site() -> Iterator[OwnSite]:
    """Half hours at their END, +5:30, in a plain table that a form of days chooses; bills on the first page."""

    def home(_query: dict[str, str]) -> Answer:
        return "text/html", html_page("en", "Home - Bijli Seva", INDIAN_MENU + INDIAN_HOME)

    def survey(query: dict[str, str]) -> Answer:
        last = _day(query.get("toDate", ""), "%d/%m/%Y", TODAY - timedelta(days=1))
        first = _day(query.get("fromDate", ""), "%d/%m/%Y", last - timedelta(days=2))
        half = timedelta(minutes=30)
        rows = "".join(
            INDIAN_ROW.format(number, at + half, energy(at), 235 + energy(at))
            for number, at in enumerate(starts(first, last, "Asia/Kolkata", 30), start=1)
        )
        table = f"<table><tr><th>S.No</th><th>Date Time</th><th>kWh</th><th>Voltage</th></tr>{rows}</table>"
        body = INDIAN_MENU + INDIAN_DAYS.format(first, last) + table
        return "text/html", html_page("en", "Load survey - Bijli Seva", body)

    site = OwnSite(html_page("en", "Bijli Seva", INDIAN_DOOR), {"/home": home, "/survey": survey})
    yield site
    site.close()


@pytest.fixture
def captcha_site() -> Iterator[OwnSite]:
    """A box to tick stands in the sign-in form."""
    box = '<div class="g-recaptcha" data-sitekey="x">I am a person</div></form>'
    site = OwnSite(
        html_page("nl", "Zonnedauw", DUTCH_DOOR.replace("</form>", box)), {"/thuis": lambda _: ("text/html", "")}
    )
    yield site
    site.close()
