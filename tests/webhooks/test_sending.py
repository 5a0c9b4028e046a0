"""One delivery on the wire: no redirects, no second lookup, nothing that never ends."""

import socket
import time

import pytest

from shopfloor.webhooks.addresses import read_address
from shopfloor.webhooks.models import Failure
from shopfloor.webhooks.sending import MOST_BYTES, Sent
from tests.webhooks.receiver import Inside, Receiver, receiving


def send(receiver: Receiver, sender: Inside, body: bytes = b"{}") -> Sent:
    target = read_address(f"http://erp.example:{receiver.port}/in?key=1")
    return sender.send(target, {"Content-Type": "application/json"}, body)


def test_what_is_sent_arrives_as_it_is() -> None:
    with receiving() as receiver:
        sent = send(receiver, Inside(), b'{"a": 1}')
    assert (sent.status, sent.problem) == (200, None)
    assert receiver.bodies == [b'{"a": 1}']
    assert receiver.requests[0].startswith(b"POST /in?key=1 HTTP/1.1\r\n")
    assert receiver.headers()["host"] == f"erp.example:{receiver.port}"


def test_a_name_is_asked_once_and_the_connection_goes_to_that_address() -> None:
    """Torture 64: DNS rebinding. The second answer of the resolver would be this machine."""
    with receiving() as receiver:
        sender = Inside("10.1.2.3", "127.0.0.1")
        assert send(receiver, sender).problem is None
        assert sender.reached == ["10.1.2.3"]  # type: ignore[attr-defined]
        # The next delivery asks anew, and hears the other answer.
        assert send(receiver, sender).problem is Failure.NOT_ALLOWED
        assert sender.reached == ["10.1.2.3"]  # type: ignore[attr-defined]
    assert len(receiver.requests) == 1


def test_a_redirect_is_a_no_and_is_not_followed() -> None:
    """Torture 64."""
    with receiving() as receiver:
        receiver.answers = [b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\n\r\n"]
        sent = send(receiver, Inside())
    assert (sent.status, sent.problem) == (302, Failure.STATUS)
    assert len(receiver.requests) == 1


def drip(head: bytes) -> object:
    def talk(line: socket.socket) -> None:
        line.sendall(head)
        for _ in range(200):
            line.sendall(b"a")
            time.sleep(0.05)

    return talk


def test_a_head_that_drips_is_given_up() -> None:
    """Torture 64."""
    with receiving() as receiver:
        receiver.answers = [drip(b"HTTP/1.1 200 OK\r\nX: ")]  # type: ignore[list-item]
        sent = send(receiver, Inside(seconds=0.6))
    assert sent.problem is Failure.TOO_SLOW
    assert sent.milliseconds < 2000


def test_a_body_that_drips_is_cut_and_the_status_counts() -> None:
    """Torture 64."""
    with receiving() as receiver:
        receiver.answers = [drip(b"HTTP/1.1 200 OK\r\n\r\n")]  # type: ignore[list-item]
        sent = send(receiver, Inside(seconds=0.6))
    assert (sent.status, sent.problem) == (200, None)
    assert sent.milliseconds < 2000


def test_a_body_without_end_is_cut() -> None:
    """Torture 64."""
    heard = []

    def flood(line: socket.socket) -> None:
        line.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        try:
            for _ in range(1000):
                line.sendall(b"x" * 100_000)
                heard.append(1)
        except OSError:
            return

    with receiving() as receiver:
        receiver.answers = [flood]
        assert send(receiver, Inside()).status == 200
    assert len(heard) * 100_000 < 5 * MOST_BYTES


@pytest.mark.parametrize(
    "answer", [b"", b"220 smtp.example ESMTP\r\n", b"HTTP/1.1 99999\r\n\r\n", b"a" * 100_000]
)
def test_what_is_no_answer_of_a_web_server_is_said(answer: bytes) -> None:
    with receiving() as receiver:
        receiver.answers = [answer]
        assert send(receiver, Inside(seconds=1.0)).problem in (Failure.NO_ANSWER, Failure.TOO_SLOW)


def test_an_interim_answer_is_waited_through() -> None:
    with receiving() as receiver:
        receiver.answers = [b"HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n"]
        assert send(receiver, Inside()).status == 204


def test_too_large_a_body_is_not_sent() -> None:
    with receiving() as receiver:
        sent = send(receiver, Inside(), b"x" * (MOST_BYTES + 1))
    assert (sent.problem, receiver.requests) == (Failure.TOO_LARGE, [])


def test_a_server_without_trusted_certificate_gets_nothing() -> None:
    with receiving() as receiver:
        target = read_address(f"https://erp.example:{receiver.port}/")
        sent = Inside(seconds=1.0).send(target, {}, b"{}")
    assert sent.problem in (Failure.NO_ANSWER, Failure.NOT_TRUSTED, Failure.TOO_SLOW)
    assert receiver.requests == []


def test_nobody_there_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    sent = Inside().send(read_address(f"http://erp.example:{port}/"), {}, b"{}")
    assert sent.problem is Failure.NO_CONNECTION
