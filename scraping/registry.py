"""The portals: every file of `scraping/portals/` is one."""

from scraping.domain.contract import Portal
from twin_project.kit.registry import Registry

portals: Registry[Portal] = Registry("scraping.portals", Portal)  # type: ignore[type-abstract]  # the base itself


def choices() -> list[tuple[str, str]]:
    """(key, title) pairs for a model field: a function, so that a new file needs no migration."""
    return portals.choices()
