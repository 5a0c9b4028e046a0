"""For every command a call of it that concerns a running lot; a new command comes in here."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from shopfloor.catalogue.boms import Material
from shopfloor.catalogue.items import NO_DETAILS
from shopfloor.catalogue.models import ReasonKind
from shopfloor.catalogue.partners import NO_CONTACT
from shopfloor.catalogue.routings import Step
from shopfloor.catalogue.variants import set_features
from shopfloor.core import clock
from shopfloor.core.db import db
from shopfloor.core.reconcile import Found
from shopfloor.holds.number_models import NumberKind
from shopfloor.labels.models import Way
from shopfloor.labels.printers import Setup
from shopfloor.people.commands import Proofs
from shopfloor.people.setup import NewFactory
from shopfloor.production import work
from shopfloor.production.commands.counting import count_pieces
from shopfloor.production.commands.jobs import pause_work, start_work
from shopfloor.production.commands.orders import create_order
from shopfloor.production.commands.reports import report_quantities
from shopfloor.production.models import JobKind
from shopfloor.quality.commands.inspections import record_inspection
from shopfloor.quality.commands.ncrs import Findings
from shopfloor.quality.gauge_fields import GaugeDetails
from shopfloor.quality.gauge_models import CalibrationResult, SampleKind
from shopfloor.quality.models import Verdict
from shopfloor.quality.plan_models import PlanKind
from shopfloor.quality.plan_writing import PlanWritten
from shopfloor.quality.values import Read
from tests.make import FITS, Factory, Worker, new_id

NAMES = {"en": "Thing", "zh": "东西"}


@dataclass
class Scene:
    """A factory with a lot in work: pieces at two operations, a job running and one paused."""

    make: Factory
    lot: str
    held: dict[str, int]
    running: int
    paused: int
    report: int
    planned: int
    count: int

    @classmethod
    def set(cls, make: Factory) -> "Scene":
        item = make.item(inspect=(10,))
        lot = make.lot(50, item_id=item)
        operator = make.operator
        report = report_quantities(operator.act(), lot=lot, operation=10, good=Decimal(5)).event_id
        running, paused = (
            start_work(operator.act(), lot=lot, operation=10, kind=kind).job_id
            for kind in (JobKind.SETUP, JobKind.BREAKDOWN)
        )
        pause_work(operator.act(), job_id=paused, reason_id=make.reasons["pause"])
        # Three more went on and were counted: one was missing.
        report_quantities(operator.act(), lot=lot, operation=10, good=Decimal(3))
        record_inspection(
            make.inspector.act(), lot=lot, operation=10, verdict=Verdict.PASS, quantity=Decimal(3)
        )
        count = count_pieces(make.supervisor.act(), lot=lot, operation=20, counted=Decimal(2))
        planned = create_order(
            make.planner.act(), site_id=make.site_id, item_id=item, quantity=Decimal(1)
        ).id
        db.session.rollback()
        found = work.load(db.session(), lot)
        held = {
            "lot": found.lot.id,
            "work_order": found.order.id,
            "item": found.item.id,
            "operation": found.stops[0].operation.id,
            "station": found.stops[0].station.id,
            "line": found.stops[0].station.line_id,
            "place": found.wip.id,
            "person": operator.id,
            "planned": planned,
        }
        return cls(make, lot, held, running, paused, report, planned, count.count_id)

    @property
    def reasons(self) -> dict[str, int]:
        return self.make.reasons


Call = tuple[Worker, dict[str, Any]]
AT_LOT = ("lot", "work_order", "item", "operation", "station", "line", "place")

# Which held subjects each using or moving command must refuse.
REFUSED: dict[str, tuple[str, ...]] = {
    "report_quantities": AT_LOT,
    "start_work": (*AT_LOT, "person"),
    "resume_work": (*AT_LOT, "person"),
    "take_over_work": AT_LOT,
    "split_lot": (*AT_LOT, "person"),
    "hold_part": AT_LOT,
    "merge_lots": (*AT_LOT, "person"),
    "serialise_pieces": (*AT_LOT, "person"),
    "undo_event": (*AT_LOT, "person"),
    "correct_count": (*AT_LOT, "person"),
    "release_order": ("item", "planned"),
    "close_order": ("lot", "work_order", "operation"),
}


def _at_site(scene: Scene, **more: Any) -> Call:
    common = {"site_id": scene.make.site_id, "number": new_id()[:8], "names": NAMES}
    return scene.make.administrator, {**common, **more}


def _on(scene: Scene, role: str, /, **arguments: Any) -> Call:
    return scene.make.people[role], arguments


SAMPLES: dict[str, Callable[[Scene], Call]] = {
    "report_quantities": lambda s: _on(
        s, "administrator", lot=s.lot, operation=10, good=Decimal(1)
    ),
    "start_work": lambda s: _on(s, "operator", lot=s.lot, operation=10),
    "resume_work": lambda s: _on(s, "operator", job_id=s.paused),
    "take_over_work": lambda s: _on(s, "supervisor", job_id=s.running),
    "split_lot": lambda s: _on(s, "operator", lot=s.lot, operation=10, quantity=Decimal(1)),
    "hold_part": lambda s: _on(
        s,
        "supervisor",
        lot=s.lot,
        operation=10,
        quantity=Decimal(1),
        reason_id=s.reasons["hold"],
    ),
    "merge_lots": lambda s: _on(s, "operator", lot=s.lot, operation=10, other=s.lot),
    "serialise_pieces": lambda s: _on(s, "operator", lot=s.lot, operation=10, serials=("SN1",)),
    "undo_event": lambda s: _on(s, "supervisor", event_id=s.report, reason_id=s.reasons["undo"]),
    "release_order": lambda s: _on(s, "planner", order_id=s.planned),
    "correct_count": lambda s: _on(s, "supervisor", count_id=s.count),
    "keep_count": lambda s: _on(s, "supervisor", count_id=s.count),
    "count_pieces": lambda s: _on(s, "administrator", lot=s.lot, operation=20, counted=Decimal(3)),
    "dispute_share": lambda s: _on(s, "operator", event_id=s.report),
    "leave_note": lambda s: _on(
        s, "operator", station_id=s.held["station"], reasons=(s.reasons["handover"],)
    ),
    "see_note": lambda s: _on(s, "operator", note_id=1),
    "begin_instruction": lambda s: _on(s, "planner", item_id=s.held["item"], sequence=10),
    "save_instruction": lambda s: _on(s, "planner", instruction_id=1, version=1, steps=()),
    "publish_instruction": lambda s: _on(s, "planner", instruction_id=1, version=1),
    "confirm_instruction": lambda s: _on(s, "operator", instruction_id=1),
    "use_new_instruction": lambda s: _on(
        s, "planner", instruction_id=1, orders=(s.held["work_order"],)
    ),
    "record_inspection": lambda s: _on(
        s, "inspector", lot=s.lot, operation=20, verdict=Verdict.FAIL
    ),
    "judge_retest": lambda s: _on(s, "inspector", lot=s.lot, verdict=Verdict.FAIL),
    "read_values": lambda s: _on(
        s, "inspector", lot=s.lot, operation=20, values=(Read("length", "1"),)
    ),
    "check_first_article": lambda s: _on(
        s, "operator", lot=s.lot, operation=10, ticked=("length",)
    ),
    "correct_value": lambda s: _on(
        s, "inspector", lot=s.lot, operation=20, value=Read("length", "1"), reason_id=None
    ),
    "place_hold": lambda s: _on(
        s, "inspector", subject_id=s.held["lot"], reason_id=s.reasons["hold"]
    ),
    "lock_numbers": lambda s: _on(
        s,
        "inspector",
        kind=NumberKind.LOT,
        first="NOT-YET-*",
        site_id=s.make.site_id,
        reason_id=s.reasons["hold"],
    ),
    "lift_numbers": lambda s: _on(
        s,
        "supervisor",
        number_lock_id=1,
        signature_id=s.make.supervisor.signs("numbers.lift"),
        reason_id=s.reasons["release"],
    ),
    "clear_suspect": lambda s: _on(
        s, "supervisor", hold_id=1, lot=s.lot, reason_id=s.reasons["release"]
    ),
    "accept_parked": lambda s: _on(s, "supervisor", event_id=1),
    "apply_import": lambda s: _on(s, "administrator", import_id=1),
    "acknowledge_alert": lambda s: _on(s, "supervisor", alert_id=1),
    "take_alert": lambda s: _on(s, "supervisor", alert_id=1),
    "call_to_overdue": lambda s: _on(s, "supervisor", check_id=1),
    "climb_alert": lambda s: _on(s, "supervisor", alert_id=1),
    "set_alert_rule": lambda s: _on(s, "administrator", kind="fail", near=10, site=30),
    "nudge": lambda s: _on(s, "operator", hold_id=1),
    "drop_parked": lambda s: _on(s, "supervisor", event_id=1, note="No."),
    "release_hold": lambda s: _on(
        s,
        "supervisor",
        hold_id=1,
        signature_id=s.make.supervisor.signs(),
        reason_id=s.reasons["release"],
    ),
    "approve_concession": lambda s: _on(
        s,
        "supervisor",
        hold_id=1,
        signature_id=s.make.supervisor.signs("concession"),
        quantity=Decimal(1),
        concession=FITS,
    ),
    "complete_ncr": lambda s: _on(s, "inspector", ncr_id=1, version=1, findings=Findings()),
    "close_ncr": lambda s: _on(s, "supervisor", ncr_id=1),
    "link_barcode": lambda s: _on(s, "storekeeper", text=new_id(), subject_id=s.held["lot"]),
    "unlink_barcode": lambda s: _on(s, "storekeeper", link_id=1),
    "choose_station": lambda s: _on(s, "operator", station="S1"),
    "set_scanner": lambda s: _on(
        s, "administrator", subject_id=s.make.site_id, prefix="*", suffix=""
    ),
    "pause_work": lambda s: _on(s, "operator", job_id=s.running, reason_id=s.reasons["pause"]),
    "finish_work": lambda s: _on(s, "operator", job_id=s.running),
    "create_order": lambda s: _on(
        s,
        "planner",
        site_id=s.make.site_id,
        item_id=s.held["item"],
        quantity=Decimal(1),
    ),
    "close_order": lambda s: _on(s, "planner", order_id=s.held["work_order"]),
    "add_bom": lambda s: _on(
        s,
        "planner",
        item_id=s.held["item"],
        materials=(Material(s.make.item(), Decimal(1)),),
    ),
    "add_routing": lambda s: _on(
        s,
        "planner",
        item_id=s.held["item"],
        steps=(Step(10, NAMES, s.make.stations[0]),),
    ),
    "set_features": lambda s: _on(
        s, "planner", item_id=s.held["item"], version=1, features="Size = S, M"
    ),
    "add_variants": lambda s: _on(
        s,
        "planner",
        model_id=set_features(
            s.make.planner.act(), item_id=s.make.item(), version=1, features="Size = S"
        ).id,
        choices=({"size": "s"},),
    ),
    "copy_item": lambda s: _on(
        s,
        "planner",
        item_id=s.held["item"],
        number=new_id(),
        names=NAMES,
        day=s.make.today(),
    ),
    "add_item": lambda s: _on(s, "planner", number=new_id(), names=NAMES),
    "add_reason": lambda s: _on(s, "planner", kind=ReasonKind.SCRAP, number=new_id(), names=NAMES),
    "change_item": lambda s: _on(
        s,
        "planner",
        item_id=s.held["item"],
        version=1,
        names=NAMES,
        unit="pcs",
        decimals=0,
        details=NO_DETAILS,
    ),
    "change_reason": lambda s: _on(
        s, "planner", reason_id=s.reasons["undo"], version=1, names=NAMES, photo=False
    ),
    "add_partner": lambda s: _on(s, "planner", number=new_id(), names=NAMES),
    "change_partner": lambda s: _on(
        s, "planner", partner_id=s.make.site_id, version=1, names=NAMES, contact=NO_CONTACT
    ),
    "archive_entry": lambda s: _on(s, "planner", subject_id=s.make.reasons["undo"], archived=False),
    "set_piece_rate": lambda s: _on(
        s,
        "planner",
        item_id=s.held["item"],
        sequence=10,
        valid_from=s.make.today(),
        amount=Decimal(1),
        currency="CNY",
    ),
    "add_site": lambda s: _on(
        s, "administrator", number=new_id(), names=NAMES, zone="UTC", currency="EUR"
    ),
    "add_line": _at_site,
    "add_place": _at_site,
    "add_shift": lambda s: _at_site(s, starts_minute=1, ends_minute=2),
    "add_station": lambda s: _on(
        s, "administrator", line_id=s.make.line_id, number=new_id(), names=NAMES
    ),
    "rename_piece": lambda s: _on(
        s, "administrator", subject_id=s.held["station"], version=1, names=NAMES
    ),
    "change_site": lambda s: _on(
        s,
        "administrator",
        site_id=s.make.site_id,
        version=1,
        zone="Asia/Shanghai",
        currency="CNY",
        language="zh",
    ),
    "archive_piece": lambda s: _on(
        s, "administrator", subject_id=s.make.stations[2], archived=False
    ),
    "add_device": lambda s: _on(
        s,
        "administrator",
        site_id=s.make.site_id,
        number=new_id(),
        enrolment_hash=new_id(),
    ),
    "enrol_device": lambda s: _on(s, "administrator", enrolment_hash=new_id(), token_hash=new_id()),
    "revoke_device": lambda s: _on(s, "administrator", device_id=s.make.site_id),
    "add_printer": lambda s: _on(
        s, "administrator", site_id=s.make.site_id, setup=Setup("Zebra", host="192.168.1.50")
    ),
    "change_printer": lambda s: _on(
        s, "administrator", printer_id=s.make.site_id, version=1, setup=Setup("Zebra")
    ),
    "archive_printer": lambda s: _on(s, "administrator", printer_id=s.make.site_id, archived=True),
    "add_webhook": lambda s: _on(
        s,
        "administrator",
        address="https://erp.example/",
        kinds=(),
        salt="salt",
        secret_digest="digest",
    ),
    "change_webhook": lambda s: _on(
        s, "administrator", webhook_id=1, version=1, address="https://erp.example/", kinds=()
    ),
    "pause_webhook": lambda s: _on(s, "administrator", webhook_id=1, paused=True),
    "remove_webhook": lambda s: _on(s, "administrator", webhook_id=1),
    "send_event_again": lambda s: _on(s, "administrator", webhook_id=1, delivery_id=1),
    "ask_labels": lambda s: _on(
        s, "operator", subject_ids=(s.held["lot"],), way=Way.PAGE, copies=1
    ),
    "tell_sent": lambda s: _on(s, "operator", job_id=1),
    "add_person": lambda s: _on(
        s, "administrator", site_id=s.make.site_id, login=new_id(), name="New"
    ),
    "change_person": lambda s: _on(
        s,
        "administrator",
        person_id=s.make.operator.id,
        version=1,
        name="Other",
        language="en",
    ),
    "archive_crew": lambda s: _on(s, "administrator", crew_id=s.make.site_id, archived=True),
    "add_skill": lambda s: _on(s, "administrator", number=new_id(), names=NAMES),
    "change_skill": lambda s: _on(
        s, "administrator", skill_id=s.make.site_id, version=1, names=NAMES
    ),
    "archive_skill": lambda s: _on(s, "administrator", skill_id=s.make.site_id, archived=True),
    "give_skill": lambda s: _on(
        s, "administrator", person_id=s.make.operator.id, skill_id=s.make.site_id
    ),
    "take_skill": lambda s: _on(
        s, "administrator", person_id=s.make.operator.id, skill_id=s.make.site_id
    ),
    "add_plan": lambda s: _on(
        s, "quality", names=NAMES, kind=PlanKind.OPERATION, item_id=s.held["item"], sequence=20
    ),
    "revise_plan": lambda s: _on(s, "quality", plan_id=s.make.site_id),
    "save_plan": lambda s: _on(
        s, "quality", plan_id=s.make.site_id, version=1, names=NAMES, draft=PlanWritten()
    ),
    "publish_plan": lambda s: _on(s, "quality", plan_id=s.make.site_id, version=1),
    "add_gauge": lambda s: _on(
        s, "quality", number=new_id()[:8], names=NAMES, details=GaugeDetails("caliper")
    ),
    "change_gauge": lambda s: _on(
        s, "quality", gauge_id=1, version=1, names=NAMES, details=GaugeDetails("caliper")
    ),
    "calibrate_gauge": lambda s: _on(
        s, "quality", gauge_id=1, day=date(2026, 11, 1), result=CalibrationResult.GOOD
    ),
    "archive_gauge": lambda s: _on(s, "quality", gauge_id=1, archived=True),
    "add_sample": lambda s: _on(
        s,
        "quality",
        names=NAMES,
        kind=SampleKind.LIMIT,
        item_id=s.held["item"],
        place="Wall",
        valid_until=clock.now().date(),
    ),
    "renew_sample": lambda s: _on(
        s,
        "quality",
        sample_id=1,
        version=1,
        names=NAMES,
        place="Wall",
        valid_until=clock.now().date(),
    ),
    "archive_sample": lambda s: _on(s, "quality", sample_id=1, archived=True),
    "archive_plan": lambda s: _on(s, "quality", plan_id=s.make.site_id, archived=True),
    "archive_person": lambda s: _on(
        s, "administrator", person_id=s.make.storekeeper.id, archived=True
    ),
    "sign_out_everywhere": lambda s: _on(s, "administrator", person_id=s.make.operator.id),
    "change_crew": lambda s: _on(
        s, "administrator", crew_id=s.make.site_id, version=1, names=NAMES
    ),
    "change_shift": lambda s: _on(
        s,
        "administrator",
        shift_id=s.make.site_id,
        version=1,
        names=NAMES,
        starts_minute=1,
        ends_minute=2,
    ),
    "choose_language": lambda s: _on(s, "operator", language="zh"),
    "add_crew": _at_site,
    "join_crew": lambda s: _on(
        s, "administrator", person_id=s.make.operator.id, crew_id=s.make.site_id
    ),
    "give_role": lambda s: _on(s, "administrator", person_id=s.make.operator.id, role="operator"),
    "allow_comparing": lambda s: _on(s, "administrator", roles=("supervisor",)),
    "revoke_role": lambda s: _on(
        s, "administrator", person_id=s.make.storekeeper.id, role="storekeeper"
    ),
    "set_proofs": lambda s: _on(s, "administrator", person_id=s.make.operator.id, proofs=Proofs()),
    "issue_badge": lambda s: _on(
        s, "administrator", person_id=s.make.operator.id, code_hash=new_id()
    ),
    "revoke_badge": lambda s: _on(s, "administrator", person_id=s.make.operator.id),
    "issue_token": lambda s: _on(
        s,
        "administrator",
        person_id=s.make.operator.id,
        name="ERP",
        token_hash=new_id(),
        verbs=("work.view",),
    ),
    "revoke_token": lambda s: _on(s, "administrator", token_id=10**9),
    "keep_check": lambda s: _on(s, "administrator", found=Found((), 0)),
    "tell_of_guessing": lambda s: _on(
        s, "administrator", person_id=s.make.operator.id, tries=10, address="10.0.0.9"
    ),
    "found": lambda s: _on(
        s,
        "administrator",
        token_hash=new_id(),
        factory=NewFactory("F9", NAMES, "UTC", "EUR"),
        login="a",
        name="A",
        language="en",
        proofs=Proofs(),
    ),
}
