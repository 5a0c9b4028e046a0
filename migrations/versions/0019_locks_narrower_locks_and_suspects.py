"""narrower locks and suspects."""

revision = "0019_locks"
down_revision = "0018_due"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """narrower locks and suspects."""
