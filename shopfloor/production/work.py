"""Locks and loads a lot with its order and how far it is at each operation."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Row, bindparam, select
from sqlalchemy.orm import Session, aliased

from shopfloor.catalogue.instruction_models import InstructionRead
from shopfloor.catalogue.models import Item
from shopfloor.core.commands import Tx
from shopfloor.core.db import rows
from shopfloor.core.events import Where
from shopfloor.core.refusals import NotFound
from shopfloor.core.subjects import Subject, read_reference
from shopfloor.core.types import Id
from shopfloor.people.models import PersonSkill
from shopfloor.plant.models import PlaceKind, Station
from shopfloor.plant.shifts import Turn, turn_of
from shopfloor.production.ability import Ability
from shopfloor.production.models import LotOperation, Operation, WorkOrder
from shopfloor.production.way import (
    ItemFacts,
    Label,
    LotFacts,
    OperationFacts,
    OrderFacts,
    Pass,
    StationFacts,
    Stop,
    Work,
)
from shopfloor.stock.ledger import Spot
from shopfloor.stock.models import LOT, Lot

_LOT, _ORDER = aliased(Subject, name="lot_subject"), aliased(Subject, name="order_subject")
# Every command at an operation runs these: making them anew each time costs more than they do.
_IS_LOT = (_LOT.kind == LOT.name) & (
    (_LOT.code == bindparam("code")) | (_LOT.number == bindparam("number"))
)
_LOCK = (
    select(Lot.id, _ORDER.id)
    .join(_ORDER, _ORDER.id == Lot.family_id)
    .join(_LOT, _LOT.id == Lot.id)
    .with_for_update(of=_ORDER, key_share=True)
)
_LOCK_BY_ID = _LOCK.where(_LOT.id == bindparam("id"))
_LOCK_BY_NAME = _LOCK.where(_IS_LOT)
_LOAD = (
    select(
        Lot.id.label("lot_id"),
        Lot.family_id,
        Lot.supplier_lot,
        Lot.serial,
        Lot.supplier_id,
        Lot.suspect,
        _LOT.code.label("lot_code"),
        _LOT.number.label("lot_number"),
        _ORDER.code.label("order_code"),
        _ORDER.number.label("order_number"),
        WorkOrder.site_id,
        WorkOrder.quantity,
        WorkOrder.due,
        WorkOrder.released_at,
        WorkOrder.state,
        WorkOrder.first_start_at,
        WorkOrder.last_finish_at,
        WorkOrder.wip_place_id,
        Item.id.label("item_id"),
        Item.names.label("item_names"),
        Item.unit,
        Item.decimals,
        Operation.id.label("operation_id"),
        Operation.sequence,
        Operation.names,
        Operation.inspect,
        Operation.tolerance_percent,
        Operation.serialise,
        Operation.skill_id,
        Operation.instruction_id,
        Operation.confirm_count,
        Operation.watched,
        PersonSkill.person_id.is_not(None).label("skilled"),
        PersonSkill.last_day,
        InstructionRead.person_id.is_not(None).label("has_read"),
        Subject.code,
        Station.id.label("station_id"),
        Station.line_id,
        Station.names.label("station_names"),
        LotOperation.pass_.label("pass_"),
        LotOperation.inspect.label("inspected"),
        LotOperation.came,
        LotOperation.good,
        LotOperation.scrap,
        LotOperation.rework,
        LotOperation.onward,
        LotOperation.held,
        LotOperation.excess,
    )
    .join(_LOT, _LOT.id == Lot.id)
    .join(WorkOrder, WorkOrder.id == Lot.family_id)
    .join(_ORDER, _ORDER.id == WorkOrder.id)
    .join(Item, Item.id == Lot.item_id)
    .join(Operation, Operation.order_id == WorkOrder.id)
    .join(Subject, Subject.id == Operation.id)
    .join(Station, Station.id == Operation.station_id)
    .join(
        LotOperation,
        (LotOperation.operation_id == Operation.id) & (LotOperation.lot_id == Lot.id),
        isouter=True,
    )
    .join(
        PersonSkill,
        (PersonSkill.skill_id == Operation.skill_id)
        & (PersonSkill.person_id == bindparam("person", type_=Id)),
        isouter=True,
    )
    .join(
        InstructionRead,
        (InstructionRead.instruction_id == Operation.instruction_id)
        & (InstructionRead.person_id == bindparam("person", type_=Id)),
        isouter=True,
    )
    .order_by(Lot.id, Operation.sequence, LotOperation.pass_)
)
# Where columns stand as the fields of a class do; found once, because every row is read so.
COLUMNS = list(_LOAD.selected_columns.keys())
OF_LOT, OF_PASS = slice(len(LotFacts._fields)), slice(COLUMNS.index("pass_"), None)
_FIRST = COLUMNS.index("operation_id")
OF_OPERATION = slice(_FIRST, _FIRST + len(OperationFacts._fields))
_LOAD_BY_ID = _LOAD.where(_LOT.id == bindparam("id"))
_LOAD_BY_NAME = _LOAD.where(_IS_LOT)
_LOAD_ALL = _LOAD.where(_LOT.id.in_(bindparam("ids", expanding=True)))


def lock_family(session: Session, lot: str | int) -> int:
    """Lock the family of a lot by id, code or number, and return the lot's id; one statement.

    Every use and every hold takes this lock first: it is what makes them one after the other.
    """
    if isinstance(lot, int):
        row = session.connection().execute(_LOCK_BY_ID, {"id": lot}).first()
    else:
        row = session.connection().execute(_LOCK_BY_NAME, _named(lot)).first()
    if row is None:
        raise unknown_lot(str(lot))
    return int(row[0])


def load(session: Session, lot: str | int, person_id: int | None = None) -> Work:
    """Return a lot's work by id, code or number; one statement, and NotFound when there is none.

    With a person it also tells at each operation what he brings to it.
    """
    person = {"person": person_id}
    if isinstance(lot, int):
        found = rows(session, _LOAD_BY_ID, {"id": lot} | person)
    else:
        found = rows(session, _LOAD_BY_NAME, _named(lot) | person)
    if not found:
        raise unknown_lot(str(lot))
    return _works(found)[0]


def load_all(session: Session, lot_ids: Iterable[int]) -> list[Work]:
    """Return the works of lots by their ids, in that order; one statement."""
    return _works(rows(session, _LOAD_ALL, {"ids": sorted(lot_ids), "person": None}))


def _works(found: Sequence[Row[*tuple[Any, ...]]]) -> list[Work]:
    works: dict[int, Work] = {}
    stops: dict[tuple[int, int], Stop] = {}
    for row in found:
        lot_work = works.get(row.lot_id)
        if lot_work is None:
            lot_work = works[row.lot_id] = _work(row)
        stop = stops.get((row.lot_id, row.operation_id))
        if stop is None:
            stop = stops[row.lot_id, row.operation_id] = _stop(row)
            lot_work.stops.append(stop)
        if row.pass_ is not None:
            stop.passes.append(_pass(row))
    return list(works.values())


def _work(row: Row[*tuple[Any, ...]]) -> Work:
    order = OrderFacts(
        row.family_id,
        row.site_id,
        row.quantity,
        row.due,
        row.released_at,
        row.state,
        row.first_start_at,
        row.last_finish_at,
    )
    order.stored = order.changing
    return Work(
        LotFacts(*row[OF_LOT]),
        Label(row.lot_code, row.lot_number),
        Label(row.order_code, row.order_number),
        order,
        ItemFacts(row.item_id, row.item_names, row.unit, row.decimals),
        Spot(row.wip_place_id, PlaceKind.WIP),
        [],
    )


def _stop(row: Row[*tuple[Any, ...]]) -> Stop:
    return Stop(
        OperationFacts(*row[OF_OPERATION]),
        StationFacts(row.station_id, row.line_id, row.station_names),
        row.code,
        [],
        Ability(bool(row.skilled), row.last_day, bool(row.has_read)),
    )


def _pass(row: Row[*tuple[Any, ...]]) -> Pass:
    found = Pass(*row[OF_PASS])
    found.stored = found.changing
    return found


def unknown_lot(reference: str) -> NotFound:
    """Return the refusal for a code or number that is no lot of an order."""
    return NotFound(
        _l("There is no lot “%(code)s”.", code=reference[:80]),
        _l("Scan the code on the traveller again, or type the lot number."),
        rule="no_lot",
        field="lot",
    )


def where(
    tx: Tx, work: Work, stop: Stop, station: StationFacts | None = None
) -> tuple[Where, Turn]:
    """Return the place in the plant and the shift of what is being done; one statement."""
    turn = turn_of(tx.session, work.order.site_id, tx.act.when.at)
    at = station or stop.station
    return (
        Where(work.order.site_id, at.line_id, at.id, work.wip.id, turn.shift_id, turn.leader_id),
        turn,
    )


def _named(reference: str) -> dict[str, Any]:
    code, number = read_reference(reference)
    return {"code": code, "number": number}
