"""nonconformances and their decisions."""

import sqlalchemy as sa
from alembic import op

revision = "0016_nonconformances"
down_revision = "0015_gauges"
branch_labels = None
depends_on = None

# The tables it points to are not looked at: an index of one of them can only be written, not read.
ALONE = {"resolve_fks": False}


def upgrade() -> None:
    """nonconformances and their decisions."""
    op.create_table(
        "concession",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("hold_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("consent", sa.Text(), nullable=False),
        sa.Column("consent_sha256", sa.String(length=64), nullable=True),
        sa.Column(
            "approved_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("used", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_concession_quantity")),
        sa.ForeignKeyConstraint(
            ["approved_by_id"], ["person.id"], name=op.f("fk_concession_approved_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["consent_sha256"], ["file.sha256"], name=op.f("fk_concession_consent_sha256")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_concession_event_id")),
        sa.ForeignKeyConstraint(["hold_id"], ["hold.id"], name=op.f("fk_concession_hold_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_concession")),
        sa.UniqueConstraint("number", name=op.f("uq_concession_number")),
    )
    with op.batch_alter_table("concession", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_concession_approved_by_id"), ["approved_by_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_concession_consent_sha256"), ["consent_sha256"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_concession_hold_id"), ["hold_id"], unique=False)

    op.create_table(
        "nonconformance",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("hold_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "inspection_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "family_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("lot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "found_at_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "made_at_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("reason_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("decided", sa.BigInteger(), nullable=False),
        sa.Column(
            "cause",
            sa.Enum(
                "material",
                "machine",
                "method",
                "person",
                "other",
                name="cause",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=True,
        ),
        sa.Column("cause_note", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("deadline", sa.Date(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "open", "closed", name="state", native_enum=False, create_constraint=True, length=20
            ),
            nullable=False,
        ),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "opened_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "opened_event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "closed_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "closed_event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "(state = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_nonconformance_closed")
        ),
        sa.CheckConstraint("quantity >= 0", name=op.f("ck_nonconformance_quantity")),
        sa.ForeignKeyConstraint(
            ["closed_by_id"], ["person.id"], name=op.f("fk_nonconformance_closed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["closed_event_id"], ["event.id"], name=op.f("fk_nonconformance_closed_event_id")
        ),
        sa.ForeignKeyConstraint(
            ["family_id"], ["subject.id"], name=op.f("fk_nonconformance_family_id")
        ),
        sa.ForeignKeyConstraint(
            ["found_at_id"], ["operation.id"], name=op.f("fk_nonconformance_found_at_id")
        ),
        sa.ForeignKeyConstraint(["hold_id"], ["hold.id"], name=op.f("fk_nonconformance_hold_id")),
        sa.ForeignKeyConstraint(["id"], ["subject.id"], name=op.f("fk_nonconformance_id")),
        sa.ForeignKeyConstraint(
            ["inspection_id"], ["inspection.id"], name=op.f("fk_nonconformance_inspection_id")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_nonconformance_item_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_nonconformance_lot_id")),
        sa.ForeignKeyConstraint(
            ["made_at_id"], ["operation.id"], name=op.f("fk_nonconformance_made_at_id")
        ),
        sa.ForeignKeyConstraint(
            ["opened_by_id"], ["person.id"], name=op.f("fk_nonconformance_opened_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["opened_event_id"], ["event.id"], name=op.f("fk_nonconformance_opened_event_id")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["person.id"], name=op.f("fk_nonconformance_owner_id")
        ),
        sa.ForeignKeyConstraint(
            ["reason_id"], ["reason.id"], name=op.f("fk_nonconformance_reason_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nonconformance")),
        sa.UniqueConstraint("hold_id", name=op.f("uq_nonconformance_hold_id")),
        sa.UniqueConstraint("inspection_id", name=op.f("uq_nonconformance_inspection_id")),
    )
    with op.batch_alter_table("nonconformance", schema=None) as batch_op:
        batch_op.create_index(
            "ix_nonconformance_family_id_state", ["family_id", "state"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_nonconformance_item_id"), ["item_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_nonconformance_lot_id"), ["lot_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_nonconformance_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_nonconformance_reason_id"), ["reason_id"], unique=False
        )
        batch_op.create_index("ix_nonconformance_state_id", ["state", "id"], unique=False)

    op.create_table(
        "nonconformance_photo",
        sa.Column("ncr_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["ncr_id"], ["nonconformance.id"], name=op.f("fk_nonconformance_photo_ncr_id")
        ),
        sa.ForeignKeyConstraint(
            ["sha256"], ["file.sha256"], name=op.f("fk_nonconformance_photo_sha256")
        ),
        sa.PrimaryKeyConstraint("ncr_id", "sha256", name=op.f("pk_nonconformance_photo")),
    )
    with op.batch_alter_table("nonconformance_photo", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_nonconformance_photo_sha256"), ["sha256"], unique=False
        )

    with op.batch_alter_table("disposition", reflect_kwargs=ALONE) as batch_op:
        batch_op.add_column(
            sa.Column(
                "concession_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
            )
        )
        batch_op.add_column(
            sa.Column(
                "back_to_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
            )
        )
        batch_op.add_column(
            sa.Column(
                "made_lot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
            )
        )
        batch_op.create_index(
            batch_op.f("ix_disposition_concession_id"), ["concession_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_disposition_made_lot_id"), ["made_lot_id"], unique=False
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_disposition_made_lot_id"), "lot", ["made_lot_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_disposition_back_to_id"), "operation", ["back_to_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_disposition_concession_id"), "concession", ["concession_id"], ["id"]
        )

    with op.batch_alter_table("item", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("consent_required", sa.Boolean(), server_default=sa.false(), nullable=False)
        )

    with op.batch_alter_table("disposition", reflect_kwargs=ALONE) as batch_op:
        batch_op.drop_constraint(op.f("ck_disposition_kind"), type_="check")
        batch_op.create_check_constraint(
            op.f("ck_disposition_kind"),
            "kind IN ('use_as_is', 'rework', 'repair', 'sort', 'downgrade', 'return', 'scrap')",
        )

    # Who decides about locks as a matter of course may say why pieces can go on as they are.
    op.execute(
        "INSERT INTO role_verb (role, verb) SELECT DISTINCT role, 'concession.approve'"
        " FROM role_verb WHERE role IN ('supervisor', 'quality')"
    )
