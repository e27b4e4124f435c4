"""What the figures of this package share: their layouts, and the band of allowed voltages."""

from dataclasses import dataclass

from twin_project.kit.figures import Figure, Window
from twin_project.kit.time_axis import time_layout

SPREAD = "rgba(112,128,154,0.32)"  # between least and greatest; grey on both grounds, so it needs no token
SECOND = "#d55e00"  # Okabe and Ito's vermillion: a second line that is neither measured power nor the twin
BARE = {"l": 8, "r": 10, "t": 10, "b": 8}


@dataclass(frozen=True)
class Band:
    """The voltages that a supply may have."""

    low_v: float
    high_v: float


def time_frame(window: Window, *, title: str, unit: str, legend: bool = True) -> Figure:
    """A layout over time with its title for those who hear the page."""
    layout = time_layout(window.start, window.end, window.zone, showlegend=legend)
    if not legend:
        layout["margin"] = dict(BARE)
    layout["meta"]["title"] = title
    layout["yaxis"] = {"title": {"text": unit}}
    layout["xaxis"]["unifiedhovertitle"] = {"text": title}
    return layout


def plain_frame(*, title: str, x: Figure, y: Figure, legend: bool = False) -> Figure:
    """A layout whose x is no time; `x` and `y` are what is special about the axes."""
    layout: Figure = {"xaxis": {"type": "linear", **x}, "yaxis": y, "showlegend": legend, "meta": {"title": title}}
    return layout if legend else {**layout, "margin": dict(BARE)}


def allowed(band: Band, *, along: str = "y") -> Figure:
    """The band as a shaded rectangle along one axis."""
    other = "x" if along == "y" else "y"
    ends = {f"{along}0": band.low_v, f"{along}1": band.high_v, f"{other}0": 0, f"{other}1": 1}
    place = {f"{along}ref": along, f"{other}ref": "paper"}
    return {"type": "rect", **place, **ends, "fillcolor": "@allowed", "line": {"width": 0}, "layer": "below"}
