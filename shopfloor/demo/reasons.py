"""The reasons people of the demo choose from, some of every kind."""

from shopfloor.catalogue.models import ReasonKind

SCRAP = [
    ("SCR-BURR", {"en": "Burr", "zh": "毛刺"}),
    ("SCR-SIZE", {"en": "Wrong size", "zh": "尺寸超差"}),
    ("SCR-POR", {"en": "Porosity in the casting", "zh": "压铸气孔"}),
    ("SCR-PEEL", {"en": "Coating peels", "zh": "镀层脱落"}),
    ("SCR-DENT", {"en": "Dented or scratched", "zh": "碰伤划伤"}),
    ("SCR-STIFF", {"en": "Moves stiffly", "zh": "转动卡滞"}),
    ("SCR-CRACK", {"en": "Crack", "zh": "开裂"}),
]
PAUSE = [
    ("PAU-BREAK", {"en": "Break", "zh": "休息"}),
    ("PAU-MAT", {"en": "No material", "zh": "缺料"}),
    ("PAU-TOOL", {"en": "Tool change", "zh": "换模换刀"}),
    ("PAU-MACH", {"en": "Waiting for the fitter", "zh": "等待机修"}),
    ("PAU-HELP", {"en": "Helping elsewhere", "zh": "支援其他工位"}),
    ("PAU-MEET", {"en": "Meeting", "zh": "班会"}),
]
HOLD = [
    ("HLD-COAT", {"en": "Coating too thin", "zh": "镀层过薄"}),
    ("HLD-SIZE", {"en": "Out of tolerance", "zh": "尺寸不合格"}),
    ("HLD-FUNC", {"en": "Does not work smoothly", "zh": "动作不顺畅"}),
    ("HLD-LOOK", {"en": "Surface defects", "zh": "外观不良"}),
    ("HLD-MIX", {"en": "Wrong or mixed material", "zh": "材料错误或混料"}),
]
RELEASE = [
    ("REL-OK", {"en": "Checked again, good", "zh": "复检合格"}),
    ("REL-CONC", {"en": "Concession", "zh": "让步接收"}),
    ("REL-SORT", {"en": "Sorted out", "zh": "已全检挑选"}),
    ("REL-FIX", {"en": "Cause removed", "zh": "原因已消除"}),
]
OVERRIDE = [
    ("OVR-COUNT", {"en": "Counted again", "zh": "重新清点"}),
    ("OVR-ORDER", {"en": "Agreed with the planner", "zh": "计划员同意"}),
    ("OVR-LATE", {"en": "Entered afterwards", "zh": "事后补录"}),
]
UNDO = [
    ("UND-TYPO", {"en": "Typing mistake", "zh": "输入错误"}),
    ("UND-LOT", {"en": "Wrong lot", "zh": "批次错误"}),
    ("UND-STEP", {"en": "Wrong operation", "zh": "工序错误"}),
]
HANDOVER = [
    ("HND-TOOL", {"en": "Tool is nearly worn", "zh": "刀具快磨损"}),
    ("HND-SIZE", {"en": "Watch the size", "zh": "注意尺寸"}),
    ("HND-MAT", {"en": "Material runs short", "zh": "料快用完"}),
    ("HND-MACH", {"en": "Machine makes noise", "zh": "机器有异响"}),
    ("HND-CLEAN", {"en": "Cleaned and oiled", "zh": "已清洁加油"}),
    ("HND-FINE", {"en": "All in order", "zh": "一切正常"}),
]
REASONS = {
    ReasonKind.SCRAP: SCRAP,
    ReasonKind.PAUSE: PAUSE,
    ReasonKind.HOLD: HOLD,
    ReasonKind.RELEASE: RELEASE,
    ReasonKind.OVERRIDE: OVERRIDE,
    ReasonKind.UNDO: UNDO,
    ReasonKind.HANDOVER: HANDOVER,
}
# With these people take a picture of what they throw away.
WITH_PHOTO = frozenset({"SCR-CRACK"})
