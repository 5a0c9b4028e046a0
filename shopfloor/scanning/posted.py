"""A scan as a form or an address brings it."""

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from shopfloor.core.db import db
from shopfloor.core.forms import Form
from shopfloor.core.refusals import Malformed
from shopfloor.people.access import viewer
from shopfloor.scanning.models import Source
from shopfloor.scanning.resolve import Scan
from shopfloor.scanning.stations import affixes_at

LONGEST_POSTED = 5000


def posted_scan(fields: MultiDict[str, str]) -> Scan:
    """Return the scan of a posted form, with what the scanner here puts around its codes."""
    Form(fields)
    scan = scan_of(fields)
    if len(scan.text) > LONGEST_POSTED:
        raise Malformed(
            _l("This text is too long; %(longest)s characters fit.", longest=LONGEST_POSTED),
            rule="too_long",
            field="code",
        )
    if scan.source not in (Source.TRIGGER, Source.UNSAID):
        return scan
    person = viewer()
    affixes = affixes_at(db.session(), person.device_id, person.site_id)
    return Scan(scan.text, scan.source, scan.symbology, scan.context, affixes)


def scan_of(fields: MultiDict[str, str]) -> Scan:
    """Return the scan that fields describe; what they do not say is left open.

    Not stripped by the form: a separator at the beginning says that this is GS1.
    """
    source = fields.get("source", "")
    return Scan(
        fields.get("code", ""),
        Source(source) if source in list(Source) else Source.UNSAID,
        fields.get("symbology", "")[:3],
        fields.get("context", "")[:80].strip(),
    )
