"""The real server, started and stopped as a service manager does."""

import json
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from shopfloor.cli.settings import ROOT
from shopfloor.core.authority import fingerprint

pytestmark = pytest.mark.processes
START_SECONDS = 60
Start = Callable[..., "Server"]


class Server:
    """One started server."""

    def __init__(self, instance: Path, *arguments: str, **environment: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(environment.get("SHOPFLOOR_PORT", probe.getsockname()[1]))
        self.instance = instance
        inherited = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
        own = {"SHOPFLOOR_INSTANCE": str(instance), "SHOPFLOOR_PORT": str(self.port)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "app", "serve", *arguments],
            cwd=ROOT,
            env=inherited | own | environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def healthz(self, scheme: str = "https") -> dict[str, str]:
        """Return what /healthz says, waiting for the start."""
        deadline = time.monotonic() + START_SECONDS
        while self.process.poll() is None:
            try:
                return self.ask(scheme)
            except OSError:
                assert time.monotonic() < deadline, "no answer"
                time.sleep(0.2)
        pytest.fail(f"it ended: {self.process.communicate()[0]}")

    def ask(self, scheme: str) -> dict[str, str]:
        """Ask once, trusting our own authority alone."""
        authority = self.instance / "tls/ca.crt"
        trust = ssl.create_default_context(cafile=authority) if scheme == "https" else None
        url = f"{scheme}://127.0.0.1:{self.port}/healthz"
        with urllib.request.urlopen(url, context=trust, timeout=5) as answer:  # noqa: S310 - ours
            found: dict[str, str] = json.load(answer)
            return found

    def stop(self, number: int = signal.SIGTERM) -> tuple[int, str]:
        """Send a signal and return exit code and all output."""
        self.process.send_signal(number)
        return self.ended(10)

    def ended(self, seconds: float) -> tuple[int, str]:
        """Wait for the end and return exit code and all output."""
        output, _ = self.process.communicate(timeout=seconds)
        return self.process.returncode, output


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    servers: list[Server] = []

    def begin(*arguments: str, instance: Path = tmp_path, **environment: str) -> Server:
        servers.append(Server(instance, *arguments, **environment))
        return servers[-1]

    yield begin
    for server in servers:
        if server.process.poll() is None:
            server.process.kill()
        server.process.communicate()


def children(pid: int) -> dict[str, int]:
    """Return the programs below a process by the last word of their command line."""
    numbers = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    lines = {Path(f"/proc/{number}/cmdline").read_text(): int(number) for number in numbers}
    return {line.rstrip("\0").rsplit("\0", 1)[-1]: number for line, number in lines.items()}


def test_it_answers_and_stops_cleanly_and_keeps_its_certificate(start: Start) -> None:
    first = start("--empty")
    assert first.healthz()["status"] == "ok"
    kept = (first.instance / "tls/server.pem").read_bytes()
    with urllib.request.urlopen(f"http://127.0.0.1:{first.port}/orders", timeout=5) as plain:
        assert plain.url.endswith("/trust"), "torture 61: in plain there is nothing else"
        mark = fingerprint(ssl.PEM_cert_to_DER_cert((first.instance / "tls/ca.crt").read_text()))
        assert mark in plain.read().decode()
    code, output = first.stop()
    assert code == 0
    assert re.search(rf"https://[^/]+:{first.port}/\n", output)
    assert re.search(rf"http://[^/]+:{first.port}/trust\n", output)
    assert mark in output
    assert "Traceback" not in output

    second = start()
    assert second.healthz()["status"] == "ok"
    assert second.stop(signal.SIGINT)[0] == 0
    assert (second.instance / "tls/server.pem").read_bytes() == kept


def test_behind_a_proxy_it_speaks_plain_http_and_makes_no_keys(start: Start) -> None:
    server = start("--empty", SHOPFLOOR_TLS="off")
    assert server.healthz("http")["status"] == "ok"
    assert not (server.instance / "tls").exists()
    assert server.stop()[0] == 0


def test_a_loop_that_dies_is_started_again(start: Start) -> None:
    server = start("--empty", SHOPFLOOR_TLS="off")
    server.healthz("http")
    before = children(server.process.pid)["work"]
    os.kill(before, signal.SIGKILL)
    deadline = time.monotonic() + 60
    while children(server.process.pid).get("work", before) == before:
        assert time.monotonic() < deadline, "the loop did not come back"
        time.sleep(0.2)
    assert server.ask("http")["status"] == "ok"
    assert server.stop()[0] == 0


def test_a_supervisor_that_is_killed_takes_its_programs_along(start: Start) -> None:
    server = start("--empty", SHOPFLOOR_TLS="off")
    server.healthz("http")
    server.stop(signal.SIGKILL)
    again = start(SHOPFLOOR_TLS="off", SHOPFLOOR_PORT=str(server.port))
    assert again.healthz("http")["status"] == "ok"
    assert again.stop()[0] == 0


def test_a_demo_never_becomes_a_factory(start: Start) -> None:
    server = start("--demo", SHOPFLOOR_TLS="off")
    server.healthz("http")
    server.stop()
    code, output = start("--empty", SHOPFLOOR_TLS="off").ended(30)
    assert code == 1
    assert "a demo never becomes a factory" in output
    assert "Traceback" not in output


def test_a_folder_that_cannot_be_used_gives_the_reason(start: Start, tmp_path: Path) -> None:
    """Torture 22."""
    (tmp_path / "file").write_text("")
    read_only = tmp_path / "locked"
    read_only.mkdir(mode=0o500)
    if os.geteuid() == 0:
        read_only = Path("/sys/kernel")  # root may write everywhere but in the kernel's own folders
    for folder, reason in (
        (tmp_path / "file", "is not a folder"),
        (tmp_path / "gone", "does not exist"),
        (read_only, "cannot be written"),
    ):
        code, output = start("--demo", instance=folder).ended(30)
        assert code == 1
        assert reason in output
        assert "Traceback" not in output


def test_a_port_in_use_gives_the_reason_and_writes_nothing(start: Start, tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("0.0.0.0", 0))  # noqa: S104 - as the server itself does
        other.listen()
        port = other.getsockname()[1]
        code, output = start("--demo", SHOPFLOOR_PORT=str(port)).ended(30)
    assert (code, list(tmp_path.iterdir())) == (1, [])
    assert f"Port {port} cannot be used" in output
