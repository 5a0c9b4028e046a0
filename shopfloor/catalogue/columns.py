"""The columns of the catalogue's lists as files; an import knows their headings again."""

from flask_babel import lazy_gettext as _l

from shopfloor.core.gtin import shown_gtin
from shopfloor.core.tables.sending import Column

ITEMS = (
    Column(_l("Item number"), lambda row: row.Subject.number),
    Column(_l("Name, English"), lambda row: row.Item.names.get("en")),
    Column(_l("Name, Chinese"), lambda row: row.Item.names.get("zh")),
    Column(_l("Unit"), lambda row: row.Item.unit),
    Column(_l("Decimals"), lambda row: row.Item.decimals),
    Column(_l("Tracking"), lambda row: row.Item.tracking.value),
    Column(_l("Shelf life in days"), lambda row: row.Item.shelf_life_days),
    Column(_l("GTIN"), lambda row: shown_gtin(row.Item.gtin)),
    Column(_l("Cost"), lambda row: row.Item.cost),
    Column(_l("Currency"), lambda row: row.Item.cost_currency),
    Column(_l("Number in another program"), lambda row: row.Item.other_number),
    Column(_l("Synonyms"), lambda row: row.Item.synonyms),
    Column(_l("Category"), lambda row: row.Item.category),
    Column(_l("Code"), lambda row: row.Subject.code),
    Column(_l("Archived"), lambda row: row.Subject.archived_at),
)
PARTNERS = (
    Column(_l("Partner number"), lambda row: row.Subject.number),
    Column(_l("Name, English"), lambda row: row.Partner.names.get("en")),
    Column(_l("Name, Chinese"), lambda row: row.Partner.names.get("zh")),
    Column(_l("Supplies us"), lambda row: row.Partner.supplier),
    Column(_l("Is supplied by us"), lambda row: row.Partner.customer),
    Column(_l("Works for us"), lambda row: row.Partner.contractor),
    Column(_l("E-mail"), lambda row: row.Partner.email),
    Column(_l("Telephone"), lambda row: row.Partner.phone),
    Column(_l("Address"), lambda row: row.Partner.address),
    Column(_l("Synonyms"), lambda row: row.Partner.synonyms),
    Column(_l("Code"), lambda row: row.Subject.code),
    Column(_l("Archived"), lambda row: row.Subject.archived_at),
)
REASONS = (
    Column(_l("Kind"), lambda row: row.Reason.kind.value),
    Column(_l("Number"), lambda row: row.Subject.number),
    Column(_l("Name, English"), lambda row: row.Reason.names.get("en")),
    Column(_l("Name, Chinese"), lambda row: row.Reason.names.get("zh")),
    Column(_l("Asks for a photo"), lambda row: row.Reason.photo),
    Column(_l("Archived"), lambda row: row.Subject.archived_at),
)
