"""The pages to look at: all accounts, one account, what was kept of one failed visit."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from meters.selectors import data_through
from scraping.forms import BackfillForm
from scraping.models import PortalAccount
from scraping.selectors import accounts, count_documents, evidence_of, recent_backfills, recent_runs
from scraping.views.cards import ScraperCard, scraper_card, usual_lag_s
from twin_project.kit.htmx import render_page


@require_safe
def account_list(request: HttpRequest) -> HttpResponse:
    """Every account with its control."""
    return render(request, "scraping/account_list.html", {"scrapers": [scraper_card(row) for row in accounts()]})


@require_safe
def account(request: HttpRequest, pk: int) -> HttpResponse:
    """One account: its control, its meters, its backfills and its visits."""
    return render_account(request, get_object_or_404(PortalAccount, pk=pk))


def render_account(
    request: HttpRequest, row: PortalAccount, *, backfill_form: BackfillForm | None = None, status: int = 200
) -> HttpResponse:
    """The page of one account, perhaps with a form that was not good."""
    card = scraper_card(row)
    backfills = recent_backfills(row)
    context = {
        "scraper": card,
        "zone": card.zone,
        "now": card.now,
        "runs": recent_runs(row),
        "backfills": [(entry.backfill.start_at.astimezone(card.zone).date(), entry) for entry in backfills],
        "backfill_live": any(entry.backfill.state == "open" for entry in backfills),
        "backfill_form": backfill_form or BackfillForm(account=row),
        "meters": [
            {"link": link, "through_at": data_through(link.meter), "lag_s": usual_lag_s(link.meter)}
            for link in card.status.meters
        ],
        "documents_n": count_documents(row),
        "pause_s": _pause_s(card),
    }
    return render_page(request, "scraping/account.html", context, partials=("visits", "backfill"), status=status)


@require_safe
def visit(request: HttpRequest, run_pk: int) -> HttpResponse:
    """What was kept of a visit that failed."""
    kept = evidence_of(run_pk)
    if kept is None:
        raise Http404
    card = scraper_card(kept.run.account)
    context = {"evidence": kept, "run": kept.run, "zone": card.zone}
    context |= {"forgotten_after_days": settings.EVIDENCE_DAYS, "scraper": card}
    return render(request, "scraping/visit.html", context)


@require_safe
def evidence(_: HttpRequest, run_pk: int, part: str) -> HttpResponse:
    """The screenshot of a failed visit, or its page as plain text: a stranger's HTML is never rendered here."""
    kept = evidence_of(run_pk)
    if kept is None or part not in {"png", "txt"} or not (kept.screenshot if part == "png" else kept.html):
        raise Http404
    if part == "png":
        return HttpResponse(bytes(kept.screenshot), content_type="image/png")
    return HttpResponse(kept.html, content_type="text/plain; charset=utf-8")


def _pause_s(card: ScraperCard) -> float | None:
    """Seconds between two actions of the browser; None where the plug-in is broken."""
    from scraping.services import AccountUnusable, portal_of

    try:
        return portal_of(account=card.status.account).pause_s
    except AccountUnusable:
        return None
