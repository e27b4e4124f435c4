"""Whose clock the stamps follow: by their offsets, by the page's words, by the nights when clocks change. Pure."""

import re
from collections import Counter
from collections.abc import Iterable
from zoneinfo import ZoneInfo, available_timezones

import numpy as np
import pandas as pd

from scraping.domain.discovery.context import Context
from scraping.domain.discovery.guess import LIKELY, MAYBE, SURE, UNSURE, Guess
from scraping.domain.discovery.stamps import EPOCH_MS, EPOCH_S, Stamps
from twin_project.kit.folds import ambiguous

_IANA = re.compile(
    r"(?<![\w/])(?:Africa|America|Antarctica|Asia|Atlantic|Australia|Europe|Indian"
    r"|Pacific)/[A-Za-z_]+(?:/[A-Za-z_]+)?"
)
_OFFSET_WORDS = re.compile(r"(?:UTC|GMT)\s?([+\-−])\s?(\d{1,2})(?::?(\d{2}))?")
# words of a page -> the zone of most who read it
_PLACES = (
    (r"\bIST\b|\bIndia\b|₹|\b(?:Mumbai|Delhi|Pune|Bengaluru|Bangalore|Chennai|Kolkata|Hyderabad)\b", "Asia/Kolkata"),
    (r"\b(?:GMT/BST|BST|United Kingdom|London|Manchester|Bristol|Cambridge)\b", "Europe/London"),
    (r"\b(?:France|Paris|Lyon|Sceaux|Toulouse)\b|heure de Paris", "Europe/Paris"),
    (r"\b(?:Deutschland|Germany|Berlin|München|Hamburg|MEZ|MESZ)\b", "Europe/Berlin"),
    (r"\b(?:Österreich|Austria|Wien)\b", "Europe/Vienna"),
    (r"\b(?:Schweiz|Suisse|Svizzera|Switzerland|Zürich)\b", "Europe/Zurich"),
    (r"\b(?:España|Spain|Madrid|Barcelona|Sevilla)\b", "Europe/Madrid"),
    (r"\b(?:Italia|Italy|Roma|Milano|Torino)\b", "Europe/Rome"),
    (r"\b(?:Nederland|Netherlands|Amsterdam|Utrecht)\b", "Europe/Amsterdam"),
    (r"\b(?:België|Belgique|Belgium|Brussel|Bruxelles)\b", "Europe/Brussels"),
    (r"\b(?:Portugal|Lisboa|Lisbon|Porto)\b", "Europe/Lisbon"),
    (r"\b(?:Ireland|Éire|Dublin)\b", "Europe/Dublin"),
    (r"\b(?:EST|EDT|Eastern Time|New York|Boston|Toronto)\b", "America/New_York"),
    (r"\b(?:CST|CDT|Central Time|Illinois|Chicago|Texas|Houston)\b", "America/Chicago"),
    (r"\b(?:MST|MDT|Mountain Time|Denver|Colorado)\b", "America/Denver"),
    (r"\b(?:PST|PDT|Pacific Time|California|Los Angeles|Seattle)\b", "America/Los_Angeles"),
    (r"\b(?:AEST|AEDT|Sydney|Melbourne|Victoria)\b", "Australia/Melbourne"),
    (r"\b(?:AEST|Brisbane|Queensland)\b", "Australia/Brisbane"),
    (r"\b(?:New Zealand|Aotearoa|Wellington|Auckland|NZST|NZDT)\b", "Pacific/Auckland"),
    (r"\b(?:Suomi|Finland|Helsinki|Tampere|Espoo)\b", "Europe/Helsinki"),
    (r"\b(?:Sverige|Sweden|Stockholm)\b", "Europe/Stockholm"),
    (r"\b(?:Norge|Norway|Oslo)\b", "Europe/Oslo"),
    (r"\b(?:Danmark|Denmark|København)\b", "Europe/Copenhagen"),
    (r"\b(?:Polska|Poland|Warszawa)\b", "Europe/Warsaw"),
    # the words by which one country alone names its meters
    (r"\bMPAN\b|\bMPRN\b", "Europe/London"),
    (r"\b(?:PDL|PRM|Linky|[Pp]oint de [Ll]ivraison)\b", "Europe/Paris"),
    (r"\bCUPS\b|\bES\d{16}", "Europe/Madrid"),
    (r"\bPOD\b|\bIT\d{3}E\d{8}", "Europe/Rome"),
    (r"\b(?:Marktlokation|MaLo|Messlokation|Stadtwerke)\b|\bDE\d{10}", "Europe/Berlin"),
    (r"\bAT00\d{8}", "Europe/Vienna"),
    (r"\bESI ?ID\b", "America/Chicago"),
    (r"\b(?:NMI)\b", "Australia/Melbourne"),
    (r"\bCPE\b|\bPT\d{16}", "Europe/Lisbon"),
    (r"\b(?:Brasil|São Paulo)\b|R\$", "America/Sao_Paulo"),
)
_BY_COUNTRY = {
    "de": "Europe/Berlin", "fr": "Europe/Paris", "es": "Europe/Madrid", "it": "Europe/Rome", "nl": "Europe/Amsterdam",
    "pt": "Europe/Lisbon", "at": "Europe/Vienna", "ch": "Europe/Zurich", "be": "Europe/Brussels", "uk": "Europe/London",
    "gb": "Europe/London", "ie": "Europe/Dublin", "in": "Asia/Kolkata", "br": "America/Sao_Paulo",
    "dk": "Europe/Copenhagen",
    "se": "Europe/Stockholm", "no": "Europe/Oslo", "fi": "Europe/Helsinki", "pl": "Europe/Warsaw",
    "nz": "Pacific/Auckland",
}  # fmt: skip
_BY_LANGUAGE = {language: _BY_COUNTRY[language] for language in ("de", "fr", "es", "it", "nl", "pt", "pl", "fi")}
_FIXED = {19800: "Asia/Kolkata", 20700: "Asia/Kathmandu", 34200: "Australia/Darwin", 12600: "Asia/Tehran"}
USUAL = (
    "Europe/London", "Europe/Paris", "Europe/Helsinki", "America/New_York", "America/Chicago", "America/Denver",
    "America/Los_Angeles", "Asia/Kolkata", "Australia/Melbourne", "Australia/Brisbane", "Pacific/Auckland",
    "America/Sao_Paulo", "Africa/Johannesburg", "Asia/Dubai", "Asia/Singapore", "Asia/Tokyo", "UTC",
)  # fmt: skip


def zone_of(stamps: Stamps, context: Context, facts: str = "") -> Guess[str]:
    """The zone; where the stamps are instants by themselves it only says where a day begins."""
    found = said_zones(context, facts)
    if stamps.aware:
        return _by_offset(stamps, found, context)
    nights = nights_of(stamps.wall, [guess.value for guess in found] + list(USUAL))
    if found:
        best = max(found, key=lambda guess: (nights.get(guess.value, 0), guess.confidence))
        agrees = nights.get(best.value, 0)
        if agrees > 0:
            return best.but(SURE, "The night when its clocks change shows in the rows.")
        return best if agrees == 0 else best.but(UNSURE, "But the rows do not follow its clock change.")
    shown = [name for name, agrees in nights.items() if agrees > 0]
    if shown:
        return Guess(shown[0], MAYBE, ("Only the night when clocks change, as the rows show it, tells the zone.",))
    why = "Nothing on the page tells the zone; this is the one of the place where the twin runs."
    return Guess(context.default_zone, UNSURE, (why,))


def said_zones(context: Context, facts: str = "") -> list[Guess[str]]:
    """The zones that words suggest, the firmest first."""
    found: list[Guess[str]] = []
    for text, where in ((facts, "The data itself"), (context.words, "The page"), (context.source, "The page's source")):
        names = Counter(name for name in _IANA.findall(text) if name in available_timezones())
        if 1 <= len(names) <= 2:
            name = names.most_common(1)[0][0]
            found.append(Guess(name, SURE if len(names) == 1 else LIKELY, (f"{where} names the zone {name}.",)))
    for text in (facts, context.words):
        offset = _OFFSET_WORDS.search(text)
        if offset:
            seconds = (int(offset[2]) * 3600 + int(offset[3] or 0) * 60) * (1 if offset[1] == "+" else -1)
            if seconds in _FIXED:
                found.append(Guess(_FIXED[seconds], LIKELY, (f"The page speaks of {offset[0]}.",)))
        if re.search(r"\b(?:in|as|times?|all|stamps? are) (?:in )?UTC\b|\(UTC\)|\bUTC time\b", text):
            found.append(Guess("UTC", LIKELY, ("The page says that its times are UTC.",)))
    spoken = ((facts, "The data speaks", LIKELY), (context.words, "The page speaks", MAYBE))
    for text, where, firm in (*spoken, (context.site, "The portal speaks", 0.5)):
        found += [
            Guess(zone, firm, (f"{where} of {match[0]}.",))
            for pattern, zone in _PLACES
            if (match := re.search(pattern, text))
        ]
    if context.country in _BY_COUNTRY:
        found.append(
            Guess(_BY_COUNTRY[context.country], MAYBE, ("The portal's address or language names the country.",))
        )
    elif context.language[:2] in _BY_LANGUAGE:
        found.append(Guess(_BY_LANGUAGE[context.language[:2]], 0.5, ("It is the usual zone of the page's language.",)))
    return found


def _by_offset(stamps: Stamps, found: list[Guess[str]], context: Context) -> Guess[str]:
    """Among the zones that words suggest, and some usual ones, the first that has these offsets at these times."""
    wall, offsets = stamps.wall, stamps.offset_s
    known = ~np.isnan(offsets) & wall.notna().to_numpy()
    utc = wall[known] - pd.to_timedelta(offsets[known], unit="s")
    if stamps.form.value in (EPOCH_S, EPOCH_MS) or not offsets[known].any():
        return _by_midnight(pd.DatetimeIndex(utc, tz="UTC"), found, context)
    for guess in [*found, *(Guess(zone, MAYBE) for zone in (*_FIXED.values(), *USUAL))]:
        if _has_offsets(guess.value, utc, offsets[known]):
            firm = SURE if guess.because or guess.value in _FIXED.values() else LIKELY
            return guess.but(firm, f"Each stamp has its offset from UTC, which is that of {guess.value}.")
    return Guess("UTC", MAYBE, ("Each stamp has its offset from UTC; no usual zone has it.",))


def _by_midnight(utc: pd.DatetimeIndex, found: list[Guess[str]], context: Context) -> Guess[str]:
    """Each stamp is an instant; portals show whole days, so the first or the last row tells where a day begins."""
    why = "Each stamp is an instant by itself; the zone only says where a day begins."
    if found and found[0].confidence > MAYBE:
        return found[0].but(found[0].confidence, why)
    edges = (utc.min(), utc.max())
    for guess in [*found, Guess(context.default_zone, 0.5), *(Guess(zone, 0.5) for zone in USUAL)]:
        if any(edge.tz_convert(guess.value) == edge.tz_convert(guess.value).normalize() for edge in edges):
            return guess.but(
                MAYBE if not guess.because else LIKELY, why, f"The rows begin at midnight of {guess.value}."
            )
    return found[0].but(MAYBE, why) if found else Guess(context.default_zone, UNSURE, (why,))


def _has_offsets(zone: str, utc: pd.Series, offsets: np.ndarray) -> bool:
    local = pd.DatetimeIndex(utc, tz="UTC").tz_convert(ZoneInfo(zone)).tz_localize(None)
    return bool(np.array_equal((local - pd.DatetimeIndex(utc)).total_seconds().to_numpy(), offsets))


def nights_of(wall: pd.Series, zones: Iterable[str]) -> dict[str, int]:
    """Per zone 1 where a clock change shows in the rows, -1 where rows contradict it, 0 where none lies in them."""
    walls = pd.Series(pd.DatetimeIndex(wall.dropna().unique()).sort_values())
    doubled = set(wall[wall.duplicated()].dropna())
    out: dict[str, int] = {}
    if len(walls) < 48:
        return out
    step = walls.diff().mode().iloc[0]
    gaps = walls[walls.diff() > step]
    for zone in dict.fromkeys(zones):
        index = pd.DatetimeIndex(walls)
        missing = index.tz_localize(ZoneInfo(zone), ambiguous=np.ones(len(index), dtype=bool), nonexistent="NaT").isna()
        twice = walls[ambiguous(walls, zone)]
        skipped = sum(_is_spring(at, step, zone) for at in gaps)
        inside = int(np.asarray(missing).sum())
        if inside > 1:
            out[zone] = -1
        elif skipped or (len(twice) and doubled.issuperset(twice)):
            out[zone] = 1
        else:
            out[zone] = 0
    return out


def _is_spring(after: pd.Timestamp, step: pd.Timedelta, zone: str) -> bool:
    """Whether the row before a gap is the last before the clocks of the zone go forward."""
    early = pd.DatetimeIndex([after - pd.Timedelta(hours=1)])
    place = ZoneInfo(zone)
    gone = early.tz_localize(place, ambiguous=np.array([True]), nonexistent="NaT").isna()[0]
    return bool(gone) and step < pd.Timedelta(hours=2)
