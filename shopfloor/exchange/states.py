"""How an import goes from one state to the next when somebody asks for it."""

from flask_babel import lazy_gettext as _l

from shopfloor.core.db import transaction
from shopfloor.core.files import path_of
from shopfloor.core.refusals import Refused
from shopfloor.exchange import mapping, running
from shopfloor.exchange.findings import Kind
from shopfloor.exchange.mapping import Settings
from shopfloor.exchange.models import Import, ImportState


def ask_check(
    import_id: int, kind: Kind, settings: Settings, headings: list[str], save_as: str
) -> None:
    """Let a file be checked with these settings, and keep them under a name if one is given."""
    mapping.require_usable(kind, settings, len(headings))
    with transaction() as session:
        run = session.get_one(Import, import_id, with_for_update=True)
        _require_open(run)
        run.settings, run.state, run.result = settings.kept(), ImportState.TO_CHECK, {}
        run.rows_read, run.problems = 0, None
        if save_as:
            mapping.save(session, kind, save_as, headings, settings)
    _at_once(run)


def ask_booking(import_id: int, action_id: str) -> None:
    """Let a file be booked that was checked and found in order; asked twice, once."""
    with transaction() as session:
        run = session.get_one(Import, import_id, with_for_update=True)
        if run.state is not ImportState.CHECKED or run.result["problems"]:
            return
        run.state, run.action_id = ImportState.TO_APPLY, action_id
    _at_once(run)


def go_back(import_id: int) -> None:
    """Go back to the columns of a file that was checked."""
    with transaction() as session:
        run = session.get_one(Import, import_id, with_for_update=True)
        _require_open(run)
        run.state = ImportState.UPLOADED


def _require_open(run: Import) -> None:
    if run.state in (ImportState.TO_CHECK, ImportState.TO_APPLY, ImportState.DONE):
        raise Refused(
            _l("This import is on its way already, or done."),
            _l("Upload the file once more to import it again."),
            rule="not_open",
        )


def _at_once(run: Import) -> None:
    """Do a small file within the request; any other is done by the loop."""
    form = "xlsx" if run.settings["sheet"] else "csv"
    if path_of(run.sha256).stat().st_size <= running.SMALL[form]:
        running.run_now(run.id)
