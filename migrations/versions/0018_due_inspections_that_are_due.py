"""inspections that are due."""

revision = "0018_due"
down_revision = "0017_alerts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """inspections that are due."""
