"""What a released order copies from the catalogue, so that later revisions leave it alone."""

import math
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from fractions import Fraction

from flask_babel import lazy_gettext as _l
from sqlalchemy import case, select
from sqlalchemy.orm import Session

from shopfloor.catalogue.contents import Contents, Need
from shopfloor.catalogue.instruction_models import Instruction
from shopfloor.catalogue.models import Item, Routing
from shopfloor.core import subjects
from shopfloor.core.commands import Tx
from shopfloor.core.refusals import Refused
from shopfloor.core.subjects import Made, Subject
from shopfloor.core.types import plain
from shopfloor.plant.models import PLACE, Place, PlaceKind
from shopfloor.production.models import (
    OPERATION,
    LotOperation,
    Operation,
    OrderMaterial,
    WorkOrder,
)

# A quantity is kept exactly to a millionth.
_STEPS, _MOST = 10**6, 10**12
Asks = Callable[[Session, int, Sequence[int]], Iterable[int]]
_ASKS: list[Asks] = []
_WATCHES: list[Callable[[Session, int], Iterable[int]]] = []


def register(asks: Asks, watches: Callable[[Session, int], Iterable[int]]) -> None:
    """Take from the room of quality after which operations of an item a plan asks for more.

    `watches` names the operations of which it wants to hear every start and report.
    """
    _ASKS[:], _WATCHES[:] = [asks], [watches]


def wip_place(tx: Tx, order: WorkOrder, subject: Subject) -> int:
    """Make the place where the order's pieces are while they are worked on."""
    place = subjects.create(tx.session, PLACE, None, order.site_id)
    names = {"en": f"WIP of {subject.number}", "zh": f"{subject.number} 在制"}
    tx.session.add(Place(id=place.id, site_id=order.site_id, kind=PlaceKind.WIP, names=names))
    tx.session.flush()
    return place.id


def copy_materials(tx: Tx, order: WorkOrder, made_of: Contents) -> None:
    """Copy what the whole order needs of each material, in the material's own unit.

    Refuses while nobody knows which material goes in: an unresolved line blocks the release.
    """
    for unresolved in made_of.unresolved:
        raise _unresolved(made_of.item.number, unresolved)
    # A need finer than we can keep is rounded up: nobody runs short of a millionth.
    needs = [(need, _rounded_up(need.each * Fraction(order.quantity))) for need in made_of.needs]
    if any(much > _MOST for _need, much in needs):
        raise Refused(
            _l("This order would need more of a material than anybody can count."),
            _l("Check the quantities in the BOM and in the order."),
            rule="too_much_material",
        )
    tx.session.add_all(
        OrderMaterial(
            order_id=order.id, position=need.position, item_id=need.part.id, quantity=much
        )
        for need, much in needs
        if need.part is not None
    )


def _unresolved(item: str, line: Need) -> Refused:
    return Refused(
        _l(
            "Line %(line)s of the BOM of %(item)s cannot be filled: %(part)s. %(why)s",
            line=line.position,
            item=item,
            part=line.named.number,
            why=line.why,
        ),
        _l("Complete the variants or the BOM, then release the order."),
        rule="unresolved_line",
    )


def _rounded_up(need: Fraction) -> Decimal:
    return plain(Decimal(math.ceil(need * _STEPS)) / _STEPS)


def copy_operations(
    tx: Tx, order: WorkOrder, subject: Subject, routing: Routing, lot: Made
) -> list[Operation]:
    """Copy the operations, and let the whole lot stand before the first of them."""
    instructions = _instructions(tx, order.item_id)
    sequences = [step.sequence for step in routing.operations]
    asked = {each for asks in _ASKS for each in asks(tx.session, order.item_id, sequences)}
    watched = {each for watches in _WATCHES for each in watches(tx.session, order.item_id)}
    operations = []
    for step in routing.operations:
        number = f"{subject.number}/{step.sequence}"
        made = subjects.create(tx.session, OPERATION, number, order.site_id)
        operations.append(
            Operation(
                id=made.id,
                order_id=order.id,
                sequence=step.sequence,
                names=step.names,
                station_id=step.station_id,
                inspect=step.inspect or step.sequence in asked,
                watched=step.sequence in watched,
                tolerance_percent=step.tolerance_percent,
                skill_id=step.skill_id,
                serialise=step.serialise,
                confirm_count=step.confirm_count,
                instruction_id=instructions.get(step.sequence),
            )
        )
    tx.session.add_all(operations)
    tx.session.flush()
    tx.session.add_all(_progress(order, lot, operations))
    tx.session.flush()
    return operations


def _instructions(tx: Tx, item_id: int) -> dict[int, int]:
    """Return the newest published instruction of each operation; one statement."""
    # A variant is made as its model is, unless it has an instruction of its own.
    whose = select(Item.id, Item.model_id).where(Item.id == item_id).subquery()
    own = Instruction.item_id == whose.c.id
    found = tx.session.execute(
        select(Instruction.sequence, Instruction.id)
        .join(whose, own | (Instruction.item_id == whose.c.model_id))
        .where(Instruction.published_at.is_not(None))
        .order_by(case((own, 1), else_=0), Instruction.revision)
    )
    return {row.sequence: row.id for row in found}


def _progress(order: WorkOrder, lot: Made, operations: list[Operation]) -> list[LotOperation]:
    return [
        LotOperation(
            lot_id=lot.id,
            operation_id=operation.id,
            pass_=1,
            inspect=operation.inspect,
            came=order.quantity if n == 0 else Decimal(0),
        )
        for n, operation in enumerate(operations)
    ]
