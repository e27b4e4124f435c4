"""The demonstration: a portal with real readings, the web panel and the workers, put together and watched.

Nothing in here is special to the demo but the account that it makes: the same services and commands serve
a real portal.
"""

import secrets
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.utils import timezone

from forecasting.selectors import latest_run
from meters.selectors import all_meters
from meters.services import ensure_example_prices
from scraping.selectors import account_named
from scraping.services import save_account, start_scraper
from twin_project.kit.env import ROOT, VAR
from twin_project.kit.jobs.models import Job, JobLine
from twin_project.kit.roles import ensure_roles
from twin_project.kit.supervise import Program
from twin_project.static_files import collect_if_changed

ACCOUNT = "Demo Utility"
USER = "demo"
FIRST_DAYS = 60
CURRENCIES = {"US": "USD", "IN": "INR", "GB": "GBP"}
EXAMPLE_FROM = date(2020, 1, 1)
Say = Callable[[str], None]


@dataclass(frozen=True)
class Demo:
    """Addresses and passwords of one start."""

    web_port: int
    portal_port: int
    portal_password: str
    password: str

    @property
    def address(self) -> str:
        """Where the panel is."""
        return f"http://127.0.0.1:{self.web_port}/"


def prepare(*, web_port: int, portal_port: int) -> Demo:
    """Database, static files, the demo user with a new one-time password, the portal account."""
    call_command("migrate", verbosity=0, interactive=False)
    collect_if_changed()
    ensure_roles()
    demo = Demo(web_port, portal_port, secrets.token_urlsafe(12), secrets.token_urlsafe(9))
    user, _ = get_user_model().objects.get_or_create(username=USER, defaults={"is_staff": True, "is_superuser": True})
    user.set_password(demo.password)
    user.save()
    save_account(
        name=ACCOUNT,
        portal="demo_utility",
        username="customer",
        password=demo.portal_password,
        params={"base_url": f"http://127.0.0.1:{portal_port}/", "pause_s": 0},
        first_days=FIRST_DAYS,
        reread_days=3,
        interval_minutes=15,
    )
    return demo


def programs(demo: Demo) -> list[Program]:
    """Portal, workers and web, in the order in which they start."""
    log = VAR / "log"
    python, manage = sys.executable, str(ROOT / "manage.py")
    web = ["-m", "gunicorn", "twin_project.wsgi", "--bind", f"127.0.0.1:{demo.web_port}"]
    shape = ["--workers", "1", "--threads", "8", "--timeout", "60", "--graceful-timeout", "5", "--no-control-socket"]
    portal_env = {"TWIN_DEMO_PORTAL_USER": "customer", "TWIN_DEMO_PORTAL_PASSWORD": demo.portal_password}
    return [
        Program(
            "demo portal",
            [python, "-m", "scraping.demo_portal", "--port", str(demo.portal_port)],
            log / "portal.log",
            portal_env,
        ),
        Program("workers", [python, manage, "run_workers"], log / "workers.log"),
        Program("web", [python, *web, *shape], log / "web.log", {"TWIN_HTTPS": "0", "TWIN_POOLED": "1"}),
    ]


def follow_first_visit(*, say: Say, timeout_s: float) -> bool:
    """Start the scraper and tell what happens until every meter has a forecast; False where it failed."""
    account = account_named(ACCOUNT)
    if account is None:
        return False
    give_up_at = time.monotonic() + timeout_s
    asked = start_scraper(account=account, now=timezone.now())
    visit = _follow(asked, say, give_up_at)
    if visit.state != Job.State.DONE:
        say(f"The visit {visit.state}: {visit.error_message} {visit.advice}")
        return False
    for site in {meter.site for meter in all_meters()}:
        currency = CURRENCIES.get(site.country, "EUR")
        ensure_example_prices(site=site, currency=currency, valid_from=EXAMPLE_FROM)
    say("Forecasting ...")
    while time.monotonic() < give_up_at:
        forecasts = list(Job.objects.filter(kind="make_forecast", created_at__gte=visit.created_at))
        failed = [job for job in forecasts if job.state == Job.State.FAILED]
        if failed:
            say(f"A forecast failed: {failed[0].error_message} {failed[0].advice}")
            return False
        if not any(job.is_open for job in forecasts) and all(latest_run(meter) for meter in all_meters()):
            return True
        time.sleep(0.25)
    say("It took too long; var/log/ tells why.")
    return False


def _follow(job: Job, say: Say, until: float) -> Job:
    told = 0
    while time.monotonic() < until:
        job.refresh_from_db()
        for line in JobLine.objects.filter(job=job, pk__gt=told):
            say(f"  {line.text}")
            told = line.pk
        if not job.is_open:
            break
        time.sleep(0.25)
    return job
