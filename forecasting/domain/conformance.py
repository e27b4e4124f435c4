"""The promises of the Forecaster contract, as small checks that any forecaster can be run against.

Each check takes a function that makes an untrained forecaster, and raises AssertionError with what was
broken. `CHECKS` holds them all; tests/contracts/test_forecasters.py runs them over every key.
"""

import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from forecasting.domain.backtest import Plan, folds
from forecasting.domain.contract import QUANTILES, Forecaster, Request
from forecasting.domain.errors import BadSeries, NotEnoughHistory, NotFitted
from forecasting.domain.example import DAY, Example, example
from forecasting.domain.folds import Origins
from forecasting.domain.known import Weather

Make = Callable[[], Forecaster]
HEAVY = ("sklearn", "scipy", "joblib", "keras", "jax", "torch", "tensorflow", "django", "psycopg", "selenium")


def asking_before_training_is_refused(make: Make) -> None:
    """`predict` and `save` of an untrained forecaster raise NotFitted."""
    case = example()
    with tempfile.TemporaryDirectory() as folder:
        _refuses(NotFitted, partial(make().predict, case.load, case.known, case.starts))
        _refuses(NotFitted, partial(make().save, Path(folder)))


def too_short_a_history_is_refused_with_the_days(make: Make) -> None:
    """One day less than needed raises NotEnoughHistory, which says "27 of 28 days"."""
    need = make().min_history // DAY
    if need > 1:
        case = example(days=need - 1)
        error = _refuses(NotEnoughHistory, partial(make().fit, case.load, case.known))
        assert f"{need - 1} of {need} days" in str(error), f"the message does not count the days: {error}"


def series_out_of_contract_are_refused(make: Make) -> None:
    """Naive, local or irregular indexes, and starts that are not in the future, raise BadSeries."""
    case = example()
    for bad in (case.load.tz_localize(None), case.load.tz_convert("Europe/Paris"), case.load.drop(case.load.index[50])):
        _refuses(BadSeries, partial(make().fit, bad, case.known))
    trained = make().fit(case.load, case.known)
    too_far = case.starts + timedelta(days=30)
    for starts in (case.earlier(5, 5).starts, case.starts + timedelta(minutes=7), case.starts[::-1], too_far):
        _refuses(BadSeries, partial(trained.predict, case.load, case.known, starts))


def it_answers_exactly_what_was_asked(make: Make) -> None:
    """A day, a week, a few loose hours, one hour and nothing at all."""
    case = example(ahead=7 * DAY)
    trained = make().fit(case.load, case.known)
    for starts in (case.starts[:24], case.starts, case.starts[[2, 3, 30, 90]], case.starts[:1], case.starts[:0]):
        _answer(trained, case, starts)


def late_readings_do_not_stop_it(make: Make) -> None:
    """The week ahead of now is forecast although the last reading is three days old."""
    case = example(ahead=10 * DAY)
    _answer(make().fit(case.load, case.known), case, case.starts[72:])


def inputs_are_untouched(make: Make) -> None:
    """Neither `fit` nor `predict` changes what it was given."""
    case, untouched = example(gaps=0.1), example(gaps=0.1)
    trained = make().fit(case.load, case.known)
    trained.predict(case.load, case.known, case.starts)
    pd.testing.assert_series_equal(case.load, untouched.load)
    pd.testing.assert_index_equal(case.starts, untouched.starts)
    assert case.known == untouched.known, "what is known was changed"
    pd.testing.assert_frame_equal(case.weather, untouched.weather)


def the_same_seed_gives_the_same_numbers(make: Make) -> None:
    """Trained twice, asked twice."""
    case = example()
    once = make().fit(case.load, case.known)
    again = make().fit(case.load, case.known)
    first = _answer(once, case)
    pd.testing.assert_frame_equal(first, _answer(again, case))
    pd.testing.assert_frame_equal(first, _answer(once, case))


def earlier_questions_leave_no_trace(make: Make) -> None:
    """The answer at one cut-off does not depend on having been asked at a later one."""
    case = example()
    earlier = case.earlier(48, 24)
    trained = make().fit(earlier.load, case.known)
    first = _answer(trained, earlier)
    _answer(trained, case)
    pd.testing.assert_frame_equal(first, _answer(trained, earlier))


def nothing_after_the_cutoff_changes_the_forecast(make: Make) -> None:
    """Other readings after the cut-off, in the same memory, and other weather after the period asked for."""
    answers = []
    for later in (1.0, 1e6):
        case = example(ahead=3 * DAY)
        whole = pd.concat([case.load, pd.Series(later, index=case.starts, name="power_kw")])
        weather = case.weather
        weather.loc[weather.index >= case.starts[24], "temperature_c"] = later
        seen = case.with_load(whole.iloc[: len(case.load)]).with_weather(weather)
        answers.append(_answer(make().fit(seen.load, seen.known), seen, case.starts[:24]))
    pd.testing.assert_frame_equal(answers[0], answers[1])


def clock_changes_are_ordinary_days(make: Make) -> None:
    """23- and 25-hour days, +5:30 and a half-hour change, with the change ahead and behind."""
    nights = {
        "Europe/Paris": ("2010-03-28", "2010-10-31"),
        "Asia/Kolkata": ("2010-06-01",),
        "Australia/Lord_Howe": ("2010-04-04", "2010-10-03"),
    }
    for zone, days in nights.items():
        for day in days:
            case = example(zone=zone, until=day, days=44, ahead=3 * DAY)
            before = case.earlier(24, 24)
            trained = make().fit(before.load, case.known)
            _answer(trained, before)
            _answer(trained, case)


def every_interval_will_do(make: Make) -> None:
    """From five minutes to a day, up to a week ahead."""
    for minutes, days, ahead in ((5, 36, 2), (30, 36, 2), (60, 36, 7), (24 * 60, 90, 7)):
        case = example(step=timedelta(minutes=minutes), days=days, ahead=ahead * DAY)
        _answer(make().fit(case.load, case.known), case)


def three_days_get_a_forecast_or_a_sentence(make: Make) -> None:
    """A meter that has just come: three days, and less."""
    for days in (3, 1):
        case = example(days=days)
        if days * DAY < make().min_history:
            error = _refuses(NotEnoughHistory, partial(make().fit, case.load, case.known))
            assert f"{days} of " in str(error), f"the message does not count the days: {error}"
        else:
            _answer(make().fit(case.load, case.known), case)


def both_hemispheres_are_served(make: Make) -> None:
    """Midsummer in December, where the place is known; the answers stay within what the meter ever did."""
    case = example(zone="Australia/Melbourne", until="2010-12-20")
    south = replace(case.known, latitude=-37.8, longitude=145.0)
    answer = _answer(make().fit(case.load, south), Example(case.load, south, case.starts))
    assert answer.to_numpy().max() < 3 * case.load.max(), "a forecast of three times the highest load ever"


def a_backtest_lets_no_future_in(make: Make) -> None:
    """Other readings and other weather after an origin, which nobody had issued, change no number before it."""
    case = example(ahead=3 * DAY)
    whole = pd.concat([case.load, pd.Series(1.0, index=case.starts, name="power_kw")])
    first = case.starts[0].to_pydatetime()
    assumptions: tuple[Weather, ...] = ("persistence", "forecast")
    for weather in assumptions:
        plan = Plan(Origins(first, first), weather=weather)
        seen = []
        for later in (1.0, 1e6):
            record = case.weather
            record.loc[record.index >= first, "temperature_c"] = later
            load = whole.where(whole.index < first, later)
            known = replace(case.known, weather=record)
            seen += [fold.frame[list(QUANTILES)] for fold in folds({"it": make}, load, known, plan)]
        pd.testing.assert_frame_equal(seen[0], seen[1])


def gaps_do_not_stop_it(make: Make) -> None:
    """40 % missing at random, a week missing at once, and nothing known of the last two days."""
    case = example(days=90, gaps=0.4)
    case.load.iloc[-400:-232] = np.nan
    case.load.iloc[-48:] = np.nan
    _answer(make().fit(case.load, case.known), case)


def weather_may_be_missing(make: Make) -> None:
    """No weather at all; weather in training but not later; holes in both."""
    case = example()
    holes = case.weather
    holes.iloc[5::3] = np.nan
    holes.iloc[300:420] = np.nan
    without, holed, empty = case.with_weather(None), case.with_weather(holes), case.with_weather(holes * np.nan)
    for then, later in ((without, (without, case)), (case, (without,)), (holed, (holed,)), (empty, (empty,))):
        trained = make().fit(then.load, then.known)
        for asked in later:
            _answer(trained, asked)


def odd_loads_get_a_sane_band(make: Make) -> None:
    """Zero stays zero, constant stays constant, a load that exports may go below zero, others may not."""
    case = example()
    for level in (0.0, 3.25):
        flat = pd.Series(level, index=case.load.index, name="power_kw")
        answer = _answer(make().fit(flat, case.known), case.with_load(flat))
        assert np.allclose(answer, level, atol=1e-5), f"a load that always was {level} is forecast as something else"
    low = _answer(make().fit(case.load, case.known), case)
    assert low.to_numpy().min() >= 0, "a load that was never negative is forecast as negative"
    exporting = case.load - 2 * case.load.mean()
    answer = _answer(make().fit(exporting, case.known), case.with_load(exporting))
    assert answer.to_numpy().min() < 0, "an exporting meter is never forecast to export"


def many_at_once_equal_one_by_one(make: Make) -> None:
    """`predict_many` answers like `predict`."""
    case = example()
    trained = make().fit(case.load, case.known)
    other = example(zone="Asia/Kolkata", until="2011-01-20", days=30, gaps=0.1, seed=5)
    requests = [
        Request(case.load, case.known, case.starts),
        Request(case.load.iloc[:-30], case.known, case.starts[:5]),
        Request(other.load * 3, other.known, other.starts),
        Request(case.load, replace(case.known, weather=None, ahead="none"), case.starts[:0]),
    ]
    for request, answer in zip(requests, trained.predict_many(requests), strict=True):
        pd.testing.assert_frame_equal(trained.predict(*request), answer)


def a_saved_one_answers_like_the_first(make: Make) -> None:
    """Saved, loaded: the same numbers, the same drivers, drivers that add up to one."""
    case = example()
    trained = make().fit(case.load, case.known)
    with tempfile.TemporaryDirectory() as folder:
        trained.save(Path(folder) / "saved")
        again = type(trained).load(Path(folder) / "saved")
    pd.testing.assert_frame_equal(_answer(trained, case), _answer(again, case))
    assert again.drivers() == trained.drivers(), "the reasons were not saved"
    total = sum(driver.share for driver in trained.drivers())
    assert not trained.drivers() or abs(total - 1) < 1e-6, f"the drivers' shares add up to {total}"


def importing_it_loads_nothing_heavy(make: Make) -> None:
    """The web process imports every forecaster to list it, so the file must be light."""
    module = type(make()).__module__
    code = f"import sys, {module}; print(*sorted({{name.partition('.')[0] for name in sys.modules}} & {{*{HEAVY!r}}}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"importing {module} fails: {done.stderr}"
    assert not done.stdout.strip(), f"importing {module} loads {done.stdout.strip()}"


CHECKS: tuple[Callable[[Make], None], ...] = (
    asking_before_training_is_refused,
    too_short_a_history_is_refused_with_the_days,
    series_out_of_contract_are_refused,
    it_answers_exactly_what_was_asked,
    late_readings_do_not_stop_it,
    inputs_are_untouched,
    the_same_seed_gives_the_same_numbers,
    earlier_questions_leave_no_trace,
    nothing_after_the_cutoff_changes_the_forecast,
    clock_changes_are_ordinary_days,
    every_interval_will_do,
    three_days_get_a_forecast_or_a_sentence,
    both_hemispheres_are_served,
    a_backtest_lets_no_future_in,
    gaps_do_not_stop_it,
    weather_may_be_missing,
    odd_loads_get_a_sane_band,
    many_at_once_equal_one_by_one,
    a_saved_one_answers_like_the_first,
    importing_it_loads_nothing_heavy,
)


def _answer(trained: Forecaster, case: Example, starts: pd.DatetimeIndex | None = None) -> pd.DataFrame:
    asked = case.starts if starts is None else starts
    answer = trained.predict(case.load, case.known, asked)
    pd.testing.assert_index_equal(answer.index, asked)
    assert answer.columns.equals(pd.Index(QUANTILES)), f"the columns are {list(answer.columns)}"
    values = answer.to_numpy()
    assert np.isfinite(values).all(), "a quantile is not a number"
    assert (np.diff(values, axis=1) >= 0).all(), "quantiles cross"
    return answer


def _refuses(error: type[Exception], ask: Callable[[], object]) -> Exception:
    try:
        ask()
    except error as caught:
        refused = caught
    else:
        raise AssertionError(f"{error.__name__} was expected")
    assert len(str(refused).split()) > 4, f"{error.__name__} has no sentence: {refused}"
    return refused
