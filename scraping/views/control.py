"""What the buttons of an account do; each answers with the control, or leads to the account's page without scripts."""

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from scraping import services
from scraping.forms import BackfillForm, PasswordForm
from scraping.models import Backfill, PortalAccount
from scraping.views.cards import scraper_card
from scraping.views.pages import render_account
from twin_project.kit.access import operators_only
from twin_project.kit.jobs.selectors import has_news

TOO_LATE = "No visit waits for a code any more. Start the scraper again, and stay at hand."


@require_safe
def control(request: HttpRequest, pk: int) -> HttpResponse:
    """The control alone, which asks for itself again."""
    return _control(request, _account(pk))


@require_POST
@operators_only
def start(request: HttpRequest, pk: int) -> HttpResponse:
    """Visit now, and from now on by schedule."""
    row = _account(pk)
    services.start_scraper(account=row, now=timezone.now(), by=person(request))
    return _control(request, row)


@require_POST
@operators_only
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    """No more visits; the one that runs ends."""
    row = _account(pk)
    services.stop_scraper(account=row)
    return _control(request, row)


@require_POST
@operators_only
def run_now(request: HttpRequest, pk: int) -> HttpResponse:
    """One visit now, whatever the schedule says."""
    row = _account(pk)
    services.run_now(account=row, by=person(request))
    return _control(request, row)


@require_POST
@operators_only
def check_sign_in(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign in and look, bring nothing."""
    row = _account(pk)
    services.check_sign_in(account=row, by=person(request))
    return _control(request, row)


@require_POST
@operators_only
def code(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand a code to the visit that waits for it."""
    row = _account(pk)
    try:
        taken = services.answer_code(account=row, code=request.POST.get("code", ""), now=timezone.now())
    except ValueError as error:
        return _control(request, row, problem=str(error))
    return _control(request, row, problem="" if taken else TOO_LATE)


@require_POST
@operators_only
def password(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the right name and password after a refusal, and start again."""
    row = _account(pk)
    form = PasswordForm(request.POST)
    if not form.is_valid():
        return _control(request, row, problem="Type the user name and the password that the portal knows.")
    services.change_password(account=row, **form.cleaned_data)
    services.start_scraper(account=row, now=timezone.now(), by=person(request))
    return _control(request, row)


@require_POST
@operators_only
def backfill(request: HttpRequest, pk: int) -> HttpResponse:
    """Bring the past from a day on."""
    row = _account(pk)
    form = BackfillForm(request.POST, account=row)
    if not form.is_valid():
        return render_account(request, row, backfill_form=form, status=422)
    now = timezone.now()
    try:
        asked = services.ask_backfill(account=row, now=now, **form.period(now=now))
    except services.BadPeriod as error:
        form.add_error("since", str(error))
        return render_account(request, row, backfill_form=form, status=422)
    services.run_backfill(backfill=asked, by=person(request))
    return redirect("scraping:account", row.pk)


@require_POST
@operators_only
def backfill_step(request: HttpRequest, pk: int, backfill_pk: int, step: str) -> HttpResponse:
    """Stop a backfill, or let it go on where it stopped."""
    row = get_object_or_404(Backfill, pk=backfill_pk, account=pk)
    if step == "stop":
        services.stop_backfill(backfill=row, now=timezone.now())
    else:
        services.run_backfill(backfill=row, by=person(request))
    return redirect("scraping:account", pk)


@require_POST
@operators_only
def replay(request: HttpRequest, pk: int) -> HttpResponse:
    """Read all kept documents again."""
    job = services.ask_replay(account=_account(pk), by=person(request))
    return redirect("jobs:job", job.pk)


def person(request: HttpRequest) -> User:
    """Who asks."""
    assert isinstance(request.user, User)  # the gate before these views lets nobody else pass
    return request.user


def _account(pk: int) -> PortalAccount:
    return get_object_or_404(PortalAccount, pk=pk)


def _control(request: HttpRequest, row: PortalAccount, *, problem: str = "") -> HttpResponse:
    if not request.headers.get("HX-Request"):
        if problem:
            messages.error(request, problem)
        return redirect("scraping:account", row.pk)
    row.refresh_from_db()
    answer = render(request, "scraping/control.html", {"scraper": scraper_card(row), "problem": problem})
    if has_news(now=timezone.now()):
        answer.headers["HX-Trigger"] = "twin:news"  # cards that wait for it ask for themselves
    return answer
