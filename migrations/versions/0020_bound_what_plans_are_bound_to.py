"""What plans are bound to."""

revision = "0020_bound"
down_revision = "0019_locks"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What plans are bound to."""
