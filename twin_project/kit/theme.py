"""The face in figures: one set of tokens for the style sheet and for Plotly's template `twin`.

A figure names colours by token (`"@twin"`), never by value, so one figure serves both themes: the page's
script paints it with the tokens of the theme that is on, and paints it again when the theme changes.
`static/twin/tokens.css` holds the same values; a test compares the two.
"""

from typing import Any, Literal

Mode = Literal["light", "dark"]

# Each token's colour in the light theme and in the dark one.
_PAIRS = {
    "ground": ("#f5f7fa", "#0f172a"),
    "card": ("#ffffff", "#172136"),
    "ink": ("#0f172a", "#e8eef7"),
    "muted": ("#526077", "#9fb0c7"),
    "hairline": ("#e3e8ef", "#26334b"),
    "grid": ("#edf1f6", "#212d44"),
    "measured": ("#0f172a", "#e8eef7"),
    "twin": ("#0284c7", "#38bdf8"),
    "band-outer": ("rgba(14,165,233,0.15)", "rgba(56,189,248,0.14)"),
    "band-inner": ("rgba(14,165,233,0.27)", "rgba(56,189,248,0.25)"),
    "scenario": ("#b45309", "#fbbf24"),
    "missing": ("#a3b0c2", "#4a5a75"),
    "allowed": ("rgba(15,118,110,0.07)", "rgba(45,212,191,0.08)"),
    "good": ("#0f766e", "#2dd4bf"),
    "warn": ("#b45309", "#fbbf24"),
    "bad": ("#be123c", "#fb7185"),
}
# Okabe and Ito's palette for lines that have no meaning of their own; black is left to what was measured.
_EXTRA = ("#e69f00", "#56b4e9", "#009e73", "#d55e00", "#cc79a7", "#0072b2", "#f0e442")

TOKENS: dict[Mode, dict[str, str]] = {
    "light": {name: pair[0] for name, pair in _PAIRS.items()},
    "dark": {name: pair[1] for name, pair in _PAIRS.items()},
}
FONT = "Inter, ui-sans-serif, system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', 'Noto Sans', Arial, sans-serif"

MEASURED = {"color": "@measured", "width": 1.8, "dash": "solid"}
TWIN = {"color": "@twin", "width": 1.8, "dash": "6px,4px"}
PAST_TWIN = {"color": "@twin", "width": 1.1, "dash": "2px,3px"}
SCENARIO = {"color": "@scenario", "width": 1.8, "dash": "solid"}
MISSING = {"shape": "/", "fgcolor": "@missing", "bgcolor": "rgba(0,0,0,0)", "size": 7, "solidity": 0.18}

_AXIS = {
    "gridcolor": "@grid",
    "linecolor": "@hairline",
    "tickcolor": "@hairline",
    "tickfont": {"color": "@muted", "size": 11},
    "title": {"font": {"color": "@muted", "size": 12}, "standoff": 8},
    "zeroline": False,
    "automargin": True,
    "fixedrange": True,
}
TEMPLATE: dict[str, Any] = {
    "layout": {
        "colorway": list(_EXTRA),
        "colorscale": {"sequential": "Cividis", "sequentialminus": "Cividis"},
        "font": {"family": FONT, "color": "@ink", "size": 12},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "margin": {"l": 8, "r": 10, "t": 30, "b": 8},
        "xaxis": {**_AXIS, "showgrid": False, "showline": True, "ticks": "outside", "ticklen": 4},
        "yaxis": {**_AXIS, "showline": False, "ticks": "", "nticks": 6},
        "hovermode": "x unified",
        "hoverlabel": {
            "bgcolor": "@card",
            "bordercolor": "@hairline",
            "font": {"color": "@ink", "size": 12, "family": FONT},
            "align": "left",
        },
        "legend": {
            "orientation": "h",
            "x": 0,
            "xanchor": "left",
            "y": 1,
            "yanchor": "bottom",
            "font": {"color": "@muted", "size": 11},
            "itemclick": False,
            "itemdoubleclick": False,
            "bgcolor": "rgba(0,0,0,0)",
        },
        "dragmode": False,
        "separators": ".\u2009",
    }
}


def paint(figure: Any, mode: Mode) -> Any:
    """Return a copy of a figure (or any part of one) with the tokens replaced by the colours of `mode`."""
    if isinstance(figure, dict):
        return {key: paint(value, mode) for key, value in figure.items()}
    if isinstance(figure, list | tuple):
        return [paint(value, mode) for value in figure]
    if isinstance(figure, str) and figure.startswith("@"):
        return TOKENS[mode][figure[1:]]
    return figure


def style_sheet() -> str:
    """The custom properties of `static/twin/tokens.css`: each token once, for both themes."""
    lines = [f"  --twin-{name}: light-dark({light}, {dark});" for name, (light, dark) in _PAIRS.items()]
    head = "/* What style_sheet() of twin_project/kit/theme.py gives; a test compares the two. */"
    return "\n".join([head, ":root {", *lines, "}", ""])
