"""Several people on one report: whose good pieces are how many, to the last one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import insert, select

from shopfloor.core.apportion import apportion
from shopfloor.core.commands import Tx
from shopfloor.core.db import metadata
from shopfloor.core.events import Event
from shopfloor.core.refusals import Malformed, Refused
from shopfloor.core.shown import show_quantity
from shopfloor.core.subjects import Subject
from shopfloor.people.models import Person
from shopfloor.people.notices import tell_all
from shopfloor.production.floor_models import ReportShare
from shopfloor.production.progress import require_quantity
from shopfloor.production.way import Work

ZERO = Decimal(0)
MOST = 40
_SHARES = metadata.tables[ReportShare.__tablename__]


class Share(NamedTuple):
    """Some of a report's good pieces and the person whose they are."""

    person_id: int
    pieces: Decimal


@dataclass(frozen=True)
class Mate:
    """One of those who share a report."""

    person_id: int
    name: str
    pieces: Decimal


def unit_of(decimals: int) -> Decimal:
    """Return the smallest quantity that an item is counted in."""
    return Decimal(1).scaleb(-decimals)


def require_shares(
    tx: Tx, work: Work, good: Decimal, shares: Sequence[tuple[int, Decimal]]
) -> list[Mate]:
    """Return who shares the good pieces, by person; empty when they are all the reporter's own.

    Refused unless the shares sum to them exactly, and for whoever is not of this site. One
    statement when somebody shares.
    """
    wanted = {person_id: pieces for person_id, pieces in shares if pieces}
    people = [person_id for person_id, _pieces in shares]
    if len(set(people)) != len(people) or len(people) > MOST:
        raise _no_share(_l("Each person is named once, and at most %(most)s.", most=MOST))
    for pieces in wanted.values():
        require_quantity(work.item, pieces, "shares", good)
    if not wanted or list(wanted) == [tx.act.actor_id]:
        # One's own name alone is no sharing, but its number must not say something else.
        if wanted and list(wanted.values()) != [good]:
            raise sum_differs(good, sum(wanted.values(), ZERO))
        return []
    if sum(wanted.values(), ZERO) != good:
        raise sum_differs(good, sum(wanted.values(), ZERO))
    found = tx.session.execute(
        select(Person.id, Person.name)
        .join(Subject, Subject.id == Person.id)
        .where(
            Person.id.in_(wanted),
            Person.site_id == work.order.site_id,
            Subject.archived_at.is_(None),
        )
        .order_by(Person.id)
    ).all()
    if len(found) != len(wanted):
        raise bad_people()
    return [Mate(row.id, row.name, wanted[row.id]) for row in found]


def over_parts(
    mates: Sequence[Mate], goods: Sequence[Decimal], decimals: int
) -> list[list[tuple[str, Decimal]]]:
    """Split everybody's share over the passes of a report; rows and columns sum exactly."""
    left = [mate.pieces for mate in mates]
    unit, told = unit_of(decimals), []
    for n, good in enumerate(goods):
        last = n == len(goods) - 1
        parts = list(left) if last else apportion(good, left, unit)
        left = [rest - part for rest, part in zip(left, parts, strict=True)]
        told.append(
            [(str(m.person_id), part) for m, part in zip(mates, parts, strict=True) if part]
        )
    return told


def write_shares(tx: Tx, mates: Sequence[Mate], facts: Mapping[str, Any]) -> None:
    """Keep the shares of the report just recorded, and let everybody be told of his."""
    if tx.event is None or not mates:
        return
    keep_shares(tx, tx.event.id, [Share(mate.person_id, mate.pieces) for mate in mates])
    _tell(tx, "production/shared", facts, mates)


def keep_shares(tx: Tx, event_id: int, shares: Sequence[Share]) -> None:
    """Write shares under an event; one statement."""
    rows = [
        {"event_id": event_id, "person_id": share.person_id, "pieces": share.pieces}
        for share in shares
        if share.pieces
    ]
    if rows:
        tx.session.connection().execute(insert(_SHARES), rows)


def take_shares_back(tx: Tx, event: Event, facts: Mapping[str, Any]) -> None:
    """Take all shares of a report back, and let everybody but who does it be told."""
    if tx.event is None:
        return
    shares = shares_of(tx, event.id)
    keep_shares(tx, tx.event.id, [Share(share.person_id, -share.pieces) for share in shares])
    _tell(tx, "production/share_back", facts, shares)


def _tell(
    tx: Tx, name: str, facts: Mapping[str, Any], whose: Sequence[Mate] | Sequence[Share]
) -> None:
    """Let everybody but who does it be told of his pieces."""
    told = [
        (each.person_id, {**facts, "pieces": show_quantity(each.pieces)})
        for each in whose
        if each.person_id != tx.act.actor_id
    ]
    tell_all(tx, name, told)


def shares_of(tx: Tx, event_id: int) -> list[Share]:
    """Return the shares of a report by person; empty when one person made it all."""
    found = tx.session.execute(
        select(ReportShare.person_id, ReportShare.pieces)
        .where(ReportShare.event_id == event_id)
        .order_by(ReportShare.person_id)
    )
    return [Share(*row) for row in found]


def sum_differs(good: Decimal, given: Decimal) -> Refused:
    """Return the refusal for shares that leave pieces over, or give away more than there are."""
    over = good - given
    return Malformed(
        _l("%(left)s good pieces belong to nobody yet.", left=show_quantity(over))
        if over > 0
        else _l("%(more)s pieces more are shared than are good.", more=show_quantity(-over)),
        _l("The shares must make %(good)s together.", good=show_quantity(good)),
        rule="shares_sum",
        field="shares",
    )


def _no_share(sentence: Any) -> Refused:
    return Malformed(sentence, _l("Choose the people again."), rule="bad_shares", field="shares")


def bad_people() -> Refused:
    """Return the refusal for people whom no page offers."""
    return _no_share(_l("Somebody named here does not work at this site."))
