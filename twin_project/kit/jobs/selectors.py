"""What the pages ask about jobs."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from twin_project.kit.jobs.models import Job, JobLine
from twin_project.kit.jobs.registry import kinds

LOG_LINES = 400
FRESH = timedelta(seconds=20)
TONES = {
    Job.State.QUEUED: "",
    Job.State.RUNNING: "busy",
    Job.State.DONE: "good",
    Job.State.FAILED: "bad",
    Job.State.CANCELLED: "warn",
}


@dataclass(frozen=True)
class JobView:
    """A job as a person sees it."""

    job: Job
    title: str
    tone: str
    now: datetime
    lines: list[JobLine]
    step_began_at: datetime | None = None

    @property
    def word(self) -> str:
        """Where it stands, in a word."""
        if self.job.is_open and self.job.cancel_requested_at:
            return "stopping"
        waits = self.job.state == Job.State.QUEUED and self.job.attempts > 0
        return "will try again" if waits else self.job.get_state_display().lower()

    @property
    def took_s(self) -> float | None:
        """Seconds since its start, until its end."""
        if self.job.started_at is None:
            return None
        return ((self.job.finished_at or self.now) - self.job.started_at).total_seconds()

    @property
    def left_s(self) -> float | None:
        """Seconds of this step still to go, if it goes on as it went; None where nobody can say."""
        job, began_at = self.job, self.step_began_at or self.job.started_at
        if job.state != Job.State.RUNNING or not job.done_of or job.done_n < 1 or began_at is None:
            return None
        return (self.now - began_at).total_seconds() / job.done_n * max(job.done_of - job.done_n, 0)

    @property
    def silent(self) -> bool:
        """It waits although it could run: no worker has taken it for half a minute."""
        job = self.job
        return job.state == Job.State.QUEUED and self.now - max(job.run_after, job.created_at) > timedelta(seconds=30)


def job_view(pk: UUID, *, now: datetime, lines_n: int = LOG_LINES) -> JobView | None:
    """One job with the end of its log, the oldest line first."""
    job = Job.objects.filter(pk=pk).select_related("requested_by").first()
    if job is None:
        return None
    return view_of(job, now=now, lines_n=lines_n)


def view_of(job: Job, *, now: datetime, lines_n: int = LOG_LINES) -> JobView:
    """A job that was asked for already, with the end of its log."""
    lines = list(job.lines.order_by("-id")[:lines_n])[::-1] if lines_n else []
    began_at = None
    if job.done_of:
        began_at = job.lines.filter(text=job.step).order_by("-id").values_list("at", flat=True).first()
    return JobView(job, _titles().get(job.kind, job.kind), TONES[Job.State(job.state)], now, lines, began_at)


def recent_jobs(*, now: datetime, state: str = "", limit: int = 60) -> list[JobView]:
    """The latest jobs without their logs, the newest first; of one state where it is named."""
    jobs = Job.objects.all()
    if state in Job.State.values:
        jobs = jobs.filter(state=state)
    titles = _titles()
    return [JobView(job, titles.get(job.kind, job.kind), TONES[Job.State(job.state)], now, []) for job in jobs[:limit]]


def has_news(*, now: datetime) -> bool:
    """Whether some job ended a moment ago: what the cards show may have changed."""
    return Job.objects.filter(finished_at__gte=now - FRESH).exists()


def _titles() -> dict[str, str]:
    return {kind.key: kind.title for kind in kinds()}
