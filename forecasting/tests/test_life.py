"""The life of forecasters on one meter: tried, put in charge, challenged, retired, watched."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError

from forecasting.domain.ladder import NAIVE, RIVAL
from forecasting.models import Decision, ForecastCare, ForecastRun, ForecastScore, TrainedForecaster
from forecasting.selectors import accuracy, care_of, decisions_of, duel, in_charge, ladder, latest_run
from forecasting.services import (
    CannotServe,
    due_trainings,
    enqueue_due_trainings,
    ensure_care,
    issue_forecasts,
    keys_at_ingest,
    plan_training,
    promote,
    restore,
    retire,
    score_runs,
    set_rules,
    settle,
    train_forecaster,
    watch_drift,
)
from meters.models import Meter
from twin_project.kit.jobs.models import Job

DAY = timedelta(days=1)
END = datetime(2026, 5, 20, tzinfo=UTC)  # where make_meter's readings end
LINE = "load_temperature"
MakeMeter = Callable[..., Meter]


def state(meter: Meter, key: str) -> str:
    return next(rung.state for rung in ladder(meter) if rung.forecaster == key)


def sentence(meter: Meter, key: str) -> str:
    return next(rung.sentence for rung in ladder(meter) if rung.forecaster == key)


@pytest.fixture
def works(make_meter: MakeMeter) -> Meter:
    """Two months of a building with weekends: what knows the weekday beats a mean of seven days."""
    return make_meter(60)


@pytest.fixture
def trained_works(works: Meter) -> Meter:
    for key in (NAIVE, RIVAL, LINE):
        train_forecaster(meter=works, forecaster=key, now=END, keep_trial=True)
    return works


def test_the_ladder_counts_the_days_until_each_forecaster_can_serve(make_meter: MakeMeter) -> None:
    meter = make_meter(5)
    assert sentence(meter, RIVAL).endswith("has 5 of 7 days of readings.")
    assert "has 5 of 35 days of readings, 7 of them to be tried on" in sentence(meter, LINE)
    assert settle(meter=meter, now=END).champion == ""


def test_after_a_week_the_mean_of_seven_days_serves(make_meter: MakeMeter) -> None:
    meter = make_meter(8)
    issued = issue_forecasts(meter=meter, now=END, retrain=False, keys=keys_at_ingest(meter=meter, now=END))
    assert {run.forecaster for run in issued.runs} == {NAIVE, RIVAL}
    assert settle(meter=meter, now=END).champion == RIVAL
    assert in_charge(meter) == RIVAL


def test_a_forecaster_is_tried_on_days_it_has_not_seen_beside_its_rival(trained_works: Meter) -> None:
    trained = TrainedForecaster.objects.get(meter=trained_works, forecaster=LINE, retired=False)
    assert (trained.rival, trained.trial_days) == (RIVAL, 28)
    assert trained.trial_points_n is not None
    assert trained.trial_points_n > 1000
    assert trained.beats_rival
    assert "on 28 days" in sentence(trained_works, LINE)


def test_the_winner_of_its_trial_is_put_in_charge_by_rule_and_the_reason_is_kept(trained_works: Meter) -> None:
    care = settle(meter=trained_works, now=END)
    assert care.champion == LINE
    decision = decisions_of(trained_works)[0]
    assert (decision.what, decision.by) == (Decision.What.PROMOTED, None)
    assert "MAE" in decision.why
    assert settle(meter=trained_works, now=END + DAY).champion == LINE
    assert Decision.objects.count() == 1


def test_the_loser_of_its_trial_does_not_serve_and_the_page_says_why(trained_works: Meter) -> None:
    TrainedForecaster.objects.filter(forecaster=LINE, retired=False).update(trial_mae_kw=0.42, rival_mae_kw=0.40)
    care = settle(meter=trained_works, now=END)
    assert care.champion == RIVAL
    told = sentence(trained_works, LINE)
    assert "MAE 0.420 against 0.400\u2009kW of Mean of the last seven days on 28 days" in told
    assert told.endswith("Mean of the last seven days serves meanwhile.")


def test_a_champion_that_loses_a_later_trial_steps_down(trained_works: Meter) -> None:
    settle(meter=trained_works, now=END)
    TrainedForecaster.objects.filter(forecaster=LINE, retired=False).update(trial_mae_kw=0.9, rival_mae_kw=0.4)
    assert settle(meter=trained_works, now=END + DAY).champion == RIVAL
    assert "0.900 against 0.400" in decisions_of(trained_works)[0].why


def test_rehearsed_runs_are_marked_and_are_no_record_for_a_promotion(trained_works: Meter) -> None:
    score_runs(meter=trained_works, now=END)
    board = {row.forecaster: row for row in accuracy(trained_works)}
    assert board[LINE].runs_n == board[LINE].rehearsed_n == 28
    assert duel(trained_works, LINE, NAIVE, since=END - 60 * DAY) is None
    assert latest_run(trained_works) is None


def test_every_figure_of_the_board_is_there_and_the_naive_has_no_skill_over_itself(trained_works: Meter) -> None:
    score_runs(meter=trained_works, now=END)
    board = {row.forecaster: row for row in accuracy(trained_works)}
    assert board[NAIVE].skill == pytest.approx(0)
    own = board[LINE]
    assert own.skill == pytest.approx(1 - own.pinball_kw / board[NAIVE].pinball_kw)
    assert own.mase == pytest.approx(own.mae_kw / board[NAIVE].mae_kw * (board[NAIVE].mase or 0), rel=1e-6)
    assert own.peaks_n >= 27
    assert 0 <= (own.peak_hits or 0) <= 1
    assert own.coverage90 is not None
    assert own.coverage90 >= own.coverage80


def issue_daily(meter: Meter, make_meter: MakeMeter, days: int) -> datetime:
    """Issue runs of two forecasters at each of the next midnights, as if truly made then."""
    make_meter(days, until=END + days * DAY)
    through = END
    for day in range(days):
        through = END + day * DAY
        for trained in TrainedForecaster.objects.filter(meter=meter, retired=False, forecaster__in=(RIVAL, LINE)):
            run = ForecastRun.objects.create(
                meter=meter, forecaster=trained.forecaster, trained=trained, issued_at=through,
                data_cutoff_at=through, ends_at=through + DAY, interval_s=3600, weather="none",
            )  # fmt: skip
            ForecastScore.objects.create(
                run=run, scored_at=through + DAY, data_through_at=through + DAY, points_n=24, mae_kw=0.3, rmse_kw=0.4,
                pinball_kw=0.1 if trained.forecaster == RIVAL else 0.2, coverage80=0.8, bias_kw=0,
            )  # fmt: skip
    return through + DAY


def test_a_challenger_takes_over_when_it_was_better_long_enough_on_runs_both_issued(
    trained_works: Meter, make_meter: MakeMeter
) -> None:
    assert settle(meter=trained_works, now=END).champion == LINE
    now = issue_daily(trained_works, make_meter, 15)
    ForecastCare.objects.update(promotes_by_rule=False)
    assert settle(meter=trained_works, now=now).champion == LINE
    set_rules(meter=trained_works, promotes_by_rule=True, over_days=20)
    assert settle(meter=trained_works, now=now).champion == LINE
    set_rules(meter=trained_works, over_days=14, better_by_pct=60.0)
    assert settle(meter=trained_works, now=now).champion == LINE
    set_rules(meter=trained_works, better_by_pct=30.0)
    assert settle(meter=trained_works, now=now).champion == RIVAL
    assert "pinball loss 0.100 against 0.200" in decisions_of(trained_works)[0].why
    assert settle(meter=trained_works, now=now).champion == RIVAL


def test_a_person_promotes_and_the_rule_does_not_undo_it_by_a_trial(trained_works: Meter) -> None:
    settle(meter=trained_works, now=END)
    person = User.objects.create_user("otto")
    promote(meter=trained_works, forecaster=NAIVE, now=END, by=person, why="We know this one.")
    assert settle(meter=trained_works, now=END + DAY).champion == NAIVE
    latest = decisions_of(trained_works)[0]
    assert (latest.by, latest.instead_of, latest.why) == (person, LINE, "We know this one.")


def test_what_was_never_trained_cannot_be_put_in_charge(make_meter: MakeMeter) -> None:
    meter = make_meter(10)
    with pytest.raises(CannotServe, match="10 of 35 days"):
        promote(meter=meter, forecaster=LINE, now=END)


def test_a_retired_champion_hands_over_and_can_come_back(trained_works: Meter) -> None:
    settle(meter=trained_works, now=END)
    retire(meter=trained_works, forecaster=LINE, now=END)
    assert care_of(trained_works).champion == RIVAL
    assert state(trained_works, LINE) == "retired"
    issued = issue_forecasts(meter=trained_works, now=END, retrain=False)
    assert LINE not in {run.forecaster for run in issued.runs}
    assert LINE not in due_trainings(meter=trained_works, now=END + 30 * DAY)
    restore(meter=trained_works, forecaster=LINE, now=END)
    assert settle(meter=trained_works, now=END).champion == LINE
    assert [one.what for one in decisions_of(trained_works)][:3] == ["promoted", "restored", "promoted"]


def test_the_last_one_that_can_serve_is_not_retired(make_meter: MakeMeter) -> None:
    meter = make_meter(7)
    train_forecaster(meter=meter, forecaster=RIVAL, now=END)
    settle(meter=meter, now=END)
    with pytest.raises(CannotServe, match="only forecaster that can serve"):
        retire(meter=meter, forecaster=RIVAL, now=END)


def test_challengers_run_once_a_day_the_champion_and_the_baselines_each_time(trained_works: Meter) -> None:
    ForecastCare.objects.update_or_create(meter=trained_works, defaults={"champion": RIVAL})
    assert LINE in keys_at_ingest(meter=trained_works, now=END)
    issue_forecasts(meter=trained_works, now=END, retrain=False, keys={RIVAL, LINE})
    assert keys_at_ingest(meter=trained_works, now=END + timedelta(hours=2)) == {NAIVE, RIVAL}
    assert LINE in keys_at_ingest(meter=trained_works, now=END + DAY)


def test_drift_is_said_announced_and_asks_for_one_training(trained_works: Meter, make_meter: MakeMeter) -> None:
    settle(meter=trained_works, now=END)
    now = issue_daily(trained_works, make_meter, 7)
    TrainedForecaster.objects.filter(forecaster=LINE, retired=False).update(trial_mae_kw=0.18)
    care = watch_drift(meter=trained_works, now=now)
    assert care.drifted_at == now
    assert "erred 0.300\u2009kW in the last 7 days, 67\u2009% more than when it was trained" in care.drift_words
    assert due_trainings(meter=trained_works, now=now).count(LINE) == 1
    assert enqueue_due_trainings(now=now) == 1
    assert enqueue_due_trainings(now=now) == 0
    assert Job.objects.filter(kind="train_forecasters").count() == 1
    assert watch_drift(meter=trained_works, now=now).drifted_at == now
    TrainedForecaster.objects.filter(forecaster=LINE, retired=False).update(trial_mae_kw=0.28)
    assert watch_drift(meter=trained_works, now=now).drifted_at is None
    assert [one.what for one in decisions_of(trained_works)][:2] == ["settled", "drifted"]


def test_the_next_training_is_planned_by_the_age_of_the_oldest(trained_works: Meter) -> None:
    plan_training(meter=trained_works, now=END)
    assert ensure_care(trained_works).next_training_at == END + DAY, "others have no training yet"
    for rung in ladder(trained_works):
        if rung.state == "untrained":
            retire(meter=trained_works, forecaster=rung.forecaster, now=END)
    plan_training(meter=trained_works, now=END)
    assert ensure_care(trained_works).next_training_at == END + 7 * DAY
    assert enqueue_due_trainings(now=END + 6 * DAY) == 0
    assert enqueue_due_trainings(now=END + 7 * DAY) == 1


def test_a_rule_that_cannot_be_is_refused(works: Meter) -> None:
    with pytest.raises(ValidationError):
        set_rules(meter=works, better_by_pct=400.0)
