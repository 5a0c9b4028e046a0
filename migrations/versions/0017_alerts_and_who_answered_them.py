"""alerts and who answered them."""

import sqlalchemy as sa
from alembic import op

revision = "0017_alerts"
down_revision = "0016_nonconformances"
branch_labels = None
depends_on = None

_OPEN = sa.text("closed_at IS NULL")


def _id(name: str, *, nullable: bool = True) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=nullable)


def _points_to(column: str, table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_alert_{column}")
    return sa.ForeignKeyConstraint([column], [f"{table}.id"], name=name)


def upgrade() -> None:
    """alerts and who answered them."""
    op.create_table(
        "alert",
        _id("id", nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("matter", sa.String(length=20), nullable=False),
        sa.Column("about_id", sa.BigInteger(), nullable=False),
        _id("subject_id"),
        _id("hold_id"),
        _id("site_id"),
        _id("line_id"),
        _id("station_id"),
        _id("leader_id"),
        _id("raised_by_id"),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        _id("times", nullable=False),
        _id("nudges", nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("level_at", sa.DateTime(timezone=True), nullable=False),
        _id("event_id", nullable=False),
        _id("acknowledged_by_id"),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        _id("taken_by_id"),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "times >= 1 AND nudges >= 0 AND level BETWEEN 0 AND 2", name=op.f("ck_alert_counts")
        ),
        sa.CheckConstraint(
            "(acknowledged_at IS NULL) = (acknowledged_by_id IS NULL)",
            name=op.f("ck_alert_acknowledged"),
        ),
        sa.CheckConstraint(
            "(taken_at IS NULL) = (taken_by_id IS NULL)", name=op.f("ck_alert_taken")
        ),
        _points_to("subject_id", "subject"),
        _points_to("hold_id", "hold"),
        _points_to("site_id", "subject"),
        _points_to("line_id", "subject"),
        _points_to("station_id", "subject"),
        _points_to("leader_id", "subject"),
        _points_to("raised_by_id", "subject"),
        _points_to("event_id", "event"),
        _points_to("acknowledged_by_id", "person"),
        _points_to("taken_by_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
    )
    for name, columns, unique in (
        ("uq_alert_open", ["matter", "about_id"], True),
        ("ix_alert_open", ["event_id"], False),
    ):
        op.create_index(
            name, "alert", columns, unique=unique, sqlite_where=_OPEN, postgresql_where=_OPEN
        )
    op.create_index("ix_alert_raised_by_id_id", "alert", ["raised_by_id", "id"])
    op.create_index(op.f("ix_alert_subject_id"), "alert", ["subject_id"])
    op.create_table(
        "alert_rule",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        _id("minutes", nullable=False),
        sa.CheckConstraint("minutes BETWEEN 1 AND 1440", name=op.f("ck_alert_rule_minutes")),
        sa.PrimaryKeyConstraint("kind", "level", name=op.f("pk_alert_rule")),
    )
