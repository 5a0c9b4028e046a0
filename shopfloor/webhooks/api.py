"""Webhooks for programs: an ERP registers its own address and reads how deliveries went."""

from datetime import datetime
from typing import Annotated, Self

from flask import Blueprint
from pydantic import ConfigDict, Field, JsonValue

from shopfloor.core.api import call
from shopfloor.core.api_fields import Body, Id, Told, Yes
from shopfloor.core.db import db
from shopfloor.people.access import requires, viewer
from shopfloor.people.programs import doing
from shopfloor.webhooks import queries
from shopfloor.webhooks.commands import (
    EDIT,
    Registered,
    add_webhook,
    change_webhook,
    pause_webhook,
    remove_webhook,
    require_right,
    send_event_again,
)
from shopfloor.webhooks.models import Delivery, Failure
from shopfloor.webhooks.queries import Shown
from shopfloor.webhooks.signing import digest_of, secret_of

bp = Blueprint("webhooks_api", __name__)
Kinds = Annotated[list[Annotated[str, Field(max_length=60)]], Field(max_length=500)]
_EXAMPLE: dict[str, JsonValue] = {
    "address": "https://erp.example/shopfloor",
    "kinds": ["work.reported", "inspection.recorded"],
}


class NewWebhook(Body):
    """Where to, and which kinds of events; no kinds are all kinds."""

    address: Annotated[str, Field(min_length=1, max_length=2000)]
    kinds: Kinds = Field(default_factory=list)

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})


class ChangedWebhook(NewWebhook):
    """A webhook as it shall be; `version` is the one that was read."""

    version: Id

    model_config = ConfigDict(json_schema_extra={"examples": [{**_EXAMPLE, "version": 1}]})


class PausedWebhook(Body):
    """Whether to send nothing for a while; `skip` leaves out what has waited until now."""

    paused: Yes
    skip: Yes = False

    model_config = ConfigDict(json_schema_extra={"examples": [{"paused": False, "skip": True}]})


class Nothing(Body):
    """A call that needs no body."""


class RegisteredTold(Told):
    """A webhook that was registered or changed."""

    id: int
    address: str

    @classmethod
    def of(cls, made: Registered) -> Self:
        """Tell it without its secret."""
        return cls(id=made.id, address=made.address)


class RegisteredWithSecret(RegisteredTold):
    """A new webhook; its secret is told this once."""

    secret: str = ""


class WebhookTold(Told):
    """A webhook and how it goes; `state` is running, failing or paused."""

    id: int
    address: str
    kinds: list[str]
    version: int
    owner: str
    state: str
    said: str
    added_at: datetime
    delivered_at: datetime | None
    failing_since: datetime | None
    next_at: datetime | None

    @classmethod
    def of(cls, shown: Shown) -> Self:
        """Tell a webhook as its page does."""
        row = shown.webhook
        return cls(
            id=row.id,
            address=row.address,
            kinds=row.kinds,
            version=row.version,
            owner=shown.owner,
            state=shown.state,
            said=str(shown.why_paused),
            added_at=row.added_at,
            delivered_at=shown.delivered_at,
            failing_since=row.failing_since,
            next_at=row.next_at,
        )


class WebhooksTold(Told):
    """Every webhook in use."""

    entries: list[WebhookTold]


class DeliveryTold(Told):
    """One attempt; without a problem the event has arrived, without `tried_at` it waits."""

    id: int
    event: int
    kind: str
    again: bool
    tried_at: datetime | None
    milliseconds: int
    status: int | None
    problem: Failure | None

    @classmethod
    def of(cls, row: Delivery, kind: str) -> Self:
        """Tell one attempt."""
        return cls(
            id=row.id,
            event=row.event_id,
            kind=kind,
            again=row.again,
            tried_at=row.tried_at,
            milliseconds=row.milliseconds,
            status=row.status,
            problem=row.problem,
        )


class DeliveriesTold(Told):
    """The last deliveries, newest first."""

    entries: list[DeliveryTold]


@bp.post("/webhooks")
@requires(EDIT)
@call(takes=NewWebhook, gives=RegisteredWithSecret, status=201)
def new_webhook(body: NewWebhook) -> RegisteredWithSecret:
    """Register an address for events; needs the right to read events everywhere as well."""
    act = doing()
    require_right(act.rights)
    queries.require_reachable(body.address)
    made = add_webhook(
        act,
        address=body.address,
        kinds=tuple(body.kinds),
        salt=act.id,
        secret_digest=digest_of(act.id),
    )
    return RegisteredWithSecret(id=made.id, address=made.address, secret=secret_of(act.id))


@bp.get("/webhooks")
@requires(EDIT)
@call(gives=WebhooksTold)
def webhooks() -> WebhooksTold:
    """List the webhooks in use, oldest first."""
    require_right(viewer().rights)
    return WebhooksTold(entries=[WebhookTold.of(row) for row in queries.webhooks(db.session())])


@bp.get("/webhooks/<int:webhook_id>")
@requires(EDIT)
@call(gives=WebhookTold)
def webhook(webhook_id: int) -> WebhookTold:
    """Show a webhook."""
    require_right(viewer().rights)
    return WebhookTold.of(queries.webhook(db.session(), webhook_id))


@bp.patch("/webhooks/<int:webhook_id>")
@requires(EDIT)
@call(takes=ChangedWebhook, gives=RegisteredTold)
def change(webhook_id: int, body: ChangedWebhook) -> RegisteredTold:
    """Send to another address or other kinds of events."""
    act = doing()
    require_right(act.rights)
    queries.require_reachable(body.address)
    changed = change_webhook(
        act,
        webhook_id=webhook_id,
        version=body.version,
        address=body.address,
        kinds=tuple(body.kinds),
    )
    return RegisteredTold.of(changed)


@bp.post("/webhooks/<int:webhook_id>/pause")
@requires(EDIT)
@call(takes=PausedWebhook, gives=RegisteredTold)
def pause(webhook_id: int, body: PausedWebhook) -> RegisteredTold:
    """Send nothing for a while, or go on."""
    paused = pause_webhook(doing(), webhook_id=webhook_id, paused=body.paused, skip=body.skip)
    return RegisteredTold.of(paused)


@bp.post("/webhooks/<int:webhook_id>/remove")
@requires(EDIT)
@call(takes=Nothing, gives=RegisteredTold)
def remove(webhook_id: int, body: Nothing) -> RegisteredTold:
    """Send nothing there any more."""
    return RegisteredTold.of(remove_webhook(doing(), webhook_id=webhook_id))


@bp.get("/webhooks/<int:webhook_id>/deliveries")
@requires(EDIT)
@call(gives=DeliveriesTold)
def deliveries(webhook_id: int) -> DeliveriesTold:
    """List the last deliveries of a webhook, newest first."""
    require_right(viewer().rights)
    queries.webhook(db.session(), webhook_id)
    return DeliveriesTold(
        entries=[
            DeliveryTold.of(row, kind) for row, kind in queries.deliveries(db.session(), webhook_id)
        ]
    )


@bp.post("/webhooks/<int:webhook_id>/deliveries/<int:delivery_id>/again")
@requires(EDIT)
@call(takes=Nothing, gives=RegisteredTold)
def again(webhook_id: int, delivery_id: int, body: Nothing) -> RegisteredTold:
    """Have an event sent once more."""
    return RegisteredTold.of(
        send_event_again(doing(), webhook_id=webhook_id, delivery_id=delivery_id)
    )
