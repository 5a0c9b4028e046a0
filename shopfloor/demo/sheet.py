"""One sheet of labels with everything the walk through the demo scans: lots, stations, badges."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from flask import Blueprint, current_app, render_template
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from shopfloor.core.db import db
from shopfloor.core.refusals import NotFound
from shopfloor.labels import svg
from shopfloor.labels.content import labels
from shopfloor.labels.designs import Label, Line, Weight
from shopfloor.labels.paper import A4
from shopfloor.people.access import signed_in, viewer
from shopfloor.people.models import PERSON, Badge, Person
from shopfloor.people.roles import ROLE_NAMES
from shopfloor.people.secrets import digest
from shopfloor.people.setup import demo_file

bp = Blueprint("demo", __name__)

STATIONS = ("ASSY-3", "TEST-1", "PACK-1", "ASSY-2", "PLATE-1", "POLISH-1")
ROLES = ("operator", "inspector", "supervisor")


@bp.get("/demo/labels")
@signed_in
def sheet() -> str:
    """Show the labels of the walk, each badge with its person's PIN; only a demo has them."""
    told = _told()
    codes = [lot["code"] for lot in told["lots"]]
    codes += [each["code"] for each in told.get("stations", ()) if each["number"] in STATIONS]
    wanted = labels(db.session(), viewer().rights, codes)
    badges = _badges(p for p in told["sign_ins"] if p["role"] in ROLES)
    return render_template("demo/labels.html", pages=svg.pages(wanted + badges, A4, 1), paper=A4)


def _told() -> dict[str, Any]:
    kept = demo_file(current_app)
    if not kept.exists():
        raise NotFound(
            _l("This is no demo."),
            _l("The labels of your own things are under Labels."),
            rule="no_demo",
        )
    return dict(json.loads(kept.read_text()))


def _badges(sign_ins: Iterable[Mapping[str, str]]) -> list[Label]:
    """Return the labels of those badges that are still in force; one statement."""
    wanted = {digest(each["badge"]): each for each in sign_ins}
    found = db.session.execute(
        select(Badge.code_hash, Person)
        .join(Badge, Badge.person_id == Person.id)
        .where(Badge.code_hash.in_(wanted), Badge.revoked_at.is_(None))
    )
    people = {row.code_hash: row.Person for row in found}
    return [_badge(people[key], told) for key, told in wanted.items() if key in people]


def _badge(person: Person, told: Mapping[str, str]) -> Label:
    lines = (
        Line(f"DEMO · {gettext('Badge')}", Weight.KIND),
        Line(person.name, Weight.TITLE),
        Line(str(ROLE_NAMES[told["role"]]), Weight.NAME),
        Line(f"{gettext('PIN')} {told['pin']}", Weight.FACT),
    )
    return Label(
        person.id,
        PERSON.name,
        person.name,
        "",
        lines,
        told["badge"],
        site_id=person.site_id,
        secret=True,
    )
