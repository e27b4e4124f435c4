"""JSON over HTTPS: the checked machine is asked, and its certificate must be of the name that was typed."""

import ipaddress
import json
import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from twin_project.kit.addresses import AddressRefused, check_address, is_inside
from twin_project.kit.web import Web, WebError

NOW = datetime(2026, 6, 1, tzinfo=UTC)
NAME = "weather.test"


class Answers(BaseHTTPRequestHandler):
    """Says which host it was asked as."""

    def do_GET(self) -> None:
        body = json.dumps({"host": self.headers["Host"], "path": self.path}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Nothing."""


@pytest.fixture
def port(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A server on loopback with a certificate of NAME, which this process trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    began = datetime.now(UTC) - timedelta(days=1)
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(began).not_valid_after(began + timedelta(days=3))
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    certificate, secret = tmp_path / "cert.pem", tmp_path / "key.pem"
    certificate.write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain),
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, secret)
    server = HTTPServer(("127.0.0.1", 0), Answers)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", server.server_port))]
    monkeypatch.setattr("twin_project.kit.addresses.socket.getaddrinfo", lambda *_args, **_kw: found)
    yield server.server_port
    server.shutdown()
    server.server_close()
    thread.join()


def test_the_name_goes_into_the_certificate_check_and_the_host_line(port: int, tmp_path: Path) -> None:
    web = Web(tmp_path / "kept", allow_private=True, timeout_s=3, backoff_s=0.01)
    given = web.get_json(f"https://{NAME}:{port}/v1", {"a": "b c"}, now=NOW)
    assert given.document == {"host": f"{NAME}:{port}", "path": "/v1?a=b+c"}


def test_a_certificate_of_another_name_is_no_answer(port: int, tmp_path: Path) -> None:
    web = Web(tmp_path / "kept", allow_private=True, timeout_s=3, backoff_s=0.01)
    with pytest.raises(WebError, match=r"other\.test could not be reached"):
        web.get_json(f"https://other.test:{port}/v1", {}, now=NOW)


def test_a_name_that_leads_into_the_house_is_refused(port: int, tmp_path: Path) -> None:
    with pytest.raises(WebError, match="on this machine or its own network"):
        Web(tmp_path / "kept").get_json(f"https://{NAME}:{port}/v1", {}, now=NOW)
    with pytest.raises(AddressRefused):
        check_address(f"https://{NAME}/", allow_private=False)


def test_an_answer_is_kept_for_a_while_with_the_time_it_was_given(port: int, tmp_path: Path) -> None:
    web = Web(tmp_path / "kept", allow_private=True, timeout_s=3, keep_for=timedelta(minutes=30))
    address = f"https://{NAME}:{port}/v1"
    web.get_json(address, {}, now=NOW)
    assert web.get_json(address, {}, now=NOW + timedelta(minutes=29)).given_at == NOW
    later = NOW + timedelta(minutes=30)
    assert web.get_json(address, {}, now=later).given_at == later


@pytest.mark.parametrize(
    ("ip", "inside"),
    [
        ("127.0.0.1", True),
        ("10.1.2.3", True),
        ("172.16.0.1", True),
        ("192.168.1.1", True),
        ("169.254.169.254", True),
        ("100.64.0.1", True),
        ("0.0.0.0", True),  # noqa: S104  # nothing is bound
        ("224.0.0.1", True),
        ("::1", True),
        ("fe80::1%eth0", True),
        ("fc00::1", True),
        ("::ffff:10.0.0.1", True),
        ("2002:7f00:1::", True),
        ("93.184.215.14", False),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", False),
    ],
)
def test_addresses_of_the_house_are_told_from_those_outside(ip: str, inside: bool) -> None:
    assert ipaddress.ip_address(ip.partition("%")[0])
    assert is_inside(ip) is inside
