"""The worker of the web server: how it stops, and what it says to those who come without TLS."""

import http.client
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from shopfloor.cli.certificate import ensure_certificate
from shopfloor.core import clock
from shopfloor.core.settings import ROOT

pytestmark = pytest.mark.processes
HOST = "127.0.0.1"
# A second, and one more for a machine that is busy with other tests; it was five.
STOP_SECONDS = 2.0
GUNICORN = ("-m", "gunicorn", "-c", "shopfloor/cli/gunicorn_conf.py")


@dataclass
class Web:
    """gunicorn with our configuration and a small app of tests/cli/slow_app.py."""

    process: subprocess.Popen[bytes]
    port: int
    folder: Path

    def connect(self) -> socket.socket:
        return socket.create_connection((HOST, self.port), timeout=20)

    def get(
        self, path: str = "/", *, method: str = "GET", **headers: str
    ) -> tuple[int, str, dict[str, str]]:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=20)
        connection.request(
            method, path, headers={n.replace("_", "-"): v for n, v in headers.items()}
        )
        answer = connection.getresponse()
        found = answer.status, answer.read().decode(), dict(answer.getheaders())
        connection.close()
        return found

    def stop(self) -> float:
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(20) == 0
        return time.monotonic() - began


def wait_for_workers(pid: int) -> None:
    """Wait until both processes listen: one that is told to stop while it boots does not hear."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        workers = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        if len(workers) == 2 and all(map(listens, workers)):
            return
        time.sleep(0.05)


def listens(worker: str) -> bool:
    try:
        opened = [os.readlink(path) for path in Path(f"/proc/{worker}/fd").iterdir()]
    except FileNotFoundError:
        return False
    return "anon_inode:[eventpoll]" in opened


def read(connection: socket.socket) -> bytes:
    """Read one whole answer."""
    answer = http.client.HTTPResponse(connection)
    answer.begin()
    return answer.read()


@contextmanager
def web(folder: Path, tls: str, days_old: int = 0) -> Iterator[Web]:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = int(probe.getsockname()[1])
    if tls == "on":
        made = clock.now() - timedelta(days=days_old)
        ensure_certificate(folder / "tls", ["localhost"], [IPv4Address(HOST)], made)
    own = {
        "SHOPFLOOR_INSTANCE": str(folder),
        "SHOPFLOOR_PORT": str(port),
        "SHOPFLOOR_TLS": tls,
        "PYTHONPATH": str(ROOT),
    }
    log = (folder / "log").open("wb")
    process = subprocess.Popen(
        [sys.executable, *GUNICORN, "tests.cli.slow_app:app"],
        cwd=ROOT,
        env=os.environ | own,
        stdout=log,
        stderr=log,
    )
    started = Web(process, port, folder)
    try:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                with started.connect():
                    break
            except OSError:
                assert process.poll() is None, (folder / "log").read_text()
                time.sleep(0.05)
        wait_for_workers(process.pid)
        yield started
    finally:
        log.close()
        if process.poll() is None:
            process.kill()
        process.wait()


@pytest.fixture(params=["off", "on"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Web]:
    with web(tmp_path, request.param) as started:
        yield started


@pytest.fixture
def tls_server(tmp_path: Path) -> Iterator[Web]:
    with web(tmp_path, "on") as started:
        yield started


def secure(server: Web) -> ssl.SSLSocket | socket.socket:
    """A connection as a browser makes it: over TLS where there is a certificate."""
    authority = server.folder / "tls/ca.crt"
    plain = server.connect()
    if not authority.exists():
        return plain
    try:
        return ssl.create_default_context(cafile=authority).wrap_socket(plain, server_hostname=HOST)
    except ssl.SSLError:
        plain.close()
        raise


def said(server: Web, path: str) -> bytes:
    scheme = "https" if (server.folder / "tls").exists() else "http"
    return f"{scheme} {path} -".encode()


def ask(connection: socket.socket, path: str) -> None:
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())


def test_it_stops_within_a_second_when_nothing_is_open(server: Web) -> None:
    assert server.stop() < STOP_SECONDS


def test_open_connections_without_a_request_do_not_hold_up_a_stop(server: Web) -> None:
    """One kept alive, one just opened as browsers do ahead of time, one that began to speak."""
    kept = secure(server)
    ask(kept, "/")
    assert read(kept) == said(server, "/")
    silent = [server.connect() for _ in range(6)]
    begun = secure(server)
    begun.sendall(b"GET / HTT")
    shaking = server.connect()
    shaking.sendall(b"\x16\x03\x01")
    time.sleep(0.3)
    assert server.stop() < STOP_SECONDS
    for connection in (kept, *silent, begun, shaking):
        connection.close()


def test_a_request_that_runs_is_answered_before_the_stop(server: Web) -> None:
    running = secure(server)
    ask(running, "/slow")
    time.sleep(0.5)
    took = server.stop()
    assert read(running) == b"slow is done"
    running.close()
    assert 0.8 < took < 2.8


def test_a_client_that_does_not_close_holds_up_nobody(server: Web) -> None:
    stubborn = []
    for _ in range(8):
        connection = secure(server)
        connection.sendall(b"GET / HTTP/1.0\r\nHost: x\r\n\r\n")
        assert read(connection) == said(server, "/")
        stubborn.append(connection)
    began = time.monotonic()
    for _ in range(4):
        other = secure(server)
        ask(other, "/")
        assert read(other) == said(server, "/")
        other.close()
    assert time.monotonic() - began < 1
    for connection in stubborn:
        connection.close()


def test_plain_http_on_the_tls_port_is_led_to_the_page_about_trust(tls_server: Web) -> None:
    """Torture 61."""
    status, said, headers = tls_server.get("/Q/B1234", Cookie="shopfloor_session=secret")
    assert (status, headers["Location"]) == (302, "/trust")
    assert "https://" in said
    assert "Set-Cookie" not in headers


def test_the_page_about_trust_is_heard_in_plain_without_cookies(tls_server: Web) -> None:
    """Torture 61."""
    forged = {"X_Forwarded_Proto": "https", "Cookie": "shopfloor_session=secret"}
    status, said, headers = tls_server.get("/trust", **forged)
    assert (status, said) == (200, "http /trust -")
    assert "Set-Cookie" not in headers


@pytest.mark.parametrize("path", ["/", "/trusty", "/trust/../sign-in", "//trust", "/static"])
def test_nothing_else_is_told_in_plain(tls_server: Web, path: str) -> None:
    """Torture 61."""
    status, _said, _headers = tls_server.get(path, X_Forwarded_Proto="https")
    assert status == 302


def test_nothing_is_taken_in_plain(tls_server: Web) -> None:
    """Torture 61."""
    assert tls_server.get("/trust", method="POST")[0] == 403
    assert tls_server.get("/sign-in", method="POST", X_Forwarded_Proto="https")[0] == 403


def test_over_tls_the_app_is_itself(tls_server: Web) -> None:
    connection = secure(tls_server)
    ask(connection, "/sign-in")
    assert read(connection) == b"https /sign-in -"
    connection.close()
