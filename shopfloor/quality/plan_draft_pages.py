"""The page on which the draft of an inspection plan is written; its buttons book nothing."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Blueprint, Response, g, make_response, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from shopfloor.configure.answers import NO, YES
from shopfloor.configure.models import FieldKind
from shopfloor.core.db import db
from shopfloor.core.editing import Overtaken
from shopfloor.core.forms import Form
from shopfloor.core.refusals import Refused
from shopfloor.core.subjects import find
from shopfloor.core.web import onward
from shopfloor.core.words import LANGUAGES
from shopfloor.people.access import act, requires
from shopfloor.quality import plan_queries as queries
from shopfloor.quality import plan_reading as reading
from shopfloor.quality import plan_words as words
from shopfloor.quality.commands.plans import save_plan
from shopfloor.quality.plan_fields import PARTS, differing, head_fields, row_of
from shopfloor.quality.plan_models import DUE_KINDS, PLAN, PlanRevision
from shopfloor.quality.plan_pages import EDIT, tried
from shopfloor.quality.plan_writing import PlanWritten, as_written, require_sample
from shopfloor.quality.sampling import Level, aqls

bp = Blueprint("drafts", __name__)


@bp.get("/plans/<code>/draft")
@requires(EDIT)
def draft(code: str) -> str:
    """Show the draft of a plan to be written; a plan without one leads to nothing to write."""
    found = queries.plan_page(db.session(), code)
    if found.draft is None:
        raise Refused(
            _l(
                "Revision %(revision)s is published and stays as it is.",
                revision=found.shown.revision,
            ),
            _l("Begin a new revision and change that."),
            rule="published",
        )
    return render_template("quality/plan_draft.html", **_form(found, found.draft))


@bp.post("/plans/<code>/draft")
@requires(EDIT)
def save(code: str) -> Response:
    """Save a draft, and go on to publishing it; what only changes the form shows it again."""
    if request.values.get("do"):
        return _shown_again(code, Form(request.form))
    doing, form = act(), Form(request.form)
    save_plan(
        doing,
        plan_id=find(db.session(), PLAN, code).id,
        version=form.needed("version"),
        names={language: form.text(f"name_{language}", 200) for language in LANGUAGES},
        draft=reading.read_draft(form),
    )
    said = _l("Saved. It asks for nothing before it is published.")
    here = url_for("drafts.draft", code=code)
    if form.text("then", 10):
        here = url_for("plans.plan", code=code, revision=form.whole("then"), _anchor="publish")
    return onward(here, doing.id, said)


def _form(found: queries.PlanPage, draft: PlanRevision) -> dict[str, Any]:
    """Return what the form shows: what was typed first, and then what is stored."""
    typed, refusal = g.get("typed"), g.get("refusal")
    late = isinstance(refusal, Overtaken)
    # However often a form is shown again, it keeps what it was opened on, until it is late.
    kept = typed if typed and not late else None
    theirs = [row_of(each) for each in as_written(draft).fields]
    rows = reading.typed_rows(typed) if typed else theirs or [dict(reading.FRESH)]
    return {
        "found": found,
        "words": words,
        "due_kinds": DUE_KINDS,
        "levels": _choices(level.value for level in Level),
        "aqls": _choices(str(aql) for aql in aqls()),
        "stored": _was(kept) if kept else head_fields(found.plan, draft),
        "version": kept.get("version") if kept else found.plan.version,
        "rows": rows,
        "places": _places(rows),
        "wrong_row": _wrong_row(refusal, rows),
        "answers": _answers(rows),
        "sides": differing(rows, theirs) if late else [],
        **(g.get("tried") or tried(draft, None)),
    }


def _shown_again(code: str, form: Form) -> Response:
    pressed = form.text("do", 20)
    rows = reading.typed_rows(form.fields)
    if pressed == "try":
        sample = PlanWritten(**reading.read_sample(form))
        require_sample(sample)
        g.tried = tried(sample, form.text("lot", 20))
    else:
        rows = reading.arranged(rows, pressed)
    g.typed = MultiDict(reading.typed_again(form.fields.to_dict(), rows))
    return make_response(draft(code))


def _choices(texts: Iterable[str]) -> list[tuple[str, str]]:
    return [("", "–"), *((text, text) for text in texts)]


def _was(typed: Mapping[str, str]) -> dict[str, str]:
    """Return what stood in the form when it was opened, however often it is shown again."""
    return {name[4:]: text for name, text in typed.items() if name.startswith("was_")}


def _places(rows: list[reading.Row]) -> list[str]:
    """Return for each row the field by which a command refuses it; empty rows are not counted."""
    places, n = [], 0
    for row in rows:
        places.append("" if reading.is_empty(row) else f"fields.{n}")
        n += not reading.is_empty(row)
    return places


def _wrong_row(refusal: Refused | None, rows: list[reading.Row]) -> int:
    """Return the number of the row in which something was refused; 0 for none."""
    if refusal is None or not refusal.field:
        return 0
    if refusal.field in _places(rows):
        return _places(rows).index(refusal.field) + 1
    name, _, number = refusal.field.rpartition("_")
    return int(number) if name in PARTS and number.isdecimal() else 0


def _answers(rows: list[reading.Row]) -> list[list[tuple[str, Any]]]:
    """Return for each row the answers to earlier questions after which it may be asked."""
    offered: list[tuple[str, Any]] = [("", _l("always"))]
    found = []
    for row in rows:
        own = list(offered)
        if row["show"] and row["show"] not in [value for value, _label in own]:
            own.append((row["show"], row["show"]))
        found.append(own)
        name, key = row["name_en"] or row["name_zh"] or row["key"], row["key"]
        if key and row["kind"] == FieldKind.YES_NO:
            offered += [(f"{key}={YES}", f"{name}: OK"), (f"{key}={NO}", f"{name}: NG")]
        elif key and row["kind"] == FieldKind.CHOICE:
            lines = [line for line in row["options"].split("\n") if line.strip()]
            offered += [
                (f"{key}={n}", f"{name}: {line.rpartition('|')[0].strip() or line}")
                for n, line in enumerate(lines)
            ]
    return found
