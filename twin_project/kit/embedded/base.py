"""The database engine: Django's PostgreSQL, connected to the embedded server."""

from typing import Any

from django.db import OperationalError
from django.db.backends.postgresql import base

from twin_project.kit.embedded.errors import EmbeddedError
from twin_project.kit.embedded.life import START_S, ensure_running
from twin_project.kit.env import VAR

RECOVER_S = 15.0


class DatabaseWrapper(base.DatabaseWrapper):
    """Starts the server with the process's first connection and survives its restart."""

    def get_connection_params(self) -> dict[str, Any]:
        """Django's words plus where the server is; a process counts as a user from here to its end."""
        return super().get_connection_params() | self._server(check=False, seconds=START_S)

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect; if the server is away (killed a moment ago), wait for the keeper to bring it back."""
        try:
            return super().get_new_connection(conn_params)
        except self.Database.OperationalError:
            self._server(check=True, seconds=RECOVER_S)
            return super().get_new_connection(conn_params)

    @staticmethod
    def _server(*, check: bool, seconds: float) -> dict[str, str]:
        try:
            return ensure_running(VAR, check=check, seconds=seconds)
        except EmbeddedError as error:
            raise OperationalError(str(error)) from error
