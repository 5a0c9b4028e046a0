"""Reading passwords and PINs from forms: strong enough, typed twice, hashed at once."""

import re

from flask_babel import lazy_gettext as _l

from shopfloor.core.forms import Form
from shopfloor.core.refusals import Malformed
from shopfloor.people.commands import Proofs
from shopfloor.people.secrets import hash_word

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200
_RUNS = "01234567890", "09876543210"


def read_proofs(form: Form, needed: bool = False) -> Proofs:
    """Return the hashes of what was typed; an empty field stays None unless it is needed."""
    password, pin = form.fields.get("password", ""), form.text("pin", 20)
    if password or needed:
        require_password(password, form.fields.get("password_again", ""))
    if pin or needed:
        require_pin(pin)
    return Proofs(
        password_hash=hash_word(password) if password else None,
        pin_hash=hash_word(pin) if pin else None,
    )


def require_password(password: str, again: str) -> None:
    """Refuse a password that is too short, or not the same the second time."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise Malformed(
            _l("A password has at least %(shortest)s characters.", shortest=SHORTEST_PASSWORD),
            _l("Three words in a row are easy to keep in mind."),
            rule="weak_password",
            field="password",
        )
    if password != again:
        raise Malformed(
            _l("The two passwords are not the same."),
            _l("Type both once more."),
            rule="password_differs",
            field="password_again",
        )


def require_pin(pin: str) -> None:
    """Refuse a PIN that is none, or that anybody would guess."""
    if not re.fullmatch(r"\d{4,8}", pin, re.ASCII):
        raise Malformed(_l("A PIN has 4 to 8 digits."), rule="bad_pin", field="pin")
    if len(set(pin)) == 1 or any(pin in run for run in _RUNS):
        raise Malformed(
            _l("This PIN is the first that anybody would try."),
            _l("Choose digits that do not run in order."),
            rule="weak_pin",
            field="pin",
        )
