"""Secrets that are shown once: what the page needs to show them, and nothing to keep."""

from flask import current_app, session

from shopfloor.people.secrets import repeatable


def fresh_secret(purpose: str, action_id: str) -> bytes:
    """Return the random bytes of a new badge or token, the same when one form is sent twice.

    They hang on the token in this browser's form cookie, which is nowhere in the database.
    """
    key = f"{current_app.config['SECRET_KEY']}{session.get('csrf_token')}"
    return repeatable(key, purpose, action_id)
