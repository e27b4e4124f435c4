"""`./twin demo`: the main job on embedded real readings, from nothing to a forecast in a browser."""

import json
import os
import shutil
import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection

from twin_project import demo, demo_check
from twin_project.kit import ports
from twin_project.kit.env import VAR
from twin_project.kit.supervise import StopRequested, Supervisor

READY_S = 60


class Command(BaseCommand):
    """Exit 0 after Ctrl-C or a check that holds, 1 with a sentence otherwise."""

    help = "Start portal, web, workers and database; scrape 60 days, train, forecast, and open ready."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Options."""
        parser.add_argument("--port", type=int, help="of the panel (default 8000 or the next free one)")
        parser.add_argument("--check", action="store_true", help="do it all without a person, report, and end")
        parser.add_argument("--json", action="store_true", help="with --check: one JSON line")
        parser.add_argument("--fresh", action="store_true", help="forget what an earlier demo stored")
        parser.add_argument("--timeout", type=float, default=280, help="seconds until the first forecast")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run it."""
        self.quiet = options["json"]
        began = time.time()
        installed_s = began - float(os.environ.get("TWIN_STARTED_AT", began))
        settings.SECURE_SSL_REDIRECT = False
        try:
            web_port = ports.choose(options["port"] or 8000, strict=options["port"] is not None)
            portal_port = ports.choose(8600, strict=False)
            if options["fresh"]:
                self._forget()
            self._say("Preparing database and pages ...")
            start = demo.prepare(web_port=web_port, portal_port=portal_port)
            ok = self._run(start, options, began, installed_s)
        except StopRequested:
            self._say("\nAll of it has stopped. The readings are kept; ./twin demo goes on from here.")
            return
        except (ports.PortTaken, OperationalError) as error:
            raise CommandError(str(error)) from error
        if not ok:
            raise CommandError("The demo did not come through; var/log/ holds what each part said.")

    def _run(self, start: demo.Demo, options: dict[str, Any], began: float, installed_s: float) -> bool:
        with Supervisor(demo.programs(start)) as supervisor:
            for port in (start.portal_port, start.web_port):
                if not ports.wait_until_answers(port, timeout_s=READY_S):
                    raise CommandError(f"Nothing answers on port {port} after {READY_S} s; see {VAR / 'log'}.")
            first_page = demo_check.first_page_ms(start)
            if not options["check"]:
                self._say(f"\n  The panel is up: {start.address}   sign in as {demo.USER} / {start.password}\n")
            self._say(f"Visiting the demo portal with a real browser, {demo.FIRST_DAYS} days back ...")
            forecast = demo.follow_first_visit(say=self._say, timeout_s=options["timeout"])
            seconds = time.time() - began
            if options["check"]:
                report = demo_check.check(start, forecast=forecast)
                report |= {"first_page_ms": first_page, "seconds_install": round(installed_s, 1)}
                report |= {"seconds_to_forecast": round(seconds, 1)}
                self.stdout.write(json.dumps(report) if options["json"] else _lines(report))
                return bool(report["ok"])
            connection.close()
            self._say(f"\nReady after {seconds:.0f} s: {start.address}   {demo.USER} / {start.password}")
            self._say("Ctrl-C stops all of it.")
            supervisor.watch(every_s=1)
        return True

    def _forget(self) -> None:
        """Empty the embedded database and what belongs to it; a server of yours is never emptied."""
        if settings.DATABASES["default"]["ENGINE"] != "twin_project.kit.embedded":
            raise CommandError("--fresh empties only the embedded database; DATABASE_URL names a server of yours.")
        call_command("migrate", verbosity=0, interactive=False)
        call_command("flush", verbosity=0, interactive=False)
        for name in ("artifacts", "jobs"):
            shutil.rmtree(VAR / name, ignore_errors=True)

    def _say(self, text: str) -> None:
        if not self.quiet:
            self.stdout.write(text)
            self.stdout.flush()


def _lines(report: dict[str, Any]) -> str:
    return "\n".join(f"{name:>22}  {value}" for name, value in report.items())
