"""A real server for tests: gunicorn in processes of its own, on a free port of this machine."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from shopfloor.core.settings import ROOT
from tests import warm

START_SECONDS = 60
STOP_SECONDS = 20
T = TypeVar("T")


@dataclass(frozen=True)
class Heard:
    """One answer of the server."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """Return the body as JSON."""
        return json.loads(self.body)


class Server:
    """A started server; several threads may ask it at once."""

    def __init__(
        self, process: "subprocess.Popen[bytes] | warm.Forked", port: int, log: Path
    ) -> None:
        self.process, self.log = process, log
        self.host = f"127.0.0.1:{port}"
        self.url = f"http://{self.host}"

    def send(
        self, method: str, path: str, body: Any = None, token: str = "", **headers: str
    ) -> Heard:
        """Send one request on a connection of its own; `body` is sent as JSON."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if token:
            named["Authorization"] = f"Bearer {token}"
        if body is not None:
            body = json.dumps(body).encode()
            named.setdefault("Content-Type", "application/json")
        connection = http.client.HTTPConnection(self.host, timeout=60)
        try:
            connection.request(method, path, body, named)
            answer = connection.getresponse()
            return Heard(answer.status, dict(answer.getheaders()), answer.read())
        finally:
            connection.close()

    def kill(self) -> None:
        """End every process of the server at once, as a power cut does."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(STOP_SECONDS)


def free_port() -> int:
    """Return a port of this machine at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(
    folder: Path, database_url: str, *, root: Path = ROOT, port: int = 0, **environment: str
) -> Iterator[Server]:
    """Serve the product as `bin/run` does, without TLS, until the end of the block."""
    port = port or free_port()
    (folder / "secret_key").write_text("only for tests")
    own = {
        "SHOPFLOOR_INSTANCE": str(folder),
        "SHOPFLOOR_PORT": str(port),
        "SHOPFLOOR_TLS": "off",
        "DATABASE_URL": database_url,
        "PYTHONPATH": str(root),
    }
    command = ["-c", "python:shopfloor.cli.gunicorn_conf", "--bind", f"127.0.0.1:{port}"]
    log = folder / "gunicorn.log"
    process = _started(command, root, os.environ | own | environment, log)
    server = Server(process, port, log)
    try:
        _wait(server)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()


def at_once(times: int, work: Callable[[int], T]) -> list[T]:
    """Do the work so many times from one barrier; returns what each has heard, in their order."""
    barrier = threading.Barrier(times)
    heard: dict[int, T] = {}

    def run(number: int) -> None:
        barrier.wait()
        heard[number] = work(number)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [heard[number] for number in range(times)]


def _started(
    command: list[str], root: Path, environment: dict[str, str], log: Path
) -> "subprocess.Popen[bytes] | warm.Forked":
    log.unlink(missing_ok=True)
    log.touch()
    if root == ROOT:
        return warm.start(command, environment, log)
    # Another version of the program is no copy of what we have imported.
    with log.open("wb") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "gunicorn", *command],
            cwd=root,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )


def _wait(server: Server) -> None:
    deadline = time.monotonic() + START_SECONDS
    while server.process.poll() is None and time.monotonic() < deadline:
        try:
            if server.send("GET", "/healthz").status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"the server did not start: {server.log.read_text()}")
