"""Labels as pictures inside a page: the same layout, drawn by the browser's own letters."""

from collections.abc import Sequence

from markupsafe import Markup, escape

from shopfloor.labels.designs import Label
from shopfloor.labels.layout import Placed, Size, place
from shopfloor.labels.paper import A4, ON_SHEET, ON_SHEETS, SINGLE


def pages(labels: Sequence[Label], paper: str, copies: int) -> list[list[Markup]]:
    """Return the pages of a sheet for the browser, each a list of pictures."""
    size, many = (ON_SHEET, ON_SHEETS) if paper == A4 else (SINGLE, 1)
    shown = [one for label in labels for one in [picture(label, size)] * copies]
    return [shown[n : n + many] for n in range(0, len(shown), many)]


def picture(label: Label, size: Size) -> Markup:
    """Return a label as inline SVG, a unit a millimetre.

    Each row says how wide it is, so that no browser's letters leave the label.
    """
    placed = place(label, size)
    rows = "".join(
        f'<text x="{row.x:.2f}" y="{row.y + row.size * 0.94:.2f}" font-size="{row.size:.2f}"'
        f' textLength="{max(row.width, 0.1):.2f}" lengthAdjust="spacingAndGlyphs">'
        f"{escape(row.text)}</text>"
        for row in placed.rows
    )
    return Markup(  # noqa: S704 - figures of ours, and texts that are escaped
        f'<svg class="label-picture" role="img" aria-label="{escape(label.name)}"'
        f' viewBox="0 0 {size.width:g} {size.height:g}">'
        f'<rect width="{size.width:g}" height="{size.height:g}" fill="#fff"/>'
        f'<path d="{_modules(placed)}" fill="#000"/>{rows}</svg>'
    )


def _modules(placed: Placed) -> str:
    """Return the dark modules as one path, so that no fine line shows between them."""
    edge, strokes = placed.module, []
    for down, row in enumerate(placed.modules):
        across = 0
        while across < len(row):
            run = 0
            while across + run < len(row) and row[across + run]:
                run += 1
            if run:
                x, y = placed.qr_x + across * edge, placed.qr_y + down * edge
                strokes.append(f"M{x:.3f} {y:.3f}h{run * edge:.3f}v{edge:.3f}h-{run * edge:.3f}z")
            across += run or 1
    return "".join(strokes)
