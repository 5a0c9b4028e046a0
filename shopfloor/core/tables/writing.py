"""Writing a table for other programs: CSV or XLSX, a row at a time, and nothing in it ever runs."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from shopfloor.core.tables.guard import guard
from shopfloor.core.tables.rows import letters
from shopfloor.core.types import plain

Value = str | Decimal | int | bool | date | datetime | None
FORMS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# What Excel holds on one sheet.
MOST_XLSX_ROWS = 1_048_576
_FLUSH = 1 << 16
# XML has no such characters, and a line end would be made another: they are written as _x000D_.
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_TEXT, _DAY, _TIME, _HEAD = 1, 2, 3, 4
_DAY_ZERO = date(1899, 12, 30)
_MIDNIGHT = datetime.min.time()
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def write_csv(target: IO[bytes], head: Sequence[str], rows: Iterable[Sequence[Value]]) -> None:
    """Write UTF-8 with its mark, by which Excel knows that it is Chinese; lines end with CR LF."""
    text = io.TextIOWrapper(target, "utf-8-sig", errors="replace", newline="", write_through=False)
    writer = csv.writer(text)
    writer.writerow([guard(name) for name in head])
    for row in rows:
        writer.writerow([_as_csv(value) for value in row])
    text.flush()
    text.detach()


def write_xlsx(
    target: IO[bytes], name: str, head: Sequence[str], rows: Iterable[Sequence[Value]]
) -> None:
    """Write a workbook with one sheet; every text is a text, whatever it begins with.

    Text is marked with the apostrophe of Excel's own, so that it stays text when somebody edits it.
    """
    with ZipFile(target, "w", ZIP_DEFLATED, compresslevel=5) as archive:
        for part, content in _parts(name).items():
            archive.writestr(part, _XML + content)
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write((_XML + _sheet_start(head)).encode())
            held: list[str] = []
            size = 0
            for line, row in enumerate(rows, 2):
                xml = "".join(_cell(letters(n), line, value) for n, value in enumerate(row))
                held.append(f'<row r="{line}">{xml}</row>')
                size += len(xml)
                if size > _FLUSH:
                    sheet.write("".join(held).encode())
                    held, size = [], 0
            last = f"{letters(max(0, len(head) - 1))}1"
            held.append(f'</sheetData><autoFilter ref="A1:{last}"/></worksheet>')
            sheet.write("".join(held).encode())


def _as_csv(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, str):
        return guard(value)
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    return str(plain(value)) if isinstance(value, Decimal) else str(value)


def _cell(column: str, line: int, value: Value) -> str:
    at = f'r="{column}{line}"'
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return f'<c {at} t="b"><v>{int(value)}</v></c>'
    if isinstance(value, datetime):
        # A sheet knows no zones: what the reader sees is what is written.
        seconds = (
            value.replace(tzinfo=None) - datetime.combine(_DAY_ZERO, _MIDNIGHT)
        ).total_seconds()
        return f'<c {at} s="{_TIME}"><v>{seconds / 86400!r}</v></c>'
    if isinstance(value, date):
        return f'<c {at} s="{_DAY}"><v>{(value - _DAY_ZERO).days}</v></c>'
    if isinstance(value, Decimal | int) and len(Decimal(value).as_tuple().digits) <= 15:
        return f"<c {at}><v>{plain(Decimal(value))}</v></c>"
    return f'<c {at} t="inlineStr" s="{_TEXT}">{_text(str(value))}</c>'


def _text(value: str) -> str:
    safe = escape(_UNWRITABLE.sub(lambda found: f"_x{ord(found[0]):04X}_", value))
    return f'<is><t xml:space="preserve">{safe}</t></is>'


def _sheet_start(head: Sequence[str]) -> str:
    widths = "".join(
        f'<col min="{n}" max="{n}" width="{min(40, 6 + 2 * len(name))}" customWidth="1"/>'
        for n, name in enumerate(head, 1)
    )
    names = "".join(
        f'<c r="{letters(n)}1" t="inlineStr" s="{_HEAD}">{_text(name)}</c>'
        for n, name in enumerate(head)
    )
    return (
        f'<worksheet {_MAIN}><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView>'
        f'</sheetViews><cols>{widths}</cols><sheetData><row r="1">{names}</row>'
    )


def _parts(name: str) -> dict[str, str]:
    title = escape(re.sub(r"[\[\]:*?/\\]", " ", name).strip("' ")[:31] or "1", {'"': "&quot;"})
    return {
        "[Content_Types].xml": (
            f'<Types xmlns="{_PACKAGE}/content-types">'
            '<Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
            f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/>'
            f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/></Types>'
        ),
        "_rels/.rels": _relations([("officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": (
            f'<workbook {_MAIN} xmlns:r="{_OFFICE}"><sheets>'
            f'<sheet name="{title}" sheetId="1" r:id="rId1"/></sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": _relations(
            [("worksheet", "worksheets/sheet1.xml"), ("styles", "styles.xml")]
        ),
        "xl/styles.xml": (
            f'<styleSheet {_MAIN}><numFmts count="2">'
            '<numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
            '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts>'
            '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
            '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
            '<fills count="2"><fill><patternFill patternType="none"/></fill>'
            '<fill><patternFill patternType="gray125"/></fill></fills>'
            "<borders><border><left/><right/><top/><bottom/><diagonal/></border></borders>"
            '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="5"><xf xfId="0"/>'
            '<xf numFmtId="49" xfId="0" quotePrefix="1" applyNumberFormat="1"/>'
            '<xf numFmtId="164" xfId="0" applyNumberFormat="1"/>'
            '<xf numFmtId="165" xfId="0" applyNumberFormat="1"/>'
            '<xf numFmtId="49" fontId="1" xfId="0" quotePrefix="1" applyFont="1"/></cellXfs>'
            '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
            "</styleSheet>"
        ),
    }


def _relations(targets: list[tuple[str, str]]) -> str:
    relations = "".join(
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{relations}</Relationships>'
