"""Delivering the events of one webhook: in order, each at least once, none skipped."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from shopfloor.core import clock
from shopfloor.core.alone import alone
from shopfloor.core.db import db, transaction
from shopfloor.core.events import Event
from shopfloor.core.rights import Rights
from shopfloor.core.stream import read_on
from shopfloor.core.subjects import Subject
from shopfloor.people.looks import keep_now
from shopfloor.people.viewer import Viewer, rights_of
from shopfloor.records.reach import READ, readable
from shopfloor.records.told import note_people, told_events
from shopfloor.webhooks.addresses import allowed_networks, read_address
from shopfloor.webhooks.models import Delivery, Paused, Webhook
from shopfloor.webhooks.sending import Sender, Sent
from shopfloor.webhooks.signing import HEADER, digest_of, secret_of, signature

# After each failure in a row; the last one again and again, for three days in all.
PAUSES = tuple(timedelta(seconds=s) for s in (5, 15, 60, 300, 900, 3600, 3 * 3600, 6 * 3600))
GIVES_UP_AFTER = timedelta(days=3)
KEPT = 200
_AT_ONCE = 100
_LONGEST_TURN = 30.0  # seconds, so that no webhook keeps a thread for itself


@dataclass(frozen=True)
class Letter:
    """One event, ready to be sent: plain values, because each result ends the session's read."""

    event_id: int
    kind: str
    body: bytes


def deliver(webhook_id: int, sender: Sender | None = None) -> int:
    """Send what waits for a webhook, and return how many deliveries were tried.

    Only one process does it at a time, on whatever host. A crash between an answer and its note
    sends that event again: the receiver tells it by its id.
    """
    with alone(f"webhook-{webhook_id}") as ours:
        if not ours:
            return 0
        return _turn(webhook_id, sender or Sender(allowed_networks()))


def _turn(webhook_id: int, sender: Sender) -> int:
    tried, until = 0, time.monotonic() + _LONGEST_TURN
    while time.monotonic() < until:
        webhook = _read(webhook_id)
        if webhook is None or webhook.removed_at is not None:
            break
        owner = _owner(db.session(), webhook)
        if why := _barred(webhook, owner):
            _pause(webhook, why)
            break
        asked = _asked_again(webhook)
        if asked is not None:
            sent = _send(webhook, _letters(owner, [asked[1]])[0], sender)
            _note_again(asked[0], sent)
            tried += 1
            continue
        if webhook.paused_at is not None or (webhook.next_at and webhook.next_at > clock.now()):
            break
        done, more = _go_on(webhook, owner, sender, until)
        tried += done
        if not more:
            break
    return tried


def _read(webhook_id: int) -> Webhook | None:
    db.session.rollback()
    return db.session.get(Webhook, webhook_id, populate_existing=True)


def _owner(session: Session, webhook: Webhook) -> Viewer:
    """Return the person with whose rights events are read, as they are now."""
    subject = session.get_one(Subject, webhook.owner_id, populate_existing=True)
    rights = Rights() if subject.archived_at else rights_of(session, webhook.owner_id)
    return Viewer(webhook.owner_id, "", "en", 0, "UTC", None, None, rights)


def _barred(webhook: Webhook, owner: Viewer) -> Paused | None:
    if not owner.rights.has(READ):
        return Paused.OWNER
    if digest_of(webhook.salt) != webhook.secret_digest:
        # Another key than the one under which it was registered: no signature would be right.
        return Paused.KEY
    return None


def _asked_again(webhook: Webhook) -> tuple[int, Event] | None:
    row = db.session.execute(
        select(Delivery.id, Event)
        .join(Event, Event.id == Delivery.event_id)
        .where(Delivery.webhook_id == webhook.id, Delivery.tried_at.is_(None))
        .order_by(Delivery.id)
        .limit(1)
    ).one_or_none()
    return None if row is None else (row[0], row[1])


def _go_on(webhook: Webhook, owner: Viewer, sender: Sender, until: float) -> tuple[int, bool]:
    """Send the next events; say how many were tried and whether to go on at once."""
    found = read_on(db.session(), webhook.heard_id, _AT_ONCE, readable(owner.rights))
    wanted = [event for event in found if not webhook.kinds or event.kind in webhook.kinds]
    last, full = found[-1].id if found else webhook.heard_id, len(found) == _AT_ONCE
    tried = 0
    for letter in _letters(owner, wanted):
        sent = _send(webhook, letter, sender)
        tried += 1
        if not _note(webhook.id, letter, sent):
            return tried, False
        if time.monotonic() > until:
            return tried, True
    # What nobody wants is noted only now and then: a busy floor would be a write each second.
    if full or wanted:
        _heard(webhook.id, last)
    return tried, full


def _letters(owner: Viewer, events: Sequence[Event]) -> list[Letter]:
    if not events:
        return []
    told = told_events(db.session(), events)
    note_people(owner, events, told)
    keep_now()
    return [Letter(e.id, e.kind, e.model_dump_json(by_alias=True).encode()) for e in told]


def _send(webhook: Webhook, letter: Letter, sender: Sender) -> Sent:
    # No transaction is open while the receiver takes his time: the stream would wait for us.
    db.session.rollback()
    stamp = int(clock.now().timestamp())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Shopfloor",
        "Shopfloor-Event": str(letter.event_id),
        "Shopfloor-Kind": letter.kind,
        HEADER: signature(secret_of(webhook.salt), stamp, letter.body),
    }
    return sender.send(read_address(webhook.address), headers, letter.body)


def _note(webhook_id: int, letter: Letter, sent: Sent) -> bool:
    """Keep how a delivery went and when the next is tried; say whether it has arrived."""
    now, arrived = clock.now(), sent.problem is None
    with transaction() as session:
        webhook = session.get_one(Webhook, webhook_id, with_for_update=True)
        session.add(Delivery(webhook_id=webhook_id, event_id=letter.event_id, **_result(now, sent)))
        if arrived:
            webhook.heard_id = max(webhook.heard_id, letter.event_id)
            webhook.failures, webhook.failing_since, webhook.next_at = 0, None, None
        else:
            _put_off(webhook, now)
        session.flush()
        _forget(session, webhook_id)
    return arrived


def _put_off(webhook: Webhook, now: datetime) -> None:
    webhook.failing_since = webhook.failing_since or now
    webhook.next_at = now + PAUSES[min(webhook.failures, len(PAUSES) - 1)]
    webhook.failures += 1
    if now - webhook.failing_since >= GIVES_UP_AFTER and webhook.paused_at is None:
        webhook.paused_at, webhook.paused_because = now, Paused.FAILING


def _note_again(delivery_id: int, sent: Sent) -> None:
    with transaction() as session:
        delivery = session.get_one(Delivery, delivery_id)
        for name, value in _result(clock.now(), sent).items():
            setattr(delivery, name, value)


def _heard(webhook_id: int, event_id: int) -> None:
    with transaction() as session:
        webhook = session.get_one(Webhook, webhook_id, with_for_update=True)
        webhook.heard_id = max(webhook.heard_id, event_id)


def _pause(webhook: Webhook, why: Paused) -> None:
    if webhook.paused_at is None:
        with transaction() as session:
            found = session.get_one(Webhook, webhook.id, with_for_update=True)
            found.paused_at, found.paused_because = clock.now(), why


def _result(now: datetime, sent: Sent) -> dict[str, object]:
    return {
        "tried_at": now,
        "milliseconds": sent.milliseconds,
        "status": sent.status,
        "problem": sent.problem,
    }


def _forget(session: Session, webhook_id: int) -> None:
    """Keep the last deliveries only."""
    oldest = (
        select(Delivery.id)
        .where(Delivery.webhook_id == webhook_id)
        .order_by(Delivery.id.desc())
        .offset(KEPT)
        .limit(1)
        .scalar_subquery()
    )
    session.execute(
        delete(Delivery).where(
            Delivery.webhook_id == webhook_id,
            Delivery.id <= oldest,
            Delivery.tried_at.is_not(None),
        )
    )
