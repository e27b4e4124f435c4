"""The cards of the Accuracy page: a leaderboard, and the errors of one forecaster from every side."""

from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from forecasting.charts import calibration_figure, hours_figure, lead_figure, temperature_figure
from forecasting.domain import accuracy as errors
from forecasting.domain.ladder import NAIVE
from forecasting.domain.report import sides
from forecasting.models import Backtest
from forecasting.selectors import accuracy, archive_points, title_of
from meters.selectors import load_weather
from twin_project.kit.figures import Figure
from twin_project.kit.time_axis import Table

if TYPE_CHECKING:
    from meters.models import Meter

WEEK = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True)
class Card:
    """A chart with its table; without a chart only the table stands there."""

    name: str
    title: str
    table: Table | None
    chart: Figure | None = None
    note: str = ""
    width: str = "of-6"


@dataclass(frozen=True)
class Evidence:
    """What is judged: of the archive or of a backtest. `rows` are the leaderboard, the best first."""

    title: str
    note: str
    query: str
    key: str
    rows: list[dict[str, Any]]
    cards: list[Card] = field(default_factory=list)
    worst: list[dict[str, Any]] = field(default_factory=list)
    backtest: Backtest | None = None
    skipped: dict[str, str] = field(default_factory=dict)


def of_archive(meter: "Meter", key: str, *, days: int, now: datetime) -> Evidence:
    """The runs of the last days as they were issued, and the errors of one forecaster."""
    since = now - timedelta(days=days)
    rows = [asdict(row) for row in accuracy(meter, since=since)]
    known = {row["forecaster"] for row in rows}
    key = key if key in known else rows[0]["forecaster"] if rows else ""
    query = f"meter={meter.pk}&days={days}"
    note = f"runs from {days} days on, each as it was issued"
    if not key:
        return Evidence("How past forecasts turned out", note, query, "", [])
    points = archive_points(meter, key, since=since)
    own = sides(points, zone=meter.site.zone, interval_s=meter.interval_s)
    naive = errors.by_lead(archive_points(meter, NAIVE, since=since)) if key != NAIVE and NAIVE in known else None
    bar = [] if naive is None else [[float(str(at)), row["mae_kw"], int(row["n"])] for at, row in naive.iterrows()]
    cards = _cards(key, own, bar)
    if len(points):
        weather = load_weather(site=meter.site, start=since, end=now)
        cards += _temperature(errors.by_temperature(points, weather["temperature_c"]))
    return Evidence("How past forecasts turned out", note, query, key, rows, cards, own["worst"])


def of_backtest(backtest: Backtest, asked: str) -> Evidence:
    """What a backtest found."""
    rows = [{"title": title_of(row["forecaster"]), **row} for row in backtest.summary["rows"]]
    found = backtest.summary["sides"]
    key = asked if asked in found else rows[0]["forecaster"]
    bar = found[NAIVE]["by_lead"] if key != NAIVE and NAIVE in found else []
    query = f"meter={backtest.meter_id}&backtest={backtest.pk}"
    weather = {"actual": "actual weather", "none": "no weather"}.get(backtest.weather, f"weather by {backtest.weather}")
    note = (
        f"a midnight each day, {backtest.first_day:%-d %b %Y} to {backtest.last_day:%-d %b %Y}, {weather}, "
        f"trained again every {backtest.refit_days} days"
    )
    cards = _cards(key, found[key], bar)
    return Evidence(
        "What the backtest found",
        note,
        query,
        key,
        rows,
        cards,
        found[key]["worst"],
        backtest,
        backtest.summary.get("skipped", {}),
    )


def _cards(key: str, own: dict[str, Any], naive: list[Any]) -> list[Card]:
    """Those that have something to show."""
    title, leads, levels, hours = title_of(key), own["by_lead"], own["calibration"], own["by_hour"]
    if not leads:
        return []
    bar = {lead: error for lead, error, _ in naive}
    lead_rows = [(f"{at:.0f} h", [error, bar.get(at), float(n)]) for at, error, n in leads]
    level_rows = [(f"{100 * at:.0f} %", [100 * share, float(n)]) for at, share, n in levels if share is not None]
    hour_rows = [(f"{hour:02d}:00", list(row)) for hour, row in enumerate(hours)]
    names = (title, title_of(NAIVE))
    return [
        Card(
            "lead",
            "Error by lead time",
            Table("Ahead", [f"{title}, kW", f"{names[1]}, kW", "n"], lead_rows, 3),
            lead_figure(leads, naive, names=names),
        ),
        Card(
            "calibration",
            "Do the bands hold?",
            Table("Quantile", ["came below, %", "n"], level_rows, 1),
            calibration_figure([(at, share, n) for at, share, n in levels if share is not None]),
            "on the dashed line they do",
        ),
        Card(
            "hours",
            "Error by hour and weekday",
            Table("Hour", [f"{day}, kW" for day in WEEK], hour_rows, 3),
            hours_figure(hours),
            "on the clock of the site",
        ),
    ]


def _temperature(bins: Any) -> list[Card]:
    """Nothing without weather."""
    if not len(bins):
        return []
    found = [(float(str(at)), float(row["mae_kw"]), int(row["n"])) for at, row in bins.iterrows()]
    rows: list[tuple[str, list[float | None]]] = [
        (f"{at:.0f} to {at + errors.BIN_C:.0f} °C", [error, float(n)]) for at, error, n in found
    ]
    table = Table("Outdoor temperature", ["MAE, kW", "n"], rows, 3)
    return [
        Card(
            "temperature", "Error by temperature", table, temperature_figure(found, width_c=errors.BIN_C), "as observed"
        )
    ]
