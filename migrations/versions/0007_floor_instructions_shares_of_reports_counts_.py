"""instructions, shares of reports, counts handed over and notes at stations."""

import sqlalchemy as sa
from alembic import op

revision = "0007_floor"
down_revision = "0006_catalogue"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """instructions, shares of reports, counts handed over and notes at stations."""
    op.create_table(
        "instruction",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sequence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("revision", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("sequence > 0 AND revision > 0", name=op.f("ck_instruction_numbered")),
        sa.ForeignKeyConstraint(["id"], ["subject.id"], name=op.f("fk_instruction_id")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_instruction_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instruction")),
        sa.UniqueConstraint(
            "item_id", "sequence", "revision", name=op.f("uq_instruction_item_id_sequence_revision")
        ),
    )
    op.create_table(
        "instruction_step",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "instruction_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["instruction_id"], ["instruction.id"], name=op.f("fk_instruction_step_instruction_id")
        ),
        sa.ForeignKeyConstraint(
            ["sha256"], ["file.sha256"], name=op.f("fk_instruction_step_sha256")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instruction_step")),
        sa.UniqueConstraint(
            "instruction_id", "position", name=op.f("uq_instruction_step_instruction_id_position")
        ),
    )
    with op.batch_alter_table("instruction_step", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_instruction_step_sha256"), ["sha256"], unique=False)

    op.create_table(
        "instruction_read",
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "instruction_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_instruction_read_event_id")
        ),
        sa.ForeignKeyConstraint(
            ["instruction_id"], ["instruction.id"], name=op.f("fk_instruction_read_instruction_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_instruction_read_person_id")
        ),
        sa.PrimaryKeyConstraint("person_id", "instruction_id", name=op.f("pk_instruction_read")),
    )
    with op.batch_alter_table("instruction_read", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_instruction_read_instruction_id"), ["instruction_id"], unique=False
        )

    op.create_table(
        "report_share",
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("pieces", sa.BigInteger(), nullable=False),
        sa.Column(
            "disputed_event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.CheckConstraint("pieces <> 0", name=op.f("ck_report_share_pieces")),
        sa.ForeignKeyConstraint(
            ["disputed_event_id"], ["event.id"], name=op.f("fk_report_share_disputed_event_id")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_report_share_event_id")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_report_share_person_id")
        ),
        sa.PrimaryKeyConstraint("event_id", "person_id", name=op.f("pk_report_share")),
    )
    with op.batch_alter_table("report_share", schema=None) as batch_op:
        batch_op.create_index(
            "ix_report_share_person_id_event_id", ["person_id", "event_id"], unique=False
        )

    op.create_table(
        "station_note",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "station_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("photo", sa.String(length=64), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "seen_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "withdrawn_event_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_station_note_event_id")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_station_note_person_id")
        ),
        sa.ForeignKeyConstraint(["photo"], ["file.sha256"], name=op.f("fk_station_note_photo")),
        sa.ForeignKeyConstraint(
            ["seen_by_id"], ["person.id"], name=op.f("fk_station_note_seen_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["station.id"], name=op.f("fk_station_note_station_id")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_event_id"], ["event.id"], name=op.f("fk_station_note_withdrawn_event_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_station_note")),
        sa.UniqueConstraint("event_id", name=op.f("uq_station_note_event_id")),
    )
    with op.batch_alter_table("station_note", schema=None) as batch_op:
        batch_op.create_index("ix_station_note_station_id_id", ["station_id", "id"], unique=False)

    op.create_table(
        "handed_count",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("lot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "operation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "reporter_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "report_event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("came", sa.BigInteger(), nullable=False),
        sa.Column("told", sa.BigInteger(), nullable=False),
        sa.Column("counted", sa.BigInteger(), nullable=False),
        sa.Column(
            "decision",
            sa.Enum(
                "agreed",
                "corrected",
                "kept",
                name="decision",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=True,
        ),
        sa.Column(
            "decided_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "decided_event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.CheckConstraint(
            "(decision = 'agreed') = (told = counted)", name=op.f("ck_handed_count_agreed")
        ),
        sa.CheckConstraint("told >= 0 AND counted >= 0", name=op.f("ck_handed_count_not_negative")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_handed_count_decided_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_event_id"], ["event.id"], name=op.f("fk_handed_count_decided_event_id")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_handed_count_event_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_handed_count_lot_id")),
        sa.ForeignKeyConstraint(
            ["operation_id"], ["operation.id"], name=op.f("fk_handed_count_operation_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_handed_count_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["report_event_id"], ["event.id"], name=op.f("fk_handed_count_report_event_id")
        ),
        sa.ForeignKeyConstraint(
            ["reporter_id"], ["person.id"], name=op.f("fk_handed_count_reporter_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handed_count")),
        sa.UniqueConstraint("event_id", name=op.f("uq_handed_count_event_id")),
    )
    with op.batch_alter_table("handed_count", schema=None) as batch_op:
        batch_op.create_index("ix_handed_count_decision_id", ["decision", "id"], unique=False)
        batch_op.create_index(
            "ix_handed_count_lot_id_operation_id", ["lot_id", "operation_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_handed_count_operation_id"), ["operation_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_handed_count_report_event_id"), ["report_event_id"], unique=False
        )

    op.create_table(
        "station_note_reason",
        sa.Column("note_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "reason_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["note_id"], ["station_note.id"], name=op.f("fk_station_note_reason_note_id")
        ),
        sa.ForeignKeyConstraint(
            ["reason_id"], ["reason.id"], name=op.f("fk_station_note_reason_reason_id")
        ),
        sa.PrimaryKeyConstraint("note_id", "reason_id", name=op.f("pk_station_note_reason")),
    )
    with op.batch_alter_table("station_note_reason", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_station_note_reason_reason_id"), ["reason_id"], unique=False
        )

    with op.batch_alter_table("operation", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "instruction_id",
                sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
                nullable=True,
            )
        )
        batch_op.add_column(
            sa.Column("confirm_count", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.create_index(
            batch_op.f("ix_operation_instruction_id"), ["instruction_id"], unique=False
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_operation_instruction_id"), "instruction", ["instruction_id"], ["id"]
        )

    with op.batch_alter_table("routing_operation", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("confirm_count", sa.Boolean(), server_default=sa.false(), nullable=False)
        )

    with op.batch_alter_table("reason", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_reason_kind"), type_="check")
        batch_op.create_check_constraint(
            op.f("ck_reason_kind"),
            "kind IN ('scrap', 'pause', 'hold', 'release', 'override', 'undo', 'handover')",
        )
