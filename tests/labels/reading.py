"""Reading labels back: pictures with a decoder that is not ours, printer commands by hand."""

import re

import zxingcpp
from PIL import Image

from shopfloor.labels.designs import Label, Line, Weight

URL = "HTTPS://192.168.178.20:8443/Q/"


def label(number: str = "WO-1001-1", name: str = "泵壳", other: str = "Pump housing") -> Label:
    """A lot's label, of texts as long as a test wants them."""
    lines = (
        Line("批次", Weight.KIND),
        Line(number, Weight.TITLE),
        Line(name, Weight.NAME),
        Line(other, Weight.OTHER),
        Line("100 件", Weight.FACT),
        Line("B7K2M9QX4T", Weight.CODE),
    )
    return Label(1, "lot", number, "B7K2M9QX4T", lines, f"{URL}B7K2M9QX4T")


def decoded(image: Image.Image) -> list[str]:
    """Return what a scanner reads in a picture."""
    found = zxingcpp.read_barcodes(image.convert("L"))
    return [code.text for code in found]


def of_zpl(content: bytes) -> tuple[Image.Image, int]:
    """Return the picture that a ZPL printer prints, and how often.

    Packed as in the ZPL II programming guide, ^GF: G to Y repeat 1 to 19 times, g to z by
    twenties; `,` fills the row with light dots, `!` with dark ones, `:` repeats the row above.
    """
    text = content.decode("ascii")
    total, across = _numbers(r"\^GFA,(\d+),\d+,(\d+),", text)
    field = re.search(r"\^GFA,\d+,\d+,\d+,([^\^]*)", text)
    assert field
    rows: list[str] = []
    row, times = "", 0
    for sign in field.group(1):
        if sign in ",!":
            row = row.ljust(across * 2, "0" if sign == "," else "F")
        elif sign == ":":
            row = rows[-1]
        elif "G" <= sign <= "Y":
            times += ord(sign) - ord("F")
            continue
        elif "g" <= sign <= "z":
            times += 20 * (ord(sign) - ord("f"))
            continue
        else:
            row += sign * max(times, 1)
            times = 0
        if len(row) == across * 2:
            rows.append(row)
            row = ""
    assert not row
    assert len(rows) * across == total
    (width,), (copies,) = _numbers(r"\^PW(\d+)", text), _numbers(r"\^PQ(\d+)", text)
    return _picture(bytes.fromhex("".join(rows)), across, width), copies


def of_tspl(content: bytes) -> tuple[Image.Image, int]:
    """Return the picture that a TSPL printer prints, and how often; a set bit stays white."""
    head = re.search(rb"BITMAP 0,0,(\d+),(\d+),0,", content)
    assert head
    across, down = int(head.group(1)), int(head.group(2))
    dots = content[head.end() : head.end() + across * down]
    copies = re.fullmatch(rb"\r\nPRINT 1,(\d+)\r\n", content[head.end() + across * down :])
    assert copies
    return _picture(bytes(b ^ 0xFF for b in dots), across, across * 8), int(copies.group(1))


def _numbers(pattern: str, text: str) -> list[int]:
    found = re.search(pattern, text)
    assert found
    return [int(number) for number in found.groups()]


def _picture(dark: bytes, across: int, width: int) -> Image.Image:
    down = len(dark) // across
    image = Image.frombytes("1", (across * 8, down), bytes(byte ^ 0xFF for byte in dark))
    return image.crop((0, 0, width, down))
