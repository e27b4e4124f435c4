"""A recipe is followed in a browser of paper: signing in, choosing days, going on after a lost session."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

import pandas as pd
import pyotp
import pytest

from scraping.domain.browsing import Browser, Download, Response
from scraping.domain.contract import Credentials, Document, Window
from scraping.domain.errors import (
    Blocked,
    InvalidCredentials,
    LayoutChanged,
    PortalError,
    PortalUnavailable,
    SecondFactorRequired,
)
from scraping.portals.recipe import RecipeOfAccount
from tests.paper_browser import PaperTab

SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
ME = Credentials("me@example.org", "pass-word-9")
RECIPE: dict[str, Any] = {
    "title": "Paper",
    "base_url": "https://portal.example/",
    "zone": "Europe/Paris",
    "interval": "1 h",
    "login": {
        "page": "/sign-in",
        "steps": [
            {"click": "#cookies", "if": "#cookies"},
            {"fill": "#user", "with": "{username}"},
            {"fill": "#pass", "with": "{password}"},
            {"click": "#go"},
        ],
        "done": "#out",
        "wrong": ".error",
    },
    "meters": [{"reference": "7", "name": "House"}],
    "readings": {"page": "/use?from={from:%d.%m.%Y}&to={to}", "days": 10, "download": "#file"},
    "series": {"stamp": "Start", "values": {"energy_kwh": {"column": "kWh", "unit": "kWh"}}},
}
TWO_DAYS = Window.of_local_days(date(2026, 1, 1), date(2026, 1, 2), "Europe/Paris")


def portal(base_url: str = "https://portal.example/", **parts: Any) -> RecipeOfAccount:
    text = json.dumps({**RECIPE, **parts})  # JSON is YAML
    return RecipeOfAccount(RecipeOfAccount.Params(base_url=base_url, recipe=text))


def tab(**shown: str) -> PaperTab:
    """A portal that lets us in at a click."""
    paper = PaperTab(shown={"#user": "", "#pass": "", "#go": "", "body": "Welcome", **shown})

    def enter(now: PaperTab) -> None:
        now.shown = {"#out": "Sign out", "#file": "", "body": "Readings"}

    paper.on["click #go"] = enter
    return paper


def as_browser(paper: PaperTab) -> Browser:
    return cast("Browser", paper)


def signed_in(visit: RecipeOfAccount) -> PaperTab:
    paper = tab()
    visit.log_in(as_browser(paper), ME)
    paper.calls.clear()
    return paper


def brought(visit: RecipeOfAccount, paper: PaperTab, window: Window = TWO_DAYS) -> list[Document]:
    return list(visit.fetch(as_browser(paper), "7", window))


def loads(status: int = 200, body: bytes = b"[]", **more: Any) -> Response:
    return Response("https://portal.example/api/usage?x=1", "GET", status, "application/json", body, "xhr", **more)


def test_signing_in_takes_the_steps_and_types_the_password_as_a_secret() -> None:
    paper = tab()
    portal().log_in(as_browser(paper), ME)
    assert paper.calls == ["open /sign-in", "fill #user me@example.org", "fill #pass ***", "click #go"]
    assert paper.secrets == ["pass-word-9"]


def test_a_step_is_left_out_where_its_thing_is_not_there() -> None:
    paper = tab()
    paper.shown["#cookies"] = "We use cookies"
    portal().log_in(as_browser(paper), ME)
    assert "click #cookies" in paper.calls


def test_a_wrong_password_is_told_in_the_portals_words_and_tried_once() -> None:
    paper = tab()
    paper.on["click #go"] = lambda now: now.shown.update({".error": "Unknown  user."})
    with pytest.raises(InvalidCredentials, match=r"The portal says: Unknown user\."):
        portal().log_in(as_browser(paper), ME)
    assert len(paper.secrets) == 1


def test_a_sign_in_form_that_comes_again_without_a_word_is_a_refusal_too() -> None:
    paper = tab()
    paper.on["click #go"] = lambda now: now.calls.append("refused")
    with pytest.raises(InvalidCredentials, match="sign-in form again"):
        portal().log_in(as_browser(paper), ME)


INSTEAD = {
    "Please show that you are not a robot": Blocked,
    "Your account has been locked after too many attempts": Blocked,
    "We are back soon after scheduled maintenance": PortalUnavailable,
    "Enter the code that we sent to your phone": SecondFactorRequired,
    "Something else altogether": LayoutChanged,
}


@pytest.mark.parametrize("text", INSTEAD)
def test_a_page_that_says_why_it_is_another_one_ends_in_the_right_class(text: str) -> None:
    paper = PaperTab(shown={"body": text})
    with pytest.raises(PortalError) as caught:
        portal().log_in(as_browser(paper), ME)
    assert type(caught.value) is INSTEAD[text]
    assert caught.value.__cause__ is not caught.value


def test_a_captcha_is_seen_and_never_solved() -> None:
    paper = PaperTab(shown={"body": "One moment", "iframe[src*='hcaptcha']": ""})
    with pytest.raises(Blocked, match="shows a captcha"):
        portal().log_in(as_browser(paper), ME)
    assert paper.calls == ["open /sign-in"]


def test_signs_of_the_recipe_count_more_than_words() -> None:
    paper = PaperTab(shown={"body": "Enter the code", "#busy": ""})
    with pytest.raises(PortalUnavailable):
        portal(signs={"unavailable": "#busy"}).log_in(as_browser(paper), ME)


def test_a_code_is_computed_from_the_seed_and_typed_as_a_secret() -> None:
    steps = [*RECIPE["login"]["steps"], {"code": "#otp", "ask": "The code, please."}, {"press": "Enter", "in": "#otp"}]
    visit = portal(login={**RECIPE["login"], "steps": steps})
    paper = tab()
    paper.on["click #go"] = lambda now: now.shown.update({"#otp": ""})
    paper.on["press #otp"] = lambda now: now.shown.update({"#out": ""})
    visit.log_in(as_browser(paper), Credentials("me", "pass-word-9", totp_seed=SEED))
    assert paper.secrets[1] == pyotp.TOTP(SEED).at(paper.clock)
    assert visit.keeps_session


def test_without_a_seed_the_code_is_asked_in_the_recipes_words() -> None:
    visit = portal(signs={"code": "#otp"})
    paper = tab()
    paper.on["click #go"] = lambda now: now.shown.update({"#otp": ""})
    with pytest.raises(SecondFactorRequired):
        visit.log_in(as_browser(paper), ME)


def test_a_long_time_is_cut_into_runs_of_days_and_dates_are_written_as_the_portal_wants() -> None:
    visit = portal()
    paper = signed_in(visit)
    paper.file = Download("x.csv", b"Start,kWh\n2026-01-01 00:00,1\n2026-01-01 01:00,1\n")
    window = Window.of_local_days(date(2026, 1, 1), date(2026, 1, 15), "Europe/Paris")
    documents = brought(visit, paper, window)
    opened = [call for call in paper.calls if call.startswith("open")]
    assert opened == ["open /use?from=01.01.2026&to=2026-01-10", "open /use?from=11.01.2026&to=2026-01-15"]
    assert [one.window.start for one in documents] == [datetime(2025, 12, 31, 23, tzinfo=UTC), documents[0].window.end]
    assert documents[0].content_type == "text/csv"
    assert len(visit.parse(documents[0]).frame) == 2


def test_a_register_is_asked_for_from_the_day_before() -> None:
    series = {"stamp": "Start", "values": {"energy_kwh": {"column": "kWh", "unit": "kWh", "register": "yes"}}}
    visit = portal(series=series)
    paper = signed_in(visit)
    rows = "".join(f"2026-01-0{1 + at // 24} {at % 24:02}:00,{100 + at}\n" for at in range(48))
    paper.file = Download("x.csv", f"Start,kWh\n2025-12-31 23:00,99\n{rows}".encode())
    (document,) = brought(visit, paper)
    assert paper.calls[0] == "open /use?from=31.12.2025&to=2026-01-02"
    # the first value ends the hour before midnight; the last hour has no value behind it until the next visit
    hours = pd.date_range("2025-12-31 22:00", periods=48, freq="h", tz="UTC")
    assert visit.parse(document).frame["start_at"].tolist() == hours.tolist()


def expires(paper: PaperTab) -> None:
    paper.shown = dict.fromkeys(("#user", "#pass", "#go", "body"), "")


def test_a_session_that_ends_on_the_way_is_renewed_and_the_days_are_asked_for_again() -> None:
    visit = portal()
    paper = signed_in(visit)
    expired: list[PaperTab] = []

    def once(now: PaperTab) -> None:
        if not expired:
            expired.append(now)
            expires(now)

    paper.on["open /use?from=11.01.2026&to=2026-01-15"] = once
    window = Window.of_local_days(date(2026, 1, 1), date(2026, 1, 15), "Europe/Paris")
    assert len(brought(visit, paper, window)) == 2
    assert paper.calls.count("open /sign-in") == 1


def test_a_session_that_ends_again_and_again_is_told() -> None:
    visit = portal()
    paper = signed_in(visit)
    paper.on["open /use?from=01.01.2026&to=2026-01-02"] = expires
    with pytest.raises(PortalUnavailable, match="sign in again and again"):
        brought(visit, paper)
    assert paper.calls.count("open /sign-in") == 1


BY_RESPONSE = {"page": "/use?from={from}", "response": "/api/usage"}


def test_the_call_that_the_page_makes_is_kept_as_it_came() -> None:
    visit = portal(readings=BY_RESPONSE)
    paper = signed_in(visit)
    paper.on["open /use?from=2026-01-01"] = lambda now: now.loaded.extend([loads(body=b"[1]"), loads(body=b"[2]")])
    assert brought(visit, paper)[0].body == b"[2]"
    both = portal(readings={**BY_RESPONSE, "keep": "all"})
    document = brought(both, paper)[0]
    assert document.content_type == "application/x-twin-parts+json"


def test_a_call_that_fails_ends_as_its_status_says() -> None:
    visit = portal(readings=BY_RESPONSE)
    for status, kind in ((503, PortalUnavailable), (429, Blocked), (404, LayoutChanged)):
        paper = signed_in(visit)
        wait = timedelta(seconds=90)
        answer = loads(status, retry_after=wait)
        paper.on["open /use?from=2026-01-01"] = lambda now, answer=answer: now.loaded.append(answer)  # type: ignore[misc]
        with pytest.raises(kind) as caught:
            brought(visit, paper)
        assert caught.value.retry_after == (wait if status != 404 else None)


def test_a_page_that_makes_no_such_call_is_told() -> None:
    visit = portal(readings=BY_RESPONSE)
    with pytest.raises(LayoutChanged, match="loaded nothing like /api/usage"):
        brought(visit, signed_in(visit))


def test_the_pages_of_a_table_are_turned_to_the_last() -> None:
    visit = portal(readings={"page": "/use", "table": {"select": "#t", "next": "#next"}, "claims": "#n"})
    paper = signed_in(visit)
    paper.shown |= {"#t": "", "#next": "", "#n": "3 rows"}
    pages = [f"<table><tr><th>Start<th>kWh</tr><tr><td>2026-01-01 0{n}:00<td>{n}</tr></table>" for n in range(3)]

    def turn(now: PaperTab) -> None:
        now.html["#t"] = pages[pages.index(now.html["#t"]) + 1]
        if now.html["#t"] == pages[-1]:
            del now.shown["#next"]

    paper.html["#t"] = pages[0]
    paper.on["click #next"] = turn
    document = brought(visit, paper)[0]
    assert document.claimed_rows == 3
    assert visit.parse(document).frame["energy_kwh"].tolist() == [0, 1, 2]


def test_a_grid_that_shows_a_few_rows_is_scrolled_through() -> None:
    visit = portal(readings={"page": "/use", "table": {"select": "#g", "scroll": "#box"}})
    paper = signed_in(visit)
    paper.shown["#g"] = ""
    rows = [[str(n), f"2026-01-01 {n:02}:00", str(n)] for n in range(20)]
    paper.rows["#g th, [role=columnheader]"] = [["Start", "kWh"]]
    selector, paper.scrolls = "#g :is(tr, [role=row])", 4

    def show(now: PaperTab) -> None:
        at = (4 - max(now.scrolls, 0)) * 4
        now.rows[selector] = rows[at : at + 6]

    show(paper)
    paper.on["scroll #box"] = show
    document = brought(visit, paper)[0]
    assert visit.parse(document).frame["energy_kwh"].tolist() == list(range(20))


def test_a_calendar_is_turned_to_the_month_of_the_day() -> None:
    calendar = {"title": "#month", "format": "%b %Y", "back": "#back", "on": "#on", "cell": ".day::text({day})"}
    pick = {"pick": "#start", "day": "{from}", "calendar": calendar}
    visit = portal(readings={"page": "/use", "steps": [pick], "download": "#file"})
    paper = signed_in(visit)
    paper.shown |= dict.fromkeys(("#start", "#back", "#on", ".day::text(1)"), "") | {"#month": "Mar 2026"}
    months = ["Mar 2026", "Feb 2026", "Jan 2026"]
    paper.on["click #back"] = lambda now: now.shown.update({"#month": months[months.index(now.shown["#month"]) + 1]})
    brought(visit, paper)
    assert paper.calls[1:5] == ["click #start", "click #back", "click #back", "click .day::text(1)"]


def test_what_the_portal_says_of_the_days_is_heard() -> None:
    readings = {**RECIPE["readings"], "empty": "#none", "refused": "#no"}
    visit = portal(readings=readings)
    paper = signed_in(visit)
    paper.shown["#none"] = "Nothing here"
    document = brought(visit, paper)[0]
    assert document.claimed_rows == 0
    assert visit.parse(document).frame.empty
    paper.shown["#no"] = "At most 5 days."
    with pytest.raises(LayoutChanged, match=r"refuses the days 2026-01-01 to 2026-01-02: At most 5 days"):
        brought(visit, paper)


def test_a_page_of_another_customers_meter_is_refused() -> None:
    visit = portal(readings={**RECIPE["readings"], "checks": [{"text": "#m", "contains": "{meter}"}]})
    paper = signed_in(visit)
    paper.shown["#m"] = "Meter 8"
    with pytest.raises(LayoutChanged, match="says 'Meter 8' at #m, not '7'"):
        brought(visit, paper)


def test_days_may_be_chosen_by_going_to_an_address() -> None:
    visit = portal(readings={"page": "/use", "steps": [{"open": "/show?{from}"}], "download": "#file"})
    paper = signed_in(visit)
    brought(visit, paper)
    assert paper.calls[:2] == ["open /use", "open /show?2026-01-01"]


def test_meters_are_found_on_their_page_with_the_way_to_each() -> None:
    page = {"page": "/meters", "each": ".card", "reference": ".no", "pattern": r"PDL (\d+)", "name": "h2", "link": "a"}
    visit = portal(meters=page, readings={"page": "{link}?d={from}", "download": "#file"})
    paper = signed_in(visit)
    paper.shown |= {".card": "", ".card a": ""}
    paper.rows |= {".card .no": [["PDL 7"], ["PDL 8"]], ".card h2": [["House"], ["Barn"]]}
    paper.given[".card a"] = [{"href": "/m/seven"}, {"href": "https://portal.example/m/eight"}]
    listed = visit.list_meters(as_browser(paper))
    assert [(one.reference, one.name, one.zone) for one in listed] == [
        ("7", "House", "Europe/Paris"),
        ("8", "Barn", "Europe/Paris"),
    ]
    paper.calls.clear()
    brought(visit, paper)
    assert paper.calls[0] == "open /m/seven?d=2026-01-01"
    paper.rows[".card .no"] = [["PDL"], ["PDL 8"]]
    with pytest.raises(LayoutChanged, match="there is no meter's number"):
        visit.list_meters(as_browser(paper))


def test_a_kept_session_is_asked_whether_it_holds() -> None:
    assert not portal().is_signed_in(as_browser(tab()))
    inside = PaperTab(shown={"#out": ""})
    assert portal().is_signed_in(as_browser(inside))


def test_only_the_portals_own_hosts_are_open_and_strangers_are_spared() -> None:
    visit = portal(hosts=["login.example"])
    assert visit.hosts == ("portal.example", "login.example")
    assert visit.pause_s == 2.0
