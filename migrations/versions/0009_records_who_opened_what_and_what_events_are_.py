"""who opened what, and what events are searched by."""

import sqlalchemy as sa
from alembic import op

revision = "0009_records"
down_revision = "0008_finding"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """who opened what, and what events are searched by."""
    op.create_table(
        "look",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "viewer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "page",
            sa.Enum(
                "person",
                "record",
                "pay",
                "history",
                "entry",
                "search",
                "export",
                "program",
                name="page",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("token_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_look_person_id")),
        sa.ForeignKeyConstraint(["token_id"], ["api_token.id"], name=op.f("fk_look_token_id")),
        sa.ForeignKeyConstraint(["viewer_id"], ["person.id"], name=op.f("fk_look_viewer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_look")),
        sa.UniqueConstraint(
            "person_id",
            "viewer_id",
            "page",
            "hour",
            name=op.f("uq_look_person_id_viewer_id_page_hour"),
        ),
    )
    with op.batch_alter_table("look", schema=None) as batch_op:
        batch_op.create_index("ix_look_person_id_id", ["person_id", "id"], unique=False)

    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_event_kind"))
        batch_op.create_index(
            "ix_event_actor_id_happened_at", ["actor_id", "happened_at"], unique=False
        )
        batch_op.create_index("ix_event_device_id_id", ["device_id", "id"], unique=False)
        batch_op.create_index("ix_event_kind_id", ["kind", "id"], unique=False)
        batch_op.create_index("ix_event_station_id_id", ["station_id", "id"], unique=False)

    with op.batch_alter_table("event_change", schema=None) as batch_op:
        batch_op.create_index("ix_event_change_field_event_id", ["field", "event_id"], unique=False)

    # Who administers people or corrects their entries may open what is on record about them.
    op.execute(
        "INSERT INTO role_verb (role, verb) SELECT DISTINCT role, 'people.record' FROM role_verb"
        " WHERE verb IN ('people.edit', 'undo.any')"
    )
