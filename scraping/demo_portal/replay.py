"""Old readings on today's calendar: same weekday, same wall clock, same season, the same for one date whoever asks.

The source gives a stretch of whole years that starts on a Monday. The calendar is cut at the Mondays nearest to
`first_day + n * years`; each piece is the stretch again from its first day. So the shift is a whole number of
weeks, the season is never more than half a week off however far ahead, the readings of a date do not depend on
when they are asked for, and after the last the first comes again.

The shift is one of WALL CLOCKS, done by matching (wall time, fold), never by adding days to a local stamp. An
hour that the target's clock skips takes no reading; one that it repeats finds a second reading only where the
source repeats it too, and is else a gap; so is an hour that the source's clock skipped.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pandas as pd

from scraping.demo_portal.catalogue import DemoMeter, source_readings

YEAR_DAYS = 365.2425
PUBLICATION_LAG = timedelta(minutes=15)  # the last whole interval appears this long after its end
HISTORY_DAYS = 1096  # three years back, as utilities keep them


def readings(meter: DemoMeter, first: date, last: date, now: datetime) -> pd.DataFrame:
    """Every interval of the local days `first` to `last` that is published by `now`.

    Index: interval start in the meter's zone. Columns: the meter's quantities; NaN where nothing was measured.
    """
    start = max(_midnight(first, meter.zone), _midnight(history_start(meter, now), meter.zone))
    end = min(_midnight(last + timedelta(days=1), meter.zone), published_until(meter, now))
    step = timedelta(seconds=meter.interval_s)
    # From midnight on, so that a repeated hour is seen whole and its second pass is known as such.
    day_start = _midnight(start.astimezone(ZoneInfo(meter.zone)).date(), meter.zone)
    index = pd.date_range(day_start, max(end, day_start), freq=step, inclusive="left", tz="UTC")
    index = index.tz_convert(meter.zone).rename("start")
    wall = index.tz_localize(None)
    shift = pd.Series(wall.date, index).map(lambda day: source_shift(meter, day))
    wanted = pd.MultiIndex.from_arrays([wall - pd.TimedeltaIndex(shift), wall.duplicated().astype("int8")])
    fields = [quantity.field for quantity in meter.quantities]
    frame = source_readings(meter.source)[fields].reindex(wanted)
    frame.index = index
    return frame[frame.index >= pd.Timestamp(start)]


@cache
def source_shift(meter: DemoMeter, day: date) -> timedelta:
    """How far back the source of a local day lies: whole weeks."""
    first = date.fromisoformat(meter.first_day)
    piece = int((day - first).days / (meter.years * YEAR_DAYS)) + 1
    while _cut(first, meter.years, piece) > day:
        piece -= 1
    return _cut(first, meter.years, piece) - first


def published_until(meter: DemoMeter, now: datetime) -> datetime:
    """End of the last interval that is published: whole, and older than the lag."""
    step = meter.interval_s
    return datetime.fromtimestamp((now - PUBLICATION_LAG).timestamp() // step * step, UTC)


def history_start(meter: DemoMeter, now: datetime) -> date:
    """First local day that the portal still shows."""
    return now.astimezone(ZoneInfo(meter.zone)).date() - timedelta(days=HISTORY_DAYS)


def _cut(first: date, years: int, piece: int) -> date:
    weeks = round(piece * years * YEAR_DAYS / 7)
    return first + timedelta(weeks=weeks)


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)
