"""Streams that stay open for hours: the others are answered beside them, and a stop is no later."""

from pathlib import Path

import pytest

from tests.cli.test_web_worker import STOP_SECONDS, web

pytestmark = pytest.mark.processes
# More than both processes answer at a time.
MANY = 80


def test_streams_take_nobodys_place_and_end_with_the_server(tmp_path: Path) -> None:
    with web(tmp_path, "off") as server:
        streams = []
        for _ in range(MANY):
            connection = server.connect()
            connection.sendall(b"GET /stream HTTP/1.1\r\nHost: x\r\n\r\n")
            streams.append(connection)
        for connection in streams:
            assert b"text/event-stream" in connection.recv(1000)

        assert [server.get("/")[0] for _ in range(20)] == [200] * 20
        assert server.stop() < STOP_SECONDS
        for connection in streams:
            connection.close()
