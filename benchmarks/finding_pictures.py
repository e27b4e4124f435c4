"""One finding in its surroundings as a small SVG: the series as a line with its gaps, the doubtful span tinted."""

from collections.abc import Callable
from html import escape

import numpy as np
import pandas as pd

WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 720, 220, 52, 30, 26
INK, DOUBT, FAINT = "#0f172a", "#d55e00", "#94a3b8"


def draw(series: "pd.Series[float]", start: pd.Timestamp, end: pd.Timestamp, title: str) -> str:
    """The whole picture as text."""
    index = pd.DatetimeIndex(series.index)
    first, last = index[0], index[-1]
    top = float(np.nanmax(series.to_numpy())) * 1.05 or 1.0
    long = (last - first) / (WIDTH - LEFT - 10)

    def x(at: pd.Timestamp) -> float:
        return LEFT + max(min((at - first) / long, WIDTH - LEFT - 10), 0)

    def y(value: float) -> float:
        return HEIGHT - BOTTOM - value / top * (HEIGHT - TOP - BOTTOM)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"',
        ' font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        f'<text x="{LEFT}" y="18" fill="{INK}">{escape(title)}</text>',
        f'<rect x="{x(start):.1f}" y="{TOP}" width="{max(x(end) - x(start), 2):.1f}" height="{HEIGHT - TOP - BOTTOM}"'
        f' fill="{DOUBT}" opacity="0.2"/>',
    ]
    for value in np.linspace(0, top / 1.05, 3).tolist():
        level = f'y1="{y(value):.1f}" y2="{y(value):.1f}" stroke="{FAINT}" stroke-width="0.5"'
        parts.append(f'<line x1="{LEFT}" x2="{WIDTH - 10}" {level}/>')
        parts.append(f'<text x="{LEFT - 6}" y="{y(value) + 4:.1f}" text-anchor="end" fill="{INK}">{value:.4g}</text>')
    for at in pd.date_range(first, last, periods=5):
        anchor = "end" if at == last else "start" if at == first else "middle"
        parts.append(f'<text x="{x(at):.1f}" y="{HEIGHT - 8}" text-anchor="{anchor}" fill="{INK}">{at:%d %b %Y}</text>')
    parts += [f'<path d="{_path(series, x, y)}" fill="none" stroke="{INK}" stroke-width="1"/>', "</svg>"]
    return "\n".join(parts) + "\n"


def _path(series: "pd.Series[float]", x: Callable[[pd.Timestamp], float], y: Callable[[float], float]) -> str:
    path, open_ = [], False
    for at, value in zip(pd.DatetimeIndex(series.index), series.to_numpy(), strict=True):
        if np.isnan(value):
            open_ = False
            continue
        path.append(f"{'L' if open_ else 'M'}{x(at):.1f},{y(float(value)):.1f}")
        open_ = True
    return "".join(path)
