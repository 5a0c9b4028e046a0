"""Saying that one's share of a report is not right."""

import json
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from shopfloor.core.commands import Gate, Tx, command
from shopfloor.core.events import Event, EventKind, Where
from shopfloor.core.refusals import NotFound, Refused
from shopfloor.core.shown import show_quantity
from shopfloor.core.subjects import Subject
from shopfloor.people.deciders import deciders
from shopfloor.people.models import Person
from shopfloor.people.notices import tell_all
from shopfloor.production.floor_models import ReportShare

DISPUTED = EventKind(
    "share.disputed",
    _l("Share called wrong"),
    no_inverse_because="the supervisor settles it with those who shared",
)


@dataclass(frozen=True)
class Disputed:
    """Who hears now that a share is not right."""

    event_id: int
    told: tuple[str, ...]


@command(Gate.NONE, "an objection moves nothing; whoever decides corrects the report")
def dispute_share(tx: Tx, *, event_id: int) -> Disputed:
    """Tell the supervisor that one's share of somebody's report is not right."""
    share = tx.session.get(
        ReportShare, (event_id, tx.act.actor_id or 0), with_for_update={"key_share": True}
    )
    if share is None or share.pieces < 0:
        raise NotFound(_l("You have no share of this report."), rule="not_found")
    if share.disputed_event_id is not None:
        raise Refused(
            _l("Your supervisor knows it already."),
            _l("He settles it with those who reported."),
            rule="already_disputed",
        )
    made = tx.session.get_one(Event, event_id)
    if tx.session.scalar(select(Event.id).where(Event.undoes_id == event_id)):
        raise Refused(_l("This report was taken back already."), rule="already_undone")
    facts = json.loads(made.payload)
    where = Where(
        made.site_id, made.line_id, made.station_id, made.place_id, made.shift_id, made.leader_id
    )
    lot = tx.session.get_one(Subject, int(facts["lot"]))
    event = tx.record(
        DISPUTED,
        where,
        {"report": str(event_id), "pieces": share.pieces, "lot": facts["lot"]},
        about=[lot.id, tx.act.actor_id],
        caused_by_id=event_id,
    )
    share.disputed_event_id = event.id
    people = deciders(tx.session, where, tx.act.actor_id)
    reporter = tx.session.get(Person, made.actor_id or 0)
    told = {
        "lot": lot.number or lot.code,
        "code": lot.code,
        "operation": facts["sequence"],
        "pieces": show_quantity(share.pieces),
        "reporter": reporter.name if reporter else "",
        "report": str(event_id),
    }
    tell_all(tx, "production/share_disputed", [(person_id, told) for person_id, _name in people])
    return Disputed(event.id, tuple(name for _id, name in people))
