"""Taking a file in: it is kept as it came, looked at, and waits for its columns to be chosen."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from shopfloor.core import clock, files
from shopfloor.core.db import transaction
from shopfloor.core.files import path_of
from shopfloor.core.refusals import NotFound
from shopfloor.core.rights import Rights
from shopfloor.core.tables.cells import shown
from shopfloor.core.tables.limits import MOST_BYTES, no_table, too_large
from shopfloor.core.tables.reading import Shape, body, headings, look_at
from shopfloor.core.tables.writing import FORMS
from shopfloor.exchange.findings import Kind
from shopfloor.exchange.kinds import KINDS, kind_of
from shopfloor.exchange.mapping import Settings, from_saved, matched, offered, saved
from shopfloor.exchange.models import Import, ImportState, Mapping

PREVIEW = 5


@dataclass(frozen=True)
class Columns:
    """What the page shows on which columns are chosen: the file as it is read, and the mapping."""

    shape: Shape
    headings: list[str]
    preview: list[list[str]]
    settings: Settings
    kept: Sequence[Mapping]
    offered: Mapping | None


def allowed(rights: Rights) -> list[Kind]:
    """Return what somebody may import."""
    return [kind for kind in KINDS.values() if rights.has(kind.verb)]


def take(upload: FileStorage | None, kind: Kind, site_id: int, person_id: int | None) -> Import:
    """Keep an uploaded file, and match its columns by their headings or by a kept mapping."""
    if upload is None or not upload.filename:
        raise no_table(_l("No file was chosen."), _l("Choose a CSV or an Excel file (.xlsx)."))
    content = upload.stream.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise too_large()
    return take_bytes(content, upload.filename, kind, site_id, person_id)


def take_bytes(
    content: bytes, name: str, kind: Kind, site_id: int, person_id: int | None
) -> Import:
    """Keep the bytes of a file; Malformed when they are no table, and then nothing is kept."""
    digest = files.keep(content, FORMS["xlsx"] if content[:2] == b"PK" else FORMS["csv"])
    path = path_of(digest)
    shape = look_at(path)
    names = headings(path, shape)
    settings = Settings(shape.encoding, shape.delimiter, shape.sheet)
    with transaction() as session:
        known = offered(session, kind, names)
        found = matched(kind, names, settings)
        run = Import(
            kind=kind.name,
            site_id=site_id,
            person_id=person_id,
            sha256=digest,
            file_name=Path(name.replace("\\", "/")).name[:200] or "table",
            uploaded_at=clock.now(),
            state=ImportState.UPLOADED,
            settings=(from_saved(known, names, found) if known else found).kept(),
            result={},
        )
        session.add(run)
        session.flush()
        return run


def run_of(session: Session, rights: Rights, import_id: int) -> Import:
    """Return an import that somebody may see; NotFound for any other."""
    run = session.get(Import, import_id)
    if run is None or not rights.may(kind_of(run.kind).verb, run.site_id):
        raise NotFound(_l("There is no such import."), rule="not_found")
    return run


def latest(session: Session, rights: Rights) -> Sequence[Import]:
    """Return the last imports that somebody may see, the newest first; one statement."""
    kinds = [kind.name for kind in allowed(rights)]
    rows = session.scalars(
        select(Import).where(Import.kind.in_(kinds)).order_by(Import.id.desc()).limit(30)
    )
    return [run for run in rows if rights.may(kind_of(run.kind).verb, run.site_id)][:10]


def columns(
    session: Session, run: Import, settings: Settings, saved_id: int | None = None
) -> Columns:
    """Return what is needed to choose the columns, read as the settings say."""
    path, kind = path_of(run.sha256), kind_of(run.kind)
    shape = settings.shape(look_at(path))
    names = headings(path, shape)
    settings = replace(
        settings, encoding=shape.encoding, delimiter=shape.delimiter, sheet=shape.sheet
    )
    kept = saved(session, kind)
    chosen = next((each for each in kept if each.id == saved_id), None)
    if chosen is not None:
        settings = from_saved(chosen, names, settings)
    elif settings.columns and max(settings.columns.values()) >= len(names):
        settings = matched(kind, names, settings)
    rows = islice(body(path, shape), PREVIEW)
    preview = [[shown(cell)[:60] for cell in row.cells] for row in rows]
    return Columns(shape, names, preview, settings, kept, offered(session, kind, names))
