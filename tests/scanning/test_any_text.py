"""Whatever text is scanned, it is answered."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shopfloor.core.db import db
from shopfloor.scanning.models import Outcome, Source
from shopfloor.scanning.resolve import Scan, resolve

# One factory serves all examples: nothing is written.
SHARED = [HealthCheck.function_scoped_fixture]


@pytest.mark.usefixtures("one_app", "one_make")
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.one_of(
        st.text(max_size=60),
        st.text("()0123456789ABCZ]dC1\x1d[>\x1e/:?=&%", max_size=60),
        st.text("0123456789", max_size=30).map(lambda t: f"]d201{t}"),
        st.text("0123456789/ABC%?=", max_size=40).map(lambda t: f"https://a.example/01/{t}"),
        st.text("PQST1234D\x1d", max_size=40).map(lambda t: f"[)>\x1e06\x1d{t}"),
    )
)
def test_whatever_is_read_is_answered(text: str) -> None:
    """Torture 42, 43 and 47: no text is an error of ours."""
    db.session.rollback()
    for source in Source:
        scanned = resolve(db.session(), Scan(text, source))
        assert scanned.outcome in (Outcome.UNKNOWN, Outcome.OPENED, Outcome.AMBIGUOUS)
        assert "\x1d" not in scanned.shown
