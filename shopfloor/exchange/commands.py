"""The import itself: everything that a file brings, or nothing, as one action with one event."""

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from shopfloor.core import clock
from shopfloor.core.commands import Gate, Tx, command
from shopfloor.core.events import Where
from shopfloor.core.files import EventFile, path_of
from shopfloor.core.imported import IMPORTED
from shopfloor.core.refusals import NotFound, Refused
from shopfloor.exchange.findings import Deed, Outcome, Problem, Written
from shopfloor.exchange.kinds import kind_of
from shopfloor.exchange.looking import Count, File
from shopfloor.exchange.mapping import settings_of
from shopfloor.exchange.models import Import, ImportState
from shopfloor.exchange.setting import setting_of
from shopfloor.stock import ledger

# So many records are written at once: whoever reports work waits as long as that takes.
MOST_WRITES = 5_000


@dataclass(frozen=True)
class Imported:
    """How many records a file has brought, changed and left as they were."""

    import_id: int
    new: int
    changed: int
    same: int


@command(Gate.JUDGE, "an import describes and counts; it uses nothing and moves nothing on")
def apply_import(tx: Tx, *, import_id: int) -> Imported:
    """Book an import that was checked: exactly what the check has shown, or nothing of it.

    Raises Refused when the factory has changed since, so that something else would come of it.
    """
    run = tx.session.get(Import, import_id, with_for_update=True)
    if run is None:
        raise NotFound(_l("There is no such import."), rule="not_found")
    kind = kind_of(run.kind)
    tx.act.rights.require(kind.verb, run.site_id)
    if run.state not in (ImportState.CHECKED, ImportState.TO_APPLY) or run.result["problems"]:
        raise Refused(
            _l("This import is not ready to be booked."),
            _l("Check the file first; with an error in it nothing is booked."),
            rule="not_checked",
        )
    count, all_written = Count(), Written()
    setting = setting_of(tx.session, run, tx.act.rights, clock.now())
    file = File(path_of(run.sha256), kind, settings_of(run.settings))
    for finding in file.findings(tx.session, setting, count):
        if isinstance(finding, Problem):
            raise _changed_since()
        if isinstance(finding, Deed) and finding.do is not None:
            _add(all_written, _do(tx, finding))
    if count.result()["digest"] != run.result["digest"]:
        raise _changed_since()
    _record(tx, run, count, all_written)
    return Imported(
        run.id,
        count.outcomes[Outcome.NEW],
        count.outcomes[Outcome.CHANGED],
        count.outcomes[Outcome.SAME],
    )


def _record(tx: Tx, run: Import, count: Count, written: Written) -> None:
    event = tx.record(
        IMPORTED,
        Where(site_id=run.site_id),
        {
            "kind": run.kind,
            "sha256": run.sha256,
            "rows": str(count.rows),
            **{outcome.value: str(count.outcomes[outcome]) for outcome in Outcome},
            "standing": written.standing,
        },
        about=set(written.about),
        made=set(written.made),
        changes=written.changes,
    )
    ledger.post(tx, written.moves)
    tx.session.add(EventFile(event_id=event.id, sha256=run.sha256))
    run.state, run.event_id, run.rows_read = ImportState.DONE, event.id, count.rows
    run.result = {**run.result, **count.result()}


def _do(tx: Tx, deed: Deed) -> Written:
    assert deed.do is not None  # noqa: S101 - asked by the caller
    try:
        return deed.do(tx)
    except Refused as no:
        raise Refused(
            _l("Line %(line)s: %(sentence)s", line=deed.line, sentence=no.sentence),
            no.hint,
            rule=no.rule,
        ) from no


def _add(all_of: Written, one: Written) -> None:
    all_of.about += one.about
    all_of.made += one.made
    all_of.changes += one.changes
    all_of.moves += one.moves
    all_of.standing |= one.standing


def _changed_since() -> Refused:
    return Refused(
        _l("Something has changed since the file was checked, so nothing was booked."),
        _l("Check it once more; then it shows what it would do now."),
        rule="changed_since",
    )
