"""How large a table from outside may be; beyond it is refused with a sentence naming the limit."""

from flask_babel import lazy_gettext as _l

from shopfloor.core.refusals import Malformed, Sentence

MEGABYTE = 1_000_000
MOST_BYTES = 20 * MEGABYTE
MOST_ROWS = 200_000
MOST_COLUMNS = 200
# What Excel itself holds in one cell.
MOST_TEXT = 32_767
# What an XLSX may hold when it is unpacked: its parts, all of it, and what is read at once.
MOST_MEMBERS = 1_000
MOST_UNPACKED = 400 * MEGABYTE
MOST_AT_ONCE = 50 * MEGABYTE


def no_table(sentence: Sentence, hint: Sentence | str = "") -> Malformed:
    """Return the refusal of a file that is no table we can read."""
    return Malformed(sentence, hint, rule="bad_table", field="file")


def too_large() -> Malformed:
    """Return the refusal of a file with too many bytes."""
    return no_table(
        _l("The file is too large: at most %(most)s MB are read.", most=MOST_BYTES // MEGABYTE),
        _l("Split it into several files."),
    )


def too_many_rows() -> Malformed:
    """Return the refusal of a table with too many rows."""
    return no_table(
        _l("The table is too long: at most %(most)s rows are read.", most=f"{MOST_ROWS:,}"),
        _l("Split it into several files."),
    )


def too_many_columns() -> Malformed:
    """Return the refusal of a table with too many columns."""
    return no_table(
        _l("The table is too wide: at most %(most)s columns are read.", most=MOST_COLUMNS),
        _l("Leave out the columns that are not needed."),
    )


def too_long_text(line: int) -> Malformed:
    """Return the refusal of a cell with too much text, which is often a quote never closed."""
    return no_table(
        _l(
            "Line %(line)s holds a cell of more than %(most)s characters.",
            line=line,
            most=f"{MOST_TEXT:,}",
        ),
        _l("Look for a quotation mark that is opened there and never closed."),
    )


def unpacks_too_large() -> Malformed:
    """Return the refusal of an XLSX that swells when it is unpacked."""
    return no_table(
        _l(
            "This workbook unpacks to more than %(most)s MB, so it is not opened.",
            most=MOST_UNPACKED // MEGABYTE,
        ),
        _l("Keep only the sheet that is needed and save it again."),
    )
