"""The columns of the list of orders as a file; an import knows their headings again."""

from flask_babel import lazy_gettext as _l

from shopfloor.core.tables.sending import Column

ORDERS = (
    Column(_l("Order number"), lambda row: row.Subject.number),
    Column(_l("Item"), lambda row: row.item_number),
    Column(_l("Name"), lambda row: row.Item.names),
    Column(_l("Quantity"), lambda row: row.WorkOrder.quantity),
    Column(_l("Unit"), lambda row: row.Item.unit),
    Column(_l("State"), lambda row: row.WorkOrder.state.value),
    Column(_l("Held"), lambda row: bool(row.held)),
    Column(_l("Due"), lambda row: row.WorkOrder.due),
    Column(_l("Priority"), lambda row: row.WorkOrder.priority),
    Column(_l("Released at"), lambda row: row.WorkOrder.released_at),
    Column(_l("First start"), lambda row: row.WorkOrder.first_start_at),
    Column(_l("Last finish"), lambda row: row.WorkOrder.last_finish_at),
    Column(_l("Closed at"), lambda row: row.WorkOrder.closed_at),
    Column(_l("Code"), lambda row: row.Subject.code),
)
