"""Backtests of the panel: kept fold by fold, so that a kill and a new start end in the same numbers."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pandas as pd
import pytest
from django.test import Client

from forecasting.domain.ladder import NAIVE, RIVAL
from forecasting.models import Backtest, BacktestFold
from forecasting.selectors import backtest_points
from forecasting.services import BadBacktest, ask_backtest, run_backtest
from meters.models import Meter
from meters.services import ensure_source, store_readings
from twin_project.kit.jobs.models import Job

END = datetime(2026, 5, 20, tzinfo=UTC)  # where make_meter's readings end
LINE = "load_temperature"
MakeMeter = Callable[..., Meter]


class Killed(Exception):
    """The process ends here."""


def ask(*meters: Meter, **changed: Any) -> list[Backtest]:
    plan = {"keys": [RIVAL], "first_day": date(2026, 5, 1), "last_day": date(2026, 5, 12), "weather": "none"}
    return ask_backtest(meters=meters, now=END, **{**plan, "refit_days": 5, **changed})


@pytest.fixture
def works(make_meter: MakeMeter) -> Meter:
    return make_meter(60)


def test_a_backtest_is_a_job_for_each_meter_and_the_naive_is_always_a_row(works: Meter, make_meter: MakeMeter) -> None:
    asked = ask(works, make_meter(60, name="Mill"))
    assert [one.forecasters for one in asked] == [[RIVAL, NAIVE]] * 2
    assert Job.objects.filter(kind="backtest_forecasters").count() == 2
    done = run_backtest(backtest=asked[0], now=END)
    assert {row["forecaster"] for row in done.summary["rows"]} == {NAIVE, RIVAL}
    assert all(row["points_n"] == 12 * 24 for row in done.summary["rows"])
    assert next(row["skill"] for row in done.summary["rows"] if row["forecaster"] == NAIVE) == pytest.approx(0)


@pytest.mark.parametrize("after", [1, 9, 20])
def test_killed_and_started_again_it_ends_in_the_same_numbers(works: Meter, after: int) -> None:
    [whole], [broken] = ask(works, keys=[LINE]), ask(works, keys=[LINE])
    expected = run_backtest(backtest=whole, now=END).summary

    def kill(done: int, _total: int) -> None:
        if done >= after:
            raise Killed

    with pytest.raises(Killed):
        run_backtest(backtest=broken, now=END, progress=kill)
    assert 0 < BacktestFold.objects.filter(backtest=broken).count() < 24
    seen: list[int] = []
    assert run_backtest(backtest=broken, now=END, progress=lambda done, _: seen.append(done)).summary == expected
    assert seen[-1] == 24
    assert seen[0] > after - 8, "what was answered was asked again"


def test_readings_that_come_later_change_nothing(works: Meter, make_meter: MakeMeter) -> None:
    [first], [second] = ask(works), ask(works)
    expected = run_backtest(backtest=first, now=END).summary
    make_meter(20, until=END + timedelta(days=20), load=lambda starts: starts.hour * 50.0)
    assert run_backtest(backtest=second, now=END).summary == expected


def test_an_origin_that_one_cannot_answer_is_left_out_for_all_and_said(make_meter: MakeMeter) -> None:
    meter = make_meter(30)
    [asked] = ask(meter, keys=[RIVAL], first_day=date(2026, 4, 25), refit_days=1)
    done = run_backtest(backtest=asked, now=END)
    assert done.summary["skipped"]
    assert all("days of readings" in why for why in done.summary["skipped"].values())
    points, _ = backtest_points(asked)
    assert len(points[NAIVE]) == len(points[RIVAL]) < 18 * 24


@pytest.mark.parametrize(
    "wrong",
    [
        {"keys": ["no_such"]},
        {"keys": []},
        {"weather": "guessed"},
        {"last_day": date(2026, 4, 1)},
        {"last_day": date(2028, 4, 1)},
        {"first_day": date(2026, 6, 1), "last_day": date(2026, 6, 2)},
    ],
)
def test_what_cannot_be_backtested_is_refused_with_a_sentence(works: Meter, wrong: dict[str, Any]) -> None:
    with pytest.raises(BadBacktest, match=r"\w+ \w+ \w+"):
        ask(works, **wrong)
    assert not Job.objects.exists()


def test_days_before_the_first_reading_have_nothing_to_learn_from(make_meter: MakeMeter) -> None:
    meter = make_meter(10)
    [asked] = ask(meter, first_day=date(2026, 4, 1), last_day=date(2026, 4, 9))
    with pytest.raises(BadBacktest, match="no readings before"):
        run_backtest(backtest=asked, now=END)


def test_an_operator_asks_in_the_panel_and_the_result_stands_on_the_accuracy_page(
    as_operator: Client, works: Meter
) -> None:
    given = {"keys": [RIVAL], "first_day": "2026-05-01", "last_day": "2026-05-08", "weather": "none", "refit_days": 7}
    answer = as_operator.post(f"/forecast/accuracy/backtest/?meter={works.pk}", given)
    job = Job.objects.get()
    assert answer.headers["Location"] == f"/jobs/{job.pk}/"
    row = Backtest.objects.get()
    run_backtest(backtest=row, now=END)
    html = as_operator.get(f"/forecast/accuracy/?meter={works.pk}&backtest={row.pk}").content.decode()
    assert "What the backtest found" in html
    assert "no weather" in html
    assert 'id="figure-hours"' in html
    assert "Worst days" in html
    file = as_operator.get(f"/forecast/accuracy/lead.csv?meter={works.pk}&backtest={row.pk}")
    assert len(b"".join(file.streaming_content).splitlines()) == 25  # type: ignore[attr-defined]  # a streamed answer


def test_a_wrong_question_in_the_panel_is_answered_beside_the_field(as_operator: Client, works: Meter) -> None:
    given = {"keys": [RIVAL], "first_day": "2026-05-09", "last_day": "2026-05-01", "weather": "none", "refit_days": 7}
    answer = as_operator.post(f"/forecast/accuracy/backtest/?meter={works.pk}", given)
    assert answer.status_code == 422
    assert "the first one first" in answer.content.decode()
    assert not Job.objects.exists()


def test_a_viewer_cannot_start_a_backtest(as_viewer: Client, works: Meter) -> None:
    assert as_viewer.post(f"/forecast/accuracy/backtest/?meter={works.pk}", {}).status_code == 403
    assert "Backtest anew" not in as_viewer.get(f"/forecast/accuracy/?meter={works.pk}").content.decode()


def test_what_was_estimated_is_not_scored(make_meter: MakeMeter) -> None:
    hours = pd.date_range(END - timedelta(days=10), periods=6, freq="h")
    meter = make_meter(60, load=lambda starts: (2.0 + starts.hour / 10).where(~starts.isin(hours)))
    [before], [after] = ask(meter), ask(meter)
    assert run_backtest(backtest=before, now=END).summary["rows"][0]["points_n"] == 12 * 24 - 6
    frame = pd.DataFrame({"start_at": hours, "interval_s": 3600, "power_kw": 3.0, "quality": 1})
    source = ensure_source(kind="estimate", label="test", now=END)
    assert store_readings(meter=meter, readings=frame, source=source, now=END).new == 6
    assert run_backtest(backtest=after, now=END).summary["rows"][0]["points_n"] == 12 * 24 - 6
