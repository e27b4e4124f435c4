"""The one customer: signing in, and the guard of every other page."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme

from scraping.demo_portal import settings

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def is_customer(username: str, password: str) -> bool:
    """Whether these are the credentials of the demo customer."""
    right_name = constant_time_compare(username.strip().lower(), settings.CUSTOMER_USER.lower())
    return constant_time_compare(password, settings.CUSTOMER_PASSWORD) and right_name


def signed_in_only(view: View[P]) -> View[P]:
    """Send a stranger, or a customer whose session has expired, to the sign-in page; a script gets 401."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.session.get("customer"):
            return view(request, *args, **kwargs)
        if request.path.endswith(".json"):
            return JsonResponse({"error": "Your session has ended."}, status=401)
        return redirect(f"{reverse('sign_in')}?{urlencode({'next': request.get_full_path()})}")

    return guarded


def safe_next(request: HttpRequest) -> str:
    """Where to go after signing in: a page of this site, or the list of meters."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}) and not wanted.endswith((".csv", ".json")):
        return wanted
    return reverse("meters")
