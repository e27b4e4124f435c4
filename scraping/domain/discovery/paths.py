"""Which of a portal's own links, tabs and buttons a walk may take, and in what order. Pure.

It only ever looks: what could change, order, pay, end or sign out is never touched, in any of the languages known here.
"""

import re
from collections.abc import Iterable
from urllib.parse import parse_qsl, urldefrag, urljoin, urlsplit

from scraping.domain.browsing import Link
from scraping.domain.discovery.words import plain

_HARM = re.compile(
    r"\b(?:delet|remov|cancel|terminat|close (?:my |your )?account|deactiv|disabl|discard|reset|revok|unlink"
    r"|unsubscrib|subscrib"
    r"|pay|buy|order|purchas|check ?out|donat|top ?up|recharg|renew|switch|upgrad|enrol|sign ?up|registration"
    r"|register (?:now|your|an?|for|here)\b|apply now|transfer"
    r"|submit|sav(?:e|ing)\b|confirm|updat|chang|edit|add\b|creat|upload|send|report (?:an? )?(?:outage|fault"
    r"|meter)|move (?:in|out)|agree|consent"
    r"|log ?(?:out|off)|sign ?(?:out|off)|exit\b|leave\b|end session"
    r"|losch|entfern|kundig|stornier|widerruf|bezahl|zahl(?:en|ung)\b|kauf|bestell|absend|abschick|speicher"
    r"|ander(?:n|ung)|bearbeit|hinzufug|anleg"
    r"|hochlad|umzug|auszug|abmeld|ausloggen|beantrag|wechsel|erfass|melden\b"
    r"|supprim|effac|annul|resili|pay(?:er|ement)|regler|achet|command(?:er|e)\b|envoy|enregistr|valider|modifi"
    r"|ajout|deconne|demenag|souscri|quitter"
    r"|elimin|borrar|suprim|pagar|pago\b|comprar|enviar|guardar|confirmar|modificar|cambiar|anadir|cerrar|desconect"
    r"|salir\b|dar de baja|contratar"
    r"|cancell|rimuov|pag(?:a|are|amento)\b|acquist|ordina|invia|salva|conferm|modific|aggiung|esci\b|disconnett"
    r"|recedi|disdi"
    r"|verwijder|annuleer|opzeg|betal|bestel|verstu|verzend|opslaan|bevestig|wijzig|toevoeg|uitlog|afmeld|verhuiz"
    r"|overstap"
    r"|apagar|excluir|remover|cancelar|comprar|encomend|submeter|guardar|salvar|alterar|adicionar|sair\b"
    r"|terminar sessao|rescindir)"
)
_GOOD = re.compile(
    r"usage|consum|energy|electric|meter|reading|interval|hourly|half ?hour|load|profile data|history|chart|graph"
    r"|insight|analy|data|power|voltage|explor|detail|statist"
    r"|verbrauch|lastgang|zahler|messwert|energie|strom|auswert|leistung|ablese"
    r"|conso|compteur|releve|courbe|suivi|mesure|puissance|electricit|historique|donnees"
    r"|medidor|contador|lectura|curva|potencia|histor|datos|consumo|energia"
    r"|contator|lettur|misur|curv|dati|grafic"
    r"|verbruik|meterstand|stroom|gegevens|leitura|medic|diagrama|consumos|table|tabl|values|monitor|dashboard"
    r"|ubersicht|overview"
)
_FILES = re.compile(
    r"export|download|csv|xlsx?|excel|green ?button|espi|herunterlad|telecharg|descarg|scarica|esporta|baixar"
    r"|transferir|exportar|\bxml\b|\bjson\b|daten ?export"
)
_POOR = re.compile(
    r"bill|invoice|rechnung|factur|bollett|fattur|fatura|payment|help|faq|support|contact|kontakt|aide|ayuda|aiuto"
    r"|profil|account|konto|setting|einstellung"
    r"|news|blog|privacy|datenschutz|imprint|impressum|terms|agb|legal|mentions|cookie|career|about|tariff|offer"
    r"|moving|outage|notice|message|inbox|document"
)
_NO_PAGES = (
    ".pdf",
    ".png",
    ".jpg",
    ".jpeg",
    ".gif",
    ".svg",
    ".doc",
    ".docx",
    ".mp4",
    ".exe",
    ".dmg",
    ".zip",
    ".ics",
    ".css",
    ".js",
)
_FILE_ENDINGS = (".csv", ".xlsx", ".xls", ".xml", ".json", ".tsv", ".txt")
_NO_LINKS = ("mailto:", "tel:", "javascript:", "data:", "blob:", "sms:")


def key_of(link: Link) -> tuple[str, str]:
    """The same way on two pages: by its address, else by its words."""
    return (link.kind, without_dates(link.url)) if link.url else (link.kind, plain(link.text))


def is_harmful(link: Link) -> bool:
    """Whether a click could change something, or end the session. A button of a form always could.

    Of the address only the end counts: what stands before is the name of the portal's part.
    """
    parts = urlsplit(link.url)
    last = " ".join(part for part in parts.path.split("/") if part)[-60:].split(" ")[-1]
    address = re.sub(r"\.\w{2,4}$", "", last) + " " + parts.query
    return link.in_form or says_harm(link.text) or says_harm(address)


def says_harm(text: str) -> bool:
    """Whether words tell of changing, ordering, paying, sending, ending or signing out."""
    return bool(_HARM.search(plain(text)))


def is_file(link: Link) -> bool:
    """Whether the click should give a file."""
    return link.download or urlsplit(link.url).path.lower().endswith(_FILE_ENDINGS) or says_file(link.text)


def says_file(text: str) -> bool:
    """Whether words promise a file of data."""
    return bool(_FILES.search(plain(text)))


def may_take(link: Link, *, page: str, hosts: Iterable[str]) -> bool:
    """Whether the walk may take it at all: on the portal's own hosts, harmless, a page or a file of readings."""
    if is_harmful(link):
        return False
    if not link.url:
        return bool(plain(link.text))
    if link.url.lower().startswith(_NO_LINKS):
        return False
    parts = urlsplit(urljoin(page, link.url))
    if parts.scheme not in ("http", "https") or parts.hostname not in set(hosts):
        return False
    return not parts.path.lower().endswith(_NO_PAGES)


def worth(link: Link) -> int:
    """How likely it leads to readings: the higher the sooner."""
    text, address = plain(link.text), _address_words(link.url)
    points = 3 * bool(_GOOD.search(text)) + 2 * bool(_GOOD.search(address))
    points += 2 * bool(_FILES.search(text)) - 4 * bool(_POOR.search(text)) - 2 * bool(_POOR.search(address))
    return points - (1 if link.kind == "button" else 0)


def _address_words(url: str) -> str:
    parts = urlsplit(url)
    return plain(re.sub(r"\.\w{2,4}$", "", parts.path).replace("/", " ") + " " + parts.query + " " + parts.fragment)


def without_dates(href: str) -> str:
    """An address with whatever looks like a date or a page number left out: the same view of other days."""
    bare, fragment = urldefrag(href)
    parts = urlsplit(bare)
    path = re.sub(r"\d{4}-?\d\d-?\d\d|\d{2}[./-]\d{2}[./-]\d{4}", "#", parts.path)
    names = sorted(name for name, value in parse_qsl(parts.query, keep_blank_values=True) if not _varies(name, value))
    kept = {name: value for name, value in parse_qsl(parts.query, keep_blank_values=True) if name in names}
    route = fragment if fragment.startswith(("/", "!/")) else ""
    return f"{parts.netloc}{path}?{sorted(kept.items())}#{route}"


def _varies(name: str, value: str) -> bool:
    dated = bool(re.fullmatch(r"\d{4}-\d\d(?:-\d\d.*)?|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{8}|1\d{9}|1\d{12}", value))
    return dated or bool(re.fullmatch(r"page|p|seite|pagina|offset|start|_|ts|nonce", name.lower()))
