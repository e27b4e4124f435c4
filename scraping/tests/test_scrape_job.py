"""The job around a visit: what is tried again and when, and what it says in the end."""

from datetime import timedelta

import pytest

from scraping import tasks
from scraping.domain.errors import BrowserCrashed, InvalidCredentials, LayoutChanged, PortalError, PortalUnavailable
from scraping.models import PortalAccount
from scraping.services import NotNow, run_now
from tests.paper_portal import Paper, sheet
from twin_project.kit.jobs.context import RunningJob
from twin_project.kit.jobs.errors import JobError

pytestmark = pytest.mark.django_db


def job_of(account: PortalAccount, *, attempt: int) -> RunningJob:
    row = run_now(account=account)
    row.attempts = attempt
    return RunningJob(row)


def test_a_good_visit_gives_its_counts(paper: Paper, paper_account: PortalAccount) -> None:
    paper.pages = {"m1": [sheet(1.0, 2.0)]}
    result = tasks.scrape_portal(job_of(paper_account, attempt=1), account_id=paper_account.pk)
    assert result == {"documents": 1, "new": 2, "changed": 0, "refused": 0}
    assert str(paper_account.runs.get().job) == str(run_now(account=paper_account).pk)


@pytest.mark.parametrize("error", [PortalUnavailable, BrowserCrashed])
def test_what_may_pass_is_tried_three_times_more_with_growing_delay_and_counts_once(
    paper: Paper, paper_account: PortalAccount, error: type[PortalError]
) -> None:
    paper.at_the_door = error("It is down.")
    waits = []
    for attempt in (1, 2, 3, 4):
        with pytest.raises(JobError, match=r"It is down\.") as caught:
            tasks.scrape_portal(job_of(paper_account, attempt=attempt), account_id=paper_account.pk)
        waits.append(caught.value.retry_after)
        assert PortalAccount.objects.get().failures == (1 if attempt == 4 else 0)
    assert waits[:3] == [timedelta(seconds=wait) for wait in (5, 60, 300)]
    assert paper_account.runs.filter(state="failed").count() == 4


def test_the_portals_own_word_on_when_to_come_back_is_kept(paper: Paper, paper_account: PortalAccount) -> None:
    paper.at_the_door = PortalUnavailable("Maintenance.", retry_after=timedelta(minutes=9))
    with pytest.raises(JobError) as caught:
        tasks.scrape_portal(job_of(paper_account, attempt=1), account_id=paper_account.pk)
    assert caught.value.retry_after == timedelta(minutes=9)


@pytest.mark.parametrize("error", [InvalidCredentials, LayoutChanged])
def test_what_does_not_pass_by_itself_is_not_tried_again(
    paper: Paper, paper_account: PortalAccount, error: type[PortalError]
) -> None:
    paper.at_the_door = error("No.")
    with pytest.raises(JobError) as caught:
        tasks.scrape_portal(job_of(paper_account, attempt=1), account_id=paper_account.pk)
    assert caught.value.retry_after is None
    assert caught.value.advice


def test_an_account_that_is_busy_is_tried_a_little_later(
    paper_account: PortalAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(**_words: object) -> None:
        raise NotNow("It is being visited.")

    monkeypatch.setattr(tasks, "visit_alone", busy)
    with pytest.raises(JobError, match="being visited") as caught:
        tasks.scrape_portal(job_of(paper_account, attempt=1), account_id=paper_account.pk)
    assert caught.value.retry_after == timedelta(seconds=15)


def test_an_account_that_was_deleted_is_a_sentence(paper_account: PortalAccount) -> None:
    job = job_of(paper_account, attempt=1)
    gone = paper_account.pk
    paper_account.delete()
    with pytest.raises(JobError, match="has been deleted"):
        tasks.scrape_portal(job, account_id=gone)
