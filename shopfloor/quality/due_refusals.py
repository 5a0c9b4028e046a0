"""Every "no" of what becomes due by itself, with what to do next."""

from datetime import datetime
from decimal import Decimal

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext
from sqlalchemy.orm import Session

from shopfloor.core.refusals import NotYours, Refused, WayOn
from shopfloor.core.shown import show_moment, show_quantity
from shopfloor.people.models import Person
from shopfloor.production.way import Stop, Work
from shopfloor.quality.models import Verdict
from shopfloor.quality.plan_models import Check

FIRST = "first_article"


def first_article(session: Session, work: Work, stop: Stop, check: Check) -> Refused:
    """Return the refusal for going on before the first article has passed, with who is awaited."""
    if check.self_checked_by_id is None:
        no = Refused(
            _l("The first article is not checked yet."),
            _l("Tick your own check of it; then an inspector confirms it and work goes on."),
            rule=FIRST,
        )
        no.leads_to = way_to_self_check(work, stop)
        return no
    return Refused(
        _l("The first article waits for the inspector."),
        _l(
            "%(name)s has checked it. It stands in the inspector's list; when it has passed, work"
            " goes on. Take another lot until then.",
            name=session.get_one(Person, check.self_checked_by_id).name,
        ),
        rule=FIRST,
    )


def first_pieces_first(most: Decimal) -> Refused:
    """Return the refusal for reporting more than the first article before it has passed."""
    return Refused(
        _l("The first article comes first: report %(count)s.", count=show_quantity(most)),
        _l("When the inspector has passed it, the rest is reported."),
        rule=FIRST,
        field="good",
    )


def way_to_self_check(work: Work, stop: Stop) -> WayOn:
    """Return the button that leads to the operator's own check."""
    values = {"code": work.subject.code, "operation": stop.operation.sequence}
    return WayOn("due.self_check_form", values, _l("Check the first article"), "check")


def last_piece(sequence: int) -> Refused:
    """Return the refusal for closing an order whose last piece nobody has inspected."""
    return Refused(
        _l("The last piece of operation %(sequence)s is not inspected yet.", sequence=sequence),
        _l("An inspector judges it first; then the order can be closed."),
        rule="last_piece",
    )


def bad_ones_wait(lot: str, sequence: int) -> Refused:
    """Return the refusal for closing an order of which bad pieces were found and not judged."""
    return Refused(
        _l(
            "Bad pieces of %(lot)s at operation %(sequence)s wait for NG.",
            lot=lot,
            sequence=sequence,
        ),
        _l("An inspector taps NG there, or corrects a mistyped value. Close the order after that."),
        rule="bad_ones_wait",
    )


def not_self_checked() -> Refused:
    """Return the refusal for confirming a first article that its operator has not checked."""
    return Refused(
        _l("Whoever made the first article has not checked it yet."),
        _l("He ticks his own check on his phone first. NG is possible at any time."),
        rule="not_self_checked",
        field="verdict",
    )


def not_made() -> Refused:
    """Return the refusal for passing a first article whose report was taken back."""
    return Refused(
        _l("The first article is not there: its report was taken back."),
        _l("It is inspected when it is reported again."),
        rule="nothing_waits",
        field="verdict",
    )


def own_check() -> Refused:
    """Return the refusal for confirming one's own self-check."""
    return NotYours(
        _l("Whoever checked the first article himself cannot confirm it."),
        _l("Somebody else who inspects confirms it."),
        rule="four_eyes",
        field="verdict",
    )


def nothing_to_check() -> Refused:
    """Return the refusal for a self-check where no first article waits for one."""
    return Refused(
        _l("No first article waits for a check here."),
        _l("It appears when the first piece is reported."),
        rule="nothing_to_check",
    )


def checked_already(name: str) -> Refused:
    """Return the refusal for checking what somebody has checked."""
    return Refused(
        _l("%(name)s has checked this first article already.", name=name),
        _l("Now an inspector confirms it."),
        rule="checked_already",
    )


def not_all_ticked() -> Refused:
    """Return the refusal for a self-check with a question that is not ticked."""
    return Refused(
        _l("Tick each characteristic that you have checked."),
        _l("If one is not good, report the piece as scrap or rework and make another."),
        rule="not_all_ticked",
        field="ticked",
    )


def no_retest() -> Refused:
    """Return the refusal for a retest of a lot that needs none now."""
    return Refused(
        _l("No retest of this lot is due."),
        _l("It appears in the inspector's list when its time is over. Lock the lot if it is bad."),
        rule="no_retest",
    )


def another_turn() -> Refused:
    """Return the refusal for a verdict on an inspection whose turn it is not any more."""
    return Refused(
        _l("Somebody else has decided this inspection meanwhile."),
        _l("Open it again: another one may be next here."),
        rule="another_turn",
        field="verdict",
    )


def judged_already(rule: str, name: str, verdict: Verdict, when: datetime) -> Refused:
    """Return the refusal for a verdict on what somebody has judged before, with his verdict."""
    ok = verdict is Verdict.PASS
    word = lazy_pgettext("verdict", "OK") if ok else lazy_pgettext("verdict", "NG")
    said = {"name": name, "verdict": word, "when": show_moment(when)}
    return Refused(
        _l("%(name)s has judged these pieces: %(verdict)s, %(when)s.", **said),
        _l("One verdict counts. If you have found something bad, tap NG again: that locks.")
        if ok
        else _l("One verdict counts. A second person decides about the pieces."),
        rule=rule,
        field="verdict",
    )
