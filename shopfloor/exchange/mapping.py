"""Which column holds what: found by headings, chosen by people, kept for the next file."""

from collections.abc import Mapping as Values
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from shopfloor.core import clock
from shopfloor.core.refusals import Malformed
from shopfloor.core.tables.cells import COMMA, DAY_FIRST, MONTH_FIRST, POINT, Notation
from shopfloor.core.tables.csv_in import DELIMITERS, ENCODINGS
from shopfloor.core.tables.reading import Shape
from shopfloor.exchange.fields import match
from shopfloor.exchange.findings import Kind
from shopfloor.exchange.models import Mapping

DECIMALS = {POINT: _l("Point: 1234.5"), COMMA: _l("Comma: 1234,5")}
DAYS = {
    "": _l("Year first: 2026-11-30"),
    DAY_FIRST: _l("Day first: 30/11/2026"),
    MONTH_FIRST: _l("Month first: 11/30/2026"),
}


@dataclass(frozen=True)
class Settings:
    """How a file is read: its writing, its columns by their place, and values fixed for all."""

    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    decimal: str = POINT
    days: str = ""
    columns: Values[str, int] = field(default_factory=dict)
    fixed: Values[str, str] = field(default_factory=dict)
    options: Sequence[str] = ()

    @property
    def notation(self) -> Notation:
        """Return how numbers and days are written."""
        return Notation(self.decimal, self.days)

    def shape(self, found: Shape) -> Shape:
        """Return how the file is written, as a person has chosen."""
        return found.chosen(self.encoding, self.delimiter, self.sheet)

    def kept(self) -> dict[str, Any]:
        """Return this as it is stored."""
        return asdict(self)


def settings_of(stored: dict[str, Any]) -> Settings:
    """Return settings as they were stored."""
    return Settings(**stored)


def matched(kind: Kind, headings: Sequence[str], settings: Settings) -> Settings:
    """Return the settings with every column that its heading tells."""
    options = tuple(option.name for option in kind.options)
    return replace(settings, columns=match(kind.fields, headings), options=options)


def require_usable(kind: Kind, settings: Settings, width: int) -> None:
    """Refuse a mapping without a column that is needed, or with one column used twice."""
    for each in kind.fields:
        if each.needed and each.name not in settings.columns and each.name not in settings.fixed:
            raise Malformed(
                _l("No column holds “%(field)s”, which is needed.", field=each.label),
                _l("Choose its column, or write one value for all rows."),
                rule="no_column",
                field=f"column_{each.name}",
            )
    used: dict[int, str] = {}
    for name, column in settings.columns.items():
        if not 0 <= column < width or used.setdefault(column, name) != name:
            raise Malformed(
                _l("One column is chosen for two things."),
                _l("Choose another column, or write one value for all rows."),
                rule="column_twice",
                field=f"column_{name}",
            )
    known = (settings.encoding in ("", *ENCODINGS), settings.delimiter in ("", *DELIMITERS))
    if not all(known) or settings.decimal not in DECIMALS or settings.days not in DAYS:
        raise Malformed(_l("Choose how the file is written."), rule="bad_settings")


def saved(session: Session, kind: Kind) -> Sequence[Mapping]:
    """Return the mappings kept for a kind, the newest first; one statement."""
    return session.scalars(
        select(Mapping).where(Mapping.kind == kind.name).order_by(Mapping.saved_at.desc())
    ).all()


def offered(session: Session, kind: Kind, headings: Sequence[str]) -> Mapping | None:
    """Return the newest mapping that was kept for a file with these very headings."""
    return next((each for each in saved(session, kind) if each.headings == list(headings)), None)


def from_saved(kept: Mapping, headings: Sequence[str], settings: Settings) -> Settings:
    """Return a kept mapping for a file: by headings, so that columns may have moved."""
    stored = kept.settings
    columns = {
        name: headings.index(heading)
        for name, heading in stored["columns"].items()
        if heading in headings
    }
    return replace(
        settings,
        decimal=stored["decimal"],
        days=stored["days"],
        columns=columns,
        fixed=stored["fixed"],
        options=tuple(stored["options"]),
    )


def save(
    session: Session, kind: Kind, name: str, headings: Sequence[str], settings: Settings
) -> None:
    """Keep a mapping under a name, over an earlier one of that name."""
    kept = session.scalar(select(Mapping).where(Mapping.kind == kind.name, Mapping.name == name))
    if kept is None:
        kept = Mapping(kind=kind.name, name=name)
        session.add(kept)
    kept.headings, kept.saved_at = list(headings), clock.now()
    kept.settings = {
        "decimal": settings.decimal,
        "days": settings.days,
        "columns": {field: headings[column] for field, column in settings.columns.items()},
        "fixed": dict(settings.fixed),
        "options": list(settings.options),
    }
