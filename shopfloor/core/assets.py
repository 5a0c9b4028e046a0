"""Static files under an address that names their content, so that a browser keeps them for ever."""

import hashlib
import os
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from flask import Flask
from whitenoise import WhiteNoise

from shopfloor.core.headers import ALONE
from shopfloor.core.settings import ROOT

STATIC = ROOT / "static"
# What `whitenoise.compress` leaves beside a file is another form of it, not another file.
COMPRESSED = (".br", ".gz")
# Seconds; setting a file's age loses the last digits of it.
_CLOSE = 0.001


@lru_cache(maxsize=1)
def version() -> str:
    """Return the name of the static files as they are: it changes with any byte of any of them.

    One name for all, so that scripts find each other by relative addresses.
    """
    whole = hashlib.sha256()
    for path in sorted(STATIC.rglob("*")):
        if path.is_file() and path.suffix not in COMPRESSED:
            whole.update(f"{path.relative_to(STATIC)}\0".encode() + path.read_bytes())
    return whole.hexdigest()[:12]


def asset(name: str) -> str:
    """Return the address of a static file, e.g. of `css/shopfloor.css`."""
    return f"/static/{version()}/{name}"


def same_age(one: os.stat_result, other: os.stat_result) -> bool:
    """Say whether a compressed form was made of the file as it is now."""
    return abs(one.st_mtime - other.st_mtime) < _CLOSE


class _OfOneAge(WhiteNoise):  # type: ignore[misc]  # WhiteNoise brings no types
    """WhiteNoise that never serves the compressed form of an earlier content."""

    def get_static_file(
        self, path: str, url: str, stat_cache: Mapping[str, os.stat_result] | None = None
    ) -> Any:
        """Return a file with those of its forms that belong to it."""
        found = stat_cache or {}
        forms = {
            name: found[name]
            for name in (path, *(path + suffix for suffix in COMPRESSED))
            if name in found and same_age(found[name], found[path])
        }
        return super().get_static_file(path, url, stat_cache=forms)


def init_assets(app: Flask, headers: dict[str, str]) -> None:
    """Serve the static files as they are now, compressed when `bin/run` has done so, for ever."""
    app.jinja_env.globals["asset"] = asset

    def secure(given: object, _path: str, _url: str) -> None:
        for name, value in {"Content-Security-Policy": ALONE, **headers}.items():
            given[name] = value  # type: ignore[index]  # wsgiref's headers

    app.wsgi_app = _OfOneAge(  # type: ignore[method-assign]  # as WhiteNoise has it
        app.wsgi_app,
        root=str(STATIC),
        prefix=f"static/{version()}/",
        immutable_file_test=lambda _path, _url: True,
        add_headers_function=secure,
        mimetypes={".wasm": "application/wasm", ".webmanifest": "application/manifest+json"},
    )
