"""One at a time: a job that only one process may run, however many hosts there are."""

import fcntl
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import current_app
from sqlalchemy import text

from shopfloor.core.db import db


@contextmanager
def alone(job: str) -> Iterator[bool]:
    """Yield whether we may run the job now; False when somebody else is running it.

    The lock ends with the process that holds it, so a crash never blocks the next night.
    """
    if db.engine.dialect.name == "sqlite":
        with (Path(current_app.instance_path) / f"{job}.lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True
        return
    number = {"n": zlib.crc32(job.encode())}
    with db.engine.connect() as connection:
        # Outside any transaction: the lock belongs to the connection, and nothing is written.
        connection = connection.execution_options(isolation_level="AUTOCOMMIT")
        ours = bool(connection.scalar(text("SELECT pg_try_advisory_lock(:n)"), number))
        try:
            yield ours
        finally:
            if ours:
                connection.execute(text("SELECT pg_advisory_unlock(:n)"), number)
