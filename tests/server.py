"""A real server for tests: gunicorn in processes of its own, on a free port of this machine."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shopfloor.core.settings import ROOT

START_SECONDS = 60


@contextmanager
def serving(folder: Path, database_url: str, **environment: str) -> Iterator[Server]:
    """Serve the product as `bin/run` does, without TLS, until the end of the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    (folder / "secret_key").write_text("only for tests")
    environment = {
        **os.environ,
        "SHOPFLOOR_INSTANCE": str(folder),
        "SHOPFLOOR_PORT": str(port),
        "SHOPFLOOR_TLS": "off",
        "DATABASE_URL": database_url,
        "PYTHONPATH": str(ROOT),
    }
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "gunicorn", "-c", "python:shopfloor.cli.gunicorn_conf"),
            *("--bind", f"127.0.0.1:{port}", "app:app"),
        ],
        cwd=ROOT,
        env=environment,
    )
    try:
        _wait(f"http://127.0.0.1:{port}/healthz")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(20)


def _wait(address: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
