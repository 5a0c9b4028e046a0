"""What label printers understand: ZPL II and TSPL, each label sent as a picture in dots."""

from typing import TYPE_CHECKING

from shopfloor.labels.dots import draw
from shopfloor.labels.layout import Placed
from shopfloor.labels.models import Speech

if TYPE_CHECKING:
    from PIL.Image import Image

# ZPL II Programming Guide, ^GF: how often the next hexadecimal digit is meant.
_ONES = " GHIJKLMNOPQRSTUVWXY"
_TWENTIES = " ghijklmnopqrstuvwxyz"


def spoken(speech: Speech, labels: list[Placed], copies: int) -> bytes:
    """Return everything that is sent to a printer for these labels."""
    say = zpl if speech is Speech.ZPL else tspl
    return b"".join(say(label, copies) for label in labels)


def zpl(placed: Placed, copies: int = 1) -> bytes:
    """Return a label in ZPL II: one ^GFA field, packed row by row."""
    image = draw(placed)
    across, down, rows = _bits(image)
    packed, before = [], None
    for row in rows:
        packed.append(":" if row == before else _packed(row.hex().upper()))
        before = row
    total = across * down
    return (
        f"^XA^PW{image.width}^LL{image.height}^LH0,0^CI28\n"
        f"^FO0,0^GFA,{total},{total},{across},{''.join(packed)}^FS\n"
        f"^PQ{copies},0,1,N^XZ\n"
    ).encode("ascii")


def tspl(placed: Placed, copies: int = 1) -> bytes:
    """Return a label in TSPL: one BITMAP, in which a set bit stays white."""
    image = draw(placed)
    across, down, rows = _bits(image)
    size = placed.size
    head = (
        f"SIZE {size.width:g} mm,{size.height:g} mm\r\nGAP 2 mm,0 mm\r\nDIRECTION 1\r\n"
        f"REFERENCE 0,0\r\nCLS\r\nBITMAP 0,0,{across},{down},0,"
    )
    white = bytes(byte ^ 0xFF for row in rows for byte in row)
    return head.encode("ascii") + white + f"\r\nPRINT 1,{copies}\r\n".encode("ascii")


def _bits(image: "Image") -> tuple[int, int, list[bytes]]:
    """Return bytes in a row, rows, and the rows; a set bit is a dark dot."""
    across = -(-image.width // 8)
    # Pillow sets the bit of a white dot and fills the last byte with zeros.
    dark = image.point(lambda dot: 0 if dot else 255).tobytes()
    return across, image.height, [dark[n : n + across] for n in range(0, len(dark), across)]


def _packed(digits: str) -> str:
    kept = digits.rstrip("0")
    packed, at = "", 0
    while at < len(kept):
        run = len(kept[at:]) - len(kept[at:].lstrip(kept[at]))
        packed += _times(run) + kept[at]
        at += run
    return packed + ("," if len(kept) < len(digits) else "")


def _times(run: int) -> str:
    if run == 1:
        return ""
    letters = ""
    while run >= 400:
        letters, run = letters + "z", run - 400
    twenties, ones = divmod(run, 20)
    return letters + _TWENTIES[twenties].strip() + _ONES[ones].strip()
