"""The gate before views that start, stop or change something."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from twin_project.kit.roles import may_operate

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]

REFUSAL = (
    "Your account may look at everything here, but not start, stop or change it. "
    "Ask an administrator to put you into the group “operator”."
)


def operators_only(view: View[P]) -> View[P]:
    """Let only operators and admins pass; others get a 403 page that says whom to ask."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not may_operate(request.user):
            raise PermissionDenied(REFUSAL)
        return view(request, *args, **kwargs)

    return guarded
