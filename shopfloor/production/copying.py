"""What a released order copies from the catalogue, so that later revisions leave it alone."""

from decimal import ROUND_UP, Context, Decimal

from flask_babel import lazy_gettext as _l

from shopfloor.catalogue.models import Bom, BomLine, Routing
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

_FINEST, _MOST = Decimal("0.000001"), Decimal(10) ** 12


def wip_place(tx: Tx, order: WorkOrder, subject: Subject) -> int:
    """Make the place where the order's pieces are while they are worked on."""
    place = subjects.create(tx.session, PLACE, None, order.site_id)
    names = {"en": f"WIP of {subject.number}", "zh": f"{subject.number} 在制"}
    tx.session.add(Place(id=place.id, site_id=order.site_id, kind=PlaceKind.WIP, names=names))
    tx.session.flush()
    return place.id


def copy_materials(tx: Tx, order: WorkOrder, bom: Bom | None) -> None:
    """Copy what the whole order needs of each material."""
    needs = [
        # A need finer than we can keep is rounded up: nobody runs short of a millionth.
        (line, _need(line, order))
        for line in (bom.lines if bom else [])
    ]
    if any(need > _MOST for _line, need in needs):
        raise Refused(
            _l("This order would need more of a material than anybody can count."),
            _l("Check the quantities in the BOM and in the order."),
            rule="too_much_material",
        )
    tx.session.add_all(
        OrderMaterial(
            order_id=order.id, position=line.position, item_id=line.item_id, quantity=plain(need)
        )
        for line, need in needs
    )


def _need(line: BomLine, order: WorkOrder) -> Decimal:
    return (line.quantity * order.quantity).quantize(_FINEST, ROUND_UP, Context(prec=40))


def copy_operations(
    tx: Tx, order: WorkOrder, subject: Subject, routing: Routing, lot: Made
) -> list[Operation]:
    """Copy the operations, and let the whole lot stand before the first of them."""
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
                inspect=step.inspect,
                tolerance_percent=step.tolerance_percent,
            )
        )
    tx.session.add_all(operations)
    tx.session.flush()
    tx.session.add_all(_progress(order, lot, operations))
    tx.session.flush()
    return operations


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
