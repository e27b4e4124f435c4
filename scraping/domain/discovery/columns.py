"""What one column of values is: quantity, unit, register or interval; by its title, then by how it behaves. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from scraping.domain.discovery import words
from scraping.domain.discovery.guess import LIKELY, MAYBE, SURE, UNSURE, Guess
from scraping.domain.discovery.numbers import NumberStyle, read, style_of
from scraping.domain.discovery.words import plain

# unit as it is printed -> (quantity, factor to the unit that is stored)
UNITS: dict[str, tuple[str, float]] = {
    "kWh": ("energy_kwh", 1.0), "Wh": ("energy_kwh", 0.001), "MWh": ("energy_kwh", 1000.0), "GWh": ("energy_kwh", 1e6),
    "MJ": ("energy_kwh", 1 / 3.6), "kW": ("power_kw", 1.0), "W": ("power_kw", 0.001), "MW": ("power_kw", 1000.0),
    "kVA": ("", 1.0), "VA": ("", 1.0), "V": ("voltage_v", 1.0), "kV": ("voltage_v", 1000.0), "mV": ("voltage_v", 0.001),
    "A": ("current_a", 1.0), "mA": ("current_a", 0.001), "kvarh": ("reactive_kvarh", 1.0),
    "varh": ("reactive_kvarh", 0.001), "kvar": ("", 1.0), "var": ("", 1.0), "Hz": ("frequency_hz", 1.0),
    "°C": ("temperature_c", 1.0), "°F": ("temperature_c", 5 / 9), "%": ("", 1.0), "m³": ("", 1.0),
}  # fmt: skip
NATURAL = {
    "energy_kwh": "kWh", "power_kw": "kW", "voltage_v": "V", "current_a": "A", "reactive_kvarh": "kvarh",
    "power_factor": "", "frequency_hz": "Hz", "temperature_c": "°C",
}  # fmt: skip
_LOW = {unit.lower(): unit for unit in UNITS} | {
    "degc": "°C",
    "c": "°C",
    "degf": "°F",
    "m3": "m³",
    "kw/h": "kWh",
    "kw h": "kWh",
    "kilowatt hours": "kWh",
    "kilowattstunden": "kWh",
}
_UNIT = re.compile(
    r"(?<![^\W_])(k|M|G|m)?(Wh|WH|wh|varh|VArh|VARh|var|VAr|VAR|VA|W|V|A|Hz|J)(?![^\W_])"
    r"|°\s?[CF]\b|(?<![^\W_])m³|[%€$£]"
)
_GLUED = re.compile(r"(?:(?<=[a-z])(?:Kwh|KWh|kWh|Wh|MWh|Kw|KW)|[_ ](?:kwh|wh|mwh|kw|w|v|a|hz|kvarh|varh|degc|c))$")
MONEY_SIGNS = {"€", "$", "£"}
FEW = 8
BESIDE, NEARBY = "the field for the unit", "words beside it"


@dataclass(frozen=True)
class Column:
    """A column of numbers as it is understood; `register` where it counts up and its steps are wanted."""

    title: str
    quantity: Guess[str]
    unit: Guess[str]
    style: NumberStyle
    register: Guess[bool]
    numbers: np.ndarray = field(repr=False)

    @property
    def factor(self) -> float:
        """From the printed to the stored unit."""
        return UNITS.get(self.unit.value, ("", 1.0))[1]

    @property
    def offset(self) -> float:
        """Added to the printed number before the factor: degrees Fahrenheit begin at 32."""
        return -32.0 if self.unit.value == "°F" else 0.0

    @property
    def confidence(self) -> float:
        """The weakest of its guesses counts."""
        return min(self.quantity.confidence, self.unit.confidence, self.register.confidence)


@dataclass(frozen=True)
class Refused:
    """What is not taken, and why."""

    title: str
    why: str


def unit_in(text: str) -> str:
    """The unit that a title or a word nearby names; "" where none."""
    found = _UNIT.search(text)
    if found:
        return _LOW.get(found[0].replace(" ", "").lower(), found[0]) if found[0] not in MONEY_SIGNS else found[0]
    glued = _GLUED.search(text.strip())
    return _LOW.get(glued[0].strip("_ ").lower(), "") if glued else ""


def understand(
    title: str, cells: Sequence[str], *, interval_s: int, nearby: str = "", unit_beside: str = ""
) -> Column | Refused | None:
    """The column as a quantity, a reason why not, or None where it holds no numbers.

    `nearby` are words that stand with the table: its caption, the axis of its chart, the fields beside it;
    `unit_beside` is what one of these gives as the unit.
    """
    style = style_of(cells)
    if style is None:
        return None
    low = plain(title)
    numbers = read(cells, style)
    known = numbers[np.isfinite(numbers)]
    unit, said = _said_unit(title, style, unit_beside, nearby)
    if (refused := _refused(title, low, unit, known, cells)) is not None:
        return refused
    quantity = _quantity(low, unit, said, known, plain(nearby))
    if quantity is None:
        return Refused(title, "Nothing says that these numbers are electricity: no unit, no known word, no usual size.")
    register = _register(low, known, quantity.value, plain(nearby))
    measured = _unit(quantity, unit, said, known=known, interval_s=interval_s, register=register.value)
    if measured is None:
        return Refused(title, f"Its unit {unit} is not one that readings are kept in.")
    return Column(title, quantity, measured, style, register, numbers)


def _said_unit(title: str, style: NumberStyle, beside: str, nearby: str) -> tuple[str, str]:
    """The unit that is written somewhere, and where."""
    places = ((title, f"the title “{title}”"), (style.unit, "each cell"), (beside, BESIDE), (nearby, NEARBY))
    for text, where in places:
        unit = unit_in(text)
        if unit and not (where == NEARBY and unit in {"%", *MONEY_SIGNS, "A", "V"}):
            return unit, where
    return "", ""


def _refused(title: str, low: str, unit: str, known: np.ndarray, cells: Sequence[str]) -> Refused | None:
    energy_unit = unit in UNITS and UNITS[unit][0] != ""
    money = unit in MONEY_SIGNS or bool(words.PRICE.search(low)) or any(sign in title for sign in MONEY_SIGNS)
    reasons = (
        (money or (bool(words.MONEY.search(low)) and not energy_unit), "It is money, not a quantity."),
        (bool(words.CARBON.search(low)), "It is emissions, not a quantity of the meter."),
        (bool(words.FED_IN.search(low)), "It is energy that was made or fed in; a reading here is what was drawn."),
        (bool(words.NOT_READ.search(low)), "It is a comparison or a forecast, not what the meter read."),
        (bool(words.WHICH_METER.search(low)) and not energy_unit, "It names the meter."),
        (bool(words.LENGTH.search(low)), "It is the length of the interval."),
        (len(known) < FEW, f"It has only {len(known)} numbers: too few to be a series."),
        (len(known) >= FEW and float(np.ptp(known)) == 0 and known[0] != 0, "It never changes."),
        (_is_position(known, cells), "It only counts the rows."),
    )
    return next((Refused(title, why) for is_so, why in reasons if is_so), None)


def _is_position(known: np.ndarray, cells: Sequence[str]) -> bool:
    steps = np.diff(known)
    return len(steps) >= FEW - 1 and bool((steps == 1).all()) and known[0] in (0, 1) and len(known) == len(cells)


def _quantity(low: str, unit: str, said: str, known: np.ndarray, nearby: str) -> Guess[str] | None:
    worded = next((name for name, pattern in words.QUANTITY_WORDS if pattern.search(low)), "")
    if unit in UNITS and UNITS[unit][0]:
        of_unit = UNITS[unit][0]
        if worded in (of_unit, "") or said not in (BESIDE, NEARBY):
            firm = SURE if said.startswith("the title") else LIKELY
            return Guess(of_unit, firm, (f"Its unit is {unit}, says {said}.",))
    if worded:
        if worded == "current_a" and _looks_like_volts(known):
            worded = "voltage_v"
        return Guess(worded, LIKELY, (f"Its title says so: “{low}”.",))
    if _looks_like_volts(known):
        return Guess("voltage_v", MAYBE, ("The numbers stay close to a supply voltage.",))
    of_page = next(
        (
            name
            for name, pattern in words.QUANTITY_WORDS
            if name.startswith(("ener", "power")) and pattern.search(nearby)
        ),
        "",
    )
    if of_page and (known >= 0).mean() > 0.98:
        return Guess(of_page, MAYBE, ("Its own title says nothing; the words beside it speak of this quantity.",))
    return None


def _looks_like_volts(known: np.ndarray) -> bool:
    middle = float(np.median(known))
    usual = any(low <= middle <= high for low, high in ((95, 135), (205, 260), (370, 440)))
    return usual and float(np.std(known)) < 0.08 * middle and float(np.ptp(known)) > 0


def _register(low: str, known: np.ndarray, quantity: str, nearby: str) -> Guess[bool]:
    """A register never falls and stands high above its own steps."""
    if quantity not in ("energy_kwh", "reactive_kvarh"):
        return Guess(False, SURE)
    steps = np.diff(known)
    if len(steps) < FEW - 1:
        return Guess(False, MAYBE)
    backwards = bool((steps <= 0).all())  # newest first
    rises = bool((steps >= 0).mean() > 0.99 or backwards) and bool((steps != 0).mean() > 0.3)
    high = (
        float(np.median(np.abs(known))) > 5 * float(np.median(np.abs(steps[steps != 0])))
        if (steps != 0).any()
        else False
    )
    named = bool(words.REGISTER.search(low) or words.REGISTER.search(nearby))
    if rises and (high or named):
        why = "The numbers only rise, from row to row: a register; its steps are the energy."
        return Guess(True, SURE if named and high else LIKELY, (why,))
    if words.REGISTER.search(low) and rises:
        return Guess(True, MAYBE, ("Its title speaks of a register.",))
    return Guess(False, SURE, ("The numbers rise and fall: each is the energy of its interval.",))


def _unit(
    quantity: Guess[str], unit: str, said: str, *, known: np.ndarray, interval_s: int, register: bool
) -> Guess[str] | None:
    if unit in UNITS and UNITS[unit][0] == quantity.value:
        return Guess(unit, SURE if said not in (BESIDE, NEARBY) else LIKELY)  # the quantity has told why
    if unit and unit in UNITS and UNITS[unit][0] == "" and said.startswith("the title"):
        return None
    natural = NATURAL[quantity.value]
    if quantity.value in ("energy_kwh", "power_kw"):
        return _by_size(quantity.value, known, interval_s, register)
    if quantity.value == "reactive_kvarh":
        return Guess(natural, MAYBE, ("No unit is given; kvarh is usual.",))
    return Guess(natural, LIKELY, (f"No unit is given; {natural or 'no unit'} is usual for it.",))


def _by_size(quantity: str, known: np.ndarray, interval_s: int, register: bool) -> Guess[str]:
    """A factor of a thousand lies between the units, and nobody draws too little or too much for one of them."""
    sizes = np.abs(np.diff(known)) if register else np.abs(known)
    filled = sizes[sizes > 0]
    usual = float(np.median(filled)) if len(filled) else 0.0
    hourly = usual * 3600 / max(interval_s, 1) if quantity == "energy_kwh" else usual
    whole = bool(np.all(filled == np.round(filled))) if len(filled) else False
    big, small = ("kWh", "Wh") if quantity == "energy_kwh" else ("kW", "W")
    if hourly >= 60 and whole:
        why = f"No unit is given; whole numbers around {usual:g} are {small}, for as many {big} would be a factory."
        return Guess(small, MAYBE, (why,))
    if hourly >= 300:
        return Guess(
            small, UNSURE, (f"No unit is given; numbers around {usual:g} may be {small} or those of a factory.",)
        )
    return Guess(big, MAYBE, (f"No unit is given; numbers around {usual:.3g} are usual in {big}.",))
