"""What a command of the terminal does first: bring the database up to date."""

import os
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import current_app
from sqlalchemy.exc import DatabaseError

from shopfloor.cli.settings import CannotStart, open_data_folder, read_settings
from shopfloor.core.migrate import prepare_database
from shopfloor.core.refusals import Refused

P = ParamSpec("P")
R = TypeVar("R")


def prepared(command: Callable[P, R]) -> Callable[P, R]:
    """Create or upgrade the database before the command; a reason not to is one sentence."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        settings = read_settings()
        open_data_folder(settings.instance, may_create=not os.environ.get("SHOPFLOOR_INSTANCE"))
        try:
            prepare_database(current_app)
        except Refused as refused:
            raise CannotStart(f"{refused} {refused.hint}".strip()) from None
        except DatabaseError as error:
            raise CannotStart(f"The database cannot be used: {error.orig}.") from None
        return command(*args, **kwargs)

    return run
