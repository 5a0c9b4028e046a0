"""Locks on numbers of lots to come."""

import sqlalchemy as sa
from alembic import op

revision = "0021_numbers"
down_revision = "0020_bound"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# The tables it points to are not looked at: an index of one of them can only be written, not read.
ALONE = {"resolve_fks": False}
_OPEN = sa.text("lifted_at IS NULL")
_BY_HAND = sa.text("number_lock_id IS NULL")
_KINDS = sa.Enum("lot_number", "supplier_lot", name="kind", native_enum=False, length=20)


def upgrade() -> None:
    """Locks on numbers of lots to come."""
    op.create_table(
        "number_lock",
        sa.Column("id", _ID, nullable=False),
        sa.Column("kind", _KINDS, nullable=False),
        sa.Column("first", sa.String(length=80), nullable=False),
        sa.Column("last", sa.String(length=80), nullable=True),
        sa.Column("site_id", _ID, nullable=True),
        sa.Column("reason_id", _ID, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("placed_by_id", _ID, nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("placed_event_id", _ID, nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by_id", _ID, nullable=True),
        sa.Column("lifted_event_id", _ID, nullable=True),
        sa.Column("lift_reason_id", _ID, nullable=True),
        sa.Column("signature_id", _ID, nullable=True),
        sa.CheckConstraint(
            "kind IN ('lot_number', 'supplier_lot')", name=op.f("ck_number_lock_kind")
        ),
        sa.CheckConstraint(
            "(lifted_at IS NULL) = (lifted_by_id IS NULL)",
            name=op.f("ck_number_lock_lifted_by_somebody"),
        ),
        sa.CheckConstraint("lifted_by_id <> placed_by_id", name=op.f("ck_number_lock_four_eyes")),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=op.f(f"fk_number_lock_{column}")
            )
            for column, table in (
                ("site_id", "site"),
                ("reason_id", "reason"),
                ("placed_by_id", "person"),
                ("placed_event_id", "event"),
                ("lifted_by_id", "person"),
                ("lifted_event_id", "event"),
                ("lift_reason_id", "reason"),
                ("signature_id", "signature"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_number_lock")),
        *(
            sa.UniqueConstraint(column, name=op.f(f"uq_number_lock_{column}"))
            for column in ("placed_event_id", "lifted_event_id", "signature_id")
        ),
    )
    op.create_index(
        "ix_number_lock_open", "number_lock", ["id"], sqlite_where=_OPEN, postgresql_where=_OPEN
    )
    for column in ("site_id", "reason_id", "placed_by_id"):
        op.create_index(f"ix_number_lock_{column}", "number_lock", [column])

    # What makes several lots may meet several locks: one event then opens several holds.
    with op.batch_alter_table("hold", reflect_kwargs=ALONE) as batch_op:
        batch_op.add_column(sa.Column("number_lock_id", _ID, nullable=True))
        batch_op.drop_constraint(op.f("uq_hold_opened_event_id"), type_="unique")
        batch_op.create_foreign_key(
            op.f("fk_hold_number_lock_id"), "number_lock", ["number_lock_id"], ["id"]
        )
        batch_op.create_unique_constraint(
            op.f("uq_hold_number_lock_id_subject_id"), ["number_lock_id", "subject_id"]
        )
    op.create_index("ix_hold_opened_event_id", "hold", ["opened_event_id"])
    op.create_index(
        "uq_hold_opened_event_id",
        "hold",
        ["opened_event_id"],
        unique=True,
        sqlite_where=_BY_HAND,
        postgresql_where=_BY_HAND,
    )

    op.add_column(
        "lot", sa.Column("suspect", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.execute(
        "UPDATE lot SET suspect = true"
        " WHERE id IN (SELECT lot_id FROM suspect WHERE cleared_at IS NULL)"
    )

    with op.batch_alter_table("pay_line", reflect_kwargs=ALONE) as batch_op:
        batch_op.add_column(sa.Column("decided_id", _ID, nullable=True))
        batch_op.create_foreign_key(op.f("fk_pay_line_decided_id"), "event", ["decided_id"], ["id"])
        batch_op.drop_constraint(op.f("ck_pay_line_state"), type_="check")
        batch_op.create_check_constraint(
            op.f("ck_pay_line_state"), "state IN ('counted', 'waiting', 'held', 'rejected')"
        )
        batch_op.create_check_constraint(
            op.f("ck_pay_line_decided"), "(state = 'rejected') = (decided_id IS NOT NULL)"
        )
    op.create_index("ix_pay_line_decided_id", "pay_line", ["decided_id"])
