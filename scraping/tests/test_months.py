"""A dropdown of months: how discovery knows it, and how a recipe asks for a month at a time."""

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from scraping.domain.browsing import Download, FormField, FormNote, Link
from scraping.domain.contract import Document, Window
from scraping.domain.discovery.looking import Looks
from scraping.domain.discovery.months import in_dropdowns
from scraping.domain.discovery.sightings import TABLE, Sighting
from scraping.domain.discovery.walk import Page, Place
from scraping.domain.discovery.ways import ways_of
from scraping.domain.errors import LayoutChanged
from scraping.domain.extraction.raw import RawTable
from scraping.portals.recipe import RecipeOfAccount
from scraping.tests.test_recipe_portal import RECIPE, as_browser, brought, portal, signed_in
from tests.paper_browser import PaperTab

GERMAN = ("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November")
COVERS = (date(2026, 11, 1), date(2026, 11, 21))


def dropdown(name: str, *options: tuple[str, str]) -> FormField:
    return FormField(name, "select", name, options[0][0], f"#{name}", options)


def form(*fields: FormField, method: str = "") -> FormNote:
    return FormNote("form" if method else "", method, "https://portal.example/use", fields)


NUMBERED = tuple((f"{n}", name) for n, name in enumerate((*GERMAN, "Dezember"), start=1))
YEARS = (("2025", "2025"), ("2026", "2026"))
DROPDOWNS: dict[str, tuple[tuple[FormField, ...], list[str]]] = {
    "values": ((dropdown("m", ("2026-11", "Nov"), ("2026-10", "Oct")),), ["%Y-%m"]),
    "first days": ((dropdown("m", ("2026-11-01", "Nov"), ("2026-10-01", "Oct")),), ["%Y-%m-01"]),
    "names": ((dropdown("m", *((str(n), f"{name} 2026") for n, name in enumerate(GERMAN))),), ["%B %Y"]),
    "a word before": ((dropdown("m", ("", "Choose"), *((f"2026-0{n}", "") for n in range(1, 8))),), ["%Y-%m"]),
    "two": ((dropdown("m", *NUMBERED), dropdown("y", *YEARS)), ["%Y", "%-m"]),
    "no years": ((dropdown("m", *NUMBERED),), []),
    "page sizes": ((dropdown("n", ("10", "10"), ("25", "25"), ("100", "100")),), []),
    "years alone": ((dropdown("y", *YEARS),), []),
}


@pytest.mark.parametrize("case", DROPDOWNS)
def test_months_are_known_by_what_their_options_say(case: str) -> None:
    fields, forms = DROPDOWNS[case]
    found = in_dropdowns([form(*fields)])
    assert [one.form for one in found.chosen] == forms if found else forms == []


def ways(note: FormNote, *links: Link) -> list[tuple[str, list[dict[str, str]], bool]]:
    page = Page(Place("https://portal.example/use"), ("Use",), Looks("", "de"), (note,), links, (), b"", "", "")
    seen = Sighting(TABLE, page, RawTable("t", (), ()), "html")
    return [(way.page, way.steps, way.monthly) for way in ways_of(seen, covers=COVERS, month_first=None) if way.dated]


def test_a_month_is_chosen_in_the_page_or_sent_in_its_address_and_never_by_a_form_that_is_posted() -> None:
    months = dropdown("m", ("2026-11", "Nov"), ("2026-10", "Oct"))
    go = Link("Anzeigen", "", "button", "form > button", in_form=True)
    chosen = [{"choose": "#m", "with": "{from:%Y-%m}"}]
    assert ways(form(months)) == [("https://portal.example/use", chosen, True)]
    assert ways(form(months, method="get"), go) == [
        ("https://portal.example/use?m={from:%Y-%m}", [], True),
        ("https://portal.example/use", [*chosen, {"click": "form > button"}], True),
    ]
    assert ways(form(months, method="post"), go) == []


def by_month(**parts: Any) -> RecipeOfAccount:
    steps = [{"choose": "#month", "with": "{from:%B %Y}"}]
    return portal(readings={"page": "/use", "steps": steps, "days": "month", "download": "#file"}, **parts)


def at_the_months(paper: PaperTab) -> PaperTab:
    paper.shown["#month"] = ""
    paper.rows["#month option"] = [[f"{name} 2026" for name in GERMAN]]
    return paper


def test_each_month_is_chosen_once_in_the_portals_own_language() -> None:
    visit = by_month()
    paper = at_the_months(signed_in(visit))
    window = Window.of_local_days(date(2026, 2, 20), date(2026, 4, 2), "Europe/Paris")
    documents = brought(visit, paper, window)
    assert [call for call in paper.calls if call.startswith("choose")] == [
        "choose #month Februar 2026",
        "choose #month März 2026",
        "choose #month April 2026",
    ]
    assert [document.window.local_days("Europe/Paris") for document in documents] == [
        (date(2026, 2, 20), date(2026, 2, 28)),
        (date(2026, 3, 1), date(2026, 3, 31)),
        (date(2026, 4, 1), date(2026, 4, 2)),
    ]


def test_of_a_month_the_days_that_are_wanted_are_taken_and_another_month_is_refused() -> None:
    def read(month: int) -> int:
        rows = "".join(f"2026-{month:02}-{day:02} {h:02}:00,1\n" for day in range(1, 29) for h in range(24))
        window = Window.of_local_days(date(2026, 11, 3), date(2026, 11, 3), "Europe/Paris")
        body = f"Start,kWh\n{rows}".encode()
        document = Document("recipe", "7", window, "", body, as_browser(PaperTab()).now(), "https://portal.example/")
        return len(by_month().parse(document).frame)

    assert read(11) == 24
    with pytest.raises(LayoutChanged, match="gave 2026-08-31 to 2026-09-28, not the days"):
        read(9)


REGISTER = {"energy_kwh": {"column": "Count", "unit": "kWh", "register": "yes"}}
PARIS = ZoneInfo("Europe/Paris")


def of_register(paper: PaperTab, at: str, *, months: tuple[int, ...]) -> None:
    """Each month's values at the start or the end of its hours: the count of hours of the year, squared."""
    for month in months:
        hours = pd.date_range(f"2026-{month:02}-01", f"2026-{month + 1:02}-01", freq="h", tz=PARIS)
        shown = hours[1:] if at == "end" else hours[:-1]
        counts = (shown - pd.Timestamp("2026-01-01", tz=PARIS)) // pd.Timedelta(hours=1)
        rows = "".join(f"{one.isoformat()},{count**2}\n" for one, count in zip(shown, counts, strict=True))
        file = Download("month.csv", f"At,Count\n{rows}".encode())
        paper.on[f"choose #month {GERMAN[month - 1]} 2026"] = lambda now, file=file: setattr(now, "file", file)  # type: ignore[misc]


@pytest.mark.parametrize("at", ["start", "end"])
def test_a_register_read_by_the_month_knows_every_hour_over_the_months_ends(at: str) -> None:
    visit = by_month(series={"stamp": {"column": "At", "at": at}, "values": REGISTER})
    paper = at_the_months(signed_in(visit))
    of_register(paper, at, months=(1, 2, 3, 4))
    window = Window.of_local_days(date(2026, 2, 20), date(2026, 4, 2), "Europe/Paris")
    documents = brought(visit, paper, window)
    assert [call for call in paper.calls if call.startswith("choose")] == [
        f"choose #month {month} 2026" for month in ("Januar", "Februar", "März", "April")
    ]
    frames = [visit.parse(document).frame for document in documents]
    found = pd.concat(frames).drop_duplicates().set_index("start_at")["energy_kwh"]
    hours = pd.date_range(window.start, window.end, freq="h", inclusive="left")
    assert sorted(set(hours) - set(found.index)) == []
    counts = (pd.DatetimeIndex(found.index) - pd.Timestamp("2026-01-01", tz=PARIS)) // pd.Timedelta(hours=1)
    assert found.tolist() == [(count + 1) ** 2 - count**2 for count in counts]


def test_a_registers_first_month_is_read_without_one_before_and_a_month_shown_for_another_is_refused() -> None:
    visit = by_month(series={"stamp": {"column": "At", "at": "end"}, "values": REGISTER})
    paper = at_the_months(signed_in(visit))

    def has_none(now: PaperTab) -> None:
        raise LayoutChanged("The dropdown #month has no option 'Februar 2026'.")

    of_register(paper, "end", months=(3,))
    paper.on["choose #month Februar 2026"] = has_none
    window = Window.of_local_days(date(2026, 3, 1), date(2026, 3, 2), "Europe/Paris")
    (document,) = brought(visit, paper, window)
    assert visit.parse(document).frame["start_at"].iloc[0] == window.start + timedelta(hours=1)

    stuck = at_the_months(signed_in(visit))
    of_register(stuck, "end", months=(2,))
    stuck.on["choose #month März 2026"] = stuck.on["choose #month Februar 2026"]
    with pytest.raises(LayoutChanged, match="the same for 2026-03 as for 2026-02"):
        brought(visit, stuck, window)


def test_a_month_that_the_dropdown_does_not_have_is_asked_for_in_english_and_refused_by_the_page() -> None:
    visit = by_month()
    paper = at_the_months(signed_in(visit))
    window = Window.of_local_days(date(2025, 12, 1), date(2025, 12, 2), "Europe/Paris")
    brought(visit, paper, window)
    assert "choose #month December 2025" in paper.calls


def test_days_is_a_number_or_month() -> None:
    assert RECIPE["readings"]["days"] == 10
    with pytest.raises(ValueError, match="days: must be a whole number"):
        _ = portal(readings={"page": "/use", "days": "week", "download": "#file"}).recipe
