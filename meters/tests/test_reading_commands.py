"""The commands over what is stored: what they say, what they change, and what their exit codes mean."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import numpy as np
import pandas as pd
import pytest
from django.core.management import CommandError, call_command

from meters.models import Meter, Reading, Rollup, Site, Source, ValidationFinding, WeatherForecast, WeatherObservation
from meters.services import StoreReport, store_weather, store_weather_forecast
from twin_project.kit.jobs.models import Job

Frame = Callable[..., pd.DataFrame]
Store = Callable[..., StoreReport]
COMMANDS = ("audit_gaps", "repair_gaps", "rebuild_rollups", "validate_readings", "prune")
NEEDED = {"prune": ("--older-than-days=31",)}
HOLE = slice(40, 44)  # 10:00 to 11:00


def run(*words: str) -> tuple[int, str]:
    """Exit code and answer."""
    out = StringIO()
    try:
        call_command(*words, stdout=out)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue()
    return 0, out.getvalue()


def run_json(*words: str) -> tuple[int, Any]:
    code, answer = run(*words, "--json")
    return code, json.loads(answer)


@pytest.fixture
def holed(frame: Frame, store: Store, meter: Meter) -> Meter:
    """Three days of the flat, with an hour missing and one reading that no flat draws."""
    days = frame(n=288, energy_kwh=0.2 + np.arange(288) % 7 / 100)
    days.loc[200, "energy_kwh"] = 900.0
    store(days.drop(index=list(range(HOLE.start, HOLE.stop))))
    return meter


@pytest.mark.parametrize("command", COMMANDS)
def test_an_unknown_meter_is_told_with_those_there_are(meter: Meter, command: str) -> None:
    with pytest.raises(CommandError, match="There is no meter 'barn'; there are: flat") as caught:
        run(command, "--meter", "barn", *NEEDED.get(command, ()))
    assert caught.value.returncode == 2


@pytest.mark.parametrize("command", COMMANDS)
def test_without_any_meter_there_is_nothing_to_do(db: None, command: str) -> None:
    assert run_json(command, *NEEDED.get(command, ()))[0] == 0


@pytest.mark.parametrize("command", COMMANDS)
def test_a_person_sees_a_progress_bar_and_a_program_none(
    holed: Meter, command: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    dry = () if command == "audit_gaps" else ("--dry-run",)
    run(command, *NEEDED.get(command, ()), *dry)
    assert re.search(r"1/1 \[.*meters/s|1/1 \[.*s/ meters", capsys.readouterr().err)
    run_json(command, *NEEDED.get(command, ()), *dry)
    assert capsys.readouterr().err == ""


def test_gaps_are_listed_and_counted_and_repaired(holed: Meter) -> None:
    gap = {"start_at": "2026-05-01T10:00:00+00:00", "end_at": "2026-05-01T11:00:00+00:00"}
    assert run_json("audit_gaps") == (1, {"flat": [gap]})
    code, answer = run("audit_gaps", "--meter", "flat")
    assert (code, answer.splitlines()[0]) == (1, "flat: 1 gap, 1.0 hours")
    assert "2026-05-01 10:00 to 2026-05-01 11:00 UTC" in answer

    before = Reading.objects.count()
    told = {"meter": "flat", "estimated": {"linear interpolation": 4}, "left_hours": 0.0}
    assert run_json("repair_gaps", "--dry-run") == (0, {"dry_run": True, "meters": [told]})
    assert Reading.objects.count() == before
    assert not Job.objects.exists()
    code, answer = run("repair_gaps")
    assert Job.objects.filter(params={"meter_id": holed.pk}).exists()  # who listens to news of readings
    assert (code, answer) == (0, "flat: estimated 4 by linear interpolation; 0.0 hours are still missing\n")
    assert Reading.objects.filter(quality=1).count() == 4
    assert run_json("audit_gaps") == (0, {"flat": []})


def test_a_gap_that_is_too_long_to_estimate_is_left_and_told(frame: Frame, store: Store, meter: Meter) -> None:
    store(frame(n=96))
    store(frame("2026-05-15T00:00Z", n=96))
    code, told = run_json("repair_gaps")
    assert (code, told["meters"][0]["estimated"], told["meters"][0]["left_hours"]) == (1, {}, 13 * 24)


def test_more_gaps_than_a_person_reads_are_cut_with_a_word(frame: Frame, store: Store, meter: Meter) -> None:
    store(frame(n=60).iloc[::2])
    code, answer = run("audit_gaps")
    assert (code, answer.count("UTC\n")) == (1, 20)
    assert "... and 9 more; --json lists all." in answer


def test_roll_ups_that_are_wrong_are_found_and_then_mended(holed: Meter) -> None:
    assert run_json("rebuild_rollups", "--dry-run") == (
        0,
        {"dry_run": True, "meters": [{"meter": "flat", "written": 0, "removed": 0}]},
    )
    right = list(Rollup.objects.order_by("kind", "start_at").values_list("energy_kwh", flat=True))
    Rollup.objects.filter(kind=0).update(energy_kwh=1.0)
    Rollup.objects.filter(kind=1).first().delete()  # type: ignore[union-attr]  # there are three
    code, told = run_json("rebuild_rollups", "--dry-run")
    assert code == 1
    assert told["meters"][0]["written"] > 60
    assert not list(Rollup.objects.filter(kind=0).exclude(energy_kwh=1.0))
    code, answer = run("rebuild_rollups", "--meter", "flat")
    assert (code, answer) == (0, f"{told['meters'][0]['written']} roll-ups of 1 meters were written or removed.\n")
    assert list(Rollup.objects.order_by("kind", "start_at").values_list("energy_kwh", flat=True)) == right
    assert run("rebuild_rollups", "--dry-run")[0] == 0


def test_validation_reports_by_rule_and_says_whether_anything_is_new(holed: Meter) -> None:
    code, told = run_json("validate_readings", "--rule", "spike", "--dry-run")
    assert (code, [(row["rule"], row["found"], row["new"]) for row in told["flat"]]) == (1, [("spike", 1, 1)])
    assert not ValidationFinding.objects.exists()
    assert not Reading.objects.filter(quality=2).exists()
    code, answer = run("validate_readings", "--meter", "flat")
    assert code == 1
    assert re.search(r"spike +1 found, +0.2 h, 1 new\n +e.g. 2026-05-03 02:00: ", answer)
    assert Reading.objects.get(quality=2).energy_kwh == 900.0
    assert run("validate_readings")[0] == 0  # known by now


def test_validation_keeps_to_the_period_that_is_asked_for(holed: Meter) -> None:
    words = ("validate_readings", "--rule", "gap", "--start", "2026-05-02T00:00Z")
    assert run_json(*words)[1]["flat"][0]["found"] == 0
    code, told = run_json("validate_readings", "--rule", "gap", "--start", "2026-05-01T00:00+02:00")
    assert (code, told["flat"][0]["found"]) == (1, 1)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--rule", "spook"), "There is no rule spook; there are: apparent_power, "),
        (("--start", "yesterday"), "'yesterday' is no instant with a UTC offset. Write it like 2026-01-31T00:00Z."),
        (("--end", "2026-05-02"), "'2026-05-02' is no instant with a UTC offset."),
        (("--start", "2026-05-02T00:00Z", "--end", "2026-05-01T00:00Z"), "The end is not after the start."),
    ],
)
def test_validation_refuses_what_it_cannot_do(meter: Meter, words: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(CommandError, match=re.escape(sentence)):
        run("validate_readings", *words)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((), "Say what is old: --older-than-days for readings, --weather-vintages-days for forecasts."),
        (("--older-than-days", "30"), "Keep 31 days at least: portals correct the last month."),
        (("--older-than-days", "99", "--weather-vintages-days", "3"), "Keep 31 days at least: backtests look at"),
        (("--older-than-days", "99999999"), "99999999 days reach back before the calendar begins."),
    ],
)
def test_pruning_refuses_what_it_cannot_do(holed: Meter, words: tuple[str, ...], sentence: str) -> None:
    before = Reading.objects.count()
    with pytest.raises(CommandError, match=re.escape(sentence)):
        run("prune", *words)
    assert Reading.objects.count() == before


def test_pruning_deletes_whole_months_and_leaves_their_sums(frame: Frame, store: Store, meter: Meter) -> None:
    store(frame("2020-01-31T22:45Z", n=8))  # midnight in Paris after the first reading
    store(frame("2020-02-10T00:00Z", n=4))
    sums = list(Rollup.objects.order_by("kind", "start_at").values())
    days = str((datetime.now(UTC) - datetime(2020, 2, 20, tzinfo=UTC)).days)
    row = {"meter": "flat", "deleted": 1, "kept_from": "2020-02-01T00:00:00+01:00"}
    assert run_json("prune", "--older-than-days", days, "--dry-run") == (
        0,
        {"dry_run": True, "meters": [row], "sites": []},
    )
    assert Reading.objects.count() == 12
    assert run("prune", "--older-than-days", days)[1] == (
        "flat: 1 readings before 2020-02-01T00:00:00+01:00 were deleted.\n"
    )
    assert Reading.objects.count() == 11
    assert list(Rollup.objects.order_by("kind", "start_at").values()) == sums
    assert run_json("prune", "--older-than-days", days)[1]["meters"][0]["deleted"] == 0


def test_old_weather_forecasts_go_and_observations_stay(site: Site, source: Source) -> None:
    now = pd.Timestamp(datetime.now(UTC)).floor("h")
    hours = pd.DataFrame({"start_at": pd.date_range(now - timedelta(days=400), periods=5, freq="h")})
    hours["temperature_c"] = 10.0
    store_weather(site=site, observations=hours, source=source)
    old = hours.assign(issued_at=now - timedelta(days=401))
    new = hours.assign(issued_at=now - timedelta(days=99))  # an early vintage of the same hours may be younger
    store_weather_forecast(site=site, forecasts=pd.concat([old, new]), source=source)
    code, told = run_json("prune", "--weather-vintages-days", "100", "--dry-run")
    assert (code, told["meters"], told["sites"][0]["deleted"]) == (0, [], 5)
    assert WeatherForecast.objects.count() == 10
    assert run("prune", "--weather-vintages-days", "100")[1].startswith("sceaux: 5 forecasts issued before ")
    assert set(WeatherForecast.objects.values_list("issued_at", flat=True)) == {now - timedelta(days=99)}
    assert WeatherObservation.objects.count() == 5
