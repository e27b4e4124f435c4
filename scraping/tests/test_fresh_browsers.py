"""A browser that crashes in the middle of a visit is replaced, and the visit goes on from the last document."""

from datetime import timedelta

import pytest

from meters.models import Reading
from scraping.domain.errors import BrowserCrashed, NoRoom
from scraping.models import PortalAccount, StoredDocument
from scraping.services import NotNow, room, visit_alone, visits
from tests.paper_portal import PAPER_NOW as NOW
from tests.paper_portal import Notes, Paper, sheet

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _no_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scraping.services.visits.time.sleep", lambda _s: None)


def test_the_visit_goes_on_in_the_same_run_and_nothing_is_lost_or_doubled(
    paper: Paper, paper_account: PortalAccount, notes: Notes
) -> None:
    paper.pages = {
        "m1": [sheet(1.0, start=NOW - 6 * HOUR), BrowserCrashed("It died."), sheet(2.0, start=NOW - 5 * HOUR)],
        "m2": [BrowserCrashed("It died again."), sheet(3.0)],
    }
    run = visit_alone(account=paper_account, watcher=notes, now=NOW)
    assert (run.state, run.browsers_n, run.documents_n, run.new_n) == ("done", 3, 3, 3)
    assert Reading.objects.count() == 3
    assert PortalAccount.objects.get().failures == 0
    assert paper_account.runs.count() == 1
    assert "A fresh browser goes on from the last document" in notes.warned[0]


def test_a_meter_that_is_done_is_not_fetched_again_by_the_fresh_browser(
    paper: Paper, paper_account: PortalAccount, notes: Notes
) -> None:
    paper.pages = {"m1": [sheet(1.0)], "m2": [BrowserCrashed("It died."), sheet(2.0)]}
    visit_alone(account=paper_account, watcher=notes, now=NOW)
    assert paper.fetched == ["m1", "m2", "m2"]
    assert StoredDocument.objects.count() == 2


def test_three_crashes_without_a_document_in_between_end_the_visit(
    paper: Paper, paper_account: PortalAccount, notes: Notes
) -> None:
    paper.at_the_door = BrowserCrashed("It died.")
    with pytest.raises(BrowserCrashed):
        visit_alone(account=paper_account, watcher=notes, now=NOW)
    run = paper_account.runs.get()
    assert (run.state, run.error_class, run.browsers_n) == ("failed", "BrowserCrashed", 3)
    assert PortalAccount.objects.get().failures == 1


def test_a_browser_that_always_dies_after_one_document_is_not_replaced_for_ever(
    paper: Paper, paper_account: PortalAccount, notes: Notes
) -> None:
    paper.pages = {"m1": [page for n in range(40) for page in (sheet(float(n)), BrowserCrashed("It died."))]}
    with pytest.raises(BrowserCrashed):
        visit_alone(account=paper_account, watcher=notes, now=NOW)
    assert paper_account.runs.get().browsers_n == visits.MOST_BROWSERS


def test_a_full_disk_is_told_as_such_is_tried_again_and_counts_against_nobody(
    paper: Paper, paper_account: PortalAccount, notes: Notes, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper.pages = {"m1": [sheet(1.0), OSError(28, "No space left on device")]}
    for free in (10**12, 1000):
        monkeypatch.setattr(room, "_free_bytes", lambda _folder, free=free: free)
        with pytest.raises(NoRoom, match="full") as caught:
            visit_alone(account=paper_account, watcher=notes, now=NOW)
        assert caught.value.retryable
    assert "Make room" in paper_account.runs.latest("pk").advice
    assert PortalAccount.objects.get().failures == 0
    monkeypatch.setattr(room, "_free_bytes", lambda _folder: 10**12)
    paper.pages = {"m1": [sheet(1.0, 2.0)]}
    assert visit_alone(account=paper_account, watcher=notes, now=NOW).new_n == 1


def test_an_account_is_visited_by_one_process_at_a_time(
    paper_account: PortalAccount, notes: Notes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visits, "alone", lambda _name: alone_elsewhere())
    with pytest.raises(NotNow, match="visited by another process"):
        visit_alone(account=paper_account, watcher=notes, now=NOW)
    assert not paper_account.runs.exists()


class alone_elsewhere:  # noqa: N801 - stands for the function of the kit
    """The lock as it looks while another process holds it."""

    def __enter__(self) -> bool:
        return False

    def __exit__(self, *_error: object) -> None:
        return None
