"""Tags and filters of the panel: figures with their units, times in the site's zone, charts."""

import math
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.templatetags.static import static
from django.utils.html import format_html, json_script
from django.utils.safestring import SafeString

from twin_project.kit.theme import TEMPLATE, TOKENS

register = template.Library()
THIN = "\u2009"
NOTHING = "\u2013"


@register.filter
def num(value: float | None, digits: int = 0) -> str:
    """A figure with thin spaces between thousands; a dash where there is none."""
    if value is None or math.isnan(value):
        return NOTHING
    return f"{value:,.{digits}f}".replace(",", THIN).replace("-", "\u2212")


@register.simple_tag
def quantity(value: float | None, unit: str, digits: int = 1) -> SafeString:
    """A figure and its unit, the unit set smaller by the style sheet."""
    return format_html('<span class="quantity">{}<span class="unit">{}{}</span></span>', num(value, digits), THIN, unit)


@register.filter
def local(at: datetime | None, zone: ZoneInfo | str) -> SafeString | str:
    """A moment on the clock of the site, as a `<time>` that machines can read."""
    if at is None:
        return NOTHING
    there = at.astimezone(ZoneInfo(str(zone)))
    return format_html('<time datetime="{}">{}</time>', at.isoformat(), there.strftime("%a %-d %b, %H:%M"))


@register.filter
def clock(at: datetime, zone: ZoneInfo | str) -> SafeString:
    """The time of day on the clock of the site, to the second."""
    return format_html(
        '<time datetime="{}">{}</time>', at.isoformat(), f"{at.astimezone(ZoneInfo(str(zone))):%H:%M:%S}"
    )


@register.filter
def span(seconds: float | None) -> str:
    """A length of time in the two words a person needs: 40 s, 4 min, 3 h 20 min, 2 d 4 h."""
    if seconds is None:
        return NOTHING
    whole = max(int(seconds), 0)
    if whole < 60:
        return f"{whole}{THIN}s"
    if whole < 3600:
        return f"{whole // 60}{THIN}min"
    big, small, words = (whole // 3600, whole % 3600 // 60, ("h", "min"))
    if whole >= 48 * 3600:
        big, small, words = (whole // 86400, whole % 86400 // 3600, ("d", "h"))
    rest = f" {small}{THIN}{words[1]}" if small else ""
    return f"{big}{THIN}{words[0]}{rest}"


@register.filter
def since(at: datetime | None, now: datetime) -> str:
    """How long ago `at` was, seen from `now`."""
    return span((now - at).total_seconds()) if at else NOTHING


@register.filter
def share(part: float | None, digits: int = 0) -> str:
    """A fraction as per cent."""
    return NOTHING if part is None else f"{num(part * 100, digits)}{THIN}%"


@register.simple_tag
def icon(name: str, size: int = 20) -> SafeString:
    """A drawing of `static/twin/icons.svg`; it says nothing that the words beside it do not."""
    return format_html(
        '<svg class="icon" width="{0}" height="{0}" aria-hidden="true"><use href="{1}#{2}"></use></svg>',
        size,
        static("twin/icons.svg"),
        name,
    )


@register.simple_tag
def figure_theme() -> SafeString:
    """The tokens of both themes and Plotly's template, once on a page with charts."""
    return json_script({"tokens": TOKENS, "template": TEMPLATE}, "figure-theme")


@register.inclusion_tag("parts/figure.html")
def figure(
    name: str,
    chart: dict[str, Any] | None,
    height: str = "m",
    *,
    csv: str = "",
    table: Any = None,
    strip: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """A chart with its table view and CSV link; `height` is s, m or l; `name` is unique on the page.

    `strip` is a small chart below it that shows which part of the whole is seen above.
    """
    names = {"figure_id": f"figure-{name}", "strip_id": f"figure-{name}-strip"}
    return {**names, "chart": chart, "height": height, "csv": csv, "table": table, "strip": strip}
