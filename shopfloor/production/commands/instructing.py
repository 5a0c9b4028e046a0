"""Letting orders that are released already use a new work instruction."""

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select

from shopfloor.catalogue.instruction_models import Instruction
from shopfloor.catalogue.instruction_reads import unknown
from shopfloor.catalogue.models import Item
from shopfloor.core import subjects
from shopfloor.core.commands import Gate, Tx, command
from shopfloor.core.events import Change, EventKind, Where
from shopfloor.core.refusals import Refused
from shopfloor.production.models import Operation, OrderState, WorkOrder

TAKEN = EventKind(
    "instruction.taken",
    _l("New instruction on running orders"),
    no_inverse_because="the next revision replaces it in the same way",
)
RUNNING = (OrderState.RELEASED, OrderState.FINISHED)


@dataclass(frozen=True)
class Instructed:
    """How many operations of running orders show the new revision now."""

    event_id: int
    operations: int


@command(Gate.NONE, "what people read at an operation touches no material")
def use_new_instruction(tx: Tx, *, instruction_id: int, orders: tuple[int, ...]) -> Instructed:
    """Let the same operation of orders that are released already show this revision.

    Whoever works there confirms it before his next report; what was reported stays as it is.
    """
    instruction = tx.session.get(Instruction, instruction_id)
    if instruction is None or instruction.published_at is None:
        raise unknown()
    subjects.lock_all(tx.session, orders)
    found = tx.session.execute(
        select(Operation, WorkOrder.site_id)
        .join(WorkOrder, WorkOrder.id == Operation.order_id)
        .join(Item, Item.id == WorkOrder.item_id)
        .where(
            WorkOrder.id.in_(orders),
            or_(Item.id == instruction.item_id, Item.model_id == instruction.item_id),
            WorkOrder.state.in_(RUNNING),
            Operation.sequence == instruction.sequence,
        )
        .order_by(Operation.id)
    ).all()
    for _operation, site_id in found:
        tx.act.rights.require("order.plan", site_id)
    changed = [each for each, _site in found if each.instruction_id != instruction.id]
    if not changed:
        raise Refused(
            _l("None of these orders can take this instruction."),
            _l("Choose orders that run, and do not show it yet."),
            rule="nothing_changes",
            field="orders",
        )
    changes = []
    for operation in changed:
        before, operation.instruction_id = operation.instruction_id, instruction.id
        changes.append(Change(operation.id, "instruction", before, instruction.id))
    tx.session.flush()
    event = tx.record(
        TAKEN,
        Where(site_id=found[0][1]),
        {"revision": str(instruction.revision), "operations": str(len(changed))},
        about=[
            instruction.id,
            *(each.order_id for each in changed),
            *(each.id for each in changed),
        ],
        changes=changes,
    )
    return Instructed(event.id, len(changed))
