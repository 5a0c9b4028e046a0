"""What quality offers after a lot was scanned: inspect it, or decide about its lock."""

from collections.abc import Sequence

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from shopfloor.core.db import db
from shopfloor.core.next_steps import NextStep
from shopfloor.core.shown import counted, show_quantity
from shopfloor.core.words import in_words
from shopfloor.holds.models import Hold, HoldSource
from shopfloor.people.viewer import Viewer
from shopfloor.production.models import OrderState
from shopfloor.production.queries import LotView
from shopfloor.production.way import Stop
from shopfloor.quality.asked import of_turn
from shopfloor.quality.due_queries import open_at
from shopfloor.quality.in_stock import IN_STOCK
from shopfloor.quality.plan_models import Check, PlanKind
from shopfloor.quality.plan_words import KINDS


def for_lot(view: LotView) -> list[NextStep]:
    """Offer the inspections that wait, and the release of every lock: a second person signs it."""
    rights = view.viewer.rights
    steps = _releases(view.viewer, view.holds, view.work.scopes())
    if view.work.order.state in (OrderState.FINISHED, OrderState.CLOSED):
        check, code = retest_of(db.session(), view.work.lot.id), view.work.subject.code
        steps += _retest(view.viewer, check, code, view.work.order.site_id, view.holds)
    if not view.holds:
        steps += _lock(view.viewer, view.work.subject.code, _lockable_at(view))
    if view.work.order.state is OrderState.CLOSED:
        return steps
    steps += _lock_part(view)
    due = _due(view)
    for stop in view.work.stops:
        found = due.get(stop.operation.id, [])
        steps += _self_check(view, stop, found)
        if rights.may("inspection.record", *view.work.scopes(stop)):
            steps += _inspect(view, stop, found)
    return steps


def in_stock(
    viewer: Viewer, retest: Check | None, code: str, site_id: int | None, holds: list[Hold]
) -> list[NextStep]:
    """Offer the retest of a lot that no order has made, its lock, and the release of its locks."""
    steps = _releases(viewer, holds, [site_id]) + _retest(viewer, retest, code, site_id, holds)
    return steps if holds else steps + _lock(viewer, code, [site_id])


def retest_of(session: Session, lot_id: int) -> Check | None:
    """Return the retest of a lot that is due or runs; one statement."""
    return of_turn(session, lot_id, IN_STOCK)


def _releases(viewer: Viewer, holds: list[Hold], scopes: Sequence[int | None]) -> list[NextStep]:
    steps: list[NextStep] = []
    for hold in holds:
        own = hold.opened_by_id == viewer.person_id
        signs = viewer.rights.may("hold.release", *scopes) and not own
        steps.append(
            NextStep(
                "hold.release",
                _l("Release the lock") if signs else _l("Have it released on this phone"),
                url_for("quality.release", hold_id=hold.id),
                icon="unlock",
                primary=signs,
                note=_l("A second person signs with badge and PIN."),
            )
        )
        if hold.source is HoldSource.INSPECTION:
            steps.append(
                NextStep(
                    "work.view",
                    _l("Nonconformance"),
                    url_for("ncrs.of_lock", hold_id=hold.id),
                    icon="alert",
                )
            )
    return steps


def _lock(viewer: Viewer, code: str, scopes: Sequence[int | None]) -> list[NextStep]:
    if not viewer.rights.may("hold.place", *scopes):
        return []
    here = url_for("holds.place", code=code)
    return [NextStep("hold.place", _l("Lock this lot"), here, icon="lock")]


def _lockable_at(view: LotView) -> list[int]:
    """Return where a right to lock counts: along the routing, or at the site when all is stored."""
    work = view.work
    stays = any(stop.left or stop.waiting or stop.held for stop in work.stops)
    return work.scopes() if stays else [work.order.site_id]


def _lock_part(view: LotView) -> list[NextStep]:
    """Offer to lock a part of the pieces that are here."""
    stop = view.here
    if view.holds or stop is None or stop.left + stop.waiting <= 1:
        return []
    if not view.viewer.rights.may("hold.place", *view.work.scopes()):
        return []
    return [
        NextStep(
            "hold.place",
            _l("Lock a part"),
            url_for(
                "parting.lock_part_form",
                code=view.work.subject.code,
                operation=stop.operation.sequence,
            ),
            icon="split",
            aside=True,
        )
    ]


def _retest(
    viewer: Viewer, check: Check | None, code: str, site_id: int | None, holds: list[Hold]
) -> list[NextStep]:
    """Offer the retest of a lot in stock while it is due."""
    if check is None or not viewer.rights.may("inspection.record", site_id):
        return []
    return [
        NextStep(
            "inspection.record",
            _l("Inspect it in stock"),
            url_for("quality.inspect", code=code, operation=IN_STOCK),
            icon="inspect",
            primary=not holds,
            note=KINDS[check.kind],
        )
    ]


def _due(view: LotView) -> dict[int, list[Check]]:
    """Return what is due at the lot's operations; no statement where nothing ever becomes due."""
    watched = [stop.operation.id for stop in view.work.stops if stop.operation.watched]
    return open_at(db.session(), watched) if watched else {}


def _self_check(view: LotView, stop: Stop, due: list[Check]) -> list[NextStep]:
    """Offer whoever works here to check the first article himself."""
    waits = any(c.kind is PlanKind.FIRST_ARTICLE and not c.self_checked_at for c in due)
    if not waits or not view.viewer.rights.may("work.report", *view.work.scopes(stop)):
        return []
    return [
        NextStep(
            "work.report",
            _l("Check the first article"),
            url_for(
                "due.self_check_form",
                code=view.work.subject.code,
                operation=stop.operation.sequence,
            ),
            icon="check",
            note=_l("Until an inspector has passed it, nothing more is made here."),
        )
    ]


def failed_already(view: LotView) -> bool:
    """Say whether an inspection has locked the order: only other waiting pieces can fail then."""
    return any(
        hold.source is HoldSource.INSPECTION
        and hold.subject_id in (view.work.lot.id, view.work.lot.family_id)
        for hold in view.holds
    )


def _inspect(view: LotView, stop: Stop, due: list[Check]) -> list[NextStep]:
    waits = stop.waiting > 0 or bool(due)
    said = counted(show_quantity(stop.waiting), view.work.item.unit)
    if not waits and (stop is not view.here or failed_already(view)):
        return []
    return [
        NextStep(
            "inspection.record",
            _l("Inspect %(name)s", name=in_words(stop.operation.names)),
            url_for(
                "quality.inspect",
                code=view.work.subject.code,
                operation=stop.operation.sequence,
            ),
            icon="inspect",
            primary=waits and not view.holds,
            note=KINDS[due[0].kind]
            if due
            else _l("%(waiting)s wait", waiting=said)
            if waits
            else "",
        )
    ]
