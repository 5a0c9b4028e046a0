"""The one typeface of everything we print, which has Chinese: any printer can draw it as dots."""

import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

FILE = Path(__file__).with_name("fonts") / "NotoSansSC-Medium.ttf"
# In parts of the letter size: from the top of a row to the line that letters stand on.
BASELINE = 0.88
_MEASURED_AT = 200
_NO_MARKS = str.maketrans("ŁłŦŧĦħĿŀıĸŊŋ", "LlTtHhLlikNn")
# Of the letters with marks it has those of Pinyin, Vietnamese and Western Europe.
_KNOWN = frozenset("ĀāĂăĐđĒēĚěĨĩĪīŃńŇňŌōŎŏŒœŨũŪūŬŭƒƠơƯưǍǎǏǐǑǒǓǔǕǖǗǘǙǚǛǜǸǹ")


def printable(text: str) -> str:
    """Return a text without what cannot be drawn: controls go, a rare accent leaves its letter."""
    plain = unicodedata.normalize("NFC", text).translate(_NO_MARKS)
    return "".join(_letter(each) for each in plain)


def _letter(letter: str) -> str:
    if unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Cn", "Zl", "Zp"):
        return ""
    if "Ā" <= letter <= "ɏ" and letter not in _KNOWN:
        return unicodedata.normalize("NFD", letter)[0]
    return letter


@lru_cache(maxsize=32)
def in_dots(size: int) -> "FreeTypeFont":
    """Return the typeface in a size, loaded when the first label is drawn."""
    from PIL import ImageFont

    # The plain engine: a label has the same rows wherever it is drawn.
    return ImageFont.truetype(str(FILE), size, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=8192)
def width(text: str) -> float:
    """Return how wide a text is, in parts of the letter size."""
    return in_dots(_MEASURED_AT).getlength(text) / _MEASURED_AT
