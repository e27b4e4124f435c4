"""Who may do what: viewers look, operators start and stop things, admins also set them up."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]

VIEWER, OPERATOR, ADMIN = GROUPS = ("viewer", "operator", "admin")
REFUSAL = (
    "Your account may look at everything here, but not start, stop or change it. "
    "Ask an administrator to put you into the group “operator”."
)


def may_operate(user: AbstractBaseUser | AnonymousUser) -> bool:
    """Whether a person may start, stop and change things."""
    if not isinstance(user, User) or not user.is_active:
        return False
    return user.is_superuser or user.groups.filter(name__in=(OPERATOR, ADMIN)).exists()


def operators_only(view: View[P]) -> View[P]:
    """Let only operators and admins pass; others get a 403 page that says whom to ask."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not may_operate(request.user):
            raise PermissionDenied(REFUSAL)
        return view(request, *args, **kwargs)

    return guarded
