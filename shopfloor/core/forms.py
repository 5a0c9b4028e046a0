"""Reading what people typed into forms: exactly, in their own notation, or with a clear no."""

import re
from datetime import date
from decimal import Decimal

from flask import current_app, request
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from shopfloor.core.refusals import Malformed

_PLAIN = re.compile(r"\d{1,12}(?:[.,]\d{1,6})?", re.ASCII)
_GROUPED = re.compile(r"\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?:[.,]\d{1,6})?", re.ASCII)
_BELOW_ZERO = re.compile(r"[-\u2212\u2013] ?[\d.,]{1,40}", re.ASCII)
_ENDLESS = re.compile(r"\d{13,}(?:[.,]\d{1,6})?", re.ASCII)
_THOUSANDS_OR_DECIMALS = re.compile(r"[1-9]\d{0,2}[.,]\d{3}", re.ASCII)


def read_quantity(text: str, field: str = "") -> Decimal:
    """Read a quantity with point or comma; Malformed for what could be read in two ways.

    "1,5" and "1.5" are one and a half. "1,500" is refused, because half of the world means
    fifteen hundred by it.
    """
    typed = text.strip()
    if _THOUSANDS_OR_DECIMALS.fullmatch(typed):
        raise Malformed(
            _l("“%(typed)s” can be read in two ways.", typed=typed),
            _l(
                "Write %(whole)s, or %(exact)s.",
                whole=re.sub("[.,]", "", typed),
                exact=f"{typed}0",
            ),
            rule="ambiguous_number",
            field=field,
        )
    if not _PLAIN.fullmatch(typed) and not _GROUPED.fullmatch(typed):
        if _BELOW_ZERO.fullmatch(typed):
            raise below_zero(field)
        if _ENDLESS.fullmatch(typed):
            raise Malformed(
                _l("This number is too large to be a quantity."),
                _l("Check how many digits you typed."),
                rule="bad_number",
                field=field,
            )
        raise Malformed(
            _l("“%(typed)s” is not a quantity.", typed=typed[:40]),
            _l("Write digits, with a point or a comma before the decimals."),
            rule="bad_number",
            field=field,
        )
    return Decimal(re.sub(r"[ \u00a0\u202f]", "", typed).replace(",", "."))


def read_measure(text: str) -> Decimal | None:
    """Read a measured value, which may be below zero; None when it is not a number.

    A gauge shows no thousands, so "1,500" is one and a half here.
    """
    typed = re.sub("[\u2212\u2013]", "-", text.strip()).replace(",", ".")
    return Decimal(typed) if _PLAIN.fullmatch(typed.removeprefix("-").strip()) else None


def below_zero(field: str) -> Malformed:
    """Return the refusal for a quantity with a minus before it."""
    return Malformed(
        _l("A quantity cannot be below zero."),
        _l("Write how many there are; an earlier entry is taken back under My actions."),
        rule="bad_quantity",
        field=field,
    )


def keep_small() -> None:
    """Take no more text than a form may hold; only a form with files in it may be larger.

    Millions of tiny fields would fill the memory before anybody has signed in.
    """
    if request.mimetype == "application/x-www-form-urlencoded":
        request.max_content_length = current_app.config["MAX_FORM_MEMORY_SIZE"]


class Form:
    """The fields of a posted form, each given once."""

    def __init__(self, fields: MultiDict[str, str], many: tuple[str, ...] = ()) -> None:
        """Refuse a field that is there twice, unless it is named in `many`."""
        for name, values in fields.lists():
            if len(values) > 1 and name not in many:
                raise Malformed(
                    _l("The field “%(name)s” was sent twice.", name=name[:40]), rule="field_twice"
                )
        self.fields = fields

    def text(self, name: str, longest: int = 500) -> str:
        """Return a field's text without outer blanks, or an empty text."""
        text = self._chosen(name).strip()
        if len(text) > longest or "\x00" in text:
            raise Malformed(
                _l("This text is too long; %(longest)s characters fit.", longest=longest),
                rule="too_long",
                field=name,
            )
        return text

    def lines(self, name: str, longest: int = 2000) -> str:
        """Return a text of several lines, each ended as the program ends lines."""
        return self.text(name, longest).replace("\r\n", "\n").replace("\r", "\n")

    def _chosen(self, name: str) -> str:
        """Return what was typed, or after a late save what the person took of somebody else's."""
        if self.fields.get(f"pick_{name}") == "theirs":
            return self.fields.get(f"theirs_{name}", "")
        return self.fields.get(name, "")

    def quantity(self, name: str) -> Decimal:
        """Return a quantity; an empty field is zero."""
        text = self.text(name, 40)
        return read_quantity(text, name) if text else Decimal(0)

    def measure(self, name: str) -> Decimal | None:
        """Return a measured value, which may be below zero; None when empty."""
        text = self.text(name, 40)
        value = read_measure(text) if text else None
        if text and value is None:
            raise Malformed(
                _l("“%(typed)s” is not a number.", typed=text), rule="bad_number", field=name
            )
        return value

    def whole(self, name: str) -> int | None:
        """Return a whole number such as an id or an operation's number; None when empty."""
        text = self.text(name, 18)
        if not text:
            return None
        if not re.fullmatch(r"\d{1,18}", text, re.ASCII):
            raise Malformed(
                _l("“%(typed)s” is not a number.", typed=text), rule="bad_number", field=name
            )
        return int(text)

    def needed(self, name: str) -> int:
        """Return a whole number that must be there."""
        number = self.whole(name)
        if number is None:
            raise Malformed(_l("Something is missing here."), rule="missing", field=name)
        return number

    def day(self, name: str) -> date | None:
        """Return a date written as the browser's date field sends it; None when empty."""
        text = self.text(name, 10)
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            raise Malformed(
                _l("“%(typed)s” is not a date.", typed=text),
                _l("Write it as year-month-day, like 2026-11-30."),
                rule="bad_date",
                field=name,
            ) from None

    def needed_day(self, name: str) -> date:
        """Return a date that must be there."""
        day = self.day(name)
        if day is None:
            raise Malformed(_l("Something is missing here."), rule="missing", field=name)
        return day

    def needed_quantity(self, name: str) -> Decimal:
        """Return a quantity or an amount that must be there, be it zero."""
        if not self.text(name, 40):
            raise Malformed(_l("Something is missing here."), rule="missing", field=name)
        return self.quantity(name)

    def names(self, prefix: str = "name") -> dict[str, str]:
        """Return the fields name_en, name_zh … as names by language."""
        return {
            name.removeprefix(f"{prefix}_"): self.text(name, 200)
            for name in self.fields
            if name.startswith(f"{prefix}_")
        }
