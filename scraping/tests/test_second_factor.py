"""A portal that asks for a code: the visit waits, the customer answers on the page, the session is kept."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from scraping.domain.errors import SecondFactorRequired
from scraping.models import CodeRequest, PortalAccount
from scraping.services import answer_code, run_now, visit_alone
from scraping.services.sealing import session_of
from tests.paper_portal import PAPER_NOW as NOW
from tests.paper_portal import Notes, Paper, PaperPortal, sheet
from twin_project.kit.jobs.models import Job

pytestmark = pytest.mark.django_db
QUESTION = "We have sent a code to your phone."
COOKIES = [{"name": "sid", "value": "a-session-of-the-portal-9917"}]


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], object]]:
    """What somebody does while the visit waits, one thing for each look."""
    todo: list[Callable[[], object]] = []
    monkeypatch.setattr("scraping.services.codes.time.sleep", lambda _s: todo.pop(0)() if todo else None)
    return todo


@pytest.fixture
def asking(paper: Paper, paper_account: PortalAccount) -> PortalAccount:
    paper.pages, paper.question = {"m1": [sheet(1.0)]}, QUESTION
    return paper_account


def test_the_code_that_is_typed_on_the_page_lets_the_same_visit_go_on(
    asking: PortalAccount, paper: Paper, notes: Notes, meanwhile: list[Callable[[], object]], as_operator: Client
) -> None:
    meanwhile.append(lambda: as_operator.post(f"/scraper/{asking.pk}/code/", {"code": " 482 917 "}))
    run = visit_alone(account=asking, watcher=notes, now=NOW)
    assert (run.state, paper.codes, paper.browsers_n) == ("done", ["482917"], 1)
    request = CodeRequest.objects.get()
    assert (request.sealed_code, request.closed_at is not None) == ("", True)
    assert QUESTION in notes.warned[0]


def test_while_it_waits_the_page_shows_the_question_and_a_field(
    asking: PortalAccount, notes: Notes, meanwhile: list[Callable[[], object]], as_operator: Client
) -> None:
    pages: list[str] = []
    ask = f"/scraper/{asking.pk}/control/"
    running_job(asking)
    meanwhile.append(lambda: pages.append(as_operator.get(ask, headers={"HX-Request": "true"}).content.decode()))
    meanwhile.append(lambda: answer_code(account=asking, code="1234", now=timezone.now()))
    visit_alone(account=asking, watcher=notes, now=NOW)
    for words in ("goes on", "asks for a code", QUESTION, 'autocomplete="one-time-code"', "hx-preserve"):
        assert words in pages[0]
    after = as_operator.get(ask, headers={"HX-Request": "true"}).content.decode()
    assert QUESTION not in after


def test_without_an_answer_the_visit_ends_and_no_further_code_is_sent_by_schedule(
    asking: PortalAccount, notes: Notes, settings: Settings
) -> None:
    settings.CODE_WAIT_MINUTES = 0
    PortalAccount.objects.update(enabled=True, next_visit_at=NOW)
    with pytest.raises(SecondFactorRequired, match="Nobody typed the code"):
        visit_alone(account=asking, watcher=notes, now=NOW)
    asking.refresh_from_db()
    assert (asking.enabled, asking.stopped_class) == (False, "SecondFactorRequired")
    assert "when you are at hand" in asking.stopped_because
    assert not answer_code(account=asking, code="1234", now=timezone.now())


@pytest.mark.parametrize("wrong", ["", "   ", "x" * 41, "пять"])
def test_what_is_no_code_is_refused_with_a_sentence(paper_account: PortalAccount, wrong: str) -> None:
    with pytest.raises(ValueError, match="as the portal sent it"):
        answer_code(account=paper_account, code=wrong, now=NOW)


def test_a_code_for_which_nobody_waits_is_told(as_operator: Client, paper_account: PortalAccount) -> None:
    answer = as_operator.post(f"/scraper/{paper_account.pk}/code/", {"code": "1"}, headers={"HX-Request": "true"})
    assert "No visit waits for a code any more" in answer.content.decode()


def test_a_viewer_may_not_answer(as_viewer: Client, paper_account: PortalAccount) -> None:
    assert as_viewer.post(f"/scraper/{paper_account.pk}/code/", {"code": "1"}).status_code == 403


def test_the_session_is_kept_sealed_and_the_next_visit_neither_signs_in_nor_asks(
    asking: PortalAccount, paper: Paper, notes: Notes, meanwhile: list[Callable[[], object]]
) -> None:
    paper.keeps_session, paper.cookies = True, COOKIES
    meanwhile.append(lambda: answer_code(account=asking, code="1234", now=timezone.now()))
    visit_alone(account=asking, watcher=notes, now=NOW)
    kept = PortalAccount.objects.get()
    assert COOKIES[0]["value"] not in kept.sealed_session
    assert session_of(account=kept) == COOKIES
    paper.cookies = []
    visit_alone(account=asking, watcher=notes, now=NOW)
    assert (len(paper.passwords), len(paper.codes)) == (1, 1)
    assert "The session of the last visit still holds." in notes.told


def test_a_session_that_holds_no_more_is_replaced_by_a_sign_in(
    asking: PortalAccount, paper: Paper, notes: Notes, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper.question, paper.keeps_session, paper.cookies = "", True, COOKIES
    visit_alone(account=asking, watcher=notes, now=NOW)
    monkeypatch.setattr(PaperPortal, "is_signed_in", lambda _self, _browser: False)
    visit_alone(account=asking, watcher=notes, now=NOW)
    assert len(paper.passwords) == 2


def running_job(account: PortalAccount) -> None:
    Job.objects.filter(pk=run_now(account=account).pk).update(state=Job.State.RUNNING)
