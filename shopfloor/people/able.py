"""Who is able to do the work that asks for a skill, on a day of his site."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from shopfloor.core.subjects import Subject
from shopfloor.people.models import Person, PersonSkill, SignIn, Skill

MOST_NAMED = 3
MOST_COUNTED = 100


@dataclass(frozen=True)
class Able:
    """Somebody who has a skill; `here` when he is signed in now."""

    id: int
    name: str
    crew_id: int | None
    here: bool


def who_has(session: Session, skill_id: int, site_id: int, day: date) -> list[Able]:
    """Return the people of a site who have a skill on a day, by name; one statement."""
    signed_in = (
        select(SignIn.id).where(SignIn.person_id == Person.id, SignIn.ended_at.is_(None)).exists()
    )
    found = session.execute(
        select(Person.id, Person.name, Person.crew_id, signed_in)
        .join(PersonSkill, PersonSkill.person_id == Person.id)
        .join(Subject, Subject.id == Person.id)
        .where(
            PersonSkill.skill_id == skill_id,
            PersonSkill.holds_on(day),
            Person.site_id == site_id,
            Subject.archived_at.is_(None),
        )
        .order_by(Person.name, Person.id)
        .limit(MOST_COUNTED)
    )
    return [Able(*row) for row in found]


def without(session: Session, skill_id: int, people: list[int], day: date) -> list[str]:
    """Return the names of those people who do not have a skill on a day; one statement."""
    has = select(PersonSkill.person_id).where(
        PersonSkill.skill_id == skill_id,
        PersonSkill.holds_on(day),
    )
    query = select(Person.name).where(Person.id.in_(people), Person.id.not_in(has))
    return list(session.scalars(query.order_by(Person.id)))


def skill_names(session: Session, skill_id: int) -> dict[str, str]:
    """Return the name of a skill in every language it has; one statement."""
    return session.get_one(Skill, skill_id).names
