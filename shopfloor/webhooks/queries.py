"""What an administrator sees of webhooks and of their last deliveries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from shopfloor.core.events import Event
from shopfloor.core.refusals import Malformed, Sentence
from shopfloor.core.rights import Rights
from shopfloor.people.models import Person
from shopfloor.webhooks.addresses import Unreachable, allowed_networks, read_address, resolve
from shopfloor.webhooks.commands import may_edit, no_webhook
from shopfloor.webhooks.models import Delivery, Failure, Paused, Webhook

SHOWN = 50
WHY_PAUSED: dict[Paused, Sentence] = {
    Paused.BY_PERSON: _l("Somebody has paused it."),
    Paused.FAILING: _l("It did not arrive for three days, so nothing is sent any more."),
    Paused.OWNER: _l("Whoever registered it may not read events any more. Register it anew."),
    Paused.KEY: _l(
        "The key in the data folder is another one, so its secret is lost. Register it anew."
    ),
}
PROBLEMS: dict[Failure, Sentence] = {
    Failure.STATUS: _l("The receiver said no."),
    Failure.NO_NAME: _l("Its name is not known to the network."),
    Failure.NOT_ALLOWED: _l(
        "It leads into a network that is not allowed, or to a private one without TLS."
    ),
    Failure.NO_CONNECTION: _l("There was no connection."),
    Failure.NOT_TRUSTED: _l("Its certificate is not trusted."),
    Failure.TOO_SLOW: _l("It took longer than ten seconds."),
    Failure.NO_ANSWER: _l("It did not answer as a web server does."),
    Failure.TOO_LARGE: _l("The event is too large to be sent."),
}


@dataclass(frozen=True)
class Shown:
    """A webhook as its page and programs tell it."""

    webhook: Webhook
    owner: str
    delivered_at: datetime | None

    @property
    def state(self) -> str:
        """Return its state in one word."""
        if self.webhook.paused_at is not None:
            return "paused"
        return "failing" if self.webhook.failing_since is not None else "running"

    @property
    def host(self) -> str:
        """Return where it leads without the path, which may be a secret between programs."""
        return read_address(self.webhook.address).named

    @property
    def why_paused(self) -> Sentence | str:
        """Return why nothing is sent."""
        because = self.webhook.paused_because
        return WHY_PAUSED[because] if because is not None else ""


def webhooks(session: Session) -> list[Shown]:
    """Return every webhook that is in use, oldest first; one statement."""
    arrived = (
        select(func.max(Delivery.tried_at))
        .where(Delivery.webhook_id == Webhook.id, Delivery.problem.is_(None))
        .scalar_subquery()
    )
    rows = session.execute(
        select(Webhook, Person.name, arrived)
        .join(Person, Person.id == Webhook.owner_id)
        .where(Webhook.removed_at.is_(None))
        .order_by(Webhook.id)
    )
    return [Shown(*row) for row in rows]


def given_up(session: Session, rights: Rights) -> list[Shown]:
    """Return the webhooks that are paused although nobody has paused them; at most one statement.

    They are for who may do something about it: for all others there are none.
    """
    if not may_edit(rights):
        return []
    return [
        shown
        for shown in webhooks(session)
        if shown.webhook.paused_because not in (None, Paused.BY_PERSON)
    ]


def webhook(session: Session, webhook_id: int) -> Shown:
    """Return a webhook that is in use; NotFound otherwise."""
    for shown in webhooks(session):
        if shown.webhook.id == webhook_id:
            return shown
    raise no_webhook()


def deliveries(session: Session, webhook_id: int) -> Sequence[Row[Delivery, str]]:
    """Return the last deliveries with the kinds of their events, newest first; one statement."""
    return session.execute(
        select(Delivery, Event.kind)
        .join(Event, Event.id == Delivery.event_id)
        .where(Delivery.webhook_id == webhook_id)
        .order_by(Delivery.id.desc())
        .limit(SHOWN)
    ).all()


def require_reachable(address: str) -> None:
    """Refuse an address that would never be sent to; asked before a command, as it asks the net."""
    target = read_address(address)
    try:
        resolve(target, allowed_networks())
    except Unreachable as no:
        raise Malformed(
            PROBLEMS[no.problem],
            _l(
                "Public addresses need https. For your own network whoever runs the server sets "
                "SHOPFLOOR_WEBHOOK_NETWORKS."
            ),
            rule=f"address_{no.problem.value}",
            field="address",
        ) from None
