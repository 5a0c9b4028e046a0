"""What others wrote and we ship is theirs to the byte, and every piece of it is accounted for."""

import hashlib
import json

from shopfloor.core.settings import ROOT

VENDOR = ROOT / "static/vendor"
MANIFEST: list[dict[str, str]] = json.loads((VENDOR / "manifest.json").read_text())


def test_every_vendored_file_is_what_its_package_holds() -> None:
    for entry in MANIFEST:
        found = hashlib.sha256((VENDOR / entry["file"]).read_bytes()).hexdigest()
        assert found == entry["sha256"], entry["file"]


def test_every_vendored_file_is_in_the_manifest_with_its_version_and_licence() -> None:
    # What a start of the program has compressed beside a file is another form of it.
    files = [path for path in VENDOR.rglob("*") if path.is_file() and path.parent != VENDOR]
    there = {str(path.relative_to(VENDOR)) for path in files if path.suffix not in (".gz", ".br")}

    assert there == {entry["file"] for entry in MANIFEST}
    for entry in MANIFEST:
        assert entry["package"]
        assert entry["licence"]
        # A new version gets new addresses: what phones keep for a year is never stale.
        assert entry["version"] in entry["file"].split("/")[0]


def test_every_vendored_package_brings_its_licence() -> None:
    packages = {entry["file"].split("/")[0] for entry in MANIFEST}

    assert packages == {
        entry["file"].split("/")[0] for entry in MANIFEST if "/LICENSE" in entry["file"]
    }
