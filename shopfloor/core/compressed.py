"""Makes the compressed forms of the static files: `python -m shopfloor.core.compressed`."""

import os
import sys

from whitenoise.compress import Compressor

from shopfloor.core.assets import COMPRESSED, STATIC, same_age


def compress() -> int:
    """Make the compressed forms that are missing or belong to an earlier content; return how many.

    They get the age of their file: another age means another content, and they are not served.
    """
    compressor = Compressor(quiet=True)
    made = 0
    for path in sorted(STATIC.rglob("*")):
        if not path.is_file() or not compressor.should_compress(path.name):
            continue
        forms = [path.with_name(path.name + suffix) for suffix in COMPRESSED]
        if all(form.exists() and same_age(form.stat(), path.stat()) for form in forms):
            continue
        for form in forms:
            form.unlink(missing_ok=True)
        made += bool(compressor.compress(os.fspath(path)))
    return made


if __name__ == "__main__":
    try:
        compress()
    except OSError as error:
        # They are only a convenience: without them the server sends the files as they are.
        sys.stderr.write(f"The static files are not compressed: {error}\n")
