"""What pages ask of quality."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from shopfloor.catalogue.models import Reason
from shopfloor.core.refusals import Why
from shopfloor.core.rights import Rights
from shopfloor.core.subjects import Subject
from shopfloor.core.words import in_words
from shopfloor.holds.gate import story
from shopfloor.holds.models import Hold
from shopfloor.people.viewer import Viewer
from shopfloor.production.standing import signed_at
from shopfloor.production.way import Work
from shopfloor.quality import refusals
from shopfloor.quality.conceding import wants_consent
from shopfloor.quality.held import held_by, other_locks, works_of
from shopfloor.quality.ncr_models import Concession, Nonconformance


@dataclass(frozen=True)
class HeldPiece:
    """A quantity that waits for a decision, and the names of the form fields for it."""

    lot: str
    lot_code: str
    operation: int
    names: dict[str, str]
    pass_: int
    quantity: Decimal
    unit: str
    # Where rework can begin again: the operations up to this one, the nearest first.
    back: list[tuple[int, dict[str, str]]]
    bought: bool

    @property
    def field(self) -> str:
        """Return the stem of the form fields for this quantity."""
        return f"{self.lot_code}:{self.operation}:{self.pass_}"

    @property
    def choices(self) -> list[tuple[int, str]]:
        """Return where rework can begin again, as a field offers it."""
        return [(sequence, f"{sequence} · {in_words(names)}") for sequence, names in self.back]


@dataclass(frozen=True)
class HeldView:
    """A hold with its story and everything that waits for a decision."""

    hold: Hold
    subject: Subject
    why: Why
    pieces: list[HeldPiece]
    lot_code: str | None
    others: list[int]  # further locks: releasing this one alone frees nothing
    conceded: Concession | None = None  # approved before, and not used yet
    consent: bool = False  # the customer has a say about these pieces
    ncr: str | None = None
    ncr_number: str | None = None


def within_reach(
    session: Session, viewer: Viewer, hold_id: int, verb: str = "hold.release"
) -> tuple[Hold, Subject, list[Work]]:
    """Return a hold with its lots; NotFound where the viewer does not have the verb."""
    hold = session.get(Hold, hold_id)
    if hold is None:
        raise refusals.no_lock()
    subject = session.get_one(Subject, hold.subject_id)
    works = works_of(session, hold)
    scopes = [subject.site_id, *(scope for found in works for scope in found.scopes())]
    viewer.rights.require(verb, *scopes)
    return hold, subject, works


def held_pieces(session: Session, viewer: Viewer, hold_id: int) -> HeldView:
    """Return an open hold with its pieces; NotFound outside the viewer's scope.

    Whoever sees the lot may hand his phone to the second person: the signature decides.
    """
    hold, subject, works = within_reach(session, viewer, hold_id, "work.view")
    if hold.released_at is not None:
        raise refusals.already_released()
    pieces = [
        HeldPiece(
            piece.work.subject.number or piece.work.subject.code,
            piece.work.subject.code,
            piece.stop.operation.sequence,
            piece.stop.operation.names,
            piece.row.pass_,
            piece.row.held,
            piece.work.item.unit,
            [
                (stop.operation.sequence, stop.operation.names)
                for stop in reversed(piece.work.stops)
                if stop.operation.sequence <= piece.stop.operation.sequence
            ],
            piece.work.lot.bought,
        )
        for piece in held_by(session, hold, works)
        if not piece.elsewhere
    ]
    return HeldView(
        hold,
        subject,
        story(session, hold),
        pieces,
        works[0].subject.code if works else None,
        [other.id for other in other_locks(session, hold, works)],
        *_conceding(session, hold, {each.item.id for each in works}),
    )


def _conceding(
    session: Session, hold: Hold, item_ids: set[int]
) -> tuple[Concession | None, bool, str | None, str | None]:
    """Return what is approved already, whether the customer has a say, and the nonconformance."""
    conceded = session.scalars(
        select(Concession)
        .where(Concession.hold_id == hold.id, Concession.used.is_(False))
        .order_by(Concession.id.desc())
        .limit(1)
    ).first()
    ncr = session.execute(
        select(Subject.code, Subject.number)
        .join(Nonconformance, Nonconformance.id == Subject.id)
        .where(Nonconformance.hold_id == hold.id)
    ).first()
    code, number = ncr or (None, None)
    return conceded, wants_consent(session, item_ids), code, number


def open_holds(
    session: Session, rights: Rights
) -> list[tuple[Hold, Subject, dict[str, str] | None]]:
    """Return the open holds that the viewer may release, with why, oldest first; one statement."""
    query = (
        select(Hold, Subject, Reason.names)
        .join(Subject, Subject.id == Hold.subject_id)
        .join(Reason, Reason.id == Hold.reason_id, isouter=True)
        .where(Hold.released_at.is_(None))
        .order_by(Hold.id)
        .limit(50)
    )
    scopes = rights.scopes("hold.release")
    if scopes is not None:
        places = (Subject.site_id, Subject.id, *signed_at())
        query = query.where(or_(*(place.in_(scopes) for place in places)))
    return [(hold, subject, names) for hold, subject, names in session.execute(query)]
