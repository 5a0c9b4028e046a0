"""Reading a CSV: whatever the encoding, the separator and the line ends, a row at a time."""

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flask_babel import lazy_gettext as _l

from shopfloor.core.refusals import Sentence
from shopfloor.core.tables.guard import unguard
from shopfloor.core.tables.limits import (
    MOST_COLUMNS,
    MOST_ROWS,
    MOST_TEXT,
    no_table,
    too_long_text,
    too_many_columns,
    too_many_rows,
)
from shopfloor.core.tables.rows import Cell, Row

ENCODINGS: dict[str, Sentence] = {
    "utf-8-sig": _l("Unicode (UTF-8)"),
    "utf-16": _l("Unicode (UTF-16)"),
    "gb18030": _l("Chinese (GB18030, GBK)"),
    "cp1252": _l("Western (Windows-1252)"),
}
DELIMITERS: dict[str, Sentence] = {
    ",": _l("Comma"),
    ";": _l("Semicolon"),
    "\t": _l("Tab"),
    "|": _l("Bar"),
}
_CHUNK = 1 << 16


@dataclass(frozen=True)
class CsvShape:
    """How a CSV is written; an encoding that was guessed and not marked is not `sure`."""

    encoding: str
    sure: bool
    delimiter: str


def look_at_csv(path: Path) -> CsvShape:
    """Find out the encoding of a file, by reading all of it once, and its separator."""
    encoding, sure = _encoding(path)
    return CsvShape(encoding, sure, _delimiter(path, encoding))


def csv_rows(path: Path, encoding: str, delimiter: str) -> Iterator[Row]:
    """Yield the rows under the line on which each begins; empty ones are left out.

    Raises Malformed, with the line, for what is no CSV in this encoding.
    """
    with path.open(encoding=encoding, newline="") as file:
        reader = csv.reader(file, delimiter=delimiter, strict=True)
        begins, width, found = 1, 0, 0
        while True:
            try:
                texts = next(reader, None)
            except UnicodeError:
                raise _not_this_encoding(begins) from None
            except csv.Error as error:
                raise _not_csv(begins, str(error)) from None
            if texts is None:
                return
            if any(texts):
                found += 1
                if found > MOST_ROWS + 1:
                    raise too_many_rows()
                width = width or _width(texts)
                yield _row(begins, texts, width)
            begins = reader.line_num + 1


def _row(line: int, texts: list[str], width: int) -> Row:
    if any(len(text) > MOST_TEXT for text in texts):
        raise too_long_text(line)
    while len(texts) > width and not texts[-1]:
        texts.pop()
    cells: list[Cell] = [unguard(text) if text else None for text in texts]
    if len(cells) == width:
        return Row(line, cells)
    fault = _l(
        "This row has %(here)s cells, the first one has %(width)s.", here=len(cells), width=width
    )
    return Row(line, cells, fault)


def _width(texts: list[str]) -> int:
    if len(texts) > MOST_COLUMNS:
        raise too_many_columns()
    while texts and not texts[-1]:
        texts.pop()
    return len(texts)


def _encoding(path: Path) -> tuple[str, bool]:
    """Return the encoding and whether the file itself says so."""
    with path.open("rb") as file:
        start = file.read(_CHUNK)
    if start.startswith(codecs.BOM_UTF8):
        return "utf-8-sig", True
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16", True
    if b"\0" in start:
        raise no_table(
            _l("This file is no table: it holds bytes that no text has."),
            _l("Save it as CSV (UTF-8) or as an Excel workbook (.xlsx)."),
        )
    if _decodes(path, "utf-8"):
        # Bytes that are valid UTF-8 by chance are rarer than any other mistake.
        return "utf-8-sig", True
    if _looks_chinese(path) and _decodes(path, "gb18030"):
        return "gb18030", False
    if _decodes(path, "cp1252"):
        return "cp1252", False
    raise no_table(
        _l("The encoding of this file is not known."),
        _l("Save it as CSV (UTF-8) or as an Excel workbook (.xlsx)."),
    )


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _looks_chinese(path: Path) -> bool:
    """Say whether bytes beyond ASCII come in pairs, as in Chinese; in Western text each is alone.

    An é before an ordinary letter is a valid pair of GBK, so that decoding alone proves nothing.
    """
    pairs = alone = 0
    with path.open("rb") as file:
        for line in file:
            high = 0
            for byte in line + b"\n":
                if byte >= 0x80:
                    high += 1
                elif high:
                    pairs, alone = pairs + high // 2, alone + high % 2
                    high = 0
            if pairs + alone > 20_000:
                break
    return pairs > 3 * alone


def _delimiter(path: Path, encoding: str) -> str:
    """Return the separator that cuts the first lines into the most cells, equally many in each."""
    with path.open(encoding=encoding, newline="") as file:
        lines = io.StringIO(file.read(_CHUNK), newline="").readlines()[:40]
    best, most = ",", (0.0, 1)
    for delimiter in DELIMITERS:
        # Without strict: the wrong separator may cut through quotes.
        rows = csv.reader(lines, delimiter=delimiter)
        widths = [len(row) for row in rows if row]
        if not widths or widths[0] < 2:
            continue
        score = (sum(width == widths[0] for width in widths) / len(widths), widths[0])
        if score > most:
            best, most = delimiter, score
    return best


def _not_this_encoding(line: int) -> Exception:
    return no_table(
        _l("Near line %(line)s there is text that is not in this encoding.", line=line),
        _l("Choose another encoding, or save the file as CSV (UTF-8)."),
    )


def _not_csv(line: int, error: str) -> Exception:
    if "field limit" in error:
        return too_long_text(line)
    return no_table(
        _l("Line %(line)s is not written as CSV: a quotation mark is out of place.", line=line),
        _l("A cell in quotation marks ends with one, and a mark inside it is doubled."),
    )
