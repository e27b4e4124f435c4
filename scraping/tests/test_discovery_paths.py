"""What a walk through a portal may take, and what it never touches."""

from datetime import date

import pytest

from scraping.domain.browsing import FormField, FormNote, Link
from scraping.domain.discovery.dates import in_address, in_fields, most_days, only_asks, read_day
from scraping.domain.discovery.hidden import hidden_links
from scraping.domain.discovery.looking import Looks
from scraping.domain.discovery.paths import is_file, is_harmful, may_take, without_dates, worth
from scraping.domain.discovery.sightings import TABLE, Sighting
from scraping.domain.discovery.walk import Page, Place
from scraping.domain.discovery.ways import ways_of
from scraping.domain.extraction.raw import RawTable

PAGE, HOSTS = "https://portal.example/app", ("portal.example",)


def link(text: str, url: str = "", kind: str = "link", **more: bool) -> Link:
    return Link(text, url, kind, "a", **more)


@pytest.mark.parametrize(
    "text",
    [
        "Delete my account", "Log out", "Sign off", "Pay now", "Cancel contract", "Move out", "Save changes",
        "Konto löschen", "Vertrag kündigen", "Abmelden", "Jetzt bezahlen", "Daten ändern",
        "Supprimer", "Résilier mon contrat", "Se déconnecter", "Payer ma facture",
        "Eliminar", "Dar de baja", "Cerrar sesión", "Pagar factura",
        "Elimina", "Disdici", "Esci", "Paga ora", "Verwijderen", "Opzeggen", "Uitloggen", "Betalen",
        "Apagar", "Rescindir contrato", "Terminar sessão",
    ],
)  # fmt: skip
def test_words_of_harm_are_never_clicked_in_seven_languages(text: str) -> None:
    assert is_harmful(link(text, "https://portal.example/x"))
    assert not may_take(link(text, "https://portal.example/x"), page=PAGE, hosts=HOSTS)
    assert not may_take(link(text, kind="button"), page=PAGE, hosts=HOSTS)


@pytest.mark.parametrize(
    "text", ["Usage", "Meter registers", "Verbrauch", "Mes compteurs", "Consumos", "Letture", "Mijn verbruik", "Hourly"]
)  # fmt: skip
def test_words_of_readings_are_taken_first(text: str) -> None:
    assert may_take(link(text, "https://portal.example/a"), page=PAGE, hosts=HOSTS)
    assert worth(link(text, "https://portal.example/a")) >= worth(link("Contact", "https://portal.example/b"))


@pytest.mark.parametrize(
    "way",
    [
        link("Usage", "https://elsewhere.example/usage"),
        link("Usage", "mailto:a@portal.example"),
        link("Usage", "javascript:go()"),
        link("Usage", "https://portal.example/manual.pdf"),
        link("Usage", "https://portal.example/usage?action=delete"),
        link("Usage", kind="button", in_form=True),
        link("", kind="button"),
    ],
)
def test_other_hosts_other_files_and_buttons_of_forms_are_left(way: Link) -> None:
    assert not may_take(way, page=PAGE, hosts=HOSTS)


def test_a_file_is_known_by_its_words_or_its_ending() -> None:
    assert is_file(link("Télécharger", "https://portal.example/x"))
    assert is_file(link("Data", "https://portal.example/x.csv?a=1"))
    assert not is_file(link("Usage", "https://portal.example/usage"))


def test_the_same_view_of_other_days_or_pages_is_one_view() -> None:
    views = {without_dates(f"https://portal.example/u?from=2026-11-{day:02}&page={day}&meter=A") for day in range(1, 9)}
    assert len(views) == 1
    assert without_dates("https://portal.example/u?meter=A") != without_dates("https://portal.example/u?meter=B")
    assert without_dates("https://portal.example/#/a") != without_dates("https://portal.example/#/b")


def field(name: str, kind: str, value: str = "", label: str = "") -> FormField:
    return FormField(name, kind, label, value, f"#{name}")


def test_only_a_get_form_of_days_and_choices_may_be_sent() -> None:
    days = (field("from", "date", "2026-11-01"), field("to", "date", "2026-11-02"), field("meter", "select", "A"))
    assert only_asks(FormNote("form", "get", "", days))
    assert not only_asks(FormNote("form", "post", "", days))
    assert not only_asks(FormNote("form", "get", "", (*days, field("email", "text", "a@b.example"))))
    assert not only_asks(FormNote("form", "get", "", (field("q", "search", ""),)))


@pytest.mark.parametrize(
    ("url", "template"),
    [
        ("https://p.example/a?from=2026-11-16&to=2026-11-22&m=1", "https://p.example/a?from={first}&to={last}&m=1"),
        ("https://p.example/a?d1=16%2F11%2F2026&d2=22%2F11%2F2026", "https://p.example/a?d1={first}&d2={last}"),
        ("https://p.example/a?s=11%2F16%2F2026&e=11%2F22%2F2026", "https://p.example/a?s={first}&e={last}"),
    ],
)
def test_the_days_of_an_address_become_places(url: str, template: str) -> None:
    found = in_address(url, covers=(date(2026, 11, 16), date(2026, 11, 22)))
    assert found is not None
    assert found.template == template
    assert not found.until_next
    assert in_address(url, covers=(date(2026, 1, 1), date(2026, 1, 7))) is None


def test_an_end_that_is_the_day_after_is_told_from_one_that_is_the_last() -> None:
    found = in_address(
        "https://p.example/a?from=2026-11-16&to=2026-11-23", covers=(date(2026, 11, 16), date(2026, 11, 22))
    )
    assert found is not None
    assert found.until_next


def test_fields_of_days_are_known_by_their_kind_their_value_or_their_label() -> None:
    covers = (date(2026, 11, 1), date(2026, 11, 4))
    for first, last, form in (
        (field("a", "date"), field("b", "date"), "%Y-%m-%d"),
        (field("von", "text", "01.11.2026"), field("bis", "text", "04.11.2026"), "%d.%m.%Y"),
        (field("x", "text", "11/01/2026"), field("y", "text", "11/04/2026"), "%m/%d/%Y"),
        (field("x", "text", label="From dd-Mon-yyyy"), field("y", "text", label="To dd-Mon-yyyy"), "%d-%b-%Y"),
    ):
        found = in_fields([FormNote("form", "get", "", (first, last))], covers=covers)
        assert found is not None
        assert (found.first, found.last) == (first, last)
        assert found.form == form or first.name == "x"
    assert in_fields([FormNote("form", "get", "", (field("q", "text", "lamp"),))], covers=covers) is None


@pytest.mark.parametrize(
    ("words", "days"),
    [
        ("At most 31 days at a time.", 31),
        ("Es werden höchstens 92 Tage angezeigt", 92),
        ("31 days at most", 31),
        ("Maximum période: 7 jours", 7),
        ("The last 30 days of your usage", None),
    ],
)
def test_how_many_days_a_page_shows_is_read_where_it_says_so(words: str, days: int | None) -> None:
    assert most_days(words) == days


def test_a_day_is_read_in_the_forms_of_many_portals() -> None:
    for text in ("2026-11-03", "3 Nov 2026", "03.11.26", "1764000000000"):
        assert read_day(text) is not None
    assert read_day("hello") is None


def test_days_are_never_chosen_by_a_form_that_is_posted() -> None:
    days = (field("from", "date", "2026-11-16"), field("to", "date", "2026-11-22"))
    button = link("Submit", kind="button", in_form=True)
    covers = (date(2026, 11, 16), date(2026, 11, 22))
    for method, pages in (("post", ["https://portal.example/app"]), ("get", ["{from}", "{to}"])):
        page = seen(FormNote("form", method, "https://portal.example/app", days), button)
        ways = list(ways_of(Sighting(TABLE, page, RawTable("t", (), ()), "html"), covers=covers, month_first=None))
        assert all(word in ways[0].page for word in pages)
        assert all(not way.steps for way in ways) == (method == "post")


def seen(form: FormNote, *links: Link) -> Page:
    return Page(Place("https://portal.example/app"), ("Usage",), Looks("", "en"), (form,), links, (), b"", "", "")


def test_links_of_a_menu_that_opens_under_the_mouse_are_known_from_the_page_itself() -> None:
    source = (
        '<a href="/a">Shown</a><ul hidden><li><a href="/b?x=1"><span>Load</span> survey</a><a href="#top">Top</a></ul>'
    )
    found = hidden_links(source, page="https://portal.example/", known={"https://portal.example/a"})
    assert [(one.url, one.text) for one in found] == [("https://portal.example/b?x=1", "Load survey")]
