"""Files: kept once under the hash of their content."""

import hashlib
import io
import os
import re
import struct
import tempfile
import zlib
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import IO

from flask import current_app, g
from flask_babel import lazy_gettext as _l
from PIL import Image, ImageOps
from sqlalchemy import ForeignKey, PrimaryKeyConstraint, String, select
from sqlalchemy.orm import Mapped, mapped_column
from werkzeug.datastructures import FileStorage, MultiDict

from shopfloor.core import clock
from shopfloor.core.db import Base, db, transaction
from shopfloor.core.refusals import Malformed


class File(Base):
    """A stored file; its bytes lie under instance/files by their SHA-256."""

    __tablename__ = "file"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    media_type: Mapped[str] = mapped_column(String(80))
    size: Mapped[int]
    stored_at: Mapped[datetime]


class EventFile(Base):
    """A file that belongs to an event, such as the photo of a scrapped piece."""

    __tablename__ = "event_file"
    __table_args__ = (PrimaryKeyConstraint("event_id", "sha256"),)

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    sha256: Mapped[str] = mapped_column(ForeignKey("file.sha256"), index=True)


_DIGEST = re.compile(r"[0-9a-f]{64}")
LARGEST_SIDE = 2560
MOST_PIXELS = 60_000_000
_UNREADABLE = (OSError, ValueError, SyntaxError, EOFError, struct.error, zlib.error)
# The several pictures that some phones put into one file (MPO) open as JPEG.
PHOTO_TYPES = ("JPEG", "PNG", "WEBP", "GIF")


def photo_of(upload: FileStorage | None, kept: str = "") -> str | None:
    """Store the photo of a form's file field, or take the one kept of an earlier try; else None.

    A browser never fills a file field again: a form that is refused carries the photo's name on.
    """
    sent = [upload] if upload and upload.filename else []
    return next(iter(photos_of(sent, [] if sent else [kept])), None)


def photos_of(uploads: Sequence[FileStorage], kept: Sequence[str]) -> tuple[str, ...]:
    """Store the photos of a form's field, beside those kept of an earlier try."""
    stored = (_stored(upload) for upload in uploads if upload.filename)
    return tuple(dict.fromkeys((*_still_there(kept), *stored)))


def _stored(upload: FileStorage) -> str:
    # A form that is refused asks for its photos again: each is made anew once.
    known: dict[FileStorage, str] = g.setdefault("photos", {})
    if upload not in known:
        known[upload] = keep_photo(upload.stream)
    return known[upload]


def _still_there(kept: Sequence[str]) -> Sequence[str]:
    names = [name for name in kept if name]
    photos = select(File.sha256).where(File.sha256.in_(names), File.media_type == "image/jpeg")
    if names and set(names) - set(db.session.scalars(photos)):
        raise _no_photo()
    return names


def with_photos(
    typed: MultiDict[str, str], sent: MultiDict[str, FileStorage]
) -> MultiDict[str, str]:
    """Return what was typed with the photos that came along, stored for the next try.

    Stored now for who is signed in where the form has a field for their names; what is no photo is
    left out.
    """
    kept, stored = MultiDict(typed), g.get("photos", {})
    for field, uploads in sent.lists() if g.get("person_id") else ():
        name = f"sha256_{field}"
        for upload in uploads:
            if upload in stored or (upload.filename and name in typed):
                with suppress(Malformed, OSError):
                    photos = (_stored(upload), *kept.getlist(name))
                    kept.setlist(name, list(dict.fromkeys(photos)))
    return kept


def keep_photo(stream: IO[bytes]) -> str:
    """Store a photo upright, without its EXIF, made anew as JPEG; returns its SHA-256.

    Raises Malformed for what is no picture or has too many pixels; the bytes are on disk, fsynced,
    before any record can point to them.
    """
    try:
        with Image.open(stream, formats=PHOTO_TYPES) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise _no_photo()
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (*_UNREADABLE, Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _no_photo() from None
    upright.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
    buffer = io.BytesIO()
    upright.save(buffer, "JPEG", quality=85)
    return keep(buffer.getvalue(), "image/jpeg")


def keep(content: bytes, media_type: str) -> str:
    """Store bytes under the SHA-256 of their content, once."""
    digest = hashlib.sha256(content).hexdigest()
    path = path_of(digest)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)
    with transaction() as session:
        if session.get(File, digest) is None:
            session.add(
                File(
                    sha256=digest,
                    media_type=media_type,
                    size=len(content),
                    stored_at=clock.now(),
                )
            )
    return digest


def is_digest(text: str) -> bool:
    """Say whether a text from an address can name a file at all."""
    return _DIGEST.fullmatch(text) is not None


def path_of(digest: str) -> Path:
    """Return where the bytes of a file lie."""
    return Path(current_app.instance_path) / "files" / digest[:2] / digest


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _no_photo() -> Malformed:
    return Malformed(
        _l("This is not a photo that can be stored."),
        _l("Take it again with the camera as JPEG or PNG."),
        rule="bad_photo",
        field="photo",
    )
