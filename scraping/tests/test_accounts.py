"""Accounts: what they take, starting, stopping, coming due."""

from datetime import timedelta

import pytest

from scraping.models import PortalAccount
from scraping.services import enqueue_due_visits, run_now, save_account, start_scraper, stop_scraper
from scraping.services.plugins import AccountUnusable
from scraping.services.sealing import credentials_of
from tests.paper_portal import PAPER_NOW as NOW
from tests.paper_portal import PAPER_PASSWORD
from twin_project.kit.jobs import ledger
from twin_project.kit.jobs.models import Job
from twin_project.kit.params import BadParams
from twin_project.kit.vault import seal

pytestmark = pytest.mark.django_db


def save(**changes: object) -> PortalAccount:
    words = {"name": "A", "portal": "paper_portal", "username": "me", "password": PAPER_PASSWORD, "params": {}}
    return save_account(**(words | changes))  # type: ignore[arg-type]  # the tests give wrong ones too


def claimed(job: Job) -> Job:
    Job.objects.update(run_after=NOW)  # the database's now() is the start of the test's transaction
    held = ledger.claim(job_id=job.pk)
    assert held is not None
    return held


def test_a_password_is_kept_sealed_and_opens_for_a_visit(paper_account: PortalAccount) -> None:
    assert PAPER_PASSWORD not in str(vars(PortalAccount.objects.get()))
    credentials = credentials_of(account=paper_account)
    assert (credentials.username, credentials.password) == ("me", PAPER_PASSWORD)
    assert PAPER_PASSWORD not in repr(credentials)


@pytest.mark.usefixtures("paper")
def test_saving_the_same_name_again_changes_the_account() -> None:
    assert save().pk == save(username="you").pk
    assert PortalAccount.objects.get().username == "you"


@pytest.mark.usefixtures("paper")
@pytest.mark.parametrize(
    ("params", "told"),
    [
        ({"colour": "red"}, "colour: is unknown"),
        ({"pause_s": -1}, "0 s or more"),
        ({"base_url": "portal"}, "is no web address"),
        ({"base_url": "file:///etc/passwd"}, "is no web address"),
        ([], "names with values"),
    ],
)
def test_what_the_portal_does_not_take_is_refused_by_name(params: object, told: str) -> None:
    with pytest.raises(BadParams, match=told):
        save(params=params)
    assert not PortalAccount.objects.exists()


@pytest.mark.usefixtures("paper")
def test_a_portal_elsewhere_is_asked_twice_a_day_at_most() -> None:
    away = {"base_url": "https://portal.example/"}
    with pytest.raises(BadParams, match="720 or more"):
        save(params=away, interval_minutes=60)
    assert save(params=away, interval_minutes=720).interval_minutes == 720
    assert save(params={}, interval_minutes=15).interval_minutes == 15


def test_a_password_under_a_lost_key_says_what_to_do(paper_account: PortalAccount) -> None:
    paper_account.sealed_password = seal("x", keys=["A" * 43])
    with pytest.raises(AccountUnusable, match="enter the password again"):
        credentials_of(account=paper_account)


def test_start_visits_now_and_forgets_why_it_was_stopped(paper_account: PortalAccount) -> None:
    PortalAccount.objects.update(failures=3, stopped_because="It was refused.")
    paper_account.refresh_from_db()
    job = start_scraper(account=paper_account, now=NOW)
    paper_account.refresh_from_db()
    assert job.state == Job.State.QUEUED
    assert (paper_account.enabled, paper_account.failures, paper_account.stopped_because) == (True, 0, "")
    assert paper_account.next_visit_at == NOW + timedelta(minutes=720)


def test_two_asks_are_one_visit(paper_account: PortalAccount) -> None:
    assert run_now(account=paper_account).pk == start_scraper(account=paper_account, now=NOW).pk


def test_stop_ends_what_waits_and_what_is_planned(paper_account: PortalAccount) -> None:
    job = start_scraper(account=paper_account, now=NOW)
    assert [stopped.pk for stopped in stop_scraper(account=paper_account)] == [job.pk]
    job.refresh_from_db()
    assert job.state == Job.State.CANCELLED
    assert enqueue_due_visits(now=NOW + timedelta(days=9)) == 0


def test_a_start_while_the_stopped_visit_still_ends_is_visited_right_after_it(paper_account: PortalAccount) -> None:
    first = start_scraper(account=paper_account, now=NOW)
    held = claimed(first)
    stop_scraper(account=paper_account)
    assert start_scraper(account=paper_account, now=NOW).pk == first.pk
    assert enqueue_due_visits(now=NOW) == 1
    assert Job.objects.count() == 1
    ledger.cancelled(job=held)
    enqueue_due_visits(now=NOW)
    assert Job.objects.filter(state=Job.State.QUEUED).count() == 1
    assert enqueue_due_visits(now=NOW) == 0


def test_a_due_visit_is_asked_for_once_an_interval(paper_account: PortalAccount) -> None:
    job = start_scraper(account=paper_account, now=NOW)
    ledger.finish(job=claimed(job), result={})
    assert enqueue_due_visits(now=NOW + timedelta(minutes=719)) == 0
    assert enqueue_due_visits(now=NOW + timedelta(minutes=720)) == 1
    assert enqueue_due_visits(now=NOW + timedelta(minutes=721)) == 0
    assert Job.objects.count() == 2
