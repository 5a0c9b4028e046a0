"""nonconformances and their decisions."""

revision = "0016_nonconformances"
down_revision = "0015_gauges"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """nonconformances and their decisions."""
