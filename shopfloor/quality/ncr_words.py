"""What nonconformances are called for people."""

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from shopfloor.core.refusals import Sentence
from shopfloor.quality.models import DispositionKind
from shopfloor.quality.ncr_models import Cause

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
