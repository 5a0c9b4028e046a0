"""Importing routings: the operations of a file become one revision for each item that differs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from shopfloor.catalogue import routings
from shopfloor.catalogue.models import ITEM, Routing
from shopfloor.catalogue.revisions import holding, locked_item, newest_revision
from shopfloor.catalogue.routings import Step
from shopfloor.core.commands import Tx
from shopfloor.core.events import Change
from shopfloor.exchange.fields import Field, Holds
from shopfloor.exchange.findings import (
    Deed,
    Entry,
    Finding,
    Keys,
    Outcome,
    Problem,
    Setting,
    Written,
    missing,
    nameless,
)
from shopfloor.exchange.lookups import Found, by_reference, pieces, refers
from shopfloor.people.models import SKILL
from shopfloor.plant.models import STATION

FIELDS = (
    Field(
        "item",
        _l("Item"),
        "itemnumber product productnumber number material partnumber assembly "
        "物料编码 品号 料号 产品编码 产品 物料号",
        needed=True,
        longest=80,
        example="A-100",
    ),
    Field(
        "sequence",
        _l("Operation number"),
        "operation operationnumber operationsequence step stepnumber opno op "
        "工序号 工序编号 工序序号 顺序 序号",
        Holds.WHOLE,
        needed=True,
        example="10",
    ),
    Field(
        "name_en",
        _l("Name, English"),
        "operationname name description stepname process nameenglish",
        example="Drill",
    ),
    Field(
        "name_zh", _l("Name, Chinese"), "工序名称 工序 名称 工艺名称 namechinese", example="钻孔"
    ),
    Field(
        "station",
        _l("Station"),
        "workcenter workcentre machine resource stationnumber 工位 机台 设备 工作中心 工位编号",
        needed=True,
        longest=80,
        example="S1",
    ),
    Field("inspect", _l("Inspected"), "inspection 检验 是否检验 质检", Holds.YES, example="0"),
    Field(
        "tolerance_percent",
        _l("Tolerance in %"),
        "tolerance overreport 容差 允许超报 超报比例",
        Holds.WHOLE,
    ),
    Field("skill", _l("Skill"), "skillnumber qualification 技能 资质", longest=80),
    Field("serialise", _l("Serial numbers begin here"), "serialize serial 序列号 赋码", Holds.YES),
)


@dataclass
class _Way:
    """What the file says of one item."""

    found: Found
    first: Entry
    steps: list[Step] = field(default_factory=list)


class Routings:
    """Gathers the operations by item and compares them with the revision that holds today."""

    def __init__(self, setting: Setting) -> None:
        self._setting, self._keys = setting, Keys()
        self._ways: dict[int, _Way] = {}

    def take(self, session: Session, entries: Sequence[Entry]) -> Iterable[Finding]:
        """Look at some rows."""
        items = by_reference(session, ITEM, (e.get("item") for e in entries))
        stations = by_reference(session, STATION, (e.get("station") for e in entries))
        skills = by_reference(session, SKILL, (e.get("skill") for e in entries))
        for entry in entries:
            item, no_item = refers(items, entry, "item", ITEM.label)
            station, no_station = refers(stations, entry, "station", STATION.label)
            skill, no_skill = refers(skills, entry, "skill", SKILL.label)
            problems = [p for p in (no_item, no_station, no_skill) if p]
            problems += [*missing(entry, FIELDS), *self._problems(entry, item)]
            if problems or item is None or station is None:
                yield from problems
                continue
            step = Step(
                entry.get("sequence"),
                _names(entry),
                station.id,
                bool(entry.get("inspect")),
                entry.get("tolerance_percent") or 0,
                skill.id if skill else None,
                bool(entry.get("serialise")),
            )
            self._ways.setdefault(item.id, _Way(item, entry)).steps.append(step)

    def finish(self, session: Session) -> Iterable[Finding]:
        """Compare item by item."""
        stored = _holding(session, self._ways, self._setting)
        for item_id, way in self._ways.items():
            steps = sorted(way.steps, key=lambda step: step.sequence)
            if stored.get(item_id) == steps:
                yield Deed(Outcome.SAME, way.first.line, way.found.number)
            else:
                outcome = Outcome.CHANGED if item_id in stored else Outcome.NEW
                yield _puts(outcome, way, item_id, steps)

    def _problems(self, entry: Entry, item: Found | None) -> Iterable[Problem]:
        sequence, tolerance = entry.get("sequence"), entry.get("tolerance_percent")
        if sequence is not None and not 0 < sequence < 10_000:
            yield entry.wrong("sequence", _l("1 to 9999"))
        again = item and self._keys.again((item.id, sequence), entry, "sequence")
        if again:
            yield again
        if not _names(entry):
            yield nameless(entry)
        if tolerance is not None and tolerance > 100:
            yield entry.wrong("tolerance_percent", _l("0 to 100"))


def _puts(outcome: Outcome, way: _Way, item_id: int, steps: list[Step]) -> Deed:
    def do(tx: Tx) -> Written:
        item = locked_item(tx, item_id)
        before = newest_revision(tx.session, Routing, item_id)
        routing = routings.put(tx, item, steps)
        change = Change(item_id, "routing", before or None, routing.revision)
        return Written([item_id, routing.id], changes=[change])

    return Deed(outcome, way.first.line, way.found.number, do)


def _holding(session: Session, item_ids: Iterable[int], setting: Setting) -> dict[int, list[Step]]:
    found: dict[int, list[Step]] = {}
    for piece in pieces(item_ids):
        query = select(Routing).where(Routing.item_id.in_(piece), holding(Routing, setting.today))
        for routing in session.scalars(query.options(selectinload(Routing.operations))):
            found[routing.item_id] = [
                Step(
                    operation.sequence,
                    operation.names,
                    operation.station_id,
                    operation.inspect,
                    operation.tolerance_percent,
                    operation.skill_id,
                    operation.serialise,
                )
                for operation in routing.operations
            ]
    return found


def _names(entry: Entry) -> dict[str, str]:
    return {
        language: " ".join(entry.get(f"name_{language}").split())
        for language in ("en", "zh")
        if entry.get(f"name_{language}")
    }
