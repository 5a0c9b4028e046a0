"""What plans are bound to."""

import sqlalchemy as sa
from alembic import op

revision = "0020_bound"
down_revision = "0019_locks"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# The tables it points to are not looked at: an index of one of them can only be written, not read.
ALONE = {"resolve_fks": False}
_RETEST = sa.text("closed_at IS NULL AND kind = 'periodic'")


def upgrade() -> None:
    """What plans are bound to."""
    # With their checks in the same breath: both databases can do that without a new table.
    whole_number = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    for table, column, target in (
        ("lot", "supplier_id", "partner"),
        ("inspection_check", "station_id", "station"),
    ):
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN {column} {whole_number}"
            f" CONSTRAINT fk_{table}_{column} REFERENCES {target} (id)"
        )
    op.execute(
        f"ALTER TABLE plan_revision ADD COLUMN every_days {whole_number}"
        " CONSTRAINT ck_plan_revision_every_days CHECK (every_days > 0)"
    )
    op.execute(
        "ALTER TABLE plan_revision ADD COLUMN again VARCHAR(20) DEFAULT 'once' NOT NULL"
        " CONSTRAINT ck_plan_revision_again CHECK (again IN ('once', 'station', 'shift'))"
    )
    op.add_column("inspection_check", sa.Column("shift", sa.String(length=40), nullable=True))
    op.add_column("item", sa.Column("category", sa.String(length=80), nullable=True))
    op.create_index("ix_item_category", "item", ["category"])
    op.create_index("ix_lot_supplier_id", "lot", ["supplier_id"])

    with op.batch_alter_table("plan", reflect_kwargs=ALONE) as batch_op:
        batch_op.add_column(sa.Column("category", sa.String(length=80), nullable=True))
        batch_op.alter_column("item_id", existing_type=_ID, nullable=True)
        batch_op.create_check_constraint(
            op.f("ck_plan_bound"), "(item_id IS NULL) <> (category IS NULL)"
        )
        batch_op.create_check_constraint(
            op.f("ck_plan_supplier_of_item"), "partner_id IS NULL OR item_id IS NOT NULL"
        )
    op.create_index("ix_plan_category", "plan", ["category"])
    for table in ("inspection", "inspection_check"):
        with op.batch_alter_table(table, reflect_kwargs=ALONE) as batch_op:
            batch_op.alter_column("operation_id", existing_type=_ID, nullable=True)
    op.create_index(
        "ix_inspection_check_retest",
        "inspection_check",
        ["lot_id"],
        unique=True,
        sqlite_where=_RETEST,
        postgresql_where=_RETEST,
    )
