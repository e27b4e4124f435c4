"""The builder: one page, drawn again by the server for each event that joins or leaves, with a preview beside."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from meters.selectors import all_meters, data_through
from simulations.domain.contract import Placed
from simulations.domain.errors import BadScenario
from simulations.forms import EventForm, HeadForm, check_together, midnight
from simulations.models import Scenario
from simulations.registry import events
from simulations.services import ask_simulation, save_scenario
from simulations.services.twins import teller_choices
from twin_project.kit.access import operators_only
from twin_project.kit.htmx import wanted_partial

if TYPE_CHECKING:
    from meters.models import Meter

MOST_LISTED = 200
DAYS = 7
PARTIALS = ("builder-form",)


@dataclass
class Builder:
    """The head form and the forms of the events, in their order."""

    head: HeadForm
    rows: list[EventForm]
    zone: ZoneInfo
    scenario: Scenario | None = None
    placed: list[Placed] = field(default_factory=list)

    def is_valid(self) -> bool:
        """Whether it can be kept; what is wrong stands at its field."""
        if not self.head.is_valid():
            [form.is_valid() for form in self.rows]
            return False
        try:
            period = self.head.period
        except BadScenario as error:
            self.head.add_error(error.field, error.sentence)
            return False
        if not self.rows:
            self.head.add_error(None, "Add at least one event.")
            return False
        self.placed = check_together(self.rows, period)
        return bool(self.placed)


@require_http_methods(["GET", "POST"])
@operators_only
def new(request: HttpRequest) -> HttpResponse:
    """A new scenario: `?meter=`, `?event=`, `?first=&last=` fill it in."""
    if request.method == "POST":
        return _answer(request, bound(request.POST))
    meters = _meters(request.GET.get("meter"))
    if not meters:
        return render(request, "simulations/builder.html", {"builder": None})
    return _page(request, fresh(meters, request.GET, now=timezone.now()))


@require_http_methods(["GET", "POST"])
@operators_only
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a scenario; its earlier runs stand as they were."""
    scenario = get_object_or_404(Scenario, pk=pk)
    if request.method == "POST":
        return _answer(request, bound(request.POST, scenario))
    return _page(request, stored(scenario))


def fresh(meters: "dict[str, Meter]", given: QueryDict, *, now: datetime) -> Builder:
    """An empty scenario of the first meter, over its last seven whole days unless told otherwise."""
    meter = next(iter(meters.values()))
    zone = ZoneInfo(meter.site.zone)
    first, last = _days(given, last_days(meter, now=now))
    keys = [key for key in given.getlist("event") if key in events.all()]
    name = " and ".join(events.get(key).title for key in keys) or "New scenario"
    initial = {"name": name, "meters": [str(meter.pk)], "first": first, "last": last}
    head = HeadForm(meters=meters, forecasters=teller_choices(), initial=initial)
    span = {"start": midnight(first + timedelta(days=min(1, (last - first).days)), zone),
            "end": midnight(last + timedelta(days=1), zone)}  # fmt: skip
    rows = [event_form(key, n, zone, span) for n, key in enumerate(keys)]
    return Builder(head, rows, zone)


def bound(post: QueryDict, scenario: Scenario | None = None) -> Builder:
    """What was sent, with the event that `add` names joined and the one that `remove` numbers left out."""
    meters = _meters(next(iter(post.getlist("meters")), None), post.getlist("meters"))
    head = HeadForm(post, meters=meters, forecasters=teller_choices())
    first = next(iter(meters.values()), None)
    zone = ZoneInfo(first.site.zone if first else "UTC")
    kept = [n for n in post.getlist("events") if n.isdecimal() and n != post.get("remove")]
    rows = [
        EventForm(post, event=str(post[f"e{n}-event"]), zone=zone, prefix=f"e{n}")
        for n in kept
        if post.get(f"e{n}-event") in events.all()
    ]
    if post.get("add") in events.all():
        head.is_valid()
        span = {name: post.get(f"{name_of}") for name, name_of in (("start", "first"), ("end", "last"))}
        number = max((int(n) for n in kept), default=-1) + 1
        rows.append(event_form(str(post["add"]), number, zone, _moments(span, zone)))
    return Builder(head, rows, zone, scenario)


def stored(scenario: Scenario) -> Builder:
    """A scenario as it stands."""
    chosen = list(scenario.meters.select_related("site"))
    zone = ZoneInfo(chosen[0].site.zone)
    meters = _meters(str(chosen[0].pk), [str(meter.pk) for meter in chosen])
    last = (scenario.end_at - timedelta(microseconds=1)).astimezone(zone).date()
    initial = {
        "name": scenario.name,
        "meters": [str(meter.pk) for meter in chosen],
        "first": scenario.start_at.astimezone(zone).date(),
        "last": last,
        "forecaster": scenario.forecaster,
    }
    head = HeadForm(meters=meters, forecasters=teller_choices(), initial=initial)
    rows = []
    for n, row in enumerate(scenario.events.all()):
        span = {"start": row.start_at.astimezone(zone), "end": row.end_at.astimezone(zone)}
        rows.append(event_form(row.event, n, zone, span, row.params))
    return Builder(head, rows, zone, scenario)


def event_form(
    event: str, number: int, zone: ZoneInfo, span: dict[str, Any], given: dict[str, Any] | None = None
) -> EventForm:
    """An event's form with its span and parameters filled in."""
    shown = {name: at.replace(tzinfo=None) if isinstance(at, datetime) else at for name, at in span.items()}
    return EventForm(event=event, zone=zone, given=given, prefix=f"e{number}", initial=shown)


def last_days(meter: "Meter", *, now: datetime, days: int = DAYS) -> tuple[date, date]:
    """The last whole local days with readings: first and last."""
    zone = ZoneInfo(meter.site.zone)
    last = (data_through(meter) or now).astimezone(zone).date() - timedelta(days=1)
    return last - timedelta(days=days - 1), last


def _answer(request: HttpRequest, builder: Builder) -> HttpResponse:
    """Draw it again while it is being written; keep it, and run it, when that is asked."""
    if "save" not in request.POST and "run" not in request.POST:
        return _page(request, builder)
    if not builder.is_valid():
        return _page(request, builder, status=422)
    assert isinstance(request.user, User)  # the gate lets nobody else pass
    data, now = builder.head.cleaned_data, timezone.now()
    scenario = save_scenario(
        name=data["name"], meters=builder.head.chosen, period=builder.head.period,
        wishes=[form.wish for form in builder.rows], now=now, forecaster=data["forecaster"],
        by=request.user, scenario=builder.scenario,
    )  # fmt: skip
    if "run" in request.POST:
        ask_simulation(scenario=scenario, now=now, by=request.user)
    return redirect("simulations:scenario", scenario.pk)


def _page(request: HttpRequest, builder: Builder, status: int = 200) -> HttpResponse:
    wanted = wanted_partial(request, PARTIALS)
    template = f"simulations/builder.html#{wanted}" if wanted else "simulations/builder.html"
    kinds = [(key, plugin.title, plugin.effect) for key, plugin in events.all().items()]
    return render(request, template, {"builder": builder, "kinds": kinds}, status=status)


def _meters(first: str | None, among: list[str] | None = None) -> "dict[str, Meter]":
    """Meters to choose from, by key: those named first, then others up to `MOST_LISTED`."""
    named = [key for key in (among or ([first] if first else [])) if key and key.isdecimal()]
    rows = {str(meter.pk): meter for meter in all_meters().filter(pk__in=named)}
    ordered = {key: rows[key] for key in named if key in rows}
    for meter in all_meters()[:MOST_LISTED]:
        ordered.setdefault(str(meter.pk), meter)
    return ordered


def _days(given: QueryDict, otherwise: tuple[date, date]) -> tuple[date, date]:
    try:
        return date.fromisoformat(given.get("first", "")), date.fromisoformat(given.get("last", ""))
    except ValueError:
        return otherwise


def _moments(span: dict[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    """The first and the last day as local moments, where they are dates."""
    try:
        first, last = date.fromisoformat(span["start"] or ""), date.fromisoformat(span["end"] or "")
    except ValueError:
        return {}
    return {"start": midnight(first, zone), "end": midnight(last + timedelta(days=1), zone)}
