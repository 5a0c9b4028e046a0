"""Turning the codes and numbers that programs send into the subjects they stand for."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from shopfloor.core.api_fields import Named
from shopfloor.core.refusals import Malformed, NotFound
from shopfloor.core.subjects import KINDS, Kind, Subject, read_reference


def id_of(session: Session, kind: Kind, reference: str, field: str) -> int:
    """Return the id behind a code or number; NotFound, naming the field, when there is none."""
    return ids_of(session, kind, [reference], field)[reference]


def id_or_none(session: Session, kind: Kind, reference: str | None, field: str) -> int | None:
    """Return the id behind a code or number that may be left out."""
    return None if reference is None else id_of(session, kind, reference, field)


def ids_of(session: Session, kind: Kind, references: Iterable[str], field: str) -> dict[str, int]:
    """Return the ids behind many codes or numbers of a kind; one statement."""
    read = {reference: read_reference(reference) for reference in references}
    rows = session.execute(
        select(Subject.id, Subject.code, Subject.number).where(
            Subject.kind == kind.name,
            or_(
                Subject.code.in_({code for code, _number in read.values() if code}),
                Subject.number.in_({number for _code, number in read.values() if number}),
            ),
        )
    ).all()
    by_code = {row.code: row.id for row in rows}
    by_number = {row.number: row.id for row in rows}
    found = {}
    for reference, (code, number) in read.items():
        subject_id = by_code.get(code) or by_number.get(number)
        if subject_id is None:
            raise nothing_under(reference, field)
        found[reference] = subject_id
    return found


def anything(session: Session, reference: str, kind: str | None, field: str) -> Subject:
    """Return the subject behind a code, or behind a number when only one kind has it."""
    code, number = read_reference(reference)
    wanted = [Subject.kind == kind] if kind else []
    rows = session.scalars(
        select(Subject)
        .where((Subject.code == code) | (Subject.number == number), *wanted)
        .limit(len(KINDS) + 1)
    ).all()
    rows = [row for row in rows if row.code == code] or rows
    if not rows:
        raise nothing_under(reference, field)
    if len(rows) > 1:
        kinds = ", ".join(sorted(row.kind for row in rows))
        raise Malformed(
            _l(
                "“%(code)s” is the number of several things: %(kinds)s.",
                code=reference,
                kinds=kinds,
            ),
            _l("Send the kind too, or the printed code."),
            rule="ambiguous",
            field=field,
        )
    return rows[0]


def names_of(session: Session, ids: Iterable[int | None]) -> dict[int, Named]:
    """Return code and number of many subjects by their ids; one statement."""
    wanted = {subject_id for subject_id in ids if subject_id is not None}
    rows = session.execute(
        select(Subject.id, Subject.code, Subject.number).where(Subject.id.in_(wanted))
    )
    return {row.id: Named(code=row.code, number=row.number) for row in rows}


def nothing_under(reference: str, field: str) -> NotFound:
    """Return the refusal for a code or number of nothing, or of nothing that one may see."""
    return NotFound(
        _l("There is nothing here under “%(code)s”.", code=reference[:80]),
        _l("Scan the code again, or type the number from the label."),
        rule="not_found",
        field=field,
    )
