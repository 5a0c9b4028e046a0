"""For programs: which pieces a release decides about, where all of them are, and concessions."""

from typing import Annotated, Self

from flask import Blueprint
from pydantic import ConfigDict, Field

from shopfloor.core.api import call
from shopfloor.core.api_fields import Body, Booking, Day, Exact, Id, Name, Named, Text, Told
from shopfloor.core.db import db
from shopfloor.people.access import requires, viewer
from shopfloor.people.programs import doing, signed
from shopfloor.quality.commands.concessions import MEANING, Approved, approve_concession
from shopfloor.quality.conceding import LONGEST, Conceded
from shopfloor.quality.photo_api import Photo
from shopfloor.quality.queries import HeldPiece, HeldView, held_pieces, within_reach
from shopfloor.quality.suspects import Suspected, suspected
from shopfloor.quality.whereabouts import PiecesAt, whereabouts

bp = Blueprint("hold_api", __name__)
SEE = "work.view"


class HeldTold(Told):
    """Held pieces as a release names them; rework and repair begin again at one of `back_to`."""

    lot: Named
    operation: int
    pass_: int = Field(alias="pass")
    quantity: Exact
    unit: str
    back_to: list[int]

    @classmethod
    def of(cls, piece: HeldPiece) -> Self:
        """Tell one quantity that waits for a decision."""
        return cls.model_validate(
            {
                "lot": Named(code=piece.lot_code, number=piece.lot),
                "operation": piece.operation,
                "pass": piece.pass_,
                "quantity": piece.quantity,
                "unit": piece.unit,
                "back_to": [sequence for sequence, _names in piece.back],
            }
        )


class SpotTold(Told):
    """Pieces at an operation, or in a place of the store: then `operation` is null."""

    lot: Named
    operation: int | None
    names: dict[str, str]
    unit: str
    to_do: Exact
    waiting: Exact
    held: Exact
    stored: Exact

    @classmethod
    def of(cls, spot: PiecesAt) -> Self:
        """Tell where pieces are."""
        return cls(
            lot=Named(code=spot.lot_code, number=spot.lot),
            operation=spot.operation or None,
            names=spot.names,
            unit=spot.unit,
            to_do=spot.to_do,
            waiting=spot.waiting,
            held=spot.held,
            stored=spot.stored,
        )


class SuspectTold(Told):
    """What the same station made of another order since its last pass; it may be bad, too."""

    lot: Named
    operation: int
    quantity: Exact
    unit: str
    locked: bool

    @classmethod
    def of(cls, found: Suspected) -> Self:
        """Tell a lot under suspicion."""
        return cls(
            lot=Named(code=found.lot_code, number=found.lot),
            operation=found.operation,
            quantity=found.quantity,
            unit=found.unit,
            locked=found.locked,
        )


class PiecesTold(Told):
    """The pieces of a lock: what a release decides about, where all are, what is suspected.

    While `other_locks` hold the same pieces, only the last one released decides about them.
    `consent` says that a concession needs the customer's; `concession` is one approved before.
    """

    held: list[HeldTold]
    where: list[SpotTold]
    suspects: list[SuspectTold]
    other_locks: list[Id]
    consent: bool
    concession: str | None
    ncr: Named | None

    @classmethod
    def of(cls, view: HeldView | None, where: list[PiecesAt], suspects: list[Suspected]) -> Self:
        """Tell the pieces of a lock; a released one has none that wait for a decision."""
        conceded = view.conceded if view else None
        return cls(
            held=[HeldTold.of(each) for each in view.pieces] if view else [],
            where=[SpotTold.of(each) for each in where],
            suspects=[SuspectTold.of(each) for each in suspects],
            other_locks=view.others if view else [],
            consent=view.consent if view else False,
            concession=conceded.number if conceded else None,
            ncr=Named(code=view.ncr, number=view.ncr_number) if view and view.ncr else None,
        )


class ConcessionSent(Body):
    """Why pieces that are used as they are, or repaired, may go on; the signer approves it."""

    words: Annotated[str, Field(min_length=1, max_length=LONGEST)]
    expires_on: Day | None = None
    consent: Text = Field("", description="What the customer agreed to, where the item asks.")
    consent_photo: Photo | None = Field(None, description="The paper on which he did.")

    def conceded(self) -> Conceded:
        """Return the concession as the commands take it."""
        return Conceded(self.words, self.expires_on, self.consent, self.consent_photo)


class NewConcession(Booking):
    """A concession for so many pieces of a lock, approved before the release; signed."""

    quantity: Exact
    concession: ConcessionSent
    badge: Name
    pin: Name

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "quantity": "46",
                    "concession": {"words": "Measured again.", "expires_on": "2030-01-31"},
                    "badge": "ZZ0123456789ABCDEFGHJK",
                    "pin": "0000",
                }
            ]
        }
    )


class ApprovedTold(Told):
    """A concession that was approved."""

    event: Id
    hold: Id
    number: str
    quantity: Exact

    @classmethod
    def of(cls, approved: Approved) -> Self:
        """Tell a concession by its number."""
        return cls(
            event=approved.event_id,
            hold=approved.hold_id,
            number=approved.number,
            quantity=approved.quantity,
        )


@bp.get("/holds/<int:hold_id>/pieces")
@requires(SEE)
@call(gives=PiecesTold)
def pieces(hold_id: int) -> PiecesTold:
    """Tell which pieces a release has to decide about, where all are, and what is suspected."""
    session = db.session()
    hold, subject, _works = within_reach(session, viewer(), hold_id, SEE)
    view = None if hold.released_at else held_pieces(session, viewer(), hold_id)
    where = whereabouts(session, viewer().rights, subject.id).spots
    return PiecesTold.of(view, where, list(suspected(session, hold_id)))


@bp.post("/holds/<int:hold_id>/concessions")
@requires(SEE)
@call(takes=NewConcession, gives=ApprovedTold, status=201)
def concede(hold_id: int, body: NewConcession) -> ApprovedTold:
    """Approve a concession before the release, so that whoever releases needs nobody beside him."""
    within_reach(db.session(), viewer(), hold_id, SEE)
    approved = approve_concession(
        doing(body),
        hold_id=hold_id,
        signature_id=signed(body.badge, body.pin, MEANING),
        quantity=body.quantity,
        concession=body.concession.conceded(),
    )
    return ApprovedTold.of(approved)
