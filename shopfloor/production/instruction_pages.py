"""The work instruction on the phone, and the page that gives a new one to running orders."""

from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import Row, or_, select
from sqlalchemy.orm import Session

from shopfloor.catalogue import instruction_reads as reads
from shopfloor.catalogue.instruction_models import INSTRUCTION, Instruction
from shopfloor.catalogue.models import Item
from shopfloor.core.db import db
from shopfloor.core.forms import Form
from shopfloor.core.refusals import NotFound
from shopfloor.core.rights import Rights
from shopfloor.core.subjects import Subject, find
from shopfloor.core.web import onward
from shopfloor.people.access import act, requires, viewer
from shopfloor.production import queries
from shopfloor.production.commands.instructing import RUNNING, use_new_instruction
from shopfloor.production.models import Operation, WorkOrder

bp = Blueprint("guides", __name__)
MOST = 200


@bp.get("/lots/<code>/<int:operation>/instruction")
@requires("work.view")
def read(code: str, operation: int) -> str:
    """Show how an operation is done, step by step, with the confirmation at its end."""
    view = queries.lot_view(db.session(), viewer(), code)
    stop = view.work.stop(operation)
    if stop.operation.instruction_id is None:
        raise NotFound(
            _l("There is no work instruction for this operation."),
            _l("Ask the planner to write one."),
            rule="no_instruction",
        )
    return render_template(
        "production/instruction.html",
        view=view,
        stop=stop,
        reading=reads.reading_of(db.session(), stop.operation.instruction_id),
    )


@bp.post("/lots/<code>/<int:operation>/instruction")
@requires("work.view")
def confirm(code: str, operation: int) -> Response:
    """Confirm that one has read the revision that was shown, and go back to the lot."""
    doing, form = act(), Form(request.form)
    reads.confirm_instruction(doing, instruction_id=form.needed("instruction"))
    back = url_for("scanning.lot", code=code, operation=operation)
    return onward(back, doing.id, _l("Confirmed. You can report now."))


@bp.get("/instructions/<code>/orders")
@requires("order.plan")
def orders_form(code: str) -> str:
    """Show the running orders that do not show this revision yet, all of them ticked."""
    subject = find(db.session(), INSTRUCTION, code)
    reading = reads.reading_of(db.session(), subject.id)
    return render_template(
        "production/instruct.html",
        reading=reading,
        orders=_running(db.session(), viewer().rights, reading.instruction),
    )


@bp.post("/instructions/<code>/orders")
@requires("order.plan")
def use_on_orders(code: str) -> Response:
    """Let the chosen orders show this revision from now on."""
    doing, form = act(), Form(request.form, many=("orders",))
    done = use_new_instruction(
        doing,
        instruction_id=find(db.session(), INSTRUCTION, code).id,
        orders=tuple(sorted(int(n) for n in form.fields.getlist("orders") if n.isdecimal())),
    )
    said = _l("Done: %(count)s operations show it now.", count=done.operations)
    return onward(url_for("instructions.revision", code=code), doing.id, said)


def _running(session: Session, rights: Rights, new: Instruction) -> list[Row[*tuple[Any, ...]]]:
    query = (
        select(
            WorkOrder.id,
            Subject.number,
            WorkOrder.quantity,
            WorkOrder.due,
            Instruction.revision,
        )
        .join(Subject, Subject.id == WorkOrder.id)
        .join(Item, Item.id == WorkOrder.item_id)
        .join(Operation, Operation.order_id == WorkOrder.id)
        .join(Instruction, Instruction.id == Operation.instruction_id, isouter=True)
        .where(
            or_(Item.id == new.item_id, Item.model_id == new.item_id),
            WorkOrder.state.in_(RUNNING),
            Operation.sequence == new.sequence,
            Operation.instruction_id.is_distinct_from(new.id),
        )
        .order_by(WorkOrder.id)
        .limit(MOST)
    )
    scopes = rights.scopes("order.plan")
    if scopes is not None:
        query = query.where(WorkOrder.site_id.in_(scopes))
    return list(session.execute(query).all())
