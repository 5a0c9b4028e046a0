"""the words by which records are found, folded."""

import json
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0008_finding"
down_revision = "0007_floor"
branch_labels = None
depends_on = None

# What is looked for in each table: columns of names by language, and columns of plain text.
_FOUND: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "line": (("names",), ()),
    "station": (("names",), ()),
    "place": (("names",), ()),
    "shift": (("names",), ()),
    "crew": (("names",), ()),
    "person": ((), ("name", "login")),
    "skill": (("names",), ()),
    "item": (("names",), ("synonyms", "other_number", "gtin")),
    "reason": (("names",), ()),
    "partner": (("names",), ("synonyms", "email", "phone")),
}


def upgrade() -> None:
    """Add the column to every table that lists search, and fill it."""
    for table, (names, texts) in _FOUND.items():
        op.add_column(table, sa.Column("found_by", sa.Text(), server_default="", nullable=False))
        columns = [sa.column(name) for name in ("id", *names, *texts)]
        rows = op.get_bind().execute(sa.select(*columns).select_from(sa.table(table))).all()
        for row in rows:
            words = [word for name in names for word in json.loads(getattr(row, name)).values()]
            words += [getattr(row, text) for text in texts]
            found_by = "\n".join(_folded(word) for word in words if word)
            op.get_bind().execute(
                sa.text(f"UPDATE {table} SET found_by = :words WHERE id = :id"),  # noqa: S608 - a name from above
                {"words": found_by, "id": row.id},
            )


def _folded(text: str) -> str:
    wide = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join(wide.replace("\x00", "").split())
