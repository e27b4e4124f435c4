"""What the pages ask about portals."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, QuerySet

from scraping.models import Evidence, PortalAccount, PortalMeter, ScrapeRun, StoredDocument
from twin_project.kit.jobs.models import Job

if TYPE_CHECKING:
    from meters.models import Meter


@dataclass(frozen=True)
class ScraperStatus:
    """One account as the scraper card shows it."""

    account: PortalAccount
    job: Job | None
    last_run: ScrapeRun | None
    meters: list[PortalMeter]

    @property
    def state(self) -> str:
        """One word: working, waiting (its job is queued), stopped, failing, scheduled."""
        if self.job is not None:
            return "working" if self.job.state == Job.State.RUNNING else "waiting"
        if not self.account.enabled:
            return "stopped"
        return "failing" if self.account.failures else "scheduled"


def scraper_status(account: PortalAccount) -> ScraperStatus:
    """How one account stands."""
    job = Job.objects.filter(kind="scrape_portal", params__account_id=account.pk).order_by("-created_at").first()
    return ScraperStatus(
        account=account,
        job=job if job is not None and job.is_open else None,
        last_run=account.runs.first(),
        meters=list(account.meters.select_related("meter__site")),
    )


def accounts() -> QuerySet[PortalAccount]:
    """Every account."""
    return PortalAccount.objects.all()


def accounts_of(meter: "Meter") -> QuerySet[PortalAccount]:
    """The accounts that bring the readings of a meter."""
    return PortalAccount.objects.filter(meters__meter=meter).distinct()


def recent_runs(account: PortalAccount, *, limit: int = 20) -> list[ScrapeRun]:
    """The last visits, newest first; `has_picture` and `has_page` say what was kept, without loading it."""
    kept = Evidence.objects.filter(run=OuterRef("pk"))
    picture, page = Exists(kept.exclude(screenshot=b"")), Exists(kept.exclude(html=""))
    return list(account.runs.annotate(has_picture=picture, has_page=page)[:limit])


def evidence_of(run_id: int) -> Evidence | None:
    """What was kept of a failed visit."""
    return Evidence.objects.filter(run_id=run_id).first()


def last_job(account: PortalAccount) -> Job | None:
    """The visit that runs, or ran last."""
    return Job.objects.filter(kind="scrape_portal", params__account_id=account.pk).order_by("-created_at").first()


def account_named(name: str) -> PortalAccount | None:
    """The account of that name."""
    return PortalAccount.objects.filter(name=name).first()


def count_documents() -> int:
    """How many documents are kept."""
    return StoredDocument.objects.count()
