"""A proposal as its card shows it: words for its confidence, its guesses as questions, its rows as a chart."""

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
from django import forms

from scraping.charts import preview_figure
from scraping.domain.discovery.clocks import spoken
from scraping.domain.discovery.writing import QUANTITY_WORDS
from scraping.domain.recipes.quantities import KNOWN
from scraping.models import Proposal
from scraping.views.finding_forms import CorrectForm
from twin_project.kit.figures import Figure
from twin_project.kit.time_axis import Table

STORED = {
    "energy_kwh": "kWh", "power_kw": "kW", "voltage_v": "V", "current_a": "A", "reactive_kvarh": "kvarh",
    "power_factor": "", "frequency_hz": "Hz", "temperature_c": "°C",
}  # fmt: skip
ROWS = 48


@dataclass(frozen=True)
class GuessWords:
    """One guess as a row of the card."""

    name: str
    value: str
    tone: str
    word: str
    because: list[str]


@dataclass(frozen=True)
class ProposalCard:
    """Everything that one card shows."""

    row: Proposal
    tone: str
    word: str
    guesses: list[GuessWords]
    figure: Figure | None
    table: Table | None
    rows_n: int
    form: CorrectForm

    @property
    def name(self) -> str:
        """Of its figure, unique on the page."""
        return f"proposal-{self.row.rank}"

    @property
    def fields(self) -> list[forms.BoundField]:
        """The fields of the correction."""
        return list(self.form)


def tone_of(confidence: float) -> tuple[str, str]:
    """A colour and a word for it."""
    if confidence >= 0.75:
        return "good", "sure"
    return ("warn", "likely") if confidence >= 0.5 else ("bad", "a guess")


def proposal_card(row: Proposal, form: CorrectForm | None = None) -> ProposalCard:
    """The card of one proposal."""
    frame = _frame(row.preview)
    zone = ZoneInfo(row.guesses["zone"]["value"])
    interval_s = int(row.guesses["interval_s"]["value"])
    tone, word = tone_of(row.confidence)
    figure = None
    if len(frame) > 1:
        name = str(frame.columns[0])
        figure = preview_figure(
            frame[name], zone, name=QUANTITY_WORDS[name].capitalize(), unit=STORED[name], interval_s=interval_s
        )
    return ProposalCard(
        row, tone, word, _guesses(row, interval_s), figure, _table(frame, zone), len(frame), form or correct_form(row)
    )


def correct_form(row: Proposal, data: Any = None) -> CorrectForm:
    """The form with the guesses in it."""
    units = {name: tuple(unit for unit in KNOWN if KNOWN[unit][0] == name) for name in STORED}
    initial = {"zone": row.guesses["zone"]["value"], "stamp_at": row.guesses["stamp_at"]["value"]}
    return CorrectForm(data, columns=row.columns, units=units, initial=initial, prefix=f"p{row.pk}")


def _guesses(row: Proposal, interval_s: int) -> list[GuessWords]:
    registers = any(column["register"] for column in row.columns)
    edge = row.guesses["stamp_at"]
    told = [
        ("Interval", spoken(interval_s), row.guesses["interval_s"]),
        ("Time zone", row.guesses["zone"]["value"], row.guesses["zone"]),
        ("Stamps", "when the register was read" if registers else f"the {edge['value']} of the interval", edge),
    ]
    words = [GuessWords(name, value, *tone_of(guess["confidence"]), guess["because"]) for name, value, guess in told]
    for column in row.columns:
        name = QUANTITY_WORDS[column["quantity"]].capitalize()
        unit = f" in {column['unit']}" if column["unit"] else ""
        counts = ", a register that counts up" if column["register"] else ""
        value = f"“{column['title']}”{unit}{counts}"
        words.append(GuessWords(name, value, *tone_of(column["confidence"]), column["because"]))
    return words


def _frame(preview: dict[str, Any]) -> pd.DataFrame:
    if not preview:
        return pd.DataFrame()
    index = pd.to_datetime(preview["start_at"], utc=True, format="ISO8601")
    columns = {name: preview[name] for name in STORED if name in preview}  # the database keeps no order of keys
    return pd.DataFrame(columns, index=pd.DatetimeIndex(index), dtype="float64")


def _table(frame: pd.DataFrame, zone: ZoneInfo) -> Table | None:
    """The rows themselves, the last two days or so: what a person compares with the portal's own page."""
    if frame.empty:
        return None
    last = frame.tail(ROWS)
    titles = [" ".join(filter(None, (QUANTITY_WORDS[name].capitalize() + ",", STORED[name]))) for name in last.columns]
    starts = pd.DatetimeIndex(last.index).tz_convert(zone)
    rows = [
        (at.strftime("%a %-d %b, %H:%M"), [None if pd.isna(value) else float(value) for value in values])
        for at, values in zip(starts, last.to_numpy(), strict=True)
    ]
    return Table("Start", titles, rows, 3)
