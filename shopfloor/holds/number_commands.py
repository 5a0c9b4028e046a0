"""Locking numbers of lots that are still to come, and lifting such a lock again."""

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from shopfloor.catalogue.chosen import require_reason
from shopfloor.catalogue.models import ReasonKind
from shopfloor.core.commands import Gate, Tx, command
from shopfloor.core.events import Effect, EventKind, Where
from shopfloor.core.refusals import NotFound, Refused
from shopfloor.holds import gate
from shopfloor.holds.commands import noted
from shopfloor.holds.number_models import NumberKind, NumberLock
from shopfloor.holds.numbers import clean_numbers
from shopfloor.people.signatures import second_person, use_signature
from shopfloor.plant.models import Site

NUMBERS_LOCKED = EventKind(
    "numbers.locked",
    _l("Numbers locked"),
    no_inverse_because="a lock on numbers is lifted, signed by a second person",
)
NUMBERS_FREED = EventKind(
    "numbers.freed",
    _l("Lock on numbers lifted"),
    no_inverse_because="when it was wrong the numbers are locked anew",
)
# What the signature says: lifting is not the release of a lock on a lot.
MEANING = "numbers.lift"


@dataclass(frozen=True)
class NumbersLocked:
    """A lock on numbers, and what it has held already of what exists."""

    event_id: int
    number_lock_id: int
    said: str
    effects: tuple[Effect, ...] = ()

    @property
    def lots(self) -> int:
        """Return how many lots were held at once."""
        return sum(int(effect.detail.get("count", "0")) for effect in self.effects)


@dataclass(frozen=True)
class NumbersFreed:
    """A lock on numbers that was lifted; the lots that it held are released one by one."""

    event_id: int
    number_lock_id: int
    said: str
    lifted_by_id: int


@command(Gate.JUDGE, "locking numbers of lots to come moves nothing")
def lock_numbers(
    tx: Tx,
    *,
    kind: NumberKind,
    first: str,
    last: str | None = None,
    site_id: int | None = None,
    reason_id: int,
    note: str = "",
) -> NumbersLocked:
    """Hold every lot with such a number: those that exist now, and each that is made later.

    `first` is a number or a pattern with *, with `last` the first of a row of numbers. Without a
    site it counts everywhere, which needs the right everywhere.
    """
    # Whoever makes a lot at this moment is through before, or finds our lock.
    gate.close(tx.session)
    gate.close_numbers(tx.session)
    tx.act.rights.require("hold.place", site_id)
    if tx.act.actor_id is None or (site_id is not None and tx.session.get(Site, site_id) is None):
        raise NotFound(_l("There is no such site."), rule="not_found", field="site")
    first, last = clean_numbers(first, last)
    require_reason(tx.session, reason_id, ReasonKind.HOLD)
    note = noted(note)
    event = tx.record(
        NUMBERS_LOCKED,
        Where(site_id=site_id),
        {"numbers_of": kind, "first": first, "last": last or "", "note": note},
        reason_id=reason_id,
    )
    lock = NumberLock(
        kind=kind,
        first=first,
        last=last,
        site_id=site_id,
        reason_id=reason_id,
        note=note,
        placed_by_id=tx.act.actor_id,
        placed_at=tx.act.when.at,
        placed_event_id=event.id,
    )
    tx.session.add(lock)
    tx.session.flush()
    return NumbersLocked(event.id, lock.id, lock.said, tx.react())


@command(Gate.JUDGE, "lots that are held stay so; only those that are made later are free")
def lift_numbers(tx: Tx, *, number_lock_id: int, signature_id: int, reason_id: int) -> NumbersFreed:
    """Lift a lock on numbers, signed by a second person who has not placed it."""
    lock = tx.session.get(NumberLock, number_lock_id, with_for_update=True)
    if lock is None:
        raise no_number_lock()
    placed = {lock.placed_by_id}
    signer_id = second_person(tx.session, signature_id, MEANING, placed, [lock.site_id])
    if lock.lifted_at is not None:
        raise Refused(
            _l("This lock on numbers has already been lifted."),
            _l("Lots that it held are released one by one."),
            rule="already_lifted",
        )
    require_reason(tx.session, reason_id, ReasonKind.RELEASE)
    event = tx.record(
        NUMBERS_FREED,
        Where(site_id=lock.site_id),
        {
            "number_lock": str(lock.id),
            "numbers_of": lock.kind,
            "first": lock.first,
            "last": lock.last or "",
            "signer": str(signer_id),
        },
        reason_id=reason_id,
        caused_by_id=lock.placed_event_id,
    )
    lock.lifted_at, lock.lifted_by_id = tx.act.when.at, signer_id
    lock.lifted_event_id, lock.lift_reason_id = event.id, reason_id
    lock.signature_id = signature_id
    use_signature(tx.session, signature_id, MEANING, event.id)
    return NumbersFreed(event.id, lock.id, lock.said, signer_id)


def no_number_lock() -> NotFound:
    """Return the refusal for a lock on numbers that is not there, or out of sight."""
    return NotFound(_l("There is no such lock on numbers."), rule="not_found")
