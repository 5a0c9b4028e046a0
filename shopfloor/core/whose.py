"""Whose form it is: on a shared phone, what one person typed is never shown to the next."""

from collections.abc import Mapping

from flask import g

FIELD = "written_by"


def whose_form() -> str:
    """Return whom a form is made for, as a hidden field carries it; empty for a stranger."""
    return str(g.get("person_id") or "")


def is_anothers(typed: Mapping[str, str]) -> bool:
    """Say whether the form was made for somebody else than who sends it.

    A form without the field is its sender's: the form token has made sure of the sign-in.
    """
    return typed.get(FIELD, whose_form()) != whose_form()
