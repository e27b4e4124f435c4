"""`scrape_portal` at a prompt: exit codes and sentences."""

import json
import signal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from scraping.domain.errors import PortalUnavailable
from scraping.models import PortalAccount
from tests.paper_portal import Paper, sheet


def said(*words: str) -> str:
    out = StringIO()
    call_command("scrape_portal", *words, stdout=out)
    return out.getvalue()


def test_as_json_it_prints_one_object_and_nothing_else(paper: Paper, paper_account: PortalAccount) -> None:
    paper.pages = {"m1": [sheet(1.0, 2.0)]}
    counts = {"documents": 1, "new": 2, "changed": 0, "same": 0, "refused": 0}
    assert json.loads(said("Paper", "--json")) == counts


def test_for_a_person_it_tells_each_step(paper: Paper, paper_account: PortalAccount) -> None:
    paper.pages = {"m1": [sheet(1.0, 2.0)]}
    text = said("Paper", "--days", "3")
    for words in ("Signing in at", "Meter m1: 2 new, 0 corrected, 0 known readings.", "100 %", "1 documents, 2 new"):
        assert words in text


def test_a_failure_is_a_sentence_with_advice_and_exit_code_1(paper: Paper, paper_account: PortalAccount) -> None:
    paper.at_the_door = PortalUnavailable("The portal answered 503.")
    with pytest.raises(CommandError, match=r"answered 503\. Nothing is lost") as caught:
        said("Paper")
    assert caught.value.returncode == 1


@pytest.mark.usefixtures("paper_account")
def test_an_unknown_account_is_told_with_those_there_are() -> None:
    with pytest.raises(CommandError, match="no portal account called 'Papyrus'; there are: Paper"):
        said("Papyrus")


@pytest.mark.django_db
def test_without_any_account_it_says_how_to_get_one() -> None:
    with pytest.raises(CommandError, match="none yet; add one"):
        said("Papyrus")


@pytest.mark.parametrize("days", ["0", "-3", "soon", "99999"])
def test_days_that_are_none_are_refused(days: str) -> None:
    with pytest.raises(CommandError, match="whole days from 1"):
        call_command("scrape_portal", "Paper", f"--days={days}")


def test_ctrl_c_is_a_sentence_and_a_cancelled_visit(paper: Paper, paper_account: PortalAccount) -> None:
    before = signal.getsignal(signal.SIGTERM)
    paper.pages = {"m1": [sheet(1.0), KeyboardInterrupt()]}
    with pytest.raises(CommandError, match="What was read so far is kept") as caught:
        said("Paper")
    assert caught.value.returncode == 130
    assert paper_account.runs.get().state == "cancelled"
    assert signal.getsignal(signal.SIGTERM) is before
