"""What production offers after a lot was scanned: report, start, pause, go on."""

from flask import url_for
from flask_babel import lazy_gettext as _l

from shopfloor.core.next_steps import NextStep
from shopfloor.core.refusals import Sentence
from shopfloor.core.shown import counted, show_moment, show_quantity
from shopfloor.core.words import in_words
from shopfloor.production.models import OrderState
from shopfloor.production.queries import LotView, OpenJob
from shopfloor.production.way import Stop


def for_lot(view: LotView) -> list[NextStep]:
    """Offer what the viewer may do at the operation where he most likely works."""
    stop = view.here
    if stop is None or not _may_report(view, stop):
        return []
    if view.work.order.state is OrderState.CLOSED:
        return []
    held = _l("Locked") if view.holds else _why_not(view, stop)
    own = [job for job in view.own_jobs if job.operation_id == stop.operation.id]
    steps = [*_guide(view, stop), *_report(view, stop, held)]
    for job in own:
        steps += _job_steps(job, held)
    if not own:
        others = view.others_at(stop)
        name = in_words(stop.operation.names)
        steps += [_take_over(job, held) for job in others]
        steps.append(
            NextStep(
                "work.report",
                _l("Work beside them: start %(name)s", name=name)
                if others
                else _l("Start %(name)s", name=name),
                _address(view, stop, "production.start"),
                icon="play",
                refusal=held,
                note=_l("set-up and breakdown too"),
            )
        )
    return steps + _parting(view, stop, held)


def _parting(view: LotView, stop: Stop, held: object) -> list[NextStep]:
    """Offer to change how the pieces here make up lots."""
    ways = []
    if stop.left + stop.waiting > 1:
        ways.append((_l("Split"), "parting.split_form", "split"))
    if stop.left + stop.waiting and not view.work.lot.serial:
        ways.append((_l("Join"), "parting.join_form", "merge"))
    return [
        NextStep(
            "work.report",
            label,
            _address(view, stop, page),
            icon=icon,
            refusal=str(held),
            aside=True,
        )
        for label, page, icon in ways
    ]


def _why_not(view: LotView, stop: Stop) -> Sentence | str:
    """Return the word for work that this person may not do; the command says all of it."""
    if stop.operation.skill_id is not None and not stop.ability.able_on(view.viewer.today):
        lacking: Sentence = _l("You lack the skill for it")
        return lacking
    return ""


def _guide(view: LotView, stop: Stop) -> list[NextStep]:
    """Offer the work instruction: before all else while it has not been read."""
    if stop.operation.instruction_id is None:
        return []
    read = stop.ability.has_read
    return [
        NextStep(
            "work.view",
            _l("How it is done") if read else _l("Read the new instruction"),
            url_for(
                "guides.read",
                code=view.work.subject.code,
                operation=stop.operation.sequence,
            ),
            icon="book",
            primary=not read and not view.holds,
            note="" if read else _l("once, before your first report"),
        )
    ]


def _take_over(job: OpenJob, held: object) -> NextStep:
    return NextStep(
        "work.report",
        _l("Take over from %(name)s", name=job.person),
        url_for("production.take_over_form", job_id=job.id),
        icon="person",
        refusal=str(held),
        note=_l("working here since %(since)s", since=show_moment(job.opened_at)),
    )


def _may_report(view: LotView, stop: Stop) -> bool:
    """Say whether the viewer may report here, or does so at another station already."""
    return view.viewer.rights.may("work.report", *view.work.scopes(stop)) or any(
        job.operation_id == stop.operation.id for job in view.own_jobs
    )


def _report(view: LotView, stop: Stop, held: object) -> list[NextStep]:
    if not stop.left:
        return []
    if stop.operation.serialise and not view.work.lot.serial:
        return [_serials(view, stop, held)]
    left = show_quantity(stop.left)
    said = counted(left, view.work.item.unit)
    # Work begun before the lock may be reported once, as held pieces; the form says so.
    refusal = "" if view.holds and view.in_hand_at(stop) else held
    unread = stop.operation.instruction_id is not None and not stop.ability.has_read
    steps = [
        NextStep(
            "work.report",
            _l("Report %(left)s good", left=said),
            _address(view, stop, "production.report"),
            method="post",
            icon="check",
            fields={"good": left},
            primary=True,
            # After Back the next operation's button looks the same: it says which one it is.
            note=f"{stop.operation.sequence} · {in_words(stop.operation.names)}",
        )
    ]
    if view.holds or refusal or unread:
        steps = []
    return [
        *steps,
        NextStep(
            "work.report",
            _l("Report another quantity, scrap or rework"),
            _address(view, stop, "production.report"),
            icon="list",
            refusal=str(refusal or (_l("Read the instruction first") if unread else "")),
            note=_l("%(left)s left here", left=said),
        ),
    ]


def _serials(view: LotView, stop: Stop, held: object) -> NextStep:
    return NextStep(
        "work.report",
        _l("Give serial numbers"),
        _address(view, stop, "serials.form"),
        icon="tag",
        primary=not held,
        refusal=str(held),
        note=_l("%(left)s left here", left=counted(show_quantity(stop.left), view.work.item.unit)),
    )


def _job_steps(job: OpenJob, held: object) -> list[NextStep]:
    finish = NextStep(
        "work.report",
        _l("Finish without pieces"),
        url_for("production.finish", job_id=job.id),
        method="post",
        icon="cross",
    )
    if job.paused:
        resume = NextStep(
            "work.report",
            _l("Go on with the job"),
            url_for("production.resume", job_id=job.id),
            method="post",
            icon="play",
            refusal=str(held),
        )
        return [resume, finish]
    pause = NextStep(
        "work.report",
        _l("Pause"),
        url_for("production.pause", job_id=job.id),
        icon="pause",
    )
    return [pause, finish]


def _address(view: LotView, stop: Stop, endpoint: str) -> str:
    return url_for(endpoint, code=view.work.subject.code, operation=stop.operation.sequence)
