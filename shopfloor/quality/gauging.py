"""Which gauge a value was measured with, and whether one may measure this with it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from shopfloor.configure.models import FormField
from shopfloor.core.actions import Act
from shopfloor.core.finding import folded
from shopfloor.core.refusals import Malformed, Refused, Sentence
from shopfloor.core.shown import in_unit, show_quantity, show_whole_day
from shopfloor.core.subjects import Subject
from shopfloor.core.words import InWords
from shopfloor.quality.foreign import gauges_meant
from shopfloor.quality.gauge_models import Gauge, GaugeState
from shopfloor.quality.gauges_named import Found, any_case, gauges_named, read_name
from shopfloor.quality.plan_models import Value

FIELD = "gauge"
MOST_GAUGES = 20


@dataclass
class Tray:
    """The gauges at hand: those that were scanned now, and those that were used here before."""

    scanned: Sequence[str]
    found: Sequence[Found]
    used: Mapping[int, int]
    at: Act
    # What other people's barcodes stand for.
    meant: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        session: Session,
        act: Act,
        site_id: int,
        scanned: Sequence[str],
        named: Iterable[str],
        known: Iterable[Value],
    ) -> "Tray":
        """Load the gauges that may be meant, and keep their calibration from changing meanwhile.

        What this person has measured with on this inspection is at hand until he scans another.
        One statement; a few more for a barcode that is not ours.
        """
        mine = [value for value in known if value.gauge_id and value.person_id == act.actor_id]
        used = {value.gauge_id: value.id for value in mine if value.gauge_id}
        texts = list(dict.fromkeys([*scanned, *named]))
        tray = cls(scanned[:MOST_GAUGES], gauges_named(session, site_id, texts, used), used, act)
        strange = [text for text in texts if text and tray.known(text) is None]
        meant = any_case(session, strange) | gauges_meant(session, strange) if strange else {}
        if not meant:
            return tray
        found = gauges_named(session, site_id, [meant.get(text, text) for text in texts], used)
        return replace(tray, found=found, meant=meant)

    def known(self, text: str) -> Found | None:
        """Return the gauge that a text names."""
        code, number = read_name(self.meant.get(text, text))
        for each in self.found:
            if each.Subject.code == code or (number and each.Subject.number == number):
                return each
        return None

    def for_field(self, field: FormField, named: str | None = None) -> Gauge:
        """Return the gauge with which a field is measured; Refused with what to do when it can't.

        The one that was named for it; or the first scanned one of the type; or the last used one.
        """
        if named:
            return self._usable(field, self._named(named))
        scanned = [self._named(text) for text in self.scanned if text]
        for each in scanned:
            if each.Gauge.is_a(field.gauge_type):
                return self._usable(field, each)
        last = sorted(self.found, key=lambda each: self.used.get(each.Gauge.id, 0), reverse=True)
        for each in last:
            if each.Gauge.id in self.used and each.Gauge.is_a(field.gauge_type):
                return self._usable(field, each)
        raise wrong_type(scanned[0], field) if scanned else missing(field)

    def _named(self, text: str) -> Found:
        found = self.known(text)
        if found is None:
            raise unknown(text)
        return found

    def _usable(self, field: FormField, found: Found) -> Gauge:
        require_usable(found, self.at.when.at.astimezone(ZoneInfo(found.zone)).date())
        require_fit(found, field)
        gauge: Gauge = found.Gauge
        return gauge


def require_usable(found: Found, day: date) -> None:
    """Refuse a gauge that is archived, found bad, not calibrated or overdue on a day."""
    gauge, number = found.Gauge, called(found)
    state = gauge.state_on(day)
    if found.Subject.archived_at is not None:
        raise _no("gauge_archived", _l("Gauge %(number)s is out of use.", number=number))
    if state is GaugeState.BAD:
        raise _no("gauge_bad", _l("Gauge %(number)s was found bad.", number=number))
    if state is GaugeState.NEVER:
        raise _no("gauge_never", _l("Gauge %(number)s was never calibrated.", number=number))
    if state is GaugeState.OVERDUE and gauge.due_on is not None:
        raise _no(
            "gauge_overdue",
            _l(
                "Gauge %(number)s is out of calibration since %(day)s.",
                number=number,
                day=show_whole_day(gauge.due_on),
            ),
        )


def require_fit(found: Found, field: FormField) -> None:
    """Refuse a gauge of another type or unit, or one whose range ends before the limits do."""
    gauge = found.Gauge
    if not gauge.is_a(field.gauge_type):
        raise wrong_type(found, field)
    if gauge.low is None and gauge.high is None:
        return
    if field.unit and gauge.unit and folded(field.unit) != folded(gauge.unit):
        raise _no(
            "gauge_unit",
            _l(
                "Gauge %(number)s shows %(unit)s; “%(name)s” is measured in %(asked)s.",
                number=called(found),
                unit=gauge.unit,
                name=InWords(field.names),
                asked=field.unit,
            ),
            _l("Take a gauge that fits and scan it."),
        )
    limits = [limit for limit in (field.low, field.high, field.target) if limit is not None]
    if any(not in_range(gauge, limit) for limit in limits):
        raise _no(
            "gauge_range",
            _l(
                "Gauge %(number)s measures %(range)s; that is not enough for “%(name)s”.",
                number=called(found),
                range=range_of(gauge),
                name=InWords(field.names),
            ),
            _l("Take a gauge that fits and scan it."),
        )


def in_range(gauge: Gauge, number: Decimal) -> bool:
    """Say whether a gauge can show a number at all."""
    return (gauge.low is None or gauge.low <= number) and (
        gauge.high is None or number <= gauge.high
    )


def range_of(gauge: Gauge) -> str:
    """Return the measuring range as people write it: 0 – 25 mm."""
    ends = ["…" if end is None else show_quantity(end) for end in (gauge.low, gauge.high)]
    return f"{ends[0]} – {ends[1]} {in_unit(gauge.unit)}".strip()


def called(found: Found) -> str:
    """Return the number by which people know a gauge."""
    subject: Subject = found.Subject
    return subject.number or subject.code


def missing(field: FormField) -> Refused:
    """Return the refusal for a value that nobody knows the gauge of."""
    sentence = (
        _l("“%(name)s” needs a gauge: %(type)s.", name=InWords(field.names), type=field.gauge_type)
        if field.gauge_type
        else _l("“%(name)s” needs a gauge.", name=InWords(field.names))
    )
    return Malformed(
        sentence, _l("Scan the gauge you measure with."), rule="gauge_missing", field=FIELD
    )


def wrong_type(found: Found, field: FormField) -> Refused:
    """Return the refusal for a gauge of another type than the plan asks for."""
    return _no(
        "gauge_type",
        _l(
            "%(number)s is no %(asked)s: it is a gauge of the type %(type)s.",
            number=called(found),
            asked=field.gauge_type,
            type=found.Gauge.type,
        ),
        _l("Scan a gauge of the type %(type)s.", type=field.gauge_type),
    )


def unknown(text: str) -> Refused:
    """Return the refusal for a code that is no gauge's."""
    return Malformed(
        _l("“%(code)s” is no gauge of the register.", code=text[:40]),
        _l("Scan the label on the gauge, or type its number."),
        rule="gauge_unknown",
        field=FIELD,
    )


def beyond(gauge: Gauge, said: str) -> Refused:
    """Return the refusal for a number that the gauge cannot have shown."""
    return Refused(
        _l(
            "%(value)s is beyond what this gauge shows: %(range)s.",
            value=said,
            range=range_of(gauge),
        ),
        _l("Read it again, or scan the gauge that you have used."),
        rule="beyond_gauge",
    )


def _no(rule: str, sentence: Sentence, hint: Sentence | None = None) -> Refused:
    return Refused(
        sentence,
        hint or _l("Take another gauge and scan it; put this one aside for the quality head."),
        rule=rule,
        field=FIELD,
    )
