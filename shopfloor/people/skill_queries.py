"""What the pages of skills ask."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Row, Select, func, or_, select
from sqlalchemy.orm import Session

from shopfloor.core.finding import finds
from shopfloor.core.paging import Page, page_of
from shopfloor.core.refusals import Malformed
from shopfloor.core.rights import Rights
from shopfloor.core.subjects import Subject, find, read_reference
from shopfloor.core.uses import Users, users_of
from shopfloor.people.models import PERSON, SKILL, Person, PersonSkill, Skill
from shopfloor.people.skills import EDIT, skill_fields

# More columns than this nobody reads at once; the list of skills has them all.
MOST_COLUMNS = 40


@dataclass(frozen=True)
class SkillPage:
    """A skill, what its form shows, who of the asker's sites has it, and what asks for it."""

    subject: Subject
    skill: Skill
    stored: dict[str, str]
    people: Page
    users: list[Users]


@dataclass(frozen=True)
class Matrix:
    """People and skills; `last_days` says through which day by (person, skill), None for good."""

    skills: Sequence[Row[Skill, Subject]]
    people: Page
    last_days: dict[tuple[int, int], date | None]
    more_skills: bool


def skills(today: date, search: str = "", archived: bool = False) -> Select[*tuple[Any, ...]]:
    """Return the query for the skills that a search finds, with how many have each today."""
    have = (
        select(func.count())
        .select_from(PersonSkill)
        .join(Subject, Subject.id == PersonSkill.person_id)
        .where(
            PersonSkill.skill_id == Skill.id,
            Subject.archived_at.is_(None),
            PersonSkill.holds_on(today),
        )
        .correlate(Skill)
        .scalar_subquery()
        .label("people")
    )
    return skill_list(search, archived).add_columns(have)


def skill_page(session: Session, rights: Rights, code: str, number: int) -> SkillPage:
    """Return a skill by code or number with a page of who has it; NotFound when there is none."""
    subject = find(session, SKILL, code)
    skill = session.get_one(Skill, subject.id)
    people = (
        select(Person, Subject, PersonSkill.last_day)
        .join(Subject, Subject.id == Person.id)
        .join(PersonSkill, PersonSkill.person_id == Person.id)
        .where(PersonSkill.skill_id == skill.id, Subject.archived_at.is_(None), _reached(rights))
        .order_by(Person.name, Person.id)
    )
    users = [each for each in users_of(session, SKILL, skill.id) if each.keeps]
    return SkillPage(subject, skill, skill_fields(skill), page_of(session, people, number), users)


def matrix(session: Session, rights: Rights, search: str, number: int) -> Matrix:
    """Return a page of the people of the asker's sites with all they can do; four statements."""
    found = session.execute(skill_list().limit(MOST_COLUMNS + 1)).all()
    people = (
        select(Person, Subject)
        .join(Subject, Subject.id == Person.id)
        .where(Subject.archived_at.is_(None), _reached(rights))
        .order_by(Person.name, Person.id)
    )
    if search:
        people = people.where(finds(search, Subject.number, Person.found_by))
    page = page_of(session, people, number)
    has = session.execute(
        select(PersonSkill.person_id, PersonSkill.skill_id, PersonSkill.last_day).where(
            PersonSkill.person_id.in_([row.Person.id for row in page.rows])
        )
    )
    last_days = {(person, skill): last_day for person, skill, last_day in has}
    return Matrix(found[:MOST_COLUMNS], page, last_days, len(found) > MOST_COLUMNS)


def skills_of(session: Session, person_id: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return what a person can do, each with its last day; one statement."""
    return session.execute(
        select(Skill, Subject, PersonSkill.last_day)
        .join(Subject, Subject.id == Skill.id)
        .join(PersonSkill, PersonSkill.skill_id == Skill.id)
        .where(PersonSkill.person_id == person_id)
        .order_by(Subject.number, Subject.id)
    ).all()


def skill_choices(session: Session) -> Sequence[Row[Skill, Subject]]:
    """Return the skills in use, for a form; one statement."""
    return session.execute(skill_list().limit(500)).all()


def person_named(session: Session, rights: Rights, text: str) -> int:
    """Return the id of a person of the asker's sites by login, code or full name.

    Malformed when nobody or more than one is called so; one statement.
    """
    code, login = read_reference(text)
    found = session.execute(
        select(Person.id, Person.name, Subject.code, Subject.number)
        .join(Subject, Subject.id == Person.id)
        .where(
            Subject.kind == PERSON.name,
            Subject.archived_at.is_(None),
            _reached(rights),
            or_(
                Subject.code == code,
                Subject.number == (login or "").lower(),
                Person.name == " ".join(text.split()),
            ),
        )
        .limit(3)
    ).all()
    exact = [row for row in found if row.number == (login or "").lower() or row.code == code]
    named = exact or list(found)
    if len(named) != 1:
        raise Malformed(
            _l("“%(name)s” is not one person here.", name=text[:80]),
            _l("Write the login as it stands in the list of people."),
            rule="no_person",
            field="person",
        )
    return int(named[0].id)


def skill_list(search: str = "", archived: bool = False) -> Select[*tuple[Any, ...]]:
    """Return the query for the skills in use, or for all, that a search finds."""
    query = (
        select(Skill, Subject)
        .join(Subject, Subject.id == Skill.id)
        .order_by(Subject.number, Subject.id)
    )
    if not archived:
        query = query.where(Subject.archived_at.is_(None))
    return query.where(finds(search, Subject.number, Skill.found_by)) if search else query


def _reached(rights: Rights) -> ColumnElement[bool]:
    scopes = rights.scopes(EDIT)
    return Person.id.is_not(None) if scopes is None else Person.site_id.in_(scopes)
