"""What the pages about people ask."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session, aliased

from shopfloor.core.codes import read_code
from shopfloor.core.finding import finds
from shopfloor.core.refusals import NotFound
from shopfloor.core.rights import Rights
from shopfloor.core.subjects import Subject
from shopfloor.people.models import ApiToken, Badge, Crew, Grant, Person, RoleVerb, SignIn
from shopfloor.plant.models import LINE, SITE, STATION, Device, Line, Site, Station

EDIT = "people.edit"


@dataclass(frozen=True)
class PersonPage:
    """Everything the page of a person shows; secrets are not among it."""

    subject: Subject
    person: Person
    site: Site
    crew: Crew | None
    grants: Sequence[Row[*tuple[Any, ...]]]
    badge: Badge | None
    tokens: Sequence[ApiToken]
    sessions: Sequence[Row[*tuple[Any, ...]]]
    verbs: Sequence[str]


def people(rights: Rights, search: str, archived: bool = False) -> Select[*tuple[Any, ...]]:
    """Return the query for the people of the sites that the asker administers."""
    query = (
        select(
            Person,
            Subject,
            Site.names.label("site_names"),
            Crew.names.label("crew_names"),
            select(func.aggregate_strings(Grant.role, ","))
            .where(Grant.person_id == Person.id, Grant.revoked_at.is_(None))
            .scalar_subquery()
            .label("roles"),
        )
        .join(Subject, Subject.id == Person.id)
        .join(Site, Site.id == Person.site_id)
        .join(Crew, Crew.id == Person.crew_id, isouter=True)
        .order_by(Person.name, Person.id)
    )
    scopes = rights.scopes(EDIT)
    if scopes is not None:
        query = query.where(Person.site_id.in_(scopes))
    if not archived:
        query = query.where(Subject.archived_at.is_(None))
    if search:
        query = query.where(finds(search, Subject.number, Person.found_by))
    return query


def person_page(session: Session, rights: Rights, code: str) -> PersonPage:
    """Return a person by printed code; NotFound outside the asker's sites. Six statements."""
    row = session.execute(
        select(Subject, Person, Site, Crew)
        .join(Person, Person.id == Subject.id)
        .join(Site, Site.id == Person.site_id)
        .join(Crew, Crew.id == Person.crew_id, isouter=True)
        .where(Subject.code == (read_code(code) or ""))
    ).first()
    if row is None or not rights.may(EDIT, row.Person.site_id):
        raise NotFound(_l("There is no such person."), rule="not_found")
    person_id = row.Person.id
    return PersonPage(
        row.Subject,
        row.Person,
        row.Site,
        row.Crew,
        _grants(session, person_id),
        session.scalar(
            select(Badge).where(Badge.person_id == person_id, Badge.revoked_at.is_(None))
        ),
        session.scalars(
            select(ApiToken)
            .where(ApiToken.person_id == person_id, ApiToken.revoked_at.is_(None))
            .order_by(ApiToken.id)
        ).all(),
        session.execute(
            select(SignIn, Device.name)
            .join(Device, Device.id == SignIn.device_id, isouter=True)
            .where(SignIn.person_id == person_id, SignIn.ended_at.is_(None))
            .order_by(SignIn.seen_at.desc())
            .limit(20)
        ).all(),
        session.scalars(
            select(RoleVerb.verb)
            .join(Grant, Grant.role == RoleVerb.role)
            .where(Grant.person_id == person_id, Grant.revoked_at.is_(None))
            .distinct()
            .order_by(RoleVerb.verb)
        ).all(),
    )


def _grants(session: Session, person_id: int) -> Sequence[Row[*tuple[Any, ...]]]:
    scope = aliased(Subject)
    names = func.coalesce(Site.names, Line.names, Station.names, type_=Site.names.type)
    return session.execute(
        select(Grant, scope.kind, scope.number, names.label("names"))
        .join(scope, scope.id == Grant.scope_id, isouter=True)
        .join(Site, Site.id == Grant.scope_id, isouter=True)
        .join(Line, Line.id == Grant.scope_id, isouter=True)
        .join(Station, Station.id == Grant.scope_id, isouter=True)
        .where(Grant.person_id == person_id, Grant.revoked_at.is_(None))
        .order_by(Grant.role, Grant.id)
    ).all()


def roles(session: Session) -> Sequence[str]:
    """Return the names of the roles that there are; one statement."""
    return session.scalars(select(RoleVerb.role).distinct().order_by(RoleVerb.role)).all()


def crews(session: Session, rights: Rights) -> Sequence[Row[Crew, Subject]]:
    """Return the crews of the asker's sites; one statement."""
    query = select(Crew, Subject).join(Subject, Subject.id == Crew.id).order_by(Subject.number)
    scopes = rights.scopes(EDIT)
    if scopes is not None:
        query = query.where(Crew.site_id.in_(scopes))
    return session.execute(query.where(Subject.archived_at.is_(None))).all()


def crew_list(rights: Rights, search: str = "", archived: bool = False) -> Select[*tuple[Any, ...]]:
    """Return the query for the crews of the asker's sites, with leader and number of people."""
    leader = aliased(Person)
    people = select(func.count(Person.id)).where(Person.crew_id == Crew.id).scalar_subquery()
    query = (
        select(Crew, Subject, Site.names.label("site_names"), leader.name.label("leader"))
        .add_columns(people.label("people"))
        .join(Subject, Subject.id == Crew.id)
        .join(Site, Site.id == Crew.site_id)
        .join(leader, leader.id == Crew.leader_id, isouter=True)
        .order_by(Subject.number, Subject.id)
    )
    if not archived:
        query = query.where(Subject.archived_at.is_(None))
    if search:
        query = query.where(finds(search, Subject.number, Crew.found_by))
    own = rights.scopes(EDIT)
    return query if own is None else query.where(Crew.site_id.in_(own))


@dataclass(frozen=True)
class CrewPage:
    """A crew with its people, and the people of its site who could join."""

    subject: Subject
    crew: Crew
    site: Site
    members: Sequence[Row[Person, Subject]]
    others: Sequence[Row[*tuple[Any, ...]]]


def crew_page(session: Session, rights: Rights, code: str) -> CrewPage:
    """Return a crew by printed code; NotFound outside the asker's sites. Three statements."""
    row = session.execute(
        select(Subject, Crew, Site)
        .join(Crew, Crew.id == Subject.id)
        .join(Site, Site.id == Crew.site_id)
        .where(Subject.code == (read_code(code) or ""))
    ).first()
    if row is None or not rights.may(EDIT, row.Crew.site_id):
        raise NotFound(_l("There is no such crew."), rule="not_found")
    here = (
        select(Person, Subject)
        .join(Subject, Subject.id == Person.id)
        .where(Person.site_id == row.Crew.site_id, Subject.archived_at.is_(None))
        .order_by(Person.name, Person.id)
    )
    joining = here.with_only_columns(Person, Crew.names).join(
        Crew, Crew.id == Person.crew_id, isouter=True
    )
    return CrewPage(
        row.Subject,
        row.Crew,
        row.Site,
        session.execute(here.where(Person.crew_id == row.Crew.id)).all(),
        session.execute(joining.where(Person.crew_id.is_distinct_from(row.Crew.id))).all(),
    )


def name_of(session: Session, person_id: int) -> str | None:
    """Return how somebody is called, or None for nobody; one statement."""
    return session.scalar(select(Person.name).where(Person.id == person_id))


def people_of(session: Session, site_id: int) -> list[tuple[int, str]]:
    """Return (id, name) of the people of a site; one statement."""
    found = session.execute(
        select(Person.id, Person.name)
        .join(Subject, Subject.id == Person.id)
        .where(Person.site_id == site_id, Subject.archived_at.is_(None))
        .order_by(Person.name, Person.id)
    )
    return [(person_id, name) for person_id, name in found]


def people_of_sites(session: Session, sites: Collection[int] | None) -> Sequence[int]:
    """Return the ids of the people of some sites, whether they still work there; None is all."""
    query = select(Person.id)
    return session.scalars(query if sites is None else query.where(Person.site_id.in_(sites))).all()


def ids_of(session: Session, found: Select[*tuple[Any, ...]]) -> Sequence[int]:
    """Return the ids of the people whom a query finds."""
    return session.scalars(found.with_only_columns(Person.id).order_by(None)).all()


def scopes(session: Session, rights: Rights) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return where the asker may give a role: (id, kind, number, names); one statement."""
    names = func.coalesce(Site.names, Line.names, Station.names, type_=Site.names.type)
    query = (
        select(Subject.id, Subject.kind, Subject.number, names.label("names"))
        .join(Site, Site.id == Subject.id, isouter=True)
        .join(Line, Line.id == Subject.id, isouter=True)
        .join(Station, Station.id == Subject.id, isouter=True)
        .where(
            Subject.kind.in_((SITE.name, LINE.name, STATION.name)), Subject.archived_at.is_(None)
        )
        .order_by(func.coalesce(Subject.site_id, Subject.id), Subject.kind, Subject.number)
    )
    own = rights.scopes(EDIT)
    if own is not None:
        query = query.where(Subject.id.in_(own) | Subject.site_id.in_(own))
    return session.execute(query).all()
