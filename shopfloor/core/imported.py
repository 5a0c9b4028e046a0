"""The event of an import: one for all that a file has brought, whichever rooms it went into."""

from flask_babel import lazy_gettext as _l

from shopfloor.core.events import EventKind

IMPORTED = EventKind(
    "exchange.imported",
    _l("Imported from a file"),
    no_inverse_because="another import, or an edit of the record, corrects what a file has brought",
    edits=True,
)
