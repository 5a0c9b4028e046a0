"""What the demo makes: four door locks, and what goes into them through four levels of BOM."""

from decimal import Decimal
from typing import NamedTuple

# number → names; counted in pieces
PRODUCTS = {
    "LS-6072-SN": {"en": "Mortise lock 6072, satin nickel", "zh": "6072 插芯门锁 拉丝镍"},
    "LS-8545-AB": {"en": "Mortise lock 8545, antique brass", "zh": "8545 插芯门锁 青古铜"},
    "KS-587-SS": {"en": "Knob lock 587, stainless", "zh": "587 球形门锁 不锈钢"},
    "DB-101-SN": {"en": "Deadbolt lock 101, satin nickel", "zh": "101 单舌锁 拉丝镍"},
}
# One model with one BOM and one routing; its variants differ in two features.
MODEL = "RL-90"
MODEL_NAMES = {"en": "Rim lock 90", "zh": "90 外装门锁"}
FEATURES = """Finish / 表面 = Nickel / 镍色, Brass / 黄铜色
Handing / 开向 = Left / 左开, Right / 右开"""
ASSEMBLIES = {
    "LB-6072": {"en": "Lock body 6072, backset 60", "zh": "6072 锁体 边距 60"},
    "LB-8545": {"en": "Lock body 8545, backset 45", "zh": "8545 锁体 边距 45"},
    "CY-70-6P": {"en": "Cylinder 35/35, 6 pins", "zh": "锁芯 35/35 6 弹子"},
    "CY-60-5P": {"en": "Cylinder 30/30, 5 pins", "zh": "锁芯 30/30 5 弹子"},
    "HS-72-SN": {"en": "Handle set 72, satin nickel", "zh": "72 执手套件 拉丝镍"},
    "HS-85-AB": {"en": "Handle set 85, antique brass", "zh": "85 执手套件 青古铜"},
    "KN-587": {"en": "Knob set 587", "zh": "587 球形把手套件"},
    "LA-20": {"en": "Latch assembly", "zh": "斜舌组件"},
    "BA-25": {"en": "Deadbolt assembly", "zh": "方舌组件"},
    "PA-6P": {"en": "Plug assembly, 6 pins", "zh": "锁胆组件 6 弹子"},
    "PA-5P": {"en": "Plug assembly, 5 pins", "zh": "锁胆组件 5 弹子"},
}
PARTS = {
    "ST-CASE": {"en": "Lock case, stamped", "zh": "锁壳 冲压件"},
    "ST-FACE": {"en": "Faceplate, stamped", "zh": "锁面板 冲压件"},
    "ST-KNOB": {"en": "Knob shell, drawn", "zh": "球形把手壳 拉伸件"},
    "CA-LEVER": {"en": "Lever handle, cast", "zh": "执手 压铸件"},
    "CA-LATCH": {"en": "Latch bolt, cast", "zh": "斜舌 压铸件"},
    "CA-BOLT": {"en": "Deadbolt, cast", "zh": "方舌 压铸件"},
    "TU-PLUG": {"en": "Plug, turned", "zh": "锁胆 车削件"},
    "TU-HOUS": {"en": "Cylinder housing, turned", "zh": "锁芯壳 车削件"},
}
BOUGHT = {
    "PIN-KEY": {"en": "Key pin", "zh": "下弹子"},
    "PIN-DRV": {"en": "Driver pin", "zh": "上弹子"},
    "SPR-PIN": {"en": "Pin spring", "zh": "弹子弹簧"},
    "SPR-LAT": {"en": "Latch spring", "zh": "斜舌弹簧"},
    "SPR-LEV": {"en": "Lever return spring", "zh": "执手回位弹簧"},
    "CAM-15": {"en": "Cylinder cam", "zh": "锁芯拨轮"},
    "KEY-BLK": {"en": "Key blank", "zh": "钥匙坯"},
    "SPN-8": {"en": "Spindle 8 mm", "zh": "方钢 8 mm"},
    "SCR-M5": {"en": "Screw M5×70", "zh": "螺钉 M5×70"},
    "SCR-W4": {"en": "Wood screw 4×30", "zh": "木螺钉 4×30"},
    "STR-L": {"en": "Strike plate, left", "zh": "锁扣板 左"},
    "STR-R": {"en": "Strike plate, right", "zh": "锁扣板 右"},
    "BOX-L": {"en": "Printed box", "zh": "彩盒"},
    "BOX-R": {"en": "Plain box, recycled", "zh": "再生纸盒"},
    "MAN-01": {"en": "Fitting instructions", "zh": "安装说明书"},
}
# bought by weight
RAW = {
    "STL-12": {"en": "Steel strip SPCC 1.2 mm", "zh": "冷轧钢带 SPCC 1.2 mm"},
    "SUS-08": {"en": "Stainless strip 304 0.8 mm", "zh": "不锈钢带 304 0.8 mm"},
    "ZA-3": {"en": "Zinc alloy ZA-3", "zh": "锌合金 ZA-3"},
    "BRS-15": {"en": "Brass rod HPb59-1 Ø15", "zh": "黄铜棒 HPb59-1 Ø15"},
}
# what one of it has cost: a piece, or a kilogram of what is bought by weight
_COSTS = """
LS-6072-SN 46.20, LS-8545-AB 47.80, KS-587-SS 24.60, DB-101-SN 17.90, RL-90 26.40, LB-6072 9.60,
LB-8545 9.40, CY-70-6P 14.80, CY-60-5P 10.20, HS-72-SN 15.30, HS-85-AB 16.10, KN-587 8.70,
LA-20 1.95, BA-25 2.60, PA-6P 3.90, PA-5P 3.60, ST-CASE 1.15, ST-FACE 1.35, ST-KNOB 2.45,
CA-LEVER 5.60, CA-LATCH 1.05, CA-BOLT 1.70, TU-PLUG 2.10, TU-HOUS 5.80, PIN-KEY 0.02,
PIN-DRV 0.02, SPR-PIN 0.01, SPR-LAT 0.06, SPR-LEV 0.12, CAM-15 0.45, KEY-BLK 0.60, SPN-8 0.70,
SCR-M5 0.08, SCR-W4 0.03, STR-L 0.90, STR-R 0.90, BOX-L 1.10, BOX-R 0.85, MAN-01 0.15,
STL-12 4.80, SUS-08 15.50, ZA-3 21.00, BRS-15 52.00"""
COSTS = {number: Decimal(cost) for number, cost in map(str.split, _COSTS.split(","))}

BOMS = {
    "LS-6072-SN": "LB-6072 1, CY-70-6P 1, HS-72-SN 1, SCR-M5 2, SCR-W4 4, BOX-L 1, MAN-01 1",
    "LS-8545-AB": "LB-8545 1, CY-70-6P 1, HS-85-AB 1, SCR-M5 2, SCR-W4 4, BOX-L 1, MAN-01 1",
    "KS-587-SS": "KN-587 1, LA-20 1, CY-60-5P 1, SCR-W4 4, BOX-L 1, MAN-01 1",
    "DB-101-SN": "BA-25 1, CY-60-5P 1, ST-FACE 2, SCR-M5 2, BOX-L 1, MAN-01 1",
    "LB-6072": "ST-CASE 2, ST-FACE 1, LA-20 1, BA-25 1",
    "LB-8545": "ST-CASE 2, ST-FACE 1, LA-20 1, BA-25 1",
    "CY-70-6P": "TU-HOUS 1, PA-6P 2, CAM-15 1, KEY-BLK 3",
    "CY-60-5P": "TU-HOUS 1, PA-5P 1, CAM-15 1, KEY-BLK 3",
    "HS-72-SN": "CA-LEVER 2, SPN-8 1, SPR-LEV 2",
    "HS-85-AB": "CA-LEVER 2, SPN-8 1, SPR-LEV 2",
    "KN-587": "ST-KNOB 2, SPN-8 1, SPR-LEV 1",
    "LA-20": "CA-LATCH 1, SPR-LAT 1",
    "BA-25": "CA-BOLT 1, SPR-LAT 1",
    "PA-6P": "TU-PLUG 1, PIN-KEY 6, PIN-DRV 6, SPR-PIN 6",
    "PA-5P": "TU-PLUG 1, PIN-KEY 5, PIN-DRV 5, SPR-PIN 5",
    "ST-CASE": "STL-12 0.145",
    "ST-FACE": "SUS-08 0.062",
    "ST-KNOB": "SUS-08 0.118",
    "CA-LEVER": "ZA-3 0.235",
    "CA-LATCH": "ZA-3 0.038",
    "CA-BOLT": "ZA-3 0.064",
    "TU-PLUG": "BRS-15 0.031",
    "TU-HOUS": "BRS-15 0.088",
}
# what goes into the model: part, how much, and the feature's value that it is for
MODEL_BOM: list[tuple[str, int, dict[str, list[str]]]] = [
    ("ST-CASE", 2, {}),
    ("LA-20", 1, {}),
    ("CY-60-5P", 1, {}),
    ("HS-72-SN", 1, {"finish": ["nickel"]}),
    ("HS-85-AB", 1, {"finish": ["brass"]}),
    ("STR-L", 1, {"handing": ["left"]}),
    ("STR-R", 1, {"handing": ["right"]}),
    ("BOX-L", 1, {}),
]
# What the planner has changed from a day on that is still to come: one part for another.
CHANGED = ("DB-101-SN", "BOX-L", "BOX-R")
CHANGES_IN_DAYS = 14


class Made(NamedTuple):
    """One operation: where, what a good piece of it pays, and whether it is inspected."""

    sequence: int
    names: dict[str, str]
    station: str
    rate: str
    inspect: bool = False


def _steps(*steps: tuple[str, str, str, str] | tuple[str, str, str, str, bool]) -> list[Made]:
    return [
        Made(10 * n, {"en": step[0], "zh": step[1]}, *step[2:]) for n, step in enumerate(steps, 1)
    ]


_MORTISE = _steps(
    ("Fit body and cylinder", "装锁体锁芯", "ASSY-3", "0.32"),
    ("Function test", "功能测试", "TEST-1", "0.10", True),
    ("Fit handles", "装执手", "ASSY-3", "0.28"),
    ("Pack", "包装", "PACK-1", "0.15"),
)
_SIMPLE = _steps(
    ("Assemble the lock", "总装", "ASSY-3", "0.38"),
    ("Function test", "功能测试", "TEST-1", "0.08", True),
    ("Pack", "包装", "PACK-1", "0.12"),
)
_BODY = _steps(
    ("Rivet the case", "铆接锁壳", "ASSY-2", "0.14"),
    ("Fit latch and bolt", "装斜舌方舌", "ASSY-2", "0.26"),
    ("Cycle test", "循环测试", "TEST-1", "0.06", True),
)
_CYLINDER = _steps(
    ("Fit plugs and cam", "装锁胆拨轮", "ASSY-1", "0.24"),
    ("Key test", "钥匙测试", "TEST-1", "0.05", True),
)
_PLUG = _steps(("Load pins and springs", "装弹子弹簧", "ASSY-1", "0.18"))
_BOLT = _steps(("Press on the spring", "压装弹簧", "ASSY-2", "0.07"))
_CAST = _steps(
    ("Die-cast", "压铸", "CAST-1", "0.045"),
    ("Trim and deburr", "切边去毛刺", "DEBURR-1", "0.02"),
)
_TURNED = _steps(
    ("Turn and cut off", "车削切断", "CNC-1", "0.06"),
    ("Broach the keyway", "拉钥匙槽", "MILL-1", "0.05", True),
)
ROUTINGS = {
    "LS-6072-SN": _MORTISE,
    "LS-8545-AB": _MORTISE,
    "KS-587-SS": _SIMPLE,
    "DB-101-SN": _SIMPLE,
    MODEL: _SIMPLE,
    "LB-6072": _BODY,
    "LB-8545": _BODY,
    "CY-70-6P": _CYLINDER,
    "CY-60-5P": _CYLINDER,
    "HS-72-SN": _steps(
        ("Polish", "抛光", "POLISH-1", "0.22"),
        ("Nickel plating", "镀镍", "PLATE-1", "0.12", True),
        ("Fit springs", "装回位弹簧", "ASSY-2", "0.10"),
    ),
    "HS-85-AB": _steps(
        ("Polish", "抛光", "POLISH-1", "0.22"),
        ("Antique brass plating", "镀青古铜", "PLATE-1", "0.16", True),
        ("Fit springs", "装回位弹簧", "ASSY-2", "0.10"),
    ),
    "KN-587": _steps(
        ("Polish", "抛光", "POLISH-1", "0.18"),
        ("Fit the spindle", "装方钢", "ASSY-2", "0.12"),
    ),
    "LA-20": _BOLT,
    "BA-25": _BOLT,
    "PA-6P": _PLUG,
    "PA-5P": _PLUG,
    "ST-CASE": _steps(
        ("Blank and form", "冲裁成形", "PRESS-2", "0.04", True),
        ("Deburr", "去毛刺", "DEBURR-1", "0.015"),
    ),
    "ST-FACE": _steps(
        ("Blank and pierce", "冲裁冲孔", "PRESS-1", "0.03", True),
        ("Deburr", "去毛刺", "DEBURR-1", "0.012"),
    ),
    "ST-KNOB": _steps(
        ("Deep-draw", "拉伸", "PRESS-2", "0.05", True),
        ("Deburr", "去毛刺", "DEBURR-1", "0.015"),
    ),
    "CA-LEVER": _CAST,
    "CA-LATCH": _CAST,
    "CA-BOLT": _CAST,
    "TU-PLUG": _TURNED,
    "TU-HOUS": _TURNED,
}  # fmt: skip


def way_of(number: str) -> list[Made]:
    """Return the operations of an item; a variant goes the way of its model."""
    return ROUTINGS.get(number) or ROUTINGS[MODEL]


# item and operation → the skill that its workers must have
SKILLED = {("ST-FACE", 10): "PRESS"}
