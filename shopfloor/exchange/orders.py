"""Importing work orders: planned ones, and half-finished ones at the operation they stand at."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from shopfloor.catalogue.models import ITEM, Item
from shopfloor.catalogue.routings import routing_on
from shopfloor.core import subjects
from shopfloor.core.commands import Tx
from shopfloor.core.events import Change
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
from shopfloor.production.commands.orders import LONGEST_NUMBER
from shopfloor.production.models import ORDER, OrderState, WorkOrder
from shopfloor.production.opening import enter_order, put_on_the_floor
from shopfloor.production.progress import require_quantity

FIELDS = (
    Field(
        "number",
        _l("Order number"),
        "ordernumber workorder workordernumber orderno productionorder workorderid "
        "工单号 工单 工单编号 生产订单 订单号 制令单号",
        needed=True,
        longest=LONGEST_NUMBER,
        example="WO-1001",
    ),
    ROUTING_FIELDS[0],
    Field(
        "quantity",
        _l("Quantity"),
        "qty orderqty orderquantity pieces 数量 订单数量 工单数量 在制数量",
        Holds.NUMBER,
        needed=True,
        above_zero=True,
        example="100",
    ),
    Field(
        "operation",
        _l("Stands at operation"),
        "currentoperation sequence operationnumber step at 当前工序 工序号 所在工序 工序",
        Holds.WHOLE,
        example="20",
    ),
    Field(
        "due",
        _l("Due"),
        "duedate deadline deliverydate enddate 交期 交货日期 要求完工日期 截止日期",
        Holds.DAY,
        example="2027-01-31",
    ),
    Field("priority", _l("Priority"), "prio urgency 优先级", Holds.WHOLE, example="5"),
)


@dataclass
class _Order:
    """What the file says of one order: its pieces may stand at several operations."""

    item: Found
    first: Entry
    standing: dict[int, Decimal] = field(default_factory=dict)
    planned: Decimal = Decimal(0)

    @property
    def quantity(self) -> Decimal:
        """Return all pieces of the order."""
        return self.planned + sum(self.standing.values(), Decimal(0))


class Orders:
    """Gathers the rows by order; orders that are on the floor already are left as they are."""

    def __init__(self, setting: Setting) -> None:
        self._setting, self._keys = setting, Keys()
        self._orders: dict[str, _Order] = {}

    def take(self, session: Session, entries: Sequence[Entry]) -> Iterable[Finding]:
        """Look at some rows."""
        items = by_reference(session, ITEM, (e.get("item") for e in entries))
        rows = rows_of(session, Item, (found.id for found in items.values()))
        for entry in entries:
            item, no_item = refers(items, entry, "item", ITEM.label)
            problems = [*([no_item] if no_item else []), *missing(entry, FIELDS)]
            problems += self._problems(entry, rows[item.id] if item else None)
            if problems or item is None:
                yield from problems
                continue
            order = self._orders.setdefault(entry.get("number"), _Order(item, entry))
            if entry.get("operation") is None:
                order.planned += entry.get("quantity")
            else:
                order.standing[entry.get("operation")] = entry.get("quantity")

    def finish(self, session: Session) -> Iterable[Finding]:
        """Compare order by order."""
        stored = by_reference(session, ORDER, self._orders)
        orders = rows_of(session, WorkOrder, (found.id for found in stored.values()))
        for number, said in self._orders.items():
            found = stored.get(number)
            if found is not None and found.number == number:
                yield from self._old(said, orders[found.id], number)
            else:
                yield from self._new(session, said, number)

    def _problems(self, entry: Entry, item: Item | None) -> Iterator[Problem]:
        try:
            subjects.clean_number(entry.get("number"))
        except Refused as no:
            yield entry.wrong("number", no.sentence)
        if item and entry.get("quantity") is not None:
            try:
                require_quantity(item, entry.get("quantity"), "quantity")
            except Refused as no:
                yield entry.wrong("quantity", no.sentence)
        if entry.get("priority") is not None and not 1 <= entry.get("priority") <= 9:
            yield entry.wrong("priority", _l("1 to 9"))
        again = self._keys.again((entry.get("number"), entry.get("operation")), entry, "operation")
        if again:
            yield again
        known = self._orders.get(entry.get("number") or "")
        if known and item and known.item.id != item.id:
            yield entry.wrong("item", _l("the same item on all lines of an order"))

    def _new(self, session: Session, said: _Order, number: str) -> Iterator[Finding]:
        entry, item_id = said.first, said.item.id
        if said.standing and said.planned:
            yield entry.wrong("operation", _l("an operation on each line of an order, or on none"))
            return
        if gate.in_force(session, [item_id]):
            yield entry.wrong("item", _l("an item that is not locked"))
            return
        if said.standing:
            item = session.get_one(Item, item_id)
            routing = routing_on(session, item, self._setting.today)
            known = {step.sequence for step in routing.operations} if routing else set()
            if not said.standing.keys() <= known:
                yield entry.wrong(
                    "operation",
                    _l(
                        "an operation of the routing: %(known)s",
                        known=", ".join(map(str, sorted(known))) or "–",
                    ),
                )
                return
        yield Deed(Outcome.NEW, entry.line, number, lambda tx: self._opens(tx, said, number))

    def _opens(self, tx: Tx, said: _Order, number: str) -> Written:
        entry, item_id = said.first, said.item.id
        order, made = enter_order(
            tx,
            self._setting.site_id,
            item_id,
            said.quantity,
            number,
            entry.get("due"),
            entry.get("priority") or 5,
        )
        changes = [Change(made.id, "quantity", None, said.quantity)]
        if not said.standing:
            return Written([made.id], changes=changes)
        item = tx.session.get_one(Item, item_id)
        routing = routing_on(tx.session, item, self._setting.today)
        assert routing is not None  # noqa: S101 - it was there a moment ago, in this transaction
        opened = put_on_the_floor(tx, order, made, routing, said.standing)
        lot_id = opened.lot.id if opened.lot else 0
        state = Change(made.id, "state", None, OrderState.RELEASED)
        return Written(
            about=[made.id],
            made=[lot_id],
            changes=[*changes, state],
            moves=list(opened.moves),
            standing={str(lot_id): [[str(op), much] for op, much in opened.standing]},
        )

    def _old(self, said: _Order, order: WorkOrder, number: str) -> Iterator[Finding]:
        entry = said.first
        if order.item_id != said.item.id:
            yield entry.wrong("item", _l("the item of this order, which exists already"))
            return
        if order.site_id != self._setting.site_id:
            yield entry.wrong("number", _l("an order of this site"))
            return
        after = {
            "due": entry.get("due") or order.due,
            "priority": entry.get("priority") or order.priority,
        }
        # Once its pieces are on the floor they move by reports, not by a file.
        if order.state is OrderState.PLANNED and not said.standing:
            after["quantity"] = said.quantity
        changed = {name: new for name, new in after.items() if new != getattr(order, name)}
        if order.state is OrderState.PLANNED and said.standing:
            yield entry.wrong("operation", _l("nothing: the order is planned and not begun"))
        elif changed and order.state in (OrderState.FINISHED, OrderState.CLOSED):
            yield entry.wrong("number", _l("an order that is not over"))
        elif not changed:
            yield Deed(Outcome.SAME, entry.line, number)
        else:
            yield _changes(entry, order.id, number, changed)


def _changes(entry: Entry, order_id: int, number: str, changed: dict[str, object]) -> Deed:
    def do(tx: Tx) -> Written:
        subjects.lock(tx.session, order_id)
        order = tx.session.get_one(WorkOrder, order_id)
        changes = [Change(order_id, n, getattr(order, n), new) for n, new in changed.items()]
        for name, new in changed.items():
            setattr(order, name, new)
        order.version += 1
        tx.session.flush()
        return Written([order_id], changes=changes)

    return Deed(Outcome.CHANGED, entry.line, number, do)
