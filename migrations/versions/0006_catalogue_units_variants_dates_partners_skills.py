"""units, variants, effective dates, partners and skills."""

import sqlalchemy as sa
from alembic import op

revision = "0006_catalogue"
down_revision = "0005_parking"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """units, variants, effective dates, partners and skills."""
    op.create_table(
        "partner",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("names", sa.Text(), nullable=False),
        sa.Column("supplier", sa.Boolean(), nullable=False),
        sa.Column("customer", sa.Boolean(), nullable=False),
        sa.Column("contractor", sa.Boolean(), nullable=False),
        sa.Column("email", sa.String(length=200), nullable=True),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("synonyms", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["subject.id"], name=op.f("fk_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner")),
    )
    op.create_table(
        "skill",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("names", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["subject.id"], name=op.f("fk_skill_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_skill")),
    )
    op.create_table(
        "item_unit",
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("numerator", sa.BigInteger(), nullable=False),
        sa.Column("denominator", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("numerator > 0 AND denominator > 0", name=op.f("ck_item_unit_factor")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_item_unit_item_id")),
        sa.PrimaryKeyConstraint("item_id", "unit", name=op.f("pk_item_unit")),
    )
    op.create_table(
        "person_skill",
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("skill_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_person_skill_person_id")
        ),
        sa.ForeignKeyConstraint(["skill_id"], ["skill.id"], name=op.f("fk_person_skill_skill_id")),
        sa.PrimaryKeyConstraint("person_id", "skill_id", name=op.f("pk_person_skill")),
    )
    with op.batch_alter_table("person_skill", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_skill_skill_id"), ["skill_id"], unique=False)

    with op.batch_alter_table("bom", schema=None) as batch_op:
        batch_op.add_column(sa.Column("valid_from", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("valid_to", sa.Date(), nullable=True))
        batch_op.create_check_constraint(batch_op.f("ck_bom_valid"), "valid_to >= valid_from")

    with op.batch_alter_table("bom_line", schema=None) as batch_op:
        batch_op.add_column(sa.Column("unit", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("valid_from", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("valid_to", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("only_for", sa.Text(), server_default="{}", nullable=False))
        batch_op.create_check_constraint(batch_op.f("ck_bom_line_valid"), "valid_to >= valid_from")

    with op.batch_alter_table("item", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "tracking",
                sa.Enum(
                    "none",
                    "lot",
                    "serial",
                    name="tracking",
                    native_enum=False,
                    create_constraint=True,
                    length=20,
                ),
                server_default="lot",
                nullable=False,
            )
        )
        batch_op.add_column(
            sa.Column(
                "shelf_life_days",
                sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
                nullable=True,
            )
        )
        batch_op.add_column(sa.Column("gtin", sa.String(length=14), nullable=True))
        batch_op.add_column(sa.Column("cost", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("cost_currency", sa.String(length=3), nullable=True))
        batch_op.add_column(sa.Column("other_number", sa.String(length=80), nullable=True))
        batch_op.add_column(sa.Column("synonyms", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(
            sa.Column(
                "model_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
            )
        )
        batch_op.add_column(sa.Column("features", sa.Text(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("choices", sa.Text(), server_default="{}", nullable=False))
        batch_op.create_check_constraint(batch_op.f("ck_item_shelf_life"), "shelf_life_days > 0")
        batch_op.create_check_constraint(batch_op.f("ck_item_cost"), "cost >= 0")
        batch_op.create_check_constraint(
            batch_op.f("ck_item_cost_currency"), "(cost IS NULL) = (cost_currency IS NULL)"
        )
        batch_op.create_index(batch_op.f("ix_item_model_id"), ["model_id"], unique=False)
        batch_op.create_unique_constraint(batch_op.f("uq_item_gtin"), ["gtin"])
        batch_op.create_unique_constraint(
            batch_op.f("uq_item_model_id_choices"), ["model_id", "choices"]
        )
        batch_op.create_unique_constraint(batch_op.f("uq_item_other_number"), ["other_number"])
        batch_op.create_foreign_key(batch_op.f("fk_item_model_id"), "item", ["model_id"], ["id"])

    with op.batch_alter_table("operation", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "skill_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
            )
        )
        batch_op.add_column(
            sa.Column("serialise", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_operation_skill_id"), "skill", ["skill_id"], ["id"]
        )

    with op.batch_alter_table("routing", schema=None) as batch_op:
        batch_op.add_column(sa.Column("valid_from", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("valid_to", sa.Date(), nullable=True))
        batch_op.create_check_constraint(batch_op.f("ck_routing_valid"), "valid_to >= valid_from")

    with op.batch_alter_table("routing_operation", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "skill_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
            )
        )
        batch_op.add_column(
            sa.Column("serialise", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_routing_operation_skill_id"), "skill", ["skill_id"], ["id"]
        )
