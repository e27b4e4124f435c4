"""Which column tells the meters of one table apart. Pure."""

from collections.abc import Mapping, Sequence

import pandas as pd

from scraping.domain.discovery import words
from scraping.domain.discovery.clocks import Clock
from scraping.domain.discovery.words import plain

MOST = 50


def meter_column(columns: Mapping[str, Sequence[str]], clock: Clock) -> str:
    """Its title; "" where every stamp stands once, or no column explains why it stands more often."""
    wall = clock.stamps.wall
    known = wall.dropna()
    if known.nunique() > 0.8 * len(known):
        return ""
    for title, cells in columns.items():
        different = len(set(cells))
        if not 2 <= different <= MOST:
            continue
        pairs = len({(stamp, cell) for stamp, cell in zip(wall, cells, strict=True) if pd.notna(stamp)})
        if pairs >= 0.98 * len(known) and (
            words.WHICH_METER.search(plain(title)) or known.nunique() * different >= 0.8 * len(known)
        ):
            return title
    return ""
