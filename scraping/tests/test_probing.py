"""A search as the panel keeps it: asked for, kept, corrected, taken; its secrets sealed and forgotten."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from scraping.domain.discovery.context import Context
from scraping.domain.discovery.login import Login
from scraping.domain.discovery.looking import Looks
from scraping.domain.discovery.merging import Found
from scraping.domain.discovery.proposals import Proposal
from scraping.domain.discovery.series import series_in
from scraping.domain.discovery.sightings import ANSWER, Sighting
from scraping.domain.discovery.walk import Page, Place
from scraping.domain.discovery.ways import Way
from scraping.domain.discovery.writing import as_yaml, recipe_of, title_of
from scraping.domain.recipes.loading import load_recipe
from scraping.domain.recipes.reading import read_by
from scraping.domain.records import Document, Window
from scraping.models import PortalAccount, Probe
from scraping.models import Proposal as ProposalRow
from scraping.services import BadCorrection, accept_proposal, ask_probe, correct_proposal, forget_probe_secrets
from scraping.services.probing import credentials_of_probe, keep_proposal
from tests.seen_tables import only, table
from twin_project.kit.addresses import AddressRefused
from twin_project.kit.jobs.models import Job

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECRET = "hay-loft-9-swallow"
BODY = "\n".join(["time;kWh", *(f"2026-11-{day:02} {hour:02}:00;{hour / 10}" for day in (2, 3) for hour in range(24))])


def found() -> Found:
    """Hourly energy in an answer of a French page."""
    rows = [tuple(line.split(";")) for line in BODY.splitlines()[1:]]
    seen = table(["time", "kWh"], rows)
    page = Page(
        Place("https://portal.example/use"),
        ("Usage",),
        Looks("Compteur PDL 09123456789012", "fr"),
        (),
        (),
        (),
        b"",
        "",
        "",
    )
    context = Context(page.place.address, NOW, words=page.looks.words, language="fr")
    series = only(series_in(seen, context))
    return Found(series, Sighting(ANSWER, page, seen, "csv", "https://portal.example/api/use?from=1"))


@pytest.fixture
def proposal() -> Proposal:
    one = found()
    login = Login("https://portal.example/in", (("user", "#u"), ("word", "#w"), ("click", "#go")), "a.out")
    way = Way("https://portal.example/use?from={from}&to={to}", [], "The days stand in the address.")
    text = as_yaml(recipe_of(one, login, way, days=31))
    recipe = load_recipe(text)
    window = Window.of_local_days(date(2026, 11, 2), date(2026, 11, 3), recipe.zone)
    document = Document("x", "m", window, "text/csv", BODY.encode(), NOW, "https://portal.example/api")
    frame = read_by(recipe, document).frame
    return Proposal(title_of(one), "Usage", text, one.series, frame, ("told",), document=document)


@pytest.fixture
def row(db: None, proposal: Proposal, public_portal: None) -> ProposalRow:
    probe = ask_probe(address="https://portal.example/", username="anna", password=SECRET, now=NOW)
    return keep_proposal(probe=probe, rank=1, proposal=proposal)


@pytest.fixture
def public_portal(monkeypatch: pytest.MonkeyPatch) -> None:
    """portal.example leads somewhere public, without asking a name server."""
    for user in ("probing", "plugins"):
        monkeypatch.setattr(f"scraping.services.{user}.place_of", lambda **_: "93.184.216.34")


def test_a_recipe_that_discovery_writes_reads_what_was_seen(proposal: Proposal) -> None:
    assert list(proposal.frame["energy_kwh"])[:3] == [0.0, 0.1, 0.2]
    assert len(proposal.frame) == 48
    recipe = load_recipe(proposal.recipe)
    assert (recipe.zone, recipe.interval_s, recipe.meters[0].reference) == ("Europe/Paris", 3600, "09123456789012")
    assert "{from}" in recipe.readings.page


def test_a_search_is_a_job_and_its_password_is_sealed(row: ProposalRow) -> None:
    probe = Probe.objects.get()
    job = Job.objects.get()
    assert (job.pk, job.kind) == (probe.job, "probe_portal")
    assert SECRET not in str(job.params) + probe.sealed_password
    assert credentials_of_probe(probe=probe).password == SECRET


def test_an_address_of_this_machine_is_refused(db: None) -> None:
    with pytest.raises(AddressRefused):
        ask_probe(address="http://127.0.0.1:9/", username="a", password="b", now=NOW)
    assert not Probe.objects.exists()


def test_passwords_of_searches_are_forgotten_after_a_day(row: ProposalRow) -> None:
    assert forget_probe_secrets(now=NOW + timedelta(hours=23)) == 0
    assert forget_probe_secrets(now=NOW + timedelta(hours=25)) == 1
    assert Probe.objects.get().sealed_password == ""


def test_a_correction_is_written_into_the_recipe_and_read_again(row: ProposalRow) -> None:
    correct_proposal(proposal=row, zone="Asia/Kolkata", stamp_at="end", units={"energy_kwh": "Wh"})
    kept = ProposalRow.objects.get()
    recipe = load_recipe(kept.recipe)
    assert (recipe.zone, recipe.series.stamp_at, recipe.series.values[0].unit) == ("Asia/Kolkata", "end", "Wh")
    assert kept.guesses["zone"] == {"value": "Asia/Kolkata", "confidence": 1.0, "because": ["You said so."]}
    assert kept.preview["start_at"][0] == "2026-11-01T18:30:00+00:00"
    assert max(kept.preview["energy_kwh"]) == pytest.approx(0.0023)


@pytest.mark.parametrize(
    "wrong", [{"zone": "Europe/Nowhere"}, {"stamp_at": "middle"}, {"units": {"energy_kwh": "V"}}]
)  # fmt: skip
def test_a_correction_that_cannot_be_is_refused(row: ProposalRow, wrong: dict[str, Any]) -> None:
    before = row.recipe
    with pytest.raises(BadCorrection):
        correct_proposal(proposal=row, **wrong)
    assert ProposalRow.objects.get().recipe == before


def test_an_accepted_proposal_is_an_account_with_the_recipe_and_its_first_visit(row: ProposalRow) -> None:
    account = accept_proposal(proposal=row, name="portal.example", now=NOW)
    again = accept_proposal(proposal=row, name="portal.example", now=NOW)
    assert account.portal == "recipe"
    assert account.params["recipe"] == row.recipe.strip()
    assert account.enabled
    assert Job.objects.filter(kind="scrape_portal", params__account_id=account.pk).exists()
    assert (account.name, again.name) == ("portal.example", "portal.example (2)")


def test_the_page_shows_the_card_and_one_click_keeps_it(row: ProposalRow, as_operator: Client) -> None:
    address = reverse("scraping:probe", args=[row.probe_id])
    Job.objects.update(state=Job.State.DONE)
    text = as_operator.get(address).content.decode()
    for words in ("Energy, every hour", "Europe/Paris", "The page speaks of", "Keep this and visit now", "in kWh"):
        assert words in text
    assert SECRET not in text
    answer = as_operator.post(reverse("scraping:accept_proposal", args=[row.probe_id, row.rank]))
    assert answer.url == reverse("scraping:account", args=[PortalAccount.objects.get().pk])  # type: ignore[attr-defined]


def test_the_page_corrects_by_its_form(row: ProposalRow, as_operator: Client) -> None:
    Job.objects.update(state=Job.State.DONE)
    name, address = f"p{row.pk}", reverse("scraping:correct_proposal", args=[row.probe_id, row.rank])
    given = {f"{name}-zone": "Europe/Rome", f"{name}-stamp_at": "start", f"{name}-unit-energy_kwh": "kWh"}
    assert as_operator.post(address, given).status_code == 302
    assert load_recipe(ProposalRow.objects.get().recipe).zone == "Europe/Rome"
    wrong = as_operator.post(address, {**given, f"{name}-zone": "Rome"})
    assert wrong.status_code == 422
    assert "no time zone like Europe/Paris" in wrong.content.decode()


def test_a_search_is_asked_for_by_operators_only(as_operator: Client, as_viewer: Client, public_portal: None) -> None:
    address = reverse("scraping:find")
    assert as_viewer.get(address).status_code == 403
    given = {"address": "portal.example", "username": "anna", "password": SECRET, "accept_terms": "on"}
    answer = as_operator.post(address, given)
    assert answer.url == reverse("scraping:probe", args=[Probe.objects.get().pk])  # type: ignore[attr-defined]
    assert Probe.objects.get().address == "https://portal.example"
    refused = as_operator.post(address, {**given, "address": "ftp://portal.example"})
    assert refused.status_code == 422
    assert SECRET not in refused.content.decode()
