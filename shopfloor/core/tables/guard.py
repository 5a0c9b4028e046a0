"""Formula guard: text in a CSV that a spreadsheet would run gets an apostrophe, and loses it here.

A spreadsheet takes a cell for a formula when it begins with = + - @, and where it splits the lines
at another mark than the one they were written with, a cell may begin inside of another. An
apostrophe before the mark makes it text. What begins with apostrophes and such a mark already gets
one more, so that taking one away gives back every text exactly as it was.
"""

import re

# The wide forms too: a Chinese Excel takes them for the narrow ones.
_MARKS = "=+\\-@\uff1d\uff0b\uff0d\uff20"
_BLANKS = "[ \\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f\u00a0\u200b\ufeff\u3000]"
_START = re.compile(f"'*(?:{_BLANKS}*[{_MARKS}]|[\\t\\r\\n])")
_GUARDED = re.compile(f"'(?='*(?:{_BLANKS}*[{_MARKS}]|[\\t\\r\\n]))")
_INSIDE = re.compile(f"(?<=[;\\t\\r\\n])(?='*{_BLANKS}*[{_MARKS}])")
_GUARDED_INSIDE = re.compile(f"(?<=[;\\t\\r\\n])'(?='*{_BLANKS}*[{_MARKS}])")


def guard(text: str) -> str:
    """Return text for a CSV of which no spreadsheet runs a part."""
    guarded = _INSIDE.sub("'", text)
    return f"'{guarded}" if _START.match(text) else guarded


def unguard(text: str) -> str:
    """Return the text that guard() was given."""
    inside = _GUARDED_INSIDE.sub("", text)
    return inside[1:] if _GUARDED.match(text) else inside
