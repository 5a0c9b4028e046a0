"""The demo's gauges, one due soon and one overdue, and the sample beside the polishers."""

from datetime import timedelta
from decimal import Decimal

from shopfloor.core.files import keep_photo
from shopfloor.demo import plant
from shopfloor.demo.diary import Diary
from shopfloor.demo.pictures import picture
from shopfloor.quality.commands.gauges import add_gauge, calibrate_gauge
from shopfloor.quality.commands.samples import add_sample
from shopfloor.quality.gauge_fields import GaugeDetails
from shopfloor.quality.gauge_models import CalibrationResult, SampleKind

KEEPER = "quinn"
ROOM = "Inspection room 检验室"
# number → names, what it is, and how many days ago it was calibrated
GAUGES = {
    "M-101": (
        {"en": "Caliper 150", "zh": "游标卡尺 150"},
        GaugeDetails("caliper 卡尺", 365, "mm", Decimal(0), Decimal(150), Decimal("0.01"), ROOM),
        40,
    ),
    "M-102": (
        {"en": "Caliper 200", "zh": "游标卡尺 200"},
        GaugeDetails("caliper 卡尺", 365, "mm", Decimal(0), Decimal(200), Decimal("0.02"), ROOM),
        356,
    ),
    "M-201": (
        {"en": "Micrometer 25", "zh": "外径千分尺 25"},
        GaugeDetails(
            "micrometer 千分尺", 180, "mm", Decimal(0), Decimal(25), Decimal("0.001"), ROOM
        ),
        200,
    ),
    "M-301": (
        {"en": "Ring gauge 30 h9", "zh": "环规 30 h9"},
        GaugeDetails("ring gauge 环规", 730, place="CNC-1"),
        90,
    ),
}
SAMPLE_OF, SAMPLE_NAMES = "HS-72-SN", {"en": "Scratches, grip", "zh": "手柄划痕"}


def fill_register(diary: Diary) -> None:
    """Add the gauges with their calibrations, and hang up the limit sample."""
    today = diary.built.now.astimezone(plant.ZONE_INFO).date()
    for number, (names, details, ago) in GAUGES.items():
        made = add_gauge(diary.act(KEEPER, 3), number=number, names=names, details=details)
        calibrate_gauge(
            diary.act(KEEPER, 2.9),
            gauge_id=made.id,
            day=today - timedelta(days=ago),
            result=CalibrationResult.GOOD,
            calibrated_by="Calibration laboratory 计量所",
            certificate=f"C-{number[2:]}",
        )
    add_sample(
        diary.act(KEEPER, 2.8),
        names=SAMPLE_NAMES,
        kind=SampleKind.LIMIT,
        item_id=diary.built.items[SAMPLE_OF],
        place="Board beside POLISH-1 抛光工位样板墙",
        valid_until=today + timedelta(days=200),
        sha256=keep_photo(picture("look")),
    )
