"""The forecast page, its file and its buttons."""

import csv
import io

import pytest
from django.test import Client

from forecasting.models import ForecastRun
from meters.models import Meter
from twin_project.kit.jobs.models import Job


def read(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_without_a_meter_the_page_says_what_a_forecast_needs(as_viewer: Client) -> None:
    assert "A forecast needs a meter with readings" in read(as_viewer, "/forecast/")


def test_before_the_first_forecast_the_history_is_drawn_with_a_way_on(as_operator: Client, house: Meter) -> None:
    html = read(as_operator, "/forecast/")
    assert "no forecast yet" in html
    assert 'id="figure-fan"' in html
    assert 'id="make-forecast"' in html


def test_the_page_says_when_it_was_issued_what_it_knew_and_what_it_was_trained_on(
    as_viewer: Client, forecast_house: Meter
) -> None:
    html = read(as_viewer, f"/forecast/?meter={forecast_house.pk}")
    assert "Same time last week, issued" in html
    assert "with data through" in html
    assert "What this forecast rests on" in html
    assert "It knows no weather here" in html


def test_past_forecasts_stand_on_the_board_with_their_error_and_coverage(
    as_viewer: Client, forecast_house: Meter
) -> None:
    html = read(as_viewer, f"/forecast/accuracy/?meter={forecast_house.pk}")
    assert "How past forecasts turned out" in html
    assert '<td class="number">96</td>' in html
    assert "in charge" in html


def test_a_forecaster_that_never_served_this_meter_shows_no_run(as_viewer: Client, forecast_house: Meter) -> None:
    html = read(as_viewer, f"/forecast/?meter={forecast_house.pk}&forecaster=random_forest")
    assert "No forecast yet by this forecaster" in html


def test_the_file_has_the_quantiles_of_each_interval(as_viewer: Client, forecast_house: Meter) -> None:
    answer = as_viewer.get(f"/forecast/points.csv?meter={forecast_house.pk}")
    body = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]  # a streamed answer
    rows = list(csv.DictReader(io.StringIO(body)))
    assert len(rows) == 192
    assert float(rows[0]["p10_kw"]) <= float(rows[0]["p50_kw"]) <= float(rows[0]["p90_kw"])


def test_without_a_run_there_is_no_file(as_viewer: Client, house: Meter) -> None:
    assert as_viewer.get(f"/forecast/points.csv?meter={house.pk}").status_code == 404


@pytest.mark.parametrize(
    ("train", "kind", "params"),
    [("", "make_forecast", {}), ("random_forest", "train_forecaster", {"forecaster": "random_forest"})],
)
def test_an_operator_asks_for_a_forecast_or_a_training_and_sees_its_job(
    as_operator: Client, house: Meter, train: str, kind: str, params: dict[str, str]
) -> None:
    answer = as_operator.post("/forecast/ask/", {"meter": house.pk, "train": train})
    job = Job.objects.get()
    assert answer.headers["Location"] == f"/jobs/{job.pk}/"
    assert (job.kind, job.params) == (kind, {"meter_id": house.pk, **params})
    assert job.requested_by is not None


def test_asking_twice_is_one_job(as_operator: Client, house: Meter) -> None:
    for _ in range(2):
        as_operator.post("/forecast/ask/", {"meter": house.pk})
    assert Job.objects.count() == 1


def test_a_viewer_has_no_buttons_and_is_refused(as_viewer: Client, house: Meter) -> None:
    assert 'id="make-forecast"' not in read(as_viewer, "/forecast/")
    assert as_viewer.post("/forecast/ask/", {"meter": house.pk}).status_code == 403
    assert not Job.objects.exists()


@pytest.mark.parametrize("wrong", [{"meter": "999999"}, {"meter": "x"}, {}, {"train": "no_such"}])
def test_a_question_about_nothing_is_not_found_and_asks_for_nothing(
    as_operator: Client, house: Meter, wrong: dict[str, str]
) -> None:
    given = {"meter": str(house.pk), **wrong} if wrong else {}
    assert as_operator.post("/forecast/ask/", given).status_code == 404
    assert not Job.objects.exists()
    assert not ForecastRun.objects.exists()
