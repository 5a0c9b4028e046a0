"""A person at a browser, for tests of pages: signs in, opens, fills the form that is there."""

import re
from contextvars import Context
from html import unescape
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from shopfloor.core.web import fresh_id
from tests.make import PIN, Worker


class Browser:
    """One browser with its cookies; forms are posted with the token of the page they are on."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()

    def sign_in(self, worker: Worker) -> "Browser":
        """Sign in with login and password, as on one's own phone."""
        self.get("/sign-in")
        answer = self.post("/sign-in", login=worker.login, password=PIN, page="/sign-in")
        assert answer.status_code == 303, text_of(answer)
        return self

    def open(self, address: str, **how: Any) -> TestResponse:
        """Send a request in a context of its own, as the server does: nothing of the test leaks."""
        return Context().run(self.client.open, address, **how)

    def get(self, address: str, **how: Any) -> TestResponse:
        """Open an address."""
        return self.open(address, **how)

    def post(
        self, address: str, page: str | None = None, action_id: str | None = None, **fields: object
    ) -> TestResponse:
        """Post a form from the page that shows it, under a fresh action id."""
        shown = self.get(page or address, follow_redirects=True).get_data(as_text=True)
        found = re.search(r'name="csrf_token" value="([^"]+)"', shown)
        return self.open(
            address,
            method="POST",
            data={
                "csrf_token": found.group(1) if found else "",
                "action_id": action_id or fresh_id(),
                **fields,
            },
        )


def text_of(answer: TestResponse) -> str:
    """Return what a person reads on a page: its text without tags, blanks folded."""
    page = re.sub(r"<(script|style)\b.*?</\1>", " ", answer.get_data(as_text=True), flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())
