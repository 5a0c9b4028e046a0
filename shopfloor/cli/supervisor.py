"""Keeps the web server and the loop running, and stops both together.

Run as a file and with the standard library only, so that it costs a few megabytes for years.
"""

import ctypes
import os
import select
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WEB = ("-m", "gunicorn", "-c", "shopfloor/cli/gunicorn_conf.py")
LOOP = ("-m", "flask", "--app", "app", "work")
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
# gunicorn: a worker or the app could not boot. Starting again would only fail again.
HOPELESS = (3, 4)
STOP_SECONDS = 8.0
LONGEST_PAUSE = 30.0
# A child that ran this long was healthy: its next failure is a new story.
HEALTHY_SECONDS = 60.0
PR_SET_PDEATHSIG = 1
# Threads that wait for each other anyway need no heaps of their own: tens of megabytes less.
FEW_HEAPS = {"MALLOC_ARENA_MAX": "2"}


@dataclass
class Child:
    """One program that must be running."""

    name: str
    arguments: tuple[str, ...]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    due: float = 0.0
    pause: float = field(default=1.0)

    def start(self) -> None:
        """Start it in its own session, so that Ctrl+C reaches only us and the order is ours."""
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, *self.arguments],
            cwd=ROOT,
            env=FEW_HEAPS | os.environ,
            start_new_session=True,
            preexec_fn=_follow_parent,
        )

    def look(self) -> int | None:
        """Start it again when it is due; return its exit code once, when it has just ended."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.due:
                self.start()
            return None
        code = self.process.poll()
        if code is not None:
            self.process = None
            self.pause = 1.0 if now - self.started > HEALTHY_SECONDS else self.pause
            self.due = now + self.pause
            say(f"The {self.name} ended ({code}); starting it again in {self.pause:.0f} s.")
            self.pause = min(self.pause * 2, LONGEST_PAUSE)
        return code


def main() -> int:
    """Run until told to stop; 0 after a stop, 1 if the web server cannot run at all."""
    bell = listen()
    children = [Child("web server", WEB), Child("loop", LOOP)]
    try:
        while True:
            for child in children:
                if child.look() in HOPELESS and child.arguments == WEB:
                    say("The web server cannot start; the reason is above.")
                    return 1
            if rang(bell):
                return 0
    finally:
        stop([child.process for child in children if child.process])


def listen() -> int:
    """Return a descriptor that rings on a signal: a handler with a lock could block itself."""
    bell, clapper = os.pipe()
    for end in (bell, clapper):
        os.set_blocking(end, False)
    signal.set_wakeup_fd(clapper, warn_on_full_buffer=False)
    for number in (*STOP_SIGNALS, signal.SIGCHLD):
        # nohup asked for exactly this: to outlive the terminal.
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _ring)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)
    return bell


def rang(bell: int, seconds: float = 1.0) -> bool:
    """Wait for a signal or the time; true if it says stop."""
    select.select([bell], [], [], seconds)
    try:
        heard = os.read(bell, 64)
    except BlockingIOError:
        return False
    return any(number in heard for number in STOP_SIGNALS)


def stop(processes: list[subprocess.Popen[bytes]]) -> None:
    """Ask all at once to end their work; kill what has not within STOP_SECONDS."""
    for process in processes:
        process.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for process in processes:
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def say(sentence: str) -> None:
    """Tell the terminal or the service's log."""
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()


def _ring(_number: int, _frame: object) -> None:
    """Do nothing: the wakeup descriptor has already rung."""


def _follow_parent() -> None:
    # If we are killed outright, a server that nobody supervises must not keep the port.
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main())
