"""Pages on which tables go out: those that no list shows, and everything at once."""

from collections.abc import Iterator

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from sqlalchemy import Engine

from shopfloor.core import clock
from shopfloor.core.assets import version
from shopfloor.core.db import db
from shopfloor.core.refusals import NotYours
from shopfloor.core.rights import lacking
from shopfloor.core.tables.sending import asked_form, exported, snapshot
from shopfloor.exchange.datasets import DATASETS, dataset
from shopfloor.exchange.everything import everything
from shopfloor.people.access import requires, viewer
from shopfloor.people.comparing import COMPARE
from shopfloor.people.looks import Looked, note_look
from shopfloor.people.queries import people_of_sites

bp = Blueprint("export", __name__)


@bp.get("/export")
@requires("work.view")
def start() -> str:
    """Show what can be taken out."""
    rights = viewer().rights
    offered = [each for each in DATASETS.values() if rights.has(each.verb)]
    return render_template("exchange/export.html", offered=offered, all_of_it=_may_take_all())


@bp.get("/export/<name>")
@requires("work.view")
def table(name: str) -> ResponseReturnValue:
    """Send one table as CSV or XLSX."""
    found = dataset(name)
    rights = viewer().rights
    if not rights.has(found.verb):
        raise lacking(found.verb)
    if asked_form() and found.verb == COMPARE:
        note_look(viewer(), Looked.EXPORT, people_of_sites(db.session(), rights.scopes(COMPARE)))
    return exported(found.name, found.columns, found.rows(rights)) or start()


@bp.get("/export/everything.zip")
@requires("people.edit")
def take_all() -> Response:
    """Send everything that is stored, as it is at this moment."""
    if not _may_take_all():
        raise NotYours(
            _l("Only who administers the whole company takes everything out."), rule="no_right"
        )
    note_look(viewer(), Looked.EXPORT, people_of_sites(db.session(), None))
    db.session.rollback()
    now = clock.now()
    about = {"program": "Shopfloor", "version": version(), "at": now.isoformat()}

    response = Response(_pieces(db.engine, about), mimetype="application/zip")
    name = f"shopfloor-{now:%Y-%m-%d}.zip"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _pieces(engine: Engine, about: dict[str, str]) -> Iterator[bytes]:
    # The request is over when its answer is read, so nothing here may ask for it.
    with snapshot(engine) as session:
        yield from everything(session, about)


def _may_take_all() -> bool:
    rights = viewer().rights
    return rights.may("people.edit") and rights.may("rate.edit") and rights.may("events.read")
