"""orders in the order of their list, the work that is open, and what has a cause."""

import sqlalchemy as sa
from alembic import op

revision = "0014_listed"
down_revision = "0013_plans"
branch_labels = None
depends_on = None

_TO_DO = "came - good - scrap - rework > 0"
_TO_JUDGE = "good - onward - held > 0"


def upgrade() -> None:
    """orders in the order of their list, the work that is open, and what has a cause."""
    op.create_index(
        "ix_work_order_listed",
        "work_order",
        ["state", "priority", sa.text("(due IS NULL)"), "due", sa.text("id DESC")],
    )
    op.drop_index("ix_event_caused_by_id", "event")
    for name, table, column, condition in (
        ("ix_lot_operation_to_do", "lot_operation", "operation_id", _TO_DO),
        ("ix_lot_operation_to_judge", "lot_operation", "operation_id", _TO_JUDGE),
        ("ix_event_caused_by_id", "event", "caused_by_id", "caused_by_id IS NOT NULL"),
    ):
        op.create_index(
            name,
            table,
            [column],
            sqlite_where=sa.text(condition),
            postgresql_where=sa.text(condition),
        )
