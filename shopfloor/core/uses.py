"""What a thing is used by: told on its page, and asked before it is archived or remeasured."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from shopfloor.core.refusals import Refused, Sentence
from shopfloor.core.subjects import KINDS, Kind, Subject
from shopfloor.core.words import in_words

SHOWN = 20
# Of a thing's id: the (id, names) of what uses it, each once; a thing without names has None.
Query = Callable[[int], Select[*tuple[Any, ...]]]


@dataclass(frozen=True)
class UsedBy:
    """One way in which things of a kind are used by others.

    `keeps` refuses to archive what is used so; `measures` keeps the unit of such an item. What
    is not `listed` is only asked for that: it is no use to be read about on a page.
    """

    kind: str
    label: Sentence
    query: Query
    keeps: bool = False
    measures: bool = False
    listed: bool = True


@dataclass(frozen=True)
class User:
    """One thing that uses another: its page and what it is called."""

    kind: str
    code: str
    number: str | None
    names: dict[str, str] | None

    @property
    def called(self) -> str:
        """Return its number and its name, as far as it has them."""
        return " · ".join(part for part in (self.number, in_words(self.names)) if part)

    @property
    def endpoint(self) -> str:
        """Return the page that opens it, or nothing."""
        return KINDS[self.kind].endpoint


@dataclass(frozen=True)
class Users:
    """What uses a thing in one way: how many there are, and the first of them."""

    label: Sentence
    count: int
    first: list[User]
    keeps: bool


USES: dict[str, list[UsedBy]] = {}


def register(ways: Iterable[UsedBy]) -> None:
    """Take the ways in which things are used, in the order in which pages show them."""
    USES.clear()
    for way in ways:
        USES.setdefault(way.kind, []).append(way)


def users_of(session: Session, kind: Kind, subject_id: int) -> list[Users]:
    """Return what uses a thing, way by way; two statements for each way there is."""
    ways = (way for way in USES.get(kind.name, ()) if way.listed)
    found = (_users(session, way, subject_id) for way in ways)
    return [users for users in found if users.count]


def require_unused(session: Session, kind: Kind, subject_id: int) -> None:
    """Refuse to archive what is still used, and name what uses it."""
    for way in USES.get(kind.name, ()):
        users = _users(session, way, subject_id) if way.keeps else None
        if users and users.count:
            raise Refused(
                _l(
                    "It is still in use. %(what)s: %(first)s.",
                    what=way.label,
                    first=named(users),
                ),
                _l("Let those use another one first; they are listed on its page."),
                rule="in_use",
            )


def measured_by(session: Session, kind: Kind, subject_id: int) -> Users | None:
    """Return the first of what is measured in a thing's unit, or None when nothing is yet."""
    for way in USES.get(kind.name, ()):
        users = _users(session, way, subject_id) if way.measures else None
        if users and users.count:
            return users
    return None


def named(users: Users) -> str:
    """Return the first three of some users, and how many more there are."""
    names = ", ".join(user.called or user.code for user in users.first[:3])
    return f"{names} +{users.count - 3}" if users.count > 3 else names


def _users(session: Session, way: UsedBy, subject_id: int) -> Users:
    ids = way.query(subject_id).subquery()
    count = session.scalar(select(func.count()).select_from(ids)) or 0
    if not count:
        return Users(way.label, 0, [], way.keeps)
    rows = session.execute(
        select(Subject.kind, Subject.code, Subject.number, ids.c.names)
        .join(ids, ids.c.id == Subject.id)
        .order_by(Subject.number, Subject.id)
        .limit(SHOWN)
    )
    return Users(way.label, count, [User(*row) for row in rows], way.keeps)
