"""Static files: compressed, kept for ever, and never those of an earlier content."""

import gzip
import os
from collections.abc import Iterator
from pathlib import Path

import brotli  # type: ignore[import-untyped]  # brings no types
import pytest
from flask import Flask

from shopfloor.core import assets, compressed
from shopfloor.core.assets import STATIC, asset
from tests.server import Server, serving

WASM = next(path.relative_to(STATIC) for path in STATIC.rglob("*.wasm"))
FILES = [
    ("css/shopfloor.css", "text/css; charset=utf-8"),
    ("js/app.js", "text/javascript; charset=utf-8"),
    ("icons.svg", "image/svg+xml"),
    (str(WASM), "application/wasm"),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running server; the static files need no database."""
    compressed.compress()
    folder = tmp_path_factory.mktemp("static")
    with serving(folder, f"sqlite:///{folder / 'empty.db'}") as started:
        yield started


@pytest.mark.processes
@pytest.mark.parametrize(("name", "kind"), FILES)
def test_a_running_server_sends_it_compressed_and_for_ever(
    server: Server, name: str, kind: str
) -> None:
    whole = (STATIC / name).read_bytes()
    for accepted, encoding, decode in (
        ("gzip, deflate, br, zstd", "br", brotli.decompress),
        ("gzip", "gzip", gzip.decompress),
        ("identity", None, bytes),
    ):
        heard = server.send("GET", asset(name), Accept_Encoding=accepted)
        assert heard.status == 200
        assert heard.headers.get("Content-Encoding") == encoding
        assert decode(heard.body) == whole
        assert heard.headers["Content-Type"].replace('"', "") == kind
        assert heard.headers["Cache-Control"] == "max-age=315360000, public, immutable"
        assert heard.headers["Vary"] == "Accept-Encoding"
        assert heard.headers["X-Content-Type-Options"] == "nosniff"
        assert heard.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "default-src 'none'" in heard.headers["Content-Security-Policy"]


@pytest.mark.processes
@pytest.mark.parametrize(
    "path", ["/static/0123456789ab/js/app.js", asset("js/gone.js"), "/static/"]
)
def test_what_is_not_there_is_said_in_plain_words(server: Server, path: str) -> None:
    heard = server.send("GET", path)
    assert (heard.status, heard.body) == (404, b"404 Not Found\n")
    assert heard.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert heard.headers["Cache-Control"] == "no-store"
    assert "immutable" not in str(heard.headers)
    assert "Set-Cookie" not in heard.headers


@pytest.fixture
def static(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of static files with one style sheet."""
    for module in (assets, compressed):
        monkeypatch.setattr(module, "STATIC", tmp_path)
    (tmp_path / "a.css").write_text("body { color: red } " * 50)
    (tmp_path / "b.png").write_bytes(b"\x89PNG" * 400)
    assets.version.cache_clear()
    yield tmp_path
    assets.version.cache_clear()


def encoding_of(app: Flask) -> str | None:
    assets.version.cache_clear()
    assets.init_assets(app, {})
    with app.test_client().get(asset("a.css"), headers={"Accept-Encoding": "br"}) as answer:
        assert answer.status_code == 200
        return answer.headers.get("Content-Encoding")


def test_only_what_has_changed_is_compressed_again(static: Path) -> None:
    assert [compressed.compress(), compressed.compress()] == [1, 0]
    assert {path.name for path in static.iterdir()} == {"a.css", "a.css.br", "a.css.gz", "b.png"}
    (static / "a.css").write_text("body { color: blue } " * 50)
    assert compressed.compress() == 1
    assert b"blue" in brotli.decompress((static / "a.css.br").read_bytes())


def test_the_compressed_form_of_an_earlier_content_is_never_sent(static: Path) -> None:
    assert encoding_of(Flask("a")) is None
    compressed.compress()
    assert encoding_of(Flask("b")) == "br"
    later = (static / "a.css").stat().st_mtime + 60
    os.utime(static / "a.css", (later, later))
    assert encoding_of(Flask("c")) is None


def test_compressed_forms_do_not_change_the_address(static: Path) -> None:
    before = asset("a.css")
    compressed.compress()
    assets.version.cache_clear()
    assert asset("a.css") == before


def test_they_are_no_part_of_the_program() -> None:
    ignored = (STATIC.parent / ".gitignore").read_text().splitlines()
    assert {"/static/**/*.gz", "/static/**/*.br"} <= set(ignored)
