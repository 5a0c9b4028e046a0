"""What people of the demo hand to each other: instructions, a note, lots, a count that differs."""

from datetime import timedelta
from decimal import Decimal

from sqlalchemy import select

from shopfloor.catalogue.boms import Material, add_bom
from shopfloor.catalogue.instruction_reads import confirm_instruction
from shopfloor.catalogue.instructions import (
    StepWritten,
    begin_instruction,
    publish_instruction,
    save_instruction,
)
from shopfloor.core.db import db
from shopfloor.core.files import keep_photo
from shopfloor.demo import items, plant
from shopfloor.demo.diary import Diary
from shopfloor.demo.pictures import picture
from shopfloor.demo.story import Story
from shopfloor.production import counting, work
from shopfloor.production.commands.counting import count_pieces
from shopfloor.production.commands.instructing import RUNNING, use_new_instruction
from shopfloor.production.commands.noting import leave_note
from shopfloor.production.commands.parting import merge_lots, split_lot
from shopfloor.production.models import WorkOrder

# item and operation → its steps: English, Chinese, drawing
INSTRUCTIONS = {
    ("HS-72-SN", 10): [
        (
            "Press the lever lightly against the wheel, never with its edge first.",
            "执手轻压抛光轮,不要让棱边先碰轮。",
            "wheel",
        ),
        (
            "Polish along the grip in three strokes, then round the rose.",
            "沿手柄抛三遍,再抛底座一圈。",
            "edges",
        ),
        (
            "Hold it under the lamp. No scratch may be seen at arm's length.",
            "在灯下检查:一臂距离看不到划痕。",
            "look",
        ),
    ],
    ("TU-HOUS", 10): [
        ("Clamp the rod. It stands out 35 mm.", "夹紧棒料,伸出 35 mm 到挡块。", "clamp"),
        ("Turn the outside, then the chamfer.", "先车外圆,再倒角。", "turn"),
        (
            "Try the ring gauge on the first piece and on every fiftieth.",
            "首件和每 50 件用环规检查。",
            "gauge",
        ),
    ],
}  # fmt: skip
READ_BY = ("elena",)
NOTE_AT, NOTED = "POLISH-1", ("HND-TOOL", "HND-SIZE")
COUNTED, COUNTERS = "LB-6072", ("huang", "olga")
# Some of them go ahead of the others: split off twice, and joined to one lot again.
PARTED, PARTED_BY, PARTED_AT, AHEAD = "KN-587", "huang", 20, (100, 60)


def hand_on(diary: Diary, stories: list[Story]) -> None:
    """Publish the instructions, leave the note, and count what differs."""
    for (item, sequence), steps in INSTRUCTIONS.items():
        _instruct(diary, item, sequence, steps)
    writer = "jan" if diary.crew(0) == "A" else "elena"
    leave_note(
        diary.act(writer, 0.5),
        station_id=diary.built.stations[NOTE_AT],
        reasons=tuple(sorted(diary.built.reasons[number] for number in NOTED)),
        words="左边的抛光轮明天换。 The left wheel is changed tomorrow.",
    )
    _count(diary, stories)
    _part(diary, stories)
    _change_bom(diary)


def _instruct(diary: Diary, item: str, sequence: int, steps: list[tuple[str, str, str]]) -> None:
    item_id = diary.built.items[item]
    written = tuple(
        StepWritten({"en": en, "zh": zh}, keep_photo(picture(drawing))) for en, zh, drawing in steps
    )
    made = begin_instruction(diary.act("paul", 3), item_id=item_id, sequence=sequence)
    save_instruction(diary.act("paul", 2.9), instruction_id=made.id, version=1, steps=written)
    publish_instruction(diary.act("paul", 2.8), instruction_id=made.id, version=2)
    db.session.rollback()
    orders = db.session.scalars(
        select(WorkOrder.id).where(WorkOrder.item_id == item_id, WorkOrder.state.in_(RUNNING))
    ).all()
    if orders:
        use_new_instruction(diary.act("paul", 2.7), instruction_id=made.id, orders=tuple(orders))
    for reader in READ_BY:
        confirm_instruction(diary.act(reader, 2), instruction_id=made.id)


def _count(diary: Diary, stories: list[Story]) -> None:
    for story in stories:
        if story.plan.item != COUNTED or story.released is None or story.plan.closed is not None:
            continue
        lot = story.released.lot.code
        db.session.rollback()
        found = work.load(db.session(), lot)
        for login in COUNTERS:
            who = diary.built.members[login]
            handed = counting.handed_over(db.session(), found, found.stops[1], who.id)
            if handed is not None:
                count_pieces(
                    diary.act(login, 0.3),
                    lot=lot,
                    operation=found.stops[1].operation.sequence,
                    counted=handed.quantity - 2,
                )
                return


def _part(diary: Diary, stories: list[Story]) -> None:
    open_orders = (each for each in stories if each.released and each.plan.closed is None)
    lot = next(each.lot for each in open_orders if each.plan.item == PARTED)
    first, second = (
        split_lot(
            diary.act(PARTED_BY, 1.5 - hours),
            lot=lot,
            operation=PARTED_AT,
            quantity=Decimal(much),
        ).target.code
        for hours, much in enumerate(AHEAD)
    )
    merge_lots(diary.act(PARTED_BY, 0.4), lot=first, operation=PARTED_AT, other=second)


def _change_bom(diary: Diary) -> None:
    """Write the revision of a BOM that does not hold yet: one part for another."""
    item, old, new = items.CHANGED
    parts = dict(line.split() for line in items.BOMS[item].split(", "))
    today = diary.built.now.astimezone(plant.ZONE_INFO).date()
    add_bom(
        diary.act("paul", 20),
        item_id=diary.built.items[item],
        materials=tuple(
            Material(diary.built.items[new if part == old else part], Decimal(much))
            for part, much in parts.items()
        ),
        valid_from=today + timedelta(days=items.CHANGES_IN_DAYS),
    )
