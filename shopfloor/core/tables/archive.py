"""Opening a workbook without harm: a ZIP is looked through, and counted, before it is read."""

import re
import stat
import struct
import zipfile
from pathlib import Path
from zipfile import ZipFile, ZipInfo

from flask_babel import lazy_gettext as _l

from shopfloor.core.refusals import Malformed
from shopfloor.core.tables.limits import (
    MOST_AT_ONCE,
    MOST_MEMBERS,
    MOST_UNPACKED,
    no_table,
    unpacks_too_large,
)

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_CHUNK = 1 << 18
_END, _END_SIZE = b"PK\x05\x06", 22
_ENCRYPTED = 0x1
_PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_READ = re.compile(r"\.(xml|rels)$", re.IGNORECASE)
_DECLARED = re.compile(rb"""<\?xml[^>]*encoding\s*=\s*["'](?!utf-8|us-ascii)""", re.IGNORECASE)
# Only what is read a row at a time may be long.
_STREAMED = re.compile(r"worksheets/[^/]+\.xml$|sharedStrings\.xml$", re.IGNORECASE)


def open_workbook(path: Path) -> ZipFile:
    """Return an XLSX as a ZIP whose parts were checked: names, declared sizes, counted sizes.

    Raises Malformed for what swells, hides, links or declares entities.
    """
    _require_few_members(path)
    try:
        archive = ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise damaged() from None
    try:
        _check(archive)
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError):
        archive.close()
        raise damaged() from None
    except BaseException:
        archive.close()
        raise
    return archive


def damaged() -> Malformed:
    """Return the refusal of a workbook that does not hold together."""
    return no_table(
        _l("This workbook is damaged or is no Excel file."),
        _l("Open it in Excel or LibreOffice and save it again as .xlsx."),
    )


def _require_few_members(path: Path) -> None:
    """Look at the end of the file first: a list of 100,000 parts is not even read."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - 65_535 - _END_SIZE))
        tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < _END_SIZE:
        raise damaged()
    members, listed = struct.unpack_from("<HI", tail, at + 10)
    if members > MOST_MEMBERS or listed > 2 * MOST_MEMBERS * 100:
        raise no_table(
            _l("This workbook has more than %(most)s parts.", most=f"{MOST_MEMBERS:,}"),
            _l("A table needs far fewer: copy it into a new workbook."),
        )


def _check(archive: ZipFile) -> None:
    members = archive.infolist()
    names = [member.filename for member in members]
    if len(members) > MOST_MEMBERS or len(set(names)) != len(names):
        raise damaged()
    for member in members:
        _check_name(member)
        if member.flag_bits & _ENCRYPTED:
            raise locked()
        if member.compress_type not in _PLAIN:
            raise damaged()
    if sum(member.file_size for member in members) > MOST_UNPACKED:
        raise unpacks_too_large()
    if any(m.file_size > MOST_AT_ONCE for m in members if _is_whole(m.filename)):
        raise unpacks_too_large()
    _count(archive, members)


def _check_name(member: ZipInfo) -> None:
    name = member.orig_filename
    inside = name.replace("\\", "/").split("/")
    link = stat.S_ISLNK(member.external_attr >> 16)
    if link or ".." in inside or name.startswith(("/", "\\")) or "\0" in name or ":" in name:
        raise no_table(
            _l("This workbook holds a part that points outside of it."),
            _l("It was not made by a spreadsheet. Nothing of it was read."),
        )


def _count(archive: ZipFile, members: list[ZipInfo]) -> None:
    """Unpack everything once and count, because a declared size may be a lie."""
    total = 0
    for member in members:
        kept, size = b"", 0
        with archive.open(member) as part:
            while chunk := part.read(_CHUNK):
                size, total = size + len(chunk), total + len(chunk)
                if total > MOST_UNPACKED or (size > MOST_AT_ONCE and _is_whole(member.filename)):
                    raise unpacks_too_large()
                if _READ.search(member.filename):
                    _require_plain_xml(kept + chunk, first=size == len(chunk))
                    kept = chunk[-16:]


def _require_plain_xml(text: bytes, *, first: bool) -> None:
    upper = text.upper()
    other = first and (b"\0" in text[:64] or _DECLARED.search(text[:200]))
    if other or b"<!DOCTYPE" in upper or b"<!ENTITY" in upper:
        raise no_table(
            _l("This workbook refers to things outside of it, so it is not opened."),
            _l("Open it in Excel or LibreOffice and save it again as .xlsx."),
        )


def _is_whole(name: str) -> bool:
    return bool(_READ.search(name)) and not _STREAMED.search(name)


def locked() -> Malformed:
    """Return the refusal of a workbook with a password, or in the format before 2007."""
    return no_table(
        _l("This workbook is protected by a password, or is in the old format .xls."),
        _l("Save it as .xlsx without a password."),
    )
