"""How past forecasts turned out: the leaderboard and the errors from every side, of the archive or of a backtest."""

from datetime import timedelta

from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from forecasting.domain.known import WEATHERS
from forecasting.forms import BacktestForm
from forecasting.selectors import backtests_of, get_backtest, in_charge
from forecasting.services import BadBacktest, ask_backtest
from forecasting.views.accuracy_cards import Evidence, of_archive, of_backtest
from forecasting.views.frame import Page, asked_forecaster, page_of
from meters.selectors import data_through
from twin_project.kit.access import operators_only
from twin_project.kit.csv_files import csv_file
from twin_project.kit.jobs.selectors import job_view

SPANS = ((14, "2 weeks"), (30, "30 days"), (90, "90 days"), (365, "a year"))
USUAL_DAYS = 30


@require_GET
def accuracy(request: HttpRequest) -> HttpResponse:
    """The record of a meter's forecasts over `?days=`, or the result of `?backtest=`."""
    page = page_of(request, "accuracy")
    if page is None:
        return render(request, "forecasting/accuracy.html", {"meter": None})
    return _show(request, page, BacktestForm(initial=_usual(page), meter=page.meter))


@require_POST
@operators_only
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for backtests: of one meter its page, of several the list of jobs shows how it goes."""
    page = page_of(request, "accuracy")
    if page is None:
        raise Http404
    form = BacktestForm(request.POST, meter=page.meter)
    if not form.is_valid():
        return _show(request, page, form, status=422)
    assert isinstance(request.user, User)  # the gate lets nobody else pass
    try:
        asked = ask_backtest(meters=form.meters(), now=page.now, by=request.user, **form.plan())
    except BadBacktest as error:
        form.add_error(None, str(error))
        return _show(request, page, form, status=422)
    return redirect("jobs:job", asked[0].job) if len(asked) == 1 else redirect("jobs:job_list")


@require_GET
def card_csv(request: HttpRequest, name: str) -> StreamingHttpResponse:
    """The figures of one card, as they stand in its table."""
    page = page_of(request, "accuracy")
    card = next((card for card in _evidence(request, page).cards if card.name == name), None) if page else None
    if page is None or card is None or card.table is None:
        raise Http404
    rows = [[first, *values] for first, values in card.table.rows]
    return csv_file(f"accuracy-{name}-{page.meter.slug}.csv", [card.table.first, *card.table.titles], rows)


def _show(request: HttpRequest, page: Page, form: BacktestForm, *, status: int = 200) -> HttpResponse:
    evidence = _evidence(request, page)
    tests = [(one, job_view(one.job, now=page.now, lines_n=0) if one.job else None) for one in backtests_of(page.meter)]
    context = {
        **page.words,
        "evidence": evidence,
        "champion": in_charge(page.meter) or "",
        "days": _days(request),
        "spans": SPANS,
        "tests": tests,
        "form": form,
        "query": evidence.query,
    }
    return render(request, "forecasting/accuracy.html", context, status=status)


def _evidence(request: HttpRequest, page: Page) -> Evidence:
    key = asked_forecaster(request) or in_charge(page.meter) or ""
    number = request.GET.get("backtest", "")
    row = get_backtest(int(number)) if number.isdecimal() and len(number) < 18 else None
    if row is not None and row.meter_id == page.meter.pk and row.summary:
        return of_backtest(row, asked_forecaster(request))
    return of_archive(page.meter, key, days=_days(request), now=page.now)


def _days(request: HttpRequest) -> int:
    return next((days for days, _ in SPANS if str(days) == request.GET.get("days")), USUAL_DAYS)


def _usual(page: Page) -> dict[str, object]:
    through = (data_through(page.meter) or page.now).astimezone(page.zone).date()
    return {
        "meters": [page.meter.pk],
        "first_day": through - timedelta(days=30),
        "last_day": through - timedelta(days=1),
        "weather": WEATHERS[1],
    }
