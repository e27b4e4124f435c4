"""What a killed command left: its browser and its files. Folders of jobs are swept by the tending of the ledger."""

import shutil
from pathlib import Path

from scraping.services.locks import lock_of
from twin_project.kit import processes
from twin_project.kit.env import VAR
from twin_project.kit.jobs.services import alone

FOLDER = VAR / "visits"


def visit_folder(account_id: int) -> Path:
    """Where the commands visit an account: one folder each, so that the next finds what a killed one left."""
    folder = FOLDER / str(account_id)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def sweep_command_folders() -> int:
    """End the browsers of commands that are gone, told by their account's free lock; returns how many processes."""
    ended = 0
    for profile in FOLDER.glob("*/profile"):
        folder = profile.parent
        if not folder.name.isdecimal():
            continue
        with alone(lock_of(int(folder.name))) as free:
            if free:
                ended += processes.sweep(folder)
                for name in ("profile", "downloads"):
                    shutil.rmtree(folder / name, ignore_errors=True)
    return ended
