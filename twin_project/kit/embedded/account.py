"""PostgreSQL refuses to run as root: as root, the server runs as an unprivileged system user."""

import os
import pwd
import shutil
import stat
import subprocess
from pathlib import Path

from twin_project.kit.embedded import binaries
from twin_project.kit.embedded.errors import EmbeddedError
from twin_project.kit.embedded.layout import Layout

OWN_USER = "twin-postgres"
CAP_DAC_READ_SEARCH = 2  # many containers give root only CAP_DAC_OVERRIDE


def server_user(layout: Layout) -> pwd.struct_passwd | None:
    """The user who runs the server; None means the caller itself, who is not root.

    A data folder that is there keeps its owner, so root can go on with what a normal user began.
    """
    if os.geteuid() != 0:
        return None
    if layout.data.exists() and (owner := layout.data.stat().st_uid):
        return pwd.getpwuid(owner)
    for name in ("postgres", OWN_USER):
        if (found := _lookup(name)) is not None:
            return found
    if useradd := shutil.which("useradd"):
        command = [useradd, "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", OWN_USER]
        subprocess.run(command, capture_output=True, check=False)
    found = _lookup(OWN_USER) or _lookup("nobody")
    if found is None:
        raise EmbeddedError("PostgreSQL refuses to run as root and this machine has no other user: make one.")
    return found


def as_server_user(layout: Layout, command: list[str]) -> list[str]:
    """The command line that runs `command` as the server's user.

    Where that user may not enter the folders above the programs or the data (a project under /root), it
    keeps one capability to pass them, and the secure bit without which access(2) ignores capabilities.
    """
    user = server_user(layout)
    if user is None:
        return command
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise EmbeddedError("PostgreSQL refuses to run as root and `setpriv` (util-linux) is missing: install it.")
    demoted = [setpriv, f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    if capability := _needed_capability(layout, user):
        demoted += [f"--inh-caps=+{capability}", f"--ambient-caps=+{capability}", "--securebits=+no_setuid_fixup"]
    return [*demoted, *command]


def give_to_server_user(layout: Layout, path: Path) -> None:
    """Make `path` the server user's own."""
    if (user := server_user(layout)) is not None:
        os.chown(path, user.pw_uid, user.pw_gid)


def _lookup(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _needed_capability(layout: Layout, user: pwd.struct_passwd) -> str | None:
    """The least that lets `user` in: nothing, entering folders, or (files closed, too) all file permissions."""
    executable = Path(binaries.program("postgres"))
    files = [(executable, stat.S_IXUSR), (binaries.install_folder() / "share" / "postgres.bki", stat.S_IRUSR)]
    folders = {parent for path in (executable, files[1][0], layout.data) for parent in path.resolve().parents}
    files_open = all(_allowed(path, user, bit) for path, bit in files)
    if files_open and all(_allowed(folder, user, stat.S_IXUSR) for folder in folders):
        return None
    return "dac_read_search" if files_open and _may_grant(CAP_DAC_READ_SEARCH) else "dac_override"


def _allowed(path: Path, user: pwd.struct_passwd, wanted: int) -> bool:
    """Whether the mode bits let `user` in; `wanted` is the owner's bit, group and others' lie 3 and 6 below."""
    found = path.stat()
    if found.st_uid == user.pw_uid:
        return bool(found.st_mode & wanted)
    return bool(found.st_mode & wanted >> (3 if found.st_gid == user.pw_gid else 6))


def _may_grant(bit: int) -> bool:
    """Whether this process has the Linux capability number `bit` to hand on."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("CapPrm:"):
            return bool(int(line.split()[1], 16) >> bit & 1)
    return False
