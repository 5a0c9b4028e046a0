"""Whether this is the demo: said on every page and label, also of a copy that was restored."""

from pathlib import Path

from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from shopfloor.core.actions import Action
from shopfloor.core.db import db

FILE = "demo.json"
# Whoever loads the demo acts before anybody has an account, under ids that count up.
_FIRST_ACT = "demo.00001"
_KNOWN = "shopfloor_demo"


def act_id(number: int) -> str:
    """Return the id of the loader's next act."""
    return f"demo.{number:05d}"


def is_demo() -> bool:
    """Say whether the database was filled by the demo; asked of it once in the life of a process.

    The file with the sign-ins may be missing beside a restored copy: the loader's first act is not.
    """
    if Path(current_app.instance_path, FILE).exists():
        return True
    known = current_app.extensions.get(_KNOWN)
    if known is None:
        first = select(Action.id).where(Action.id == _FIRST_ACT, Action.actor_id.is_(None))
        try:
            known = db.session.scalar(first) is not None
        except SQLAlchemyError:
            # The page that says that the database does not answer.
            return False
        current_app.extensions[_KNOWN] = known
    return bool(known)
