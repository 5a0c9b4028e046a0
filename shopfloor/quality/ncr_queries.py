"""What the pages of nonconformances ask."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, aliased

from shopfloor.catalogue.models import Item, Reason
from shopfloor.catalogue.queries import of_item
from shopfloor.core.finding import finds
from shopfloor.core.refusals import Sentence
from shopfloor.core.rights import Rights
from shopfloor.core.subjects import Subject, named
from shopfloor.holds.models import Hold
from shopfloor.people.models import Grant, Person, RoleVerb
from shopfloor.people.viewer import Viewer
from shopfloor.production.models import Operation
from shopfloor.quality import ncr_refusals, ncr_state
from shopfloor.quality.models import Disposition
from shopfloor.quality.ncr_decisions import decisions
from shopfloor.quality.ncr_models import (
    NCR,
    Concession,
    NcrState,
    Nonconformance,
    NonconformancePhoto,
)
from shopfloor.quality.ncr_money import InThePieces, money_in
from shopfloor.quality.order_reach import reaches, require, within

MOST_OWNERS = 200


@dataclass(frozen=True)
class Decision:
    """What was decided about a quantity, with where the pieces went."""

    lot: Subject
    sequence: int
    row: Disposition
    back_to: int | None
    made: Subject | None


@dataclass(frozen=True)
class NcrPage:
    """A nonconformance with everything about it."""

    subject: Subject
    ncr: Nonconformance
    hold: Hold
    item: Item
    item_subject: Subject
    family: Subject
    lot: Subject | None
    reason: dict[str, str] | None
    operations: Sequence[Operation]
    people: dict[int, str]
    photos: list[str]
    decisions: list[Decision]
    concessions: Sequence[Concession]
    open: list[Sentence]
    money: InThePieces

    def operation(self, operation_id: int | None) -> Operation | None:
        """Return one operation of the order."""
        return next((each for each in self.operations if each.id == operation_id), None)

    def name(self, person_id: int | None) -> str:
        """Return what a person is called, or nothing."""
        return self.people.get(person_id or 0, "")


@dataclass(frozen=True)
class Sifted:
    """Which nonconformances a list shows."""

    search: str = ""
    state: NcrState | None = None
    owner_id: int | None = None
    late_on: date | None = None


def ncrs(rights: Rights, sifted: Sifted) -> Select[*tuple[Any, ...]]:
    """Return the query for nonconformances within reach, the newest first.

    They are found by number, by the number of the lot or order, and by the item.
    """
    item, family, lot = aliased(Subject), aliased(Subject), aliased(Subject)
    query = (
        select(
            Nonconformance,
            Subject,
            item.number.label("item_number"),
            Item.names.label("item_names"),
            Item.unit,
            family.number.label("family_number"),
            lot.number.label("lot_number"),
            Person.name.label("owner"),
            Reason.names.label("reason"),
        )
        .join(Subject, Subject.id == Nonconformance.id)
        .join(Item, Item.id == Nonconformance.item_id)
        .join(item, item.id == Nonconformance.item_id)
        .join(family, family.id == Nonconformance.family_id)
        .join(lot, lot.id == Nonconformance.lot_id, isouter=True)
        .join(Person, Person.id == Nonconformance.owner_id, isouter=True)
        .join(Reason, Reason.id == Nonconformance.reason_id, isouter=True)
        .order_by(Nonconformance.id.desc())
    )
    scopes = rights.scopes("work.view")
    if scopes is not None:
        query = query.where(within(scopes, Nonconformance.family_id))
    if sifted.state is not None:
        query = query.where(Nonconformance.state == sifted.state)
    if sifted.owner_id is not None:
        query = query.where(Nonconformance.owner_id == sifted.owner_id)
    if sifted.late_on is not None:
        query = query.where(
            Nonconformance.deadline < sifted.late_on, Nonconformance.state == NcrState.OPEN
        )
    if sifted.search:
        also = of_item(Nonconformance.item_id)
        query = query.where(
            finds(sifted.search, Subject.number, family.number, lot.number, also=also)
        )
    return query


def found(session: Session, viewer: Viewer, code: str) -> tuple[Subject, Nonconformance]:
    """Return a nonconformance by code or number; NotFound outside the viewer's scope."""
    subject = session.scalar(named(code, NCR))
    if subject is None:
        raise ncr_refusals.nothing_there()
    ncr = session.get_one(Nonconformance, subject.id)
    require(session, viewer.rights, "work.view", subject, ncr)
    return subject, ncr


def code_of_lock(session: Session, viewer: Viewer, hold_id: int) -> str:
    """Return the code of a lock's nonconformance; NotFound where it has none, or out of reach."""
    row = session.execute(
        select(Subject, Nonconformance)
        .join(Nonconformance, Nonconformance.id == Subject.id)
        .where(Nonconformance.hold_id == hold_id)
    ).first()
    if row is None or not reaches(session, viewer.rights, "work.view", *row):
        raise ncr_refusals.nothing_there()
    code: str = row.Subject.code
    return code


def ncr_page(session: Session, viewer: Viewer, code: str) -> NcrPage:
    """Return everything about a nonconformance; at most twenty statements."""
    subject, ncr = found(session, viewer, code)
    hold = session.get_one(Hold, ncr.hold_id)
    decided = _decisions(session, ncr.id)
    used = {each.row.concession_id for each in decided} - {None}
    concessions = session.scalars(
        select(Concession)
        .where(or_(Concession.hold_id == hold.id, Concession.id.in_(used)))
        .order_by(Concession.id)
    ).all()
    reason = session.get(Reason, ncr.reason_id) if ncr.reason_id else None
    people = {ncr.opened_by_id, ncr.owner_id, ncr.closed_by_id, hold.released_by_id}
    people |= {each.approved_by_id for each in concessions}
    return NcrPage(
        subject,
        ncr,
        hold,
        session.get_one(Item, ncr.item_id),
        session.get_one(Subject, ncr.item_id),
        session.get_one(Subject, ncr.family_id),
        session.get(Subject, ncr.lot_id) if ncr.lot_id else None,
        reason.names if reason else None,
        session.scalars(
            select(Operation)
            .where(Operation.order_id == ncr.family_id)
            .order_by(Operation.sequence)
        ).all(),
        _names(session, people),
        photos_of(session, ncr.id),
        decided,
        concessions,
        ncr_state.still_open(session, ncr) if ncr.state is NcrState.OPEN else [],
        money_in(session, ncr, ncr.quantity),
    )


def photos_of(session: Session, ncr_id: int) -> list[str]:
    """Return the photos of a nonconformance, the first one first; one statement."""
    return list(
        session.scalars(
            select(NonconformancePhoto.sha256)
            .where(NonconformancePhoto.ncr_id == ncr_id)
            .order_by(NonconformancePhoto.added_at, NonconformancePhoto.sha256)
        )
    )


def owners(session: Session, site_id: int | None, owner_id: int | None) -> list[tuple[int, str]]:
    """Return who can own a nonconformance, and whoever owns it now; one statement.

    Anybody who locks or releases at its site can: with a right that is not for another site only.
    """
    scope = aliased(Subject)
    may = (
        select(Grant.person_id)
        .join(RoleVerb, RoleVerb.role == Grant.role)
        .join(scope, scope.id == Grant.scope_id, isouter=True)
        .where(
            RoleVerb.verb.in_(("hold.place", "hold.release")),
            Grant.revoked_at.is_(None),
            or_(Grant.scope_id.is_(None), scope.id == site_id, scope.site_id == site_id),
        )
    )
    current = Person.id == (owner_id or 0)
    rows = session.execute(
        select(Person.id, Person.name)
        .join(Subject, Subject.id == Person.id)
        .where(or_(current, Subject.archived_at.is_(None) & Person.id.in_(may)))
        # The owner comes first, or he could fall off a long list.
        .order_by(current.desc(), Person.name, Person.id)
        .limit(MOST_OWNERS)
    )
    return [(person_id, name) for person_id, name in rows]


def _names(session: Session, people: set[int | None]) -> dict[int, str]:
    ids = [each for each in people if each is not None]
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(ids)))
    return {row.id: row.name for row in rows}


def _decisions(session: Session, ncr_id: int) -> list[Decision]:
    lot, made, back = aliased(Subject), aliased(Subject), aliased(Operation)
    rows = session.execute(
        decisions(lot, Operation.sequence, Disposition, back.sequence, made)
        .join(lot, lot.id == Disposition.lot_id)
        .join(Operation, Operation.id == Disposition.operation_id)
        .join(back, back.id == Disposition.back_to_id, isouter=True)
        .join(made, made.id == Disposition.made_lot_id, isouter=True)
        .where(Nonconformance.id == ncr_id)
        .order_by(Disposition.id)
    )
    return [Decision(*row) for row in rows]
