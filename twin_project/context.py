"""What every page of the panel needs to know."""

from typing import Any

from django.http import HttpRequest


def frame(request: HttpRequest) -> dict[str, Any]:
    """Values of the frame around each page."""
    return {}
