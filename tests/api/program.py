"""A program with a token, for tests of the API: every answer is held against its description."""

import re
from contextvars import Context
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from shopfloor.api.openapi import described
from shopfloor.people.commands import issue_token
from shopfloor.people.roles import VERBS
from shopfloor.people.secrets import digest, new_token
from shopfloor.people.setup import founder
from tests.api.schema import check
from tests.make import Worker, new_id


class Program:
    """One program; `heard` is its last answer's JSON."""

    def __init__(self, app: Flask, worker: Worker, *verbs: str) -> None:
        """Give the worker's rights, or some verbs of them, to a token."""
        self.app, self.token = app, new_token()
        self.token_id = issue_token(
            founder(new_id()),
            person_id=worker.id,
            name="test",
            token_hash=digest(self.token),
            verbs=verbs or tuple(VERBS),
        ).id
        self.heard: Any = None

    def get(self, path: str, **how: Any) -> TestResponse:
        """Ask for something."""
        return self.send("GET", path, **how)

    def post(self, path: str, body: object, key: str | None = None, **headers: str) -> TestResponse:
        """Send JSON under a key."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.send(
            "POST", path, json=body, headers={"Idempotency-Key": key or new_id()} | named
        )

    def patch(self, path: str, body: object, key: str | None = None) -> TestResponse:
        """Change something under a key."""
        return self.send("PATCH", path, json=body, headers={"Idempotency-Key": key or new_id()})

    def raw(self, path: str, body: bytes, kind: str = "application/json") -> TestResponse:
        """Send bytes."""
        return self.send("POST", path, data=body, content_type=kind)

    def send(self, method: str, path: str, **how: Any) -> TestResponse:
        """Send a request in a context of its own and hold the answer against its description."""
        headers = {"Authorization": f"Bearer {self.token}"} | how.pop("headers", {})
        answer = Context().run(
            self.app.test_client().open, f"/api/v1{path}", method=method, headers=headers, **how
        )
        if "json" not in (answer.mimetype or ""):
            # A file is sent from the disk: it is read to its end and given back.
            answer.get_data()
            answer.close()
        self.heard = answer.get_json(silent=True)
        assert answer.status_code < 500, answer.get_data(as_text=True)
        self._hold_against_description(method, path, answer)
        return answer

    def _hold_against_description(self, method: str, path: str, answer: TestResponse) -> None:
        spec = described()
        path = path.partition("?")[0]
        # A path that is written out goes before one with arguments, as it does in the server.
        exact = f"/api/v1{path}"
        paths = {exact: spec["paths"][exact]} if exact in spec["paths"] else spec["paths"]
        for known, methods in paths.items():
            pattern = re.sub(r"\{\w+\}", "[^/]+", known.removeprefix("/api/v1"))
            if re.fullmatch(pattern, path) and method.lower() in methods:
                told = methods[method.lower()]["responses"].get(str(answer.status_code))
                if told and answer.status_code < 400 and answer.mimetype != "application/json":
                    assert {answer.mimetype, "*/*"} & told["content"].keys()
                elif told and answer.status_code < 400:
                    reference = told["content"]["application/json"]["schema"]["$ref"]
                    check(self.heard, {"$ref": reference}, spec)
        if answer.status_code >= 400:
            assert answer.content_type == "application/problem+json"
            check(self.heard, {"$ref": "#/components/schemas/Problem"}, spec)
            assert self.heard["status"] == answer.status_code
            assert self.heard["title"]
