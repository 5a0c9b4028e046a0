"""Pages on which the values of an inspection are read, piece by piece, and corrected."""

import re
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import FileStorage

from shopfloor.catalogue.models import ReasonKind
from shopfloor.catalogue.queries import offered_reasons
from shopfloor.core import files
from shopfloor.core.db import db
from shopfloor.core.forms import Form
from shopfloor.core.web import onward
from shopfloor.people.access import act, requires, viewer
from shopfloor.production.queries import LotView
from shopfloor.quality import refusals
from shopfloor.quality.at_hand import at_hand
from shopfloor.quality.check_view import CheckView, check_view
from shopfloor.quality.commands.checks import correct_value, read_values
from shopfloor.quality.gauging import MOST_GAUGES
from shopfloor.quality.in_stock import view_at
from shopfloor.quality.values import Read

bp = Blueprint("checks", __name__)
_VALUE = re.compile(r"v:([a-z0-9_]{1,20}):(\d{1,2})", re.ASCII)


@bp.get("/lots/<code>/<int:operation>/values")
@requires("inspection.record")
def values_form(code: str, operation: int) -> str:
    """Show the questions of the plan for the piece whose turn it is."""
    view, check = _running(code, operation)
    today = viewer().today
    hand = at_hand(db.session(), check, view.work.item.id, viewer().person_id, today)
    return render_template(
        "quality/check.html",
        view=view,
        check=check,
        hand=hand,
        today=today,
        **_at(view, operation),
    )


@bp.post("/lots/<code>/<int:operation>/values")
@requires("inspection.record", parks=True)
def read(code: str, operation: int) -> Response:
    """Keep the values of one piece, and lead on to the next one or to the verdict."""
    form, doing = Form(request.form), act()
    values = tuple(_values(form, request.files))
    stands = read_values(
        doing,
        lot=code,
        operation=operation,
        values=values,
        gauges=_gauges(form),
        sure=bool(form.text("sure")),
        rest=form.whole("open") if form.text("rest") else None,
        seen=form.whole("seen"),
    )
    there = "quality.inspect" if stands.verdict else "checks.read"
    return onward(url_for(there, code=code, operation=operation), doing.id)


@bp.get("/lots/<code>/<int:operation>/values/corrected")
@requires("inspection.record")
def correct_form(code: str, operation: int) -> str:
    """Show everything that was read, and the form for the value that is chosen."""
    view, check = _running(code, operation)
    return render_template(
        "quality/values.html",
        view=view,
        check=check,
        chosen=check.marked(request.values.get("value", "")),
        reasons=offered_reasons(db.session(), ReasonKind.UNDO),
        **_at(view, operation),
    )


@bp.post("/lots/<code>/<int:operation>/values/corrected")
@requires("inspection.record", parks=True)
def correct(code: str, operation: int) -> Response:
    """Put a corrected value beside the mistyped one."""
    form, doing = Form(request.form), act()
    correct_value(
        doing,
        lot=code,
        operation=operation,
        value=_corrected(form),
        reason_id=form.whole("reason"),
        sure=bool(form.text("sure")),
    )
    here = url_for("checks.correct", code=code, operation=operation)
    return onward(here, doing.id, _l("Corrected. The old value is kept."))


def _running(code: str, operation: int) -> tuple[LotView, CheckView]:
    view = view_at(db.session(), viewer(), code, operation)
    stop = view.work.stop(operation)
    check = check_view(db.session(), view.work, stop)
    if check is None:
        raise refusals.no_plan() if stop.waiting else refusals.nothing_waits(operation)
    return view, check


def _at(view: LotView, operation: int) -> dict[str, Any]:
    return {"stop": view.work.stop(operation)}


def _values(form: Form, photos: Any) -> list[Read]:
    """Read the fields that the page has for each question: v:key:reading."""
    piece = form.whole("piece") or 1
    found = []
    for name in {**dict.fromkeys(form.fields), **dict.fromkeys(photos)}:
        match = _VALUE.fullmatch(name)
        if match is None:
            continue
        key, reading = match.group(1), int(match.group(2))
        asked = _photo(form, photos, f"photo:{key}:{reading}")
        photo = asked or _photo(form, photos, name)
        # A photo answers by being there; other fields that were left empty are read later.
        text = form.text(name) if name in form.fields else "photo" if photo else ""
        if text:
            found.append(Read(key, text, piece, reading, photo))
    return found


def _corrected(form: Form) -> Read:
    piece, key, reading = _chosen(form.text("value", 60))
    photo, gauge = _photo(form, request.files, "photo"), form.text("gauge", 200) or None
    return Read(key, form.text("text"), piece, reading, photo, gauge)


def _gauges(form: Form) -> tuple[str, ...]:
    """Read what was scanned into the fields gauge:1, gauge:2 …, one for each type."""
    scanned = (form.text(name, 200) for name in form.fields if name.startswith("gauge:"))
    return tuple(text for text in scanned if text)[:MOST_GAUGES]


def _photo(form: Form, photos: Any, name: str) -> str | None:
    upload: FileStorage | None = photos.get(name)
    return files.photo_of(upload, form.text(f"sha256_{name}", 64))


def _chosen(value: str) -> tuple[int, str, int]:
    match = re.fullmatch(r"(\d{1,9}):([a-z0-9_]{1,20}):(\d{1,2})", value, re.ASCII)
    if match is None:
        raise refusals.no_such_value()
    return int(match.group(1)), match.group(2), int(match.group(3))
