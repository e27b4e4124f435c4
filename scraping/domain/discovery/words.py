"""The words that portals use for time, quantities and money, in the languages of most of them. Pure.

Titles come as "Verbrauch (kWh)", "consumptionKwh", "conso_wh", "Énergie active": `plain` makes one alphabet of them.
"""

import re
import unicodedata

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z][a-z])")


def plain(text: str) -> str:
    """Small letters without accents, words parted by single blanks; signs that carry meaning stay."""
    parted = _CAMEL.sub(" ", text)
    folded = unicodedata.normalize("NFKD", parted.replace("ß", "ss")).encode("ascii", "ignore").decode().lower()
    return " ".join(re.sub(r"[_\W]+", " ", folded).split())


def _any(*stems: str) -> "re.Pattern[str]":
    """Matches where a word begins with one of the stems; a stem that ends with $ is a whole word."""
    return re.compile("|".join(rf"\b{stem[:-1]}\b" if stem.endswith("$") else rf"\b{stem}" for stem in stems))


# Words of the start and of the end of an interval.
START = _any(
    "start", "from$", "begin", "since$", "von$", "ab$", "anfang", "debut", "du$", "depuis", "desde", "inicio", "inizio",
    "da$", "dal$", "van$", "vanaf", "de$",
)  # fmt: skip
END = _any(
    "end$", "ends$", "ended$", "ending", "end[ _]?(at|time|date|ts|utc|local)$", "to$", "until", "till$", "bis$",
    "ende$", "endzeit", "fin$", "jusqu", "hasta", "fine$", "al$", "tot$", "einde", "eind", "ate$", "fim$", "final$",
)  # fmt: skip
STAMP = _any(
    "time", "date", "stamp", "when$", "ts$", "period", "interval", "hour$", "day$", "datum", "zeit", "uhrzeit", "tag$",
    "horodat", "heure", "jour", "fecha", "hora$", "dia$", "data$", "ora$", "giorno", "periodo", "tijd", "tijdstip",
    "dag$", "uur$", "instante", "month$", "x$", "t$", "at$",
)  # fmt: skip

# Quantities. The first that matches wins, so the narrow ones stand first.
QUANTITY_WORDS: tuple[tuple[str, "re.Pattern[str]"], ...] = (
    (
        "power_factor",
        _any(
            "power fact", "cos phi", "cosphi", "cos$", "pf$", "leistungsfaktor", "facteur de puissance",
            "factor de potencia", "fattore di potenza", "arbeidsfactor", "vermogensfactor", "fator de potencia",
        ),
    ),
    (
        "reactive_kvarh",
        _any("reactiv", "reattiv", "reactief", "blind", "reativ", "react$", "kvarh", "varh"),
    ),
    ("temperature_c", _any("temp", "outdoor", "weather", "aussentemp", "t ext", "degc")),
    ("frequency_hz", _any("freq", "netzfrequenz", "hz$")),
    ("voltage_v", _any("volt", "spannung", "tension", "tensao", "spanning", "u l?[123n]", "u[123]$", "vrms")),
    (
        "current_a",
        _any(
            "current$", "currents$", "current (l|phase|a|in)", "amp", "stromstark", "strom$", "courant", "intensit",
            "intensid", "corriente", "corrente", "stroom$", "stroomsterkte", "i l?[123n]$", "i[123]$", "irms",
        ),
    ),
    (
        "power_kw",
        _any(
            "power", "demand", "load", "leistung", "wirkleistung", "last$", "lastgang", "puissance", "charge$",
            "potenc",
            "potenz", "vermogen", "belasting", "carga", "carico", "watt$", "watts$", "kw$",
        ),
    ),
    (
        "energy_kwh",
        _any(
            "energ", "consum", "usage", "use$", "used$", "kwh", "wh$", "mwh", "verbrauch", "bezug", "arbeit",
            "wirkarbeit", r"\w*verbrauch", r"\w*verbruik", "conso", "soutir", "prelev", "verbruik", "afname",
            "import$", "imported",
            "delivered", "electric", "elektri", "strommenge", "zahlerstand", "zaehlerstand", "meterstand", "reading",
            "lectura", "lettura", "leitura", "releve", "register", "zahler", "compteur", "contatore", "contador",
            "levering$", "abgenommen",
        ),
    ),
)  # fmt: skip

MONEY = _any(
    "price", "cost", "amount", "charge[sd]$", "bill", "invoice", "paid", "payment", "balance", "tariff", "rate$", "fee",
    "eur$", "usd$", "gbp$", "inr$", "chf$", "ct$", "cents?$", "preis", "kosten", "betrag", "rechnung", "prix", "cout",
    "montant", "facture", "precio", "coste", "importe", "factura", "prezzo", "costo", "importo", "bolletta", "fattura",
    "prijs", "bedrag", "factuur", "preco", "custo", "fatura", "saldo",
)  # fmt: skip
PRICE = _any(
    "price",
    "tariff",
    "preis",
    "prix",
    "precio",
    "prezzo",
    "prijs",
    "preco",
    "(eur|usd|gbp|ct|cents?|c|p|rs) (per )?kwh",
)
CARBON = _any("co2", "carbon", "emission", "emissie", "emissao", "emisi")
FED_IN = _any(
    "export", "feed in", "fed in", "feedin", "injec", "einspeis", "eingespeist", "lieferung", "excedent", "vertid",
    "immission", "immess", "teruglever", "production", "produit", "produc", "generat", "erzeug", "solar", "pv$",
    "opwek",
    "geracao", "surplus", "returned",
)  # fmt: skip
NOT_READ = _any(
    "forecast", "expected", "budget", "target", "neighbo", "similar homes", "benchmark", "prognos", "previous",
    "last year", "vorjahr", "annee precedente", "compare", "prevision", "pronostic", "limit", "efficient",
)  # fmt: skip
REGISTER = _any(
    "register", "cumul", "kumul", "total", "zahlerstand", "zaehlerstand", "stand$", "meterstand", "index", "odometer",
    "meter reading", "lectura", "lettura", "leitura", "releve", "indice", "lifetime", "counter", "acumul",
)  # fmt: skip
LENGTH = _any("duration", "interval s$", "seconds?$", "sec$", "dauer", "duree", "duracion", "durata", "duur$", "length")
WHICH_METER = _any(
    "meter$", "meter (id|no|number|ref|serial)", "serial", "mpan", "mprn", "nmi$", "prm$", "pdl$", "cups$", "esiid",
    "ean$", "zahlpunkt", "zaehlpunkt", "zahlernummer", "pod$", "point de livraison", "meternummer", "device",
    "channel$",
    "contador$", "service point", "usage point",
)  # fmt: skip
SHOW = _any(
    "show",
    "apply",
    "view$",
    "load$",
    "go$",
    "update$",
    "refresh",
    "search",
    "display",
    "filter",
    "submit",
    "get data",
    "run$",
    "ok$",
    "anzeigen",
    "aktualisier",
    "ubernehm",
    "suchen",
    "laden",
    "abruf",
    "afficher",
    "appliquer",
    "valider",
    "rechercher",
    "choisir",
    "actualiser",
    "mostrar",
    "aplicar",
    "ver$",
    "consultar",
    "buscar",
    "filtrar",
    "mostra",
    "applica",
    "visualizza",
    "cerca",
    "aggiorna",
    "toon",
    "tonen",
    "toepassen",
    "zoek",
    "bekijk",
    "atualizar",
    "pesquisar",
    "plot",
    "draw",
)
