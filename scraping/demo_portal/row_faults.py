"""Faults in the readings themselves: what a page or a file is made of is changed before it is printed."""

from collections.abc import Callable
from datetime import datetime

import pandas as pd

from scraping.demo_portal.catalogue import DemoMeter

Change = Callable[[pd.DataFrame, DemoMeter, datetime], pd.DataFrame]
ROW_FAULTS: dict[str, Change] = {}
active: set[str] = set()


def applied(frame: pd.DataFrame, meter: DemoMeter, now: datetime) -> pd.DataFrame:
    """The frame after every active fault."""
    for name in active:
        frame = ROW_FAULTS[name](frame, meter, now)
    return frame
