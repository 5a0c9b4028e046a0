"""A throwaway PostgreSQL for the tests, gone when they end.

    python -m tests.postgres -- pytest -n 2

runs the command with SHOPFLOOR_TEST_POSTGRES set to the address of one cluster for all workers.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

START_SECONDS = 60
STOP_SECONDS = 20
VARIABLE = "SHOPFLOOR_TEST_POSTGRES"
MEMORY = Path("/dev/shm")  # noqa: S108 - mkdtemp makes a folder of our own in it
ROOM = 2 * 2**30
# Nothing here outlives the tests, so nothing needs to reach the disk.
SETTINGS = {"max_connections": "200", "listen_addresses": "127.0.0.1"}
FORGETFUL = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "max_wal_size": "256MB",
}


@contextmanager
def cluster(*, durable: bool = False) -> Iterator[str]:
    """Run a fresh cluster and yield its address, to which the name of a database is added.

    `durable` keeps its commits on disk, as a measurement must.
    """
    folder = Path(
        tempfile.mkdtemp(prefix="shopfloor-postgres-", dir=None if durable else _in_memory())
    )
    server: subprocess.Popen[bytes] | None = None
    try:
        if os.geteuid() == 0:
            os.chown(folder, *_postgres_user())
        data, port, log = folder / "data", _free_port(), folder / "log"
        _initialise(data)
        with log.open("wb") as output:
            server = subprocess.Popen(
                _as_user("postgres", "-D", data, "-k", folder, "-p", port, *_settings(durable)),
                cwd="/",
                stdout=output,
                stderr=output,
            )
        url = f"postgresql+psycopg://postgres@127.0.0.1:{port}/"
        _wait(server, port, log)
        yield url
    finally:
        if server is not None:
            _stop(server)
        shutil.rmtree(folder, ignore_errors=True)


def main(arguments: list[str]) -> int:
    """Run a command beside a cluster and return its exit code."""
    if arguments[:1] != ["--"] or len(arguments) < 2:
        sys.stderr.write("usage: python -m tests.postgres -- COMMAND...\n")
        return 2
    signal.signal(signal.SIGTERM, _leave)
    with cluster() as url:
        command = subprocess.Popen(arguments[1:], env=os.environ | {VARIABLE: url})
        try:
            code = command.wait()
        except KeyboardInterrupt:
            # The terminal has told the command too; its own summary comes first.
            code = command.wait()
        finally:
            command.terminate()
    return code if code >= 0 else 128 - code


def _in_memory() -> Path | None:
    """Return a folder in memory where there is room in one: databases come and go by the second."""
    try:
        return MEMORY if shutil.disk_usage(MEMORY).free >= ROOM and os.access(MEMORY, 7) else None
    except OSError:
        return None


def _program(name: str) -> Path:
    # The newest of several installed versions.
    found = sorted(
        Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[4])
    )
    on_path = shutil.which(name)
    if not found and not on_path:
        raise FileNotFoundError(f"{name} is missing. On Debian or Ubuntu: apt install postgresql")
    return found[-1] if found else Path(str(on_path))


def _as_user(name: str, *arguments: object) -> list[str]:
    """Return a command line that never runs as root, and that ends when we are killed."""
    command = [str(_program(name)), *map(str, arguments)]
    setpriv = shutil.which("setpriv")
    if os.geteuid() != 0:
        return [setpriv, "--pdeathsig", "INT", *command] if setpriv else command
    if not setpriv:
        raise FileNotFoundError("setpriv is missing. On Debian or Ubuntu: apt install util-linux")
    user, group = _postgres_user()
    as_user = [f"--reuid={user}", f"--regid={group}", "--clear-groups"]
    return [setpriv, *as_user, "--pdeathsig", "INT", *command]


def _postgres_user() -> tuple[int, int]:
    try:
        entry = pwd.getpwnam("postgres")
    except KeyError:
        entry = pwd.getpwnam("nobody")  # PostgreSQL was not installed from a package
    return entry.pw_uid, entry.pw_gid


def _initialise(data: Path) -> None:
    options = ("-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
    done = subprocess.run(
        _as_user("initdb", "-D", data, *options), cwd="/", capture_output=True, text=True
    )
    if done.returncode:
        raise RuntimeError(f"initdb failed: {done.stderr}")


def _settings(durable: bool) -> list[str]:
    settings = SETTINGS if durable else {**SETTINGS, **FORGETFUL}
    return [text for name, value in settings.items() for text in ("-c", f"{name}={value}")]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        try:
            psycopg.connect(f"host=127.0.0.1 port={port} user=postgres dbname=postgres").close()
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"PostgreSQL did not start: {log.read_text()}")


def _stop(server: subprocess.Popen[bytes]) -> None:
    server.send_signal(signal.SIGINT)  # fast: open connections are cut
    try:
        server.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _leave(_number: int, _frame: object) -> None:
    raise SystemExit(128 + signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
