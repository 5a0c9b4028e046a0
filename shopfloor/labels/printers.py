"""What people do to printers: add, change, archive."""

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete

from shopfloor.core import clock, subjects
from shopfloor.core.commands import Gate, Tx, command
from shopfloor.core.editing import require_unchanged
from shopfloor.core.events import Change, EventKind, Where
from shopfloor.core.refusals import Malformed, NotFound
from shopfloor.core.subjects import Made, Subject
from shopfloor.labels.designs import DESIGNS
from shopfloor.labels.models import PRINTER, Printer, PrinterDefault, Speech
from shopfloor.labels.network import require_local

PRINTER_ADDED = EventKind(
    "labels.printer_added", _l("Printer added"), no_inverse_because="it is archived instead"
)
PRINTER_CHANGED = EventKind(
    "labels.printer_changed",
    _l("Printer changed"),
    no_inverse_because="it is changed back",
    edits=True,
)
PRINTER_ARCHIVED = EventKind(
    "labels.printer_archived",
    _l("Printer archived"),
    no_inverse_because="it is taken into use again instead",
)
PRINTER_RESTORED = EventKind(
    "labels.printer_restored",
    _l("Printer in use again"),
    no_inverse_because="it is archived again instead",
)
_BECAUSE = "a printer is not material; no lot is touched"
EDIT = "plant.edit"


@dataclass(frozen=True)
class Setup:
    """How a printer is reached, what it understands, and which labels are in it."""

    name: str
    host: str = ""
    port: int = 9100
    speech: Speech = Speech.ZPL
    dpi: int = 203
    width_mm: int = 50
    height_mm: int = 30
    default_for: tuple[str, ...] = ()

    def checked(self) -> "Setup":
        """Return it when it makes sense; Malformed names the first field that does not."""
        rules = (
            ("name", 0 < len(self.name) <= 80, _l("Give the printer a name that stands on it.")),
            (
                "host",
                self.speech is Speech.PDF or (bool(self.host) and len(self.host) <= 255),
                _l("Write the printer’s address in the network, like 192.168.1.50."),
            ),
            ("port", 0 < self.port < 65536, _l("A port is a number up to 65535; usual is 9100.")),
            ("dpi", self.dpi in (203, 300), _l("Label printers have 203 or 300 dots an inch.")),
            ("width", 20 <= self.width_mm <= 220, _l("A label is 20 to 220 mm wide.")),
            ("height", 14 <= self.height_mm <= 300, _l("A label is 14 to 300 mm high.")),
            (
                "defaults",
                set(self.default_for) <= set(DESIGNS),
                _l("There is no such kind of label."),
            ),
        )
        for field, holds, sentence in rules:
            if not holds:
                raise Malformed(sentence, rule=f"bad_{field}", field=field)
        if self.speech is not Speech.PDF:
            require_local(self.host, self.port)
        return self


@command(Gate.NONE, _BECAUSE)
def add_printer(tx: Tx, *, site_id: int, setup: Setup) -> Made:
    """Add a label printer to a site."""
    tx.act.rights.require(EDIT, site_id)
    setup.checked()
    made = subjects.create(tx.session, PRINTER, None, site_id)
    tx.session.add(Printer(id=made.id, site_id=site_id, **_columns(setup)))
    tx.session.flush()
    _set_defaults(tx, made.id, site_id, setup.default_for)
    tx.record(
        PRINTER_ADDED,
        Where(site_id=site_id),
        {"printer": setup.name},
        about=[made.id],
        changes=[Change(made.id, name, None, value) for name, value in _columns(setup).items()],
    )
    return Made(made.id, made.code, setup.name)


@command(Gate.NONE, _BECAUSE)
def change_printer(tx: Tx, *, printer_id: int, version: int, setup: Setup) -> Made:
    """Change a printer as it was seen at `version`; Overtaken when somebody saved meanwhile."""
    subject, printer = printer_to_edit(tx, printer_id)
    new, old = _columns(setup), {name: getattr(printer, name) for name in _columns(setup)}
    require_unchanged(tx.session, printer, version, printer_fields(printer))
    setup.checked()
    for name, value in new.items():
        setattr(printer, name, value)
    printer.version += 1
    tx.session.flush()
    _set_defaults(tx, printer.id, printer.site_id, setup.default_for)
    tx.record(
        PRINTER_CHANGED,
        Where(site_id=printer.site_id),
        {"printer": setup.name},
        about=[printer.id],
        changes=[Change(printer.id, name, old[name], value) for name, value in new.items()],
    )
    return Made(printer.id, subject.code, setup.name)


@command(Gate.NONE, _BECAUSE)
def archive_printer(tx: Tx, *, printer_id: int, archived: bool) -> Made:
    """Take a printer out of use, or into use again; what it has printed stays on record."""
    subject, printer = printer_to_edit(tx, printer_id)
    before, subject.archived_at = subject.archived_at, clock.now() if archived else None
    if archived:
        _set_defaults(tx, printer.id, printer.site_id, ())
    tx.session.flush()
    tx.record(
        PRINTER_ARCHIVED if archived else PRINTER_RESTORED,
        Where(site_id=printer.site_id),
        {"printer": printer.name},
        about=[printer.id],
        changes=[Change(printer.id, "archived_at", before, subject.archived_at)],
    )
    return Made(printer.id, subject.code, printer.name)


def printer_to_edit(tx: Tx, printer_id: int) -> tuple[Subject, Printer]:
    """Return a printer of a site that the actor edits, locked; NotFound otherwise."""
    subjects.lock(tx.session, printer_id)
    printer = tx.session.get(Printer, printer_id)
    if printer is None:
        raise no_printer()
    tx.act.rights.require(EDIT, printer.site_id)
    return tx.session.get_one(Subject, printer.id), printer


def printer_fields(printer: Printer) -> dict[str, str]:
    """Return what is stored of a printer, by the fields of its form."""
    return {
        "name": printer.name,
        "host": printer.host,
        "port": str(printer.port),
        "speech": printer.speech.value,
        "dpi": str(printer.dpi),
        "width": str(printer.width_mm),
        "height": str(printer.height_mm),
    }


def no_printer() -> NotFound:
    """Return the refusal for a printer that is not there, or not there for this person."""
    return NotFound(
        _l("There is no such printer."), _l("Choose another one."), rule="no_printer",
        field="printer",
    )  # fmt: skip


def _columns(setup: Setup) -> dict[str, object]:
    return {name: value for name, value in vars(setup).items() if name != "default_for"}


def _set_defaults(tx: Tx, printer_id: int, site_id: int, kinds: tuple[str, ...]) -> None:
    # One printer a kind and site: what this one takes over, another gives up.
    tx.session.execute(
        delete(PrinterDefault).where(
            PrinterDefault.site_id == site_id,
            (PrinterDefault.printer_id == printer_id) | PrinterDefault.kind.in_(kinds),
        )
    )
    tx.session.add_all(
        PrinterDefault(site_id=site_id, kind=kind, printer_id=printer_id) for kind in kinds
    )
    tx.session.flush()
