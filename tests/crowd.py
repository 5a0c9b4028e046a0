"""Real processes that work on a test's database at the same instant, and some that are killed."""

import multiprocessing
import os
import signal
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from typing import Any

from flask import current_app
from sqlalchemy import event

from shopfloor.application import create_app
from shopfloor.core.actions import Act
from shopfloor.core.commands import Command
from shopfloor.core.db import db
from shopfloor.core.refusals import Refused

# Every process is forked from a server that has only imported us: no connection is inherited.
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.crowd", "tests.make", "tests.made_once"])
PATIENCE = 300
Job = Callable[..., Any]


def together(jobs: Sequence[tuple[Any, ...]]) -> list[Any]:
    """Run jobs, each in a process of its own, and return their answers in order.

    A job is a function and its arguments; it takes a barrier, at which all wait for each other,
    before them.
    """
    barrier = _CONTEXT.Barrier(len(jobs))
    running = [_start(job, (barrier, *arguments)) for job, *arguments in jobs]
    answers = []
    for process, ours in running:
        assert ours.poll(PATIENCE), "a process does not answer"
        answers.append(ours.recv())
        process.join(PATIENCE)
    failed = [answer for answer in answers if isinstance(answer, BaseException)]
    if failed:
        raise failed[0]
    return answers


def killed(job: Job, *arguments: Any) -> bool:
    """Run a job in a process of its own, and say whether it was killed before it ended."""
    process, ours = _start(job, arguments)
    process.join(PATIENCE)
    if process.exitcode == -signal.SIGKILL:
        return True
    answer = ours.recv()
    if isinstance(answer, BaseException):
        raise answer
    return False


def attempt(command: Command[Any, Any], act: Act, arguments: dict[str, Any]) -> Any:
    """Do a command and return its answer, or the rule by which it was refused."""
    try:
        return command(act, **arguments)
    except Refused as refusal:
        return refusal.rule


def die_at(step: int) -> None:
    """Let this process be killed right after its statement number `step`, or before a commit."""
    left = step

    def count(*_: Any) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(db.engine, "after_cursor_execute", count)
    event.listen(db.engine, "commit", count)


def _start(job: Job, arguments: tuple[Any, ...]) -> tuple[Any, Connection]:
    ours, theirs = _CONTEXT.Pipe()
    url = current_app.config["SQLALCHEMY_DATABASE_URI"]
    process = _CONTEXT.Process(target=_work, args=(theirs, url, job, arguments), daemon=True)
    process.start()
    theirs.close()
    return process, ours


def _work(answer: Connection, url: str, job: Job, arguments: tuple[Any, ...]) -> None:
    try:
        app = create_app({"SECRET_KEY": "only for tests", "SQLALCHEMY_DATABASE_URI": url})
        with app.app_context():
            answer.send(job(*arguments))
    except BaseException as error:
        answer.send(error if isinstance(error, Exception) else RuntimeError(repr(error)))


def send(start: Barrier, command: str, act: Act, arguments: dict[str, Any]) -> Any:
    """A job: everybody does his command at once."""
    from shopfloor.core.commands import COMMANDS

    db.session.rollback()
    start.wait(PATIENCE)
    return attempt(COMMANDS[command], act, arguments)


def send_many(start: Barrier, command: str, acts: list[Act], each: list[dict[str, Any]]) -> Any:
    """A job: everybody does his commands one after the other, all in step."""
    from shopfloor.core.commands import COMMANDS

    answers = []
    for act, arguments in zip(acts, each, strict=True):
        start.wait(PATIENCE)
        answers.append(attempt(COMMANDS[command], act, arguments))
    return answers
