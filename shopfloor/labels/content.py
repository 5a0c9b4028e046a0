"""Makes labels of codes: what the person may see and print, loaded kind by kind."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from shopfloor.core.codes import read_code
from shopfloor.core.demo_mark import is_demo
from shopfloor.core.refusals import Malformed, NotFound, Refused
from shopfloor.core.rights import Rights
from shopfloor.core.subjects import Subject
from shopfloor.core.words import in_words
from shopfloor.labels.designs import VIEW, Label, design_of, put_together
from shopfloor.labels.facts import FACTS
from shopfloor.labels.hosts import qr_text
from shopfloor.people.queries import PersonPage
from shopfloor.people.secrets import digest
from shopfloor.scanning.reach import within_reach
from shopfloor.scanning.resolve import Found

MOST = 200


def read_codes(texts: Iterable[str]) -> list[str]:
    """Return the codes of an address or form, each once and in order; they may be in one text."""
    typed = [part for text in texts for part in text.replace(",", " ").split()]
    if not typed:
        raise Malformed(
            _l("Nothing is chosen yet."),
            _l("Tick what you need labels for."),
            rule="nothing_chosen",
            field="codes",
        )
    codes = list(dict.fromkeys(read_code(text) or text[:40] for text in typed))
    if len(codes) > MOST:
        raise Malformed(
            _l("At most %(most)s labels are printed at once.", most=MOST),
            _l("Print the rest after these."),
            rule="too_many",
            field="codes",
        )
    return codes


def labels(session: Session, rights: Rights, codes: Sequence[str]) -> list[Label]:
    """Return the labels of codes in their order; three statements, and one for each kind.

    NotFound for a code that is nothing, or that this person may not see.
    """
    subjects = {
        subject.code: subject
        for subject in session.scalars(select(Subject).where(Subject.code.in_(codes)))
    }
    allowed = {subject.id for subject in printable_by(session, rights, subjects.values())}
    for code in codes:
        if code not in subjects or subjects[code].id not in allowed:
            raise NotFound(
                _l("There is nothing here under “%(code)s”.", code=code),
                _l("Scan the code again, or choose from the list."),
                rule="not_found",
            )
    facts: dict[int, dict[str, str]] = {}
    for kind in {subject.kind for subject in subjects.values()}:
        if kind not in FACTS:
            raise Refused(
                _l("A badge is printed where it is issued: its code is not kept."),
                _l("Issue a new badge on the person’s page, and print it at once."),
                rule="badge_not_kept",
            )
        ids = [subject.id for subject in subjects.values() if subject.kind == kind]
        facts |= FACTS[kind](session, ids)
    return [_label(subjects[code], facts[subjects[code].id]) for code in codes]


def printable_by(session: Session, rights: Rights, subjects: Iterable[Subject]) -> list[Subject]:
    """Return of which subjects a person may print labels: what he may see, by its kind's verb.

    NotYours for a kind that he may not print, NotFound for one that carries no label.
    """
    subjects, seen = list(subjects), set[int]()
    looked_at: list[Found] = []
    for each in subjects:
        verb = design_of(each.kind).verb
        if verb == VIEW:
            looked_at.append(Found(each.id, each.kind, each.code, each.number, False, each.site_id))
        else:
            rights.require(verb, each.site_id, each.id)
            seen.add(each.id)
    seen |= {found.id for found in within_reach(session, rights, looked_at)}
    return [each for each in subjects if each.id in seen]


def badge_label(found: PersonPage, secret: str) -> Label:
    """Return the label of a badge that was just issued; its secret must be the one in force."""
    if found.badge is None or found.badge.code_hash != digest(secret):
        raise NotFound(
            _l("This badge is not in force any more."),
            _l("Issue a new one, and print it at once."),
            rule="badge_over",
        )
    facts = {
        "name": found.person.name,
        "crew": in_words(found.crew.names) if found.crew else "",
        "site": in_words(found.site.names),
    }
    label = _label(found.subject, facts)
    return replace(label, qr=secret, secret=True, name=found.person.name)


def _label(subject: Subject, facts: dict[str, str]) -> Label:
    design = design_of(subject.kind)
    word = str(design.word)
    if is_demo():
        word = f"DEMO · {word}"
    facts = {"number": subject.number or subject.code, **facts, "kind": word, "code": subject.code}
    return Label(
        subject.id,
        subject.kind,
        " · ".join(dict.fromkeys(filter(None, (facts["number"], facts.get("name"))))),
        subject.code,
        put_together(design, facts),
        qr_text(design.host, subject.code),
        subject.site_id,
    )
