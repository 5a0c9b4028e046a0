"""What calls by programs have in common: how they are read, answered, cut and described."""

import re
import threading
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from flask import Response, g, request
from flask_babel import lazy_gettext as _l
from pydantic import BaseModel, Field, ValidationError
from pydantic_core import ErrorDetails
from spectree import Response as Answers
from spectree import SecurityScheme, SpecTree
from spectree.models import SecureType, SecuritySchemeData
from sqlalchemy import ColumnElement, Select
from sqlalchemy.orm import InstrumentedAttribute, Session
from werkzeug.exceptions import RequestEntityTooLarge

from shopfloor.core.api_fields import Asked, Body, Problem, Told
from shopfloor.core.commands import AlreadyBooked
from shopfloor.core.editing import Overtaken
from shopfloor.core.exact_json import read_object
from shopfloor.core.refusals import Malformed, Refused

_TOKEN = SecuritySchemeData(type=SecureType.HTTP, scheme="bearer")
SPEC = SpecTree(
    "flask",
    title="Shopfloor",
    version="1",
    description=(
        "Every write takes an Idempotency-Key of 8 to 64 letters and digits: sent again, it is"
        " answered with what was booked the first time. Decimals are strings. Paths and fields"
        " take the printed code or the number; answers give both. Nothing is ever half done."
    ),
    mode="strict",
    annotations=False,
    naming_strategy=lambda model: re.sub(r"\W+", "_", model.__name__).strip("_"),
    nested_naming_strategy=lambda _parent, child: re.sub(r"\W+", "_", child).strip("_"),
    security_schemes=[SecurityScheme(name="token", data=_TOKEN)],
)
# To describe every call takes longer than to start the program: it waits until somebody asks.
_undescribed: list[Callable[[], None]] = []
_describing = threading.Lock()


class _Key(BaseModel):
    key: str | None = Field(
        None,
        alias="Idempotency-Key",
        description="8 to 64 letters, digits and _.:- made by the sender before its first try.",
    )


def call(
    *,
    gives: type[Told] | None = None,
    takes: type[Body] | None = None,
    asks: type[Body] | None = None,
    status: int = 200,
    sends: str = "",
) -> Callable[[Callable[..., Told | Response]], Callable[..., Response]]:
    """Declare what a call takes as JSON or asks in its address, and what it gives.

    The view gets `body` or `asked`, and returns what it gives; one that `sends` a file of a media
    type returns the answer itself. The docstring is its description.
    """
    problems = {f"HTTP_{code}": Problem for code in (401, 403, 404, 409, 422)}
    described = SPEC.validate(
        json=takes,
        query=asks,
        headers=_Key if takes else None,
        resp=Answers(**{f"HTTP_{status}": gives}, **problems),
        skip_validation=True,
    )

    def declare(view: Callable[..., Told | Response]) -> Callable[..., Response]:
        @wraps(view)
        def answering(**path: Any) -> Response:
            if takes is not None:
                path["body"] = read_body(takes)
            if asks is not None:
                path["asked"] = read_address(asks)
            try:
                told = view(**path)
            except Overtaken as late:
                late.more = {**late.more, "yours": _as_sent(path["body"])}
                raise
            except AlreadyBooked as refused:
                raise _as_told(refused, gives) from None
            return told if isinstance(told, Response) else tell(told, status)

        def describe() -> None:
            answering.__wrapped__ = described(view)

        _undescribed.append(describe)
        answering.sends = sends  # type: ignore[attr-defined]  # read by the description
        return answering

    return declare


def description() -> dict[str, Any]:
    """Return what OpenAPI says of every call; the first time takes a second or two."""
    with _describing:
        while _undescribed:
            _undescribed.pop()()
        spec: dict[str, Any] = SPEC.spec
        return spec


def read_body(takes: type[Body]) -> Body:
    """Return the body of this request; Malformed with each field that is wrong."""
    raw = request.get_data(cache=False)
    # A body without a length is cut off at the limit without a word.
    if request.max_content_length and len(raw) >= request.max_content_length:
        raise RequestEntityTooLarge
    if not raw and not any(field.is_required() for field in takes.model_fields.values()):
        return takes()
    if request.mimetype != "application/json":
        refusal = Refused(
            _l("This kind of content is not taken here."),
            _l("Send JSON as application/json."),
            rule="http_415",
        )
        refusal.status = 415
        raise refusal
    return _read(takes, read_object(raw))


def read_address(asks: type[Body]) -> Body:
    """Return what the address asks; Malformed for an unknown or a doubled question."""
    asked = {name: values[0] for name, values in request.args.lists() if len(values) == 1}
    for name in request.args:
        if name not in asked:
            raise Malformed(
                _l("The field “%(name)s” was sent twice.", name=name[:40]),
                rule="field_twice",
                field=name[:80],
            )
    return _read(asks, asked)


def tell(told: Told, status: int = 200) -> Response:
    """Answer a program, with the key under which its entry is kept."""
    response = Response(
        told.model_dump_json(by_alias=True), status, content_type="application/json"
    )
    if "action_id" in g:
        response.headers["Shopfloor-Answer"] = "done"
        response.headers["Idempotency-Key"] = g.action_id
    return response


def _as_sent(body: Body) -> dict[str, Any]:
    """Return what a program has sent, for the answer that shows both sides."""
    return body.model_dump(mode="json", exclude_unset=True)


def _as_told(refused: AlreadyBooked, gives: type[Told] | None) -> AlreadyBooked:
    """Show what was booked in the shape in which it was told then."""
    if refused.answer is not None and gives is not None:
        told = gives.of(refused.answer)  # type: ignore[attr-defined]  # what commands answer
        refused.more = {"booked": told.model_dump(mode="json", by_alias=True)}
    return refused


def _read(model: type[Body], given: dict[str, Any]) -> Body:
    try:
        return model.model_validate(given)
    except ValidationError as error:
        wrong = [_wrong(details) for details in error.errors(include_url=False)[:20]]
    refusal = Malformed(
        wrong[0][1],
        _l("What is taken here is described in /api/v1/openapi.json."),
        rule=wrong[0][2],
        field=wrong[0][0],
    )
    refusal.more = {"errors": [{"field": f, "sentence": str(said)} for f, said, _rule in wrong]}
    raise refusal


def _wrong(details: ErrorDetails) -> tuple[str, Any, str]:
    field = ".".join(str(part)[:40] for part in details["loc"])
    kind = details["type"]
    if kind == "missing":
        return field, _l("The field “%(field)s” is missing.", field=field), "missing"
    if kind == "extra_forbidden":
        return field, _l("There is no field “%(field)s” here.", field=field), "unknown_field"
    if kind == "decimal":
        return (
            field,
            _l("“%(field)s” is not a quantity with at most six decimals.", field=field),
            "bad_number",
        )
    return field, _l("The field “%(field)s” cannot be read.", field=field), "bad_field"


def part_of(
    session: Session,
    query: Select[*tuple[Any, ...]],
    number: ColumnElement[int] | InstrumentedAttribute[int],
    asked: Asked,
) -> tuple[Sequence[Any], int | None]:
    """Return the asked part of a list in the order of a number, and where the next begins.

    One statement; the number is the last column.
    """
    rows = session.execute(
        query.add_columns(number)
        .where(number > asked.after)
        .order_by(number)
        .limit(asked.limit + 1)
    ).all()
    kept = rows[: asked.limit]
    return kept, kept[-1][-1] if len(rows) > len(kept) else None
