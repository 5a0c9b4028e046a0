"""The product of a test process: made once, then given one database after the other."""

from pathlib import Path

from flask import Flask

from shopfloor.application import create_app
from shopfloor.core.db import init_db

# A file that nobody opens: making the product touches no database.
NOWHERE = "sqlite:////dev/null/nowhere.db"


def make_product(url: str = NOWHERE) -> Flask:
    """Return the product as the tests want it."""
    return create_app(
        {
            "SECRET_KEY": "only for tests",
            "SQLALCHEMY_DATABASE_URI": url,
            "TESTING": True,
            "PROPAGATE_EXCEPTIONS": False,
        }
    )


# To make it anew for each test would take longer than most tests; a forked process inherits it.
PRODUCT = make_product()


def bind(app: Flask, url: str, folder: Path | None = None) -> None:
    """Give the product another database, and another data folder."""
    if folder is not None:
        app.instance_path = str(folder)
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    # What it has learnt about one factory is not true of the next.
    for name in [name for name in app.extensions if name.startswith("shopfloor_")]:
        known = app.extensions.pop(name)
        if isinstance(known, dict):
            app.extensions[name] = {}
    # Flask-SQLAlchemy binds an app only once, and Flask takes no handler after the first request.
    app.extensions.pop("sqlalchemy")
    handlers, app._got_first_request = [*app.teardown_appcontext_funcs], False
    init_db(app)
    app.teardown_appcontext_funcs[:] = handlers
