"""The reasons a new factory begins with; an administrator renames or archives what does not fit."""

from shopfloor.catalogue.models import REASON, Reason, ReasonKind
from shopfloor.core import subjects
from shopfloor.core.commands import Tx
from shopfloor.core.events import Effect, EventSubject, Recorded, Role

# Each has two languages, because whoever chooses one may read either.
STARTERS = [
    (ReasonKind.SCRAP, "S01", {"en": "Wrong size", "zh": "尺寸不合格"}),
    (ReasonKind.SCRAP, "S02", {"en": "Damaged", "zh": "碰伤损坏"}),
    (ReasonKind.SCRAP, "S03", {"en": "Bad surface", "zh": "外观不良"}),
    (ReasonKind.SCRAP, "S04", {"en": "Bad material", "zh": "来料不良"}),
    (ReasonKind.PAUSE, "P01", {"en": "Break", "zh": "休息"}),
    (ReasonKind.PAUSE, "P02", {"en": "No material", "zh": "缺料"}),
    (ReasonKind.PAUSE, "P03", {"en": "Machine or tool", "zh": "设备或刀具"}),
    (ReasonKind.PAUSE, "P04", {"en": "Other work", "zh": "其他工作"}),
    (ReasonKind.HOLD, "L01", {"en": "Out of tolerance", "zh": "尺寸超差"}),
    (ReasonKind.HOLD, "L02", {"en": "Surface defects", "zh": "表面缺陷"}),
    (ReasonKind.HOLD, "L03", {"en": "Wrong or mixed material", "zh": "材料错误或混料"}),
    (ReasonKind.HOLD, "L04", {"en": "To be clarified", "zh": "待确认"}),
    (ReasonKind.RELEASE, "R01", {"en": "Checked again, good", "zh": "复检合格"}),
    (ReasonKind.RELEASE, "R02", {"en": "Concession", "zh": "让步接收"}),
    (
        ReasonKind.RELEASE,
        "R03",
        {"en": "Sorted, reworked or scrapped", "zh": "已挑选、返工或报废"},
    ),
    (ReasonKind.OVERRIDE, "E01", {"en": "Counted again", "zh": "重新清点"}),
    (ReasonKind.OVERRIDE, "E02", {"en": "Agreed with the planner", "zh": "计划员同意"}),
    (ReasonKind.UNDO, "C01", {"en": "Typing mistake", "zh": "输入错误"}),
    (ReasonKind.UNDO, "C02", {"en": "Wrong lot or operation", "zh": "批次或工序错误"}),
    (ReasonKind.HANDOVER, "N01", {"en": "All in order", "zh": "一切正常"}),
    (ReasonKind.HANDOVER, "N02", {"en": "Tool is nearly worn", "zh": "刀具快磨损"}),
    (ReasonKind.HANDOVER, "N03", {"en": "Material runs short", "zh": "料快用完"}),
    (ReasonKind.HANDOVER, "N04", {"en": "Watch the size", "zh": "注意尺寸"}),
    (ReasonKind.HANDOVER, "N05", {"en": "Machine makes noise", "zh": "机器有异响"}),
]


def give_starters(tx: Tx, event: Recorded) -> Effect | None:
    """Give a factory that has just been set up a few reasons of every kind.

    Without them a locked lot could not be released and scrap not be reported on the first day.
    """
    for kind, number, names in STARTERS:
        made = subjects.create(tx.session, REASON, number)
        tx.session.add(Reason(id=made.id, kind=kind, names=names))
        tx.session.add(EventSubject(event_id=event.id, subject_id=made.id, role=Role.ABOUT))
    tx.session.flush()
    return None
