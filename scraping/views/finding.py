"""Find my data: ask for a search, watch it, correct and take what it proposes."""

from typing import Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from scraping.domain.errors import PortalError
from scraping.models import Probe, Proposal
from scraping.services import BadCorrection, accept_proposal, ask_probe, correct_proposal
from scraping.views.control import person
from scraping.views.finding_forms import CorrectForm, FindForm
from scraping.views.proposal_cards import correct_form, proposal_card
from twin_project.kit.access import operators_only
from twin_project.kit.addresses import AddressRefused
from twin_project.kit.htmx import render_page
from twin_project.kit.jobs.selectors import job_view

LINES = 6
RECENT = 10


@require_http_methods(["GET", "HEAD", "POST"])
@operators_only
def find(request: HttpRequest) -> HttpResponse:
    """The form of a search, and the latest searches."""
    form = FindForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        asked = {name: given[name] for name in ("address", "username", "password", "totp_seed")}
        try:
            probe = ask_probe(**asked, zone=settings.TIME_ZONE, now=timezone.now(), by=person(request))
        except AddressRefused as error:
            form.add_error("address", str(error))
        except PortalError as error:
            form.add_error("address", f"{error.what} {error.advice}")
        else:
            return redirect("scraping:probe", probe.pk)
    context = {"form": form, "fields": list(form), "probes": Probe.objects.all()[:RECENT]}
    return render(request, "scraping/find.html", context, status=422 if form.errors else 200)


@require_safe
@operators_only
def probe(request: HttpRequest, pk: int) -> HttpResponse:
    """One search: how far it is, then what it proposes."""
    return _show(request, get_object_or_404(Probe, pk=pk))


@require_POST
@operators_only
def correct(request: HttpRequest, pk: int, rank: int) -> HttpResponse:
    """Write what a person knows better into the recipe of a proposal."""
    row = get_object_or_404(Proposal, probe_id=pk, rank=rank)
    form = correct_form(row, request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            correct_proposal(proposal=row, zone=given["zone"], stamp_at=given["stamp_at"], units=form.units)
        except BadCorrection as error:
            form.add_error(error.name if error.name in form.fields else None, str(error))
        else:
            messages.success(request, "The recipe is corrected, and what it had read is read again so.")
            return redirect("scraping:probe", pk)
    return _show(request, row.probe, forms={row.rank: form}, status=422)


@require_POST
@operators_only
def accept(request: HttpRequest, pk: int, rank: int) -> HttpResponse:
    """Make a portal account of a proposal, and visit it now."""
    row = get_object_or_404(Proposal, probe_id=pk, rank=rank)
    if row.account is not None:
        return redirect("scraping:account", row.account.pk)
    host = urlsplit(row.probe.address).hostname or "portal"
    try:
        account = accept_proposal(proposal=row, name=f"{host}: {row.title}", now=timezone.now(), by=person(request))
    except PortalError as error:
        messages.error(request, f"{error.what} {error.advice}")
        return redirect("scraping:probe", pk)
    messages.success(request, "The account is kept, and its first visit is on the way.")
    return redirect("scraping:account", account.pk)


def _show(
    request: HttpRequest, row: Probe, *, forms: dict[int, CorrectForm] | None = None, status: int = 200
) -> HttpResponse:
    now = timezone.now()
    view = job_view(row.job, now=now, lines_n=LINES) if row.job else None
    cards = [proposal_card(one, (forms or {}).get(one.rank)) for one in row.proposals.select_related("account")]
    context: dict[str, Any] = {"probe": row, "view": view, "job": view.job if view else None, "now": now}
    context |= {"cards": cards, "live": bool(view and view.job.is_open), "zones": sorted(available_timezones())}
    return render_page(request, "scraping/probe.html", context, partials=("probe-state",), status=status)
