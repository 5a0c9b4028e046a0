"""The demo's plant: three lines with their stations, the places between them, and two shifts."""

from zoneinfo import ZoneInfo

NUMBER = "NINGBO"
NAMES = {"en": "Demo Locks, Ningbo", "zh": "演示锁具 宁波工厂"}
ZONE = "Asia/Shanghai"
ZONE_INFO = ZoneInfo(ZONE)
CURRENCY = "CNY"

# line → its stations
LINES = {
    ("L1", "Pressing and casting", "冲压压铸线"): [
        ("PRESS-1", "Press 63 t", "63 吨冲床"),
        ("PRESS-2", "Press 110 t", "110 吨冲床"),
        ("CAST-1", "Zinc die caster 88 t", "88 吨锌合金压铸机"),
        ("DEBURR-1", "Deburring drum", "去毛刺滚筒"),
    ],
    ("L2", "Machining and finishing", "机加与表面线"): [
        ("CNC-1", "CNC lathe 1", "1 号数控车床"),
        ("MILL-1", "Keyway broach", "拉槽机"),
        ("POLISH-1", "Polishing stand", "抛光台"),
        ("PLATE-1", "Plating line", "电镀线"),
    ],
    ("L3", "Assembly and packing", "装配包装线"): [
        ("ASSY-1", "Pinning bench", "弹子装配台"),
        ("ASSY-2", "Lock body bench", "锁体装配台"),
        ("ASSY-3", "Final assembly bench", "总装台"),
        ("TEST-1", "Function test stand", "功能测试台"),
        ("PACK-1", "Packing table", "包装台"),
    ],
}
LINE_OF = {station[0]: line[0] for line, stations in LINES.items() for station in stations}

PLACES = [
    ("RCV-01", "Receiving", "收货区"),
    ("IQC-01", "Awaiting inspection", "待检区"),
    ("REJ-01", "Rejected goods", "不合格品区"),
    ("A-01", "Store A, strip and rod", "A 库 带材棒材"),
    ("B-01", "Store B, bought parts", "B 库 外购件"),
    ("C-01", "Store C, made parts", "C 库 自制件"),
    ("WIP-L3", "Line side, assembly", "装配线边仓"),
    ("SHIP-01", "Shipping", "发货区"),
]

# number, names, start and end in minutes after midnight; the night crosses it
DAY_STARTS, NIGHT_STARTS = 8 * 60, 20 * 60
SHIFTS = [
    ("DAY", {"en": "Day shift", "zh": "白班"}, DAY_STARTS, NIGHT_STARTS),
    ("NIGHT", {"en": "Night shift", "zh": "夜班"}, NIGHT_STARTS, DAY_STARTS),
]
CREWS = {
    "A": {"en": "Crew A", "zh": "甲班"},
    "B": {"en": "Crew B", "zh": "乙班"},
}
