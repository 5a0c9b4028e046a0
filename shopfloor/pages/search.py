"""The search over everything: things of every kind, and the pages of the program."""

from flask import Blueprint, render_template, request
from sqlalchemy.orm import Session

from shopfloor.core.codes import read_code
from shopfloor.core.db import db
from shopfloor.core.paging import Page, asked_page, page_of
from shopfloor.core.rights import Rights
from shopfloor.pages.finders import FINDERS, Finder, Hit
from shopfloor.pages.program_words import pages_called
from shopfloor.people.access import requires, signed_in, viewer

bp = Blueprint("search", __name__)
# So many of each kind stand on the page of all kinds.
FIRST = 6
Group = tuple[Finder, list[Hit], bool]


@bp.get("/search")
@requires("work.view")
def search() -> str:
    """Show what a search finds: the first of each kind, or one kind page by page."""
    text, rights = request.args.get("q", "").strip()[:80], viewer().rights
    kind = next((f for f in offered(rights) if f.key == request.args.get("in")), None)
    one = page_of_kind(db.session(), kind, rights, text) if kind and text else None
    return render_template(
        "pages/search.html",
        search=text,
        kind=kind,
        page=one[0] if one else None,
        groups=[one[1]] if one else groups(db.session(), rights, text) if text else [],
        called=pages_called(text, rights),
        code=read_code(text),
    )


@bp.get("/keyboard")
@signed_in
def keyboard() -> str:
    """Show which keys do what on the pages of the desk."""
    return render_template("pages/keyboard.html")


def offered(rights: Rights) -> list[Finder]:
    """Return the kinds of things that a person may search."""
    return [finder for finder in FINDERS if rights.has(finder.verb)]


def groups(session: Session, rights: Rights, text: str) -> list[Group]:
    """Return the first things of every kind that a search finds; one statement a kind."""
    found = []
    for finder in offered(rights):
        rows = session.execute(finder.query(rights, text).limit(FIRST + 1)).all()
        if rows:
            hits = [finder.shown(row, rights) for row in rows[:FIRST]]
            found.append((finder, hits, len(rows) > FIRST))
    return found


def page_of_kind(session: Session, finder: Finder, rights: Rights, text: str) -> tuple[Page, Group]:
    """Return one page of the things of a kind that a search finds; two statements."""
    page = page_of(session, finder.query(rights, text), asked_page())
    return page, (finder, [finder.shown(row, rights) for row in page.rows], False)
