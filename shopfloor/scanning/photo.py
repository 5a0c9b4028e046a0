"""A code read from a photo, for phones whose camera the page cannot use; the photo is not kept."""

from typing import IO

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from shopfloor.core.forms import Form
from shopfloor.core.refusals import Malformed
from shopfloor.people.access import requires
from shopfloor.scanning.models import Source
from shopfloor.scanning.pictures import open_grey
from shopfloor.scanning.resolve import Scan
from shopfloor.scanning.routes import open_read

bp = Blueprint("photo", __name__)
# The same as in static/js/decode-worker.js.
FORMATS = "QRCode,MicroQRCode,RMQRCode,DataMatrix,Code128,EAN13,EAN8,UPCA,UPCE,ITF,Code39,DataBar"
# A quick look first; small codes in large photos need the second.
SIDES = (1280, 2600)


@bp.get("/scan/photo")
@requires("work.view")
def page() -> str:
    """Show the place to scan, for who comes back to this address."""
    return render_template("scanning/scan.html", scanned=None)


@bp.post("/scan/photo")
@requires("work.view")
def read() -> ResponseReturnValue:
    """Open what the code in a photo stands for, as a scan does."""
    Form(request.form)
    sent = request.files.get("photo")
    if sent is None or not sent.filename:
        raise Malformed(
            _l("There is no photo in this form."),
            _l("Choose a photo of the code first."),
            rule="no_photo",
            field="photo",
        )
    return open_read(code_in(sent.stream))


def code_in(stream: IO[bytes]) -> Scan:
    """Return the one code in a photo; Malformed with a sentence when there is none."""
    import zxingcpp

    formats = zxingcpp.barcode_formats_from_str(FORMATS)
    photo = open_grey(stream, SIDES[-1])
    for side in SIDES:
        seen = photo.copy()
        seen.thumbnail((side, side))
        found = zxingcpp.read_barcode(seen, formats, text_mode=zxingcpp.TextMode.Plain)
        if found:
            return Scan(found.text, Source.PHOTO, found.symbology_identifier)
        if seen.size == photo.size:
            break
    raise Malformed(
        _l("There is no code in this photo that could be read."),
        _l("Go closer, hold still and avoid glare, or type what stands under the code."),
        rule="no_code",
        field="photo",
    )
