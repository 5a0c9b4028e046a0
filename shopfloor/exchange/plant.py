"""Importing stations and places of a site."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from shopfloor.core import subjects
from shopfloor.core.commands import Tx
from shopfloor.core.events import Change
from shopfloor.core.words import require_names
from shopfloor.exchange.fields import Field
from shopfloor.exchange.findings import (
    Deed,
    Entry,
    Finding,
    Keys,
    Outcome,
    Problem,
    Setting,
    Written,
    missing,
    nameless,
)
from shopfloor.exchange.lookups import Found, by_reference, refers, rows_of
from shopfloor.plant.models import LINE, PLACE, STATION, Place, PlaceKind, Station

_NUMBER = Field(
    "number",
    _l("Number"),
    "code stationnumber placenumber location locationid locationnumber bin "
    "编号 编码 工位编号 机台编号 设备编号 库位 库位编号 库位编码 仓位",
    needed=True,
    longest=80,
    example="S1",
)
_NAMES = (
    Field(
        "name_en",
        _l("Name, English"),
        "name description stationname placename nameenglish",
        example="Saw",
    ),
    Field(
        "name_zh",
        _l("Name, Chinese"),
        "名称 工位名称 机台名称 设备名称 库位名称 namechinese",
        example="锯床",
    ),
)
STATION_FIELDS = (
    _NUMBER,
    *_NAMES,
    Field(
        "line",
        _l("Line"),
        "linenumber productionline 产线 生产线 线别",
        longest=80,
        example="L1",
    ),
)
PLACE_FIELDS = (_NUMBER, *_NAMES)


class _Pieces:
    """Compares rows with the stations, or with the places, of the site."""

    kind = STATION
    table: Any = Station
    fields: tuple[Field, ...] = STATION_FIELDS

    def __init__(self, setting: Setting) -> None:
        self._setting, self._numbers = setting, Keys()

    def take(self, session: Session, entries: Sequence[Entry]) -> Iterable[Finding]:
        """Look at some rows."""
        found = by_reference(session, self.kind, (e.get("number") for e in entries))
        lines = by_reference(session, LINE, (e.get("line") for e in entries))
        stored = rows_of(session, self.table, (each.id for each in found.values()))
        for entry in entries:
            record = found.get(str(entry.get("number")))
            line, no_line = refers(lines, entry, "line", LINE.label)
            problems = [*missing(entry, self.fields), *([no_line] if no_line else [])]
            problems += self._problems(entry, record, line)
            if problems:
                yield from problems
            elif record is None:
                yield self._new(entry, line)
            else:
                yield self._old(entry, stored[record.id])

    def finish(self, session: Session) -> Iterable[Finding]:
        """Find nothing more."""
        return ()

    def _problems(
        self, entry: Entry, record: Found | None, line: Found | None
    ) -> Iterator[Problem]:
        again = self._numbers.again(entry.get("number"), entry, "number")
        if again and entry.get("number"):
            yield again
        if record is None and not _names(entry, {}):
            yield nameless(entry)
        if record and record.archived:
            yield entry.wrong("number", _l("one that is in use; this one is archived"))
        if record and record.site_id != self._setting.site_id:
            yield entry.wrong("number", _l("one of this site"))
        yield from self._placed(entry, record, line)

    def _placed(self, entry: Entry, record: Found | None, line: Found | None) -> Iterator[Problem]:
        if record is None and entry.get("line") is None:
            yield entry.wrong("line", _l("the line on which it stands"))
        if line and line.site_id != self._setting.site_id:
            yield entry.wrong("line", _l("one of this site"))

    def _new(self, entry: Entry, line: Found | None) -> Deed:
        number, names = str(entry.get("number")), _names(entry, {})

        def do(tx: Tx) -> Written:
            made = subjects.create(tx.session, self.kind, number, self._setting.site_id)
            tx.session.add(self._row(made.id, require_names(names), line))
            tx.session.flush()
            changes = [Change(made.id, "number", None, made.number)]
            return Written([made.id], changes=[*changes, Change(made.id, "names", None, names)])

        return Deed(Outcome.NEW, entry.line, number, do)

    def _row(self, id_: int, names: dict[str, str], line: Found | None) -> Any:
        return Station(id=id_, line_id=line.id if line else 0, names=names)

    def _old(self, entry: Entry, row: Any) -> Deed:
        number, names, row_id = str(entry.get("number")), _names(entry, row.names), row.id
        if names == row.names:
            return Deed(Outcome.SAME, entry.line, number)

        def do(tx: Tx) -> Written:
            stored = tx.session.get_one(self.table, row_id, with_for_update={"key_share": True})
            change = Change(row_id, "names", stored.names, names)
            stored.names, stored.version = require_names(names), stored.version + 1
            tx.session.flush()
            return Written([row_id], changes=[change])

        return Deed(Outcome.CHANGED, entry.line, number, do)


class Stations(_Pieces):
    """Compares rows with the stations of the site; a new one names its line."""


class Places(_Pieces):
    """Compares rows with the places of the site; a new one is a store."""

    kind = PLACE
    table = Place
    fields = PLACE_FIELDS

    def _placed(self, entry: Entry, record: Found | None, line: Found | None) -> Iterator[Problem]:
        return iter(())

    def _row(self, id_: int, names: dict[str, str], line: Found | None) -> Any:
        return Place(id=id_, site_id=self._setting.site_id, kind=PlaceKind.STORE, names=names)


def _names(entry: Entry, before: dict[str, str]) -> dict[str, str]:
    said = {
        language: " ".join(entry.get(f"name_{language}").split())
        for language in ("en", "zh")
        if entry.get(f"name_{language}")
    }
    return {**before, **said}
