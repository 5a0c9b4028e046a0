"""parked actions."""

import sqlalchemy as sa
from alembic import op

revision = "0005_parking"
down_revision = "0004_notices"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """parked actions."""
    op.create_table(
        "parked_action",
        sa.Column(
            "event_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("action_id", sa.String(length=64), nullable=False),
        sa.Column("rule", sa.String(length=60), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column(
            "decision",
            sa.Enum(
                "accepted",
                "dropped",
                name="decision",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=True,
        ),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "decided_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "decided_event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(decision IS NULL) = (decided_at IS NULL)"
            " AND (decision IS NULL) = (decided_event_id IS NULL)",
            name=op.f("ck_parked_action_decided"),
        ),
        sa.ForeignKeyConstraint(
            ["action_id"], ["action.id"], name=op.f("fk_parked_action_action_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["subject.id"], name=op.f("fk_parked_action_decided_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_event_id"], ["event.id"], name=op.f("fk_parked_action_decided_event_id")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_parked_action_event_id")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_parked_action")),
        sa.UniqueConstraint("action_id", name=op.f("uq_parked_action_action_id")),
    )
    with op.batch_alter_table("parked_action", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_parked_action_decision"), ["decision"], unique=False)
