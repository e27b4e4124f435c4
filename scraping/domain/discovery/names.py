"""What the portal calls itself and the meter, as far as a page tells. Pure."""

import re

from scraping.domain.discovery.series import Series
from scraping.domain.discovery.walk import Page

_NUMBER = r"((?=[A-Z./-]{0,6}\d)[A-Z0-9](?:[A-Z0-9./-]| (?=[A-Z0-9]*\d)){3,24}[A-Z0-9])"
_NAMED = re.compile(
    r"(?i:\b(?:meter(?: (?:serial|number|no\.?|id))?|serial(?: (?:number|no\.?))?|MPAN|MPRN|NMI|ESI ?ID|ICP|connection"
    r"|service agreement"
    r"|usage point|PDL|PRM|[Pp]oint de livraison|[Cc]ompteur|CUPS|POD|[Cc]ontatore|[Cc]ontador|EAN|[Mm]eternummer"
    r"|[Zz]ählpunkt"
    r"|[Zz]ählernummer|[Zz]ähler|MaLo(?:-ID)?|CPE)\b"
    r"(?: (?:is|number|no\.?|nr\.?|n°|serial|id))?)\s*[:#]?\s*" + _NUMBER
)
_FACT = re.compile(
    r"meter|serial|pdl|prm|cups|pod|mpan|nmi|usage ?point|zähl|zaehl|contador|compteur|ean", re.IGNORECASE
)


def meter_reference(series: Series, words: str, address: str) -> str:
    """The portal's own number of the meter: from the data, else from the page; else the name of the portal."""
    if series.meter:
        return series.meter
    for name, value in series.table.facts.items():
        text = value.strip()
        if _FACT.search(name) and re.search(r"\d", text) and 4 <= len(text) <= 40:
            return text
    for match in _NAMED.finditer(words):
        number = match[1].strip()
        if re.search(r"\d{2}", number) and not re.fullmatch(r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}", number):
            return number
    return re.sub(r"\W+", "-", address.split("://", 1)[-1]).strip("-")[:60]


def meter_name(page: Page, reference: str) -> str:
    """How people call it: by its number, at its portal."""
    return f"Meter {reference}" if re.search(r"\d{3}", reference) else f"Meter at {portal_name(page, reference)}"


def portal_name(page: Page, host: str) -> str:
    """The last part of the page's title, else the host."""
    title = re.search(r"<title[^>]*>(.*?)</title>", page.source, re.IGNORECASE | re.DOTALL)
    text = " ".join(title[1].split()) if title else ""
    parts = [part.strip() for part in re.split(r"\s+[·|–—-]\s+", text) if part.strip()]
    return parts[-1][:60] if parts else host
