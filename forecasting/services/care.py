"""Who is in charge of a meter's forecasts: promoted by a person or by rule, retired, restored. All of it is kept."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from forecasting.domain.errors import ForecastError
from forecasting.domain.ladder import BASELINES, Rung
from forecasting.models import Decision, ForecastCare
from forecasting.selectors import duel, ladder, title_of

if TYPE_CHECKING:
    from meters.models import Meter


class CannotServe(ForecastError):
    """What was asked of a forecaster cannot be; the message says why."""


def ensure_care(meter: "Meter") -> ForecastCare:
    """The meter's care, made with the defaults where there is none."""
    return ForecastCare.objects.get_or_create(meter=meter)[0]


@transaction.atomic
def promote(
    *, meter: "Meter", forecaster: str, now: datetime, by: AbstractBaseUser | None = None, why: str = ""
) -> ForecastCare:
    """Put a forecaster in charge; the page says by whom and why. Raises CannotServe where it has no training."""
    care = _locked(meter)
    rung = _rung(meter, forecaster)
    if rung.state in ("waits", "untrained", "broken"):
        raise CannotServe(f"{rung.sentence} It can be put in charge when it has been trained.")
    if care.champion == forecaster and forecaster not in care.retired:
        return care
    _decide(
        care,
        Decision.What.PROMOTED,
        forecaster,
        now=now,
        by=by,
        why=why or "Chosen by a person.",
        instead_of=care.champion,
    )
    care.retired = [key for key in care.retired if key != forecaster]
    care.champion, care.champion_since_at = forecaster, now
    care.drifted_at, care.drift_words = None, ""
    care.save()
    return care


@transaction.atomic
def retire(
    *, meter: "Meter", forecaster: str, now: datetime, by: AbstractBaseUser | None = None, why: str = ""
) -> None:
    """No new runs or trainings of it on this meter; what it said stays. The best of the others takes over at once."""
    care = _locked(meter)
    rung = _rung(meter, forecaster)
    if rung.state == "retired":
        return
    others = [one for one in ladder(meter) if one.forecaster != forecaster and one.may_serve]
    if care.champion == forecaster and not others:
        raise CannotServe(f"{rung.title} is the only forecaster that can serve {meter}, so it stays.")
    care.retired = sorted({*care.retired, forecaster})
    _decide(care, Decision.What.RETIRED, forecaster, now=now, by=by, why=why or "Retired by a person.")
    care.save()
    if care.champion == forecaster:
        settle(meter=meter, now=now)


@transaction.atomic
def restore(*, meter: "Meter", forecaster: str, now: datetime, by: AbstractBaseUser | None = None) -> None:
    """Take back a retirement: it is asked again, and may win its place back."""
    care = _locked(meter)
    if forecaster in care.retired:
        care.retired = [key for key in care.retired if key != forecaster]
        _decide(care, Decision.What.RESTORED, forecaster, now=now, by=by, why="Restored by a person.")
        care.save()


def set_rules(*, meter: "Meter", **rules: Any) -> ForecastCare:
    """Change the rules of promotion, drift and retraining; raises ValidationError for what cannot be."""
    care = ensure_care(meter)
    for name, value in rules.items():
        setattr(care, name, value)
    care.full_clean()
    if care.next_training_at and "retrain_days" in rules:
        care.next_training_at = None  # the next tick counts anew
    care.save()
    return care


@transaction.atomic
def settle(*, meter: "Meter", now: datetime) -> ForecastCare:
    """Keep the right forecaster in charge by rule.

    1. Where nobody is, or who is cannot serve (retired, lost its trial, no training): the best trial, else a baseline.
    2. Where a baseline serves that no person chose: the best of those that won their trial.
    3. Where promotion by rule is on: a challenger that was better by X % over N days of runs that both truly issued.
       Until there are so many days, their trials on the same weeks are compared instead.
    """
    care = _locked(meter)
    rungs = {rung.forecaster: rung for rung in ladder(meter)}
    able = [rung for rung in rungs.values() if rung.may_serve]
    best = _best(able)
    if best is None:
        return care
    chosen = _chosen_by_person(care)
    own = rungs.get(care.champion)
    gone = own is None or not (own.may_serve or (chosen and own.state in ("loses", "untried")))
    if gone:
        why = f"{own.sentence} " if own else ""
        return promote(meter=meter, forecaster=best.forecaster, now=now, why=f"{why}{_why(best)}".strip())
    assert own is not None
    if own.forecaster in BASELINES and best.forecaster not in BASELINES and not chosen:
        met = duel(meter, own.forecaster, best.forecaster, since=now - timedelta(days=care.over_days))
        if met is None or met.days < care.over_days:  # else what was truly issued decides, below
            return promote(meter=meter, forecaster=best.forecaster, now=now, why=_why(best))
    return _challenge(care, own, able, chosen, now) if care.promotes_by_rule else care


def _challenge(care: ForecastCare, own: Rung, able: list[Rung], chosen: bool, now: datetime) -> ForecastCare:
    """Promote the challenger that is better by most, where one is better by enough."""
    least, since = care.better_by_pct / 100, now - timedelta(days=care.over_days)
    found: list[tuple[float, str, str]] = []
    for rung in able:
        if rung.forecaster == own.forecaster:
            continue
        met = duel(care.meter, own.forecaster, rung.forecaster, since=since)
        if met is not None and met.days >= care.over_days:
            better = met.other_better_by
            pair = f"pinball loss {met.other_kw:.3f} against {met.pinball_kw:.3f}\u2009kW of {own.title}"
            told = f"{rung.title}: {pair} over {met.days} days of runs both issued, {better * 100:.0f}\u2009% better."
        elif rung.trial and own.trial and not chosen and rung.forecaster not in BASELINES:
            better = 1 - rung.trial.ratio / own.trial.ratio if own.trial.ratio > 0 else 0.0
            told = f"{_why(rung)} That is {better * 100:.0f}\u2009% better than {own.title} in its trial."
        else:
            continue
        if better >= least and better > 0:
            found.append((better, rung.forecaster, told))
    if not found:
        return care
    _, key, told = max(found)
    return promote(meter=care.meter, forecaster=key, now=now, why=told)


def _best(able: list[Rung]) -> Rung | None:
    """The winner of the trials by the largest margin; without one the first baseline that can."""
    tried = [rung for rung in able if rung.forecaster not in BASELINES and rung.trial]
    if tried:
        return min(tried, key=lambda rung: rung.trial.ratio if rung.trial else 1.0)
    baselines = {rung.forecaster: rung for rung in able}
    return next((baselines[key] for key in BASELINES if key in baselines), able[0] if able else None)


def _why(rung: Rung) -> str:
    if rung.forecaster not in BASELINES:
        return rung.sentence.removesuffix(" In charge.")
    return f"{rung.title} serves where nothing better can."


def _chosen_by_person(care: ForecastCare) -> bool:
    last = Decision.objects.filter(meter=care.meter, what=Decision.What.PROMOTED).first()
    return last is not None and last.by_id is not None and last.forecaster == care.champion


def _locked(meter: "Meter") -> ForecastCare:
    ensure_care(meter)
    return ForecastCare.objects.select_for_update(of=("self",)).select_related("meter__site").get(meter=meter)


def _rung(meter: "Meter", forecaster: str) -> Rung:
    found = next((rung for rung in ladder(meter) if rung.forecaster == forecaster), None)
    if found is None:
        raise CannotServe(f"There is no forecaster {title_of(forecaster)}.")
    return found


def _decide(
    care: ForecastCare,
    what: Decision.What,
    forecaster: str,
    *,
    now: datetime,
    by: AbstractBaseUser | None,
    why: str,
    instead_of: str = "",
) -> None:
    Decision.objects.create(
        meter=care.meter,
        what=what,
        forecaster=forecaster,
        instead_of=instead_of,
        at=now,
        by_id=getattr(by, "pk", None),
        why=why,
    )
