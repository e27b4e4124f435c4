"""The pages: sign-in, the list of meters, one meter."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from scraping.demo_portal import settings
from scraping.demo_portal.catalogue import METERS, DemoMeter
from scraping.demo_portal.customer import is_customer, safe_next, signed_in_only
from scraping.demo_portal.feeds import find_meter
from scraping.demo_portal.period import MAX_DAYS, BadPeriod, Period, asked_period, now
from scraping.demo_portal.replay import history_start, published_until, readings


def frame(request: HttpRequest) -> dict[str, Any]:
    """What every page shows."""
    return {"customer": request.session.get("customer"), "credits": [meter.credit for meter in METERS.values()]}


@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for user name and password; a wrong pair is answered with a sentence and the form again."""
    context: dict[str, Any] = {"next": safe_next(request), "idle_minutes": settings.SESSION_COOKIE_AGE // 60}
    if settings.SHOW_CUSTOMER:
        context |= {"demo_user": settings.CUSTOMER_USER, "demo_password": settings.CUSTOMER_PASSWORD}
    if request.method == "POST":
        if is_customer(request.POST.get("username", ""), request.POST.get("password", "")):
            request.session["customer"] = settings.CUSTOMER_USER
            return redirect(safe_next(request))
        context["wrong"] = True
    return render(request, "sign_in.html", context)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    request.session.flush()
    return redirect("sign_in")


@signed_in_only
@require_GET
def meters(request: HttpRequest) -> HttpResponse:
    """A card for each meter."""
    return render(request, "meters.html", {"cards": [_card(meter) for meter in METERS.values()]})


@signed_in_only
@require_GET
def meter(request: HttpRequest, reference: str) -> HttpResponse:
    """One meter with its date picker; chart and table are filled by the page's script."""
    found = find_meter(reference)
    problem = ""
    today = now().astimezone(ZoneInfo(found.zone)).date()
    try:
        period = asked_period(request, found)
    except BadPeriod as error:
        problem, period = str(error), Period(today - timedelta(days=6), today)
    context = {"meter": found, "period": period, "problem": problem, "today": today, "max_days": MAX_DAYS}
    context["earliest"] = history_start(found, now())
    return render(request, "meter.html", context, status=400 if problem else 200)


def _card(meter: DemoMeter) -> dict[str, Any]:
    until = published_until(meter, now()).astimezone(ZoneInfo(meter.zone))
    yesterday = now().astimezone(ZoneInfo(meter.zone)).date() - timedelta(days=1)
    energy = readings(meter, yesterday, yesterday, now())["energy_kwh"]
    return {
        "meter": meter,
        "until": f"{until:%-d %b, %H:%M}",
        "yesterday_kwh": energy.sum(min_count=1),
        "missing": int(energy.isna().sum()),
        "quantities": ",".join(quantity.field for quantity in meter.quantities),
    }
