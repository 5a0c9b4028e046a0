"""Importing opening stock: how much of a lot is at a place on the day the work begins here."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from shopfloor.catalogue.models import ITEM, PARTNER, Item, Partner
from shopfloor.core import subjects
from shopfloor.core.commands import Tx
from shopfloor.core.events import Change, Event
from shopfloor.core.imported import IMPORTED
from shopfloor.core.refusals import Refused
from shopfloor.exchange.fields import Field, Holds
from shopfloor.exchange.findings import (
    Deed,
    Entry,
    Finding,
    Keys,
    Outcome,
    Problem,
    Setting,
    Written,
    missing,
)
from shopfloor.exchange.lookups import Found, by_reference, refers, rows_of
from shopfloor.exchange.routings import FIELDS as ROUTING_FIELDS
from shopfloor.holds import gate
from shopfloor.plant.models import PLACE, Place, PlaceKind
from shopfloor.stock import ledger
from shopfloor.stock.ledger import Move, Spot
from shopfloor.stock.models import LOT, Balance, Lot, Movement

FIELDS = (
    ROUTING_FIELDS[0],
    Field(
        "quantity",
        _l("Quantity"),
        "qty amount onhand stock 数量 库存 库存数量 现存量 期初数量",
        Holds.NUMBER,
        needed=True,
        example="250",
    ),
    Field(
        "place",
        _l("Place"),
        "location warehouse store bin locationid 库位 仓库 位置 库位编码 仓库编码",
        needed=True,
        longest=80,
        example="ST-1",
    ),
    Field(
        "lot",
        _l("Lot number"),
        "lotnumber batch batchnumber lotno batchno 批号 批次 批次号",
        longest=80,
        example="B-0001",
    ),
    Field(
        "supplier_lot",
        _l("Supplier lot"),
        "supplierlotnumber vendorlot supplierbatch heat 供应商批号 炉号 缸号",
        longest=80,
    ),
    Field(
        "supplier",
        _l("Supplier"),
        "suppliernumber vendor vendornumber vendorid 供应商 供应商编号 供应商编码 供应商代码",
        longest=80,
        example="V-1",
    ),
)


class Stock:
    """Compares rows with what is where: lots of their own, each at one place or several."""

    def __init__(self, setting: Setting) -> None:
        self._setting, self._keys = setting, Keys()
        self._items: dict[str, tuple[int, int]] = {}
        self._new: dict[str, int] = {}
        self._suppliers: dict[str, int | None] = {}

    def take(self, session: Session, entries: Sequence[Entry]) -> Iterable[Finding]:
        """Look at some rows."""
        items = by_reference(session, ITEM, (e.get("item") for e in entries))
        places = by_reference(session, PLACE, (e.get("place") for e in entries))
        kinds = rows_of(session, Place, (found.id for found in places.values()))
        rows = rows_of(session, Item, (found.id for found in items.values()))
        partners = by_reference(session, PARTNER, (e.get("supplier") for e in entries))
        suppliers = rows_of(session, Partner, (found.id for found in partners.values()))
        for entry in entries:
            item, no_item = refers(items, entry, "item", ITEM.label)
            place, no_place = refers(places, entry, "place", PLACE.label)
            supplier, no_supplier = refers(partners, entry, "supplier", PARTNER.label)
            problems = [p for p in (no_item, no_place, no_supplier) if p]
            if supplier and not suppliers[supplier.id].supplier:
                problems.append(entry.wrong("supplier", _l("a partner that supplies us")))
            problems += missing(entry, FIELDS)
            if item and place:
                number = lot_number(entry, item, place)
                problems += self._problems(entry, number, rows[item.id], kinds[place.id])
                if not problems:
                    self._suppliers[number] = supplier.id if supplier else None
                    yield from self._compared(session, entry, number, item, place)
            yield from problems

    def finish(self, session: Session) -> Iterable[Finding]:
        """Find nothing more."""
        return ()

    def _problems(self, entry: Entry, number: str, item: Item, place: Place) -> Iterator[Problem]:
        if place.kind is not PlaceKind.STORE or place.site_id != self._setting.site_id:
            yield entry.wrong("place", _l("a store of this site"))
        quantity = entry.get("quantity")
        if quantity is not None and quantity != round(quantity, item.decimals):
            yield entry.wrong("quantity", _l("at most %(places)s decimals", places=item.decimals))
        try:
            subjects.clean_number(number)
        except Refused as no:
            yield entry.wrong("lot", no.sentence)
        first = self._items.setdefault(number, (item.id, entry.line))
        if first[0] != item.id:
            yield entry.wrong(
                "lot", _l("one item for a lot; line %(line)s has another", line=first[1])
            )
        again = self._keys.again((number, place.id), entry, "lot")
        if again:
            yield again

    def _compared(
        self, session: Session, entry: Entry, number: str, item: Found, place: Found
    ) -> Iterator[Finding]:
        quantity: Decimal = entry.get("quantity")
        stored = session.execute(
            select(Lot, Balance.quantity)
            .join(subjects.Subject, subjects.Subject.id == Lot.id)
            .join(
                Balance, (Balance.lot_id == Lot.id) & (Balance.place_id == place.id), isouter=True
            )
            .where(subjects.Subject.kind == LOT.name, subjects.Subject.number == number)
        ).first()
        if stored is None:
            yield Deed(Outcome.NEW, entry.line, number, self._brings(entry, number, item, place))
            return
        lot, here = stored
        if lot.item_id != item.id:
            yield entry.wrong("item", _l("the item of this lot, which exists already"))
        elif lot.family_id != lot.id:
            yield entry.wrong("lot", _l("a lot of no work order; this one was made here"))
        elif (here or 0) == quantity:
            yield Deed(Outcome.SAME, entry.line, number)
        elif gate.in_force(session, [lot.id, item.id, place.id]):
            yield entry.wrong("lot", _l("a lot that is not locked"))
        elif _has_moved(session, lot.id):
            yield entry.wrong("quantity", _l("no change: this lot has been used since it came"))
        else:
            outcome = Outcome.CHANGED if here else Outcome.NEW
            yield Deed(outcome, entry.line, number, self._brings(entry, number, item, place))

    def _brings(self, entry: Entry, number: str, item: Found, place: Found) -> Any:
        site_id = self._setting.site_id

        def do(tx: Tx) -> Written:
            lot_id, made = self._lot(tx, entry, number, item)
            here = tx.session.scalar(
                select(Balance.quantity).where(
                    Balance.lot_id == lot_id, Balance.place_id == place.id
                )
            ) or Decimal(0)
            more = entry.get("quantity") - here
            outside = ledger.place_of(tx.session, site_id, PlaceKind.ADJUSTMENT)
            store = Spot(place.id, PlaceKind.STORE)
            source, target = (outside, store) if more > 0 else (store, outside)
            return Written(
                about=[] if made else [lot_id],
                made=[lot_id] if made else [],
                changes=[
                    Change(lot_id, f"quantity at {place.number}", here, entry.get("quantity"))
                ],
                moves=[Move(lot_id, source, target, abs(more))],
            )

        return do

    def _lot(self, tx: Tx, entry: Entry, number: str, item: Found) -> tuple[int, bool]:
        """Return the lot, made now unless it is there: its family is itself."""
        known = self._new.get(number) or tx.session.scalar(
            select(subjects.Subject.id).where(
                subjects.Subject.kind == LOT.name, subjects.Subject.number == number
            )
        )
        if known is not None:
            subjects.lock(tx.session, known)
            return known, False
        made = subjects.create(tx.session, LOT, number, self._setting.site_id)
        tx.session.add(
            Lot(
                id=made.id,
                item_id=item.id,
                family_id=made.id,
                supplier_lot=entry.get("supplier_lot"),
                supplier_id=self._suppliers.get(number),
            )
        )
        tx.session.flush()
        self._new[number] = made.id
        return made.id, True


def lot_number(entry: Entry, item: Found, place: Found) -> str:
    """Return the lot's number; without one the item has one lot of its own at the place."""
    text: str | None = entry.get("lot")
    return text or f"{item.number[:39]}@{place.number[:39]}"


def _has_moved(session: Session, lot_id: int) -> bool:
    return (
        session.scalar(
            select(Movement.id)
            .join(Event, Event.id == Movement.event_id)
            .where(Movement.lot_id == lot_id, Event.kind != IMPORTED.name)
            .limit(1)
        )
        is not None
    )
