"""What a trigger scanner can do to a code on its way: affixes of its own, another keyboard."""

from dataclasses import dataclass

from shopfloor.core.codes import in_link, read_code
from shopfloor.core.gtin import check_digit_fits
from shopfloor.scanning.gs1_forms import GS1_SYMBOLS, strip_symbology

# A scanner that types like an American keyboard, on a computer that expects a German one.
_TYPED = "yzYZß´ü+#öä-^°?`Ü*'ÖÄ;:_\"§&/()="
_MEANT = "zyZY-=[]\\;'/`~_+{}|:\"<>?@#^&*()"
_BACK = str.maketrans(_TYPED, _MEANT)


@dataclass(frozen=True)
class Affixes:
    """What a scanner puts before and after every code."""

    prefix: str = ""
    suffix: str = ""

    def off(self, text: str) -> str | None:
        """Return the code alone, or None when the text was not sent like that."""
        if not (self.prefix or self.suffix) or len(text) <= len(self.prefix + self.suffix):
            return None
        if not text.startswith(self.prefix) or not text.endswith(self.suffix):
            return None
        return text[len(self.prefix) : len(text) - len(self.suffix)]


NO_AFFIXES = Affixes()


def as_meant(text: str) -> str | None:
    """Return what was on the label when a wrong keyboard has garbled it; None without proof.

    The proof is a check digit behind a sign that only the wrong keyboard makes. A plain number with
    y for z has none, and nobody guesses at it.
    """
    meant = text.translate(_BACK)
    if meant == text:
        return None
    linked = in_link(meant)
    if linked != meant:
        return meant if read_code(linked) else None
    symbology, message = strip_symbology(meant)
    if symbology and not text.startswith("]"):
        return meant if symbology in GS1_SYMBOLS and _begins_proven(message) else None
    if text.startswith(")"):
        key, _bracket, rest = meant[1:].partition(")")
        return meant if _begins_proven(key + rest) else None
    alone = read_code(meant)
    return meant if alone and read_code(text) is None else None


def _begins_proven(message: str) -> bool:
    if message[:2] in ("01", "02"):
        return check_digit_fits(message[2:16]) and len(message) >= 16
    return message[:2] == "00" and len(message) >= 20 and check_digit_fits(message[2:20])
