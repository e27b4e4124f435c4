"""Where the embedded server keeps what is its own, all under one folder (`var/`)."""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

PORT = 5432  # names the socket file only; no TCP port is ever opened
_SOCKET = f"/.s.PGSQL.{PORT}"
_LONGEST_SOCKET_PATH = 100  # the kernel takes 107 bytes, macOS 103


@dataclass(frozen=True)
class Layout:
    """The folders and files of the server under `var`."""

    var: Path

    @property
    def home(self) -> Path:
        return self.var / "postgres"

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def log(self) -> Path:
        return self.var / "log" / "postgres.log"

    @property
    def trouble(self) -> Path:
        """Written by the keeper when the server does not start, for those who wait for it."""
        return self.home / "trouble"

    @property
    def start_lock(self) -> Path:
        """Held exclusively by a process while it prepares and starts."""
        return self.home / "start.lock"

    @property
    def users_lock(self) -> Path:
        """Held in shared mode by each process that uses the server, for as long as it lives."""
        return self.home / "users.lock"

    @property
    def keeper_lock(self) -> Path:
        """Held exclusively by the keeper; holds its process id."""
        return self.home / "keeper.lock"

    @property
    def socket_folder(self) -> Path:
        """`run/` beside the data, or a short one under /tmp where the kernel or libpq cannot take that path.

        Not under $TMPDIR: two processes of one server may be started with different ones.
        """
        near = self.home / "run"
        if len(os.fsencode(str(near) + _SOCKET)) <= _LONGEST_SOCKET_PATH and not set(str(near)) & set(',"'):
            return near
        short = Path("/tmp") if Path("/tmp").is_dir() else Path(tempfile.gettempdir())  # noqa: S108 - owner and mode are checked
        digest = hashlib.sha256(os.fsencode(self.var)).hexdigest()[:12]
        return short / f"twin-{os.geteuid()}-{digest}"
