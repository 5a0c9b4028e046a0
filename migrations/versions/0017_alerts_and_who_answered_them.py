"""alerts and who answered them."""

revision = "0017_alerts"
down_revision = "0016_nonconformances"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """alerts and who answered them."""
