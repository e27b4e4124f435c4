"""What the pages ask about portals."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from scraping.models import (
    Backfill,
    BackfillWindow,
    CodeRequest,
    Evidence,
    PortalAccount,
    PortalMeter,
    ScrapeRun,
    StoredDocument,
)
from twin_project.kit.jobs.models import Job

if TYPE_CHECKING:
    from meters.models import Meter

VISIT_KIND, SIGN_IN_KIND = "scrape_portal", "check_sign_in"
BACKFILL_KIND, AGAIN_KIND = "backfill_portal", "fetch_again"
REPLAY_KIND = "replay_documents"
_OF_ACCOUNT = (VISIT_KIND, SIGN_IN_KIND, BACKFILL_KIND, REPLAY_KIND)

_KEPT = Exists(Evidence.objects.filter(run=OuterRef("pk")))


@dataclass(frozen=True)
class ScraperStatus:
    """One account as the scraper card shows it; `latest` is the job that runs, or ran last."""

    account: PortalAccount
    latest: Job | None
    last_run: ScrapeRun | None
    meters: list[PortalMeter]
    question: CodeRequest | None

    @property
    def job(self) -> Job | None:
        """The job that is open."""
        return self.latest if self.latest is not None and self.latest.is_open else None

    @property
    def state(self) -> str:
        """One word: asking, working, waiting (its job is queued), stopped, failing, scheduled."""
        if self.question is not None:
            return "asking"
        if self.job is not None:
            return "working" if self.job.state == Job.State.RUNNING else "waiting"
        if not self.account.enabled:
            return "stopped"
        return "failing" if self.account.failures else "scheduled"


@dataclass(frozen=True)
class BackfillStatus:
    """How far a backfill is, in windows; `left_s` None where nobody can say yet."""

    backfill: Backfill
    windows_n: int
    done_n: int
    errors_n: int

    @property
    def left_s(self) -> float | None:
        """Seconds of work still to go, if it goes on as it went."""
        if self.backfill.state != Backfill.State.OPEN or not self.done_n or not self.backfill.worked_s:
            return None
        return self.backfill.worked_s / self.done_n * (self.windows_n - self.done_n)


def scraper_status(account: PortalAccount, *, now: datetime) -> ScraperStatus:
    """How one account stands."""
    links = list(account.meters.select_related("meter__site"))
    latest = _jobs(account, [link.meter_id for link in links]).order_by("-created_at").first()
    running = latest is not None and latest.state == Job.State.RUNNING
    return ScraperStatus(
        account=account,
        latest=latest,
        last_run=account.runs.annotate(has_evidence=_KEPT).first(),
        meters=links,
        question=open_request(account, now=now) if running else None,
    )


def jobs_of(account: PortalAccount) -> QuerySet[Job]:
    """Every job that works for this account."""
    return _jobs(account, list(account.meters.values_list("meter_id", flat=True)))


def open_request(account: PortalAccount, *, now: datetime) -> CodeRequest | None:
    """The question that a visit of the account waits on right now."""
    waiting = CodeRequest.objects.filter(run__account=account, run__state=ScrapeRun.State.RUNNING)
    return waiting.filter(closed_at=None, answered_at=None, expires_at__gt=now).first()


def accounts() -> QuerySet[PortalAccount]:
    """Every account."""
    return PortalAccount.objects.all()


def accounts_of(meter: "Meter") -> QuerySet[PortalAccount]:
    """The accounts that bring the readings of a meter."""
    return PortalAccount.objects.filter(meters__meter=meter).distinct()


def link_of(meter_id: int) -> PortalMeter | None:
    """How a meter is reached at a portal: by an account that is on, where there are several."""
    links = PortalMeter.objects.filter(meter_id=meter_id).select_related("account", "meter__site")
    return links.order_by("-account__enabled", "account__failures", "pk").first()


def recent_runs(account: PortalAccount, *, limit: int = 12) -> list[ScrapeRun]:
    """The last visits, newest first; `has_evidence` says whether something was kept, without loading it."""
    return list(account.runs.annotate(has_evidence=_KEPT)[:limit])


def evidence_of(run_id: int) -> Evidence | None:
    """What was kept of a failed visit."""
    return Evidence.objects.select_related("run__account").filter(run_id=run_id).first()


def recent_backfills(account: PortalAccount, *, limit: int = 3) -> list[BackfillStatus]:
    """The last backfills, newest first."""
    counts = BackfillWindow.objects.filter(backfill__account=account).values("backfill")
    done, bad = Count("pk", filter=~Q(done_at=None)), Count("pk", filter=Q(done_at=None) & ~Q(error=""))
    found = {row["backfill"]: row for row in counts.annotate(of=Count("pk"), done=done, bad=bad)}
    none = {"of": 0, "done": 0, "bad": 0}
    rows = [(backfill, found.get(backfill.pk, none)) for backfill in account.backfills.all()[:limit]]
    return [BackfillStatus(backfill, row["of"], row["done"], row["bad"]) for backfill, row in rows]


def account_named(name: str) -> PortalAccount | None:
    """The account of that name."""
    return PortalAccount.objects.filter(name=name).first()


def count_documents(account: PortalAccount | None = None) -> int:
    """How many documents are kept, of all or of one account."""
    kept = StoredDocument.objects.all() if account is None else StoredDocument.objects.filter(account=account)
    return kept.count()


def _jobs(account: PortalAccount, meter_ids: list[int]) -> QuerySet[Job]:
    own = Q(kind__in=_OF_ACCOUNT, params__account_id=account.pk)
    return Job.objects.filter(own | Q(kind=AGAIN_KIND, params__meter_id__in=meter_ids))
