"""pieces with a number of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0010_serials"
down_revision = "0009_records"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """pieces with a number of their own."""
    with op.batch_alter_table("lot", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("serial", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
