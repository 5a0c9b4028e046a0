"""The words for stored values that people know by other names."""

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _p

from shopfloor.core.refusals import Sentence

WORDS: dict[str, Sentence] = {
    # orders
    "planned": _l("Planned"),
    "released": _p("work order", "Released"),
    "finished": _l("Finished"),
    "closed": _p("work order", "Closed"),
    # kinds of work
    "production": _l("Production"),
    "setup": _l("Set-up"),
    "breakdown": _l("Breakdown"),
    # verdicts and what is decided about held pieces
    "pass": _l("Passed"),
    "fail": _l("Failed"),
    "use_as_is": _l("Use as is"),
    "rework": _l("Rework"),
    "scrap": _l("Scrap"),
    "repair": _l("Repair"),
    "sort": _l("Sort every piece"),
    "downgrade": _l("Downgrade"),
    "return": _l("Return to the supplier"),
    # suspected causes
    "material": _l("Material"),
    "machine": _l("Machine"),
    "method": _l("Method"),
    "person": _l("Person"),
    "open": _p("nonconformance", "Open"),
    # calibrations of gauges
    "good": _p("calibration", "Good"),
    "limited": _l("Good for some uses"),
    "bad": _p("calibration", "Bad"),
    # what was booked against a rule
    "within_tolerance": _l("more than came, within the tolerance"),
    "excess": _l("more than came"),
    "backdated": _l("a time outside the life of the order"),
    "started_twice": _l("a second job at the same operation"),
    "start_not_ready": _l("a start before the operation was ready"),
    # labels
    "page": _l("on a page"),
    "pdf": _l("as PDF"),
    "printer": _l("by a label printer"),
    "zpl": "ZPL",
    "tspl": "TSPL",
    # tracking
    "none": _l("not tracked"),
    "lot": _l("by lot"),
    "serial": _l("by serial number"),
    # whose numbers are locked
    "lot_number": _l("Lot or serial number"),
    "supplier_lot": _l("Supplier lot"),
}
