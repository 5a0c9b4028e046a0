"""What whoever decides about a lock must know: what was measured, and who is suspected besides."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext, pgettext
from sqlalchemy import (
    ScalarSelect,
    and_,
    bindparam,
    case,
    distinct,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from shopfloor.configure.models import FieldKind, FormField
from shopfloor.core.shown import in_unit, show_quantity
from shopfloor.core.words import in_words
from shopfloor.holds.models import Hold
from shopfloor.quality.models import Inspection
from shopfloor.quality.plan_models import Check, Value
from shopfloor.quality.suspect_models import Suspect
from shopfloor.stock.models import Lot

MOST = 20
# Of one event; the bad ones first. The inspection itself shows all.
MOST_READ = 100


@dataclass(frozen=True)
class Read:
    """What was read of a characteristic of one piece, and what would have been good."""

    field: FormField
    piece: int
    reading: int
    said: str

    @property
    def what(self) -> str:
        """Return the name of the characteristic, with the reading where it is read repeatedly."""
        name = in_words(self.field.names)
        return f"{name} {self.reading}/{self.field.readings}" if self.field.readings > 1 else name

    @property
    def value(self) -> str:
        """Return what was read, as people say it."""
        if self.field.kind is FieldKind.YES_NO:
            ok = self.said == "yes"
            return str(pgettext("verdict", "OK") if ok else pgettext("verdict", "NG"))
        if self.field.kind is FieldKind.CHOICE:
            return in_words(self.field.options[int(self.said)]["names"])
        return f"{self.said} {in_unit(self.field.unit)}".strip()

    @property
    def limits(self) -> str:
        """Return what would have been good; nothing where that is not a number."""
        low, high = self.field.low, self.field.high
        if low is not None and high is not None:
            said = f"{show_quantity(low)} – {show_quantity(high)}"
        elif low is not None:
            said = gettext("at least %(limit)s", limit=show_quantity(low))
        elif high is not None:
            said = gettext("at most %(limit)s", limit=show_quantity(high))
        else:
            return ""
        return f"{said} {in_unit(self.field.unit)}".strip()


@dataclass(frozen=True)
class Evidence:
    """What an inspection by plan has found bad, and how many lots are suspected and undecided."""

    check_id: int | None
    bad: Sequence[Read]
    more: int
    suspects: int


@dataclass(frozen=True)
class ReadBy:
    """Values that were read with one event, and whether each is bad; of very many not all."""

    values: list[tuple[Read, bool]]
    count: int

    @property
    def more(self) -> int:
        """Return how many values there are beside these."""
        return self.count - len(self.values)


def undecided(hold_id: InstrumentedAttribute[Any]) -> ScalarSelect[int]:
    """Return how many lots a fail has put under suspicion that nobody has locked or cleared."""
    lot, lock = aliased(Lot), aliased(Hold)
    on_it = or_(lock.subject_id == lot.id, lock.subject_id == lot.family_id)
    return (
        select(func.count(distinct(Suspect.lot_id)))
        .join(lot, lot.id == Suspect.lot_id)
        .where(
            Suspect.hold_id == hold_id,
            Suspect.cleared_at.is_(None),
            ~exists().where(on_it, lock.released_at.is_(None)),
        )
        .scalar_subquery()
    )


_EVIDENCE = (
    select(
        Check.id.label("check_id"),
        Value.piece,
        Value.reading,
        Value.said,
        FormField,
        func.count(Value.id).over().label("bad"),
        undecided(Hold.id).label("suspects"),
    )
    .select_from(Hold)
    .join(Inspection, Inspection.event_id == Hold.opened_event_id, isouter=True)
    .join(Check, Check.inspection_id == Inspection.id, isouter=True)
    .join(
        Value,
        and_(Value.check_id == Check.id, Value.good.is_(False), Value.replaced_at.is_(None)),
        isouter=True,
    )
    .join(FormField, FormField.id == Value.field_id, isouter=True)
    .where(Hold.id == bindparam("hold"))
    .order_by(Value.piece, FormField.position, Value.reading)
    .limit(MOST)
)


_BAD_FIRST = case((Value.good.is_(False), 0), else_=1), Value.piece, Value.id
_RANKED = (
    select(
        Value.id,
        func.row_number().over(partition_by=Value.event_id, order_by=_BAD_FIRST).label("rank"),
        func.count().over(partition_by=Value.event_id).label("together"),
    )
    .where(Value.event_id.in_(bindparam("events", expanding=True)))
    .subquery()
)
_READ_BY = (
    select(Value.event_id, Value.piece, Value.reading, Value.said, Value.good)
    .add_columns(FormField, _RANKED.c.together)
    .join(_RANKED, _RANKED.c.id == Value.id)
    .join(FormField, FormField.id == Value.field_id)
    .where(_RANKED.c.rank <= bindparam("most"))
    .order_by(Value.piece, FormField.position, Value.reading)
)


def evidence_of(session: Session, hold_id: int) -> Evidence:
    """Return what is known of a lock besides its reason; one statement."""
    found = session.execute(_EVIDENCE, {"hold": hold_id}).all()
    bad = [Read(r.FormField, r.piece, r.reading, r.said) for r in found if r.FormField]
    first = found[0] if found else None
    return Evidence(
        first.check_id if first else None,
        bad,
        first.bad - len(bad) if first else 0,
        first.suspects if first else 0,
    )


def read_by(session: Session, event_ids: Sequence[int]) -> dict[int, ReadBy]:
    """Return by event the values that were read with it, piece by piece; one statement."""
    found: dict[int, ReadBy] = {}
    for row in session.execute(_READ_BY, {"events": event_ids, "most": MOST_READ}):
        there = found.setdefault(row.event_id, ReadBy([], row.together))
        read = Read(row.FormField, row.piece, row.reading, row.said)
        there.values.append((read, row.good is False))
    return found
