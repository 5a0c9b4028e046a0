"""Giving roles and taking them back, never further than the giver's own reach."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from shopfloor.core import clock
from shopfloor.core.commands import Gate, Tx, command
from shopfloor.core.events import Change, EventKind, Where
from shopfloor.core.refusals import Malformed, NotYours, Refused
from shopfloor.core.subjects import Made, Subject
from shopfloor.people.models import Grant, RoleVerb
from shopfloor.people.reach import person_to_edit
from shopfloor.people.sign_in import end_sessions
from shopfloor.plant.models import LINE, PLACE, SITE, STATION

_NO_INVERSE = "a right that was given is revoked by an entry of its own"
ROLE_GIVEN = EventKind("people.role_given", _l("Role given"), no_inverse_because=_NO_INVERSE)
ROLE_REVOKED = EventKind("people.role_revoked", _l("Role revoked"), no_inverse_because=_NO_INVERSE)
SCOPES = (SITE.name, LINE.name, STATION.name, PLACE.name)
_BECAUSE = "a person's rights are not material; no lot is touched"


@command(Gate.NONE, _BECAUSE)
def give_role(tx: Tx, *, person_id: int, role: str, scope_id: int | None = None) -> Made:
    """Give a role, everywhere or within one site, line, station or place; ends open sessions.

    Nobody gives a role beyond the sites where he himself administers people.
    """
    person = person_to_edit(tx, person_id)
    if not tx.session.scalar(select(RoleVerb.role).where(RoleVerb.role == role).limit(1)):
        raise Malformed(_l("There is no such role."), rule="bad_role", field="role")
    _require_scope(tx, scope_id)
    if tx.session.scalar(
        _active(person.id).where(Grant.role == role, Grant.scope_id.is_not_distinct_from(scope_id))
    ):
        raise Refused(_l("This person has this role there already."), rule="has_role", field="role")
    tx.session.add(
        Grant(
            person_id=person.id,
            role=role,
            scope_id=scope_id,
            given_at=clock.now(),
            given_by_id=tx.act.actor_id,
        )
    )
    end_sessions(tx.session, person.id)
    tx.record(
        ROLE_GIVEN,
        Where(site_id=person.site_id),
        {"role": role, "scope": str(scope_id) if scope_id else ""},
        about=[person.id, scope_id],
        changes=[Change(person.id, "role", None, role)],
    )
    return Made(person.id, "", person.login)


@command(Gate.NONE, _BECAUSE)
def revoke_role(tx: Tx, *, person_id: int, role: str, scope_id: int | None = None) -> Made:
    """Take a role back in the scope in which it was given; ends open sessions."""
    person = person_to_edit(tx, person_id)
    require_administrators_left(tx.session, person.id, role, scope_id)
    grants = tx.session.scalars(
        _active(person.id).where(Grant.role == role, Grant.scope_id.is_not_distinct_from(scope_id))
    ).all()
    if not grants:
        raise Refused(_l("This person does not have this role there."), rule="no_role")
    for grant in grants:
        grant.revoked_at = clock.now()
    end_sessions(tx.session, person.id)
    tx.session.flush()
    tx.record(
        ROLE_REVOKED,
        Where(site_id=person.site_id),
        {"role": role, "scope": str(scope_id) if scope_id else ""},
        about=[person.id, scope_id],
        changes=[Change(person.id, "role", role, None)],
    )
    return Made(person.id, "", person.login)


def require_administrators_left(
    session: Session, person_id: int, role: str | None = None, scope_id: int | None = None
) -> None:
    """Refuse to take the last right to administer people everywhere; None means all roles.

    The grants are locked, so that two administrators cannot take it from each other at once.
    """
    if scope_id is not None:
        return
    grants = session.scalars(
        select(Grant)
        .join(Subject, Subject.id == Grant.person_id)
        .where(
            Grant.role.in_(select(RoleVerb.role).where(RoleVerb.verb == "people.edit")),
            Grant.scope_id.is_(None),
            Grant.revoked_at.is_(None),
            Subject.archived_at.is_(None),
        )
        .order_by(Grant.id)
        .with_for_update(of=Grant)
    ).all()
    taken = [g for g in grants if g.person_id == person_id and role in (None, g.role)]
    if taken and len(taken) == len(grants):
        raise Refused(
            _l("Nobody would be left who can administer people."),
            _l("Give somebody else the role of administrator first."),
            rule="last_administrator",
            field="role",
        )


def _active(person_id: int) -> Select[Grant]:
    return select(Grant).where(Grant.person_id == person_id, Grant.revoked_at.is_(None))


def _require_scope(tx: Tx, scope_id: int | None) -> None:
    scope = tx.session.get(Subject, scope_id) if scope_id is not None else None
    if scope_id is not None and (scope is None or scope.kind not in SCOPES):
        raise Malformed(
            _l("A role holds everywhere or at a site, line, station or place."),
            rule="bad_scope",
            field="scope",
        )
    if not tx.act.rights.may("people.edit", scope_id, scope.site_id if scope else None):
        raise NotYours(
            _l("You cannot give rights beyond your own site."),
            _l("Choose your site, or ask an administrator of the whole company."),
            rule="beyond_scope",
            field="scope",
        )
