"""Who may do what somebody has no right to do: the roles that carry the verb, by their names."""

from functools import cached_property

from flask_babel import gettext
from sqlalchemy import select

from shopfloor.core.db import db
from shopfloor.core.shown import listed
from shopfloor.people.models import RoleVerb
from shopfloor.people.roles import ROLE_NAMES


class WhoMay:
    """The hint under a no: it asks for the roles when it is shown, with one statement."""

    def __init__(self, verb: str) -> None:
        """Be about a verb."""
        self.verb = verb

    @cached_property
    def roles(self) -> list[str]:
        """Return the roles that carry the verb, those that a factory starts with in their order."""
        found = set(db.session().scalars(select(RoleVerb.role).where(RoleVerb.verb == self.verb)))
        known = [role for role in ROLE_NAMES if role in found]
        return known + sorted(found.difference(known))

    def __str__(self) -> str:
        """Return who may, in the reader's words."""
        if not self.roles:
            return str(gettext("No role has this right yet. An administrator can give it to one."))
        names = listed(str(ROLE_NAMES.get(role, role)) for role in self.roles)
        return str(gettext("This is for: %(roles)s. Ask one of them.", roles=names))
