"""When a program says that something happened, and what is made of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from shopfloor.core import clock
from shopfloor.core.clock import When
from shopfloor.core.db import db
from shopfloor.core.events import Event
from shopfloor.production.commands.orders import close_order
from tests.api.program import Program
from tests.make import Factory

SOON = timedelta(seconds=20)


def report(program: Program, lot: str, **more: Any) -> int:
    body = {"lot": lot, "operation": 10, "good": "1"} | more
    return program.post("/reports", body).status_code


def last() -> Event:
    db.session.rollback()
    return db.session.scalars(select(Event).order_by(Event.id.desc()).limit(1)).one()


@pytest.mark.parametrize(
    "said",
    [
        timedelta(days=1),
        timedelta(days=3650),
        timedelta(days=-3650),
        "1970-01-01T00:00:00Z",
        "2026-11-21T10:42:00",
        "tomorrow",
        "9999-99-99T99:99:99Z",
        "0001-01-01T00:00:00+14:00",
    ],
    ids=str,
)
def test_an_unbelievable_time_is_kept_and_ours_is_booked(
    app: Flask, make: Factory, said: str | timedelta
) -> None:
    """Torture 28."""
    if isinstance(said, timedelta):
        said = (clock.now() + said).isoformat()
    lot, program = make.lot(), Program(app, make.operator)
    assert report(program, lot, happened_at=said) == 200
    event = last()
    assert abs(clock.now() - event.happened_at) < SOON
    assert (event.phone_said, event.phone_doubtful) == (said[:40], True)


@pytest.mark.parametrize(
    "error", [timedelta(days=1), timedelta(days=-1), timedelta(days=3650)], ids=str
)
def test_a_clock_that_is_wrong_is_corrected_by_what_it_shows_when_sending(
    app: Flask, make: Factory, error: timedelta
) -> None:
    """Torture 28."""
    lot, program = make.lot(), Program(app, make.operator)
    said = clock.now() + error
    times = {"happened_at": said.isoformat(), "sent_at": said.isoformat()}
    assert report(program, lot, **times) == 200
    assert abs(clock.now() - last().happened_at) < SOON


def test_another_zone_is_the_same_instant(app: Flask, make: Factory) -> None:
    """Torture 31."""
    lot, program = make.lot(), Program(app, make.operator)
    instant = clock.now().replace(microsecond=0)
    far = instant.astimezone(datetime.fromisoformat("2026-01-01T00:00:00-09:30").tzinfo)
    assert report(program, lot, happened_at=far.isoformat()) == 200
    event = last()
    assert event.happened_at == instant
    assert (event.offset_minutes, event.phone_doubtful) == (-570, False)
    reader = Program(app, make.quality)
    reader.get(f"/events?after={event.id - 1}")
    heard = datetime.fromisoformat(reader.heard["entries"][0]["happened_at"])
    assert heard == instant.astimezone(UTC)


def test_before_its_order_was_released_takes_a_right_and_a_reason(
    app: Flask, make: Factory
) -> None:
    """Torture 33."""
    lot, early = make.lot(), (clock.now() - timedelta(hours=3)).isoformat()
    worker, chief = Program(app, make.operator), Program(app, make.supervisor)
    assert report(worker, lot, happened_at=early) == 409
    assert (worker.heard["rule"], worker.heard["field"]) == ("backdated", "happened_at")
    assert report(worker, lot, happened_at=early, override_reason="override-1") == 403
    assert report(chief, lot, happened_at=early) == 409
    assert report(chief, lot, happened_at=early, override_reason="override-1") == 200
    assert chief.heard["overrides"] == ["backdated"]


def test_after_its_order_was_closed_takes_a_right_and_a_reason(app: Flask, make: Factory) -> None:
    """Torture 33."""
    order = make.order()
    close_order(make.planner.act(when=When(clock.now())), order_id=order.order.id)
    worker, chief = Program(app, make.operator), Program(app, make.supervisor)
    assert report(worker, order.lot.code) == 409
    assert worker.heard["rule"] == "order_closed"
    assert report(worker, order.lot.code, override_reason="override-1") == 403
    assert report(chief, order.lot.code, override_reason="override-1") == 200
    assert chief.heard["overrides"] == ["backdated"]


def test_a_time_that_is_no_text_is_refused(app: Flask, make: Factory) -> None:
    lot, program = make.lot(), Program(app, make.operator)
    for said in (0, 1763720000, True, ["now"], "x" * 65):
        assert report(program, lot, happened_at=said) == 422
        assert program.heard["field"] == "happened_at"
