"""The pages Accuracy, Models and Twin, and their buttons."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from forecasting.domain.ladder import NAIVE, RIVAL
from forecasting.models import Decision, ForecastCare, TrainedForecaster
from forecasting.selectors import care_of
from forecasting.services import issue_forecasts, score_runs, settle, train_forecaster
from forecasting.views.cards import board_of
from meters.models import Meter
from twin_project.kit.jobs.models import Job

END = datetime(2026, 5, 20, tzinfo=UTC)  # where make_meter's readings end
MakeMeter = Callable[..., Meter]
PAGES = ("", "accuracy/", "models/", "twin/")


@pytest.fixture
def works(make_meter: MakeMeter) -> Meter:
    """Six weeks of a building with a record of four rehearsed weeks, and the naive forecast beside."""
    meter = make_meter(42)
    for key in (NAIVE, RIVAL):
        train_forecaster(meter=meter, forecaster=key, now=END, keep_trial=True)
    issue_forecasts(meter=meter, now=END, retrain=False, keys={NAIVE, RIVAL})
    settle(meter=meter, now=END)
    score_runs(meter=meter, now=END)
    return meter


def read(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("page", PAGES)
def test_without_a_meter_each_page_says_what_it_needs(as_viewer: Client, page: str) -> None:
    assert "A forecast needs a meter with readings" in read(as_viewer, f"/forecast/{page}")


@pytest.mark.parametrize("page", PAGES)
def test_each_page_says_what_failed_and_what_is_under_way(as_viewer: Client, works: Meter, page: str) -> None:
    now = timezone.now()
    words = {"kind": "make_forecast", "params": {"meter_id": works.pk}, "created_at": now, "run_after": now}
    Job.objects.create(dedup_key="a", state="failed", error_message="The disk is full.", advice="Make room.", **words)
    Job.objects.create(dedup_key="b", state="running", step="Training all", **words)
    html = read(as_viewer, f"/forecast/{page}?meter={works.pk}")
    assert "The disk is full." in html
    assert "Make room." in html
    assert "Training all" in html


def test_the_board_has_the_naive_and_every_chart_a_table_and_a_file(as_viewer: Client, works: Meter) -> None:
    html = read(as_viewer, f"/forecast/accuracy/?meter={works.pk}&days=365")
    assert "Same time last week" in html
    assert "all rehearsed" in html
    for name in ("lead", "calibration", "hours"):
        assert f'id="figure-{name}"' in html
        file = as_viewer.get(f"/forecast/accuracy/{name}.csv?meter={works.pk}&days=365&forecaster={NAIVE}")
        assert b"".join(file.streaming_content).count(b"\n") > 5  # type: ignore[attr-defined]  # a streamed answer
    assert as_viewer.get(f"/forecast/accuracy/nothing.csv?meter={works.pk}").status_code == 404


def test_where_no_forecast_has_met_its_readings_the_board_says_so(as_viewer: Client, make_meter: MakeMeter) -> None:
    meter = make_meter(9)
    html = read(as_viewer, f"/forecast/accuracy/?meter={meter.pk}&days=14&forecaster=no_such&backtest=99999")
    assert "No forecast has met its readings in these days" in html


def test_models_says_who_serves_why_and_what_the_others_lack(as_viewer: Client, works: Meter) -> None:
    html = read(as_viewer, f"/forecast/models/?meter={works.pk}")
    assert "Mean of the last seven days is in charge since" in html
    assert "serves where nothing better can" in html
    assert "trained next" in html
    assert "Promote" not in html, "a viewer has no buttons"


def test_an_operator_promotes_retires_and_restores_and_each_is_kept_with_the_name(
    as_operator: Client, works: Meter
) -> None:
    address = f"/forecast/models/{{}}/?meter={works.pk}"
    for what, key in (("promote", NAIVE), ("retire", NAIVE), ("restore", NAIVE)):
        answer = as_operator.post(address.format(what), {"forecaster": key}, follow=True)
        assert answer.status_code == 200
        assert "Same time last week" in answer.content.decode()
    kept = list(Decision.objects.filter(by__isnull=False).values_list("what", "forecaster", "by__username"))
    assert kept == [("restored", NAIVE, "otto"), ("retired", NAIVE, "otto"), ("promoted", NAIVE, "otto")]
    assert care_of(works).champion == RIVAL


def test_a_promotion_that_cannot_be_is_answered_with_a_sentence(as_operator: Client, works: Meter) -> None:
    answer = as_operator.post(
        f"/forecast/models/promote/?meter={works.pk}", {"forecaster": "random_forest"}, follow=True
    )
    assert "It can be put in charge when it has been trained" in answer.content.decode()
    assert care_of(works).champion == RIVAL


def test_rules_are_changed_by_an_operator_and_wrong_ones_refused_beside_the_field(
    as_operator: Client, works: Meter
) -> None:
    rules = {"better_by_pct": "5", "over_days": "21", "drift_pct": "80", "retrain_days": "3"}
    as_operator.post(f"/forecast/models/rules/?meter={works.pk}", rules)
    care = care_of(works)
    assert (care.promotes_by_rule, care.better_by_pct, care.over_days, care.retrain_days) == (False, 5.0, 21, 3)
    answer = as_operator.post(f"/forecast/models/rules/?meter={works.pk}", {**rules, "over_days": "1"})
    assert answer.status_code == 422
    assert care_of(works).over_days == 21


def test_a_viewer_changes_nothing(as_viewer: Client, works: Meter) -> None:
    for address in ("models/promote/", "models/retire/", "models/rules/"):
        answer = as_viewer.post(f"/forecast/{address}?meter={works.pk}", {"forecaster": NAIVE})
        assert answer.status_code == 403
    assert Decision.objects.filter(by__isnull=False).count() == 0


def test_drift_stands_on_models_twin_and_home(as_viewer: Client, works: Meter) -> None:
    ForecastCare.objects.update(drifted_at=END, drift_words="It erred 0.9 kW, 80 % more than when it was trained.")
    for page in ("/forecast/models/", "/forecast/twin/"):
        assert "80 % more than when it was trained" in read(as_viewer, f"{page}?meter={works.pk}")
    assert board_of(works).sentence.startswith("It erred 0.9 kW, 80 % more"), "what Home says beside the figures"


def test_the_twin_lies_over_what_was_measured_with_its_residual(as_viewer: Client, works: Meter) -> None:
    html = read(as_viewer, f"/forecast/twin/?meter={works.pk}&period=week&date=2026-05-13")
    assert 'id="figure-twin"' in html
    assert 'id="figure-residual"' in html
    assert "168 intervals compared" in html
    assert "rehearsed where the twin was not yet there" in html
    assert "last sync" in html
    file = as_viewer.get(f"/forecast/twin/readings.csv?meter={works.pk}&period=week&date=2026-05-13")
    rows = b"".join(file.streaming_content).decode().splitlines()  # type: ignore[attr-defined]  # a streamed answer
    assert rows[0] == "start_utc,p10_kw,p50_kw,p90_kw,measured_kw"
    assert len(rows) == 169


def test_days_without_a_forecast_say_when_the_record_begins(as_viewer: Client, works: Meter) -> None:
    html = read(as_viewer, f"/forecast/twin/?meter={works.pk}&period=day&date=2025-01-01")
    assert "record begins four weeks before its first forecast" in html


@pytest.mark.parametrize(
    "address",
    ["/forecast/twin/{}/twin.json", "/forecast/twin/{}/residual.json", f"/forecast/figures/{{}}/{RIVAL}.json"],
)
def test_a_zoom_asks_for_a_part(as_viewer: Client, works: Meter, address: str) -> None:
    span = f"?from={quote((END - timedelta(days=3)).isoformat())}&to={quote((END - timedelta(days=2)).isoformat())}"
    figure = json.loads(as_viewer.get(address.format(works.pk) + span).content)
    assert figure["layout"]["meta"]["zoom"] == address.format(works.pk)
    assert figure["layout"]["xaxis"]["range"] == [0, 24 * 60]
    assert as_viewer.get(address.format(works.pk) + "?from=x&to=y").status_code == 400
    assert as_viewer.get(address.format(999999) + span).status_code == 404


def test_admin_actions_promote_retire_and_retrain(works: Meter, client: Client) -> None:
    client.force_login(User.objects.create_superuser("ada"))
    pks = [str(pk) for pk in works_trained(works, NAIVE)]
    address = "/admin/forecasting/trainedforecaster/"
    for action in ("promote", "retire", "retrain"):
        answer = client.post(address, {"action": action, "_selected_action": pks}, follow=True)
        assert answer.status_code == 200
    assert Decision.objects.filter(by__username="ada").count() == 2
    assert Job.objects.filter(kind="train_forecaster").count() == 1
    for model in ("forecastcare", "decision", "backtest", "forecastrun"):
        assert client.get(f"/admin/forecasting/{model}/").status_code == 200


def works_trained(meter: Meter, key: str) -> list[int]:
    return list(TrainedForecaster.objects.filter(meter=meter, forecaster=key).values_list("pk", flat=True))
