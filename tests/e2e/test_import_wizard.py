"""A file on its way in and out again, in a real browser, with each step run as the workers run it."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from pytest_django.live_server_helper import LiveServer
from selenium.webdriver import Chrome
from selenium.webdriver.support.select import Select
from selenium.webdriver.support.wait import WebDriverWait

from meters.models import ImportBatch, Meter, Reading
from meters.services import ensure_meter, ensure_site
from tests.e2e.console import complaints
from twin_project.kit.jobs.models import Job

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

# German figures, wall time, stamps at the end, the night on which Berlin's clock is put back: 02:00 and 02:30 twice.
CLOCKS = ["00:30", "01:00", "01:30", "02:00", "02:30", "03:00", "02:30", "03:00", "03:30", "04:00", "04:30", "05:00"]
TEXT = "Datum;Uhrzeit;Verbrauch\n" + "".join(f"26.10.2025;{clock};{n % 3},25\n" for n, clock in enumerate(CLOCKS))
SEEN = "return document.querySelector('main').innerText"
RUN = """
import sys
import django
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
django.setup()
from django.core.management import call_command
call_command("run_job", sys.argv[2])
"""


def work(chrome: Chrome) -> None:
    """Run what the page asks for in a process of its own, as a worker does."""
    asked = Job.objects.filter(state="queued", kind="import_file")
    job = WebDriverWait(chrome, 10).until(lambda _: asked.first())
    assert job is not None
    command = [sys.executable, "-c", RUN, str(connection.settings_dict["NAME"]), str(job.pk)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60, start_new_session=True)
    assert "done" in done.stdout, done.stderr


def wait_for(chrome: Chrome, words: str) -> None:
    """Until the page says so; it asks for itself while a job works."""
    WebDriverWait(chrome, 15).until(lambda driver: words in driver.execute_script(SEEN))


def press(chrome: Chrome, words: str) -> None:
    button = WebDriverWait(chrome, 10).until(
        lambda driver: driver.find_element("xpath", f"//main//button[contains(., '{words}')]")
    )
    chrome.execute_script("arguments[0].scrollIntoView({block: 'center'})", button)
    button.click()


def facts(chrome: Chrome) -> dict[str, str]:
    rows = chrome.find_elements("css selector", "#import-state dl.facts > div")
    return {row.find_element("tag name", "dt").text: row.find_element("tag name", "dd").text for row in rows}


@pytest.fixture
def flat() -> Meter:
    return ensure_meter(site=ensure_site(name="Berlin", zone="Europe/Berlin"), reference="1", name="Flat")


def test_a_person_imports_a_file_sees_what_it_would_do_stores_it_and_takes_it_back(
    chrome: Chrome, live_server: LiveServer, as_operator: Client, flat: Meter, tmp_path: Path
) -> None:
    path = tmp_path / "verbrauch.csv"
    path.write_text(TEXT)
    chrome.get(f"{live_server.url}/login/")
    chrome.add_cookie({"name": "sessionid", "value": as_operator.cookies["sessionid"].value})
    chrome.get(f"{live_server.url}/data/")
    chrome.find_element("id", "upload-file").send_keys(str(path))
    Select(chrome.find_element("id", "upload-meter")).select_by_value(flat.slug)
    press(chrome, "Look into the file")

    wait_for(chrome, "The first 12 rows of the file")
    assert chrome.find_element("id", "a-zone").get_attribute("value") == "Europe/Berlin"
    Select(chrome.find_element("id", "a-stamp_at")).select_by_value("end")
    Select(chrome.find_element("id", "a-unit")).select_by_value("kWh")
    press(chrome, "Check the whole file")
    wait_for(chrome, "being read")
    work(chrome)

    wait_for(chrome, "What storing it would do")
    told = facts(chrome)
    assert [told[word] for word in ("New", "Changed", "Rows", "Bad rows")] == ["12", "0", "12", "0"]
    assert told["Energy"].startswith("15.0")
    assert "The first 12 readings" in chrome.execute_script(SEEN)
    assert not Reading.objects.exists()
    press(chrome, "Store 12 readings")
    work(chrome)

    wait_for(chrome, "Undo this import")
    starts = Reading.objects.filter(meter=flat).order_by("start_at").values_list("start_at", flat=True)
    assert [f"{start:%H:%M}" for start in starts] == [
        f"{(22 * 60 + 30 * n) // 60 % 24:02}:{30 * n % 60:02}" for n in range(12)
    ]
    press(chrome, "Undo this import")
    work(chrome)
    wait_for(chrome, "what was new is gone")
    assert not Reading.objects.exists()
    batch = ImportBatch.objects.get()
    assert (batch.state, Path(batch.path).exists(), batch.undone_by.username if batch.undone_by else "") == (
        "undone",
        False,
        "otto",
    )
    assert complaints(chrome) == []
