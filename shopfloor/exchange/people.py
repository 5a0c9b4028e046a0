"""Importing people: who they are, their crew and a role; badges and PINs are given by hand."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from shopfloor.core import clock
from shopfloor.core.commands import Tx
from shopfloor.core.events import Change
from shopfloor.core.subjects import Subject
from shopfloor.exchange.fields import Field, Holds, normal
from shopfloor.exchange.findings import (
    Deed,
    Entry,
    Finding,
    Keys,
    Outcome,
    Problem,
    Setting,
    Written,
    missing,
)
from shopfloor.exchange.lookups import Found, by_reference, pieces, refers
from shopfloor.people.commands import Proofs, build_person
from shopfloor.people.models import CREW, Grant, Person
from shopfloor.people.reach import person_to_edit
from shopfloor.people.roles import ROLE_NAMES

_LANGUAGES = {"en": "en", "english": "en", "英文": "en", "英语": "en"} | {
    "zh": "zh", "chinese": "zh", "中文": "zh", "汉语": "zh", "zhcn": "zh",
}  # fmt: skip
_ROLES = {normal(role): role for role in ROLE_NAMES} | {
    "操作工": "operator", "作业员": "operator", "质检员": "inspector", "检验员": "inspector",
    "仓管员": "storekeeper", "车间主管": "supervisor", "主管": "supervisor", "计划员": "planner",
    "质量负责人": "quality", "管理员": "administrator",
}  # fmt: skip
FIELDS = (
    Field(
        "login",
        _l("Login"),
        "staffnumber employeeid employeenumber personnelnumber username user number "
        "工号 员工号 员工编号 登录名 用户名 编号",
        needed=True,
        longest=80,
        example="1001",
    ),
    Field(
        "name",
        _l("Name"),
        "fullname employeename person 姓名 名字 员工姓名",
        longest=120,
        example="Li Wei",
    ),
    Field(
        "language",
        _l("Language"),
        "lang 语言",
        Holds.CHOICE,
        choices=_LANGUAGES,
        example="zh",
    ),
    Field("crew", _l("Crew"), "team group crewnumber 班组 小组 班组编号", longest=80),
    Field(
        "role",
        _l("Role"),
        "position job 角色 岗位 职务",
        Holds.CHOICE,
        choices=_ROLES,
        example="operator",
    ),
)


class People:
    """Compares rows with the people of the site."""

    def __init__(self, setting: Setting) -> None:
        self._setting, self._logins = setting, Keys()

    def take(self, session: Session, entries: Sequence[Entry]) -> Iterable[Finding]:
        """Look at some rows."""
        crews = by_reference(session, CREW, (e.get("crew") for e in entries))
        known = _known(session, [_login(entry) for entry in entries])
        for entry in entries:
            crew, no_crew = refers(crews, entry, "crew", CREW.label)
            problems = [*missing(entry, FIELDS), *([no_crew] if no_crew else [])]
            person, archived, roles = known.get(_login(entry), (None, False, set()))
            problems += self._problems(entry, crew, person, archived)
            if problems:
                yield from problems
            elif person is None:
                yield self._new(entry, crew)
            else:
                yield self._old(entry, crew, person, roles)

    def finish(self, session: Session) -> Iterable[Finding]:
        """Find nothing more."""
        return ()

    def _problems(
        self, entry: Entry, crew: Found | None, person: Person | None, archived: bool
    ) -> Iterator[Problem]:
        again = self._logins.again(_login(entry), entry, "login") if entry.get("login") else None
        if again:
            yield again
        if person is None and not entry.get("name"):
            yield entry.wrong("name", _l("a name"))
        if archived:
            yield entry.wrong("login", _l("somebody who works here; this person has left"))
        elif person is not None and person.site_id != self._setting.site_id:
            yield entry.wrong("login", _l("somebody of this site"))
        if crew and crew.site_id != self._setting.site_id:
            yield entry.wrong("crew", _l("a crew of this site"))

    def _new(self, entry: Entry, crew: Found | None) -> Deed:
        def do(tx: Tx) -> Written:
            made = build_person(
                tx,
                self._setting.site_id,
                _login(entry),
                entry.get("name"),
                entry.get("language") or self._setting.language,
                crew.id if crew else None,
                Proofs(),
            )
            changes = [Change(made.id, "name", None, entry.get("name"))]
            return Written([made.id], changes=[*changes, *self._grant(tx, made.id, entry)])

        return Deed(Outcome.NEW, entry.line, _login(entry), do)

    def _old(self, entry: Entry, crew: Found | None, person: Person, roles: set[str]) -> Deed:
        after: dict[str, Any] = {
            "name": " ".join(entry.get("name").split()) if entry.get("name") else person.name,
            "language": entry.get("language") or person.language,
            "crew_id": crew.id if crew else person.crew_id,
        }
        changed = {name: new for name, new in after.items() if new != getattr(person, name)}
        more_role = entry.get("role") is not None and entry.get("role") not in roles
        if not changed and not more_role:
            return Deed(Outcome.SAME, entry.line, _login(entry))
        person_id = person.id

        def do(tx: Tx) -> Written:
            stored = person_to_edit(tx, person_id)
            changes = [Change(person_id, n, getattr(stored, n), new) for n, new in changed.items()]
            for name, new in changed.items():
                setattr(stored, name, new)
            stored.version += 1
            if more_role:
                changes += self._grant(tx, person_id, entry)
            return Written([person_id], changes=changes)

        return Deed(Outcome.CHANGED, entry.line, _login(entry), do)

    def _grant(self, tx: Tx, person_id: int, entry: Entry) -> list[Change]:
        """Give a role within the site, which is as far as whoever imports may give any."""
        role = entry.get("role")
        if role is None:
            return []
        tx.session.add(
            Grant(
                person_id=person_id,
                role=role,
                scope_id=self._setting.site_id,
                given_at=clock.now(),
                given_by_id=tx.act.actor_id,
            )
        )
        return [Change(person_id, "role", None, role)]


def _known(
    session: Session, logins: Iterable[str]
) -> dict[str, tuple[Person | None, bool, set[str]]]:
    found: dict[str, tuple[Person | None, bool, set[str]]] = {}
    for piece in pieces({login for login in logins if login}):
        rows = session.execute(
            select(Person, Subject.archived_at)
            .join(Subject, Subject.id == Person.id)
            .where(Person.login.in_(piece))
        ).all()
        roles = session.execute(
            select(Grant.person_id, Grant.role).where(
                Grant.person_id.in_([person.id for person, _archived in rows]),
                Grant.revoked_at.is_(None),
            )
        ).all()
        for person, archived_at in rows:
            own = {role for person_id, role in roles if person_id == person.id}
            found[person.login] = (person, archived_at is not None, own)
    return found


def _login(entry: Entry) -> str:
    return str(entry.get("login") or "").strip().lower()
