"""A told story as the database has it: the rows of each table, and what a copy changes in them."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Column, Connection, Date, Integer, Table, Text, func, select, text

from shopfloor.cli.generate.texts import IN_ACTIONS, IN_PAYLOADS, Copy, Maker, Texts
from shopfloor.core.db import metadata
from shopfloor.core.events import Event
from shopfloor.core.subjects import Subject
from shopfloor.core.types import Json, UtcDateTime
from shopfloor.quality.ncr_models import NCR

# As the driver brings it.
Value = Any


@dataclass
class Pattern:
    """The rows of a story by table, each as its values and the makers of those that change."""

    name: str
    lots: int
    reports: int
    began: datetime
    # When each event happened, and of how many rows a table is.
    times: list[datetime]
    sizes: dict[str, int]
    letters: list[str]
    rows: dict[str, list[tuple[list[Value], list[tuple[int, Maker]]]]] = field(default_factory=dict)


def newest(connection: Connection) -> dict[str, int]:
    """Return the highest id of every table that counts up."""
    return {
        table.name: connection.scalar(select(func.max(table.c.id))) or 0
        for table in metadata.sorted_tables
        if _counts_up(table)
    }


def _counts_up(table: Table) -> bool:
    return "id" in table.c and isinstance(table.c.id.type, Integer)


def capture(connection: Connection, name: str, number: str, before: Mapping[str, int]) -> Pattern:
    """Return what a story has left in the database since `before`, ready to be copied."""
    return _Reading(connection, name, number, before).pattern


class _Reading:
    """Reads one story: which ids are its own, and how every value of it is made anew."""

    def __init__(
        self, connection: Connection, name: str, number: str, before: Mapping[str, int]
    ) -> None:
        self.connection, self.number, self.before = connection, number, before
        self.sqlite = connection.dialect.name == "sqlite"
        after = newest(connection)
        self.own = {table: range(first + 1, after[table] + 1) for table, first in before.items()}
        subjects = self._rows(metadata.tables[Subject.__tablename__])
        events = self._rows(metadata.tables[Event.__tablename__])
        self.special: dict[str, Callable[[Value, Any], Maker | None]] = {
            "action.id": lambda _value, _row: _action_id,
            "action.arguments_hash": self._hash,
            "subject.code": self._code,
            "subject.number": self._numbered,
            "concession.number": self._conceded,
            "work_order.due": self._due,
            "event.recorded_at": self._entered,
            "action.recorded_at": self._entered,
            "signature.signed_at": self._entered,
        }
        self.codes = {str(row.code): n for n, row in enumerate(subjects)}
        self.texts = Texts(number, self.codes, self._id)
        times = [_instant(row.happened_at) for row in events]
        kinds = [row.kind for row in events]
        self.pattern = Pattern(
            name,
            sum(row.kind == "lot" for row in subjects),
            kinds.count("work.reported"),
            min(times),
            times,
            {table: len(ids) for table, ids in self.own.items()},
            [str(row.code)[0] for row in subjects],
        )
        for table in metadata.sorted_tables:
            rows = self._rows(table)
            if rows:
                self.pattern.rows[table.name] = [self._row(table, row) for row in rows]

    def _rows(self, table: Table) -> Sequence[Any]:
        """Return the story's rows as the driver brings them."""
        key = next((each for each in _keys(table) if self._is_own(each)), None)
        if key is None:
            return []
        owner = table.name if key is table.c.get("id") else _target(key)
        # A column that came later stands last in the table, and elsewhere in the model.
        columns = ", ".join(f'"{column.name}"' for column in table.columns)
        query = text(
            f"SELECT {columns} FROM {table.name} WHERE {key.name} > :first"  # noqa: S608 - our names
            f" ORDER BY {', '.join(c.name for c in table.primary_key)}"
        )
        return self.connection.execute(query, {"first": self.before[owner or ""]}).all()

    def _is_own(self, key: Column[Any]) -> bool:
        if key.primary_key and key.name == "id" and _counts_up(key.table):
            return True
        return (_target(key) or "") in self.before

    def _row(self, table: Table, row: Any) -> tuple[list[Value], list[tuple[int, Maker]]]:
        values, makers = list(row), []
        for n, column in enumerate(row._mapping):
            maker = self._maker(table.c[column], values[n], row)
            if maker is not None:
                makers.append((n, maker))
        return values, makers

    def _maker(self, column: Column[Any], value: Value, row: Any) -> Maker | None:
        """Return how a copy makes this value, or None when it is the same in every copy."""
        where = f"{column.table.name}.{column.name}"
        if where in self.special:
            return self.special[where](value, row)
        if value is None:
            return None
        target = "event" if where == "event.id" else _target(column)
        if column.name == "id" and target is None and _counts_up(column.table):
            target = column.table.name
        if target is not None:
            return self._id(target, int(value)) if isinstance(value, int) else None
        return self._plain(column, value)

    def _plain(self, column: Column[Any], value: Value) -> Maker | None:
        """Return how a copy makes a value that names no row."""
        if isinstance(column.type, UtcDateTime):
            return self._shifted(_instant(value))
        if isinstance(column.type, Date):
            return self._shifted_day(date.fromisoformat(str(value)))
        return self._text(column, value) if isinstance(value, str) else None

    def _code(self, value: Value, _row: Any) -> Maker:
        place = self.codes[value]
        return lambda copy: copy.codes[place]

    def _numbered(self, value: Value, row: Any) -> Maker | None:
        """Give what is numbered by the day a number that no other copy has."""
        if row.kind != NCR.name:
            return self._plain(metadata.tables[Subject.__tablename__].c.number, value)
        own, said = self._id("subject", int(row.id)), str(value)[4:10]
        day = date(2000 + int(said[:2]), int(said[2:4]), int(said[4:]))
        if own is None:
            return None
        return lambda copy: f"NCR-{day + timedelta(copy.days):%y%m%d}-{own(copy)}"

    def _conceded(self, _value: Value, row: Any) -> Maker | None:
        own = self._id("concession", int(row.id))
        return (lambda copy: f"CON-0-{own(copy)}") if own else None

    def _due(self, _value: Value, _row: Any) -> Maker:
        if self.sqlite:
            return lambda copy: copy.due.isoformat()
        return lambda copy: copy.due

    def _entered(self, _value: Value, row: Any) -> Maker | None:
        """Let a row be entered when it happened, and not when its pattern was told."""
        said = self._said_at(row)
        return self._shifted(said) if said else None

    def _said_at(self, row: Any) -> datetime | None:
        if "happened_at" in row._mapping:
            return _instant(row.happened_at)
        event_id = getattr(row, "event_id", None) or getattr(row, "used_by_event_id", None)
        return self.pattern.times[event_id - self.own["event"].start] if event_id else None

    def _id(self, table: str, value: int) -> Maker | None:
        own = self.own[table]
        if value not in own:
            return (lambda copy: copy.others.get(value, value)) if table == "subject" else None
        place = value - own.start
        if table == "event":
            return lambda copy: copy.events[place]
        return lambda copy: copy.starts[table] + place

    def _shifted(self, value: datetime) -> Maker:
        if self.sqlite:
            value = value.replace(tzinfo=None)
            return lambda copy: (value + copy.delta).isoformat(" ", "microseconds")
        return lambda copy: value + copy.delta

    def _shifted_day(self, value: date) -> Maker:
        if self.sqlite:
            return lambda copy: (value + timedelta(copy.days)).isoformat()
        return lambda copy: value + timedelta(copy.days)

    def _hash(self, _value: Value, row: Any) -> Maker:
        arguments = self._text(metadata.tables["action"].c.arguments, row.arguments)
        start = f"{row.command}\n"

        def digest(copy: Copy) -> str:
            said = arguments(copy) if arguments else row.arguments
            return hashlib.sha256((start + said).encode()).hexdigest()

        return digest

    def _text(self, column: Column[Any], value: str) -> Maker | None:
        is_json = isinstance(column.type, Text | Json) and value[:1] in ("{", "[", '"')
        keys = (IN_PAYLOADS if column.name == "payload" else IN_ACTIONS) if is_json else None
        return self.texts.maker(value, keys)


def _action_id(copy: Copy) -> str:
    copy.action += 1
    return f"{copy.name}.{copy.action}"


def _keys(table: Table) -> Sequence[Column[Any]]:
    """Return the columns by which a row can belong to a story, the surest first."""
    names = ("id", "event_id", "lot_id", "order_id", "instruction_id")
    return [table.c[name] for name in names if name in table.c]


def _target(column: Column[Any]) -> str | None:
    """Return the table whose ids these are; all kinds of subjects count as one."""
    for key in column.foreign_keys:
        table = key.column.table
        if not _counts_up(table):
            return None
        if any(each.column.table.name == "subject" for each in table.c.id.foreign_keys):
            return "subject"
        return table.name
    return None


def _instant(value: Any) -> datetime:
    found: datetime = datetime.fromisoformat(value) if isinstance(value, str) else value
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
