"""Whether somebody may do this work: has he the skill, and has he read how it is done."""

from datetime import date
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l

from shopfloor.catalogue.chosen import require_reason
from shopfloor.catalogue.models import ReasonKind
from shopfloor.core.commands import Tx
from shopfloor.core.refusals import Refused, WayOn
from shopfloor.core.shown import listed, show_day, show_quantity
from shopfloor.core.words import InWords
from shopfloor.people import able
from shopfloor.plant.models import Site
from shopfloor.production.counting import HandedOver, handed_over
from shopfloor.production.way import StationFacts, Stop, Work

SKILL, UNREAD, UNCOUNTED = "skill_missing", "instruction_unread", "not_counted"
# A supervisor may let them pass with a reason; the pages offer him that.
OVERRULED = (SKILL, UNREAD, UNCOUNTED)


def why_not_able(
    tx: Tx, work: Work, stop: Stop, team: tuple[int, ...] = (), *, reports: bool = True
) -> list[Refused]:
    """Return why the actor may not do this work, or one of those he shares it with.

    Whoever only starts may still read how it is done; he confirms that before his first report.
    No statement unless the operation asks for a skill and it is missing, shared or runs out.
    """
    noes = []
    if stop.operation.skill_id is not None:
        no = _skill(tx, work, stop, stop.operation.skill_id, team)
        noes += [no] if no else []
    if reports and stop.operation.instruction_id is not None and not stop.ability.has_read:
        noes.append(unread(work, stop))
    if reports and stop.operation.confirm_count:
        handed = handed_over(tx.session, work, stop, tx.act.actor_id)
        noes += [uncounted(work, stop, handed)] if handed else []
    return noes


def require_able(
    tx: Tx,
    work: Work,
    stop: Stop,
    station: StationFacts,
    override_reason_id: int | None,
    team: tuple[int, ...] = (),
) -> tuple[str, ...]:
    """Refuse whoever may not do this work, unless with the right and a reason; returns the rules.

    The rules that were overruled are kept with the event.
    """
    noes = why_not_able(tx, work, stop, team)
    if not noes:
        return ()
    if override_reason_id is None:
        raise noes[0]
    tx.act.rights.require("work.override", *work.scopes_at(station))
    require_reason(tx.session, override_reason_id, ReasonKind.OVERRIDE, field="override_reason")
    return tuple(no.rule for no in noes)


def unread(work: Work, stop: Stop) -> Refused:
    """Return the refusal for a report under an instruction that was not read yet."""
    no = Refused(
        _l("You have not read the new work instruction for this operation."),
        _l("Open it, read it, and confirm with one tap at its end. Then report."),
        rule=UNREAD,
    )
    values = {"code": work.subject.code, "operation": stop.operation.sequence}
    no.leads_to = WayOn("guides.read", values, _l("Open the instruction"), "book")
    no.more = {"instruction": stop.operation.instruction_id}
    return no


def uncounted(work: Work, stop: Stop, handed: HandedOver) -> Refused:
    """Return the refusal for a report before what came was counted, where that is asked for."""
    no = Refused(
        _l("You have not counted what came from the operation before."),
        _l(
            "Tap “%(count)s received”, or say how many there are. Then go on.",
            count=show_quantity(handed.quantity),
        ),
        rule=UNCOUNTED,
    )
    values = {"code": work.subject.code, "operation": stop.operation.sequence}
    no.leads_to = WayOn("counts.count_form", values, _l("Count what came"), "list")
    return no


def _skill(tx: Tx, work: Work, stop: Stop, skill_id: int, team: tuple[int, ...]) -> Refused | None:
    ability, mates = stop.ability, [person for person in team if person != tx.act.actor_id]
    # Who is not on his own report need not have the skill himself: his people do the work.
    asked = not team or tx.act.actor_id in team
    if not mates and (not asked or (ability.skilled and ability.skilled_until is None)):
        return None
    day = _day(tx, work)
    if asked and not ability.able_on(day):
        return no_skill(tx, work, skill_id, day, ability.skilled_until)
    lacking = able.without(tx.session, skill_id, mates, day) if mates else []
    if lacking:
        return Refused(
            _l(
                "%(names)s do not have the skill “%(skill)s”.",
                names=listed(lacking),
                skill=InWords(able.skill_names(tx.session, skill_id)),
            ),
            _l("Share the report only with people who have it."),
            rule=SKILL,
            field="shares",
        )
    return None


def no_skill(tx: Tx, work: Work, skill_id: int, day: date, until: date | None = None) -> Refused:
    """Return the refusal for work that asks for a skill, with who can do it now."""
    skill = able.skill_names(tx.session, skill_id)
    can = able.who_has(tx.session, skill_id, work.order.site_id, day)
    # Those who are here and of one's own crew are asked first.
    can.sort(key=lambda one: (not one.here, one.crew_id != tx.act.crew_id))
    named = tuple(one.name for one in can[: able.MOST_NAMED])
    sentence = (
        _l("This work needs the skill “%(skill)s”.", skill=InWords(skill))
        if until is None
        else _l(
            "Your skill “%(skill)s” ran out on %(day)s.", skill=InWords(skill), day=show_day(until)
        )
    )
    hint = (
        _l(
            "%(names)s can do it. Take another lot until then.",
            names=listed(named, len(can) - len(named)),
        )
        if can
        else _l("Nobody here has it now. Tell your supervisor, and take another lot.")
    )
    return Refused(sentence, hint, rule=SKILL)


def _day(tx: Tx, work: Work) -> date:
    zone = tx.session.get_one(Site, work.order.site_id).zone
    return tx.act.when.at.astimezone(ZoneInfo(zone)).date()
