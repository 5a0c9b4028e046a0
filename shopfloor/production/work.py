"""A lot with its order and how far it is at each operation, loaded whole."""

from dataclasses import dataclass
from decimal import Decimal

from flask_babel import lazy_gettext as _l
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, aliased

from shopfloor.catalogue.models import Item
from shopfloor.core.commands import Tx
from shopfloor.core.events import Where
from shopfloor.core.refusals import NotFound
from shopfloor.core.subjects import Subject, read_reference
from shopfloor.plant.models import Line, Place, Station
from shopfloor.plant.shifts import Turn, turn_of
from shopfloor.production.models import LotOperation, Operation, WorkOrder
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
        Lot,
        _LOT,
        _ORDER,
        WorkOrder,
        Item,
        Place,
        Operation,
        Subject.code,
        Station,
        Line,
        LotOperation,
    )
    .join(_LOT, _LOT.id == Lot.id)
    .join(WorkOrder, WorkOrder.id == Lot.family_id)
    .join(_ORDER, _ORDER.id == WorkOrder.id)
    .join(Item, Item.id == Lot.item_id)
    .join(Place, Place.id == WorkOrder.wip_place_id)
    .join(Operation, Operation.order_id == WorkOrder.id)
    .join(Subject, Subject.id == Operation.id)
    .join(Station, Station.id == Operation.station_id)
    .join(Line, Line.id == Station.line_id)
    .join(
        LotOperation,
        (LotOperation.operation_id == Operation.id) & (LotOperation.lot_id == Lot.id),
        isouter=True,
    )
    .order_by(Operation.sequence, LotOperation.pass_)
)
_LOAD_BY_ID = _LOAD.where(_LOT.id == bindparam("id"))
_LOAD_BY_NAME = _LOAD.where(_IS_LOT)


@dataclass
class Stop:
    """One operation of the lot's way, with its passes in order."""

    operation: Operation
    line: Line
    station: Station
    code: str
    passes: list[LotOperation]

    @property
    def left(self) -> Decimal:
        """Pieces here that are not yet reported, over all passes."""
        return sum((row.left for row in self.passes), Decimal(0))

    @property
    def good(self) -> Decimal:
        """Good pieces reported here, over all passes."""
        return sum((row.good for row in self.passes), Decimal(0))

    @property
    def waiting(self) -> Decimal:
        """Pieces here that wait for an inspection, over all passes."""
        return sum((row.waiting for row in self.passes), Decimal(0))

    @property
    def held(self) -> Decimal:
        """Pieces here that wait for a decision, over all passes."""
        return sum((row.held for row in self.passes), Decimal(0))


@dataclass
class Work:
    """A lot on its way through the operations of its order."""

    lot: Lot
    subject: Subject
    order_subject: Subject
    order: WorkOrder
    item: Item
    wip: Place
    stops: list[Stop]

    def stop(self, sequence: int) -> Stop:
        """Return the operation with this number; NotFound when the order has none."""
        for stop in self.stops:
            if stop.operation.sequence == sequence:
                return stop
        raise NotFound(
            _l("This order has no operation %(sequence)s.", sequence=sequence),
            _l("Scan the lot again and choose one of its operations."),
            rule="no_operation",
            field="operation",
        )

    def before(self, stop: Stop) -> Stop | None:
        """Return the operation before this one."""
        place = self.stops.index(stop)
        return self.stops[place - 1] if place else None

    def after(self, stop: Stop) -> Stop | None:
        """Return the operation behind this one, or None at the last."""
        rest = self.stops[self.stops.index(stop) + 1 :]
        return rest[0] if rest else None

    def scopes(self, stop: Stop | None = None) -> list[int]:
        """Return the subjects a right may be limited to: site, then lines and stations."""
        stops = [stop] if stop else self.stops
        return [
            self.order.site_id,
            *(s.line.id for s in stops),
            *(s.station.id for s in stops),
        ]

    def held_by(self, stop: Stop, *more: int | None) -> list[int | None]:
        """Return every subject whose hold stops work here."""
        return [
            self.lot.id,
            self.lot.family_id,
            self.item.id,
            stop.operation.id,
            stop.station.id,
            stop.line.id,
            self.wip.id,
            *more,
        ]


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


def load(session: Session, lot: str | int) -> Work:
    """Return a lot's work by id, code or number; one statement, and NotFound when there is none."""
    if isinstance(lot, int):
        rows = session.execute(_LOAD_BY_ID, {"id": lot}).all()
    else:
        rows = session.execute(_LOAD_BY_NAME, _named(lot)).all()
    if not rows:
        raise unknown_lot(str(lot))
    stops: dict[int, Stop] = {}
    for *_, operation, code, station, line, progress in rows:
        stop = stops.setdefault(operation.id, Stop(operation, line, station, code, []))
        if progress is not None:
            stop.passes.append(progress)
    first = rows[0]
    return Work(first[0], first[1], first[2], first[3], first[4], first[5], list(stops.values()))


def unknown_lot(reference: str) -> NotFound:
    """Return the refusal for a code or number that is no lot of an order."""
    return NotFound(
        _l("There is no lot “%(code)s”.", code=reference[:80]),
        _l("Scan the code on the traveller again, or type the lot number."),
        rule="no_lot",
        field="lot",
    )


def where(tx: Tx, work: Work, stop: Stop, station: Station | None = None) -> tuple[Where, Turn]:
    """Return the place in the plant and the shift of what is being done; one statement."""
    turn = turn_of(tx.session, work.order.site_id, tx.act.when.at)
    at = station or stop.station
    return (
        Where(work.order.site_id, at.line_id, at.id, work.wip.id, turn.shift_id, turn.leader_id),
        turn,
    )


def _named(reference: str) -> dict[str, str | None]:
    code, number = read_reference(reference)
    return {"code": code, "number": number}
