"""What is kept for the supervisor when it was done offline and is refused on arrival."""

from shopfloor.core import parking, undo
from shopfloor.core.parking import Parks
from shopfloor.holds import commands as holds
from shopfloor.production import parked
from shopfloor.production.commands import jobs, reports
from shopfloor.quality.commands import inspections

PARKS = [
    Parks("report_quantities", reports.REPORTED.label, parked.at_operation, "override_reason_id"),
    Parks("start_work", jobs.STARTED.label, parked.at_operation, "override_reason_id"),
    Parks("pause_work", jobs.PAUSED.label, parked.of_job),
    Parks("resume_work", jobs.RESUMED.label, parked.of_job),
    Parks("finish_work", jobs.FINISHED.label, parked.of_job),
    Parks("record_inspection", inspections.INSPECTED.label, parked.at_operation),
    Parks("place_hold", holds.PLACED.label, parking.about_subject),
    Parks("undo_event", undo.UNDONE.label, parking.about_event, "reason_id"),
]
