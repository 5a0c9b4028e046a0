"""The parts of a workbook beside its cells: which sheets there are, texts, and what is a date."""

import re
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from posixpath import join, normpath
from typing import Any
from xml.parsers import expat  # nosec - entities and document types are refused below
from zipfile import ZipFile

from shopfloor.core.tables.archive import damaged
from shopfloor.core.tables.limits import MOST_ROWS

_CHUNK = 1 << 16
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_NOT_A_MARK = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
# Formats that every workbook knows without naming them; 27 to 58 are the Chinese ones among them.
_DATES = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_EPOCH, _EPOCH_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001 - a day of a sheet has no zone


@dataclass(frozen=True)
class Sheet:
    """A sheet of the workbook and where its cells lie."""

    name: str
    part: str


@dataclass(frozen=True)
class Workbook:
    """What is needed to read any sheet of a workbook."""

    sheets: tuple[Sheet, ...]
    strings: "Strings"
    dates: frozenset[int]
    since_1904: bool


class Strings:
    """The texts that cells share, kept as one block: a million small objects fill the memory."""

    def __init__(self) -> None:
        self._text = bytearray()
        self._ends = array("L")

    def add(self, text: str) -> None:
        """Take the next text."""
        self._text += text.encode("utf-8", "surrogatepass")
        self._ends.append(len(self._text))

    def __getitem__(self, number: int) -> str:
        """Return a text by its number; IndexError when there is none."""
        if number < 0:
            raise IndexError(number)
        start = self._ends[number - 1] if number else 0
        return self._text[start : self._ends[number]].decode("utf-8", "surrogatepass")


class Reader:
    """Walks through the XML of a part in small pieces and calls for starts, ends and texts."""

    def __init__(
        self, begin: Callable[[str, dict[str, str]], None], end: Callable[[str], None] | None = None
    ) -> None:
        self.text: list[str] = []
        self._begin, self._end = begin, end
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._finish
        self._parser.CharacterDataHandler = self.text.append
        for entity in ("StartDoctypeDeclHandler", "EntityDeclHandler", "ExternalEntityRefHandler"):
            setattr(self._parser, entity, _refuse)

    def walk(self, archive: ZipFile, part: str) -> Iterator[None]:
        """Yield after each piece of the part; Malformed when it is not there or no XML."""
        try:
            with archive.open(part) as file:
                while chunk := file.read(_CHUNK):
                    self._parser.Parse(chunk, False)
                    yield
                self._parser.Parse(b"", True)
                yield
        except (KeyError, expat.ExpatError, ValueError, IndexError, OverflowError):
            raise damaged() from None

    def take(self) -> str:
        """Return the text since the last call."""
        text = "".join(self.text)
        self.text.clear()
        return text

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._begin(_local(name), {_local(key): text for key, text in attributes.items()})

    def _finish(self, name: str) -> None:
        if self._end:
            self._end(_local(name))


def read_workbook(archive: ZipFile) -> Workbook:
    """Read everything but the cells."""
    start = next((r["Target"] for r in _relations(archive, "") if _is(r, "officeDocument")), "")
    main = _inside("", start or "xl/workbook.xml")
    near = _relations(archive, main)
    targets = {relation.get("Id", ""): _inside(main, relation["Target"]) for relation in near}
    sheets, since_1904 = [], False
    for name, attributes in _elements(archive, main):
        if name == "sheet" and attributes.get("state", "visible") == "visible":
            part = targets.get(attributes.get("id", ""), "")
            if "worksheets/" in part or part:
                sheets.append(Sheet(attributes.get("name", ""), part))
        elif name == "workbookPr":
            since_1904 = attributes.get("date1904") in ("1", "true")
    if not sheets:
        raise damaged()
    styles = next((_inside(main, r["Target"]) for r in near if _is(r, "styles")), "")
    strings = next((_inside(main, r["Target"]) for r in near if _is(r, "sharedStrings")), "")
    return Workbook(
        tuple(sheets),
        _strings(archive, strings),
        _date_styles(archive, styles),
        since_1904,
    )


def unescape(text: str) -> str:
    """Return text in which a workbook has written characters as _x000D_, because XML has none."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def day_of(serial: float, since_1904: bool) -> date | datetime | None:
    """Return what a serial number means in a cell shown as a date; None when it is none."""
    if not 1 <= serial < 2_958_466:
        return None
    # Excel believes that 1900 was a leap year, so that its days before March are one off.
    early = not since_1904 and serial < 60
    start = _EPOCH_1904 if since_1904 else _EPOCH
    at = start + timedelta(days=serial + early)
    at = (at + timedelta(milliseconds=500)).replace(microsecond=0)
    return at if at.time() != datetime.min.time() else at.date()


def _strings(archive: ZipFile, part: str) -> Strings:
    found = Strings()
    if not part:
        return found
    inside = {"text": False, "spoken": False}
    parts: list[str] = []

    def begin(name: str, _attributes: dict[str, str]) -> None:
        reader.take()
        if name == "rPh":  # how a Chinese or Japanese text is spoken: not part of it
            inside["spoken"] = True

    def end(name: str) -> None:
        text = reader.take()
        if name == "t" and not inside["spoken"]:
            parts.append(text)
        elif name == "rPh":
            inside["spoken"] = False
        elif name == "si":
            found.add(unescape("".join(parts)))
            parts.clear()

    reader = Reader(begin, end)
    for _piece in reader.walk(archive, part):
        pass
    return found


def _date_styles(archive: ZipFile, part: str) -> frozenset[int]:
    own: dict[int, bool] = {}
    styles: list[int] = []
    within = ""
    for name, attributes in _elements(archive, part) if part else ():
        if name == "numFmt":
            own[int(attributes.get("numFmtId", 0))] = _shows_a_date(
                attributes.get("formatCode", "")
            )
        elif name in ("cellXfs", "cellStyleXfs", "cellStyles"):
            within = name
        elif name == "xf" and within == "cellXfs":
            styles.append(int(attributes.get("numFmtId", 0)))
    return frozenset(n for n, style in enumerate(styles) if own.get(style, style in _DATES))


def _shows_a_date(code: str) -> bool:
    return any(mark in _NOT_A_MARK.sub("", code).lower() for mark in "dmyhs")


def _relations(archive: ZipFile, part: str) -> list[dict[str, str]]:
    folder, _, name = part.rpartition("/")
    path = "/".join(piece for piece in (folder, "_rels", f"{name}.rels") if piece)
    return [
        attributes
        for name, attributes in _elements(archive, path)
        if name == "Relationship"
        and "Target" in attributes
        and attributes.get("TargetMode") != "External"
    ]


def _elements(archive: ZipFile, part: str) -> list[tuple[str, dict[str, str]]]:
    found: list[tuple[str, dict[str, str]]] = []

    def begin(name: str, attributes: dict[str, str]) -> None:
        found.append((name, attributes))
        if len(found) > MOST_ROWS:
            raise ValueError("more than any workbook needs")

    reader = Reader(begin)
    for _piece in reader.walk(archive, part):
        reader.text.clear()
    return found


def _inside(part: str, target: str) -> str:
    if target.startswith("/"):
        return target.lstrip("/")
    return normpath(join(part.rpartition("/")[0], target))


def _is(relation: dict[str, str], kind: str) -> bool:
    return relation.get("Type", "").endswith(f"/{kind}")


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


def _refuse(*_declaration: Any) -> None:
    raise ValueError("a workbook declares nothing")
