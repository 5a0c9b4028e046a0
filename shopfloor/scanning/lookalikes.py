"""Texts that look alike and are not: letters of other alphabets, and what nobody sees."""

import unicodedata

# Capitals and small letters of Cyrillic and Greek that a reader takes for Latin ones.
_LOOK = "АВЕКМНОРСТУХІЈЅаеорсухіјѕΑΒΕΖΗΙΚΜΝΟΡΤΥΧο"
_LIKE = "ABEKMHOPCTYXIJSaeopcyxijsABEZHIKMNOPTYXo"
_LATIN = str.maketrans(_LOOK, _LIKE)


def in_latin(text: str) -> str:
    """Return a text as it looks: without invisible characters, full width and foreign twins."""
    seen = unicodedata.normalize("NFKC", text)
    seen = "".join(letter for letter in seen if unicodedata.category(letter) != "Cf")
    return seen.translate(_LATIN).strip()


def is_mixed(text: str) -> bool:
    """Say whether a text holds characters that look like Latin ones, or that nobody sees."""
    plain = in_latin(text)
    return plain != unicodedata.normalize("NFC", text).strip() and plain.isascii()


def twins_of(text: str) -> list[str]:
    """Return how a number that nobody knows may have been meant."""
    plain = in_latin(text)
    ways = [plain, plain.upper(), plain.replace("O", "0"), plain.upper().replace("I", "1")]
    return [way for way in dict.fromkeys(ways) if way and way != text]
