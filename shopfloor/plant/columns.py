"""The columns of the lists of the plant as files; an import knows their headings again."""

from flask_babel import lazy_gettext as _l

from shopfloor.core.tables.sending import Column

# A line, a station, a place or a shift, whichever is listed, stands first in its row.
PIECES = (
    Column(_l("Number"), lambda row: row.Subject.number),
    Column(_l("Name, English"), lambda row: row[0].names.get("en")),
    Column(_l("Name, Chinese"), lambda row: row[0].names.get("zh")),
    Column(_l("Belongs to"), lambda row: row.parent_names),
    Column(_l("Code"), lambda row: row.Subject.code),
    Column(_l("Archived"), lambda row: row.Subject.archived_at),
)
