"""The review board of a replay: a second person who decides about held pieces and signs."""

import secrets
from collections import Counter
from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shopfloor.cli.replay.factory import REVIEWER, Plant
from shopfloor.cli.replay.log import Log, Row, by_order
from shopfloor.core.actions import Act, Action
from shopfloor.core.clock import When
from shopfloor.core.db import db
from shopfloor.holds.models import Hold
from shopfloor.people.commands import Proofs, issue_badge, set_proofs
from shopfloor.people.secrets import digest, hash_word, new_badge_code
from shopfloor.people.setup import FOUNDER
from shopfloor.people.sign_in import Browser, sign
from shopfloor.quality.commands.releases import MEANING, Conceded, Decided, release_hold
from shopfloor.quality.held import held_by, works_of
from shopfloor.quality.models import Disposition, DispositionKind

ZERO = Decimal(0)
# By order: how many of the pieces for review the log has used all the same.
Fate = dict[str, Decimal]


def fate(log: Log) -> Fate:
    """Return what became of pieces for review: what is done at the end can only be made of them.

    The end is the activity with which most orders of the log end.
    """
    orders = by_order(log.rows)
    end = Counter(list({row.activity: 0 for row in rows})[-1] for rows in orders.values())
    last = end.most_common(1)[0][0]
    used = {}
    for order, rows in orders.items():
        aside = sum((row.for_review for row in rows), ZERO)
        done = sum((row.good for row in rows if row.activity == last), ZERO)
        others = rows[0].order_quantity - sum((row.rejected for row in rows), ZERO) - aside
        used[order] = max(ZERO, min(aside, done - others))
    return used


class Reviewer:
    """Releases the locks of a replay, each with a decision about every held piece."""

    def __init__(self, plant: Plant, prefix: str, left: Fate) -> None:
        """Take the plant, the replay's own prefix, and which pieces will be used as they are."""
        self.plant, self.prefix, self.left = plant, prefix, dict(left)
        self.person = plant.workers[REVIEWER]
        self.badge = self.pin = ""

    def release_id(self, row: Row) -> str:
        """Return the id of the action that releases what was locked at a row."""
        return f"{self.prefix}.{row.number}.release"

    def release(self, hold_id: int, row: Row, operation: int, at: datetime) -> Decimal:
        """Decide about everything held, sign, and return how many pieces are sorted and inspected.

        Pieces for review are used under a concession or scrapped, as the log goes on. The others
        of the inspection are sorted; what was in hand elsewhere goes on under the concession.
        """
        use = min(row.for_review, self.left[row.order])
        self.left[row.order] -= use
        if db.session.get(Action, self.release_id(row)) is None:
            decided = _decided(db.session(), hold_id, operation, use, row.for_review - use)
            act = Act(self.release_id(row), self.person.id, self.person.rights, When(at))
            release_hold(
                act,
                hold_id=hold_id,
                signature_id=self._signature(),
                reason_id=self.plant.reasons["reviewed"],
                dispositions=decided,
                concession=Conceded("The log goes on with them."),
            )
        return _to_sort(db.session(), hold_id)

    def _signature(self) -> int:
        """Sign with badge and PIN; both are made when they are needed and known to nobody."""
        if not self.badge:
            self.badge, self.pin = new_badge_code(), f"{secrets.randbelow(10**6):06d}"
            proofs, step = Proofs(pin_hash=hash_word(self.pin)), secrets.token_hex(4)
            act = Act(f"{self.prefix}.pin-{step}", None, FOUNDER)
            set_proofs(act, person_id=self.person.id, proofs=proofs)
            issue_badge(act.then("badge"), person_id=self.person.id, code_hash=digest(self.badge))
        return sign(self.badge, self.pin, MEANING, Browser("replay"))


def _decided(
    session: Session, hold_id: int, operation: int, use: Decimal, scrap: Decimal
) -> tuple[Decided, ...]:
    hold = session.get_one(Hold, hold_id)
    decided = []
    for each in held_by(session, hold, works_of(session, hold)):
        lot, sequence, pass_ = each.work.subject.code, each.stop.operation.sequence, each.row.pass_
        parts = {DispositionKind.USE_AS_IS: each.row.held}
        if sequence == operation:
            parts = {
                DispositionKind.USE_AS_IS: use,
                DispositionKind.SCRAP: scrap,
                DispositionKind.SORT: each.row.held - use - scrap,
            }
        decided += [
            Decided(lot, sequence, kind, quantity, pass_)
            for kind, quantity in parts.items()
            if quantity
        ]
    return tuple(decided)


def _to_sort(session: Session, hold_id: int) -> Decimal:
    quantity = Disposition.quantity
    total = select(func.sum(quantity, type_=quantity.type))
    sorted_ = Disposition.hold_id == hold_id, Disposition.kind == DispositionKind.SORT
    return session.scalar(total.where(*sorted_)) or ZERO
