"""What can be wrong with the portal plug-ins: a broken file is told here and stops nothing else."""

from typing import Any

from django.core.checks import CheckMessage, register
from django.core.checks import Warning as CheckWarning

from scraping.registry import portals


@register()
def portals_can_serve(**_kwargs: Any) -> list[CheckMessage]:
    """One warning for each file of `scraping/portals/` that gives no usable portal."""
    hint = "Mend or remove the file. Until then its accounts cannot be visited; all others can."
    return [
        CheckWarning(f"scraping/portals/{key} is no usable portal: {reason}.", hint, id="scraping.W001")
        for key, reason in portals.broken().items()
    ]
