"""Months as portals of other tongues write them: strptime and strftime know English only here. Pure."""

import re

import pandas as pd

_MONTHS = (
    ("jan", "gen", "ene", "sty"), ("feb", "fév", "fev", "fév", "lut"), ("mar", "mär", "mrz", "mrt", "maa"),
    ("apr", "avr", "abr", "kwi"), ("may", "mai", "mei", "mag", "maj"), ("jun", "juin", "giu", "cze"),
    ("jul", "juil", "lug", "lip"), ("aug", "aoû", "aou", "ago", "sie"), ("sep", "set", "wrz"),
    ("oct", "okt", "ott", "out", "paź"), ("nov", "lis"), ("dec", "déc", "dez", "dic", "gru"),
)  # fmt: skip
_ENGLISH = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WORD = re.compile(r"[^\W\d_]{3,}\.?")


def in_english(text: str, form: str) -> str:
    """The text with its months in English, as %b or %B of the form has them; as it is where the form has neither."""
    if "%b" not in form and "%B" not in form:
        return text
    return _WORD.sub(lambda word: _month(word[0], full="%B" in form), text)


def _month(word: str, *, full: bool) -> str:
    low = word.lower().rstrip(".")
    for number, starts in enumerate(_MONTHS):
        if low.startswith(starts):
            english = pd.Timestamp(2000, number + 1, 1)
            return str(english.month_name()) if full else _ENGLISH[number]
    return word
