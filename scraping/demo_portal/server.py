"""The portal's web server: one process, a thread for each request, a clean stop on SIGTERM and Ctrl-C."""

import signal
import threading
from socketserver import TCPServer, ThreadingMixIn
from types import FrameType
from typing import TYPE_CHECKING
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from django.core.wsgi import get_wsgi_application

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment


class PortTaken(OSError):
    """Another program listens there."""


class _Handler(WSGIRequestHandler):
    def get_environ(self) -> "WSGIEnvironment":
        """With the connection itself, which one of the faults breaks."""
        return {**super().get_environ(), "demo_portal.connection": self.connection}

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: a request line may hold what a customer typed."""


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True

    def server_bind(self) -> None:
        """Bind as WSGIServer does, without asking a name server for our own name."""
        TCPServer.server_bind(self)
        host, port = self.server_address[:2]
        self.server_name, self.server_port = str(host), int(port)
        self.setup_environ()


def serve(*, host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT; port 0 takes a free one. Prints the address once it listens."""
    try:
        server = make_server(host, port, get_wsgi_application(), server_class=_Server, handler_class=_Handler)
    except OSError as error:
        raise PortTaken(f"Cannot listen on {host}:{port}: {error.strerror}. Choose another --port.") from error

    def stop(_number: int, _frame: FrameType | None) -> None:
        # shutdown() waits for the loop that this handler interrupts, so another thread must call it.
        threading.Thread(target=server.shutdown, daemon=True).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    with server:
        print(f"Demo Utility listens on http://{host}:{server.server_port}/", flush=True)  # noqa: T201
        server.serve_forever(poll_interval=0.2)
