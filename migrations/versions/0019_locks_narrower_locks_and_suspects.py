"""narrower locks and suspects."""

import sqlalchemy as sa
from alembic import op

revision = "0019_locks"
down_revision = "0018_due"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """narrower locks and suspects."""
    op.create_table(
        "suspect",
        sa.Column("hold_id", _ID, nullable=False),
        sa.Column("lot_id", _ID, nullable=False),
        sa.Column("operation_id", _ID, nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cleared_event_id", _ID, nullable=True),
        sa.CheckConstraint("quantity >= 0", name=op.f("ck_suspect_quantity")),
        sa.CheckConstraint(
            "(cleared_at IS NULL) = (cleared_event_id IS NULL)",
            name=op.f("ck_suspect_cleared_by_somebody"),
        ),
        sa.ForeignKeyConstraint(
            ["cleared_event_id"], ["event.id"], name="fk_suspect_cleared_event_id"
        ),
        sa.ForeignKeyConstraint(["hold_id"], ["hold.id"], name="fk_suspect_hold_id"),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name="fk_suspect_lot_id"),
        sa.ForeignKeyConstraint(["operation_id"], ["operation.id"], name="fk_suspect_operation_id"),
        sa.PrimaryKeyConstraint("hold_id", "lot_id", "operation_id", name=op.f("pk_suspect")),
    )
    op.create_index("ix_suspect_lot_id", "suspect", ["lot_id"])
    op.create_index("ix_suspect_cleared_event_id", "suspect", ["cleared_event_id"])
