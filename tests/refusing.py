"""Asking a command for a no."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from shopfloor.core.db import db
from shopfloor.core.refusals import Refused


@contextmanager
def refused(
    rule: str, status: int | None = None, field: str | None = None
) -> Iterator[pytest.ExceptionInfo[Refused]]:
    """Expect a refusal under this rule, with a sentence, and look at the database afresh after."""
    with pytest.raises(Refused) as no:
        yield no
    assert no.value.rule == rule
    assert str(no.value).strip()
    assert status is None or no.value.status == status
    assert field is None or no.value.field == field
    db.session.rollback()
    db.session.expire_all()
