"""Importing partners: suppliers, customers and contract manufacturers."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from shopfloor.catalogue.models import PARTNER, Partner
from shopfloor.catalogue.partners import Contact, alter_partner, put_partner
from shopfloor.core.commands import Tx
from shopfloor.exchange.fields import Field, Holds
from shopfloor.exchange.findings import (
    Deed,
    Entry,
    Finding,
    Keys,
    Outcome,
    Problem,
    Setting,
    Written,
    missing,
    nameless,
)
from shopfloor.exchange.lookups import Found, by_reference, rows_of

FIELDS = (
    Field(
        "number",
        _l("Partner number"),
        "accountnumber vendornumber suppliernumber customernumber partnernumber code "
        "编号 编码 供应商编号 供应商编码 供应商代码 客户编号 客户编码 客户代码",
        needed=True,
        longest=80,
        example="K-1",
    ),
    Field(
        "name_en",
        _l("Name, English"),
        "name vendor supplier customer company vendorname suppliername nameenglish",
        example="Best Screws Ltd.",
    ),
    Field(
        "name_zh",
        _l("Name, Chinese"),
        "名称 供应商名称 客户名称 公司名称 供应商 客户 中文名称 namechinese",
        example="好螺丝有限公司",
    ),
    Field("supplier", _l("Supplies us"), "issupplier isvendor 是供应商", Holds.YES, example="1"),
    Field("customer", _l("Is supplied by us"), "iscustomer 是客户", Holds.YES, example="0"),
    Field(
        "contractor",
        _l("Works for us"),
        "iscontractor 是代工厂 代工厂 外协",
        Holds.YES,
        example="0",
    ),
    Field("email", _l("E-mail"), "mail emailaddress 邮箱 电子邮件", longest=200),
    Field("phone", _l("Telephone"), "telephone tel mobile 电话 手机 联系电话", longest=40),
    Field("address", _l("Address"), "street 地址", longest=2000),
    Field("synonyms", _l("Synonyms"), "alias aliases shortname 别名 简称", longest=2000),
)
_TEXTS = ("email", "phone", "address", "synonyms")
_MARKS = ("supplier", "customer", "contractor")


class Partners:
    """Compares rows with the partners that there are."""

    def __init__(self, _setting: Setting) -> None:
        self._numbers = Keys()

    def take(self, session: Session, entries: Sequence[Entry]) -> Iterable[Finding]:
        """Look at some rows."""
        found = by_reference(session, PARTNER, (e.get("number") for e in entries))
        partners = rows_of(session, Partner, (each.id for each in found.values()))
        for entry in entries:
            record = found.get(str(entry.get("number")))
            problems = [*missing(entry, FIELDS), *self._problems(entry, record)]
            if problems:
                yield from problems
            elif record is None:
                yield _new(entry)
            else:
                yield _old(entry, partners[record.id])

    def finish(self, session: Session) -> Iterable[Finding]:
        """Find nothing more."""
        return ()

    def _problems(self, entry: Entry, record: Found | None) -> Iterator[Problem]:
        again = self._numbers.again(entry.get("number"), entry, "number")
        if again and entry.get("number"):
            yield again
        if record is None and not (entry.get("name_en") or entry.get("name_zh")):
            yield nameless(entry)
        if record and record.archived:
            yield entry.wrong("number", _l("one that is in use; this one is archived"))
        email = entry.get("email")
        if email and ("@" not in email or " " in email):
            yield entry.wrong("email", _l("an e-mail address"))


def _new(entry: Entry) -> Deed:
    def do(tx: Tx) -> Written:
        made, changes = put_partner(
            tx, str(entry.get("number")), _names(entry, {}), _contact(entry, Contact())
        )
        return Written([made.id], changes=changes)

    return Deed(Outcome.NEW, entry.line, str(entry.get("number")), do)


def _old(entry: Entry, partner: Partner) -> Deed:
    before = Contact(
        *(getattr(partner, name) for name in _MARKS), *(getattr(partner, name) for name in _TEXTS)
    )
    names, contact = _names(entry, partner.names), _contact(entry, before)
    number, partner_id = str(entry.get("number")), partner.id
    if (names, contact) == (partner.names, before):
        return Deed(Outcome.SAME, entry.line, number)

    def do(tx: Tx) -> Written:
        stored = tx.session.get_one(Partner, partner_id, with_for_update={"key_share": True})
        return Written([partner_id], changes=alter_partner(tx, stored, names, contact))

    return Deed(Outcome.CHANGED, entry.line, number, do)


def _contact(entry: Entry, before: Contact) -> Contact:
    said = {name: entry.get(name) for name in (*_TEXTS, *_MARKS) if entry.get(name) is not None}
    return replace(before, **said)


def _names(entry: Entry, before: dict[str, str]) -> dict[str, str]:
    said = {
        language: " ".join(entry.get(f"name_{language}").split())
        for language in ("en", "zh")
        if entry.get(f"name_{language}")
    }
    return {**before, **said}
