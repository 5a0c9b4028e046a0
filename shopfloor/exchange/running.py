"""Imports that wait for their check or their booking, done one at a time beside the pages.

A small file is done at once by the request that asks for it; any other by the loop, which is a
process of its own, so that nobody waits at a scan while a long table is read. What a stopped server
has begun is begun again: a check writes nothing, and a booking is one transaction under one id.
"""

import io
import logging

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select

from shopfloor.core import clock, files
from shopfloor.core.actions import Act
from shopfloor.core.alone import alone
from shopfloor.core.clock import When
from shopfloor.core.db import db, transaction
from shopfloor.core.refusals import Refused
from shopfloor.core.rights import Rights
from shopfloor.core.tables.writing import write_csv
from shopfloor.core.words import LOCALES
from shopfloor.exchange.commands import MOST_WRITES, apply_import
from shopfloor.exchange.findings import Problem
from shopfloor.exchange.kinds import kind_of
from shopfloor.exchange.looking import Count, File
from shopfloor.exchange.mapping import settings_of
from shopfloor.exchange.models import Import, ImportState
from shopfloor.exchange.setting import setting_of
from shopfloor.people.models import Person
from shopfloor.people.viewer import rights_of

# Files up to this size are done at once: a few thousand rows.
SMALL = {"csv": 300_000, "xlsx": 60_000}
TELL_EVERY = 5_000
WAITS = (ImportState.TO_CHECK, ImportState.TO_APPLY)
log = logging.getLogger("shopfloor.exchange")


def waiting() -> int | None:
    """Return the oldest import that waits to be done, or None; one statement."""
    db.session.rollback()
    return db.session.scalar(
        select(Import.id).where(Import.state.in_(WAITS)).order_by(Import.id).limit(1)
    )


def run_waiting() -> None:
    """Do all imports that wait, unless another process is doing them."""
    while (import_id := waiting()) is not None:
        with alone("imports") as ours:
            if not ours:
                return
            run(import_id)


def run_now(import_id: int) -> None:
    """Do an import at once if nobody else is doing one; otherwise the loop does it."""
    with alone("imports") as ours:
        if ours:
            run(import_id)


def run(import_id: int) -> None:
    """Check an import, or book it, as it waits for; whatever goes wrong is kept for its page."""
    db.session.rollback()
    found = db.session.get_one(Import, import_id)
    try:
        with force_locale(LOCALES[_language(found.person_id)]):
            if found.state is ImportState.TO_CHECK:
                check(import_id)
            elif found.state is ImportState.TO_APPLY:
                _apply(found)
    except Refused as no:
        _settle(import_id, ImportState.FAILED, refused=[str(no.sentence), str(no.hint)])
    except Exception:
        log.exception("Import %s met an error.", import_id)
        no_luck = _("Something went wrong on our side. Nothing was booked.")
        _settle(import_id, ImportState.FAILED, refused=[no_luck, ""])


def check(import_id: int) -> Count:
    """Go through the file without writing anything of it, and keep what was found."""
    session = db.session()
    found = session.get_one(Import, import_id)
    setting = setting_of(session, found, _rights(found.person_id), clock.now())
    file = File(files.path_of(found.sha256), kind_of(found.kind), settings_of(found.settings))
    count, told = Count(), [0]

    def tell(rows: int) -> None:
        if rows - told[0] >= TELL_EVERY:
            told[0] = rows
            with transaction() as writing:
                writing.get_one(Import, import_id).rows_read = rows

    for _finding in file.findings(session, setting, count, tell):
        pass
    if not count.problems and count.writes > MOST_WRITES:
        expected = _(
            "at most %(most)s new or changed records at once; split the file",
            most=f"{MOST_WRITES:,}",
        )
        count.take(Problem(1, "", f"{count.writes:,}", expected))
    kept = _keep(count) if count.problems else None
    with transaction() as writing:
        run = writing.get_one(Import, import_id)
        run.state, run.result, run.rows_read = ImportState.CHECKED, count.result(), count.rows
        run.problems = kept
    return count


def _apply(found: Import) -> None:
    action_id = found.action_id or ""
    act = Act(action_id, found.person_id, _rights(found.person_id), When(clock.now()))
    try:
        apply_import(act, import_id=found.id)
    except Refused as no:
        _settle(found.id, ImportState.CHECKED, refused=[str(no.sentence), str(no.hint)])


def _settle(import_id: int, state: ImportState, refused: list[str]) -> None:
    with transaction() as session:
        run = session.get_one(Import, import_id)
        run.state, run.result = state, {**run.result, "refused": refused}


def _keep(count: Count) -> str:
    table = io.BytesIO()
    head = [_("Line of the file"), _("Column"), _("Read"), _("Expected")]
    write_csv(table, head, ([p.line, p.column, p.read, p.expected] for p in count.problems))
    return files.keep(table.getvalue(), "text/csv")


def _rights(person_id: int | None) -> Rights:
    return rights_of(db.session(), person_id) if person_id else Rights()


def _language(person_id: int | None) -> str:
    person = db.session.get(Person, person_id) if person_id else None
    return person.language if person else "en"
