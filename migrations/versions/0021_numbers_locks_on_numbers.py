"""Locks on numbers of lots to come."""

revision = "0021_numbers"
down_revision = "0020_bound"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Locks on numbers of lots to come."""
