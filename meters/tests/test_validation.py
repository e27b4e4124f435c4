"""From a doubt to a decision: quarantine, findings, estimates, edits and their undoing."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError

from meters.models import Meter, Quality, Reading, ReadingRevision, Source, ValidationFinding
from meters.selectors import (
    completeness_calendar,
    count_findings,
    exchanges,
    findings,
    gaps,
    load_rollups,
    load_series,
    open_gaps,
    revisions,
)
from meters.services import (
    AlreadyDecided,
    NothingToUndo,
    StoreReport,
    edit_reading,
    ensure_meter,
    ensure_site,
    estimate_gaps,
    ignore_gap,
    rebuild_rollups,
    record_exchange,
    reopen_finding,
    resolve_finding,
    store_fleet_readings,
    store_readings,
    undo_edit,
    validate_readings,
)

Frame = Callable[..., pd.DataFrame]
Store = Callable[..., StoreReport]
MAY = datetime(2026, 5, 1, tzinfo=UTC)
LATER = datetime(2026, 6, 1, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
MONTH = {"start": MAY - timedelta(days=1), "end": MAY + timedelta(days=30)}


@pytest.fixture
def person(db: None) -> User:
    """Who decides."""
    return User.objects.create_user("otto")


def lively(n: int) -> np.ndarray:
    steps = np.arange(n)
    return 1 + 0.5 * np.sin(2 * np.pi * steps / 96) + (steps * 7919 % 97) / 400


def test_what_is_doubted_at_ingest_is_suspect_written_down_once_and_in_no_sum(
    frame: Frame, store: Store, meter: Meter
) -> None:
    meter.capacity_kw = 12.0
    readings = frame(power_kw=[3.0, 96_000.0, 90_000.0, 2.0])
    store(readings)
    finding = findings(meter, "open").get()
    assert (finding.rule, finding.value, finding.end_at - finding.start_at) == ("power_range", 96_000.0, 2 * QUARTER)
    assert store(readings) == StoreReport(same=4)
    assert store(readings.iloc[2:]) == StoreReport(same=2)
    assert findings(meter).count() == 1
    assert load_rollups(meter=meter, kind="day", **MONTH)["energy_kwh"].tolist() == [1.25]


def test_an_impossible_value_is_not_stored_and_can_be_looked_up(frame: Frame, store: Store, meter: Meter) -> None:
    store(frame(energy_kwh=[0.1, -3.2, -3.3, 0.3]))
    finding = findings(meter, "open").get()
    assert (finding.rule, finding.value, finding.end_at - finding.start_at) == ("negative", -3.2, 2 * QUARTER)
    assert finding.sentence.startswith("Not stored: 2026-05-01 00:15 UTC: The energy -3.2 is not possible")
    validate_readings(meter=meter, now=MAY)
    assert count_findings(meter)["negative"] == 1


def test_validation_quarantines_a_spike_that_a_person_may_accept(
    frame: Frame, store: Store, meter: Meter, person: User
) -> None:
    power = lively(960)
    power[400] = 60.0
    store(frame(n=960, power_kw=power))
    (report,) = [one for one in validate_readings(meter=meter, now=MAY) if one.found]
    assert (report.rule, report.new) == ("spike", 1)
    at = MAY + 400 * QUARTER
    assert np.isnan(load_series(meter=meter, start=at, end=at + QUARTER).iloc[0])
    assert load_rollups(meter=meter, kind="day", **MONTH)["power_max_kw"].max() < 2
    assert store(frame(n=960, power_kw=power)) == StoreReport(same=960)  # the portal says it again: still suspect
    assert all(one.new == 0 for one in validate_readings(meter=meter, now=MAY))

    finding = resolve_finding(finding=findings(meter).get(), accept=True, user_id=person.pk, note="sauna", now=MAY)
    assert (finding.state, finding.decided_by, finding.note) == ("accepted", person, "sauna")
    assert load_series(meter=meter, start=at, end=at + QUARTER).tolist() == [60.0]
    validate_readings(meter=meter, now=MAY)
    assert load_series(meter=meter, start=at, end=at + QUARTER).tolist() == [60.0]
    with pytest.raises(AlreadyDecided, match="values accepted"):
        resolve_finding(finding=finding, accept=False, user_id=person.pk, now=MAY)
    reopen_finding(finding=finding, user_id=person.pk, now=MAY)
    assert Reading.objects.get(meter=meter, start_at=at).quality == Quality.SUSPECT
    assert rebuild_rollups(meter=meter).written == 0


def test_a_correction_makes_the_finding_go_and_a_dry_run_changes_nothing(
    frame: Frame, store: Store, meter: Meter
) -> None:
    power = lively(960)
    power[400] = 60.0
    store(frame(n=960, power_kw=power))
    assert sum(one.found for one in validate_readings(meter=meter, now=MAY, dry_run=True)) == 1
    assert not ValidationFinding.objects.exists()
    assert not Reading.objects.filter(quality=Quality.SUSPECT).exists()
    validate_readings(meter=meter, now=MAY)
    assert store(frame(n=960, power_kw=lively(960))).changed == 1
    validate_readings(meter=meter, now=MAY)
    assert not findings(meter).exists()
    assert not Reading.objects.filter(quality=Quality.SUSPECT).exists()


def test_short_gaps_get_a_line_longer_ones_their_like_days_and_a_week_and_more_nothing(
    frame: Frame, store: Store, meter: Meter
) -> None:
    n = 96 * 40
    power = 2 + np.sin(2 * np.pi * np.arange(n) / 96)
    missing = [*range(100, 104), *range(2000, 2060), *range(2600, 2600 + 96 * 8)]
    store(frame("2026-04-10T00:00Z", n=n, power_kw=power).drop(index=missing))
    before = estimate_gaps(meter=meter, now=LATER, dry_run=True)
    report = estimate_gaps(meter=meter, now=LATER)
    assert report == before
    assert report.by_method == {"linear interpolation": 4, "like-day profile": 60}
    assert report.left_hours == 8 * 24
    start = datetime(2026, 4, 10, tzinfo=UTC)
    series = load_series(meter=meter, start=start, end=start + n * QUARTER).to_numpy()
    np.testing.assert_allclose(series[2000:2060], power[2000:2060], atol=1e-9)
    np.testing.assert_allclose(series[100:104], np.linspace(power[99], power[104], 6)[1:-1])
    estimated = Reading.objects.filter(meter=meter, quality=Quality.ESTIMATED)
    assert sorted(set(estimated.values_list("source__label", flat=True))) == [
        "like-day profile",
        "linear interpolation",
    ]


def test_a_measured_reading_takes_the_place_of_its_estimate_and_never_the_other_way(
    frame: Frame, store: Store, meter: Meter
) -> None:
    store(frame(power_kw=[1.0, 2.0, 3.0, 4.0]).drop(index=2))
    estimate_gaps(meter=meter, now=LATER)
    assert store(frame(power_kw=[1.0, 2.0, 3.0, 4.0])).changed == 1
    assert Reading.objects.get(start_at=MAY + 2 * QUARTER).quality == Quality.MEASURED
    assert ReadingRevision.objects.get().quality == Quality.ESTIMATED
    assert store(frame(power_kw=[9.0] * 4, quality=[1] * 4)) == StoreReport(same=4)


def test_an_edit_is_kept_with_who_and_why_is_not_written_over_and_can_be_undone(
    frame: Frame, store: Store, meter: Meter, person: User
) -> None:
    store(frame(energy_kwh=[0.1, 0.2, 0.3, 0.4]))
    change: dict[str, Any] = {"meter": meter, "start_at": MAY, "user_id": person.pk, "now": MAY}
    edit_reading(**change, values={"energy_kwh": 0.5}, reason="read off the display")
    reading = Reading.objects.get(start_at=MAY)
    assert (reading.energy_kwh, reading.power_kw, reading.quality) == (0.5, 2.0, Quality.EDITED)
    revision = revisions(meter, edits_only=True).get()
    assert (revision.energy_kwh, revision.replaced_by, revision.reason) == (0.1, person, "read off the display")
    assert store(frame(energy_kwh=[0.1, 0.2, 0.3, 0.4])) == StoreReport(same=4)
    edit_reading(**change, values={"energy_kwh": 0.7}, reason="again")
    assert undo_edit(**change).energy_kwh == 0.5
    assert undo_edit(**change).energy_kwh == 0.1
    assert Reading.objects.get(start_at=MAY).quality == Quality.MEASURED
    with pytest.raises(NothingToUndo):
        undo_edit(**change)
    assert revisions(meter).count() == 4
    assert load_rollups(meter=meter, kind="hour", **MONTH)["energy_kwh"].tolist() == [pytest.approx(1.0)]
    assert rebuild_rollups(meter=meter).written == 0


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"values": {"energy_kwh": -1.0}, "reason": "x"}, "The energy -1 is not possible"),
        ({"values": {"volts": 1.0}, "reason": "x"}, "Readings do not have volts"),
        ({"values": {"energy_kwh": 1.0}, "reason": " "}, "Say why"),
    ],
)
def test_an_edit_that_cannot_be_is_refused(
    frame: Frame, store: Store, meter: Meter, change: dict[str, Any], sentence: str
) -> None:
    store(frame())
    with pytest.raises(ValidationError, match=sentence):
        edit_reading(meter=meter, start_at=MAY, user_id=1, now=MAY, **change)


def test_an_ignored_gap_is_open_no_more(frame: Frame, store: Store, meter: Meter, person: User) -> None:
    store(frame(n=12).drop(index=[4, 5, 9]))
    first, second = gaps(meter)
    ignore_gap(meter=meter, start=first[0], end=first[1], user_id=person.pk, note="power cut", now=MAY)
    assert open_gaps(meter) == [second]
    validate_readings(meter=meter, now=MAY)
    assert open_gaps(meter) == [second]


def test_the_calendar_has_every_day_of_the_year(frame: Frame, store: Store, meter: Meter) -> None:
    store(frame("2026-04-30T22:00Z", n=96 + 48))
    calendar = completeness_calendar(meter, 2026)
    assert len(calendar) == 365
    assert calendar["completeness"].loc["2026-04-30":"2026-05-03"].tolist() == [0.0, 1.0, 0.5, 0.0]


def test_an_exchange_is_recorded_with_its_date_and_not_ahead_of_it(meter: Meter, person: User) -> None:
    record_exchange(meter=meter, at=MAY, old_serial="A1", new_serial="B2", user_id=person.pk, now=MAY)
    assert str(exchanges(meter).get()) == "A1 to B2 on 2026-05-01"
    with pytest.raises(ValidationError, match="lies in the future"):
        record_exchange(meter=meter, at=MAY + QUARTER, now=MAY)


def test_a_fleets_hour_is_stored_as_meter_by_meter(meter: Meter, indian_meter: Meter, source: Source) -> None:
    rating = ensure_meter(site=meter.site, reference="0003", interval_s=3600)
    rating.capacity_kw = 5.0
    rating.save()
    howe = ensure_meter(site=ensure_site(name="Howe", zone="Australia/Lord_Howe"), reference="4", interval_s=3600)
    keys = [meter.pk, indian_meter.pk, rating.pk, howe.pk]
    fleet = pd.DataFrame(
        {"meter_id": keys, "start_at": pd.Timestamp(MAY), "interval_s": 3600, "energy_kwh": [1.0, 2.0, 9.0, 4.0]}
    )
    assert store_fleet_readings(readings=fleet, source=source, now=MAY + QUARTER) == StoreReport(new=4)
    assert store_fleet_readings(readings=fleet, source=source, now=MAY + QUARTER) == StoreReport(same=4)
    assert findings(rating).get().rule == "power_range"
    again = fleet.assign(energy_kwh=[1.0, 2.5, 3.0, 4.0])
    assert store_fleet_readings(readings=again, source=source, now=MAY + QUARTER) == StoreReport(changed=2, same=2)
    apart = store_readings(meter=howe, readings=fleet.iloc[3:].drop(columns="meter_id"), source=source, now=MAY)
    assert apart == StoreReport(same=1)
    assert all(rebuild_rollups(meter=one).written == 0 for one in (meter, indian_meter, rating, howe))
