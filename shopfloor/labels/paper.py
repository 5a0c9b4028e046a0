"""The papers that labels are printed on: sheets of A4, and single labels from a roll."""

from flask_babel import lazy_gettext as _l

from shopfloor.core.refusals import Malformed
from shopfloor.labels.layout import Size

A4, ROLL = "a4", "single"
# The commonest sheet of labels: three by seven, as sold for every office printer.
COLUMNS, ROWS = 3, 7
ON_SHEET = Size(63.5, 38.1)
ON_SHEETS = COLUMNS * ROWS
SINGLE = Size(50, 30)
MOST_PIECES = 2000


def require_few(labels: int, copies: int) -> int:
    """Return the copies; refuse more labels than a page or a PDF can hold."""
    if copies < 1 or labels * copies > MOST_PIECES:
        raise Malformed(
            _l("At most %(most)s labels fit into one page or PDF.", most=MOST_PIECES),
            _l("Print fewer copies at once."),
            rule="too_many",
            field="copies",
        )
    return copies
