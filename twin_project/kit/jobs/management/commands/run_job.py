"""Run one queued job in this process. The workers call it; a person may too."""

import os
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from twin_project.kit import processes
from twin_project.kit.jobs.models import Job
from twin_project.kit.jobs.runner import run_job


class Command(BaseCommand):
    """`run_job ID`: exit 0 where the ledger knows how it ended, done or not."""

    help = "Claim a queued job and run it to its end."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the id."""
        parser.add_argument("job_id")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run it; the process leads its own group, so that cancel ends all of it."""
        if os.getpgid(0) != os.getpid():
            os.setpgid(0, 0)
        processes.die_with_parent()
        job = run_job(options["job_id"])
        if job is None:
            state = Job.objects.filter(pk=options["job_id"]).values_list("state", flat=True).first()
            raise CommandError(f"Not run: the job is {state or 'unknown'} or not due yet.", returncode=0)
        self.stdout.write(f"{job}: {job.state}")
