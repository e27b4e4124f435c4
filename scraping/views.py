"""The scraper's pages: each portal account, its control, its visits and what was kept of failures."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from meters.selectors import data_through
from scraping import services
from scraping.models import PortalAccount
from scraping.selectors import ScraperStatus, accounts, evidence_of, last_job, recent_runs, scraper_status
from twin_project.kit.access import operators_only
from twin_project.kit.htmx import render_page
from twin_project.kit.jobs.models import JobLine
from twin_project.kit.jobs.selectors import has_news, job_view

CARD_LINES = 6
WORDS = {
    "working": ("busy", "visiting"),
    "waiting": ("busy", "about to visit"),
    "stopped": ("", "stopped"),
    "failing": ("bad", "failing"),
    "scheduled": ("good", "on schedule"),
}


@dataclass(frozen=True)
class ScraperCard:
    """One account as its control shows it."""

    status: ScraperStatus
    tone: str
    word: str
    lines: list[JobLine]
    through_at: datetime | None
    zone: ZoneInfo

    @property
    def interval_s(self) -> int:
        """Seconds between two visits."""
        return self.status.account.interval_minutes * 60

    @property
    def poll_s(self) -> int:
        """Seconds between two looks: often while something runs."""
        return 2 if self.status.job else 15


def scraper_card(account: PortalAccount) -> ScraperCard:
    """What the control of one account shows."""
    status = scraper_status(account)
    tone, word = WORDS[status.state]
    job = last_job(account)
    view = job_view(job.pk, now=timezone.now(), lines_n=CARD_LINES) if job else None
    meters = [link.meter for link in status.meters]
    known = [at for at in map(data_through, meters) if at is not None]
    zone = ZoneInfo(meters[0].site.zone if meters else "UTC")
    return ScraperCard(status, tone, word, view.lines if view else [], min(known, default=None), zone)


@require_safe
def account_list(request: HttpRequest) -> HttpResponse:
    """Every account with its control."""
    return render(request, "scraping/account_list.html", {"scrapers": [scraper_card(row) for row in accounts()]})


@require_safe
def account(request: HttpRequest, pk: int) -> HttpResponse:
    """One account: its control, its meters and its visits."""
    row = get_object_or_404(PortalAccount, pk=pk)
    card = scraper_card(row)
    context = {"scraper": card, "zone": card.zone, "runs": recent_runs(row)}
    return render_page(request, "scraping/account.html", context, partials=("visits",))


@require_safe
def control(request: HttpRequest, pk: int) -> HttpResponse:
    """The control alone, which asks for itself again."""
    return _control(request, get_object_or_404(PortalAccount, pk=pk))


@require_POST
@operators_only
def start(request: HttpRequest, pk: int) -> HttpResponse:
    """Visit now, and from now on by schedule."""
    row = get_object_or_404(PortalAccount, pk=pk)
    services.start_scraper(account=row, now=timezone.now(), by=_person(request))
    return _control(request, row)


@require_POST
@operators_only
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    """No more visits; the one that runs ends."""
    row = get_object_or_404(PortalAccount, pk=pk)
    services.stop_scraper(account=row)
    return _control(request, row)


@require_POST
@operators_only
def run_now(request: HttpRequest, pk: int) -> HttpResponse:
    """One visit now, whatever the schedule says."""
    row = get_object_or_404(PortalAccount, pk=pk)
    services.run_now(account=row, by=_person(request))
    return _control(request, row)


@require_safe
def evidence(_: HttpRequest, run_pk: int, part: str) -> HttpResponse:
    """The screenshot of a failed visit, or its page as plain text: a stranger's HTML is never rendered here."""
    kept = evidence_of(run_pk)
    if kept is None or part not in {"png", "txt"} or not (kept.screenshot if part == "png" else kept.html):
        raise Http404
    if part == "png":
        return HttpResponse(bytes(kept.screenshot), content_type="image/png")
    return HttpResponse(kept.html, content_type="text/plain; charset=utf-8")


def _control(request: HttpRequest, row: PortalAccount) -> HttpResponse:
    if not request.headers.get("HX-Request"):
        return redirect("scraping:account", row.pk)
    answer = render(request, "scraping/control.html", {"scraper": scraper_card(row)})
    if has_news(now=timezone.now()):
        answer.headers["HX-Trigger"] = "twin:news"  # cards that wait for it ask for themselves
    return answer


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # the gate before these views lets nobody else pass
    return request.user
