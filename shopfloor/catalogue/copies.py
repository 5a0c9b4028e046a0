"""An item as a template: copied to a new number with what goes into it and how it is made."""

from collections.abc import Sequence
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from shopfloor.catalogue import boms, loops, routings
from shopfloor.catalogue.boms import Material
from shopfloor.catalogue.contents import Contents, contents, parts
from shopfloor.catalogue.items import ItemDetails, put_item, units_of
from shopfloor.catalogue.models import BomLine, Item, RoutingOperation
from shopfloor.catalogue.revisions import locked_item
from shopfloor.catalogue.routings import Step, routing_on
from shopfloor.core.commands import Gate, Tx, command
from shopfloor.core.events import EventKind, Where
from shopfloor.core.refusals import Refused
from shopfloor.core.subjects import Made, Subject

ITEM_COPIED = EventKind(
    "catalogue.item_copied",
    _l("Item copied"),
    no_inverse_because="a copy that is not wanted is archived instead",
)


@command(Gate.NONE, "the catalogue describes; it touches no lot")
def copy_item(tx: Tx, *, item_id: int, number: str, names: dict[str, str], day: date) -> Made:
    """Copy an item with the BOM and the routing that hold on a day to a new number.

    What tells it apart outside is not copied: GTIN, other number, cost and piece rates.
    """
    tx.act.rights.require("catalogue.edit")
    loops.write_alone(tx.session)
    item = locked_item(tx, item_id)
    part = parts(tx.session, [item.id])[item.id]
    details = ItemDetails(
        tracking=item.tracking,
        shelf_life_days=item.shelf_life_days,
        synonyms=item.synonyms,
        units=units_of(tx.session, item.id),
        consent_required=item.consent_required,
        category=item.category,
    )
    made, changes = put_item(tx, number, names, item.unit, item.decimals, details)
    copy = tx.session.get_one(Item, made.id)
    copy.features = item.features
    materials = _materials(tx, contents(tx.session, [part], day)[part.id])
    if materials:
        boms.put(tx, copy, materials)
    routing = routing_on(tx.session, item, day)
    if routing is not None:
        routings.put(tx, copy, [_step(step) for step in routing.operations])
    source = tx.session.get_one(Subject, item.id)
    tx.record(
        ITEM_COPIED,
        Where(),
        {"number": made.number, "from": source.number},
        about=[made.id, item.id],
        changes=changes,
    )
    return made


def _materials(tx: Tx, found: Contents) -> Sequence[Material]:
    """Return the lines of a BOM: as written, or resolved where a variant takes its model's."""
    if not found.of_model:
        lines = tx.session.scalars(
            select(BomLine).where(BomLine.bom_id == found.bom_id).order_by(BomLine.position)
        )
        return [
            Material(
                line.item_id,
                line.quantity,
                line.unit,
                line.valid_from,
                line.valid_to,
                line.only_for,
            )
            for line in lines
        ]
    if found.unresolved:
        raise Refused(
            _l("Line %(line)s of its BOM is not resolved.", line=found.unresolved[0].position),
            _l("Complete the variants or the BOM of the model first."),
            rule="unresolved_line",
        )
    return [Material(need.part.id, need.quantity, need.unit) for need in found.needs if need.part]


def _step(step: RoutingOperation) -> Step:
    return Step(
        step.sequence,
        step.names,
        step.station_id,
        step.inspect,
        step.tolerance_percent,
        step.skill_id,
        step.serialise,
        step.confirm_count,
    )
