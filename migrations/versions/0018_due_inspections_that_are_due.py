"""inspections that are due."""

import sqlalchemy as sa
from alembic import op

revision = "0018_due"
down_revision = "0017_alerts"
branch_labels = None
depends_on = None

_DUE = sa.text("closed_at IS NULL AND kind <> 'operation' AND kind <> 'final'")
_KINDS = "'first_article', 'patrol', 'last_piece', 'operation', 'final', 'periodic'"


def upgrade() -> None:
    """inspections that are due."""
    op.add_column(
        "operation", sa.Column("watched", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    # With their checks in the same breath: both databases can do that without a new table.
    whole_number = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    op.execute(
        f"ALTER TABLE plan_revision ADD COLUMN grace_minutes {whole_number}"
        " CONSTRAINT ck_plan_revision_grace CHECK (grace_minutes >= 0)"
    )
    op.execute(
        "ALTER TABLE inspection_check ADD COLUMN kind VARCHAR(20) DEFAULT 'operation' NOT NULL"
        f" CONSTRAINT ck_inspection_check_kind CHECK (kind IN ({_KINDS}))"
    )
    op.add_column("inspection_check", sa.Column("at_pieces", sa.BigInteger(), nullable=True))
    op.add_column(
        "inspection_check", sa.Column("overdue_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.create_index(
        "ix_inspection_check_open",
        "inspection_check",
        ["operation_id", "kind"],
        unique=True,
        sqlite_where=_DUE,
        postgresql_where=_DUE,
    )
