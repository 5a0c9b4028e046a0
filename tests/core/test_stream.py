"""Reading events in order while others write them."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask, current_app
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shopfloor.core import events, stream, undo
from shopfloor.core.actions import Act
from shopfloor.core.db import db, transaction
from shopfloor.core.events import Where
from shopfloor.people.setup import founder
from tests.make import Factory, new_id

pytestmark = pytest.mark.parametrize("database", ["postgresql"])


@contextmanager
def writer() -> Iterator[Session]:
    """A connection of its own with a transaction that has its id, as after claiming an action."""
    with db.engine.connect() as connection, Session(connection) as session:
        session.scalar(select(func.pg_current_xact_id()))
        yield session
        session.commit()


def write(session: Session) -> int:
    return events.write(session, undo.UNDONE, act(), Where(), [], {}).id


def act() -> Act:
    return founder(new_id())


def heard(after: int) -> list[int]:
    return [event.id for event in stream.read_on(db.session(), after, 100)]


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "PATIENCE_SECONDS", 0.05)


def test_a_late_committer_is_not_skipped(make: Factory, impatient: None) -> None:
    before = heard(0)[-1]
    with writer() as late:
        first = write(late)
        with transaction() as session:
            second = write(session)
        assert heard(before) == []
    assert heard(before) == [first, second]


def test_an_older_transaction_that_overtakes_a_younger_one_hides_nothing(
    make: Factory, impatient: None
) -> None:
    """The lower number is still open in a younger transaction than the one that is done."""
    before = heard(0)[-1]
    with writer() as older:
        with writer() as younger:
            first = write(younger)
            second = write(older)
            older.commit()
            assert heard(before) == []
        assert heard(before) == [first, second]


def test_a_number_that_was_given_back_stops_nobody(make: Factory) -> None:
    before = heard(0)[-1]
    with writer() as refused:
        write(refused)
        refused.rollback()
    with transaction() as session:
        kept = write(session)
    assert heard(before) == [kept]


def test_a_reader_waits_for_somebody_who_is_about_to_finish(make: Factory, app: Flask) -> None:
    before = heard(0)[-1]
    found: list[int] = []
    program = current_app._get_current_object()  # type: ignore[attr-defined]  # a proxy has it

    def read() -> None:
        with program.app_context():
            found.extend(heard(before))
            db.session.remove()

    with writer() as late:
        first = write(late)
        with transaction() as session:
            second = write(session)
        reader = threading.Thread(target=read)
        reader.start()
        reader.join(0.1)
        assert reader.is_alive()
    reader.join()
    assert found == [first, second]
