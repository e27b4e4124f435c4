"""What the figures without a time axis share."""

from twin_project.kit.figures import Figure

BARE = {"l": 8, "r": 10, "t": 10, "b": 8}
NAIVE_LINE = {"color": "@muted", "width": 1.6, "dash": "5px,4px"}


def plain_frame(*, title: str, x: Figure, y: Figure, legend: bool = False) -> Figure:
    """A layout whose x is no time; `x` and `y` are what is special about the axes."""
    layout: Figure = {"xaxis": {"type": "linear", **x}, "yaxis": y, "showlegend": legend, "meta": {"title": title}}
    layout["hovermode"] = "closest"
    return layout if legend else {**layout, "margin": dict(BARE)}
