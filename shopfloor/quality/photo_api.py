"""Photos from programs: sent first, then named by what they belong to."""

from typing import Annotated

from flask import Blueprint, current_app, request
from flask_babel import lazy_gettext as _l
from pydantic import Field

from shopfloor.core.api import call
from shopfloor.core.api_fields import Told
from shopfloor.core.files import keep_photo, photo_of
from shopfloor.core.refusals import Malformed
from shopfloor.people.access import requires

bp = Blueprint("photos_api", __name__)
Photo = Annotated[
    str, Field(pattern="^[0-9a-f]{64}$", description="The SHA-256 that `PUT /photos` told.")
]


class PhotoTold(Told):
    """A photo that is kept; what it is a photo of names it by this SHA-256."""

    sha256: str


@bp.put("/photos")
@requires("work.view")
@call(gives=PhotoTold)
def photo() -> PhotoTold:
    """Keep a photo: the bytes of a JPEG or PNG, or the field `photo` of a multipart form.

    It is made anew upright, without its EXIF; the same photo sent again is the same one.
    """
    # A photo is larger than any other call may be.
    request.max_content_length = current_app.config["MAX_CONTENT_LENGTH"]
    if request.mimetype == "multipart/form-data":
        sha256 = photo_of(request.files.get("photo"))
    else:
        sha256 = keep_photo(request.stream)
    if sha256 is None:
        raise Malformed(
            _l("There is no photo in this call."),
            _l("Send its bytes, or a form with the field “photo”."),
            rule="no_photo",
            field="photo",
        )
    return PhotoTold(sha256=sha256)
