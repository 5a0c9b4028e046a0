"""Delivery from the event stream: in order, nothing skipped, tried again, given up after days."""

import hashlib
import hmac
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from unittest.mock import patch

import pytest
from flask import Flask
from sqlalchemy import func, select

from shopfloor.catalogue.commands import add_item
from shopfloor.core import clock
from shopfloor.core.alone import alone
from shopfloor.core.db import db, transaction
from shopfloor.core.events import Event
from shopfloor.people.changes import archive_person
from shopfloor.people.looks import Look
from shopfloor.webhooks.commands import add_webhook, pause_webhook, send_event_again
from shopfloor.webhooks.delivering import PAUSES, deliver
from shopfloor.webhooks.models import Delivery, Failure, Paused, Webhook
from shopfloor.webhooks.running import due
from shopfloor.webhooks.signing import digest_of, secret_of
from tests.api.program import Program
from tests.make import Factory, new_id
from tests.webhooks.receiver import Inside, Receiver, receiving

NO = b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


def register(make: Factory, receiver: Receiver, *kinds: str, salt: str = "salt") -> int:
    return add_webhook(
        make.administrator.act(),
        address=f"http://erp.example:{receiver.port}/in",
        kinds=kinds,
        salt=salt,
        secret_digest=digest_of(salt),
    ).id


def items(make: Factory, count: int, start: int = 0) -> None:
    for n in range(start, start + count):
        add_item(make.planner.act(), number=f"W{n}", names={"en": f"Item {n}"})


def heard(receiver: Receiver) -> list[int]:
    return [json.loads(body)["id"] for body in receiver.bodies]


def stored(webhook_id: int) -> Webhook:
    db.session.rollback()
    return db.session.get_one(Webhook, webhook_id, populate_existing=True)


def soon(webhook_id: int) -> None:
    with transaction() as session:
        session.get_one(Webhook, webhook_id).next_at = clock.now()


def test_every_event_arrives_in_order_as_the_stream_tells_it(
    app: Flask, make: Factory, receiver: Receiver
) -> None:
    webhook_id = register(make, receiver)
    items(make, 3)
    assert due() == [webhook_id]
    deliver(webhook_id, Inside())
    program = Program(app, make.administrator)
    program.get(f"/events?after={json.loads(receiver.bodies[0])['id'] - 1}&limit=4")
    told = [json.loads(body) for body in receiver.bodies]
    assert [event["kind"] for event in told] == ["webhook.added"] + ["catalogue.item_added"] * 3
    assert told == program.heard["entries"]
    db.session.rollback()
    assert set(db.session.scalars(select(Look.person_id))) >= {make.planner.id}


def test_only_chosen_kinds_arrive(make: Factory, receiver: Receiver) -> None:
    webhook_id = register(make, receiver, "order.created")
    items(make, 2)
    deliver(webhook_id, Inside())
    assert receiver.requests == []
    make.order(5)
    deliver(webhook_id, Inside())
    assert [json.loads(body)["kind"] for body in receiver.bodies] == ["order.created"]
    assert stored(webhook_id).heard_id > heard(receiver)[0]


def test_the_receiver_can_check_who_sent_it(make: Factory, receiver: Receiver) -> None:
    webhook_id = register(make, receiver)
    deliver(webhook_id, Inside())
    sent = receiver.headers()
    found = re.fullmatch(r"t=(\d+),v1=([0-9a-f]{64})", sent["shopfloor-signature"])
    assert found
    expected = hmac.new(
        secret_of("salt").encode(),
        found[1].encode() + b"." + receiver.bodies[0],
        hashlib.sha256,
    ).hexdigest()
    assert hmac.compare_digest(expected, found[2])
    assert sent["shopfloor-kind"] == "webhook.added"
    assert sent["shopfloor-event"] == str(heard(receiver)[0])
    assert sent["content-type"] == "application/json"


def test_the_secret_and_the_path_are_in_no_event_and_the_secret_in_no_table(
    make: Factory, receiver: Receiver
) -> None:
    register(make, receiver)
    secret = secret_of("salt")
    db.session.rollback()
    from shopfloor.core.db import metadata

    for table in metadata.sorted_tables:
        for row in db.session.execute(select(table)):
            assert secret not in str(row), table.name
    assert not [p for p in db.session.scalars(select(Event.payload)) if "/in" in p]


def test_what_did_not_arrive_is_tried_again_and_what_is_behind_it_waits(
    make: Factory, receiver: Receiver
) -> None:
    webhook_id = register(make, receiver, "catalogue.item_added")
    items(make, 3)
    receiver.answers = [b"HTTP/1.1 204 No Content\r\n\r\n", NO]
    deliver(webhook_id, Inside())
    first, second = heard(receiver)
    found = stored(webhook_id)
    assert (found.heard_id, found.failures) == (first, 1)
    assert found.next_at is not None
    assert due() == []
    assert deliver(webhook_id, Inside()) == 0
    soon(webhook_id)
    assert due() == [webhook_id]
    deliver(webhook_id, Inside())
    assert heard(receiver) == [first, second, second, second + 1]
    assert (stored(webhook_id).failures, stored(webhook_id).failing_since) == (0, None)
    db.session.rollback()
    rows = db.session.scalars(select(Delivery).order_by(Delivery.id)).all()
    assert [(row.status, row.problem) for row in rows] == [
        (204, None),
        (500, Failure.STATUS),
        (200, None),
        (200, None),
    ]


def test_pauses_grow_and_after_three_days_it_is_given_up(make: Factory, receiver: Receiver) -> None:
    assert list(PAUSES) == sorted(PAUSES)
    webhook_id = register(make, receiver)
    now, tries = clock.now(), 0
    end = now + timedelta(days=3, hours=7)
    while now < end and stored(webhook_id).paused_at is None:
        receiver.answers = [NO]
        with patch.object(clock, "now", return_value=now):
            tries += deliver(webhook_id, Inside())
        now = stored(webhook_id).next_at or end
    found = stored(webhook_id)
    assert found.paused_because is Paused.FAILING
    assert 15 < tries < 30
    assert due() == []
    # Somebody lets it go on: nothing was lost.
    pause_webhook(make.administrator.act(), webhook_id=webhook_id, paused=False)
    deliver(webhook_id, Inside())
    assert heard(receiver)[-2:] == [heard(receiver)[0], heard(receiver)[0] + 1]


def test_what_has_waited_can_be_skipped(make: Factory, receiver: Receiver) -> None:
    webhook_id = register(make, receiver, "catalogue.item_added")
    pause_webhook(make.administrator.act(), webhook_id=webhook_id, paused=True)
    items(make, 2)
    deliver(webhook_id, Inside())
    assert receiver.requests == []
    pause_webhook(make.administrator.act(), webhook_id=webhook_id, paused=False, skip=True)
    items(make, 1, start=2)
    deliver(webhook_id, Inside())
    assert len(receiver.requests) == 1


def test_an_event_is_sent_again_when_somebody_asks(make: Factory, receiver: Receiver) -> None:
    webhook_id = register(make, receiver, "catalogue.item_added")
    items(make, 1)
    deliver(webhook_id, Inside())
    delivery_id = db.session.scalars(select(Delivery.id)).one()
    pause_webhook(make.administrator.act(), webhook_id=webhook_id, paused=True)
    send_event_again(make.administrator.act(), webhook_id=webhook_id, delivery_id=delivery_id)
    assert due() == [webhook_id]
    deliver(webhook_id, Inside())
    assert heard(receiver) == heard(receiver)[:1] * 2
    db.session.rollback()
    assert db.session.scalar(select(func.count()).where(Delivery.tried_at.is_(None))) == 0
    assert due() == []


def test_whoever_has_left_sends_nothing_any_more(make: Factory, receiver: Receiver) -> None:
    other = make.person("administrator", "boss")
    webhook_id = add_webhook(
        other.act(),
        address=f"http://erp.example:{receiver.port}/in",
        kinds=(),
        salt="s",
        secret_digest=digest_of("s"),
    ).id
    archive_person(make.administrator.act(), person_id=other.id, archived=True)
    deliver(webhook_id, Inside())
    assert receiver.requests == []
    assert stored(webhook_id).paused_because is Paused.OWNER


def test_under_another_key_nothing_is_signed(app: Flask, make: Factory, receiver: Receiver) -> None:
    webhook_id = register(make, receiver)
    app.config["SECRET_KEY"] = "another folder"
    deliver(webhook_id, Inside())
    assert receiver.requests == []
    assert stored(webhook_id).paused_because is Paused.KEY


def test_two_hosts_do_not_deliver_the_same_webhook_at_once(
    make: Factory, receiver: Receiver
) -> None:
    webhook_id = register(make, receiver)
    with alone(f"webhook-{webhook_id}") as ours:
        assert ours
        assert deliver(webhook_id, Inside()) == 0
    assert deliver(webhook_id, Inside()) == 1


def test_nothing_goes_out_before_somebody_registers(make: Factory, receiver: Receiver) -> None:
    items(make, 2)
    assert due() == []
    webhook_id = register(make, receiver)
    deliver(webhook_id, Inside())
    assert [json.loads(body)["kind"] for body in receiver.bodies] == ["webhook.added"]


def test_without_the_network_being_allowed_nothing_is_sent(
    app: Flask, make: Factory, receiver: Receiver
) -> None:
    """Torture 64."""
    webhook_id = register(make, receiver, salt=new_id())
    deliver(webhook_id, Inside(allowed="192.168.0.0/16"))
    assert receiver.requests == []
    db.session.rollback()
    assert db.session.scalars(select(Delivery.problem)).one() is Failure.NOT_ALLOWED
