"""Pictures and short videos that explain work: checked by what is in them, and kept as files."""

from collections.abc import Iterator
from typing import IO

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import FileStorage

from shopfloor.core.files import keep, keep_photo
from shopfloor.core.refusals import Malformed

LARGEST_VIDEO = 20_000_000
MP4, WEBM = "video/mp4", "video/webm"
VIDEOS = (MP4, WEBM)
_EBML, _DOCTYPE, _SEGMENT = b"\x1a\x45\xdf\xa3", b"\x42\x82", b"\x18\x53\x80\x67"
# Boxes that say where and by whom a video was made; nobody needs them to see it.
_ABOUT_THE_MAKER = (b"udta", b"meta", b"uuid")
_HOLD_BOXES = (b"moov", b"trak", b"mdia")
_HEADER = 8


def media_of(upload: FileStorage | None, field: str) -> str | None:
    """Store the picture or video of a form's file field; returns its SHA-256, None without one."""
    if upload is None or not upload.filename:
        return None
    start = upload.stream.read(16)
    upload.stream.seek(0)
    if start[4:8] == b"ftyp" or start[:4] == _EBML:
        return keep_video(upload.stream, field)
    try:
        return keep_photo(upload.stream)
    except Malformed as no:
        raise _no_media(field) from no


def keep_video(stream: IO[bytes], field: str) -> str:
    """Store a short MP4 or WebM video; Malformed for what only has its name or its first bytes.

    What an MP4 says about place and maker is blanked, as EXIF is taken from photos.
    """
    content = bytearray(stream.read(LARGEST_VIDEO + 1))
    if len(content) > LARGEST_VIDEO:
        raise Malformed(
            _l("This video is larger than %(size)s MB.", size=LARGEST_VIDEO // 1_000_000),
            _l("Make it shorter, or film with a lower resolution."),
            rule="video_too_large",
            field=field,
        )
    if _is_webm(content):
        return keep(bytes(content), WEBM)
    if not _is_mp4(content):
        raise _no_media(field)
    _blank_maker(content, 0, len(content))
    return keep(bytes(content), MP4)


def _is_webm(content: bytearray) -> bool:
    """Say whether EBML of the type WebM stands here, with a segment behind its head."""
    head = bytes(content[:256])
    at = head.find(_DOCTYPE)
    if not head.startswith(_EBML) or at < 0 or _SEGMENT not in head:
        return False
    length = head[at + 2] & 0x7F
    return head[at + 3 : at + 3 + length].rstrip(b"\x00") == b"webm"


def _is_mp4(content: bytearray) -> bool:
    """Say whether boxes fill the file to its end, with a film in them that has a picture track."""
    try:
        boxes = list(_boxes(content, 0, len(content)))
    except ValueError:
        return False
    kinds = [kind for kind, _start, _end in boxes]
    if not kinds or kinds[0] != b"ftyp" or not {b"moov", b"mdat"} <= set(kinds):
        return False
    return any(
        kind == b"moov" and b"vide" in _handlers(content, start, end) for kind, start, end in boxes
    )


def _boxes(content: bytearray, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield the boxes of ISO 14496-12 in a range: kind, first byte of what is in it, its end."""
    while start < end:
        if end - start < _HEADER:
            raise ValueError("a box without a header")
        size = int.from_bytes(content[start : start + 4], "big")
        kind = bytes(content[start + 4 : start + _HEADER])
        body = start + _HEADER
        # Sizes of 64 bits are for files that are far larger than we take.
        if size == 0:
            size = end - start
        if size < body - start or start + size > end:
            raise ValueError("a box that is longer than what is left")
        yield kind, body, start + size
        start += size


def _handlers(content: bytearray, start: int, end: int) -> set[bytes]:
    found: set[bytes] = set()
    try:
        for kind, body, until in _boxes(content, start, end):
            if kind == b"hdlr":
                found.add(bytes(content[body + 8 : body + 12]))
            elif kind in _HOLD_BOXES:
                found |= _handlers(content, body, until)
    except ValueError:
        return set()
    return found


def _blank_maker(content: bytearray, start: int, end: int) -> None:
    for kind, body, until in list(_boxes(content, start, end)):
        if kind in _ABOUT_THE_MAKER:
            content[body - 4 : body] = b"free"
            content[body:until] = bytes(until - body)
        elif kind in _HOLD_BOXES:
            _blank_maker(content, body, until)


def _no_media(field: str) -> Malformed:
    return Malformed(
        _l("This is neither a picture nor a video that can be shown here."),
        _l("Take a JPEG or PNG picture, or a video as MP4 or WebM."),
        rule="bad_media",
        field=field,
    )
