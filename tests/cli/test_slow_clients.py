"""Clients that do not send what they began: the others do not wait for them. Torture 70."""

import http.client
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from shopfloor.cli.patience import AHEAD, BYTES_PER_SECOND, PATIENCE, PatientUnreader
from tests.cli.test_web_worker import HOST, Web, ask, read, said, secure, web

pytestmark = pytest.mark.processes
HEAD = b"GET / HTTP/1.1\r\nHost: x\r\nX-Half: "
FORM = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf of it"
PHOTO = b"POST /read HTTP/1.1\r\nHost: x\r\nContent-Length: 3000000\r\n\r\n"
HANDSHAKE = b"\x16\x03\x01"
MANY = 200


@pytest.fixture(params=["off", "on"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Web]:
    with web(tmp_path, request.param) as started:
        yield started


def times(server: Web, requests: int = 40) -> list[float]:
    """Return how long some requests took, each over a connection of its own."""
    took = []
    for _ in range(requests):
        began = time.monotonic()
        connection = secure(server)
        ask(connection, "/")
        assert read(connection) == said(server, "/")
        connection.close()
        took.append(time.monotonic() - began)
    return took


def send_photo(server: Web, pause: float = 0.0) -> bytes:
    """Send a whole photo, in a few steps."""
    connection = secure(server)
    connection.sendall(PHOTO)
    for _ in range(3):
        connection.sendall(b"x" * 1_000_000)
        time.sleep(pause)
    answer = read(connection)
    connection.close()
    return answer


def test_two_hundred_half_sent_requests_of_every_kind_make_nobody_wait_and_end(
    server: Web,
) -> None:
    half = []
    for begun in (b"", HANDSHAKE, HEAD, FORM, PHOTO + b"x" * 1000):
        for _ in range(MANY // 5):
            connection = server.connect() if begun in (b"", HANDSHAKE) else secure(server)
            connection.sendall(begun)
            half.append(connection)
    time.sleep(0.3)
    # Thirty-two of them would stop everything for ever; the rest is the speed of this machine.
    assert max(times(server)) < 2
    assert send_photo(server) == b"3000000"
    began = time.monotonic()
    for connection in half:
        connection.settimeout(PATIENCE * 2)
        with suppress(OSError):
            assert connection.recv(1) == b""
        connection.close()
    assert time.monotonic() - began < PATIENCE * 2
    assert server.stop() < 2


def test_whoever_goes_on_sending_slowly_is_waited_for(server: Web) -> None:
    assert send_photo(server, pause=1.0) == b"3000000"
    connection = secure(server)
    for part in (
        b"POST /read HTTP/1.1\r\nHost",
        b": x\r\nContent-Length: 9\r\n\r\n",
        b"123",
        b"456",
    ):
        connection.sendall(part)
        time.sleep(0.7)
    connection.sendall(b"789")
    assert read(connection) == b"9"
    # The same connection is good for the next request.
    ask(connection, "/")
    assert read(connection) == said(server, "/")
    connection.close()


def test_photos_that_stop_in_the_middle_leave_places_for_everybody_else(server: Web) -> None:
    """More of them than there are places, and enough of each has come to be let in."""
    half = []
    for _ in range(40):
        connection = secure(server)
        connection.sendall(PHOTO + b"x" * (AHEAD + 1000))
        half.append(connection)
    time.sleep(0.5)
    assert max(times(server)) < 2
    for connection in half:
        connection.close()


def test_a_body_in_chunks_and_one_that_is_asked_for_are_read(server: Web) -> None:
    connection = secure(server)
    connection.sendall(
        b"POST /read HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"5\r\nabcde\r\n3\r\nfgh\r\n0\r\n\r\n"
    )
    assert read(connection) == b"8"
    connection.sendall(
        b"POST /read HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n"
    )
    assert connection.recv(100).startswith(b"HTTP/1.1 100 Continue")
    connection.sendall(b"abcde")
    assert read(connection) == b"5"
    connection.close()


def test_patience_is_earned_by_what_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    """One byte now and then does not keep a connection for ever."""
    ours, theirs = socket.socketpair()
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now)
    patient = PatientUnreader(ours)

    def after(seconds: float, sent: bytes) -> bytes:
        nonlocal now
        now += seconds
        theirs.sendall(sent)
        return patient.chunk()

    waited: Callable[[], float] = lambda: patient.deadline - now  # noqa: E731 - a short word for it
    assert after(PATIENCE / 2, b"x" * BYTES_PER_SECOND) == b"x" * BYTES_PER_SECOND
    assert waited() == pytest.approx(PATIENCE / 2 + 1)
    for _ in range(5):
        assert after(1, b"x") == b"x"
    assert after(1.5, b"x") == b""
    patient.be_patient()
    # It has stopped in the middle: what comes now belongs to nothing.
    assert patient.over
    assert after(0, b"GET / HTTP/1.1\r\n\r\n") == b""
    ours.close()
    theirs.close()


def test_what_follows_an_unfinished_request_is_never_taken_for_another(tmp_path: Path) -> None:
    with web(tmp_path, "off") as server:
        connection = server.connect()
        connection.sendall(FORM)
        time.sleep(PATIENCE + 0.5)
        try:
            connection.sendall(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
            answered = connection.recv(1000)
        except OSError:
            answered = b""
        assert answered == b""
        connection.close()
        client = http.client.HTTPConnection(HOST, server.port, timeout=5)
        client.request("GET", "/")
        assert client.getresponse().status == 200
        client.close()
