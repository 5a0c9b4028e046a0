"""The self-check: every room recounts what it keeps, and what differs is kept in plain words."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from shopfloor.core.commands import Gate, Tx, command
from shopfloor.core.db import Base, db
from shopfloor.core.events import EventKind, Where
from shopfloor.core.refusals import Sentence
from shopfloor.core.types import Json

CHECKED = EventKind(
    "ledger.checked",
    _l("Ledger checked"),
    no_inverse_because="it has counted and changed nothing",
)
# A page that lists more than this helps nobody: the first ones lead to the cause.
MOST_KEPT = 500


@dataclass(frozen=True)
class Difference:
    """One thing that does not add up: which sentence of its check, and the facts for it."""

    sentence: str
    facts: Mapping[str, str]


@dataclass(frozen=True)
class Check:
    """What a room recounts; `find` reads only, and `sentences` say what each difference means."""

    name: str
    label: Sentence
    find: Callable[[Session], Iterable[Difference]]
    sentences: Mapping[str, Sentence]


class Reconciliation(Base):
    """One run of all checks: when, how long it took, and what it found."""

    __tablename__ = "reconciliation"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), unique=True)
    ran_at: Mapped[datetime]
    milliseconds: Mapped[int]
    # [check, sentence, facts]: the words are chosen by whoever reads them.
    differences: Mapped[list[tuple[str, str, dict[str, str]]]] = mapped_column(Json)


@dataclass(frozen=True)
class Found:
    """What one run of all checks found, and how long it took."""

    differences: tuple[tuple[str, str, dict[str, str]], ...]
    milliseconds: int

    def __str__(self) -> str:
        """Say the same of every run: sent twice, one entry counts twice but is kept once."""
        return "found"


CHECKS: dict[str, Check] = {}


def register(checks: Iterable[Check]) -> None:
    """Take the checks, in the order in which they shall run."""
    CHECKS.clear()
    CHECKS.update((check.name, check) for check in checks)


def run_checks() -> Found:
    """Run every check on one consistent view of the database; changes nothing."""
    began = time.monotonic()
    session = db.session()
    session.rollback()
    try:
        if session.get_bind().dialect.name == "postgresql":
            # Reports go on while we count: every statement must see the same moment.
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        differences = tuple(
            (check.name, difference.sentence, dict(difference.facts))
            for check in CHECKS.values()
            for difference in check.find(session)
        )
    finally:
        session.rollback()
    return Found(differences, round((time.monotonic() - began) * 1000))


def in_words(check: str, sentence: str, facts: Mapping[str, str]) -> str:
    """Say a difference in the reader's language."""
    known = CHECKS.get(check)
    template = known.sentences.get(sentence) if known else None
    if template is None:  # kept by an earlier version of the program
        return f"{check}: {sentence} {dict(facts)}"
    return str(template) % facts


def last_run(session: Session) -> Reconciliation | None:
    """Return the newest run that was kept."""
    return session.scalar(select(Reconciliation).order_by(Reconciliation.id.desc()).limit(1))


@dataclass(frozen=True)
class Kept:
    """A run that was kept, and how many differences it had."""

    id: int
    differences: int


@command(Gate.NONE, "counting uses and moves nothing")
def keep_check(tx: Tx, *, found: Found) -> Kept:
    """Keep what a run of the checks has found; the loop keeps one a night as actor `system`."""
    if tx.act.actor_id is not None:
        tx.act.rights.require("ledger.check")
    facts: dict[str, Any] = {"differences": str(len(found.differences))}
    event = tx.record(CHECKED, Where(), facts)
    row = Reconciliation(
        event_id=event.id,
        ran_at=tx.act.when.at,
        milliseconds=found.milliseconds,
        differences=list(found.differences[:MOST_KEPT]),
    )
    tx.session.add(row)
    tx.session.flush()
    return Kept(row.id, len(found.differences))
