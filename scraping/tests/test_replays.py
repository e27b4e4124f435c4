"""A mended parser is replayed over kept documents: the portal is not asked, and only what differs is written."""

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from meters.models import Reading, ReadingRevision
from scraping import tasks
from scraping.domain.contract import Document, ParsedReadings
from scraping.domain.errors import LayoutChanged
from scraping.models import PortalAccount
from scraping.services import replay_documents, visit_alone
from tests.paper_portal import PAPER_NOW as NOW
from tests.paper_portal import Notes, Paper, PaperPortal, sheet
from twin_project.kit.jobs.context import RunningJob
from twin_project.kit.jobs.models import Job

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def visited(paper: Paper, paper_account: PortalAccount, notes: Notes) -> PortalAccount:
    """Two visits; the second corrected one value and brought one more."""
    for values in ((1.0, 2.0), (1.0, 2.5, 3.0)):
        paper.pages = {"m1": [sheet(*values)]}
        visit_alone(account=paper_account, watcher=notes, now=NOW)
    paper.fetched.clear()
    Job.objects.all().delete()
    return paper_account


def energies() -> list[float | None]:
    return list(Reading.objects.order_by("start_at").values_list("energy_kwh", flat=True))


def replay(account: PortalAccount, notes: Notes, **words: Any) -> dict[str, int]:
    return replay_documents(account=account, now=NOW + HOUR, watcher=notes, **words).counts


@pytest.fixture
def mended(visited: PortalAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    """The portal gives tenths, as somebody has found out."""
    plain = PaperPortal.parse

    def parse(self: PaperPortal, document: Document) -> ParsedReadings:
        parsed = plain(self, document)
        return ParsedReadings(parsed.meter_reference, parsed.frame.assign(energy_kwh=parsed.frame["energy_kwh"] / 10))

    monkeypatch.setattr(PaperPortal, "parse", parse)


def test_the_same_parser_changes_nothing_and_leaves_no_revision(visited: PortalAccount, notes: Notes) -> None:
    before = ReadingRevision.objects.count()
    told = replay(visited, notes)
    assert told == {"documents": 2, "unreadable": 0, "new": 0, "changed": 0, "same": 3, "refused": 0}
    assert ReadingRevision.objects.count() == before == 1


@pytest.mark.usefixtures("mended")
def test_a_mended_parser_corrects_what_was_read_wrongly_and_keeps_it_as_revisions(
    visited: PortalAccount, paper: Paper, notes: Notes
) -> None:
    assert replay(visited, notes)["changed"] == 3
    assert energies() == [0.1, 0.25, 0.3]
    assert set(ReadingRevision.objects.filter(energy_kwh=3.0).values_list("reason", flat=True)) == {
        "Documents of the portal read again"
    }
    assert paper.fetched == []
    assert Job.objects.filter(kind="make_forecast").exists()


@pytest.mark.usefixtures("mended")
def test_a_dry_run_says_the_same_and_stores_nothing(visited: PortalAccount, notes: Notes) -> None:
    assert replay(visited, notes, dry_run=True)["changed"] == 3
    assert energies() == [1.0, 2.5, 3.0]
    assert not Job.objects.exists()


def test_a_document_that_was_lost_to_the_old_parser_comes_in_with_the_mended_one(
    paper: Paper, paper_account: PortalAccount, notes: Notes, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = PaperPortal.parse

    def lost(self: PaperPortal, document: Document) -> ParsedReadings:
        raise LayoutChanged("The column is called otherwise.")

    monkeypatch.setattr(PaperPortal, "parse", lost)
    paper.pages = {"m1": [sheet(1.0, 2.0)]}
    with pytest.raises(LayoutChanged):
        visit_alone(account=paper_account, watcher=notes, now=NOW)
    assert replay(paper_account, notes)["unreadable"] == 1
    monkeypatch.setattr(PaperPortal, "parse", plain)
    assert replay(paper_account, notes)["new"] == 2


def test_the_command_tells_what_came_of_it_and_exits_with_1_where_some_cannot_be_read(
    visited: PortalAccount, paper: Paper, notes: Notes
) -> None:
    out = StringIO()
    call_command("replay_documents", "Paper", "--json", stdout=out)
    assert json.loads(out.getvalue())["same"] == 3
    paper.pages = {"m1": [b"<html>"]}
    with pytest.raises(LayoutChanged):
        visit_alone(account=visited, watcher=notes, now=NOW)
    with pytest.raises(CommandError, match="1 documents cannot be read; the others were") as caught:
        call_command("replay_documents", "Paper", stdout=StringIO())
    assert caught.value.returncode == 1


def test_the_button_asks_for_a_job_that_reports_its_counts(visited: PortalAccount, as_operator: Client) -> None:
    answer = as_operator.post(f"/scraper/{visited.pk}/replay/")
    job = Job.objects.get()
    assert answer.headers["Location"] == f"/jobs/{job.pk}/"
    assert tasks.replay_documents(RunningJob(job), **job.params)["same"] == 3
    assert "2 documents, 0 of them unreadable" in job.lines.latest("pk").text
