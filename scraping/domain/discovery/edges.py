"""Whether a stamp is the start or the end of its interval. Pure."""

import re

import pandas as pd

from scraping.domain.discovery import words
from scraping.domain.discovery.context import Context
from scraping.domain.discovery.guess import LIKELY, MAYBE, SURE, UNSURE, Guess
from scraping.domain.discovery.stamps import Stamps
from scraping.domain.discovery.words import plain

_INTERVAL = r"(?:the |each |an? |its |their |of |del? |des |der |dell |du |la |l |el |il |het |van |do |da |o )*(?:\w+ ){0,2}?(?:interval|period|hour|half hour|quarter|intervall|viertelstunde|messperiode|periode|heure|intervalo|periodo|hora|intervallo|ora|uur|kwartier)"
_END = re.compile(
    rf"\b(?:end|ends|ende|fin|final|fine|einde|fim) (?:of )?{_INTERVAL}|(?:interval|period|hour|half hour|quarter)s? ending|(?:intervall?|period)(?:s)?ende\b|ending at"
)
_START = re.compile(
    rf"\b(?:start|beginning|begin|beginn|anfang|debut|inicio|inizio) (?:of )?{_INTERVAL}|(?:interval|period|hour|half hour|quarter)s? (?:starting|beginning)|(?:intervall?|period)(?:s)?beginn\b|starting at"
)


def stamp_at(title: str, stamps: Stamps, interval_s: int, context: Context, midnights: "pd.Series") -> Guess[str]:
    """ "start" or "end". `midnights` are the same stamps by the clock of the zone, for where days begin."""
    low = plain(title)
    if stamps.until is not None:
        return Guess("start", SURE, ("Each stamp is a span: its first time is the start.",))
    if words.END.search(low) and not words.START.search(low):
        return Guess("end", SURE, (f"The title “{title}” says that stamps are the end of the interval.",))
    if words.START.search(low) and not words.END.search(low):
        return Guess("start", SURE, (f"The title “{title}” says that stamps are the start of the interval.",))
    if stamps.said_24:
        return Guess("end", SURE, ("A stamp of 24:00 can only be the end of a day's last interval.",))
    said = _said(plain(context.words))
    if said:
        return Guess(said, LIKELY, (f"The page says that times are the {said} of the interval.",))
    return _by_days(midnights.dropna().sort_values(), interval_s, context)


def _said(text: str) -> str:
    end, start = bool(_END.search(text)), bool(_START.search(text))
    return "" if end == start else "end" if end else "start"


def _by_days(wall: "pd.Series", interval_s: int, context: Context) -> Guess[str]:
    """A whole period begins at midnight with starts, one interval later with ends."""
    if wall.empty or interval_s >= 86_400:
        return Guess("start", LIKELY if interval_s >= 86_400 else UNSURE, ("A day is named by its date.",))
    first, last = wall.iloc[0], wall.iloc[-1]
    step = pd.Timedelta(seconds=interval_s)
    begins, ends = first - first.normalize(), last - last.normalize()
    day = pd.Timedelta(days=1)
    if begins == pd.Timedelta(0) and ends == day - step:
        return Guess("start", LIKELY, (f"The rows run from 00:00 to {last:%H:%M}: whole days of starts.",))
    if begins == step and ends == pd.Timedelta(0):
        return Guess("end", LIKELY, (f"The rows run from {first:%H:%M} to 00:00: whole days of ends.",))
    if context.asked and first.date() == context.asked[0] and begins in (pd.Timedelta(0), step):
        word = "start" if begins == pd.Timedelta(0) else "end"
        return Guess(word, LIKELY, (f"The first row of the day that was asked for is at {first:%H:%M}.",))
    if begins == pd.Timedelta(0):
        return Guess("start", MAYBE, ("The first row is at midnight, as a first interval's start would be.",))
    if begins == step:
        return Guess(
            "end", MAYBE, (f"The first row is at {first:%H:%M}, as the end of a day's first interval would be.",)
        )
    return Guess(
        "start", UNSURE, ("Nothing tells whether a stamp is the start or the end; most portals give the start.",)
    )
