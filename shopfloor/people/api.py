"""People and skills for programs: what an ERP may know of people, and who can do what."""

from collections import defaultdict
from datetime import date

from flask import Blueprint
from pydantic import ConfigDict
from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from shopfloor.core.api import call, part_of
from shopfloor.core.api_fields import Body, Day, Id, Name, Named, Names, Page, Thing, Told, name_of
from shopfloor.core.db import db
from shopfloor.core.references import id_of
from shopfloor.core.sought import Sought, narrowed
from shopfloor.core.subjects import Subject, find
from shopfloor.people.access import requires, viewer
from shopfloor.people.looks import Looked, note_look
from shopfloor.people.models import PERSON, SKILL, Person, PersonSkill, Skill
from shopfloor.people.programs import doing
from shopfloor.people.skills import add_skill, change_skill, give_skill, take_skill

bp = Blueprint("people_api", __name__)
EDIT, VIEW = "people.edit", "work.view"


class NewSkill(Body):
    """What somebody must be able to do before he may work at some operations."""

    number: Name
    names: Names

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"number": "W1", "names": {"en": "Welding"}}]}
    )


class SkillChange(Body):
    """The names of a skill as it was heard at `version`; those left out stay."""

    version: Id
    names: Names


class SkillGiven(Body):
    """Through which day somebody has a skill; without one for good."""

    last_day: Day | None = None


class SkillTold(Named):
    """A skill."""

    names: dict[str, str]
    version: int
    archived: bool


class HasSkill(Told):
    """A skill that somebody has, through a last day or for good."""

    skill: Named
    last_day: date | None


class PersonTold(Named):
    """Somebody who can sign in; the number is the login. No proof of his is told."""

    name: str
    language: str
    site: Named
    crew: Named | None
    skills: list[HasSkill]
    version: int
    archived: bool


@bp.post("/skills")
@requires(EDIT)
@call(takes=NewSkill, gives=Thing, status=201)
def new_skill(body: NewSkill) -> Thing:
    """Add a skill."""
    return Thing.of(add_skill(doing(), number=body.number, names=body.names.given()))


@bp.get("/skills")
@requires(VIEW)
@call(asks=Sought, gives=Page[SkillTold])
def skills(asked: Sought) -> Page[SkillTold]:
    """List the skills, oldest first."""
    query = select(Subject, Skill).join(Skill, Skill.id == Subject.id)
    rows, after = part_of(db.session(), narrowed(query, asked, Skill.found_by), Skill.id, asked)
    told = [
        SkillTold(
            code=subject.code,
            number=subject.number,
            names=skill.names,
            version=skill.version,
            archived=subject.archived_at is not None,
        )
        for subject, skill, _id in rows
    ]
    return Page(entries=told, next=after)


@bp.patch("/skills/<code>")
@requires(EDIT)
@call(takes=SkillChange, gives=Thing)
def save_skill(code: str, body: SkillChange) -> Thing:
    """Change a skill's names; 409 with both sides when they were changed since `version`."""
    skill_id = find(db.session(), SKILL, code).id
    known = db.session.get_one(Skill, skill_id).names
    names = known | body.names.given()
    return Thing.of(change_skill(doing(), skill_id=skill_id, version=body.version, names=names))


@bp.get("/people")
@requires(EDIT)
@call(asks=Sought, gives=Page[PersonTold])
def people(asked: Sought) -> Page[PersonTold]:
    """List the people of the sites that the token's person administers, oldest first."""
    found = told_people(db.session(), asked, viewer().rights.scopes(EDIT))
    codes = [entry.code for entry in found.entries]
    ids = db.session.scalars(select(Subject.id).where(Subject.code.in_(codes)))
    note_look(viewer(), Looked.PROGRAM, ids)
    return found


@bp.post("/people/<code>/skills/<skill>")
@requires(EDIT)
@call(takes=SkillGiven, gives=Thing)
def give(code: str, skill: str, body: SkillGiven) -> Thing:
    """Note that somebody has a skill, or renew it."""
    person = find(db.session(), PERSON, code)
    skill_id = id_of(db.session(), SKILL, skill, "skill")
    give_skill(doing(), person_id=person.id, skill_id=skill_id, last_day=body.last_day)
    return Thing(kind=PERSON.name, code=person.code, number=person.number)


@bp.delete("/people/<code>/skills/<skill>")
@requires(EDIT)
@call(gives=Thing)
def take(code: str, skill: str) -> Thing:
    """Take a skill back from somebody."""
    person = find(db.session(), PERSON, code)
    skill_id = id_of(db.session(), SKILL, skill, "skill")
    take_skill(doing(), person_id=person.id, skill_id=skill_id)
    return Thing(kind=PERSON.name, code=person.code, number=person.number)


def told_people(session: Session, asked: Sought, scopes: frozenset[int] | None) -> Page[PersonTold]:
    """Return a part of the people of some sites (None: all) with their skills; two statements."""
    site, crew = aliased(Subject), aliased(Subject)
    query = (
        select(Subject, Person, site, crew)
        .join(Person, Person.id == Subject.id)
        .join(site, site.id == Person.site_id)
        .join(crew, crew.id == Person.crew_id, isouter=True)
    )
    if scopes is not None:
        query = query.where(Person.site_id.in_(scopes))
    rows, after = part_of(session, narrowed(query, asked, Person.found_by), Person.id, asked)
    has: dict[int, list[HasSkill]] = defaultdict(list)
    for person_id, last_day, skill in session.execute(
        select(PersonSkill.person_id, PersonSkill.last_day, Subject)
        .join(Subject, Subject.id == PersonSkill.skill_id)
        .where(PersonSkill.person_id.in_([row[1].id for row in rows]))
        .order_by(Subject.number)
    ):
        has[person_id].append(HasSkill(skill=name_of(skill), last_day=last_day))
    told = [
        PersonTold(
            code=subject.code,
            number=subject.number,
            name=person.name,
            language=person.language,
            site=name_of(at),
            crew=name_of(team) if team else None,
            skills=has[person.id],
            version=person.version,
            archived=subject.archived_at is not None,
        )
        for subject, person, at, team, _id in rows
    ]
    return Page(entries=told, next=after)
