"""`import`: a table brought in from the terminal, checked first, and booked as a whole or not."""

import json
import uuid
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from shopfloor.cli.database import prepared
from shopfloor.core.db import db, transaction
from shopfloor.core.refusals import Refused
from shopfloor.core.subjects import Subject
from shopfloor.exchange import running, uploads
from shopfloor.exchange.commands import apply_import
from shopfloor.exchange.kinds import KINDS, kind_of
from shopfloor.exchange.mapping import require_usable, settings_of
from shopfloor.exchange.models import Import, ImportState
from shopfloor.people.setup import founder
from shopfloor.plant.models import SITE

SHOWN = 20


@click.command("import")
@click.argument("kind", type=click.Choice(list(KINDS)))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--site", help="The number of the site; needed when there are several.")
@click.option("--dry-run", is_flag=True, help="Check the file and book nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@with_appcontext
@prepared
def import_file(kind: str, file: Path, site: str | None, dry_run: bool, as_json: bool) -> None:
    """Bring a CSV or XLSX file in; its columns are matched by their headings. Exit 1 on errors."""
    try:
        answer = brought_in(kind, file, site, dry_run)
    except Refused as no:
        raise click.ClickException(f"{no.sentence} {no.hint}".strip()) from None
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False, indent=2))
    else:
        _tell(answer)
    if answer["problems"]:
        raise SystemExit(1)


def brought_in(kind: str, file: Path, site: str | None, dry_run: bool) -> dict[str, Any]:
    """Check a file and book it unless it has errors, and return what was found."""
    site_id = _site(site)
    run = uploads.take_bytes(file.read_bytes(), file.name, kind_of(kind), site_id, None)
    shown = uploads.columns(db.session(), run, settings_of(run.settings))
    require_usable(kind_of(kind), shown.settings, len(shown.headings))
    import_id = run.id
    with transaction() as session:
        session.get_one(Import, import_id).state = ImportState.TO_CHECK
    count = running.check(import_id)
    answer = {**count.result(), "booked": False}
    if not count.problems and count.writes and not dry_run:
        apply_import(founder(uuid.uuid4().hex), import_id=import_id)
        answer["booked"] = True
    return answer


def _site(number: str | None) -> int:
    query = select(Subject.id).where(Subject.kind == SITE.name)
    found = db.session.scalars(query if number is None else query.where(Subject.number == number))
    ids = found.all()
    if len(ids) != 1:
        raise click.ClickException(
            "There is no site yet: set the factory up first."
            if not ids
            else "There are several sites: name one with --site."
        )
    return ids[0]


def _tell(answer: dict[str, Any]) -> None:
    for problem in answer["first"][:SHOWN]:
        place = ", ".join(part for part in (f"line {problem['line']}", problem["column"]) if part)
        click.echo(f"{place}: read “{problem['read']}”, expected {problem['expected']}")
    for note in answer["notes"]:
        click.echo(note)
    click.echo(
        f"{answer['rows']} rows: {answer['new']} new, {answer['changed']} changed, "
        f"{answer['same']} the same, {answer['problems']} errors. "
        + ("Booked." if answer["booked"] else "Nothing was booked.")
    )
