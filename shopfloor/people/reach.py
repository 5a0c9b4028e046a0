"""Whom an administrator may touch: people of his own sites, and no one with rights beyond them."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from shopfloor.core import subjects
from shopfloor.core.commands import Tx
from shopfloor.core.refusals import Malformed, NotFound, NotYours
from shopfloor.core.subjects import Subject
from shopfloor.people.models import CREW, Crew, Grant, Person


def person_to_edit(tx: Tx, person_id: int) -> Person:
    """Return a person whom the actor may administer, locked; NotFound outside his sites."""
    person = tx.session.get(Person, person_id, with_for_update={"key_share": True})
    if person is None:
        tx.act.rights.require("people.edit")
        raise NotFound(_l("There is no such person."), rule="not_found")
    tx.act.rights.require("people.edit", person.site_id)
    _require_reach(tx, person)
    return person


def _require_reach(tx: Tx, person: Person) -> None:
    """Whoever administers one site leaves those alone whose rights go further.

    With their password or badge he would have those rights himself.
    """
    if tx.act.rights.may("people.edit"):
        return
    scopes = tx.session.execute(
        select(Grant.scope_id, Subject.site_id)
        .join(Subject, Subject.id == Grant.scope_id, isouter=True)
        .where(Grant.person_id == person.id, Grant.revoked_at.is_(None))
    )
    if not all(tx.act.rights.may("people.edit", *scope) for scope in scopes):
        raise NotYours(
            _l("This person has rights beyond your site."),
            _l("Ask an administrator of the whole company."),
            rule="beyond_scope",
        )


def require_crew(tx: Tx, crew_id: int | None, site_id: int) -> Crew | None:
    """Return the crew, which belongs to the site and is in use; None stays None."""
    if crew_id is None:
        return None
    crew = tx.session.get(Crew, crew_id)
    if crew is None or crew.site_id != site_id:
        raise Malformed(_l("There is no such crew at this site."), rule="bad_crew", field="crew")
    subjects.require_in_use(tx.session, CREW, [crew_id], "crew")
    return crew
