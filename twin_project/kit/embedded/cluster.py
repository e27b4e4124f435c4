"""Making the data folder: everything that has to be there before `postgres` can start."""

import errno
import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from twin_project.kit.embedded import account, binaries
from twin_project.kit.embedded.errors import EmbeddedError
from twin_project.kit.embedded.layout import Layout

USER = "twin"  # owns the database and may make others (the tests' one); not a superuser
SUPERUSER = "postgres"

# For a machine of 2 cores and 4 GB; a person may tune var/postgres/data/postgresql.conf afterwards.
TUNING = {
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "maintenance_work_mem": "128MB",
    "work_mem": "16MB",
    "max_wal_size": "2GB",
    "max_connections": "60",
    "client_connection_check_interval": "1s",  # a killed client's advisory locks are free a second later
    "wal_compression": "pglz",
    "random_page_cost": "1.1",
    "log_checkpoints": "off",
    "log_line_prefix": "%m [%p] ",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


def prepare(layout: Layout) -> None:
    """Make folders, passwords and the data folder where they are missing; the caller holds the start lock."""
    with _disk_errors(layout):
        check_version(layout)
        _private_folder(layout, layout.socket_folder)
        if not layout.data.exists():
            _initialise(layout)


def make_folders(layout: Layout) -> None:
    """The folders in which the locks and the log lie; safe to call from several processes at once."""
    with _disk_errors(layout):
        for folder in (layout.home, layout.log.parent):
            folder.mkdir(parents=True, exist_ok=True)
        if not os.access(layout.home, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, "not writable", str(layout.home))


def check_version(layout: Layout) -> None:
    """Raise EmbeddedError if the data folder was made by another major version."""
    marker = layout.data / "PG_VERSION"
    if not layout.data.exists():
        return
    made_by, ours = marker.read_text().strip() if marker.exists() else "an unknown version", binaries.version()
    if made_by != ours.partition(".")[0]:
        raise EmbeddedError(
            f"The data folder {layout.data} was made by PostgreSQL {made_by}, but the installed one is {ours}. "
            "Install the former version again, dump and restore, or move the folder away to begin empty."
        )


def password(layout: Layout, role: str = USER) -> str:
    """The password of a role, made on the first call and kept in a file of mode 0600."""
    path = layout.var / "secrets" / ("postgres" if role == USER else "postgres_superuser")
    if path.exists():
        return path.read_text().strip()
    if layout.data.exists():
        raise EmbeddedError(f"The password file {path} is gone although {layout.data} is there: put it back.")
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    value = secrets.token_urlsafe(32)
    draft = path.with_suffix(".new")
    handle = os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(value)
    draft.rename(path)
    return value


def _initialise(layout: Layout) -> None:
    """Run initdb beside the final place and rename at the end: killed half-way, it begins anew."""
    draft = layout.home / "data.new"
    if draft.exists():
        shutil.rmtree(draft)
    _private_folder(layout, draft)
    given = layout.home / "pwfile"
    given.unlink(missing_ok=True)
    given.touch(mode=0o600)
    given.write_text(password(layout, SUPERUSER))
    account.give_to_server_user(layout, given)
    command = [binaries.program("initdb"), f"--pgdata={draft}", f"--username={SUPERUSER}", f"--pwfile={given}"]
    command += ["--auth-local=scram-sha-256", "--auth-host=scram-sha-256", "--encoding=UTF8", "--data-checksums"]
    command += ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    command += [word for name, value in TUNING.items() for word in ("-c", f"{name}={value}")]
    try:
        _run(layout, command, "make its data folder")
    finally:
        given.unlink()
    # Single-user mode needs no server and no password: when the folder gets its name, all is in it.
    statements = [
        f"CREATE ROLE {USER} LOGIN CREATEDB PASSWORD '{password(layout)}';",
        f"GRANT pg_monitor TO {USER};",
        f"CREATE DATABASE {USER} OWNER {USER};",
    ]
    single = [binaries.program("postgres"), "--single", "-D", str(draft), "postgres"]
    _run(layout, single, "make the database", "\n".join(statements) + "\n")
    draft.rename(layout.data)


def _run(layout: Layout, command: list[str], purpose: str, given: str = "") -> None:
    command = account.as_server_user(layout, command)
    environment = binaries.clean_environment()
    done = subprocess.run(
        command, input=given, capture_output=True, text=True, env=environment, cwd="/", check=False, errors="replace"
    )
    trouble = [line for line in done.stderr.splitlines() if "ERROR" in line or "FATAL" in line]
    if done.returncode or trouble:
        lines = trouble or [line for line in done.stderr.splitlines() if "error:" in line] or done.stderr.splitlines()
        raise EmbeddedError(f"PostgreSQL could not {purpose} in {layout.home}: {' '.join(lines[-1:])[:400]}.")


def _private_folder(layout: Layout, folder: Path) -> None:
    """A folder of mode 0700 that is the server user's; one that a stranger made under /tmp is refused."""
    if not folder.exists() and not folder.is_symlink():
        folder.mkdir(mode=0o700)
        account.give_to_server_user(layout, folder)
    found = folder.lstat()
    user = account.server_user(layout)
    owner = user.pw_uid if user else os.geteuid()
    if folder.is_symlink() or found.st_uid != owner or found.st_mode & 0o077:
        raise EmbeddedError(
            f"The folder {folder} must be a real folder of mode 0700 of user id {owner}; it belongs to "
            f"{found.st_uid}. Remove it, or run as the user who first ran this."
        )


@contextmanager
def _disk_errors(layout: Layout) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        where = error.filename or layout.home
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise EmbeddedError(f"The disk is full: {where} cannot be written. Make room.") from error
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise EmbeddedError(
                f"{where} cannot be written by this user (id {os.geteuid()}). Run as the user who first ran "
                "this, or set TWIN_VAR to a folder of your own."
            ) from error
        raise EmbeddedError(f"{where} cannot be used: {error.strerror}.") from error
