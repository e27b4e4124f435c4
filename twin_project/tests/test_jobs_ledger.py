"""The ledger: one open job a key, one holder a job, no attempt lost or doubled."""

from datetime import timedelta

import pytest
from django.utils import timezone

from twin_project.kit.jobs import ledger, tend
from twin_project.kit.jobs.kick import put_back
from twin_project.kit.jobs.models import Job
from twin_project.kit.jobs.services import announce, enqueue, request_cancel

pytestmark = pytest.mark.django_db


def _job(**params: object) -> Job:
    return enqueue(kind="probe_count", params={"file": "x", **params})


def test_asking_twice_gives_the_one_open_job() -> None:
    assert _job().pk == _job().pk
    assert Job.objects.count() == 1


def test_after_its_end_the_same_can_be_asked_for_again() -> None:
    first = _job()
    ledger.finish(job=ledger.claim(job_id=first.pk), result={})  # type: ignore[arg-type]  # it is due
    assert _job().pk != first.pk


def test_an_announcement_enqueues_those_who_listen() -> None:
    jobs = announce(announcement="probe_happened", params={"file": "x"})
    assert [job.kind for job in jobs] == ["probe_count"]
    assert announce(announcement="nobody_listens", params={}) == []


def test_news_that_come_while_the_follower_runs_make_it_run_once_more() -> None:
    (job,) = announce(announcement="probe_happened", params={"file": "x"})
    held = ledger.claim(job_id=job.pk)
    assert held is not None
    for _ in range(2):
        assert [again.pk for again in announce(announcement="probe_happened", params={"file": "x"})] == [job.pk]
    ledger.finish(job=held, result={})
    assert Job.objects.filter(state=Job.State.QUEUED, kind="probe_count").count() == 1
    assert Job.objects.count() == 2


def test_a_job_is_claimed_once_and_the_attempt_counts_before_any_work() -> None:
    job = _job()
    held = ledger.claim(job_id=job.pk)
    assert held is not None
    assert held.attempts == 1
    assert ledger.claim(job_id=job.pk) is None


def test_a_process_that_lost_its_claim_can_no_longer_write_the_end() -> None:
    job = _job()
    first = ledger.claim(job_id=job.pk)
    assert first is not None
    put_back(str(job.pk), "its process was lost")
    second = ledger.claim(job_id=job.pk)
    assert second is not None
    assert not ledger.finish(job=first, result={"from": "the dead"})
    assert not ledger.beat(job=first).held
    assert ledger.finish(job=second, result={"from": "the living"})
    job.refresh_from_db()
    assert job.result == {"from": "the living"}
    assert job.attempts == 2


def test_a_job_whose_lease_ran_out_goes_back_into_the_queue_and_fails_when_its_attempts_are_spent() -> None:
    job = _job()
    for attempt in range(1, job.max_attempts + 1):
        assert ledger.claim(job_id=job.pk) is not None
        later = timezone.now() + ledger.LEASE + timedelta(seconds=1)
        expected = "failed" if attempt == job.max_attempts else "put back"
        assert tend.reap(now=later) == [expected]
    job.refresh_from_db()
    assert job.state == Job.State.FAILED
    assert job.error_message == "Given up after 3 attempts: its process was lost."


def test_a_live_job_is_left_alone() -> None:
    ledger.claim(job_id=_job().pk)
    assert tend.reap(now=timezone.now()) == []


def test_a_queued_job_is_cancelled_at_once_and_is_never_claimed() -> None:
    job = _job()
    request_cancel(job=job)
    assert job.state == Job.State.CANCELLED
    assert ledger.claim(job_id=job.pk) is None


def test_a_running_job_learns_of_its_cancellation_with_the_next_beat() -> None:
    held = ledger.claim(job_id=_job().pk)
    assert held is not None
    request_cancel(job=Job.objects.get(pk=held.pk))
    assert ledger.beat(job=held).cancel_requested


def test_a_job_that_is_not_due_is_not_claimed() -> None:
    job = _job()
    held = ledger.claim(job_id=job.pk)
    assert held is not None
    ledger.requeue(job=held, delay=timedelta(minutes=1), spent=True)
    assert ledger.claim(job_id=job.pk) is None


def test_a_shutdown_gives_the_attempt_back() -> None:
    job = _job()
    held = ledger.claim(job_id=job.pk)
    assert held is not None
    ledger.requeue(job=held, delay=timedelta(0), spent=False)
    job.refresh_from_db()
    assert job.attempts == 0


def test_a_lost_kick_is_made_good_once_the_cluster_is_idle() -> None:
    job = _job()
    assert tend.kick_due(now=timezone.now()) == 0
    assert tend.kick_due(now=timezone.now() + tend.KICK_AGAIN + timedelta(seconds=1)) == 1
    Job.objects.filter(pk=job.pk).update(kicked_at=None)
    assert tend.kick_due(now=timezone.now()) == 1
