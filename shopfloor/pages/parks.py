"""What is kept for the supervisor when it was done offline, and how its worker hears of it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from shopfloor.core import deciding, parking, undo
from shopfloor.core.actions import Action
from shopfloor.core.commands import Tx
from shopfloor.core.events import Event, Recorded
from shopfloor.core.parking import ParkedAction, Parks
from shopfloor.core.subjects import Subject
from shopfloor.holds import commands as holds
from shopfloor.people.notices import tell
from shopfloor.production import parked
from shopfloor.production.commands import jobs, parting, reports, serialising, setting_apart
from shopfloor.quality import in_stock
from shopfloor.quality.commands import checks, inspections, self_checks
from shopfloor.stock.models import LOT

PARKS = [
    Parks("report_quantities", reports.REPORTED.label, parked.at_operation, "override_reason_id"),
    Parks("start_work", jobs.STARTED.label, parked.at_operation, "override_reason_id"),
    Parks("pause_work", jobs.PAUSED.label, parked.of_job),
    Parks("resume_work", jobs.RESUMED.label, parked.of_job),
    Parks("finish_work", jobs.FINISHED.label, parked.of_job),
    Parks("split_lot", parting.LOT_SPLIT.label, parked.at_operation),
    Parks("merge_lots", parting.LOTS_MERGED.label, parked.at_operation),
    Parks("serialise_pieces", serialising.LOT_SERIALISED.label, parked.at_operation),
    Parks("record_inspection", inspections.INSPECTED.label, parked.at_operation),
    Parks("judge_retest", inspections.INSPECTED.label, in_stock.parked_in_stock),
    Parks("read_values", checks.VALUES_READ.label, in_stock.parked_at),
    Parks("correct_value", checks.VALUE_CORRECTED.label, in_stock.parked_at),
    Parks("check_first_article", self_checks.SELF_CHECKED.label, parked.at_operation),
    Parks("hold_part", setting_apart.PART_HELD.label, parked.at_operation),
    Parks("place_hold", holds.PLACED.label, parking.about_subject),
    Parks("undo_event", undo.UNDONE.label, parking.about_event, "reason_id"),
]


def tell_outcome(tx: Tx, event: Recorded) -> None:
    """Let the worker be told what was decided about his entry, unless he decided himself."""
    made = tx.session.get_one(Event, int(event.payload["parked"]))
    if made.actor_id is None or made.actor_id == tx.act.actor_id:
        return
    row = tx.session.get_one(ParkedAction, made.id)
    command = tx.session.get_one(Action, row.action_id).command
    facts = {
        "label": parking.in_all_languages(parking.PARKS[command].label),
        "subject": _subject(tx.session, made.id),
        "booked": event.kind == deciding.ACCEPTED.name,
        "note": event.payload.get("note", ""),
    }
    tell(tx, made.actor_id, "pages/decided", facts)


def _subject(session: Session, event_id: int) -> str:
    found = session.execute(
        select(Subject.number, Subject.code)
        .where(Subject.id.in_(parking.subjects_of(session, event_id)))
        .order_by(Subject.kind != LOT.name, Subject.id)
        .limit(1)
    ).first()
    return (found.number or str(found.code)) if found else ""
