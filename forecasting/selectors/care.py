"""Who is in charge of a meter's forecasts, and where each forecaster stands on the ladder."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef

from forecasting.domain.ladder import BASELINES, LEAST_TRIAL_DAYS, NAIVE, Rung, State, Trial, needed_days, verdict
from forecasting.models import Decision, ForecastCare, ForecastRun, TrainedForecaster
from forecasting.registry import forecasters
from forecasting.selectors.board import ENOUGH_POINTS, accuracy
from meters.selectors import data_through, load_rollups

if TYPE_CHECKING:
    from meters.models import Meter

MOST_DAYS = 800  # no rung needs more


def care_of(meter: "Meter") -> ForecastCare:
    """The meter's care; one with the defaults, not stored, before its first forecast."""
    return ForecastCare.objects.filter(meter=meter).first() or ForecastCare(meter=meter)


def in_charge(meter: "Meter") -> str | None:
    """The forecaster whose word counts: the champion; before one was chosen, the best of the past runs.

    Until a day of them is scored that is not the naive. Without a single run there is none.
    """
    issued = ForecastRun.objects.filter(meter=meter, rehearsed=False)
    care = ForecastCare.objects.filter(meter=meter).exclude(champion="").first()
    if care is not None and issued.filter(forecaster=care.champion).exists():
        return care.champion
    keys = set(issued.values_list("forecaster", flat=True).distinct())
    if not keys:
        return None
    better = [row.forecaster for row in accuracy(meter) if row.forecaster in keys and row.points_n >= ENOUGH_POINTS]
    if better:
        return better[0]
    return next((key for key in sorted(keys) if key != NAIVE), NAIVE)


def decisions_of(meter: "Meter", *, limit: int = 20) -> list[Decision]:
    """The latest decisions about its forecasters, the newest first."""
    return list(Decision.objects.filter(meter=meter).select_related("by")[:limit])


def days_of_readings(meter: "Meter") -> int:
    """Local days of which at least half was measured."""
    through = data_through(meter)
    if through is None:
        return 0
    days = load_rollups(meter=meter, kind="day", start=through - timedelta(days=MOST_DAYS), end=through)
    return int((days["completeness"] >= 0.5).sum())


def ladder(meter: "Meter") -> list[Rung]:
    """Every forecaster on this meter: whether it serves, and if not, why not; those that need least first."""
    care, newest = care_of(meter), _newest(meter)
    titles = {key: plugin.title for key, plugin in forecasters.all().items()}
    champion = care.champion or in_charge(meter) or ""
    stand = _Stand(days_of_readings(meter), care, champion, titles, any(key in newest for key in BASELINES))
    rungs = [
        Rung(key, key, "broken", f"{key} cannot be used: {why}.", stand.days, 0)
        for key, why in forecasters.broken().items()
    ]
    for key, plugin in forecasters.all().items():
        needed, trained = needed_days(key, plugin.min_history, pretrained=plugin.pretrained), newest.get(key)
        if trained is None:
            state, sentence = stand.untrained(key, needed, tried=not plugin.pretrained and key not in BASELINES)
        else:
            state, sentence = stand.trained(key, trained, pretrained=plugin.pretrained)
        if key in care.retired:
            state, sentence = "retired", f"{plugin.title} was retired from this meter."
        trial = trial_of(trained) if trained else None
        rungs.append(Rung(key, plugin.title, state, sentence, stand.days, needed, trial))
    order = {key: place for place, key in enumerate((NAIVE, *BASELINES))}
    return sorted(rungs, key=lambda rung: (rung.state == "broken", rung.needed, order.get(rung.forecaster, 9)))


def trial_of(trained: TrainedForecaster) -> Trial | None:
    """Its trial; None where there was none."""
    values = (trained.trial_points_n, trained.trial_mae_kw, trained.trial_pinball_kw)
    rival = (trained.rival_mae_kw, trained.rival_pinball_kw)
    if not trained.trial_days or None in (*values, *rival):
        return None
    return Trial(trained.trial_days, *values, *rival)  # type: ignore[arg-type]  # none of them is None


def _newest(meter: "Meter") -> dict[str, TrainedForecaster]:
    """The newest training in use of each forecaster."""
    mine = TrainedForecaster.objects.filter(meter=meter, retired=False)
    later = mine.filter(forecaster=OuterRef("forecaster"), version__gt=OuterRef("version"))
    return {row.forecaster: row for row in mine.filter(~Exists(later))}


@dataclass(frozen=True)
class _Stand:
    """What the state of every forecaster of a meter depends on."""

    days: int
    care: ForecastCare
    champion: str
    titles: dict[str, str]
    has_baseline: bool

    def untrained(self, key: str, needed: int, *, tried: bool) -> tuple[State, str]:
        if self.days >= needed:
            return "untrained", f"{self.titles[key]} has the days it needs and is trained next."
        more = f", {LEAST_TRIAL_DAYS} of them to be tried on" if tried else ""
        return "waits", f"{self.titles[key]} has {self.days} of {needed} days of readings{more}."

    def trained(self, key: str, trained: TrainedForecaster, *, pretrained: bool) -> tuple[State, str]:
        title, trial = self.titles[key], trial_of(trained)
        rival = self.titles.get(trained.rival, trained.rival)
        told = f"{title} serves where nothing better can."
        if key not in BASELINES:
            if trial is None and pretrained and not self.has_baseline:
                told = f"{title} was learned on other meters and serves untried until there is a week of readings."
                return ("serves" if key == self.champion else "ready"), told
            if trial is None:
                why = "could not be tried on a week that it had not seen, so it does not serve yet"
                return "untried", f"{title} {why}."
            serving = self.titles.get(self.champion, self.champion) if key != self.champion else ""
            told = verdict(title, trial, rival=rival, serving=serving)
            if not trial.mae_kw < trial.rival_mae_kw:
                return "loses", told
        if key != self.champion:
            return "ready", told
        since = self.care.champion_since_at
        return "serves", f"{told} In charge since {since:%-d %B %Y}." if since else f"{told} In charge."
