"""Pages of records: a record's history, the search over events, and what is kept about a person."""

from flask import Blueprint, render_template, request, url_for
from flask_babel import lazy_gettext as _l

from shopfloor.core.db import db
from shopfloor.core.forms import Form
from shopfloor.core.refusals import Sentence
from shopfloor.people.access import requires, signed_in, viewer
from shopfloor.people.looks import Looked, note_look
from shopfloor.people.models import PERSON
from shopfloor.people.viewer import Viewer
from shopfloor.quality.ncr_words import CAUSES
from shopfloor.records import mine, one
from shopfloor.records.entries import entries_of
from shopfloor.records.history import history_of
from shopfloor.records.mine import Asked
from shopfloor.records.reach import READ, RECORD, VIEW, person_of, readable, record_of
from shopfloor.records.search import (
    Sought,
    field_choices,
    found_events,
    kind_choices,
    known_kinds,
    meaning,
)
from shopfloor.records.sources import GROUPS, At
from shopfloor.records.titles import titles_of

bp = Blueprint("history", __name__)
# How many of those who opened one's record are shown above it.
LAST_LOOKS = 3
GROUP_NAMES: dict[str, Sentence] = {
    "work": _l("Work"),
    "inspections": _l("Inspections and locks"),
    "pay": _l("Pay"),
    "corrections": _l("Corrections"),
    "person": _l("Rights, badge, station"),
    "notices": _l("What I was told"),
    "sign-ins": _l("Sign-ins"),
}
PAGES_OPENED: dict[Looked, Sentence] = {
    Looked.PERSON: _l("your page among the people"),
    Looked.RECORD: _l("your record, with your pay"),
    Looked.PAY: _l("your pay"),
    Looked.HISTORY: _l("the history of your page"),
    Looked.ENTRY: _l("an entry of yours"),
    Looked.SEARCH: _l("a search for what you did"),
    Looked.EXPORT: _l("a file with your name in it"),
    Looked.PROGRAM: _l("a list for a program with your name in it"),
}


@bp.get("/history/<code>")
@requires(VIEW)
def history(code: str) -> str:
    """Show what happened to a record, the newest first, fifty a page."""
    session, form = db.session(), Form(request.args)
    subject = record_of(session, viewer(), code)
    if subject.kind == PERSON.name:
        note_look(viewer(), Looked.HISTORY, [subject.id])
    entries, more = history_of(session, viewer(), subject, sought_in(form))
    title = titles_of(session, [subject.id])[subject.id]
    return render_template(
        "records/history.html", title=title, entries=entries, more=more, kinds=kind_choices()
    )


@bp.get("/events")
@requires(READ)
def search() -> str:
    """Search what has happened within the viewer's scope."""
    session, form = db.session(), Form(request.args)
    sought = sought_in(form)
    meant = meaning(session, sought, viewer().zone)
    note_look(viewer(), Looked.SEARCH, meant.people)
    conditions = [readable(viewer().rights), *meant.conditions]
    found, more = found_events(session, conditions, sought.before)
    return render_template(
        "records/search.html",
        entries=entries_of(session, found),
        more=more,
        sought=sought,
        kinds=kind_choices(),
        fields=field_choices(),
    )


@bp.get("/events/<int:event_id>")
@signed_in
def event(event_id: int) -> str:
    """Show one event with everything that is kept of it."""
    session, of = db.session(), Form(request.args).text("of", 40)
    found = one.one_entry(session, viewer(), event_id, of)
    note_look(viewer(), Looked.ENTRY, [found.person_id, found.actor_id])
    return render_template("records/event.html", found=found, entry=found.entry)


@bp.get("/my-record")
@signed_in
def my_record() -> str:
    """Show a person everything that is kept about him, and who opened it last."""
    looks, _more = mine.opened(db.session(), viewer().person_id, limit=LAST_LOOKS)
    return _record(viewer().person_id, "", looks=looks)


@bp.get("/my-record/opened")
@signed_in
def looks() -> str:
    """Show a person who opened what about him."""
    before = Form(request.args).whole("before")
    rows, more = mine.opened(db.session(), viewer().person_id, before)
    return render_template("records/opened.html", looks=rows, more=more, words=PAGES_OPENED)


@bp.get("/people/<code>/record")
@requires(RECORD)
def record(code: str) -> str:
    """Show what is kept about another person, who sees that it was opened."""
    person = person_of(db.session(), viewer(), code)
    note_look(viewer(), Looked.RECORD, [person.id])
    return _record(person.id, person.code)


def _record(person_id: int, code: str, **more: object) -> str:
    asked = _asked(Form(request.args))
    days, following = mine.record(db.session(), person_id, viewer().zone, asked)
    title = titles_of(db.session(), [person_id])[person_id]
    return render_template(
        "records/record.html",
        title=title,
        code=code,
        days=days,
        following=following,
        asked=asked,
        groups=GROUP_NAMES,
        words=PAGES_OPENED,
        **more,
    )


def _asked(form: Form) -> Asked:
    group = form.text("kind", 20)
    return Asked(
        group if group in GROUPS else "",
        form.day("since"),
        form.day("until"),
        At.read(form.text("before", 60)),
    )


def sought_in(form: Form) -> Sought:
    """Return what the address of a search asks for."""
    return Sought(
        text=form.text("q", 80),
        kinds=known_kinds(form.text("kind", 400)),
        person=form.text("person", 80),
        place=form.text("place", 80),
        device=form.text("device", 80),
        field=form.text("field", 60),
        since=form.day("since"),
        until=form.day("until"),
        before=form.whole("before"),
    )


def page_url(person: Viewer, page: tuple[str, str], code: str) -> str:
    """Return the address of a subject's page, if there is one that this person may open."""
    endpoint, verb = page
    if not endpoint or (verb and not person.rights.has(verb)):
        return ""
    return url_for(endpoint, code=code)


@bp.context_processor
def _links() -> dict[str, object]:
    return {
        "cause_words": CAUSES,
        "record_url": lambda title: page_url(viewer(), title.page, title.code),
        "event_url": lambda number, of: url_for("history.event", event_id=number, of=of or None),
        "without_before": lambda: {k: v for k, v in request.args.items() if k != "before"},
    }
