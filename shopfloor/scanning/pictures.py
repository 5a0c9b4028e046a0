"""Photos that people send: opened by their content, within limits, upright; never kept as sent."""

import threading
import warnings
from functools import cache
from typing import IO, TYPE_CHECKING

from flask_babel import lazy_gettext as _l

from shopfloor.core.refusals import Malformed, Sentence

if TYPE_CHECKING:
    from PIL.Image import Image

# What phones take; one picture of this size needs some 120 MB while it is unpacked.
MOST_MEGAPIXELS = 30
FORMATS = ("JPEG", "PNG", "WEBP")
# A file of ISO base media format: how new phones save photos unless they are asked not to.
_HEIF = (b"ftyphei", b"ftypmif", b"ftypmsf", b"ftyphev", b"ftypavi")
# So that several large pictures at once do not fill the memory of a small server.
_one_at_a_time = threading.Lock()


def open_grey(stream: IO[bytes], longest: int, field: str = "photo") -> "Image":
    """Return a photo as a grey picture, upright, on white; its sides are about `longest` at most.

    Malformed for what is no photo of a known kind, is too large or did not arrive whole.
    """
    with _one_at_a_time:
        try:
            return _grey(stream, longest)
        except _too_large() as refused:
            raise _no(
                field,
                _l("This picture is larger than %(most)s megapixels.", most=MOST_MEGAPIXELS),
                _l("Take it with a smaller size set in the camera, or type the code."),
            ) from refused
        except Exception as fault:
            # Decoders of foreign bytes fail in every way there is; none of them is our bug.
            raise _no(field, *_why_not(stream)) from fault


def _grey(stream: IO[bytes], longest: int) -> "Image":
    from PIL import Image, ImageOps

    _limit()
    # Only these readers look at the bytes, whatever the name and the sender say they are. The
    # size is judged by the header, before anything is unpacked.
    with Image.open(stream, formats=FORMATS) as sent:
        sent.draft("L", (longest, longest))  # a JPEG is unpacked at the size that is needed
        upright = ImageOps.exif_transpose(sent)
        if upright.mode in ("RGBA", "LA", "PA", "P"):
            seen = upright.convert("RGBA")
            upright = Image.alpha_composite(Image.new("RGBA", seen.size, "white"), seen)
        grey = upright.convert("L")
    grey.thumbnail((longest, longest))
    return grey


@cache
def _limit() -> None:
    """Let Pillow refuse what is too large instead of warning about it."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = MOST_MEGAPIXELS * 1_000_000
    warnings.filterwarnings("error", category=Image.DecompressionBombWarning)


def _too_large() -> tuple[type[Exception], ...]:
    from PIL import Image

    return Image.DecompressionBombError, Image.DecompressionBombWarning


def _why_not(stream: IO[bytes]) -> tuple[Sentence, Sentence]:
    stream.seek(0)
    start = stream.read(16)
    if start[4:11] in _HEIF:
        return (
            _l("This photo is in the HEIC format, which cannot be read here."),
            _l("Set the camera of the phone to “most compatible” (JPEG), or type the code."),
        )
    if start.startswith((b"\xff\xd8\xff", b"\x89PNG", b"RIFF")):
        return (
            _l("This photo is damaged or did not arrive whole."),
            _l("Take it again, or type the code."),
        )
    return (
        _l("This file is no photo that can be read here."),
        _l("Send a photo as JPEG, PNG or WebP, or type the code."),
    )


def _no(field: str, sentence: Sentence, hint: Sentence) -> Malformed:
    return Malformed(sentence, hint, rule="bad_photo", field=field)
