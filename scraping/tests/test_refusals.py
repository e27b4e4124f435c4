"""What a refusal does to the account: it stops, waits for the customer, or comes back when the portal said."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from meters.models import Reading, ReadingRevision
from scraping import tasks
from scraping.domain.errors import Blocked, InvalidCredentials, PortalUnavailable
from scraping.models import PortalAccount, PortalMeter, StoredDocument
from scraping.services import enqueue_due_visits, run_now, visit_alone
from scraping.services.sealing import credentials_of
from tests.paper_portal import PAPER_NOW as NOW
from tests.paper_portal import PAPER_PASSWORD, Notes, Paper, sheet
from twin_project.kit.jobs.context import RunningJob
from twin_project.kit.jobs.errors import JobError
from twin_project.kit.jobs.models import Job
from twin_project.kit.jobs.services import announce

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def refused(account: PortalAccount, paper: Paper, notes: Notes, error: Exception) -> PortalAccount:
    PortalAccount.objects.update(enabled=True, next_visit_at=NOW)
    paper.at_the_door = error
    with pytest.raises(type(error)):
        visit_alone(account=account, watcher=notes, now=NOW)
    return PortalAccount.objects.get()


def control(client: Client, account: PortalAccount) -> str:
    return client.get(f"/scraper/{account.pk}/control/", headers=HTMX).content.decode()


def test_a_refused_password_is_asked_for_on_the_page_and_the_right_one_starts_again(
    paper: Paper, paper_account: PortalAccount, notes: Notes, as_operator: Client
) -> None:
    account = refused(paper_account, paper, notes, InvalidCredentials("The portal says: no."))
    html = control(as_operator, account)
    assert 'autocomplete="new-password"' in html
    assert PAPER_PASSWORD not in html
    right = {"username": "you", "password": " the right one "}
    as_operator.post(f"/scraper/{account.pk}/password/", right, headers=HTMX)
    account.refresh_from_db()
    credentials = credentials_of(account=account)
    assert (credentials.username, credentials.password) == ("you", " the right one ")
    assert (account.enabled, account.stopped_because, Job.objects.get().kind) == (True, "", "scrape_portal")


def test_a_portal_that_blocks_stops_at_once_and_other_ways_in_are_offered(
    paper: Paper, paper_account: PortalAccount, notes: Notes, as_operator: Client
) -> None:
    account = refused(paper_account, paper, notes, Blocked("The portal shows a captcha."))
    assert (account.enabled, account.stopped_class) == (False, "Blocked")
    html = control(as_operator, account)
    for words in ("neither solves nor gets round", 'href="/data/"', "./twin sign_in", "See what the browser showed"):
        assert words in html


def test_a_portal_that_says_when_to_come_back_is_not_visited_before(
    paper: Paper, paper_account: PortalAccount, notes: Notes
) -> None:
    account = refused(paper_account, paper, notes, Blocked("Too many.", retry_after=timedelta(hours=20)))
    assert (account.enabled, account.failures) == (True, 1)
    assert account.next_visit_at == NOW + timedelta(hours=20)
    account = refused(paper_account, paper, notes, Blocked("Too many.", retry_after=timedelta(days=4000)))
    assert account.next_visit_at == NOW + timedelta(days=1)


def test_the_breaker_is_told_before_it_opens_and_start_closes_it(
    paper: Paper, paper_account: PortalAccount, notes: Notes, as_operator: Client
) -> None:
    for _ in range(2):
        account = refused(paper_account, paper, notes, PortalUnavailable("It is down."))
    assert "2 of 3 failed visits in a row before it stops by itself" in control(as_operator, account)
    account = refused(paper_account, paper, notes, PortalUnavailable("It is down."))
    assert "Stopped after 3 failed visits in a row" in control(as_operator, account)
    as_operator.post(f"/scraper/{account.pk}/start/", headers=HTMX)
    account.refresh_from_db()
    assert (account.enabled, account.failures, account.stopped_because) == (True, 0, "")


def test_a_sign_in_test_brings_nothing_and_says_that_it_works(
    paper: Paper, paper_account: PortalAccount, as_operator: Client
) -> None:
    paper.pages = {"m1": [sheet(1.0)]}
    as_operator.post(f"/scraper/{paper_account.pk}/check-sign-in/", headers=HTMX)
    job = Job.objects.get()
    assert tasks.check_sign_in(RunningJob(job), **job.params) == {"signed_in": True}
    assert (paper.fetched, paper_account.meters.count(), paper_account.runs.get().purpose) == ([], 0, "sign_in")
    Job.objects.update(state=Job.State.DONE)
    assert "The sign-in works." in control(as_operator, paper_account)


def test_missing_readings_that_somebody_wants_are_asked_of_the_portal_again(
    paper: Paper, paper_account: PortalAccount, notes: Notes
) -> None:
    paper.pages = {"m1": [sheet(1.0)], "m2": [sheet(2.0)]}
    visit_alone(account=paper_account, watcher=notes, now=NOW)
    paper.fetched.clear()
    meter = PortalMeter.objects.get(reference="m2").meter
    span = {"start_at": (NOW - timedelta(days=9)).isoformat(), "end_at": (NOW - timedelta(days=8)).isoformat()}
    [job] = announce(announcement="readings_wanted", params={"meter_id": meter.pk, **span})
    assert (job.kind, job.subject) == ("fetch_again", "Meter m2")
    tasks.fetch_again(RunningJob(job), **job.params)
    assert paper.fetched == ["m2"]
    assert paper.windows["m2"].end == NOW - timedelta(days=8)
    PortalAccount.objects.update(stopped_class="InvalidCredentials")
    with pytest.raises(JobError, match="the portal refused it"):
        tasks.fetch_again(RunningJob(job), **job.params)
    PortalMeter.objects.all().delete()
    with pytest.raises(JobError, match="No portal account brings") as caught:
        tasks.fetch_again(RunningJob(job), **job.params)
    assert "Import them from a file" in caught.value.advice


def test_a_clock_that_was_put_back_neither_stops_the_schedule_nor_turns_documents_round(
    paper: Paper, paper_account: PortalAccount, notes: Notes
) -> None:
    PortalAccount.objects.update(enabled=True, next_visit_at=NOW + timedelta(days=400))
    assert enqueue_due_visits(now=NOW) == 1
    assert enqueue_due_visits(now=NOW) == 0
    for value, at in ((5.0, NOW + timedelta(days=400)), (6.0, NOW)):
        paper.pages, paper.now = {"m1": [sheet(value)]}, at
        visit_alone(account=paper_account, watcher=notes, now=NOW)
    paper.pages = {"m1": []}
    visit_alone(account=paper_account, watcher=notes, now=NOW)
    kept = list(StoredDocument.objects.order_by("seq").values_list("fetched_at", flat=True))
    assert kept[0] > kept[1]
    assert Reading.objects.get().energy_kwh == 6.0


def test_the_polled_control_asks_for_its_job_once(
    as_viewer: Client, paper_account: PortalAccount, django_assert_max_num_queries: Any
) -> None:
    run_now(account=paper_account)
    control(as_viewer, paper_account)
    with django_assert_max_num_queries(12) as asked:
        control(as_viewer, paper_account)
    found = [one["sql"] for one in asked.captured_queries if 'FROM "jobs_job"' in one["sql"]]
    assert len([sql for sql in found if "account_id" in sql]) == 1


def test_what_is_read_again_on_each_visit_keeps_what_was_corrected_as_a_revision(
    paper: Paper, paper_account: PortalAccount, notes: Notes
) -> None:
    PortalAccount.objects.update(reread_days=7)
    paper_account.refresh_from_db()
    paper.pages = {"m1": [sheet(1.0, 2.0)]}
    visit_alone(account=paper_account, watcher=notes, now=NOW)
    paper.pages = {"m1": [sheet(1.0, 2.5)]}
    run = visit_alone(account=paper_account, watcher=notes, now=NOW)
    assert (run.changed_n, run.same_n) == (1, 1)
    assert paper.windows["m1"].start == NOW - timedelta(hours=4) - timedelta(days=7)
    assert ReadingRevision.objects.get().energy_kwh == 2.0
