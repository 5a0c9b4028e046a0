"""Subjects: anything with a code that can be scanned, held, linked, photographed or traced."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, Select, String, UniqueConstraint, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from shopfloor.core import codes
from shopfloor.core.db import Base, metadata
from shopfloor.core.refusals import Malformed, NotFound, Refused, Sentence


@dataclass(frozen=True)
class Kind:
    """A kind of subject: its word in the code, its letter on the label, its page."""

    name: str
    letter: str
    label: Sentence
    endpoint: str = ""  # the page that opens it, given `code`
    holdable: bool = False  # the gate asks for holds on it


class Subject(Base):
    """One thing with a code; what it is lives in the table of its kind under the same id."""

    __tablename__ = "subject"
    __table_args__ = (UniqueConstraint("kind", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    code: Mapped[str] = mapped_column(String(32), unique=True)
    number: Mapped[str | None] = mapped_column(String(80))
    site_id: Mapped[int | None] = mapped_column(ForeignKey("subject.id"), index=True)
    archived_at: Mapped[datetime | None]


_SUBJECTS = metadata.tables[Subject.__tablename__]
_INSERT = {
    name: insert(_SUBJECTS).on_conflict_do_nothing().returning(_SUBJECTS.c.id)
    for name, insert in (("postgresql", postgresql.insert), ("sqlite", sqlite.insert))
}


@dataclass(frozen=True)
class Made:
    """The answer of every command that makes a subject."""

    id: int
    code: str
    number: str | None


def create(session: Session, kind: Kind, number: str | None, site_id: int | None = None) -> Made:
    """Insert a subject with a fresh code; Refused when the number is taken in its kind."""
    insert, number = _INSERT[session.get_bind().dialect.name], clean_number(number)
    while True:
        code = codes.new_code(kind.letter)
        row_id = session.connection().scalar(
            insert, {"kind": kind.name, "code": code, "number": number, "site_id": site_id}
        )
        if row_id is not None:
            return Made(row_id, code, number)
        # Forty random bits collide about once in a million subjects: then try the next code.
        if number is not None and session.scalar(
            select(Subject.id).where(Subject.kind == kind.name, Subject.number == number)
        ):
            raise Refused(
                _l("The number “%(number)s” is already used.", number=number),
                _l("Choose another number, or open the one that has it."),
                rule="number_taken",
                field="number",
            )


def clean_number(number: str | None) -> str | None:
    """Return a typed number in one normal form, without control characters or outer blanks."""
    if number is None:
        return None
    text = unicodedata.normalize("NFC", number).strip()
    if not text or len(text) > 80 or any(unicodedata.category(c) in ("Cc", "Cs") for c in text):
        raise Malformed(
            _l("The number must have 1 to 80 visible characters."),
            rule="bad_number",
            field="number",
        )
    return text


def find(session: Session, kind: Kind, reference: str) -> Subject:
    """Return a subject of a kind by its printed code or its human number; NotFound otherwise."""
    subject = session.scalar(named(reference, kind))
    if subject is None:
        raise nothing_under(reference)
    return subject


def nothing_under(reference: str) -> NotFound:
    """Return the refusal for a code that names nothing, or nothing that this person may see."""
    return NotFound(
        _l("There is nothing here under “%(code)s”.", code=reference[:80]),
        _l("Scan the code again, or type the number from the label."),
        rule="not_found",
    )


def named(reference: str, kind: Kind) -> Select[Subject]:
    """Return the query for a subject of a kind by its printed code or its human number."""
    code, number = read_reference(reference)
    return select(Subject).where(
        Subject.kind == kind.name, (Subject.code == code) | (Subject.number == number)
    )


def read_reference(reference: str) -> tuple[str | None, str | None]:
    """Return the code and the number that a typed or scanned text can be; None for what it isn't.

    What no number may hold is asked of no database: PostgreSQL would fail on a NUL.
    """
    number = unicodedata.normalize("NFC", reference).strip()
    if len(number) > 80 or any(unicodedata.category(c) in ("Cc", "Cs") for c in number):
        return None, None
    return codes.read_code(number), number


def require_in_use(session: Session, kind: Kind, ids: Iterable[int], field: str) -> None:
    """Refuse ids that are no subject of this kind, or one that was archived; one statement."""
    wanted = set(ids)
    known = session.scalars(
        select(Subject.id).where(
            Subject.id.in_(wanted), Subject.kind == kind.name, Subject.archived_at.is_(None)
        )
    )
    if wanted - set(known):
        raise Refused(
            _l("One entry is not in use any more: %(kind)s.", kind=kind.label),
            _l("Choose another one."),
            rule="not_in_use",
            field=field,
        )


def lock(session: Session, subject_id: int) -> None:
    """Hold a subject's row until the transaction ends; on SQLite the whole database is held."""
    lock_all(session, [subject_id])


def lock_all(session: Session, subject_ids: Iterable[int]) -> None:
    """Hold subjects' rows until the transaction ends, always in one order."""
    session.execute(
        select(Subject.id)
        .where(Subject.id.in_(set(subject_ids)))
        .order_by(Subject.id)
        .with_for_update(key_share=True)
    )


KINDS: dict[str, Kind] = {}


def register(kinds: Iterable[Kind]) -> None:
    """Take the kinds of subjects; no two share a word or a letter."""
    KINDS.clear()
    for kind in kinds:
        if kind.name in KINDS or kind.letter in {known.letter for known in KINDS.values()}:
            raise LookupError(f"the kind {kind.name} or its letter is there twice")
        if kind.letter not in codes.ALPHABET:
            raise LookupError(f"{kind.letter} is no letter of our codes")
        KINDS[kind.name] = kind
