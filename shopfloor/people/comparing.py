"""Who may see people ranked by name: nobody, until an administrator names the roles."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from shopfloor.core.commands import Gate, Tx, command
from shopfloor.core.events import EventKind, Where
from shopfloor.core.refusals import Malformed
from shopfloor.people.models import RoleVerb

EDIT, COMPARE = "people.edit", "people.compare"
COMPARING_SET = EventKind(
    "people.comparing_set",
    _l("Rankings by name allowed or taken back"),
    no_inverse_because="it is set again",
)


@dataclass(frozen=True)
class Comparing:
    """The roles that may see people ranked by name."""

    roles: tuple[str, ...]


@command(Gate.NONE, "a person's rights are not material; no lot is touched")
def allow_comparing(tx: Tx, *, roles: tuple[str, ...]) -> Comparing:
    """Name the roles that see people ranked by name, in all sites; an empty list is nobody."""
    # A role is the same at every site: only who administers all of them may change it.
    tx.act.rights.require(EDIT, None)
    known = set(tx.session.scalars(select(RoleVerb.role).with_for_update()))
    if set(roles) - known:
        raise Malformed(_l("There is no such role."), rule="bad_role", field="roles")
    before = comparing(tx.session)
    kept = tuple(sorted(set(roles)))
    tx.session.execute(delete(RoleVerb).where(RoleVerb.verb == COMPARE))
    if kept:
        tx.session.execute(insert(RoleVerb), [{"role": r, "verb": COMPARE} for r in kept])
    tx.record(COMPARING_SET, Where(), {"roles": kept, "roles_before": before})
    return Comparing(kept)


def comparing(session: Session) -> Sequence[str]:
    """Return the roles that see people ranked by name; one statement."""
    return session.scalars(
        select(RoleVerb.role).where(RoleVerb.verb == COMPARE).order_by(RoleVerb.role)
    ).all()
