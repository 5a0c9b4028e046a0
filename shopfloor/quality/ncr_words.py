"""What nonconformances are called for people."""

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from shopfloor.core.refusals import Sentence
from shopfloor.core.tables.sending import Column
from shopfloor.quality.models import DispositionKind
from shopfloor.quality.ncr_models import Cause, NcrState

CAUSES: dict[Cause, Sentence] = {
    Cause.MATERIAL: _l("Material"),
    Cause.MACHINE: _l("Machine"),
    Cause.METHOD: _l("Method"),
    Cause.PERSON: _l("Person"),
    Cause.OTHER: lazy_pgettext("cause", "Something else"),
}
KINDS: dict[DispositionKind, Sentence] = {
    DispositionKind.USE_AS_IS: _l("Use as is"),
    DispositionKind.REWORK: _l("Rework"),
    DispositionKind.REPAIR: _l("Repair"),
    DispositionKind.SORT: _l("Sort every piece"),
    DispositionKind.DOWNGRADE: _l("Downgrade"),
    DispositionKind.RETURN: _l("Return to the supplier"),
    DispositionKind.SCRAP: _l("Scrap"),
}
STATES: dict[NcrState, Sentence] = {
    NcrState.OPEN: lazy_pgettext("nonconformance", "Open"),
    NcrState.CLOSED: _l("Closed"),
}
COLUMNS = (
    Column(_l("Number"), lambda row: row.Subject.number),
    Column(_l("State"), lambda row: STATES[row.Nonconformance.state]),
    Column(_l("Item"), lambda row: row.item_number),
    Column(_l("Name"), lambda row: row.item_names),
    Column(_l("Lot"), lambda row: row.lot_number),
    Column(_l("Work order"), lambda row: row.family_number),
    Column(lazy_pgettext("nonconformance", "What is wrong"), lambda row: row.reason),
    Column(_l("Quantity"), lambda row: row.Nonconformance.quantity),
    Column(_l("Pieces decided about"), lambda row: row.Nonconformance.decided),
    Column(_l("Unit"), lambda row: row.unit),
    Column(_l("Suspected cause"), lambda row: CAUSES.get(row.Nonconformance.cause)),
    Column(_l("Note"), lambda row: row.Nonconformance.cause_note),
    Column(_l("Sees to it"), lambda row: row.owner),
    Column(_l("Until"), lambda row: row.Nonconformance.deadline),
    Column(lazy_pgettext("nonconformance", "Opened"), lambda row: row.Nonconformance.opened_at),
    Column(_l("Closed"), lambda row: row.Nonconformance.closed_at),
)
