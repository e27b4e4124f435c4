"""Whether a stamp is the start or the end of its interval. Pure."""

import re

import pandas as pd

from scraping.domain.discovery import words
from scraping.domain.discovery.context import Context
from scraping.domain.discovery.guess import LIKELY, MAYBE, SURE, UNSURE, Guess
from scraping.domain.discovery.stamps import Stamps
from scraping.domain.discovery.words import plain

_INTERVAL = (
    r"(?:the |each |an? |its |their |of |del? |des |der |dell |du |la |l |el |il |het |van |do |da |o )*(?:\w+ ){0,2}?"
    r"(?:interval|period|hour|half hour|quarter|intervall|viertelstunde|messperiode|periode|heure|intervalo|periodo"
    r"|hora|intervallo|ora|uur|kwartier)"
)
_END = re.compile(
    rf"\b(?:end|ends|ende|fin|final|fine|einde|fim) (?:of )?{_INTERVAL}|(?:interval|period|hour|half hour"
    rf"|quarter)s? ending|(?:intervall?|period)(?:s)?ende\b|ending at"
)
_START = re.compile(
    rf"\b(?:start|beginning|begin|beginn|anfang|debut|inicio|inizio) (?:of )?{_INTERVAL}|(?:interval|period|hour"
    rf"|half hour|quarter)s? (?:starting|beginning)|(?:intervall?|period)(?:s)?beginn\b|starting at"
)


def stamp_at(title: str, stamps: Stamps, interval_s: int, context: Context, midnights: "pd.Series") -> Guess[str]:
    """ "start" or "end". `midnights` are the same stamps by the clock of the zone, for where days begin."""
    low = plain(title)
    ends, starts = bool(words.END.search(low)), bool(words.START.search(low))
    said = _said(plain(context.words))
    told = (
        (stamps.until is not None, Guess("start", SURE, ("Each stamp is a span: its first time is the start.",))),
        (ends > starts, Guess("end", SURE, (f"The title “{title}” says that stamps are the end of an interval.",))),
        (
            starts > ends,
            Guess("start", SURE, (f"The title “{title}” says that stamps are the start of an interval.",)),
        ),
        (stamps.said_24, Guess("end", SURE, ("A stamp of 24:00 can only be the end of a day's last interval.",))),
        (bool(said), Guess(said, LIKELY, (f"The page says that times are the {said} of the interval.",))),
    )
    first = next((guess for is_so, guess in told if is_so), None)
    return first or _by_days(midnights.dropna().sort_values(), interval_s, context)


def _said(text: str) -> str:
    end, start = bool(_END.search(text)), bool(_START.search(text))
    return "" if end == start else "end" if end else "start"


def _by_days(wall: "pd.Series", interval_s: int, context: Context) -> Guess[str]:
    """A whole period begins at midnight with starts, one interval later with ends."""
    if wall.empty or interval_s >= 86_400:
        return Guess("start", LIKELY if interval_s >= 86_400 else UNSURE, ("A day is named by its date.",))
    first, last = wall.iloc[0], wall.iloc[-1]
    step, day, nought = pd.Timedelta(seconds=interval_s), pd.Timedelta(days=1), pd.Timedelta(0)
    begins, ends = first - first.normalize(), last - last.normalize()
    of_asked = context.asked is not None and first.date() == context.asked[0]
    asked = f"The first row of the day that was asked for is at {first:%H:%M}."
    told = (
        (
            begins == nought and ends == day - step,
            "start",
            LIKELY,
            f"Whole days of rows run from 00:00 to {last:%H:%M}.",
        ),
        (begins == step and ends == nought, "end", LIKELY, f"Whole days of rows run from {first:%H:%M} to 00:00."),
        (of_asked and begins == nought, "start", LIKELY, asked),
        (of_asked and begins == step, "end", LIKELY, asked),
        (begins == nought, "start", MAYBE, "The first row is at midnight, as a first interval's start would be."),
        (begins == step, "end", MAYBE, f"The first row is at {first:%H:%M}, as a day's first end would be."),
    )
    nothing = "Nothing tells whether a stamp is the start or the end; most portals give the start."
    found = next(((edge, firm, why) for is_so, edge, firm, why in told if is_so), ("start", UNSURE, nothing))
    return Guess(found[0], found[1], (found[2],))
