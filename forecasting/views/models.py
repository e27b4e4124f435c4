"""The forecasters of one meter: who is in charge and why, who may challenge, and every decision about them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from forecasting.domain.ladder import Rung
from forecasting.forms import ChoiceForm, RulesForm
from forecasting.models import TrainedForecaster
from forecasting.selectors import (
    Duel,
    care_of,
    days_of_readings,
    decisions_of,
    duel,
    in_charge,
    ladder,
    title_of,
    trained_forecasters,
)
from forecasting.services import CannotServe, ensure_care, promote, restore, retire, set_rules
from forecasting.views.frame import Page, page_of
from twin_project.kit.access import operators_only

if TYPE_CHECKING:
    from meters.models import Meter

STATES = {
    "serves": ("in charge", "good"),
    "ready": ("ready", ""),
    "loses": ("not better", "warn"),
    "untried": ("not tried", "warn"),
    "untrained": ("trained next", "busy"),
    "waits": ("waits for readings", ""),
    "retired": ("retired", ""),
    "broken": ("broken", "bad"),
}
LISTED_TRAININGS = 12


@dataclass(frozen=True)
class Row:
    """One forecaster: its rung, its newest training, and how it did against the one in charge."""

    rung: Rung
    word: str
    tone: str
    trained: TrainedForecaster | None
    met: Duel | None

    @property
    def can_lead(self) -> bool:
        """Whether a person may put it in charge."""
        return self.rung.state in ("ready", "loses", "untried")


@require_GET
def models(request: HttpRequest) -> HttpResponse:
    """The ladder, the record against the champion, rules and decisions."""
    page = page_of(request, "models")
    if page is None:
        return render(request, "forecasting/models.html", {"meter": None})
    return _show(request, page, RulesForm(instance=care_of(page.meter)))


@require_POST
@operators_only
def decide(request: HttpRequest, what: str) -> HttpResponse:
    """Promote, retire or restore a forecaster; a sentence says what came of it."""
    page = page_of(request, "models")
    form = ChoiceForm(request.POST)
    if page is None or not form.is_valid():
        raise Http404
    assert isinstance(request.user, User)  # the gate lets nobody else pass
    key, why = form.cleaned_data["forecaster"], form.cleaned_data["why"]
    words = {"meter": page.meter, "forecaster": key, "now": page.now, "by": request.user}
    try:
        if what == "promote":
            promote(**words, why=why)
        elif what == "retire":
            retire(**words, why=why)
        else:
            restore(**words)
    except CannotServe as error:
        messages.error(request, str(error))
    else:
        told = {"promote": "is in charge now", "retire": "was retired", "restore": "is back"}
        messages.success(request, f"{title_of(key)} {told[what]}.")
    return redirect(f"{reverse('forecasting:models')}?meter={page.meter.pk}")


@require_POST
@operators_only
def rules(request: HttpRequest) -> HttpResponse:
    """Change the meter's rules."""
    page = page_of(request, "models")
    if page is None:
        raise Http404
    form = RulesForm(request.POST, instance=ensure_care(page.meter))
    if not form.is_valid():
        return _show(request, page, form, status=422)
    set_rules(meter=page.meter, **form.cleaned_data)
    messages.success(request, "The rules are changed.")
    return redirect(f"{reverse('forecasting:models')}?meter={page.meter.pk}")


def _show(request: HttpRequest, page: Page, form: RulesForm, *, status: int = 200) -> HttpResponse:
    meter, care = page.meter, care_of(page.meter)
    champion = care.champion or in_charge(meter) or ""
    rows = _rows(meter, champion, page.now - timedelta(days=care.over_days))
    decisions = decisions_of(meter)
    context = {
        **page.words,
        "care": care,
        "champion": next((row for row in rows if row.rung.forecaster == champion), None),
        "rows": rows,
        "days": days_of_readings(meter),
        "decisions": [(one, title_of(one.forecaster), title_of(one.instead_of)) for one in decisions],
        "latest": next((one for one in decisions if one.what == "promoted" and one.forecaster == champion), None),
        "trainings": [(one, title_of(one.forecaster)) for one in trained_forecasters(meter)[:LISTED_TRAININGS]],
        "form": form,
    }
    return render(request, "forecasting/models.html", context, status=status)


def _rows(meter: "Meter", champion: str, since: datetime) -> list[Row]:
    newest: dict[str, TrainedForecaster] = {}
    for trained in trained_forecasters(meter):
        if not trained.retired:
            newest.setdefault(trained.forecaster, trained)
    found = []
    for rung in ladder(meter):
        met = None
        if champion and rung.forecaster != champion and rung.forecaster in newest:
            met = duel(meter, champion, rung.forecaster, since=since)
        found.append(Row(rung, *STATES[rung.state], newest.get(rung.forecaster), met))
    return found
