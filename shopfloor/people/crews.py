"""What administrators change about a crew later: its names and who leads it."""

from flask_babel import lazy_gettext as _l

from shopfloor.core import clock
from shopfloor.core.commands import Gate, Tx, command
from shopfloor.core.editing import name_fields, require_unchanged
from shopfloor.core.events import Change, EventKind, Where
from shopfloor.core.refusals import Malformed, NotFound
from shopfloor.core.subjects import Made, Subject
from shopfloor.core.uses import require_unused
from shopfloor.core.words import require_names
from shopfloor.people.models import CREW, Crew, Person

CREW_CHANGED = EventKind(
    "people.crew_changed", _l("Crew changed"), no_inverse_because="it is changed back", edits=True
)
CREW_ARCHIVED = EventKind(
    "people.crew_archived",
    _l("Crew archived"),
    no_inverse_because="it is taken into use again instead",
)
CREW_RESTORED = EventKind(
    "people.crew_restored",
    _l("Crew in use again"),
    no_inverse_because="it is archived again instead",
)
_BECAUSE = "a person's record is not material; no lot is touched"


@command(Gate.NONE, _BECAUSE)
def change_crew(
    tx: Tx, *, crew_id: int, version: int, names: dict[str, str], leader_id: int | None = None
) -> Made:
    """Change a crew's names and its leader, who is one of its people; None leaves it without.

    Raises Overtaken when somebody else has saved meanwhile.
    """
    crew = _crew(tx, crew_id)
    require_unchanged(tx.session, crew, version, crew_fields(crew))
    _require_member(tx, crew, leader_id)
    named = require_names(names)
    changes = [
        Change(crew.id, "names", crew.names, named),
        Change(crew.id, "leader", crew.leader_id, leader_id),
    ]
    crew.names, crew.leader_id, crew.version = named, leader_id, crew.version + 1
    subject = tx.session.get_one(Subject, crew.id)
    tx.session.flush()
    tx.record(CREW_CHANGED, Where(site_id=crew.site_id), {}, about=[crew.id], changes=changes)
    return Made(crew.id, subject.code, subject.number)


@command(Gate.NONE, _BECAUSE)
def archive_crew(tx: Tx, *, crew_id: int, archived: bool) -> Made:
    """Take a crew out of use when nobody is in it any more, or into use again."""
    crew = _crew(tx, crew_id)
    if archived:
        require_unused(tx.session, CREW, crew.id)
    subject = tx.session.get_one(Subject, crew.id)
    before, subject.archived_at = subject.archived_at, clock.now() if archived else None
    tx.session.flush()
    tx.record(
        CREW_ARCHIVED if archived else CREW_RESTORED,
        Where(site_id=crew.site_id),
        {"number": subject.number},
        about=[crew.id],
        changes=[Change(crew.id, "archived_at", before, subject.archived_at)],
    )
    return Made(crew.id, subject.code, subject.number)


def crew_fields(crew: Crew) -> dict[str, str]:
    """Return what is stored of a crew, by the fields of its form."""
    return name_fields(crew.names) | {"leader": str(crew.leader_id or "")}


def _crew(tx: Tx, crew_id: int) -> Crew:
    crew = tx.session.get(Crew, crew_id, with_for_update={"key_share": True})
    if crew is None:
        raise NotFound(_l("There is no such crew."), rule="not_found")
    tx.act.rights.require("people.edit", crew.site_id)
    return crew


def _require_member(tx: Tx, crew: Crew, leader_id: int | None) -> None:
    leader = tx.session.get(Person, leader_id) if leader_id is not None else None
    if leader_id is not None and (leader is None or leader.crew_id != crew.id):
        raise Malformed(
            _l("The leader of a crew is one of its people."),
            _l("Let the person join the crew first."),
            rule="bad_leader",
            field="leader",
        )
