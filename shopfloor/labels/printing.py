"""A print job from the form to the printer: recorded first, then sent, then told how it went."""

from collections.abc import Sequence
from dataclasses import dataclass

from shopfloor.core.actions import Act
from shopfloor.labels.asking import Asked, ask_labels, state_of, take, tell_sent
from shopfloor.labels.designs import Label
from shopfloor.labels.layout import Size, place
from shopfloor.labels.models import JobState, Printer, Way
from shopfloor.labels.network import PROBLEMS, NotSentError, send
from shopfloor.labels.speaking import spoken


@dataclass(frozen=True)
class Outcome:
    """What is shown after the button: what was asked for, and whether the printer has it."""

    asked: Asked
    problem: str = ""
    elsewhere: bool = False  # the same button's first tap is sending it

    @property
    def sentence(self) -> str:
        """Return what went wrong, in the reader's words."""
        return str(PROBLEMS[self.problem]) if self.problem else ""


def size_of(printer: Printer) -> Size:
    """Return the labels that are in a printer."""
    return Size(printer.width_mm, printer.height_mm, printer.dpi)


def print_labels(
    doing: Act, labels: Sequence[Label], printer: Printer, copies: int, why: str
) -> Outcome:
    """Print labels at a printer; what is recorded is that they were asked for, and then the end.

    The network is never waited for inside a transaction: the record comes first, and a printer
    that is off leaves a job that failed and can be asked for again.
    """
    size, host, port, speech = size_of(printer), printer.host, printer.port, printer.speech
    # Whatever can be refused is refused before anything is on paper.
    placed, telling = [place(label, size) for label in labels], doing.then("told")
    asked = ask_labels(
        doing,
        subject_ids=tuple(label.subject_id for label in labels),
        way=Way.PRINTER,
        copies=copies,
        printer_id=printer.id,
        why=why,
    )
    if not take(asked.job_id):
        state, problem = state_of(asked.job_id)
        return Outcome(asked, problem, elsewhere=state is JobState.SENDING)
    problem = ""
    try:
        send(host, port, spoken(speech, placed, asked.copies))
    except NotSentError as failed:
        problem = failed.problem
    tell_sent(telling, job_id=asked.job_id, problem=problem)
    return Outcome(asked, problem)
