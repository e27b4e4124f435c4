"""Who may do what: viewers look, operators start and stop and forecast, admins also use the Django admin."""

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, Group

VIEWER, OPERATOR, ADMIN = "viewer", "operator", "admin"
ROLES = (VIEWER, OPERATOR, ADMIN)


def ensure_roles() -> None:
    """Make the three groups."""
    for role in ROLES:
        Group.objects.get_or_create(name=role)


def may_operate(user: AbstractBaseUser | AnonymousUser) -> bool:
    """Whether this person may start, stop and ask for work."""
    if not user.is_authenticated:
        return False
    return bool(getattr(user, "is_superuser", False)) or user.groups.filter(name__in=(OPERATOR, ADMIN)).exists()  # type: ignore[attr-defined]
