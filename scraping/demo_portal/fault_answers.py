"""Faults in what the portal answers: each takes the request and a way to ask the view itself."""

import json
import re
import socket
import struct
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect

from scraping.demo_portal import settings
from scraping.demo_portal.archetype import archetypes

Answer = Callable[[HttpRequest], HttpResponseBase]
Change = Callable[[HttpRequest, Answer], HttpResponseBase]
Rewrite = Callable[[str], str]

CAPTCHA = (
    "<title>Just a moment</title><h1>Are you a robot?</h1><form method='post'>"
    "<div class='g-recaptcha' data-sitekey='demo' style='width:304px;height:78px;border:1px solid'>"
    "I&#39;m not a robot</div><label>Tick all pictures with a bus</label>"
    "<input type='checkbox' name='captcha'><button>Verify you are human</button></form>"
)
MAINTENANCE = "<title>Maintenance</title><h1>We will be back soon</h1><p>Scheduled maintenance until 06:00.</p>"
LOCKED = (
    "<title>Account locked</title><div class='alert error'><h1>Your account has been locked</h1>"
    "<p>Too many sign-ins. Please call customer care.</p></div>"
)
SECOND_FACTOR = (
    "<title>Check your phone</title><h1>Enter the code that we sent you</h1><form method='post'>"
    "<label for='otp'>Verification code</label>"
    "<input id='otp' name='otp' autocomplete='one-time-code' inputmode='numeric'>"
    "<button>Confirm</button></form>"
)


def says(status: int, text: str = "", headers: dict[str, str] | None = None) -> Change:
    """One answer to everything."""
    return lambda _request, _answer: HttpResponse(text, status=status, headers=headers)


def rewritten(*rewrites: Rewrite) -> Change:
    """The view's own answer, its text changed; binary answers stay as they are."""

    def change(request: HttpRequest, answer: Answer) -> HttpResponseBase:
        response = answer(request)
        if isinstance(response, HttpResponse) and response.status_code == 200:
            try:
                text = response.content.decode()
            except UnicodeDecodeError:
                return response
            for rewrite in rewrites:
                text = rewrite(text)
            response.content = text.encode()
        return response

    return change


def inside(change: Change) -> Change:
    """Only for a customer who has signed in; strangers see what they always see."""

    def for_customers(request: HttpRequest, answer: Answer) -> HttpResponseBase:
        known = {"customer", *archetypes.keys()} & set(request.session.keys())
        return change(request, answer) if known else answer(request)

    return for_customers


def password_changed(request: HttpRequest, answer: Answer) -> HttpResponseBase:
    """What was the password is another's now."""
    if request.method == "POST":
        given = request.POST.copy()
        for name, value in request.POST.items():
            if value == settings.CUSTOMER_PASSWORD:
                given[name] = "as it was yesterday"
        request.POST = given  # type: ignore[assignment]  # a copy that may be written is as good
    return answer(request)


def garbage_file(_request: HttpRequest, _answer: Answer) -> HttpResponseBase:
    """Bytes of no kind."""
    return HttpResponse(b"\x00\xff<<< %PDF garbage\r\n" * 40, content_type="text/csv", headers=_attachment())


def empty_file(_request: HttpRequest, _answer: Answer) -> HttpResponseBase:
    """Not one byte."""
    return HttpResponse(b"", content_type="text/csv", headers=_attachment())


def html_as_file(_request: HttpRequest, _answer: Answer) -> HttpResponseBase:
    """A page under the name of the file."""
    return HttpResponse("<html><body><h1>Sorry, something went wrong</h1></body></html>", headers=_attachment())


def page_instead_of_file(_request: HttpRequest, _answer: Answer) -> HttpResponseBase:
    """A page where a file was wanted."""
    return HttpResponse("<html><body><h1>Sorry, your export is not ready</h1></body></html>")


def signed_out(request: HttpRequest, _answer: Answer) -> HttpResponseBase:
    """The session is gone: the sign-in page of that site comes."""
    request.session.flush()
    for archetype in archetypes.all().values():
        site = archetype()
        if request.path.startswith(f"/{site.slug}/"):
            return site.turned_away(request)
    return redirect("sign_in")


def slow_drip(request: HttpRequest, answer: Answer) -> HttpResponseBase:
    """A byte a second, and never the end."""

    def drops() -> Iterator[bytes]:
        yield b"<!doctype html><title>one moment"
        for _ in range(180):
            time.sleep(1)
            yield b"."

    answer(request)
    return StreamingHttpResponse(drops())


def reset(request: HttpRequest, _answer: Answer) -> HttpResponseBase:
    """The connection breaks without a word."""
    line = request.META.get("demo_portal.connection")
    if isinstance(line, socket.socket):
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        line.shutdown(socket.SHUT_RDWR)
    return HttpResponse()


def foreign_host(_request: HttpRequest, _answer: Answer) -> HttpResponseBase:
    """Away to somebody else's site."""
    return HttpResponse(status=302, headers={"Location": "http://collector.example.net/welcome"})


def redirect_loop(request: HttpRequest, _answer: Answer) -> HttpResponseBase:
    """To the same page again and again."""
    return HttpResponse(status=302, headers={"Location": request.get_full_path()})


def alert_box(text: str) -> str:
    """A box that wants to be clicked away."""
    return text.replace("</body>", "<script>alert('Our offices are closed on Monday.')</script></body>")


def renamed_column(text: str) -> str:
    """The heading of energy is another word."""
    for old, new in (
        ("Energy (kWh)", "Consumption (kWh)"),
        ("Énergie (kWh)", "Soutirage (kWh)"),
        ("Usage (kWh)", "Load (kWh)"),
    ):
        text = text.replace(old, new)
    return text


def unit_changed(text: str) -> str:
    """Energy in Wh from now on; the heading says so."""
    text = text.replace("Energy (kWh)", "Energy (Wh)").replace("Énergie (kWh)", "Énergie (Wh)")
    return re.sub(r"(?m)^([^#;\r\n]*?[T ]\d\d:\d\d[^;\r\n]*;)(\d+),(\d{3})", r"\1\2\3,000", text)


def missing_column(text: str) -> str:
    """The first value column is gone."""
    comma = re.sub(r"(?m)^([^#,;\r\n]*),[^,\r\n]*(?=[,\r\n])", r"\1", text) if ";" not in text else text
    return re.sub(r"(?m)^((?:Horodatage|\d{4}-\d\d-\d\dT)[^;\r\n]*);[^;\r\n]*", r"\1", comma)


def reordered_columns(text: str) -> str:
    """The first two value columns have changed places, headings and all."""
    return re.sub(r"(?m)^([^;\r\n]+);([^;\r\n]*);([^;\r\n]*)(?=[;\r\n])", r"\1;\3;\2", text)


def cut_rows(text: str) -> str:
    """The last third of the lines is not there; the file ends after a whole line."""
    return text[: len(text) * 2 // 3].rpartition("\r\n")[0] + "\r\n"


def cut_file(text: str) -> str:
    """The file breaks off in the middle of a line."""
    whole = text[: len(text) * 2 // 3].rpartition("\r\n")
    return whole[0] + "\r\n" + whole[2][:9]


def cut_json(text: str) -> str:
    """The answer breaks off."""
    return text[: len(text) * 2 // 3]


def fewer_rows(text: str) -> str:
    """JSON with the count as ever and a third of the rows missing; a table without its last rows."""
    if text.startswith("{"):
        told = json.loads(text)
        told["data"] = told["data"][: len(told["data"]) * 2 // 3]
        return json.dumps(told)
    rows = list(re.finditer(r"<tr[^>]*><td>.*?</tr>", text, re.DOTALL))
    return text[: rows[len(rows) * 2 // 3].start()] + text[rows[-1].end() :] if len(rows) > 20 else text


def layout_changed(text: str) -> str:
    """A relaunch: every table is made of boxes, ids, classes and field names are new."""
    text = re.sub(r"<(/?)(?:table|thead|tbody|tr|th|td)\b", r"<\1div", text)
    return re.sub(r'\b(id|class|name)="(?!csrf)([^"]+)"', r'\1="x-\2"', text)


def no_number(text: str) -> str:
    """Words stand where numbers stood."""
    return re.sub(r"(?m)^(\d{4}-[^;\r\n]*;)[\d,]+", r"\1#REF!", text)


def other_meter(text: str) -> str:
    """Everything is of another customer's meter."""
    for archetype in archetypes.all().values():
        for meter in archetype().meters:
            text = text.replace(meter.reference, meter.reference[::-1])
    return text


def utc_stamps(text: str) -> str:
    """The same instants, told in UTC."""

    def told(found: re.Match[str]) -> str:
        return datetime.fromisoformat(found[0]).astimezone(UTC).isoformat()

    return re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d", told, text)


def stamps_without_zone(text: str) -> str:
    """The offset is left out."""
    return re.sub(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)[+-]\d\d:\d\d", r"\1", text)


def slots_48(text: str) -> str:
    """On the 23-hour day of spring the hour that the clock skipped has a row of its own."""
    pattern = r"(?m)^<tr[^>]*><td>(03/(?:0[89]|1[0-4])/\d{4})</td><td>3:00 AM</td>(.*?)</tr>"

    def with_one_more(found: re.Match[str]) -> str:
        return (
            f"{found[0]}\n<tr><td>{found[1]}</td><td>2:00 AM</td>{found[2]}</tr>" if _is_spring(found[1]) else found[0]
        )

    changed, before = re.sub(pattern, with_one_more, text), text.count("<tr")
    more = changed.count("<tr") - before
    return re.sub(r"Showing (\d+) of (\d+)", lambda f: f"Showing {int(f[1]) + more} of {int(f[2]) + more}", changed)


def _is_spring(us_date: str) -> bool:
    day = datetime.strptime(us_date, "%m/%d/%Y").replace(tzinfo=ZoneInfo("America/Chicago"))
    return day.utcoffset() != day.replace(hour=12).utcoffset()


def _attachment() -> dict[str, str]:
    return {"Content-Disposition": 'attachment; filename="readings.csv"'}
