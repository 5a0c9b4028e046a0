"""Importing piece rates: what a good piece of an operation pays from a day on."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from shopfloor.catalogue.limits import MOST_PER_PIECE
from shopfloor.catalogue.models import ITEM, PieceRate
from shopfloor.core.commands import Tx
from shopfloor.core.events import Change
from shopfloor.core.types import Money
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
from shopfloor.exchange.lookups import Found, by_reference, pieces, refers
from shopfloor.exchange.routings import FIELDS as ROUTING_FIELDS

FIELDS = (
    ROUTING_FIELDS[0],
    ROUTING_FIELDS[1],
    Field(
        "amount",
        _l("Pays for a good piece"),
        "rate piecerate price pay 单价 计件单价 工价",
        Holds.NUMBER,
        needed=True,
        places=4,
        example="0.12",
    ),
    Field("currency", _l("Currency"), "currencycode 币种 货币", longest=3, example="CNY"),
    Field(
        "valid_from",
        _l("From"),
        "from startdate effectivedate validfrom 生效日期 开始日期 起始日期",
        Holds.DAY,
    ),
)


class Rates:
    """Compares rows with the rates that there are; days already worked keep theirs."""

    def __init__(self, setting: Setting) -> None:
        self._setting, self._keys = setting, Keys()

    def take(self, session: Session, entries: Sequence[Entry]) -> Iterable[Finding]:
        """Look at some rows."""
        items = by_reference(session, ITEM, (e.get("item") for e in entries))
        stored = _rates(session, {found.id for found in items.values()})
        for entry in entries:
            item, no_item = refers(items, entry, "item", ITEM.label)
            problems = [*([no_item] if no_item else []), *missing(entry, FIELDS)]
            problems += self._problems(entry, item)
            if problems or item is None:
                yield from problems
                continue
            yield from self._compared(entry, item, stored)

    def finish(self, session: Session) -> Iterable[Finding]:
        """Find nothing more."""
        return ()

    def _problems(self, entry: Entry, item: Found | None) -> Iterator[Problem]:
        amount, currency = entry.get("amount"), entry.get("currency")
        if amount is not None and amount >= MOST_PER_PIECE:
            yield entry.wrong("amount", _l("a smaller number"))
        if currency is not None and not (len(currency) == 3 and currency.isupper()):
            yield entry.wrong("currency", _l("three capitals, like CNY"))
        key = (item.id if item else 0, entry.get("sequence"), entry.get("valid_from"))
        again = self._keys.again(key, entry, "sequence") if item else None
        if again:
            yield again

    def _compared(
        self, entry: Entry, item: Found, stored: dict[tuple[int, int], list[PieceRate]]
    ) -> Iterator[Finding]:
        sequence, day = entry.get("sequence"), entry.get("valid_from")
        pays = Money(entry.get("amount"), entry.get("currency") or self._setting.currency)
        rates = stored.get((item.id, sequence), [])
        # Without a day the rate of today is meant, whenever it began.
        before = next((r for r in rates if r.valid_from == day), None) if day else None
        if day is None:
            before = next((r for r in rates if r.valid_from <= self._setting.today), None)
        label = f"{item.number}/{sequence}"
        if before and (before.amount, before.currency) == (pays.amount, pays.currency):
            yield Deed(Outcome.SAME, entry.line, label)
            return
        day = day or self._setting.today
        if day < self._setting.today:
            yield entry.wrong("valid_from", _l("today or a later day; earlier ones are worked"))
            return
        outcome = Outcome.CHANGED if before else Outcome.NEW
        yield _sets(outcome, entry.line, label, (item.id, sequence, day), pays)


def _sets(
    outcome: Outcome,
    line: int,
    label: str,
    key: tuple[int, int, date],
    pays: Money,
) -> Deed:
    item_id, sequence, day = key

    def do(tx: Tx) -> Written:
        rate = tx.session.scalar(
            select(PieceRate)
            .where(
                PieceRate.item_id == item_id,
                PieceRate.sequence == sequence,
                PieceRate.valid_from == day,
            )
            .with_for_update()
        )
        before = Money(rate.amount, rate.currency) if rate else None
        if rate is None:
            rate = PieceRate(item_id=item_id, sequence=sequence, valid_from=day)
            tx.session.add(rate)
        rate.amount, rate.currency = pays.amount, pays.currency
        tx.session.flush()
        change = Change(item_id, f"rate {sequence} from {day}", before, pays)
        return Written([item_id], changes=[change])

    return Deed(outcome, line, label, do)


def _rates(session: Session, item_ids: Iterable[int]) -> dict[tuple[int, int], list[PieceRate]]:
    """Return the rates of some items by operation, the newest first."""
    found: dict[tuple[int, int], list[PieceRate]] = {}
    for piece in pieces(item_ids):
        for rate in session.scalars(
            select(PieceRate)
            .where(PieceRate.item_id.in_(piece))
            .order_by(PieceRate.valid_from.desc())
        ):
            found.setdefault((rate.item_id, rate.sequence), []).append(rate)
    return found
