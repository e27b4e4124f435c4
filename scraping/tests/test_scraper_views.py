"""The scraper's pages: controls, visits, evidence."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from meters.models import Meter
from scraping.models import Evidence, PortalAccount, PortalMeter, ScrapeRun
from twin_project.kit.jobs.models import Job
from twin_project.kit.jobs.services import log_line

HTMX = {"HX-Request": "true"}


@pytest.fixture
def account(house: Meter) -> PortalAccount:
    row = PortalAccount.objects.create(name="My utility", portal="demo_utility", username="otto", sealed_password="x")
    PortalMeter.objects.create(account=row, reference="0001", meter=house)
    return row


def read(client: Client, address: str, **headers: str) -> str:
    answer = client.get(address, headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def test_without_an_account_the_page_says_what_one_needs(as_viewer: Client) -> None:
    assert "There is no portal account yet" in read(as_viewer, "/scraper/")


def test_an_account_that_was_never_started_says_what_will_happen(as_viewer: Client, account: PortalAccount) -> None:
    html = read(as_viewer, "/scraper/")
    assert "stopped" in html
    assert "a browser signs in and reads the last 60 days" in html


def test_start_asks_for_a_visit_and_shows_that_it_is_about_to_happen(
    as_operator: Client, account: PortalAccount
) -> None:
    answer = as_operator.post(f"/scraper/{account.pk}/start/", headers=HTMX)
    assert "about to visit" in answer.content.decode()
    assert "<html" not in answer.content.decode()
    account.refresh_from_db()
    assert account.enabled
    assert Job.objects.get().kind == "scrape_portal"


def test_stop_ends_the_schedule_and_the_visit_that_waits(as_operator: Client, account: PortalAccount) -> None:
    as_operator.post(f"/scraper/{account.pk}/start/", headers=HTMX)
    answer = as_operator.post(f"/scraper/{account.pk}/stop/", headers=HTMX)
    assert ">stopped<" in answer.content.decode()
    account.refresh_from_db()
    assert not account.enabled
    assert Job.objects.get().state == Job.State.CANCELLED


def test_run_now_twice_is_one_visit(as_operator: Client, account: PortalAccount) -> None:
    for _ in range(2):
        as_operator.post(f"/scraper/{account.pk}/run-now/", headers=HTMX)
    assert Job.objects.count() == 1


def test_without_scripts_a_button_leads_to_the_accounts_page(as_operator: Client, account: PortalAccount) -> None:
    answer = as_operator.post(f"/scraper/{account.pk}/start/")
    assert answer.headers["Location"] == f"/scraper/{account.pk}/"
    assert as_operator.get(f"/scraper/{account.pk}/control/").headers["Location"] == f"/scraper/{account.pk}/"


@pytest.mark.parametrize("verb", ["start", "stop", "run-now"])
def test_a_viewer_sees_no_button_and_is_refused(as_viewer: Client, account: PortalAccount, verb: str) -> None:
    assert f"/{verb}/" not in read(as_viewer, "/scraper/")
    assert as_viewer.post(f"/scraper/{account.pk}/{verb}/").status_code == 403
    assert not Job.objects.exists()


def test_while_a_visit_runs_its_progress_and_log_are_live(as_viewer: Client, account: PortalAccount) -> None:
    now = timezone.now()
    job = Job.objects.create(
        kind="scrape_portal",
        subject="My utility",
        dedup_key="k",
        params={"account_id": account.pk},
        state=Job.State.RUNNING,
        created_at=now,
        run_after=now,
        started_at=now,
        step="Reading Family house",
        done_n=4,
        done_of=9,
    )
    log_line(job_id=job.pk, text="Signed in.")
    html = read(as_viewer, f"/scraper/{account.pk}/control/", **HTMX)
    for words in ("visiting", "Reading Family house", "4 of 9", "Signed in.", "every 2s", 'value="4" max="9"'):
        assert words in html


def test_a_failed_visit_shows_its_sentence_the_advice_and_what_the_browser_saw(
    as_viewer: Client, account: PortalAccount
) -> None:
    now = timezone.now()
    run = ScrapeRun.objects.create(
        account=account,
        state=ScrapeRun.State.FAILED,
        started_at=now - timedelta(minutes=1),
        error_message="The portal refused the password.",
        advice="Change it on this account.",
    )
    Evidence.objects.create(run=run, taken_at=now, screenshot=b"\x89PNG", html="<script>alert(1)</script>")
    html = read(as_viewer, f"/scraper/{account.pk}/")
    assert html.count("The portal refused the password.") == 2
    assert "Change it on this account." in html
    picture = as_viewer.get(f"/scraper/visits/{run.pk}/evidence.png")
    assert (picture.headers["Content-Type"], picture.content) == ("image/png", b"\x89PNG")
    text = as_viewer.get(f"/scraper/visits/{run.pk}/evidence.txt")
    assert text.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert text.headers["X-Content-Type-Options"] == "nosniff"


def test_the_password_is_on_no_page(as_operator: Client, account: PortalAccount) -> None:
    PortalAccount.objects.update(sealed_password="sealed-words")
    for address in ("/scraper/", f"/scraper/{account.pk}/", f"/scraper/{account.pk}/control/"):
        assert "sealed-words" not in as_operator.get(address, headers=HTMX).content.decode()


def test_an_account_or_visit_that_is_not_there_is_not_found(as_viewer: Client) -> None:
    for address in ("/scraper/99/", "/scraper/99/control/", "/scraper/visits/99/evidence.png"):
        assert as_viewer.get(address).status_code == 404
