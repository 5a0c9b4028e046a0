"""What an administrator does to webhooks: register, change, pause, remove, have sent again."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from shopfloor.core import clock, events
from shopfloor.core.commands import Gate, Tx, command
from shopfloor.core.editing import Overtaken
from shopfloor.core.events import Event, EventKind, Where
from shopfloor.core.refusals import Malformed, NotFound
from shopfloor.core.rights import EVERYWHERE, Rights
from shopfloor.webhooks.addresses import read_address
from shopfloor.webhooks.models import Delivery, Paused, Webhook

ADDED = EventKind(
    "webhook.added", _l("Webhook registered"), no_inverse_because="it is removed instead"
)
CHANGED = EventKind(
    "webhook.changed", _l("Webhook changed"), no_inverse_because="it is changed back"
)
PAUSED = EventKind("webhook.paused", _l("Webhook paused"), no_inverse_because="it goes on instead")
RESUMED = EventKind(
    "webhook.resumed", _l("Webhook goes on"), no_inverse_because="it is paused instead"
)
REMOVED = EventKind(
    "webhook.removed", _l("Webhook removed"), no_inverse_because="it is registered anew"
)
ASKED_AGAIN = EventKind(
    "webhook.asked_again",
    _l("Event to be sent again"),
    no_inverse_because="what is sent cannot be taken back",
)
_BECAUSE = "it tells other programs what has happened; no lot is touched"
EDIT, READ = "plant.edit", "events.read"


@dataclass(frozen=True)
class Registered:
    """A webhook; its secret is no part of any answer that is kept."""

    id: int
    address: str


def require_right(rights: Rights) -> None:
    """Refuse whoever may not both set up the factory and read all its events."""
    for verb in (EDIT, READ):
        rights.require(verb, EVERYWHERE)


def may_edit(rights: Rights) -> bool:
    """Say whether somebody may both set up the factory and read all its events."""
    return all(rights.scopes(verb) is None for verb in (EDIT, READ))


@command(Gate.NONE, _BECAUSE)
def add_webhook(
    tx: Tx, *, address: str, kinds: tuple[str, ...], salt: str, secret_digest: str
) -> Registered:
    """Register an address for events of some kinds, or of all; what is past is not sent."""
    require_right(tx.act.rights)
    target = read_address(address)
    if tx.act.actor_id is None:
        raise no_webhook()
    # The number of the last event is asked below our own, which is written afterwards.
    last = tx.session.scalar(select(func.max(Event.id))) or 0
    webhook = Webhook(
        owner_id=tx.act.actor_id,
        address=address,
        kinds=_known(kinds),
        salt=salt,
        secret_digest=secret_digest,
        added_at=clock.now(),
        heard_id=last,
    )
    tx.session.add(webhook)
    tx.session.flush()
    tx.record(
        ADDED,
        Where(),
        {"webhook": webhook.id, "host": target.named, "kinds": webhook.kinds},
        about=[tx.act.actor_id],
    )
    return Registered(webhook.id, address)


@command(Gate.NONE, _BECAUSE)
def change_webhook(
    tx: Tx, *, webhook_id: int, version: int, address: str, kinds: tuple[str, ...]
) -> Registered:
    """Send to another address or other kinds of events; the secret stays."""
    webhook = _webhook(tx, webhook_id)
    if webhook.version != version:
        raise Overtaken(webhook.version, {"address": webhook.address})
    target = read_address(address)
    webhook.address, webhook.kinds = address, _known(kinds)
    webhook.version += 1
    _try_at_once(webhook)
    tx.record(
        CHANGED,
        Where(),
        {"webhook": webhook.id, "host": target.named, "kinds": webhook.kinds},
        about=[webhook.owner_id],
    )
    return Registered(webhook.id, address)


@command(Gate.NONE, _BECAUSE)
def pause_webhook(tx: Tx, *, webhook_id: int, paused: bool, skip: bool = False) -> Registered:
    """Send nothing for a while, or go on: with what has waited, or with what happens from now."""
    webhook = _webhook(tx, webhook_id)
    webhook.paused_at = clock.now() if paused else None
    webhook.paused_because = Paused.BY_PERSON if paused else None
    _try_at_once(webhook)
    if skip:
        webhook.heard_id = tx.session.scalar(select(func.max(Event.id))) or 0
    tx.record(
        PAUSED if paused else RESUMED,
        Where(),
        {"webhook": webhook.id, "skipped": skip},
        about=[webhook.owner_id],
    )
    return Registered(webhook.id, webhook.address)


@command(Gate.NONE, _BECAUSE)
def remove_webhook(tx: Tx, *, webhook_id: int) -> Registered:
    """Send nothing there any more; what was delivered stays on record."""
    webhook = _webhook(tx, webhook_id)
    webhook.removed_at = clock.now()
    tx.record(REMOVED, Where(), {"webhook": webhook.id}, about=[webhook.owner_id])
    return Registered(webhook.id, webhook.address)


@command(Gate.NONE, _BECAUSE)
def send_event_again(tx: Tx, *, webhook_id: int, delivery_id: int) -> Registered:
    """Have the event of an earlier delivery sent once more, out of its order."""
    webhook = _webhook(tx, webhook_id)
    earlier = tx.session.get(Delivery, delivery_id)
    if earlier is None or earlier.webhook_id != webhook.id:
        raise no_webhook()
    tx.session.add(Delivery(webhook_id=webhook.id, event_id=earlier.event_id, again=True))
    tx.record(
        ASKED_AGAIN,
        Where(),
        {"webhook": webhook.id, "event": earlier.event_id},
        about=[webhook.owner_id],
    )
    return Registered(webhook.id, webhook.address)


def no_webhook() -> NotFound:
    """Return the refusal for a webhook that is not there, or not there for this person."""
    return NotFound(
        _l("There is no such webhook."), _l("It may have been removed."), rule="no_webhook"
    )


def _webhook(tx: Tx, webhook_id: int) -> Webhook:
    require_right(tx.act.rights)
    webhook = tx.session.scalar(select(Webhook).where(Webhook.id == webhook_id).with_for_update())
    if webhook is None or webhook.removed_at is not None:
        raise no_webhook()
    return webhook


def _try_at_once(webhook: Webhook) -> None:
    webhook.failures, webhook.failing_since, webhook.next_at = 0, None, None


def _known(kinds: Iterable[str]) -> list[str]:
    for kind in kinds:
        if kind not in events.KINDS:
            raise Malformed(
                _l("There is no kind of event “%(kind)s”.", kind=kind[:60]),
                _l("Take the kinds from the list."),
                rule="unknown_kind",
                field="kinds",
            )
    return sorted(set(kinds))
