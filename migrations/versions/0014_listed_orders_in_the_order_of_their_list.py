"""orders in the order of their list."""

import sqlalchemy as sa
from alembic import op

revision = "0014_listed"
down_revision = "0013_plans"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """orders in the order of their list."""
    op.create_index(
        "ix_work_order_listed",
        "work_order",
        ["state", "priority", sa.text("(due IS NULL)"), "due", sa.text("id DESC")],
    )
