"""Years of the past come window by window; whoever stops or dies, it goes on where it was."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from itertools import pairwise
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from meters.models import Reading
from scraping import tasks
from scraping.domain.contract import Window
from scraping.domain.errors import LayoutChanged, PortalUnavailable
from scraping.models import Backfill, BackfillWindow, PortalAccount
from scraping.selectors import recent_backfills
from scraping.services import (
    BackfillErrand,
    BadPeriod,
    ask_backfill,
    run_backfill,
    stop_backfill,
    tend_backfills,
    visit_alone,
)
from tests.paper_portal import PAPER_NOW as NOW
from tests.paper_portal import Notes, Paper, PaperPortal, sheet
from twin_project.kit.jobs.context import RunningJob
from twin_project.kit.jobs.errors import Interrupted, JobError
from twin_project.kit.jobs.models import Job

pytestmark = pytest.mark.django_db
FROM = datetime(2025, 12, 31, 23, tzinfo=UTC)  # 1 January in Paris


@pytest.fixture
def windows(paper: Paper, monkeypatch: pytest.MonkeyPatch) -> list[Window]:
    """A portal with one reading at the start of each window; an exception of `paper.pages` comes first."""
    asked: list[Window] = []
    paper.pages = {"m1": []}
    plain = PaperPortal.fetch

    def fetch(self: PaperPortal, browser: Any, reference: str, window: Window) -> Any:
        asked.append(window)
        paper.pages[reference] = paper.pages[reference][:1] or [sheet(1.0, start=window.start)]
        yield from plain(self, browser, reference, window)
        paper.pages[reference] = []

    monkeypatch.setattr(PaperPortal, "fetch", fetch)
    return asked


def ask(account: PortalAccount, **words: Any) -> Backfill:
    return ask_backfill(account=account, start=FROM, end=NOW, now=NOW, **words)


def work(backfill: Backfill, notes: Notes, slice_s: float = 3600) -> BackfillErrand:
    errand = BackfillErrand(backfill=backfill, slice_s=slice_s)
    visit_alone(account=backfill.account, watcher=notes, now=NOW, errand=errand)
    return errand


def test_windows_of_a_month_are_brought_the_newest_first_and_cover_everything(
    paper_account: PortalAccount, windows: list[Window], notes: Notes
) -> None:
    assert work(ask(paper_account), notes).is_complete
    assert (windows[0].end, windows[-1].start) == (NOW, FROM)
    assert all(later.start == earlier.end for later, earlier in pairwise(windows))
    assert max(window.end - window.start for window in windows) <= timedelta(days=31, hours=1)
    assert Reading.objects.count() == len(windows) == 5
    assert f"{len(windows)} of {len(windows)}" in notes.told


def test_a_visit_that_dies_goes_on_with_the_next_window_and_fetches_none_twice(
    paper: Paper, paper_account: PortalAccount, windows: list[Window], notes: Notes, monkeypatch: pytest.MonkeyPatch
) -> None:
    backfill = ask(paper_account)
    fetch, calls = PaperPortal.fetch, []

    def dies_third(self: PaperPortal, browser: Any, reference: str, window: Window) -> Any:
        calls.append(window)
        paper.pages["m1"] = [Interrupted()] if len(calls) == 3 else []
        return fetch(self, browser, reference, window)

    monkeypatch.setattr(PaperPortal, "fetch", dies_third)
    with pytest.raises(Interrupted):
        work(backfill, notes)
    assert BackfillWindow.objects.exclude(done_at=None).count() == 2
    assert work(ask(paper_account), notes).is_complete
    assert Backfill.objects.count() == 1
    starts = [window.start for window in windows]
    assert len(starts) == 6
    assert sorted(set(starts)) == sorted(starts[:2] + starts[3:])


def test_a_job_works_for_a_while_and_the_tending_asks_for_the_next_until_all_is_there(
    paper_account: PortalAccount, windows: list[Window], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "BackfillErrand", one_window_at_a_time)
    backfill = ask(paper_account)
    job = run_backfill(backfill=backfill)
    for n in range(5):
        result = tasks.backfill_portal(RunningJob(job), **job.params)
        assert result["new"] == 1
        assert (recent_backfills(paper_account)[0].done_n, len(windows)) == (n + 1, n + 1)
        Job.objects.filter(pk=job.pk).update(state=Job.State.DONE)
        assert tend_backfills(now=NOW) == (1 if n < 4 else 0)
        job = Job.objects.latest("created_at")
    backfill.refresh_from_db()
    assert backfill.state == Backfill.State.DONE
    assert backfill.worked_s > 0


class one_window_at_a_time(BackfillErrand):  # noqa: N801 - stands for the class in its place
    """Its time is over after each window."""

    def finished(self, *words: Any, **named: Any) -> None:
        super().finished(*words, **named)
        self._until = 0.0


@pytest.mark.parametrize(
    ("ended", "state"), [(Job.State.FAILED, Backfill.State.FAILED), (Job.State.CANCELLED, Backfill.State.STOPPED)]
)
def test_a_job_that_failed_or_was_cancelled_ends_it_until_a_person_lets_it_go_on(
    paper_account: PortalAccount, windows: list[Window], ended: str, state: str
) -> None:
    backfill = ask(paper_account)
    job = run_backfill(backfill=backfill)
    Job.objects.filter(pk=job.pk).update(state=ended, error_message="The portal is gone.")
    assert tend_backfills(now=NOW) == 0
    backfill.refresh_from_db()
    assert backfill.state == state
    assert backfill.error_message == ("The portal is gone." if ended == Job.State.FAILED else "")
    again = run_backfill(backfill=backfill)
    assert again.pk != job.pk
    assert Backfill.objects.get().state == Backfill.State.OPEN


def test_three_windows_that_cannot_be_read_end_it_with_their_reason(
    paper: Paper, paper_account: PortalAccount, windows: list[Window], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PaperPortal, "parse", lost)
    job = run_backfill(backfill=ask(paper_account))
    with pytest.raises(JobError, match="no table"):
        tasks.backfill_portal(RunningJob(job), **job.params)
    assert len(windows) == 3
    assert recent_backfills(paper_account)[0].errors_n == 3


def lost(_self: PaperPortal, _document: Any) -> Any:
    raise LayoutChanged("There is no table.")


def test_stopping_cancels_its_job(paper_account: PortalAccount, windows: list[Window]) -> None:
    backfill = ask(paper_account)
    job = run_backfill(backfill=backfill)
    stop_backfill(backfill=Backfill.objects.get(), now=NOW)
    job.refresh_from_db()
    assert (Backfill.objects.get().state, job.state) == ("stopped", "cancelled")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ({"start": NOW + timedelta(days=1), "end": NOW + timedelta(days=2)}, "between 1990 and today"),
        ({"start": NOW - timedelta(days=2), "end": NOW - timedelta(days=3)}, "ends after it"),
        ({"start": datetime(1970, 1, 1, tzinfo=UTC), "end": NOW}, "between 1990"),
        ({"start": FROM, "end": NOW, "reference": "m9"}, "shows no meter m9"),
    ],
)
def test_a_period_that_cannot_be_is_refused(paper_account: PortalAccount, words: dict[str, Any], told: str) -> None:
    with pytest.raises(BadPeriod, match=told):
        ask_backfill(account=paper_account, now=NOW, **words)


def test_the_command_brings_all_of_it_and_goes_on_where_a_failure_left_it(
    paper: Paper, paper_account: PortalAccount, windows: list[Window]
) -> None:
    paper.at_the_door = PortalUnavailable("It is down.")
    with pytest.raises(CommandError, match="It is down"):
        call_command("backfill", "Paper", "--from=2026-01-01", "--until=2026-03-01", stdout=StringIO())
    paper.at_the_door = None
    out = StringIO()
    call_command("backfill", "Paper", "--from=2026-01-01", "--until=2026-03-01", "--json", stdout=out)
    assert '"windows": 2, "of": 2' in out.getvalue()
    assert Backfill.objects.get().state == Backfill.State.DONE


def test_the_button_on_the_page_starts_one_and_the_page_shows_how_far_it_is(
    as_operator: Client, paper_account: PortalAccount, windows: list[Window]
) -> None:
    page = f"/scraper/{paper_account.pk}/"
    assert as_operator.post(f"{page}backfill/", {"since": "2999-01-01"}).status_code == 422
    assert as_operator.post(f"{page}backfill/", {"since": "2025-01-01"}).status_code == 302
    html = as_operator.get(page).content.decode()
    assert "going on" in html
    assert "0 of 0 windows" in html
    backfill = Backfill.objects.get()
    as_operator.post(f"{page}backfills/{backfill.pk}/stop/")
    assert "stopped" in as_operator.get(page).content.decode()
    as_operator.post(f"{page}backfills/{backfill.pk}/go-on/")
    assert Backfill.objects.get().state == Backfill.State.OPEN
