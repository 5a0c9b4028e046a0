"""Labels for programs: which printers there are, printing at one of them, and the sheet as PDF."""

from typing import Annotated, Literal, Self

from flask import Blueprint, Response
from flask_babel import lazy_gettext as _l
from pydantic import ConfigDict, Field
from sqlalchemy.orm import Session

from shopfloor.core.api import call, part_of
from shopfloor.core.api_fields import Asked, Body, Name, Named, Page, Text, Told
from shopfloor.core.db import db
from shopfloor.core.references import ids_of, names_of
from shopfloor.core.refusals import Malformed
from shopfloor.core.subjects import KINDS, find
from shopfloor.labels import queries
from shopfloor.labels.asking import MOST_COPIES, Why, ask_labels
from shopfloor.labels.asking import Asked as Printed
from shopfloor.labels.content import MOST, labels, read_codes
from shopfloor.labels.designs import Label
from shopfloor.labels.models import PRINTER, JobState, Printer, Speech, Way
from shopfloor.labels.paper import MOST_PIECES, require_few
from shopfloor.labels.printing import Outcome, print_labels
from shopfloor.labels.routes import as_pdf, chosen_printer, paper_pdf
from shopfloor.people.access import requires, viewer
from shopfloor.people.programs import doing

bp = Blueprint("labels_api", __name__)
SEE = "work.view"
KindOfLabel = Literal["lot", "work_order", "operation", "item", "station", "place", "device"]


class PrinterTold(Named):
    """A label printer, the size of what is in it, and the kinds of labels that come out of it.

    One that speaks only `pdf` is reached through a computer's driver, not from here.
    """

    name: str
    site: Named
    speech: Speech
    dpi: int
    width_mm: int
    height_mm: int
    default_for: list[str]


class PrintLabels(Body):
    """The things whose labels are printed, by their codes, or by their numbers with their `kind`.

    Without `printer` it is the one of the site that labels of this kind come out of. `pdf` keeps
    it on record as printed and lets the sender fetch the sheet. `why` is needed when any of the
    labels was printed before.
    """

    things: Annotated[list[Name], Field(min_length=1, max_length=MOST)]
    kind: KindOfLabel | None = None
    way: Literal["printer", "pdf"] = "printer"
    printer: Name | None = None
    copies: Annotated[int, Field(strict=True, ge=1, le=MOST_COPIES)] = 1
    why: Why | None = None

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"things": ["1042-1"], "kind": "lot", "copies": 2}]}
    )


class PrintTold(Told):
    """What became of it: `sent`, or `failed` with the sentence that says why.

    `time` is the how-manieth time at most that one of the labels is printed.
    """

    job: int
    state: JobState
    sentence: str
    labels: int
    copies: int
    time: int
    printer: str | None

    @classmethod
    def of(cls, done: Outcome | Printed) -> Self:
        """Tell how a job went, or what was asked for under the same key."""
        outcome = done if isinstance(done, Outcome) else Outcome(done)
        asked, state = outcome.asked, JobState.SENT
        if outcome.elsewhere:
            state = JobState.SENDING
        elif outcome.problem:
            state = JobState.FAILED
        return cls(
            job=asked.job_id,
            state=state,
            sentence=outcome.sentence,
            labels=asked.labels,
            copies=asked.copies,
            time=asked.time,
            printer=asked.printer or None,
        )


class AskedSheet(Body):
    """Codes with a comma between them, each so many times, on A4 or one a page from a roll."""

    codes: Text = Field(max_length=4000)
    copies: Annotated[int, Field(ge=1, le=MOST_PIECES)] = 1
    paper: Literal["a4", "single"] = "a4"


@bp.get("/printers")
@requires(SEE)
@call(asks=Asked, gives=Page[PrinterTold])
def printers(asked: Asked) -> Page[PrinterTold]:
    """List the printers in use at the sites that the token reaches, oldest first."""
    query = queries.printers_for(viewer().rights, viewer().site_id).order_by(None)
    return _listed(db.session(), asked, query)


@bp.post("/labels/print")
@requires(SEE)
@call(takes=PrintLabels, gives=PrintTold)
def print_now(body: PrintLabels) -> PrintTold:
    """Print labels as the page does; a printer that is off is told as `failed`, not refused."""
    wanted, why = _wanted(body), body.why or ""
    if body.way == "printer":
        return PrintTold.of(print_labels(doing(), wanted, _printer(body, wanted), body.copies, why))
    require_few(len(wanted), body.copies)
    ids = tuple(label.subject_id for label in wanted)
    return PrintTold.of(
        ask_labels(doing(), subject_ids=ids, way=Way.PDF, copies=body.copies, why=why)
    )


@bp.get("/labels/sheet")
@requires(SEE)
@call(asks=AskedSheet, sends="application/pdf")
def sheet(asked: AskedSheet) -> Response:
    """Send labels as PDF, in the order of their codes; printing is put on record by a POST."""
    wanted = labels(db.session(), viewer().rights, read_codes([asked.codes]))
    copies = require_few(len(wanted), asked.copies)
    return as_pdf(paper_pdf(wanted, copies, asked.paper), "labels")


def _listed(session: Session, asked: Asked, query: queries.Chosen) -> Page[PrinterTold]:
    """Return a part of the printers; three statements."""
    rows, after = part_of(session, query, Printer.id, asked)
    named = names_of(session, (row.Printer.site_id for row in rows))
    kinds = queries.kinds_of(session, [row.Printer.id for row in rows])
    told = [
        PrinterTold(
            code=subject.code,
            number=subject.number,
            name=printer.name,
            site=named[printer.site_id],
            speech=printer.speech,
            dpi=printer.dpi,
            width_mm=printer.width_mm,
            height_mm=printer.height_mm,
            default_for=kinds.get(printer.id, []),
        )
        for printer, subject, _id in rows
    ]
    return Page(entries=told, next=after)


def _wanted(body: PrintLabels) -> list[Label]:
    """Return the labels, each once and in order."""
    session, codes = db.session(), body.things
    if body.kind is not None:
        ids = ids_of(session, KINDS[body.kind], codes, "things")
        named = names_of(session, ids.values())
        codes = [named[ids[thing]].code for thing in codes]
    elif any("," in thing or " " in thing.strip() for thing in codes):
        raise Malformed(
            _l("Things are named by their codes, or by their numbers with their kind."),
            rule="bad_field",
            field="things",
        )
    return labels(session, viewer().rights, read_codes(codes))


def _printer(body: PrintLabels, wanted: list[Label]) -> Printer:
    if body.printer is not None:
        return chosen_printer(find(db.session(), PRINTER, body.printer).id)
    usual = queries.default_printers(db.session(), wanted[0].site_id or viewer().site_id)
    printer_id = usual.get(wanted[0].kind)
    if printer_id is None:
        raise Malformed(
            _l("No printer is set up for labels of this kind."),
            _l("Name the printer; all of them are at /api/v1/printers."),
            rule="no_printer",
            field="printer",
        )
    return chosen_printer(printer_id)
