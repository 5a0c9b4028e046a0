"""The demo's inspection plans: a first article, a patrol with a gauge, a sample by AQL."""

from decimal import Decimal

from shopfloor.configure.models import FieldKind, Weight
from shopfloor.configure.writing import FieldWritten
from shopfloor.demo.diary import Diary
from shopfloor.quality.commands.plans import add_plan, publish_plan
from shopfloor.quality.plan_models import PlanKind, Sampling
from shopfloor.quality.plan_writing import PlanWritten
from shopfloor.quality.sampling import Level

TURNED = FieldWritten(
    "diameter",
    {"en": "Outer diameter", "zh": "外径"},
    FieldKind.NUMBER,
    unit="mm",
    decimals=2,
    target=Decimal("17.00"),
    low=Decimal("16.95"),
    high=Decimal("17.05"),
    least=Decimal(10),
    most=Decimal(25),
    gauge=True,
    gauge_type="caliper 卡尺",
)
BURR = FieldWritten("burr", {"en": "Free of burrs", "zh": "无毛刺"}, FieldKind.YES_NO, Weight.MAJOR)
TURNS = FieldWritten(
    "turns",
    {"en": "Key turns easily", "zh": "钥匙转动灵活"},
    FieldKind.YES_NO,
    Weight.CRITICAL,
)
SCRATCHES = FieldWritten(
    "scratches", {"en": "Scratches", "zh": "划痕"}, FieldKind.DEFECTS, Weight.MINOR
)
Written = tuple[str, PlanKind, str, int, dict[str, str], PlanWritten]
PLANS: tuple[Written, ...] = (
    (
        "IP-101",
        PlanKind.FIRST_ARTICLE,
        "PA-6P",
        10,
        {"en": "First plug assembly", "zh": "锁胆组件首检"},
        PlanWritten(size=1, grace_minutes=15, fields=(TURNS, BURR)),
    ),
    (
        "IP-102",
        PlanKind.PATROL,
        "TU-HOUS",
        10,
        {"en": "Patrol of the turned housing", "zh": "锁芯壳巡检"},
        PlanWritten(
            size=2, every_pieces=100, every_minutes=60, grace_minutes=30, fields=(TURNED, BURR)
        ),
    ),
    (
        "IP-103",
        PlanKind.OPERATION,
        "CY-70-6P",
        20,
        {"en": "Cylinder, by sample", "zh": "锁芯抽样检验"},
        PlanWritten(
            sampling=Sampling.STANDARD,
            level=Level.II,
            aqls={Weight.CRITICAL: "0.65", Weight.MINOR: "2.5"},
            fields=(TURNS, SCRATCHES),
        ),
    ),
)


def write_plans(diary: Diary) -> None:
    """Let the quality head write and publish the plans, after everything that was made so far."""
    for number, kind, item, sequence, names, draft in PLANS:
        made = add_plan(
            diary.act("quinn", 0.3),
            names=names,
            kind=kind,
            item_id=diary.built.items[item],
            sequence=sequence,
            number=number,
            draft=draft,
        )
        publish_plan(diary.act("quinn", 0.2), plan_id=made.id, version=1)
