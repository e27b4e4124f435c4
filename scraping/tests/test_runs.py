"""Visits that nobody makes any more are ended, and one that is being made is left alone."""

import uuid
from datetime import timedelta

import psycopg
import pytest
from django.db import connection

from scraping.models import PortalAccount, ScrapeRun
from scraping.services import NotNow, end_lost_runs, visit_alone
from tests.paper_portal import PAPER_NOW as NOW
from tests.paper_portal import Notes, Paper, sheet
from twin_project.kit.jobs.models import Job

LATER = NOW + timedelta(minutes=5)


def run_of(account: PortalAccount, state: str) -> ScrapeRun:
    job = Job.objects.create(id=uuid.uuid4(), kind="k", dedup_key=state, state=state, created_at=NOW, run_after=NOW)
    return ScrapeRun.objects.create(account=account, job=job.pk, started_at=NOW)


def test_a_visit_that_was_killed_is_ended_by_the_next_one(
    paper: Paper, paper_account: PortalAccount, notes: Notes
) -> None:
    lost = ScrapeRun.objects.create(account=paper_account, started_at=NOW)
    paper.pages = {"m1": [sheet(1.0)]}
    visit_alone(account=paper_account, watcher=notes, now=NOW)
    lost.refresh_from_db()
    assert (lost.state, lost.error_class) == ("failed", "BrokenOff")
    assert "broke off" in lost.error_message
    assert "Nothing is lost" in lost.advice
    assert lost.finished_at is not None


def test_a_killed_visit_ends_as_its_job_did(paper_account: PortalAccount) -> None:
    runs = {state: run_of(paper_account, state) for state in ("running", "queued", "failed", "cancelled")}
    assert end_lost_runs(now=NOW) == 0
    assert end_lost_runs(now=LATER) == 2
    states = {state: ScrapeRun.objects.get(pk=run.pk).state for state, run in runs.items()}
    assert states == {"running": "running", "queued": "running", "failed": "failed", "cancelled": "cancelled"}
    assert end_lost_runs(now=LATER) == 0


def test_an_account_that_is_being_visited_is_not_visited_twice(paper_account: PortalAccount, notes: Notes) -> None:
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": psycopg.Cursor}) as other:
        other.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [f"portal account {paper_account.pk}"])
        with pytest.raises(NotNow, match="by another process right now"):
            visit_alone(account=paper_account, watcher=notes, now=NOW)
    assert not ScrapeRun.objects.exists()
