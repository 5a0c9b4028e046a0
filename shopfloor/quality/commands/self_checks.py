"""The operator's own check of a first article, before the inspector is called."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l

from shopfloor.configure.models import FieldKind
from shopfloor.core.commands import Gate, Tx, command
from shopfloor.core.events import EventKind
from shopfloor.holds import gate
from shopfloor.people.models import Person
from shopfloor.production import work
from shopfloor.production.commands.jobs import require_open
from shopfloor.quality import due_refusals as refusals
from shopfloor.quality.asked import first_article

SELF_CHECKED = EventKind(
    "inspection.self_checked",
    _l("First article checked"),
    no_inverse_because="the inspector looks at it next; what he finds is his verdict",
)


@dataclass(frozen=True)
class SelfChecked:
    """A first article that its operator has checked: it waits for the inspector now."""

    event_id: int
    check_id: int
    lot: str
    lot_code: str
    operation: int
    checked_at: datetime


@command(Gate.JUDGE, "looking at a piece of a held lot moves nothing")
def check_first_article(
    tx: Tx, *, lot: str, operation: int, ticked: tuple[str, ...]
) -> SelfChecked:
    """Say that one has checked every characteristic of the first article oneself.

    `ticked` are the keys of all characteristics. Name and time are kept; the inspector confirms.
    """
    gate.enter(tx)
    lot_work = work.load(tx.session, work.lock_family(tx.session, lot))
    stop = lot_work.stop(operation)
    tx.act.rights.require("work.report", *lot_work.scopes(stop))
    require_open(lot_work)
    gate.ask(tx, lot_work.held_by(stop))
    check = first_article(tx.session, stop.operation.id)
    if check is None:
        raise refusals.nothing_to_check()
    if check.self_checked_by_id is not None:
        raise refusals.checked_already(tx.session.get_one(Person, check.self_checked_by_id).name)
    fields = check.revision.form.fields
    asked = {each.key for each in fields if each.kind is not FieldKind.COMPUTED}
    if asked - set(ticked):
        raise refusals.not_all_ticked()
    event = tx.record(
        SELF_CHECKED,
        work.where(tx, lot_work, stop)[0],
        {
            "check": str(check.id),
            "lot": str(lot_work.lot.id),
            "operation": str(stop.operation.id),
        },
        about=[lot_work.lot.id, lot_work.order.id, stop.operation.id],
    )
    check.self_checked_by_id, check.self_checked_at = tx.act.actor_id, tx.act.when.at
    return SelfChecked(
        event.id,
        check.id,
        lot_work.subject.number or "",
        lot_work.subject.code,
        stop.operation.sequence,
        tx.act.when.at,
    )
