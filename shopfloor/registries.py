"""What the rooms bring to the house: kinds, events, reactions, checks; read top to bottom."""

from shopfloor.alerts import closing, open_things, overdue, raising
from shopfloor.alerts import commands as alerts
from shopfloor.catalogue import event_kinds as catalogue_events
from shopfloor.catalogue import instruction_models, starters
from shopfloor.catalogue import models as catalogue_models
from shopfloor.catalogue import used_by as catalogue_uses
from shopfloor.core import deciding, imported, parking, reconcile, undo
from shopfloor.holds import commands as holds
from shopfloor.holds import number_commands
from shopfloor.holds import reconcile as holds_reconcile
from shopfloor.labels import asking as labels_asking
from shopfloor.labels import models as labels_models
from shopfloor.labels import printers
from shopfloor.pages.parks import tell_outcome
from shopfloor.pay import counts as pay_counts
from shopfloor.pay import parted
from shopfloor.pay import reactions as pay
from shopfloor.pay import reconcile as pay_reconcile
from shopfloor.people import event_kinds as people_events
from shopfloor.people import models as people_models
from shopfloor.people import setup as people_setup
from shopfloor.people import used_by as people_uses
from shopfloor.plant import changes as plant_changes
from shopfloor.plant import commands as plant
from shopfloor.plant import devices as plant_devices
from shopfloor.plant import models as plant_models
from shopfloor.plant import sites
from shopfloor.production import models as production_models
from shopfloor.production import next_steps as production_steps
from shopfloor.production import reconcile as production_reconcile
from shopfloor.production import reconcile_shares
from shopfloor.production import used_by as production_uses
from shopfloor.production.commands import (
    counting,
    differences,
    instructing,
    jobs,
    noting,
    orders,
    parting,
    reports,
    serialising,
    setting_apart,
    sharing,
    taking_over,
)
from shopfloor.quality import (
    due,
    gauge_models,
    ncr_models,
    ncr_opening,
    passing,
    plan_models,
    reach,
    reconcile_ncrs,
    suspect_ways,
    suspects,
)
from shopfloor.quality import event_kinds as quality_events
from shopfloor.quality import next_steps as quality_steps
from shopfloor.quality import open_things as quality_open
from shopfloor.quality import reconcile as quality_reconcile
from shopfloor.quality.commands import clearing, inspections, releases, self_checks
from shopfloor.scanning import commands as scanning
from shopfloor.scanning import next_steps
from shopfloor.stock import models as stock_models
from shopfloor.stock import numbers, reconcile_numbers
from shopfloor.stock import reconcile as stock_reconcile
from shopfloor.stock import used_by as stock_uses
from shopfloor.webhooks import commands as webhooks

SUBJECT_KINDS = [
    plant_models.SITE,
    plant_models.LINE,
    plant_models.STATION,
    plant_models.PLACE,
    plant_models.SHIFT,
    plant_models.DEVICE,
    people_models.PERSON,
    people_models.CREW,
    people_models.SKILL,
    catalogue_models.ITEM,
    catalogue_models.BOM,
    catalogue_models.ROUTING,
    catalogue_models.REASON,
    catalogue_models.PARTNER,
    instruction_models.INSTRUCTION,
    stock_models.LOT,
    production_models.ORDER,
    production_models.OPERATION,
    labels_models.PRINTER,
    plan_models.PLAN,
    ncr_models.NCR,
    gauge_models.GAUGE,
    gauge_models.SAMPLE,
]

EVENT_KINDS = [
    undo.UNDONE,
    parking.PARKED,
    deciding.ACCEPTED,
    deciding.DROPPED,
    reconcile.CHECKED,
    imported.IMPORTED,
    plant.SITE_ADDED,
    plant.LINE_ADDED,
    plant.STATION_ADDED,
    plant.PLACE_ADDED,
    plant.SHIFT_ADDED,
    plant_devices.DEVICE_ADDED,
    plant_devices.DEVICE_ENROLLED,
    plant_devices.DEVICE_REVOKED,
    plant_changes.RENAMED,
    plant_changes.SHIFT_CHANGED,
    plant_changes.ARCHIVED,
    plant_changes.RESTORED,
    sites.SITE_CHANGED,
    *people_events.EVENT_KINDS,
    *catalogue_events.EVENT_KINDS,
    instructing.TAKEN,
    holds.PLACED,
    number_commands.NUMBERS_LOCKED,
    number_commands.NUMBERS_FREED,
    orders.ORDER_CREATED,
    orders.ORDER_RELEASED,
    orders.ORDER_CLOSED,
    jobs.STARTED,
    jobs.PAUSED,
    jobs.RESUMED,
    jobs.FINISHED,
    taking_over.TAKEN_OVER,
    parting.LOT_SPLIT,
    parting.LOTS_MERGED,
    setting_apart.PART_HELD,
    serialising.LOT_SERIALISED,
    reports.REPORTED,
    sharing.DISPUTED,
    noting.LEFT,
    noting.SEEN,
    counting.COUNTED,
    differences.CORRECTED,
    differences.KEPT,
    *quality_events.EVENT_KINDS,
    alerts.ACKNOWLEDGED,
    alerts.TAKEN,
    alerts.NUDGED,
    alerts.CLIMBED,
    alerts.RULE_SET,
    overdue.OVERDUE,
    scanning.LINKED,
    scanning.UNLINKED,
    scanning.STATION_CHOSEN,
    scanning.SCANNER_SET,
    printers.PRINTER_ADDED,
    printers.PRINTER_CHANGED,
    printers.PRINTER_ARCHIVED,
    printers.PRINTER_RESTORED,
    labels_asking.ASKED,
    labels_asking.SENT,
    labels_asking.FAILED,
    webhooks.ADDED,
    webhooks.CHANGED,
    webhooks.PAUSED,
    webhooks.RESUMED,
    webhooks.REMOVED,
    webhooks.ASKED_AGAIN,
]

# What makes lots, or brings pieces back to an empty one: those with a locked number are held at
# once, and it is made known.
MAKES_LOTS = [
    orders.ORDER_RELEASED,
    parting.LOT_SPLIT,
    setting_apart.PART_HELD,
    serialising.LOT_SERIALISED,
    releases.RELEASED,
    imported.IMPORTED,
    undo.UNDONE,
]

# A room above learns here what a room below has done, in the same transaction, in this order.
REACTIONS = [
    (people_setup.FIRST_ADMINISTRATOR.name, starters.give_starters),
    (reports.REPORTED.name, pay.pay_for_report),
    (differences.CORRECTED.name, pay_counts.pay_for_correction),
    (undo.UNDONE.name, pay.take_pay_back),
    (parting.LOT_SPLIT.name, parted.follow_pieces),
    (parting.LOTS_MERGED.name, parted.follow_pieces),
    (setting_apart.PART_HELD.name, parted.follow_pieces),
    (undo.UNDONE.name, parted.follow_back),
    *((kind.name, passing.keep_with_sample) for kind in (parting.LOT_SPLIT, parting.LOTS_MERGED)),
    (serialising.LOT_SERIALISED.name, passing.keep_with_sample),
    (setting_apart.PART_HELD.name, passing.end_sorting),
    (undo.UNDONE.name, passing.keep_with_begun),
    *((kind, suspect_ways.follow_suspects) for kind in suspect_ways.PARTINGS),
    (undo.UNDONE.name, suspect_ways.follow_back),
    (inspections.INSPECTED.name, parted.follow_sorted_out),
    (inspections.INSPECTED.name, pay.judge_pay),
    (inspections.INSPECTED.name, ncr_opening.open_for_verdict),
    (inspections.INSPECTED.name, ncr_opening.note_judged),
    (reports.REPORTED.name, ncr_opening.note_scrapped),
    (undo.UNDONE.name, ncr_opening.note_undone),
    (holds.PLACED.name, ncr_opening.open_for_hold),
    (inspections.INSPECTED.name, reach.mark_suspects),
    (clearing.CLEARED.name, suspects.note_cleared),
    (releases.RELEASED.name, pay.decide_pay),
    (releases.RELEASED.name, ncr_opening.note_decided),
    (orders.ORDER_CLOSED.name, due.end_checks),
    *((kind.name, numbers.hold_made) for kind in MAKES_LOTS),
    (number_commands.NUMBERS_LOCKED.name, numbers.hold_existing),
    (inspections.INSPECTED.name, raising.raise_for_fail),
    (inspections.INSPECTED.name, reach.hold_numbers),
    (inspections.INSPECTED.name, closing.close_for_verdict),
    (inspections.INSPECTED.name, closing.close_for_done),
    (overdue.OVERDUE.name, raising.raise_for_overdue),
    (self_checks.SELF_CHECKED.name, raising.raise_for_first_article),
    (holds.PLACED.name, raising.raise_for_hold),
    (setting_apart.PART_HELD.name, raising.raise_for_hold),
    *((kind.name, raising.raise_for_numbers) for kind in MAKES_LOTS),
    (number_commands.NUMBERS_LOCKED.name, raising.raise_for_numbers),
    (alerts.NUDGED.name, raising.raise_for_nudge),
    (releases.RELEASED.name, closing.close_for_release),
    (orders.ORDER_CLOSED.name, closing.close_for_end),
    *((kind.name, closing.close_for_decision) for kind in (deciding.ACCEPTED, deciding.DROPPED)),
    *((kind.name, tell_outcome) for kind in (deciding.ACCEPTED, deciding.DROPPED)),
]

# What every room recounts at night, in this order.
RECONCILE_CHECKS = [
    stock_reconcile.CHECK,
    holds_reconcile.CHECK,
    reconcile_numbers.CHECK,
    production_reconcile.CHECK,
    reconcile_shares.CHECK,
    quality_reconcile.CHECK,
    reconcile_ncrs.CHECK,
    pay_reconcile.CHECK,
]

# What a scan of a lot offers, in this order.
NEXT_STEPS: list[next_steps.Offer] = [production_steps.for_lot, quality_steps.for_lot]

# What is open and costs by waiting, in the order in which its kinds are offered.
OPEN_THINGS = [*open_things.OPEN_KINDS, *quality_open.OPEN_KINDS]

# What things are used by, in the order in which their pages tell it.
USES = [*people_uses.USES, *catalogue_uses.USES, *production_uses.USES, *stock_uses.USES]
