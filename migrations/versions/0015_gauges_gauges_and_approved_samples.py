"""gauges and approved samples."""

import sqlalchemy as sa
from alembic import op

revision = "0015_gauges"
down_revision = "0014_listed"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """gauges and approved samples."""
    op.create_table(
        "gauge",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("names", sa.Text(), nullable=False),
        sa.Column("type", sa.String(length=40), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("low", sa.BigInteger(), nullable=True),
        sa.Column("high", sa.BigInteger(), nullable=True),
        sa.Column("resolution", sa.BigInteger(), nullable=True),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column(
            "interval_days", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column(
            "result",
            sa.Enum(
                "good",
                "limited",
                "bad",
                name="result",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=True,
        ),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("found_by", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("interval_days > 0", name=op.f("ck_gauge_interval")),
        sa.CheckConstraint("low < high", name=op.f("ck_gauge_range")),
        sa.CheckConstraint("resolution > 0", name=op.f("ck_gauge_resolution")),
        sa.ForeignKeyConstraint(["id"], ["subject.id"], name=op.f("fk_gauge_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gauge")),
    )
    with op.batch_alter_table("gauge", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_gauge_due_on"), ["due_on"], unique=False)

    op.create_table(
        "approved_sample",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("names", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "approved",
                "limit",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "partner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column(
            "approved_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("found_by", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["approved_by_id"], ["person.id"], name=op.f("fk_approved_sample_approved_by_id")
        ),
        sa.ForeignKeyConstraint(["id"], ["subject.id"], name=op.f("fk_approved_sample_id")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_approved_sample_item_id")),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_approved_sample_partner_id")
        ),
        sa.ForeignKeyConstraint(
            ["sha256"], ["file.sha256"], name=op.f("fk_approved_sample_sha256")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approved_sample")),
    )
    with op.batch_alter_table("approved_sample", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_approved_sample_item_id"), ["item_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_approved_sample_sha256"), ["sha256"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_approved_sample_valid_until"), ["valid_until"], unique=False
        )

    op.create_table(
        "gauge_calibration",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("gauge_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column(
            "result",
            sa.Enum(
                "good",
                "limited",
                "bad",
                name="result",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("calibrated_by", sa.String(length=120), nullable=False),
        sa.Column("certificate", sa.String(length=80), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("doubted_from", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_gauge_calibration_event_id")
        ),
        sa.ForeignKeyConstraint(
            ["gauge_id"], ["gauge.id"], name=op.f("fk_gauge_calibration_gauge_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_gauge_calibration_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["sha256"], ["file.sha256"], name=op.f("fk_gauge_calibration_sha256")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gauge_calibration")),
    )
    with op.batch_alter_table("gauge_calibration", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_gauge_calibration_event_id"), ["event_id"], unique=False
        )
        batch_op.create_index(
            "ix_gauge_calibration_gauge_id_day", ["gauge_id", "day"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_gauge_calibration_sha256"), ["sha256"], unique=False)

    with op.batch_alter_table("form_field", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("gauge_type", sa.String(length=40), server_default="", nullable=False)
        )

    _refer("inspection_check", "doubted_by_id", "gauge_calibration")
    _refer("inspection_value", "gauge_id", "gauge")
    op.create_index("ix_inspection_value_gauge_id", "inspection_value", ["gauge_id"])


def _refer(table: str, column: str, target: str) -> None:
    """Add a column with its foreign key; making the table anew would lose its other checks."""
    kind = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    op.execute(
        f"ALTER TABLE {table} ADD COLUMN {column} {kind}"
        f" CONSTRAINT fk_{table}_{column} REFERENCES {target} (id)"
    )
