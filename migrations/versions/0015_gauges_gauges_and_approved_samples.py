"""gauges and approved samples."""

revision = "0015_gauges"
down_revision = "0014_listed"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """gauges and approved samples."""
