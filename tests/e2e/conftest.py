"""Fixtures of the end-to-end tests."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service

from scraping import chromium
from tests.e2e.house import PORTAL_PASSWORD, House
from twin_project.kit import ports

ACCOUNT = """
from scraping.services import save_account
save_account(name="Test utility", portal="demo_utility", username="customer", password={password!r},
             params={{"base_url": "http://127.0.0.1:{port}/", "pause_s": 0.25}}, first_days={days}, reread_days=3)
print("null")
"""


@pytest.fixture(scope="module")
def whole() -> Iterator[House]:
    """A migrated twin with a running portal and one account; nothing else runs yet."""
    folder = Path(tempfile.mkdtemp(prefix="twin house "))
    folder.chmod(0o755)
    made = House(folder)
    try:
        made.manage("migrate", "-v0")
        made.portal_port = ports.choose(18600, strict=False)
        made.start("portal", "-m", "scraping.demo_portal", "--port", str(made.portal_port))
        assert ports.wait_until_answers(made.portal_port, timeout_s=30), made.logs()
        made.python(ACCOUNT.format(password=PORTAL_PASSWORD, port=made.portal_port, days=40))
        yield made
    finally:
        made.close()
        left = made.left_running()
        shutil.rmtree(folder, ignore_errors=True)
    assert left == []


@pytest.fixture
def chrome(tmp_path: Path) -> Iterator[Chrome]:
    """A browser for pages of a live server, at the size of a desk."""
    options = ChromeOptions()
    options.binary_location = str(chromium.find_browser())
    for argument in chromium.arguments(tmp_path, ["127.0.0.1", "localhost"]):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    service = Service(str(chromium.find_driver()), env=chromium.environment(tmp_path))
    driver = Chrome(options=options, service=service)
    driver.set_window_size(1440, 1000)
    try:
        yield driver
    finally:
        driver.quit()
