"""Quality: the calendar, and what operators decide about findings, gaps and exchanges."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pandas as pd
import pytest
from django.test import Client
from django.utils import timezone

from meters.models import Meter, MeterExchange, Quality, Reading, ReadingRevision, ValidationFinding
from meters.selectors import open_gaps
from meters.selectors.changes import changes
from meters.services import ensure_source, store_readings
from twin_project.kit.jobs import registry
from twin_project.kit.jobs.models import Job


def read(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def spike(house: Meter) -> ValidationFinding:
    """A reading in quarantine, and the finding that says why."""
    reading = Reading.objects.filter(meter=house).latest("start_at")
    Reading.objects.filter(meter=house, start_at=reading.start_at).update(quality=Quality.SUSPECT)
    return ValidationFinding.objects.create(
        meter=house,
        rule="spike",
        start_at=reading.start_at,
        end_at=reading.start_at + timedelta(minutes=15),
        value=99.0,
        sentence="99 kW is 12 times what is usual.",
        found_at=timezone.now(),
    )


def test_the_page_has_the_calendar_the_gap_and_what_waits_for_a_decision(
    as_viewer: Client, house: Meter, spike: ValidationFinding
) -> None:
    html = read(as_viewer, f"/meters/{house.slug}/quality/?year={spike.start_at.year}")
    assert 'id="figure-calendar"' in html
    assert "99 kW is 12 times what is usual." in html
    assert 'aria-current="page">Quality' in html


def test_a_viewer_sees_no_button_and_is_refused_at_the_door(
    as_viewer: Client, house: Meter, spike: ValidationFinding
) -> None:
    assert "Accept" not in read(as_viewer, f"/meters/{house.slug}/quality/")
    address = f"/meters/{house.slug}/quality/findings/{spike.pk}/"
    assert as_viewer.post(address, {"decision": "accept"}).status_code == 403
    spike.refresh_from_db()
    assert spike.state == "open"


def test_accepted_values_count_again_and_a_decision_can_be_opened_again(
    as_operator: Client, house: Meter, spike: ValidationFinding
) -> None:
    address = f"/meters/{house.slug}/quality/findings/{spike.pk}/"
    at = {"meter": house, "start_at": spike.start_at}
    answer = as_operator.post(address, {"decision": "accept", "year": "2026"})
    assert answer.headers["Location"] == f"/meters/{house.slug}/quality/?year=2026#flagged"
    spike.refresh_from_db()
    assert (spike.state, spike.decided_by.username if spike.decided_by else "") == ("accepted", "otto")
    assert Reading.objects.get(**at).quality == Quality.MEASURED
    as_operator.post(address, {"decision": "reopen"})
    assert Reading.objects.get(**at).quality == Quality.SUSPECT
    as_operator.post(address, {"decision": "reject"})
    assert Reading.objects.get(**at).quality == Quality.SUSPECT


def test_somebody_who_was_quicker_is_told_of(as_operator: Client, house: Meter, spike: ValidationFinding) -> None:
    address = f"/meters/{house.slug}/quality/findings/{spike.pk}/"
    as_operator.post(address, {"decision": "accept"})
    answer = as_operator.post(address, {"decision": "reject"}, follow=True)
    assert "decided already" in answer.content.decode()
    assert as_operator.post(address, {"decision": "perhaps"}).status_code == 404


def test_a_gap_is_estimated_on_demand_and_then_no_gap(as_operator: Client, house: Meter) -> None:
    lost = Reading.objects.filter(meter=house).order_by("start_at")[10]
    span = {"start": lost.start_at.isoformat(), "end": (lost.start_at + timedelta(minutes=15)).isoformat()}
    Reading.objects.filter(meter=house, start_at=lost.start_at).delete()
    assert len(open_gaps(house)) == 2
    answer = as_operator.post(f"/meters/{house.slug}/quality/estimate/", span, follow=True)
    assert "Estimated readings: 1 by linear interpolation" in answer.content.decode()
    made = Reading.objects.get(meter=house, start_at=lost.start_at)
    assert made.quality == Quality.ESTIMATED
    assert made.power_kw == pytest.approx(lost.power_kw, abs=0.05)
    assert len(open_gaps(house)) == 1


def test_a_gap_with_too_little_around_it_stays_and_the_page_says_why(as_operator: Client, house: Meter) -> None:
    [(start, end)] = open_gaps(house)
    span = {"start": start.isoformat(), "end": end.isoformat()}
    answer = as_operator.post(f"/meters/{house.slug}/quality/estimate/", span, follow=True)
    assert "not enough readings around the gap" in answer.content.decode()
    assert open_gaps(house) == [(start, end)]


def test_an_ignored_gap_stays_empty_and_is_not_listed_any_more(as_operator: Client, house: Meter) -> None:
    [(start, end)] = open_gaps(house)
    before = Reading.objects.filter(meter=house).count()
    span = {"start": start.isoformat(), "end": end.isoformat()}
    assert as_operator.post(f"/meters/{house.slug}/quality/ignore/", span).status_code == 302
    assert open_gaps(house) == []
    assert Reading.objects.filter(meter=house).count() == before


@pytest.mark.parametrize("action", ["estimate", "ignore"])
def test_a_span_that_is_none_is_not_found(as_operator: Client, house: Meter, action: str) -> None:
    span = {"start": "2026-06-02T00:00Z", "end": "2026-06-01T00:00Z"}
    assert as_operator.post(f"/meters/{house.slug}/quality/{action}/", span).status_code == 404


def test_an_exchange_is_recorded_on_the_clock_of_the_site(as_operator: Client, house: Meter) -> None:
    form = {"at": "2026-07-01T09:30", "old_serial": "A1", "new_serial": "B2", "old_final_kwh": "48211.4"}
    assert as_operator.post(f"/meters/{house.slug}/quality/exchange/", form).status_code == 302
    made = MeterExchange.objects.get(meter=house)
    assert made.at.isoformat() == "2026-07-01T07:30:00+00:00"
    assert (made.old_final_kwh, made.new_initial_kwh) == (48211.4, 0)
    assert "B2" in read(as_operator, f"/meters/{house.slug}/quality/")


def test_an_exchange_in_the_future_or_twice_is_refused_beside_the_form(as_operator: Client, house: Meter) -> None:
    address = f"/meters/{house.slug}/quality/exchange/"
    answer = as_operator.post(address, {"at": "2199-07-01T09:30"})
    assert answer.status_code == 422
    assert "lies in the future" in answer.content.decode()
    as_operator.post(address, {"at": "2026-07-01T09:30"})
    assert as_operator.post(address, {"at": "2026-07-01T09:30"}).status_code == 422
    assert MeterExchange.objects.count() == 1


def test_what_was_changed_says_when_by_which_source_and_from_what_to_what(as_viewer: Client, house: Meter) -> None:
    row = Reading.objects.filter(meter=house).earliest("start_at")
    stamps = []
    for number, value in enumerate((3.0, 5.0)):
        now = timezone.now() + timedelta(minutes=number)
        source = ensure_source(kind="import", label=f"again-{number}.csv", now=now)
        frame = pd.DataFrame({"start_at": [row.start_at], "interval_s": [900], "energy_kwh": [value]})
        store_readings(meter=house, readings=frame, source=source, now=now)
        stamps.append(now)
    found = changes(house, row.start_at, row.start_at + timedelta(days=1))
    assert [(one.before_kwh, one.after_kwh, one.new_source) for one in found] == [
        (3.0, 5.0, "again-1.csv"),
        (pytest.approx(row.energy_kwh), 3.0, "again-0.csv"),
    ]
    assert all(later.at > earlier.at for later, earlier in pairwise(found))
    assert ReadingRevision.objects.count() == 2
    assert "again-1.csv" in read(as_viewer, f"/meters/{house.slug}/quality/?year={row.start_at.year}")


def test_a_meter_without_readings_has_a_page_that_says_so(as_viewer: Client, house: Meter) -> None:
    Reading.objects.filter(meter=house).delete()
    assert "no reading yet" in read(as_viewer, f"/meters/{house.slug}/quality/")


@pytest.fixture
def somebody_fetches(monkeypatch: pytest.MonkeyPatch) -> str:
    """The only kind of job that follows an announcement of readings that are wanted; its key."""
    others = {key: kind for key, kind in registry._kinds.items() if "readings_wanted" not in kind.after}
    monkeypatch.setattr(registry, "_kinds", others)

    @registry.job_kind(title="Fetch", cluster="scraping", after=("readings_wanted",))
    def fetch_what_is_wanted(job: object, *, meter_id: int, start_at: str, end_at: str) -> dict[str, Any]:
        return {}

    return "fetch_what_is_wanted"


@pytest.fixture
def from_portal(house: Meter) -> Meter:
    """The house, as if a portal had brought its readings."""
    portal = ensure_source(kind="scrape", label="Portal account", now=timezone.now())
    Reading.objects.filter(meter=house).update(source=portal)
    return house


def test_a_gap_is_fetched_again_by_whoever_listens(
    as_operator: Client, from_portal: Meter, somebody_fetches: str
) -> None:
    page = f"/meters/{from_portal.slug}/quality/"
    ((start, end),) = open_gaps(from_portal)
    assert "Fetch again" in read(as_operator, f"{page}?year={start.year}")
    answer = as_operator.post(f"{page}fetch-again/", {"start": start.isoformat(), "end": end.isoformat()}, follow=True)
    job = Job.objects.get(kind=somebody_fetches)
    wanted = {"meter_id": from_portal.pk, "start_at": start.isoformat(), "end_at": end.isoformat()}
    assert job.params == wanted
    assert f'<a href="/jobs/{job.pk}/">Follow it</a>' in answer.content.decode()


@pytest.mark.usefixtures("somebody_fetches")
def test_a_gap_of_a_meter_without_portal_is_not_fetched(as_operator: Client, house: Meter) -> None:
    ((start, _),) = open_gaps(house)
    assert "Fetch again" not in read(as_operator, f"/meters/{house.slug}/quality/?year={start.year}")


def test_where_nobody_fetches_no_button_says_so_and_a_request_is_answered(
    as_operator: Client, from_portal: Meter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "_kinds", {})
    ((start, end),) = open_gaps(from_portal)
    page = f"/meters/{from_portal.slug}/quality/"
    assert "Fetch again" not in read(as_operator, f"{page}?year={start.year}")
    answer = as_operator.post(f"{page}fetch-again/", {"start": start.isoformat(), "end": end.isoformat()}, follow=True)
    assert "no part of this installation visits portals" in answer.content.decode()


def test_a_viewer_fetches_nothing(as_viewer: Client, from_portal: Meter, somebody_fetches: str) -> None:
    page = f"/meters/{from_portal.slug}/quality/"
    assert "Fetch again" not in read(as_viewer, page)
    assert as_viewer.post(f"{page}fetch-again/", {}).status_code == 403
    assert not Job.objects.exists()
