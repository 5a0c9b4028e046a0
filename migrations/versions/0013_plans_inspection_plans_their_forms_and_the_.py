"""inspection plans, their forms, and the values that are read."""

import sqlalchemy as sa
from alembic import op

revision = "0013_plans"
down_revision = "0012_webhooks"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """inspection plans, their forms, and the values that are read."""
    op.create_table(
        "form",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form")),
    )
    op.create_table(
        "form_field",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("form_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("key", sa.String(length=20), nullable=False),
        sa.Column("names", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "number",
                "yes_no",
                "choice",
                "defects",
                "text",
                "photo",
                "computed",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column(
            "weight",
            sa.Enum(
                "critical",
                "major",
                "minor",
                name="weight",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("decimals", sa.SmallInteger(), nullable=False),
        sa.Column("target", sa.BigInteger(), nullable=True),
        sa.Column("low", sa.BigInteger(), nullable=True),
        sa.Column("high", sa.BigInteger(), nullable=True),
        sa.Column("least", sa.BigInteger(), nullable=True),
        sa.Column("most", sa.BigInteger(), nullable=True),
        sa.Column("readings", sa.SmallInteger(), nullable=False),
        sa.Column("options", sa.Text(), nullable=False),
        sa.Column("show_if", sa.Text(), nullable=False),
        sa.Column("formula", sa.String(length=200), nullable=False),
        sa.Column("photo_on_fail", sa.Boolean(), nullable=False),
        sa.Column("gauge", sa.Boolean(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.CheckConstraint("decimals BETWEEN 0 AND 6", name=op.f("ck_form_field_decimals")),
        sa.CheckConstraint("least <= most", name=op.f("ck_form_field_plausible")),
        sa.CheckConstraint("low <= high", name=op.f("ck_form_field_limits")),
        sa.CheckConstraint("readings BETWEEN 1 AND 50", name=op.f("ck_form_field_readings")),
        sa.ForeignKeyConstraint(["form_id"], ["form.id"], name=op.f("fk_form_field_form_id")),
        sa.ForeignKeyConstraint(["sha256"], ["file.sha256"], name=op.f("fk_form_field_sha256")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_field")),
        sa.UniqueConstraint("form_id", "key", name=op.f("uq_form_field_form_id_key")),
        sa.UniqueConstraint("form_id", "position", name=op.f("uq_form_field_form_id_position")),
    )
    with op.batch_alter_table("form_field", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_form_field_sha256"), ["sha256"], unique=False)

    op.create_table(
        "plan",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("names", sa.Text(), nullable=False),
        sa.Column("found_by", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "first_article",
                "patrol",
                "last_piece",
                "operation",
                "final",
                "periodic",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sequence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "partner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["subject.id"], name=op.f("fk_plan_id")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_plan_item_id")),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f("fk_plan_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
    )
    with op.batch_alter_table("plan", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_item_id"), ["item_id"], unique=False)

    op.create_table(
        "plan_revision",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("plan_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("revision", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("form_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "sampling",
            sa.Enum(
                "all",
                "fixed",
                "every",
                "standard",
                name="sampling",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("size", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "level",
            sa.Enum(
                "S-1",
                "S-2",
                "S-3",
                "S-4",
                "I",
                "II",
                "III",
                name="level",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=True,
        ),
        sa.Column(
            "severity",
            sa.Enum(
                "normal",
                "tightened",
                "reduced",
                name="severity",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("aqls", sa.Text(), nullable=False),
        sa.Column("accepts", sa.Text(), nullable=False),
        sa.Column(
            "every_pieces", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "every_minutes", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "holds",
            sa.Enum(
                "family", "lot", name="holds", native_enum=False, create_constraint=True, length=20
            ),
            nullable=False,
        ),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "every_pieces > 0 AND every_minutes > 0", name=op.f("ck_plan_revision_every")
        ),
        sa.CheckConstraint("size > 0", name=op.f("ck_plan_revision_size")),
        sa.ForeignKeyConstraint(["form_id"], ["form.id"], name=op.f("fk_plan_revision_form_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_plan_revision_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_revision")),
        sa.UniqueConstraint("form_id", name=op.f("uq_plan_revision_form_id")),
        sa.UniqueConstraint("plan_id", "revision", name=op.f("uq_plan_revision_plan_id_revision")),
    )
    op.create_table(
        "inspection_check",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "revision_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("lot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "operation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("numbers", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "verdict",
            sa.Enum(
                "pass", "fail", name="verdict", native_enum=False, create_constraint=True, length=20
            ),
            nullable=True,
        ),
        sa.Column(
            "inspection_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "self_checked_by_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("self_checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["inspection_id"], ["inspection.id"], name=op.f("fk_inspection_check_inspection_id")
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_inspection_check_lot_id")),
        sa.ForeignKeyConstraint(
            ["operation_id"], ["operation.id"], name=op.f("fk_inspection_check_operation_id")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["plan_revision.id"], name=op.f("fk_inspection_check_revision_id")
        ),
        sa.ForeignKeyConstraint(
            ["self_checked_by_id"],
            ["person.id"],
            name=op.f("fk_inspection_check_self_checked_by_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_check")),
        sa.UniqueConstraint("inspection_id", name=op.f("uq_inspection_check_inspection_id")),
    )
    with op.batch_alter_table("inspection_check", schema=None) as batch_op:
        batch_op.create_index(
            "ix_inspection_check_closed_at_due_at", ["closed_at", "due_at"], unique=False
        )
        batch_op.create_index(
            "ix_inspection_check_lot_id_operation_id", ["lot_id", "operation_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_inspection_check_operation_id"), ["operation_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_inspection_check_revision_id"), ["revision_id"], unique=False
        )

    op.create_table(
        "inspection_value",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("check_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("field_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("piece", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reading", sa.SmallInteger(), nullable=False),
        sa.Column("said", sa.String(length=500), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=True),
        sa.Column("good", sa.Boolean(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "replaces_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("reason_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["check_id"], ["inspection_check.id"], name=op.f("fk_inspection_value_check_id")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_inspection_value_event_id")
        ),
        sa.ForeignKeyConstraint(
            ["field_id"], ["form_field.id"], name=op.f("fk_inspection_value_field_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_inspection_value_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["reason_id"], ["reason.id"], name=op.f("fk_inspection_value_reason_id")
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["inspection_value.id"], name=op.f("fk_inspection_value_replaces_id")
        ),
        sa.ForeignKeyConstraint(
            ["sha256"], ["file.sha256"], name=op.f("fk_inspection_value_sha256")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_value")),
    )
    with op.batch_alter_table("inspection_value", schema=None) as batch_op:
        batch_op.create_index(
            "ix_inspection_value_current",
            ["check_id", "field_id", "piece", "reading"],
            unique=True,
            sqlite_where=sa.text("replaced_at IS NULL"),
            postgresql_where=sa.text("replaced_at IS NULL"),
        )
        batch_op.create_index(
            batch_op.f("ix_inspection_value_event_id"), ["event_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_inspection_value_field_id"), ["field_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_inspection_value_person_id"), ["person_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_inspection_value_sha256"), ["sha256"], unique=False)

    # Whoever writes routings or decides about locks may write what is inspected.
    op.execute(
        "INSERT INTO role_verb (role, verb) SELECT DISTINCT role, 'plan.edit' FROM role_verb"
        " WHERE role IN ('administrator', 'planner', 'quality')"
    )
