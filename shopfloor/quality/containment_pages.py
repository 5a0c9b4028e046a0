"""Where every piece of what is locked is now, and what may be bad besides: locked, or cleared."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l
from sqlalchemy import Row

from shopfloor.catalogue.models import ReasonKind
from shopfloor.catalogue.queries import offered_reasons
from shopfloor.core.codes import read_code
from shopfloor.core.db import db
from shopfloor.core.forms import Form
from shopfloor.core.parking import in_all_languages
from shopfloor.core.web import onward
from shopfloor.holds.commands import place_hold
from shopfloor.holds.gate import story
from shopfloor.people.access import act, requires, viewer
from shopfloor.quality import queries
from shopfloor.quality.commands.clearing import clear_suspect
from shopfloor.quality.free_lots import free_lots
from shopfloor.quality.suspects import suspected, suspicions
from shopfloor.quality.whereabouts import whereabouts

bp = Blueprint("containment", __name__)


@bp.get("/holds/<int:hold_id>/where")
# A refused button or form is shown again at its own address.
@bp.get("/holds/<int:hold_id>/suspects", endpoint="lock_form")
@bp.get("/holds/<int:hold_id>/suspects/clear", endpoint="clear_form")
@requires("work.view")
def where(hold_id: int) -> str:
    """Show where all pieces of what is locked are, and what is under suspicion besides."""
    reasons = offered_reasons(db.session(), ReasonKind.RELEASE)
    return render_template("quality/where.html", reasons=reasons, **_shown(hold_id))


@bp.get("/holds/<int:hold_id>/where/now")
@requires("work.view")
def now(hold_id: int) -> str:
    """Show the part of the page that changes while pieces move."""
    return render_template("quality/_where.html", **_shown(hold_id))


@dataclass(frozen=True)
class Suspicion:
    """What of a lot is suspected because of a station: the last fail there, and how many."""

    hold_id: int
    names: dict[str, str]
    pieces: Decimal
    fails: int


@bp.app_template_global("suspicions")
def suspicions_of(lot_id: int) -> list[Suspicion]:
    """Return why a lot with the mark is suspected, for the pages that show one: once a station."""
    found: dict[str, list[Row[*tuple[Any, ...]]]] = defaultdict(list)
    for each in suspicions(db.session(), lot_id):
        found[str(each.names)].append(each)
    return [
        Suspicion(rows[-1].hold_id, rows[-1].names, max(each.pieces for each in rows), len(rows))
        for rows in found.values()
    ]


@bp.post("/holds/<int:hold_id>/suspects")
@requires("hold.place")
def lock_all(hold_id: int) -> Response:
    """Lock every suspect that is still free, one after the other under ids made of this form's."""
    doing, shown = act(), _shown(hold_id)
    reason_id = _reason_for(shown["hold"].reason_id)
    # A note is shown as it is written: it is written for the readers of every language.
    why = _l("Suspect: made since the last pass before %(what)s", what=shown["name"])
    note = " · ".join(in_all_languages(why).values())
    free = sorted({each.lot_code for each in shown["suspects"] if not each.locked})
    for lot in free_lots(db.session(), viewer().rights, free):
        place_hold(doing.then(lot.code), subject_id=lot.id, reason_id=reason_id, note=note)
    said = ngettext("%(num)s lot is locked.", "%(num)s lots are locked.", len(free))
    return onward(url_for("containment.where", hold_id=hold_id), doing.id, said)


@bp.post("/holds/<int:hold_id>/suspects/clear")
@requires("hold.release")
def clear(hold_id: int) -> Response:
    """Take one lot out of the suspects, with a reason."""
    form, doing = Form(request.form), act()
    cleared = clear_suspect(
        doing,
        hold_id=hold_id,
        lot=read_code(form.text("lot", 80)) or form.text("lot", 80),
        reason_id=form.whole("reason") or 0,
    )
    said = gettext("%(lot)s is not under suspicion any more.", lot=cleared.lot or cleared.lot_code)
    return onward(url_for("containment.where", hold_id=hold_id), doing.id, said)


def _shown(hold_id: int) -> dict[str, Any]:
    session = db.session()
    hold, subject, _works = queries.within_reach(session, viewer(), hold_id, "work.view")
    return {
        "hold": hold,
        "name": subject.number or subject.code,
        "why": story(session, hold),
        "pieces": whereabouts(session, viewer().rights, subject.id),
        "suspects": suspected(session, hold_id),
    }


def _reason_for(reason_id: int | None) -> int | None:
    """Return the fail's own reason where it is one for locks; the note alone says it otherwise."""
    offered = {reason.id for reason in offered_reasons(db.session(), ReasonKind.HOLD)}
    return reason_id if reason_id in offered else None
