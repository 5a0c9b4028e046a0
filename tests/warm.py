"""Servers from a process that has imported the product already: importing takes longer than a test.

The process is started once, before it has any thread, and forks a server whenever it is asked to.
"""

import atexit
import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

from shopfloor.core.settings import ROOT


class Forked:
    """A server that was forked, as subprocess.Popen would show it."""

    def __init__(self, pid: int) -> None:
        """Take the server's process, which is the first of its group."""
        self.pid = pid

    def poll(self) -> int | None:
        """Return how it ended; None while it runs."""
        ended: int | None = _ask(poll=self.pid)
        return ended

    def wait(self, timeout: float) -> int:
        """Wait for its end; TimeoutExpired when that takes too long."""
        deadline = time.monotonic() + timeout
        while (ended := self.poll()) is None:
            if time.monotonic() > deadline:
                raise subprocess.TimeoutExpired("gunicorn", timeout)
            time.sleep(0.02)
        return ended

    def terminate(self) -> None:
        """Ask it to end, unless it has."""
        if self.poll() is None:
            os.kill(self.pid, 15)


def start(arguments: Sequence[str], environment: Mapping[str, str], log: Path) -> Forked:
    """Run gunicorn with these arguments in a process group of its own."""
    return Forked(_ask(run=list(arguments), environment=dict(environment), log=str(log)))


@cache
def _warm() -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.warm"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    atexit.register(_end, process)
    return process


def _end(process: "subprocess.Popen[str]") -> None:
    with process:
        process.kill()


def _ask(**what: Any) -> Any:
    process = _warm()
    assert process.stdin
    assert process.stdout
    process.stdin.write(json.dumps(what) + "\n")
    process.stdin.flush()
    return json.loads(process.stdout.readline())


def _serve() -> None:
    # What is imported here is not imported again by any server; nothing of it reads a setting yet.
    import gunicorn.app.wsgiapp  # noqa: F401

    import shopfloor.application
    import shopfloor.registries  # noqa: F401

    ended: dict[int, int] = {}
    for line in sys.stdin:
        what = json.loads(line)
        if "poll" in what:
            answer: int | None = _poll(ended, what["poll"])
        else:
            answer = os.fork()
            if not answer:
                _become(what)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _poll(ended: dict[int, int], pid: int) -> int | None:
    if pid not in ended:
        found, status = os.waitpid(pid, os.WNOHANG)
        if not found:
            return None
        ended[pid] = os.waitstatus_to_exitcode(status)
    return ended[pid]


def _become(what: Mapping[str, Any]) -> NoReturn:
    from gunicorn.app.wsgiapp import run

    os.setsid()
    os.environ.clear()
    os.environ.update(what["environment"])
    time.tzset()
    nothing = os.open(os.devnull, os.O_RDONLY)
    log = os.open(what["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for source, target in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    sys.argv = ["gunicorn", *what["run"]]
    code: object = 1
    try:
        run()
    except SystemExit as end:
        code = end.code or 0
    finally:
        os._exit(code if isinstance(code, int) else 1)


if __name__ == "__main__":
    _serve()
