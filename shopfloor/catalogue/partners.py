"""What a partner is, checked and written by one function for pages, programs and imports."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from shopfloor.catalogue.models import PARTNER, Partner
from shopfloor.core import subjects
from shopfloor.core.commands import Gate, Tx, command
from shopfloor.core.editing import name_fields
from shopfloor.core.events import Change, EventKind, Where
from shopfloor.core.refusals import Malformed, Sentence
from shopfloor.core.subjects import Made
from shopfloor.core.words import require_names

PARTNER_ADDED = EventKind(
    "catalogue.partner_added",
    _l("Partner added"),
    no_inverse_because="a partner is archived, not unmade",
)
LONGEST_TEXT = 2000
_EMAIL = re.compile(r"[^\s@<>,;]{1,100}@[^\s@<>,;]{1,99}")


@dataclass(frozen=True)
class Contact:
    """What a partner is to us, and how one reaches him."""

    supplier: bool = False
    customer: bool = False
    contractor: bool = False
    email: str | None = None
    phone: str | None = None
    address: str = ""
    synonyms: str = ""


NO_CONTACT = Contact()


@command(Gate.NONE, "the catalogue describes; it touches no lot")
def add_partner(
    tx: Tx, *, number: str, names: dict[str, str], contact: Contact = NO_CONTACT
) -> Made:
    """Add another company: a supplier, a customer, a contract manufacturer, or several of these."""
    tx.act.rights.require("catalogue.edit")
    made, changes = put_partner(tx, number, names, contact)
    facts = {"number": made.number}
    tx.record(PARTNER_ADDED, Where(), facts, about=[made.id], changes=changes)
    return made


def put_partner(
    tx: Tx, number: str, names: Mapping[str, str], contact: Contact
) -> tuple[Made, list[Change]]:
    """Insert a partner; records no event: a command does that, once for all that it writes."""
    columns = _checked(names, contact)
    made = subjects.create(tx.session, PARTNER, number)
    tx.session.add(Partner(id=made.id, **columns))
    tx.session.flush()
    return made, [
        Change(made.id, "number", None, made.number),
        *(Change(made.id, field, None, value) for field, value in columns.items() if value),
    ]


def alter_partner(
    tx: Tx, partner: Partner, names: Mapping[str, str], contact: Contact
) -> list[Change]:
    """Change a partner that the caller has locked, and return what changed; records no event."""
    columns = _checked(names, contact)
    changes = [
        Change(partner.id, name, getattr(partner, name), new) for name, new in columns.items()
    ]
    for name, new in columns.items():
        setattr(partner, name, new)
    partner.version += 1
    tx.session.flush()
    return changes


def partner_fields(partner: Partner) -> dict[str, str]:
    """Return what is stored of a partner, by the fields of its form."""
    return name_fields(partner.names) | {
        "supplier": "1" if partner.supplier else "",
        "customer": "1" if partner.customer else "",
        "contractor": "1" if partner.contractor else "",
        "email": partner.email or "",
        "phone": partner.phone or "",
        "address": partner.address,
        "synonyms": partner.synonyms,
    }


def _checked(names: Mapping[str, str], contact: Contact) -> dict[str, Any]:
    email, phone = (contact.email or "").strip(), (contact.phone or "").strip()
    if email and not _EMAIL.fullmatch(email):
        raise _wrong("email", _l("“%(typed)s” is not an e-mail address.", typed=email[:60]))
    if len(phone) > 40 or "\x00" in phone:
        raise _wrong("phone", _l("A phone number has at most 40 characters."))
    for field, text in (("address", contact.address), ("synonyms", contact.synonyms)):
        if len(text) > LONGEST_TEXT or "\x00" in text:
            raise _wrong(
                field,
                _l("This text is too long; %(longest)s characters fit.", longest=LONGEST_TEXT),
            )
    return {
        "names": require_names(names),
        "supplier": contact.supplier,
        "customer": contact.customer,
        "contractor": contact.contractor,
        "email": email or None,
        "phone": phone or None,
        "address": contact.address.strip(),
        "synonyms": contact.synonyms.strip(),
    }


def _wrong(field: str, sentence: Sentence) -> Malformed:
    return Malformed(sentence, rule=f"bad_{field}", field=field)
