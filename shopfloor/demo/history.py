"""What became of the demo's orders: every step of them, through the commands people use."""

from datetime import timedelta
from decimal import Decimal
from functools import partial
from random import Random

from shopfloor.core.undo import undo_event
from shopfloor.demo import people, plant, verdicts
from shopfloor.demo.diary import SEED, Diary
from shopfloor.demo.items import Made, way_of
from shopfloor.demo.orders import PLANS, Doing, Now, Tale
from shopfloor.demo.story import Story
from shopfloor.production.commands.jobs import (
    finish_work,
    pause_work,
    resume_work,
    start_work,
)
from shopfloor.production.commands.orders import close_order, create_order, release_order
from shopfloor.production.commands.reports import report_quantities
from shopfloor.production.models import JobKind

FIRST_NUMBER = 131
# What goes wrong at a station.
SCRAP_AT = {
    "PRESS-1": ("SCR-BURR", "SCR-SIZE"),
    "PRESS-2": ("SCR-SIZE", "SCR-BURR"),
    "CAST-1": ("SCR-POR",),
    "CNC-1": ("SCR-SIZE",),
    "MILL-1": ("SCR-BURR", "SCR-SIZE"),
    "POLISH-1": ("SCR-DENT", "SCR-POR"),
    "PLATE-1": ("SCR-PEEL",),
    "TEST-1": ("SCR-STIFF",),
}
ANYWHERE = ("SCR-DENT",)
PAUSES = ("PAU-BREAK", "PAU-BREAK", "PAU-MAT", "PAU-TOOL", "PAU-MACH", "PAU-HELP", "PAU-MEET")
# Whoever decides about these finds all pieces in one pass over the operation.
LOOKED_AT = (Tale.FREED, Tale.WAITS, Tale.HELD)
KINDS = {Doing.SETUP: JobKind.SETUP, Doing.BREAKDOWN: JobKind.BREAKDOWN}


def tell(diary: Diary) -> list[Story]:
    """Note the story of every order, let it all happen, and return the stories."""
    stories = note_orders(diary)
    diary.play()
    return stories


def note_orders(diary: Diary) -> list[Story]:
    """Note the story of every order, numbered as they were entered."""
    stories = []
    for n, plan in enumerate(sorted(PLANS, key=lambda plan: -plan.entered), FIRST_NUMBER):
        entered = diary.at(plan.entered).astimezone(plant.ZONE_INFO)
        own = Random(SEED + n)  # noqa: S311 - no secret
        story = Story(plan, f"{entered:%y%m}-{n}", own)
        _note_order(diary, story)
        stories.append(story)
    return stories


def _note_order(diary: Diary, story: Story) -> None:
    plan = story.plan
    planner = diary.random.choice(people.PLANNERS)
    diary.note(plan.entered, partial(_enter, diary, story, planner))
    if plan.released is not None:
        diary.note(plan.released, partial(_release, diary, story, planner))
    ago, pieces = plan.began, plan.quantity
    for step in way_of(plan.item)[: plan.done]:
        last = step.sequence == 10 * plan.done
        ago, pieces = _note_operation(diary, story, step, ago, pieces, last)
    for now in plan.now:
        _note_now(diary, story, now)
    if plan.closed is not None:
        diary.note(plan.closed, partial(_close, diary, story, planner))


def _note_operation(
    diary: Diary, story: Story, step: Made, ago: float, came: int, last: bool
) -> tuple[float, int]:
    """Note one operation from its start on; returns when, and with how many pieces, it goes on."""
    plan, random = story.plan, story.random
    hours = plan.hours * random.uniform(0.85, 1.15)
    ended = ago - hours
    who = diary.operator(step.station, ago, ended)
    diary.note(ago, partial(_start, diary, story, who, ago, step.sequence))
    if hours > 2 and random.random() < 0.5:
        _note_pause(diary, story, who, ago - hours * 0.35, random.choice((0.25, 0.5, 0.75)))
    if last and plan.tale is Tale.MISTYPED:
        diary.note(ended + 0.9, partial(_mistype, diary, story, who, ended + 0.9, step.sequence))
    first = came // 2 if came >= 200 and random.random() < 0.6 else 0
    if first:
        half = ago - hours * 0.6
        diary.note(half, partial(_report, diary, story, who, half, step, first))
    scrap = random.randint(1, max(2, came // 90)) if random.random() < 0.6 else 0
    rework = random.randint(1, max(2, came // 120)) if random.random() < 0.25 else 0
    if plan.tale in LOOKED_AT:
        rework = 0
    good = came - first - scrap - rework
    diary.note(ended, partial(_report, diary, story, who, ended, step, good, scrap, rework))
    if rework:
        ended -= 0.3
        diary.note(ended, partial(_report, diary, story, who, ended, step, rework))
    good = came - scrap
    if last and plan.tale is Tale.RECOUNTED:
        ended -= 0.2
        diary.note(ended, partial(_recount, diary, story, ended, step))
        good += 2
    if step.inspect:
        ended, good = verdicts.note(diary, story, step, ended - 0.35, good, who, last)
    return ended - 0.2, good


def _note_pause(diary: Diary, story: Story, who: str, ago: float, hours: float) -> None:
    why = story.random.choice(PAUSES)
    diary.note(ago, partial(_pause, diary, story, who, ago, why))
    diary.note(ago - hours, partial(_resume, diary, story, who, ago - hours))


def _note_now(diary: Diary, story: Story, now: Now) -> None:
    """Note work that is not finished: begun, perhaps reported in part, and as it stands."""
    step = way_of(story.plan.item)[now.sequence // 10 - 1]
    kind = KINDS.get(now.doing, JobKind.PRODUCTION)
    diary.occupy(now.by, now.began, 0)
    diary.note(now.began, partial(_start, diary, story, now.by, now.began, now.sequence, kind))
    later = now.began * 0.45
    if now.good:
        report = partial(_report, diary, story, now.by, later, step, now.good, now.scrap)
        diary.note(later, report)
    if now.doing is Doing.LEFT:
        diary.note(later - 0.01, partial(_finish, diary, story, now.by, later - 0.01))
    if now.doing is Doing.PAUSED:
        diary.note(0.3, partial(_pause, diary, story, now.by, 0.3, "PAU-MAT"))


def _enter(diary: Diary, story: Story, who: str) -> None:
    plan, built = story.plan, diary.built
    today = built.now.astimezone(plant.ZONE_INFO).date()
    story.order_id = create_order(
        diary.act(who, plan.entered),
        site_id=built.site_id,
        item_id=built.items[plan.item],
        quantity=Decimal(plan.quantity),
        number=story.number,
        due=today + timedelta(days=plan.due),
        priority=plan.priority,
    ).id


def _release(diary: Diary, story: Story, who: str) -> None:
    act = diary.act(who, story.plan.released or 0)
    story.released = release_order(act, order_id=story.order_id)


def _close(diary: Diary, story: Story, who: str) -> None:
    close_order(diary.act(who, story.plan.closed or 0), order_id=story.order_id)


def _start(
    diary: Diary,
    story: Story,
    who: str,
    ago: float,
    sequence: int,
    kind: JobKind = JobKind.PRODUCTION,
) -> None:
    started = start_work(diary.act(who, ago), lot=story.lot, operation=sequence, kind=kind)
    story.jobs[who] = started.job_id


def _pause(diary: Diary, story: Story, who: str, ago: float, why: str) -> None:
    reason_id = diary.built.reasons[why]
    pause_work(diary.act(who, ago), job_id=story.jobs[who], reason_id=reason_id)


def _resume(diary: Diary, story: Story, who: str, ago: float) -> None:
    resume_work(diary.act(who, ago), job_id=story.jobs[who])


def _finish(diary: Diary, story: Story, who: str, ago: float) -> None:
    finish_work(diary.act(who, ago), job_id=story.jobs[who])


def _report(
    diary: Diary,
    story: Story,
    who: str,
    ago: float,
    step: Made,
    good: int,
    scrap: int = 0,
    rework: int = 0,
) -> None:
    why = story.random.choice(SCRAP_AT.get(step.station, ANYWHERE))
    report_quantities(
        diary.act(who, ago),
        lot=story.lot,
        operation=step.sequence,
        good=Decimal(good),
        scrap=Decimal(scrap),
        rework=Decimal(rework),
        scrap_reason_id=diary.built.reasons[why] if scrap else None,
    )


def _mistype(diary: Diary, story: Story, who: str, ago: float, sequence: int) -> None:
    """Report ten times too few, and take it back a minute later."""
    wrong = report_quantities(
        diary.act(who, ago), lot=story.lot, operation=sequence, good=Decimal(12)
    )
    undo_event(diary.act(who, ago - 0.02), event_id=wrong.event_id)


def _recount(diary: Diary, story: Story, ago: float, step: Made) -> None:
    """Let the supervisor book two pieces more than had come, with a reason."""
    report_quantities(
        diary.act(people.LEADERS[diary.crew(ago)], ago),
        lot=story.lot,
        operation=step.sequence,
        good=Decimal(2),
        override_reason_id=diary.built.reasons["OVR-COUNT"],
    )
