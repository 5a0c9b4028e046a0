"""What administrators change about people later: name and language, leaving, open sessions."""

from flask_babel import lazy_gettext as _l

from shopfloor.core import clock
from shopfloor.core.commands import Gate, Tx, command
from shopfloor.core.editing import require_unchanged
from shopfloor.core.events import Change, EventKind, Where
from shopfloor.core.refusals import Malformed
from shopfloor.core.subjects import Made, Subject
from shopfloor.core.words import LANGUAGES
from shopfloor.people.commands import end_badges
from shopfloor.people.grants import require_administrators_left
from shopfloor.people.models import Person
from shopfloor.people.reach import person_to_edit
from shopfloor.people.sign_in import end_sessions

PERSON_CHANGED = EventKind(
    "people.person_changed",
    _l("Person changed"),
    no_inverse_because="it is changed back",
    edits=True,
)
PERSON_LEFT = EventKind(
    "people.person_left", _l("Person archived"), no_inverse_because="the person is taken back"
)
PERSON_BACK = EventKind(
    "people.person_back", _l("Person taken back"), no_inverse_because="the person is archived again"
)
SESSIONS_ENDED = EventKind(
    "people.sessions_ended", _l("Signed out everywhere"), no_inverse_because="one signs in again"
)
_BECAUSE = "a person's record is not material; no lot is touched"


@command(Gate.NONE, _BECAUSE)
def change_person(tx: Tx, *, person_id: int, version: int, name: str, language: str) -> Made:
    """Change a person's name and language; `version` is the one that was seen.

    Raises Overtaken when somebody else has saved meanwhile.
    """
    person = person_to_edit(tx, person_id)
    require_unchanged(tx.session, person, version, person_fields(person))
    name = " ".join(name.split())
    if not name or len(name) > 120 or language not in LANGUAGES:
        raise Malformed(
            _l("A person needs a name and a language."), rule="bad_person", field="name"
        )
    changes = [
        Change(person.id, "name", person.name, name),
        Change(person.id, "language", person.language, language),
    ]
    person.name, person.language, person.version = name, language, person.version + 1
    tx.session.flush()
    tx.record(PERSON_CHANGED, Where(site_id=person.site_id), {}, about=[person.id], changes=changes)
    return Made(person.id, "", person.login)


def person_fields(person: Person) -> dict[str, str]:
    """Return what is stored of a person, by the fields of the form."""
    return {"name": person.name, "language": person.language}


@command(Gate.NONE, _BECAUSE)
def archive_person(tx: Tx, *, person_id: int, archived: bool) -> Made:
    """Let a person leave: signed out, badge worthless, history kept; or take him back."""
    person = person_to_edit(tx, person_id)
    if archived:
        require_administrators_left(tx.session, person.id)
        end_sessions(tx.session, person.id)
        end_badges(tx, person.id)
    subject = tx.session.get_one(Subject, person.id)
    before, subject.archived_at = subject.archived_at, clock.now() if archived else None
    tx.session.flush()
    tx.record(
        PERSON_LEFT if archived else PERSON_BACK,
        Where(site_id=person.site_id),
        {},
        about=[person.id],
        changes=[Change(person.id, "archived_at", before, subject.archived_at)],
    )
    return Made(person.id, "", person.login)


@command(Gate.NONE, _BECAUSE)
def sign_out_everywhere(tx: Tx, *, person_id: int) -> Made:
    """End every open session of a person, on every phone."""
    person = person_to_edit(tx, person_id)
    end_sessions(tx.session, person.id)
    tx.record(SESSIONS_ENDED, Where(site_id=person.site_id), {}, about=[person.id])
    return Made(person.id, "", person.login)
