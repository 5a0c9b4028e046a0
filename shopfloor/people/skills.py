"""Skills: what somebody must be able to do, who has it, and through which day."""

from collections.abc import Mapping
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete

from shopfloor.core import clock, subjects
from shopfloor.core.commands import Gate, Tx, command
from shopfloor.core.editing import name_fields, require_unchanged
from shopfloor.core.events import Change, EventKind, Where
from shopfloor.core.refusals import Malformed, NotFound, Refused
from shopfloor.core.subjects import Made, Subject
from shopfloor.core.uses import require_unused
from shopfloor.core.words import require_names
from shopfloor.people.models import SKILL, PersonSkill, Skill
from shopfloor.people.reach import person_to_edit

SKILL_ADDED = EventKind(
    "people.skill_added", _l("Skill added"), no_inverse_because="a skill is archived, not unmade"
)
SKILL_CHANGED = EventKind(
    "people.skill_changed", _l("Skill changed"), no_inverse_because="it is changed back", edits=True
)
SKILL_ARCHIVED = EventKind(
    "people.skill_archived",
    _l("Skill archived"),
    no_inverse_because="it is taken into use again instead",
)
SKILL_RESTORED = EventKind(
    "people.skill_restored",
    _l("Skill in use again"),
    no_inverse_because="it is archived again instead",
)
SKILL_GIVEN = EventKind(
    "people.skill_given", _l("Skill given"), no_inverse_because="it is taken back instead"
)
SKILL_TAKEN = EventKind(
    "people.skill_taken", _l("Skill taken back"), no_inverse_because="it is given again instead"
)
EDIT = "people.edit"
_BECAUSE = "what somebody can do is not material; no lot is touched"


@command(Gate.NONE, _BECAUSE)
def add_skill(tx: Tx, *, number: str, names: dict[str, str]) -> Made:
    """Add a skill that operations can ask for and people can have."""
    tx.act.rights.require(EDIT)
    made, changes = put_skill(tx, number, names)
    tx.record(SKILL_ADDED, Where(), {"number": made.number}, about=[made.id], changes=changes)
    return made


@command(Gate.NONE, _BECAUSE)
def change_skill(tx: Tx, *, skill_id: int, version: int, names: dict[str, str]) -> Made:
    """Change a skill's names; Overtaken when somebody else has saved meanwhile."""
    subject, skill = _skill(tx, skill_id)
    require_unchanged(tx.session, skill, version, skill_fields(skill))
    before, skill.names = skill.names, require_names(names)
    skill.version += 1
    tx.session.flush()
    changes = [Change(skill.id, "names", before, skill.names)]
    tx.record(SKILL_CHANGED, Where(), {"number": subject.number}, about=[skill.id], changes=changes)
    return Made(skill.id, subject.code, subject.number)


@command(Gate.NONE, _BECAUSE)
def archive_skill(tx: Tx, *, skill_id: int, archived: bool) -> Made:
    """Take a skill out of use unless operations ask for it, or take it into use again."""
    subject, skill = _skill(tx, skill_id)
    if archived:
        require_unused(tx.session, SKILL, skill.id)
    before, subject.archived_at = subject.archived_at, clock.now() if archived else None
    tx.session.flush()
    tx.record(
        SKILL_ARCHIVED if archived else SKILL_RESTORED,
        Where(),
        {"number": subject.number},
        about=[skill.id],
        changes=[Change(skill.id, "archived_at", before, subject.archived_at)],
    )
    return Made(skill.id, subject.code, subject.number)


@command(Gate.NONE, _BECAUSE)
def give_skill(tx: Tx, *, person_id: int, skill_id: int, last_day: date | None = None) -> Made:
    """Note that a person has a skill, through a last day or for good; a second time renews it."""
    person = person_to_edit(tx, person_id)
    change = put_person_skill(tx, person.id, skill_id, last_day)
    facts = {"skill": str(skill_id), "last_day": last_day.isoformat() if last_day else None}
    where = Where(site_id=person.site_id)
    tx.record(SKILL_GIVEN, where, facts, about=[person.id, skill_id], changes=[change])
    return Made(person.id, "", person.login)


@command(Gate.NONE, _BECAUSE)
def take_skill(tx: Tx, *, person_id: int, skill_id: int) -> Made:
    """Take a skill back from a person."""
    person = person_to_edit(tx, person_id)
    had = tx.session.get(PersonSkill, (person.id, skill_id))
    if had is None:
        raise Refused(
            _l("This person does not have the skill any more."),
            _l("Look at the page again."),
            rule="no_skill",
        )
    number = tx.session.get_one(Subject, skill_id).number
    tx.session.execute(
        delete(PersonSkill).where(
            PersonSkill.person_id == person.id, PersonSkill.skill_id == skill_id
        )
    )
    change = Change(person.id, f"skill {number}"[:60], _until(had.last_day), None)
    where, facts = Where(site_id=person.site_id), {"skill": str(skill_id)}
    tx.record(SKILL_TAKEN, where, facts, about=[person.id, skill_id], changes=[change])
    return Made(person.id, "", person.login)


def put_skill(tx: Tx, number: str, names: Mapping[str, str]) -> tuple[Made, list[Change]]:
    """Insert a skill, for the command or the import that records it."""
    made = subjects.create(tx.session, SKILL, number)
    skill = Skill(id=made.id, names=require_names(names))
    tx.session.add(skill)
    tx.session.flush()
    return made, [
        Change(made.id, "number", None, made.number),
        Change(made.id, "names", None, skill.names),
    ]


def put_person_skill(tx: Tx, person_id: int, skill_id: int, last_day: date | None) -> Change:
    """Give a person a skill in use, or renew it, for the command or the import that records it."""
    subject = tx.session.get(Subject, skill_id)
    if subject is None or subject.kind != SKILL.name or subject.archived_at is not None:
        raise Malformed(
            _l("There is no such skill in use."),
            _l("Choose another one."),
            rule="no_skill",
            field="skill",
        )
    has = tx.session.get(PersonSkill, (person_id, skill_id))
    before = _until(has.last_day) if has else None
    if has is None:
        tx.session.add(PersonSkill(person_id=person_id, skill_id=skill_id, last_day=last_day))
    else:
        has.last_day = last_day
    tx.session.flush()
    return Change(person_id, f"skill {subject.number}"[:60], before, _until(last_day))


def skill_fields(skill: Skill) -> dict[str, str]:
    """Return what is stored of a skill, by the fields of its form."""
    return name_fields(skill.names)


def _skill(tx: Tx, skill_id: int) -> tuple[Subject, Skill]:
    tx.act.rights.require(EDIT)
    subjects.lock(tx.session, skill_id)
    skill = tx.session.get(Skill, skill_id)
    if skill is None:
        raise NotFound(_l("There is no such skill."), rule="not_found")
    return tx.session.get_one(Subject, skill_id), skill


def _until(last_day: date | None) -> str:
    return last_day.isoformat() if last_day else "always"
