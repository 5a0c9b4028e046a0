"""What the parts of an inspection plan are called on its pages."""

from flask_babel import lazy_gettext as _l

from shopfloor.configure.models import FieldKind, Weight
from shopfloor.core.refusals import Sentence
from shopfloor.quality.plan_models import Again, HoldScope, PlanKind, Sampling
from shopfloor.quality.refusals import weight_name
from shopfloor.quality.sampling import Severity

KINDS: dict[PlanKind, Sentence] = {
    PlanKind.FIRST_ARTICLE: _l("First article"),
    PlanKind.PATROL: _l("Patrol inspection"),
    PlanKind.LAST_PIECE: _l("Last piece"),
    PlanKind.OPERATION: _l("After an operation"),
    PlanKind.FINAL: _l("Final inspection"),
    PlanKind.PERIODIC: _l("Periodic inspection"),
}
# What an inspection of a plan of this kind is called in the inspector's list.
DUE: dict[str, Sentence] = {
    kind.value: KINDS[kind] for kind in PlanKind if kind is not PlanKind.OPERATION
} | {PlanKind.OPERATION.value: _l("Waiting pieces")}
SAMPLINGS: dict[Sampling, Sentence] = {
    Sampling.ALL: _l("Every piece"),
    Sampling.FIXED: _l("So many pieces of each lot"),
    Sampling.EVERY: _l("One of so many pieces"),
    Sampling.STANDARD: _l("By AQL (ISO 2859-1, GB/T 2828.1)"),
}
SEVERITIES: dict[Severity, Sentence] = {
    Severity.NORMAL: _l("normal"),
    Severity.TIGHTENED: _l("tightened"),
    Severity.REDUCED: _l("reduced"),
}
AGAIN: dict[Again, Sentence] = {
    Again.ONCE: _l("Once for each order"),
    Again.STATION: _l("Again at each other station"),
    Again.SHIFT: _l("Again in each shift"),
}
HOLDS: dict[HoldScope, Sentence] = {
    HoldScope.FAMILY: _l("The order and all its lots"),
    HoldScope.LOT: _l("This lot only"),
}
WEIGHTS: dict[Weight, Sentence] = {weight: weight_name(weight) for weight in Weight}
FIELDS: dict[FieldKind, Sentence] = {
    FieldKind.NUMBER: _l("measured value"),
    FieldKind.YES_NO: _l("OK or NG"),
    FieldKind.CHOICE: _l("choice from a list"),
    FieldKind.DEFECTS: _l("number of defects"),
    FieldKind.TEXT: _l("text"),
    FieldKind.PHOTO: _l("photo"),
    FieldKind.COMPUTED: _l("computed"),
}
PARTS: dict[str, Sentence] = {
    "key": _l("Key"),
    "name_en": _l("Name, English"),
    "name_zh": _l("Name, Chinese"),
    "kind": _l("What is asked"),
    "weight": _l("Class"),
    "unit": _l("Unit"),
    "decimals": _l("Decimals"),
    "target": _l("Target"),
    "low": _l("Lower limit"),
    "high": _l("Upper limit"),
    "least": _l("Plausible from"),
    "most": _l("Plausible to"),
    "readings": _l("Readings"),
    "options": _l("Answers"),
    "show": _l("Asked only after"),
    "formula": _l("Formula"),
    "photo_on_fail": _l("Photo when it is bad"),
    "gauge": _l("Measured with a gauge"),
    "gauge_type": _l("Type of the gauge"),
    "sha256": _l("Picture"),
}
