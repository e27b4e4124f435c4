"""The pages of long work."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from meters.models import Meter
from twin_project.kit.jobs.models import Job
from twin_project.kit.jobs.services import enqueue, log_line


@pytest.fixture
def job(house: Meter) -> Job:
    return enqueue(kind="make_forecast", params={"meter_id": house.pk})


def read(client: Client, address: str, **headers: str) -> str:
    answer = client.get(address, headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_list_says_in_words_where_each_job_stands(as_viewer: Client, job: Job) -> None:
    html = read(as_viewer, "/jobs/")
    assert "Make a forecast" in html
    assert "Family house" in html
    assert "queued" in html
    assert "every 3s" in html


def test_the_list_shows_one_state_only_where_it_is_named(as_viewer: Client, job: Job) -> None:
    assert "Nothing here" in read(as_viewer, "/jobs/?state=failed")
    assert "Make a forecast" in read(as_viewer, "/jobs/?state=queued")


def test_a_running_job_shows_its_step_n_of_n_and_what_is_left(as_viewer: Client, job: Job) -> None:
    now = timezone.now()
    Job.objects.filter(pk=job.pk).update(
        state=Job.State.RUNNING, started_at=now - timedelta(seconds=60), step="Reading", done_n=3, done_of=9, attempts=1
    )
    log_line(job_id=job.pk, text="Signed in.")
    html = read(as_viewer, f"/jobs/{job.pk}/")
    assert "Reading" in html
    assert "3 of 9" in html
    assert "2\u2009min" in html
    assert "Signed in." in html
    assert "every 2s" in html


def test_the_page_asks_for_its_state_alone_and_no_more_once_the_job_has_ended(as_viewer: Client, job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(state=Job.State.DONE)
    html = read(as_viewer, f"/jobs/{job.pk}/", **{"HX-Request": "true", "HX-Target": "job-state"})
    assert "<html" not in html
    assert "hx-trigger" not in html


def test_a_failed_job_shows_its_sentence_and_the_advice(as_viewer: Client, job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(
        state=Job.State.FAILED, error_message="The portal said no.", advice="Check the password."
    )
    html = read(as_viewer, f"/jobs/{job.pk}/")
    assert "The portal said no." in html
    assert "Check the password." in html


def test_a_job_that_nobody_takes_says_so(as_viewer: Client, job: Job) -> None:
    earlier = timezone.now() - timedelta(minutes=2)
    Job.objects.filter(pk=job.pk).update(created_at=earlier, run_after=earlier)
    assert "No worker has taken this job" in read(as_viewer, f"/jobs/{job.pk}/")


def test_an_operator_cancels_a_queued_job_at_once(as_operator: Client, job: Job) -> None:
    answer = as_operator.post(f"/jobs/{job.pk}/cancel/")
    assert answer.headers["Location"] == f"/jobs/{job.pk}/"
    job.refresh_from_db()
    assert job.state == Job.State.CANCELLED


def test_by_htmx_a_cancel_answers_with_the_state_alone(as_operator: Client, job: Job) -> None:
    answer = as_operator.post(f"/jobs/{job.pk}/cancel/", headers={"HX-Request": "true", "HX-Target": "job-state"})
    assert "cancelled" in answer.content.decode()
    assert "<html" not in answer.content.decode()


def test_an_operator_asks_for_the_same_work_once_more(as_operator: Client, job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(state=Job.State.FAILED)
    answer = as_operator.post(f"/jobs/{job.pk}/again/")
    new = Job.objects.exclude(pk=job.pk).get()
    assert answer.headers["Location"] == f"/jobs/{new.pk}/"
    assert (new.kind, new.params) == (job.kind, job.params)


@pytest.mark.parametrize("verb", ["cancel", "again"])
def test_a_viewer_may_look_but_not_act(as_viewer: Client, job: Job, verb: str) -> None:
    assert f"/jobs/{job.pk}/{verb}/" not in read(as_viewer, f"/jobs/{job.pk}/")
    answer = as_viewer.post(f"/jobs/{job.pk}/{verb}/")
    assert answer.status_code == 403
    assert "operator" in answer.content.decode()
    job.refresh_from_db()
    assert job.state == Job.State.QUEUED


def test_looking_never_changes_and_a_job_that_is_gone_is_not_found(as_operator: Client, job: Job) -> None:
    assert as_operator.get(f"/jobs/{job.pk}/cancel/").status_code == 405
    assert as_operator.get(f"/jobs/{uuid4()}/").status_code == 404
