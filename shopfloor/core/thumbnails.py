"""Small pictures of stored photos, so that one sees which of them a form still carries."""

import base64
import io

from PIL import Image, ImageOps

from shopfloor.core.files import is_digest, path_of

# The side of a target for gloves, in pixels.
SIDE = 56


def small_picture(sha256: str) -> str:
    """Return a stored photo as an address that holds the small picture itself; "" without one.

    It asks for no right: the name of a photo is known only to those who have sent or seen it.
    """
    if not is_digest(sha256):
        return ""
    try:
        with Image.open(path_of(sha256), formats=["JPEG"]) as photo:
            photo.draft("RGB", (2 * SIDE, 2 * SIDE))
            small = ImageOps.fit(photo.convert("RGB"), (2 * SIDE, 2 * SIDE))
    except OSError:
        return ""
    buffer = io.BytesIO()
    small.save(buffer, "JPEG", quality=60)
    return f"data:image/jpeg;base64,{base64.b64encode(buffer.getvalue()).decode()}"
