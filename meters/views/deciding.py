"""What operators do on the page Quality: decide findings, fetch, estimate or ignore gaps, record an exchange."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from meters.forms.quality import DecisionForm, ExchangeForm, SpanForm
from meters.selectors import findings
from meters.services import (
    AlreadyDecided,
    estimate_gaps,
    ignore_gap,
    record_exchange,
    reopen_finding,
    resolve_finding,
)
from meters.views.finding import find_meter
from meters.views.quality import WANTED, quality_page
from twin_project.kit.access import operators_only
from twin_project.kit.jobs.services import announce

if TYPE_CHECKING:
    from meters.models import Meter

DONE = {
    "accept": "Accepted: the values count again, in charts, sums and training.",
    "reject": "Rejected: the values stay in quarantine and count nowhere.",
    "reopen": "Open again: the values are in quarantine until somebody decides.",
}


@require_POST
@operators_only
def decide(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Accept or reject what a rule found, or open it again."""
    row = find_meter(slug)
    finding = findings(row).filter(pk=pk).first()
    form = DecisionForm(request.POST)
    if finding is None or not form.is_valid():
        raise Http404
    what, note, user_id = form.cleaned_data["decision"], form.cleaned_data["note"], _user(request)
    now = timezone.now()
    try:
        if what == "reopen":
            reopen_finding(finding=finding, user_id=user_id, note=note, now=now)
        else:
            resolve_finding(finding=finding, accept=what == "accept", user_id=user_id, note=note, now=now)
        messages.success(request, DONE[what])
    except AlreadyDecided as error:
        messages.warning(request, str(error))
    return _back(request, row, "flagged")


def _on_a_gap(act: Callable[[HttpRequest, "Meter", datetime, datetime], None]) -> Callable[..., HttpResponse]:
    """What is done about the span that a form names; the page shows its gaps again."""

    @require_POST
    @operators_only
    @wraps(act)
    def view(request: HttpRequest, slug: str) -> HttpResponse:
        row, form = find_meter(slug), SpanForm(request.POST)
        if not form.is_valid():
            raise Http404
        act(request, row, form.cleaned_data["start"], form.cleaned_data["end"])
        return _back(request, row, "gaps")

    return view


@_on_a_gap
def estimate(request: HttpRequest, row: "Meter", start: datetime, end: datetime) -> None:
    """Fill one gap, or all of a span, with estimates; measured readings that come later take their place."""
    report = estimate_gaps(meter=row, now=timezone.now(), start=start, end=end)
    if report.by_method:
        said = ", ".join(f"{count:,} by {method}" for method, count in report.by_method.items())
        messages.success(request, f"Estimated readings: {said}. They are drawn dotted and marked as estimated.")
    else:
        messages.warning(request, "Nothing was estimated: there are not enough readings around the gap to go by.")


@_on_a_gap
def ignore(request: HttpRequest, row: "Meter", start: datetime, end: datetime) -> None:
    """Say that nothing is expected in a gap."""
    ignore_gap(meter=row, user_id=_user(request), now=timezone.now(), start=start, end=end)
    messages.success(request, "Ignored: the gap stays a gap in the charts, and is no longer listed.")


@_on_a_gap
def fetch_again(request: HttpRequest, row: "Meter", start: datetime, end: datetime) -> None:
    """Ask whoever brings readings to look for those of a gap once more."""
    wanted = {"meter_id": row.pk, "start_at": start.isoformat(), "end_at": end.isoformat()}
    jobs = announce(announcement=WANTED, params=wanted)
    if jobs:
        link = format_html('<a href="{}">Follow it</a>', reverse("jobs:job", args=[jobs[0].pk]))
        messages.success(request, format_html("Asked for the readings of that gap once more. {}.", link))
    else:
        messages.warning(request, "Nobody fetches readings here: no part of this installation visits portals.")


@require_POST
@operators_only
def exchange(request: HttpRequest, slug: str) -> HttpResponse:
    """Record that the device was replaced; the clock of the form is that of the site."""
    row = find_meter(slug)
    with timezone.override(ZoneInfo(row.site.zone)):
        form = ExchangeForm(request.POST)
        valid = form.is_valid()
    if valid:
        try:
            record_exchange(meter=row, user_id=_user(request), now=timezone.now(), **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error.messages[0])
        else:
            messages.success(request, "The exchange is recorded; registers are compared within one device only.")
            return _back(request, row, "exchanges")
    return quality_page(request, row, form, status=422)


def _user(request: HttpRequest) -> int:
    assert isinstance(request.user, User)  # the gate lets nobody else pass
    return request.user.pk


def _back(request: HttpRequest, row: "Meter", card: str) -> HttpResponse:
    year = request.POST.get("year", "")
    query = f"?year={year}" if year.isdigit() else ""
    return redirect(f"{reverse('meters:quality', args=[row.slug])}{query}#{card}")
