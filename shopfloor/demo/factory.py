"""What the demo consists of: a door lock made in four operations, and the people who make it."""

import uuid
from dataclasses import dataclass
from decimal import Decimal

from shopfloor.catalogue.commands import (
    Material,
    Step,
    add_bom,
    add_item,
    add_routing,
    set_piece_rate,
)
from shopfloor.catalogue.models import ReasonKind
from shopfloor.core import clock
from shopfloor.core.actions import Act
from shopfloor.core.db import db
from shopfloor.people.setup import founder
from shopfloor.plant.commands import add_line, add_shift, add_site, add_station
from shopfloor.plant.shifts import turn_of

STATIONS = [
    ("PRESS-1", {"en": "Press 1", "zh": "1号冲床"}),
    ("PLATE-1", {"en": "Plating bath", "zh": "电镀槽"}),
    ("ASSY-1", {"en": "Assembly bench", "zh": "装配台"}),
    ("PACK-1", {"en": "Packing table", "zh": "包装台"}),
]
STEPS = [
    (10, {"en": "Stamp the case", "zh": "冲压锁壳"}, False, "0.08"),
    (20, {"en": "Nickel plating", "zh": "镀镍"}, True, "0.12"),
    (30, {"en": "Assemble the lock", "zh": "装配锁体"}, False, "0.45"),
    (40, {"en": "Pack", "zh": "包装"}, False, "0.10"),
]
MATERIALS = [
    ("STEEL-12", {"en": "Steel strip 1.2 mm", "zh": "钢带 1.2 mm"}, "kg", 3, "0.140"),
    ("CYL-30", {"en": "Cylinder 30 mm", "zh": "锁芯 30 mm"}, "pcs", 0, "1"),
    ("SCREW-M4", {"en": "Screw M4×20", "zh": "螺钉 M4×20"}, "pcs", 0, "4"),
    ("BOX-S", {"en": "Box, small", "zh": "小包装盒"}, "pcs", 0, "1"),
]
REASONS = [
    (ReasonKind.SCRAP, "SCR-BURR", {"en": "Burr", "zh": "毛刺"}, False),
    (ReasonKind.SCRAP, "SCR-SIZE", {"en": "Wrong size", "zh": "尺寸超差"}, False),
    (ReasonKind.SCRAP, "SCR-PEEL", {"en": "Coating peels", "zh": "镀层脱落"}, False),
    (ReasonKind.SCRAP, "SCR-CRACK", {"en": "Crack", "zh": "开裂"}, True),
    (ReasonKind.PAUSE, "PAU-MAT", {"en": "No material", "zh": "缺料"}, False),
    (ReasonKind.PAUSE, "PAU-BREAK", {"en": "Break", "zh": "休息"}, False),
    (ReasonKind.PAUSE, "PAU-TOOL", {"en": "Tool change", "zh": "换刀具"}, False),
    (ReasonKind.HOLD, "HLD-COAT", {"en": "Coating too thin", "zh": "镀层过薄"}, False),
    (ReasonKind.HOLD, "HLD-SIZE", {"en": "Out of tolerance", "zh": "尺寸不合格"}, False),
    (ReasonKind.HOLD, "HLD-LOOK", {"en": "Surface defects", "zh": "外观不良"}, False),
    (ReasonKind.RELEASE, "REL-OK", {"en": "Checked again, good", "zh": "复检合格"}, False),
    (ReasonKind.RELEASE, "REL-CONC", {"en": "Concession", "zh": "让步接收"}, False),
    (ReasonKind.RELEASE, "REL-FIX", {"en": "Cause removed", "zh": "原因已消除"}, False),
    (ReasonKind.OVERRIDE, "OVR-COUNT", {"en": "Counted again", "zh": "重新清点"}, False),
    (
        ReasonKind.OVERRIDE,
        "OVR-ORDER",
        {"en": "Agreed with the planner", "zh": "计划员同意"},
        False,
    ),
    (ReasonKind.UNDO, "UND-TYPO", {"en": "Typing mistake", "zh": "输入错误"}, False),
    (ReasonKind.UNDO, "UND-LOT", {"en": "Wrong lot", "zh": "批次错误"}, False),
]
# role, login, name, language: each role once in English and once in Chinese
PEOPLE = [
    ("operator", "olga", "Olga Operator", "en"),
    ("operator", "wang", "王师傅", "zh"),
    ("inspector", "ivan", "Ivan Inspector", "en"),
    ("inspector", "li", "李质检", "zh"),
    ("storekeeper", "steve", "Steve Storekeeper", "en"),
    ("storekeeper", "zhao", "赵仓管", "zh"),
    ("supervisor", "susan", "Susan Supervisor", "en"),
    ("supervisor", "chen", "陈主管", "zh"),
    ("deputy", "dora", "Dora Deputy", "en"),
    ("deputy", "zheng", "郑代理", "zh"),
    ("quality", "quinn", "Quinn Quality", "en"),
    ("quality", "zhou", "周质量", "zh"),
    ("planner", "paul", "Paul Planner", "en"),
    ("planner", "sun", "孙计划", "zh"),
    ("administrator", "ada", "Ada Administrator", "en"),
    ("administrator", "wu", "吴管理员", "zh"),
]


@dataclass(frozen=True)
class Built:
    """The ids that the demo's history works with."""

    site_id: int
    item_id: int


def build() -> Built:
    """Make the site with its line, stations and shifts, and the lock with its BOM and routing."""
    site = add_site(
        _founder(),
        number="DEMO",
        names={"en": "Demo Locks", "zh": "演示锁具厂"},
        zone="Asia/Shanghai",
        currency="CNY",
    )
    line = add_line(
        _founder(), site_id=site.id, number="LINE-1", names={"en": "Lock line", "zh": "锁具线"}
    )
    stations = [
        add_station(_founder(), line_id=line.id, number=number, names=names).id
        for number, names in STATIONS
    ]
    for number, names, start, end in (
        ("DAY", {"en": "Day shift", "zh": "白班"}, 8 * 60, 20 * 60),
        ("NIGHT", {"en": "Night shift", "zh": "夜班"}, 20 * 60, 8 * 60),
    ):
        add_shift(
            _founder(),
            site_id=site.id,
            number=number,
            names=names,
            starts_minute=start,
            ends_minute=end,
        )
    return Built(site.id, _lock(site.id, stations))


def _lock(site_id: int, stations: list[int]) -> int:
    lock = add_item(_founder(), number="LOCK-100", names={"en": "Door lock 100", "zh": "门锁 100"})
    materials = []
    for number, names, unit, decimals, quantity in MATERIALS:
        part = add_item(_founder(), number=number, names=names, unit=unit, decimals=decimals)
        materials.append(Material(part.id, Decimal(quantity)))
    add_bom(_founder(), item_id=lock.id, materials=tuple(materials))
    add_routing(
        _founder(),
        item_id=lock.id,
        steps=tuple(
            Step(sequence, names, station, inspect=inspect)
            for (sequence, names, inspect, _), station in zip(STEPS, stations, strict=True)
        ),
    )
    today = turn_of(db.session(), site_id, clock.now()).day
    for sequence, _names, _inspect, rate in STEPS:
        set_piece_rate(
            _founder(),
            item_id=lock.id,
            sequence=sequence,
            valid_from=today,
            amount=Decimal(rate),
            currency="CNY",
        )
    return lock.id


def _founder() -> Act:
    return founder(uuid.uuid4().hex)
