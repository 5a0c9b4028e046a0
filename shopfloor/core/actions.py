"""Actions: what one person did once, however often the phone has to send it."""

import hashlib
import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, String, Text, bindparam, func, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from shopfloor.core import clock
from shopfloor.core.clock import When
from shopfloor.core.db import Base, metadata
from shopfloor.core.refusals import Malformed, NotYours, Refused
from shopfloor.core.rights import Rights
from shopfloor.core.types import canonical, choice

_PROOFS = ("signature_id",)
_ACTION_ID = re.compile(r"[A-Za-z0-9_.:-]{8,64}")
# In canonical JSON: half of a surrogate pair is no character, and PostgreSQL keeps no NUL.
_UNSTORABLE = re.compile(r"[\ud800-\udfff]|(?<!\\)(?:\\\\)*\\u0000")


class Outcome(StrEnum):
    """How an action ended; a refusal leaves no action behind."""

    DONE = "done"
    PARKED = "parked"


class Action(Base):
    """One thing somebody did; its id was made before the first send and is kept for ever."""

    __tablename__ = "action"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("subject.id"), index=True)
    device_id: Mapped[int | None] = mapped_column(ForeignKey("subject.id"))
    token_id: Mapped[int | None]
    command: Mapped[str] = mapped_column(String(60))
    arguments: Mapped[str] = mapped_column(Text)
    arguments_hash: Mapped[str] = mapped_column(String(64))
    outcome: Mapped[Outcome] = mapped_column(choice(Outcome, "outcome"))
    answer: Mapped[str | None] = mapped_column(Text)
    effects: Mapped[str | None] = mapped_column(Text)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"), index=True)
    recorded_at: Mapped[datetime]


_ACTIONS = metadata.tables[Action.__tablename__]
# On PostgreSQL whoever uses or moves things holds this lock together with all others who do,
# from his claim on; whoever places a hold waits until he has it alone. SQLite has one writer.
GATE_LOCK = 7_012_020
# The same for those who make lots without passing the gate, and whoever locks numbers.
NUMBERS_LOCK = 7_012_023
# Every command runs these: they are made once, below the ORM.
_CLAIM = {
    name: make(_ACTIONS).on_conflict_do_nothing(index_elements=["id"]).returning(_ACTIONS.c.id)
    for name, make in (("postgresql", postgresql.insert), ("sqlite", sqlite.insert))
}
_CLAIM_AND_PASS = {
    "postgresql": _CLAIM["postgresql"].returning(func.pg_advisory_xact_lock_shared(GATE_LOCK)),
    "sqlite": _CLAIM["sqlite"],
}
_SETTLE = (
    update(_ACTIONS)
    .where(_ACTIONS.c.id == bindparam("action"))
    .values(
        event_id=bindparam("event_id"), answer=bindparam("answer"), effects=bindparam("effects")
    )
)


@dataclass(frozen=True)
class Act:
    """Who does something, by which right and device, when, and under which action id."""

    id: str
    actor_id: int | None
    rights: Rights = field(default_factory=Rights)
    when: When = field(default_factory=lambda: When(clock.now()))
    device_id: int | None = None
    token_id: int | None = None
    on_behalf_of_id: int | None = None
    crew_id: int | None = None
    leader_id: int | None = None
    # Made while the phone had no network, and only sent now: a no of today is not the last word.
    offline: bool = False
    # What is known to stand in the way before the command is asked, such as a right that was lost.
    no: Refused | None = None
    caused_by_id: int | None = None

    def __post_init__(self) -> None:
        """Refuse an id that could not have come from us or a careful client."""
        if not _ACTION_ID.fullmatch(self.id):
            raise Malformed(_l("The entry id must be 8 to 64 letters and digits."), rule="bad_id")

    def then(self, step: str) -> "Act":
        """Return the same person's next step in a series, under an id derived from this one."""
        return replace(self, id=f"{self.id}.{step}")


def fingerprint(command: str, arguments: dict[str, Any]) -> tuple[str, str]:
    """Return the canonical arguments and their hash: what makes two sends "the same".

    A signature is made anew for every send: it proves, it is not what was asked for.
    """
    asked = {name: value for name, value in arguments.items() if name not in _PROOFS}
    text = canonical(asked)
    if _UNSTORABLE.search(text):
        raise Malformed(
            _l("This text holds characters that cannot be kept."),
            _l("Type it again, without special characters."),
            rule="bad_text",
        )
    return text, hashlib.sha256(f"{command}\n{text}".encode()).hexdigest()


def claim(
    session: Session,
    act: Act,
    command: str,
    arguments: dict[str, Any],
    *,
    passes: bool,
    outcome: Outcome = Outcome.DONE,
) -> Action | None:
    """Take the action id for this transaction, or return the action that already has it.

    A second sender waits here until the first has committed or failed. What `passes` the gate
    takes its lock with the same statement, and so before every other lock.
    """
    text, digest = fingerprint(command, arguments)
    claimed = (
        session.connection()
        .execute(
            (_CLAIM_AND_PASS if passes else _CLAIM)[session.get_bind().dialect.name],
            {
                "id": act.id,
                "actor_id": act.actor_id,
                "device_id": act.device_id,
                "token_id": act.token_id,
                "command": command,
                "arguments": text,
                "arguments_hash": digest,
                "outcome": outcome,
                "recorded_at": clock.now(),
            },
        )
        .first()
    )
    if claimed:
        return None
    prior = session.get_one(Action, act.id)
    if (prior.actor_id, prior.token_id) != (act.actor_id, act.token_id):
        raise NotYours(_l("This entry was made by somebody else."), rule="foreign_action")
    return prior


def settle(session: Session, act: Act, event_id: int, answer: str, effects: str) -> None:
    """Keep the answer, so that every later send of the same action hears the same."""
    session.connection().execute(
        _SETTLE, {"action": act.id, "event_id": event_id, "answer": answer, "effects": effects}
    )
