"""The demo portal over HTTP, as a customer and as a stranger."""

import json
import subprocess
import sys
import time

import pytest

from tests.demo_portal import Customer, RunningPortal, StartPortal
from twin_project.kit.env import ROOT

pytestmark = pytest.mark.enable_socket
METER = "meters/21-417-803/"
DAYS = "?from=2026-11-20&to=2026-11-21"


def test_a_stranger_is_sent_to_the_sign_in_page(customer: Customer) -> None:
    status, url, page = customer.get(METER)
    assert status == 200
    assert "/sign-in/?next=%2Fmeters" in url
    assert "Demo customer" in page
    assert customer.get(METER + "readings.json")[0] == 401


def test_signing_in_needs_the_token_of_the_form(customer: Customer) -> None:
    status, _, _ = customer.post("sign-in/", username="customer@demo.example", password="sunny-meadow-42")
    assert status == 403


def test_a_wrong_password_is_told_in_a_sentence(customer: Customer) -> None:
    status, _, page = customer.sign_in(password="wrong")
    assert status == 200
    assert "User name or password is not correct." in page
    assert 'wrong"' not in page


def test_the_customer_sees_both_meters_and_who_made_the_readings(customer: Customer) -> None:
    _, _, page = customer.sign_in()
    for words in (
        "21-417-803",
        "60-038-522",
        "simulated",
        "Hebrail",
        "OpenDSM",
        "This is a demonstration",
        "CC BY 4.0",
    ):
        assert words in page


def test_table_chart_and_file_agree(customer: Customer) -> None:
    customer.sign_in()
    pages = [json.loads(customer.get(f"{METER}readings.json{DAYS}&page={page}")[2]) for page in (1, 2)]
    assert [len(page["rows"]) for page in pages] == [96, 96]
    assert pages[0]["total"] == 192
    assert pages[0]["pages"] == 2
    chart = json.loads(customer.get(f"{METER}chart.json{DAYS}")[2])
    assert len(chart["starts"]) == 192
    lines = [line for line in customer.get(f"{METER}readings.csv{DAYS}")[2].splitlines() if not line.startswith("#")]
    assert len(lines) == 193
    start, energy, *_ = lines[1].split(",")
    assert start == chart["starts"][0] == "2026-11-20T00:00:00+01:00"
    assert pages[0]["rows"][0][:2] == ["20 Nov 2026 00:00 CET", energy]
    assert chart["series"]["energy_kwh"][0] == float(energy)


@pytest.mark.parametrize(
    "days",
    [
        "?from=2026-10-01&to=2026-11-20",
        "?from=2026-11-21&to=2026-11-20",
        "?from=soon",
        "?from=2019-01-01&to=2019-01-02",
    ],
)
def test_a_period_that_cannot_be_served_is_refused_in_a_sentence(customer: Customer, days: str) -> None:
    customer.sign_in()
    for path in ("", "readings.json", "chart.json", "readings.csv"):
        status, _, text = customer.get(METER + path + days)
        assert status == 400
        assert "days at a time" in text or "first day" in text or "two dates" in text or "are kept from" in text


def test_signing_out_ends_the_session(customer: Customer) -> None:
    _, _, page = customer.sign_in()
    token = page.partition('csrfmiddlewaretoken" value="')[2].partition('"')[0]
    customer.post("sign-out/", csrfmiddlewaretoken=token)
    assert "/sign-in/" in customer.get("")[1]


def test_an_unknown_meter_or_file_is_404(customer: Customer) -> None:
    customer.sign_in()
    assert customer.get("meters/1/")[0] == 404
    assert customer.get("static/%2e%2e%2fsettings.py")[0] == 404
    assert customer.get("static/portal.css")[0] == 200


def test_a_session_expires_when_idle(start_portal: StartPortal) -> None:
    portal = start_portal(IDLE_S="1")
    client = Customer(portal.url)
    assert "My meters" in client.sign_in()[2]
    time.sleep(2.1)
    assert "/sign-in/" in client.get("")[1]


def test_a_password_of_ones_own_counts_and_is_not_shown(start_portal: StartPortal) -> None:
    portal = start_portal(PASSWORD="my-own-secret-7")
    client = Customer(portal.url)
    page = client.get("sign-in/")[2]
    assert "my-own-secret-7" not in page
    assert "Demo customer" not in page
    assert "My meters" in client.sign_in(password="my-own-secret-7")[2]


def test_the_fault_switch_is_closed_unless_it_is_asked_for(start_portal: StartPortal) -> None:
    portal = start_portal()
    assert Customer(portal.url).post("faults/", name="down")[0] == 404


def test_a_fault_lasts_as_long_as_it_was_told_to(demo_portal: RunningPortal, customer: Customer) -> None:
    demo_portal.fault("error_500", times=2)
    assert [customer.get("sign-in/")[0] for _ in range(3)] == [500, 500, 200]


def test_it_stops_cleanly_when_told_to(start_portal: StartPortal) -> None:
    portal = start_portal()
    portal.process.terminate()
    assert portal.process.wait(timeout=5) == 0


def test_a_taken_port_is_a_sentence_and_a_failure(demo_portal: RunningPortal) -> None:
    port = demo_portal.url.rstrip("/").rpartition(":")[2]
    command = [sys.executable, "manage.py", "run_demo_portal", "--port", port]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert f"Cannot listen on 127.0.0.1:{port}" in done.stderr
    assert "Traceback" not in done.stderr
