"""What the pages show of a result: strips, figures, tables."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pandas as pd

from meters.selectors import KINDS, load_series
from simulations.charts import Series, change_figure, result_figure
from simulations.models import SimulationRun
from simulations.registry import events
from simulations.selectors import parts_of, series_of_run
from twin_project.kit import params as kit_params
from twin_project.kit.figures import Figure, Window
from twin_project.kit.time_axis import Table, summary_table

if TYPE_CHECKING:
    from simulations.models import SimulationPart

NOUNS = {"energy_kwh": ("Energy", "kWh", 1), "peak_kw": ("Peak", "kW", 2)}


@dataclass(frozen=True)
class Figures:
    """One line of the strip: base, scenario and the change with the range of its middle 80 %."""

    name: str
    unit: str
    digits: int
    base: float
    scenario: float
    low: float
    change: float
    high: float

    @property
    def percent(self) -> float | None:
        """The change of the base, as a fraction."""
        return self.change / self.base if self.base else None

    @property
    def sure(self) -> str:
        """How sure its direction is."""
        if self.low == self.high == 0:
            return "no change"
        if self.low > 0 or self.high < 0:
            return "sure to rise" if self.low > 0 else "sure to fall"
        if self.low == 0 or self.high == 0:
            return "may rise" if self.low == 0 else "may fall"
        return "may rise or fall"


@dataclass(frozen=True)
class Result:
    """A finished run as its page shows it."""

    run: SimulationRun
    parts: "list[SimulationPart]"
    zone: ZoneInfo
    strip: list[Figures]
    chart: Figure
    table: Table
    change: Figure
    cost: dict[str, Any]
    lines: list[dict[str, Any]]
    warnings: list[str]
    assumptions: list[str]


def strip_of(summary: dict[str, Any]) -> list[Figures]:
    """Energy, peak, cost and CO2, as far as they are known."""
    found = []
    for key, (name, unit, digits) in NOUNS.items():
        base, change = summary[key]["base"][1], summary[key]["change"]
        found.append(Figures(name, unit, digits, base, base + change[1], *change))
    cost = summary.get("cost", {})
    if cost.get("change"):
        base, scenario = cost["base"]["total"], cost["scenario"]["total"]
        low, _, high = cost["change"]
        middle = scenario - base
        found.append(Figures("Cost", cost["currency"], 2, base, scenario, min(low, middle), middle, max(high, middle)))
    if cost.get("base_kg") is not None and cost.get("scenario_kg") is not None:
        change = cost["scenario_kg"] - cost["base_kg"]
        share = _shares(summary["energy_kwh"]["change"])
        low, high = sorted((change * share[0], change * share[1]))
        found.append(Figures("CO2", "kg", 1, cost["base_kg"], cost["scenario_kg"], low, change, high))
    return found


def in_words(event: str, params: dict[str, Any]) -> tuple[str, str, str]:
    """Title, effect and parameters of an event, as a person reads them; the key where its file is gone."""
    plugin = events.all().get(event)
    if plugin is None:
        return event, "", ", ".join(f"{name} {value}" for name, value in params.items())
    words = []
    for info in kit_params.describe(plugin.Params):
        if info.name in params:
            value = params[info.name]
            figure = f"{value:g}" if isinstance(value, int | float) else str(value)
            words.append(f"{info.label.lower()} {figure}" + (f"\u2009{info.unit}" if info.unit else ""))
    return plugin.title, plugin.effect, ", ".join(words)


def result_of(run: SimulationRun) -> Result:
    """Everything the page of a finished run shows."""
    parts = parts_of(run)
    zone = ZoneInfo(parts[0].meter.site.zone)
    series = Series(**series_of_run(run, parts))
    step = timedelta(seconds=parts[0].interval_s)
    start, end = series.base.index[0], series.base.index[-1] + step
    window = Window(start.to_pydatetime(), end.to_pydatetime(), zone, step)
    measured = load_series(meter=parts[0].meter, start=window.start, end=window.end) if len(parts) == 1 else None
    middles = {"base": series.base["p50"], "scenario": series.scenario["p50"], "change": series.change["p50"]}
    table = summary_table(middles, zone)
    cost = run.summary["cost"]
    return Result(
        run, parts, zone, strip_of(run.summary),
        result_figure(series, window, measured=measured), table, change_figure(series, window),
        cost, _lines(cost), run.summary["warnings"], run.summary["assumptions"],
    )  # fmt: skip


def preview_figure(series: dict[str, Any], zone: ZoneInfo) -> Figure:
    """The chart of an answer that is not kept (summaries.series_of)."""
    step = timedelta(seconds=series["interval_s"])
    index = pd.date_range(series["start_at"], periods=len(series["base"][0]), freq=step)
    frames = {
        world: pd.DataFrame(dict(zip(("p10", "p50", "p90"), series[world], strict=True)), index=index)
        for world in ("base", "scenario", "change")
    }
    window = Window(index[0].to_pydatetime(), (index[-1] + step).to_pydatetime(), zone, step)
    return result_figure(Series(**frames), window)


def _lines(cost: dict[str, Any]) -> list[dict[str, Any]]:
    """The lines of both bills side by side, by kind and name."""
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for world in ("base", "scenario"):
        for line in (cost.get(world) or {}).get("lines", []):
            row = rows.setdefault((line["kind"], line["name"]), {**line, "base": 0.0, "scenario": 0.0})
            row[world] += line["amount"]
    kinds = list(KINDS)
    ordered = sorted(rows.values(), key=lambda row: kinds.index(row["kind"]))
    return [{**row, "change": row["scenario"] - row["base"], "title": KINDS[row["kind"]]} for row in ordered]


def _shares(change: list[float]) -> tuple[float, float]:
    low, middle, high = change
    return (low / middle, high / middle) if middle else (1.0, 1.0)
