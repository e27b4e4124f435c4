"""Where Chromium and its driver are, and how we start them. Knows no selenium."""

import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

from scraping.domain.errors import BrowserMissing
from twin_project.kit.env import env
from twin_project.kit.processes import FOLDER_MARK

_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_DRIVERS = ("chromedriver", "/usr/lib/chromium/chromedriver", "/usr/lib/chromium-browser/chromedriver")
_TEMP_MAX = 60  # Chromium puts a socket under TMPDIR, and a socket's path ends at 108 characters


def find_browser() -> Path:
    """Path of the browser: TWIN_BROWSER, else the first on the PATH; raises BrowserMissing."""
    return _find("BROWSER", _BROWSERS, "No Chromium or Chrome was found.")


def find_driver() -> Path:
    """Path of chromedriver: TWIN_DRIVER, else the first on the PATH; raises BrowserMissing."""
    return _find("DRIVER", _DRIVERS, "No chromedriver was found.")


def version_of(program: Path) -> str:
    """What the program says of itself, such as 'Chromium 156.0.1'; its file name where it says nothing."""
    done = subprocess.run([str(program), "--version"], capture_output=True, text=True, check=False, timeout=20)
    return done.stdout.strip().split(" built")[0].split(" (")[0] or program.name


def is_told() -> bool:
    """Whether somebody named a browser or a driver: then no other one will do."""
    return bool(env.str("BROWSER", "") or env.str("DRIVER", ""))


def arguments(
    folder: Path, hosts: Iterable[str], pins: Mapping[str, str] | None = None, *, visible: bool = False
) -> list[str]:
    """Chromium's command line for a job folder, able to reach only `hosts`; one with a pin only at that IP address."""
    given = [
        *([] if visible else ["--headless=new"]),
        f"--user-data-dir={folder / 'profile'}",
        f"--host-resolver-rules={_resolver_rules(hosts, pins or {})}",
        "--no-proxy-server",  # a proxy would resolve names for us, past the rule above
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-default-apps",
        "--disable-extensions",
        "--disable-sync",
        "--disable-breakpad",
        "--disable-features=Translate,OptimizationHints,MediaRouter,PasswordManagerOnboarding",
        "--metrics-recording-only",
        "--no-first-run",
        "--no-default-browser-check",
        "--mute-audio",
        "--password-store=basic",
        "--window-size=1280,1400",
        "--lang=en-GB",
    ]
    # The sandbox cannot be set up by root; every other user keeps it.
    return [*given, "--no-sandbox"] if os.geteuid() == 0 else given


def _resolver_rules(hosts: Iterable[str], pins: Mapping[str, str]) -> str:
    """The first MAP that fits counts, and every EXCLUDE before any MAP."""
    rules = []
    for host in hosts:
        ip = pins.get(host, host)
        at = f"[{ip}]" if ":" in ip else ip
        rules.append(f"EXCLUDE {host}" if ip == host else f"MAP {host} {at}")
    return ", ".join([*rules, "MAP * ~NOTFOUND"])


def environment(folder: Path) -> dict[str, str]:
    """Environment of the driver and the browser: our mark, and homes inside the job folder."""
    home = folder / "profile" / "home"
    home.mkdir(parents=True, exist_ok=True)
    given = {**os.environ, FOLDER_MARK: str(folder), "HOME": str(home), "XDG_CONFIG_HOME": str(home / "config")}
    given |= {"XDG_CACHE_HOME": str(home / "cache"), "XDG_DATA_HOME": str(home / "data")}
    temp = folder / "profile" / "tmp"
    if len(str(temp)) <= _TEMP_MAX:
        temp.mkdir(exist_ok=True)
        given["TMPDIR"] = str(temp)
    return given


def _find(name: str, known: tuple[str, ...], missing: str) -> Path:
    told = env.str(name, "")
    if told:
        if not os.access(told, os.X_OK):
            raise BrowserMissing(f"TWIN_{name} names {told}, which cannot be run.")
        return Path(told)
    for candidate in known:
        found = shutil.which(candidate)
        if found:
            return Path(found)
    raise BrowserMissing(missing)
