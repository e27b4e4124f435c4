"""A visit from sign-in to the last reading, and each way in which it can end."""

from datetime import timedelta

import pytest

from meters.models import Reading
from scraping.domain.contract import Browser, Credentials
from scraping.domain.errors import BrowserCrashed, InvalidCredentials, LayoutChanged, PortalUnavailable
from scraping.models import PortalAccount, PortalMeter, ScrapeRun, StoredDocument
from scraping.services import AccountUnusable, PluginFailed, visit_alone
from tests.paper_portal import PAPER_NOW as NOW
from tests.paper_portal import PAPER_PASSWORD, Notes, Paper, PaperPortal, sheet
from twin_project.kit.jobs.errors import Cancelled, Interrupted
from twin_project.kit.jobs.models import Job
from twin_project.kit.vault import seal

pytestmark = pytest.mark.django_db


def visit(account: PortalAccount, notes: Notes, **words: object) -> ScrapeRun:
    return visit_alone(account=account, watcher=notes, now=NOW, **words)  # type: ignore[arg-type]  # as a test wants


def failed(account: PortalAccount, notes: Notes, error: type[BaseException], **words: object) -> ScrapeRun:
    with pytest.raises(error):
        visit(account, notes, **words)
    return account.runs.latest("pk")


def test_a_visit_brings_all_meters_and_counts_what_it_brought(
    paper: Paper, paper_account: PortalAccount, notes: Notes
) -> None:
    paper.pages = {"m1": [sheet(1.0, 2.0)], "m2": [sheet(3.0), sheet(4.0, start=NOW - timedelta(hours=2))]}
    run = visit(paper_account, notes)
    assert (run.state, run.documents_n, run.new_n, run.finished_at is not None) == ("done", 3, 4, True)
    assert Reading.objects.count() == 4
    assert paper.passwords == [PAPER_PASSWORD]
    assert visit(paper_account, notes).same_n == 4


def test_what_followed_an_ingest_is_announced_once_for_each_meter_with_news(
    paper: Paper, paper_account: PortalAccount, notes: Notes
) -> None:
    paper.pages = {"m1": [sheet(1.0)], "m2": [sheet(1.0), sheet(1.0, 2.0)]}
    visit(paper_account, notes)
    asked = Job.objects.filter(kind="make_forecast")
    assert asked.count() == 2
    asked.delete()
    paper.pages["m2"] = [sheet(1.0, 2.5)]
    visit(paper_account, notes)
    [job] = asked
    assert job.params == {"meter_id": PortalMeter.objects.get(reference="m2").meter_id}


def test_news_of_a_visit_that_died_are_told_by_the_next(
    paper: Paper, paper_account: PortalAccount, notes: Notes
) -> None:
    paper.pages = {"m1": [sheet(1.0), Interrupted()]}
    failed(paper_account, notes, Interrupted)
    assert not Job.objects.exists()
    paper.pages = {"m1": [sheet(1.0)]}
    assert visit(paper_account, notes).same_n == 1
    assert Job.objects.filter(kind="make_forecast").count() == 1


def test_the_first_visit_reads_far_back_and_later_ones_from_before_the_last_reading(
    paper: Paper, paper_account: PortalAccount, notes: Notes
) -> None:
    paper.pages = {"m1": [sheet(1.0)]}
    visit(paper_account, notes)
    assert paper.windows["m1"].start == NOW - timedelta(days=60)
    visit(paper_account, notes)
    assert paper.windows["m1"].start == NOW - timedelta(hours=5) - timedelta(days=30)
    visit(paper_account, notes, days=2)
    assert paper.windows["m1"].start == NOW - timedelta(days=2)


def test_a_changed_layout_of_one_meter_ends_the_visit_as_failed_and_the_others_come_in(
    paper: Paper, paper_account: PortalAccount, notes: Notes
) -> None:
    paper.pages = {"m1": [sheet(1.0)], "m2": [b"<html>", sheet(2.0)], "m3": [sheet(3.0)]}
    run = failed(paper_account, notes, LayoutChanged)
    assert (run.state, run.error_class, run.documents_n, run.new_n) == ("failed", "LayoutChanged", 3, 2)
    assert "no column start_at" in run.error_message
    assert "report it" in run.advice
    assert (run.evidence.html, bytes(run.evidence.screenshot)) == ("<p>nothing here</p>", b"\x89PNG")
    assert bytes(StoredDocument.objects.get(parsed_at=None).body) == b"<html>"
    assert set(Reading.objects.values_list("energy_kwh", flat=True)) == {1.0, 3.0}


def test_the_next_visit_goes_on_past_garbage_that_was_kept(
    paper: Paper, paper_account: PortalAccount, notes: Notes
) -> None:
    paper.pages = {"m1": [b"<html>"]}
    failed(paper_account, notes, LayoutChanged)
    paper.pages = {"m1": [sheet(1.0)]}
    assert visit(paper_account, notes, days=20).new_n == 1
    assert "still cannot be read" in notes.warned[-1]


def test_a_plug_in_that_stumbles_is_a_sentence_with_evidence(
    paper: Paper, paper_account: PortalAccount, notes: Notes
) -> None:
    paper.pages = {"m1": [ZeroDivisionError("by nothing")]}
    run = failed(paper_account, notes, PluginFailed)
    assert run.error_message.startswith("The portal plug-in paper_portal failed: ZeroDivisionError: by nothing (fetch")
    assert run.evidence.url.endswith("where-it-broke")


def test_a_zone_that_nobody_knows_is_a_changed_layout(paper: Paper, paper_account: PortalAccount, notes: Notes) -> None:
    paper.pages, paper.zone = {"m1": [sheet(1.0)]}, "Europe/Nowhere"
    assert "Europe/Nowhere" in failed(paper_account, notes, LayoutChanged).error_message


def test_a_refused_password_stops_the_scraper_at_once_and_says_so(
    paper: Paper, paper_account: PortalAccount, notes: Notes
) -> None:
    PortalAccount.objects.update(enabled=True, next_visit_at=NOW)
    paper.at_the_door = InvalidCredentials("The portal says: no.")
    failed(paper_account, notes, InvalidCredentials)
    paper_account.refresh_from_db()
    assert (paper_account.enabled, paper_account.next_visit_at) == (False, None)
    assert "The portal says: no. Correct the user name or password" in paper_account.stopped_because


def test_the_third_failure_in_a_row_stops_the_scraper_and_a_good_visit_in_between_does_not(
    paper: Paper, paper_account: PortalAccount, notes: Notes
) -> None:
    PortalAccount.objects.update(enabled=True)
    for down in (True, True, False, True, True, True):
        assert PortalAccount.objects.get().enabled
        paper.at_the_door = PortalUnavailable("It is down.") if down else None
        if down:
            failed(paper_account, notes, PortalUnavailable)
        else:
            visit(paper_account, notes)
    paper_account.refresh_from_db()
    assert not paper_account.enabled
    assert paper_account.stopped_because.startswith("Stopped after 3 failed visits in a row; the last one: It is down.")


def test_a_failure_that_is_tried_again_soon_does_not_count(
    paper: Paper, paper_account: PortalAccount, notes: Notes
) -> None:
    paper.at_the_door = BrowserCrashed("It crashed.")
    failed(paper_account, notes, BrowserCrashed, tries_again=True)
    assert PortalAccount.objects.get().failures == 0
    failed(paper_account, notes, BrowserCrashed)
    assert PortalAccount.objects.get().failures == 1


def test_a_person_who_stops_the_scraper_in_the_middle_is_not_overruled(
    paper: Paper, paper_account: PortalAccount, notes: Notes, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper_account.enabled = True
    paper_account.save()

    def stopped_meanwhile(_self: PaperPortal, _browser: Browser, _credentials: Credentials) -> None:
        PortalAccount.objects.update(enabled=False)
        raise PortalUnavailable("It is down.")

    monkeypatch.setattr(PaperPortal, "log_in", stopped_meanwhile)
    failed(paper_account, notes, PortalUnavailable)
    assert not PortalAccount.objects.get().enabled


@pytest.mark.parametrize(
    ("error", "ended"),
    [(Cancelled, ("cancelled", "", 1)), (Interrupted, ("failed", "The visit was interrupted.", 1))],
)
def test_a_visit_that_is_told_to_end_is_written_down(
    paper: Paper, paper_account: PortalAccount, notes: Notes, error: type[BaseException], ended: tuple[str, str, int]
) -> None:
    paper.pages = {"m1": [sheet(1.0), error()]}
    run = failed(paper_account, notes, error)
    assert (run.state, run.error_message, run.new_n) == ended
    assert PortalAccount.objects.get().failures == 0


def test_a_portal_that_repeats_the_password_does_not_bring_it_into_a_message(
    paper: Paper, paper_account: PortalAccount, notes: Notes
) -> None:
    paper.at_the_door = InvalidCredentials(f"The portal says: {PAPER_PASSWORD} is wrong.")
    with pytest.raises(InvalidCredentials) as caught:
        visit(paper_account, notes)
    paper_account.refresh_from_db()
    for text in (str(caught.value), paper_account.stopped_because, paper_account.runs.get().error_message):
        assert "is wrong" in text
        assert PAPER_PASSWORD not in text


def test_what_is_wrong_with_the_account_is_told_before_a_browser_starts(
    paper: Paper, paper_account: PortalAccount, notes: Notes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scraping.browser.open_browser", None)
    wrong: dict[str, dict[str, object]] = {
        "no 'gone_portal' in scraping.portals": {"portal": "gone_portal"},
        "colour: is unknown": {"portal": "paper_portal", "params": {"colour": "red"}},
        "enter the password again": {"params": {}, "sealed_password": seal("x", keys=["A" * 43])},
    }
    for sentence, changes in wrong.items():
        PortalAccount.objects.update(**changes)
        paper_account.refresh_from_db()
        run = failed(paper_account, notes, AccountUnusable)
        assert sentence in run.error_message
        assert run.advice


def test_a_message_of_garbage_is_short_and_can_be_stored(
    paper: Paper, paper_account: PortalAccount, notes: Notes
) -> None:
    paper.at_the_door = LayoutChanged("column \x00" + "x" * 5000)
    run = failed(paper_account, notes, LayoutChanged)
    assert run.error_message.startswith("column xxx")
    assert len(run.error_message) < 700
