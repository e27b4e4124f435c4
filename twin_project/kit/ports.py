"""TCP ports of this machine: is one free, which is, is somebody answering."""

import socket
import time


class PortTaken(Exception):
    """Another program listens there."""


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could bind it now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def choose(wanted: int, *, strict: bool, host: str = "127.0.0.1") -> int:
    """`wanted`, or the next free port after it; with `strict` raises PortTaken instead."""
    if is_free(wanted, host):
        return wanted
    if strict:
        raise PortTaken(f"Port {wanted} is taken by another program. Stop it, or choose another with --port.")
    for port in range(wanted + 1, wanted + 100):
        if is_free(port, host):
            return port
    raise PortTaken(f"No port from {wanted} to {wanted + 99} is free. Choose one with --port.")


def wait_until_answers(port: int, *, timeout_s: float, host: str = "127.0.0.1") -> bool:
    """Wait until something accepts a connection."""
    give_up_at = time.monotonic() + timeout_s
    while time.monotonic() < give_up_at:
        with socket.socket() as probe:
            probe.settimeout(0.5)
            if probe.connect_ex((host, port)) == 0:
                return True
        time.sleep(0.1)
    return False
