"""A portal account is set up and changed: choose the portal, then answer what its plug-in asks for."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from scraping.forms import AccountForm
from scraping.models import PortalAccount
from scraping.registry import portals
from scraping.services import check_sign_in
from scraping.views.control import person
from twin_project.kit.access import operators_only
from twin_project.kit.registry import BrokenPlugin, UnknownPlugin

METHODS = ["GET", "HEAD", "POST"]


@require_http_methods(METHODS)
@operators_only
def add(request: HttpRequest) -> HttpResponse:
    """The portals to choose from; with `?portal=` the form of that one."""
    key = request.GET.get("portal", "")
    if not key:
        return render(request, "scraping/choose_portal.html", {"portals": portals.all()})
    return _edit(request, PortalAccount(portal=key))


@require_http_methods(METHODS)
@operators_only
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The form of an account; what is secret is never shown."""
    return _edit(request, get_object_or_404(PortalAccount, pk=pk))


def _edit(request: HttpRequest, row: PortalAccount) -> HttpResponse:
    try:
        plugin = portals.get(row.portal)
    except (UnknownPlugin, BrokenPlugin) as error:
        raise Http404(str(error)) from error
    is_new = row.pk is None
    form = AccountForm(request.POST or None, instance=row, plugin=plugin)
    if request.method == "POST" and form.is_valid():
        saved = form.save()
        if is_new:
            check_sign_in(account=saved, by=person(request))
            messages.success(request, "The account is kept. Its sign-in is being tested; start it when that is done.")
        else:
            messages.success(request, "The account is changed; the next visit uses it.")
        return redirect("scraping:account", saved.pk)
    context = {
        "form": form,
        "plugin": plugin,
        "account": None if is_new else get_object_or_404(PortalAccount, pk=row.pk),
    }
    return render(request, "scraping/account_form.html", context, status=422 if form.errors else 200)
