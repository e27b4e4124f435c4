"""Take the README's screenshots of a running demo.

./twin demo                                            # in one terminal
.venv/bin/python docs/images/take.py http://127.0.0.1:8000/ demo PASSWORD
"""

import sys
import tempfile
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))

from scraping import chromium  # noqa: E402 - the project is not installed

SHOTS = {"home.png": ("", "light"), "forecast.png": ("forecast/", "dark")}
WIDTH, SCALE = 1360, 1.25
DRAWN = "return document.querySelectorAll('.js-plotly-plot').length > 0 && document.fonts.status === 'loaded'"


def main(address: str, user: str, password: str) -> None:
    """Sign in and write every picture beside this file."""
    with tempfile.TemporaryDirectory() as folder:
        options = webdriver.ChromeOptions()
        options.binary_location = str(chromium.find_browser())
        for argument in chromium.arguments(Path(folder), ["127.0.0.1", "localhost"]):
            options.add_argument(argument)
        options.add_argument("--hide-scrollbars")
        driver = webdriver.Chrome(options=options, service=Service(str(chromium.find_driver())))
        try:
            _sign_in(driver, address, user, password)
            for name, (page, theme) in SHOTS.items():
                _shoot(driver, address + page, theme, HERE / name)
        finally:
            driver.quit()


def _sign_in(driver: webdriver.Chrome, address: str, user: str, password: str) -> None:
    driver.get(f"{address}login/")
    driver.find_element(By.ID, "id_username").send_keys(user)
    driver.find_element(By.ID, "id_password").send_keys(password)
    driver.find_element(By.CSS_SELECTOR, "form button").click()
    WebDriverWait(driver, 20).until(lambda d: "/login/" not in d.current_url)


def _shoot(driver: webdriver.Chrome, url: str, theme: str, path: Path) -> None:
    scheme = [{"name": "prefers-color-scheme", "value": theme}]
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": scheme})
    _size(driver, 900)
    driver.get(url)
    WebDriverWait(driver, 20).until(lambda d: d.execute_script(DRAWN))
    _size(driver, driver.execute_script("return document.documentElement.scrollHeight"))
    WebDriverWait(driver, 5, poll_frequency=1).until(lambda d: d.execute_script(DRAWN))
    driver.save_screenshot(str(path))
    print(path)  # noqa: T201


def _size(driver: webdriver.Chrome, height: int) -> None:
    metrics = {"width": WIDTH, "height": height, "deviceScaleFactor": SCALE, "mobile": False}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)


if __name__ == "__main__":
    main(*sys.argv[1:4])
