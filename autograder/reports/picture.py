"""Small pictures in the HTML report: tables with inline styles, which JupyterLab leaves in any notebook.

No script, no SVG, no style sheet. Every colour has a sign with the same meaning, for readers who see no
colours and for pages without styles.
"""

from markupsafe import Markup, escape

from autograder.grading.results import Picture
from autograder.language import tr
from autograder.text import visible

WRONG = "background-color: #ffd8d3; color: #6e0b0b"
"""Dark red on light red: a contrast of 9:1, in a light and in a dark theme."""
DROPPED = "background-color: #24292f; color: #ffffff"
KEPT = "background-color: #ffffff; color: #24292f"
"""Black and white: 15:1."""
TABLE = "border-collapse: collapse; margin: 4px 0; table-layout: auto; width: auto"
CELL = "border: 1px solid #8b949e; padding: 1px 6px; text-align: right; font-family: monospace"
SMALL = "border: 1px solid #8b949e; padding: 0 3px; text-align: center; font-family: monospace"


def render(picture: Picture) -> Markup:
    """The picture with a sentence that says what it shows; everything in it is escaped."""
    if picture.kind == "mask":
        caption = tr(
            "The mask, as far as it fits here: 0 where an entry is dropped, 1 where it is kept."
        )
    else:
        caption = tr("Your values; those marked with ✗ are wrong:")
    rows = Markup("").join(
        Markup("<tr>{}</tr>").format(
            Markup("").join(
                _cell(picture.kind, text, marked) for text, marked in zip(*row, strict=True)
            )
        )
        for row in zip(picture.cells, picture.marked, strict=True)
    )
    table = Markup('<table style="{}"><tbody>{}</tbody></table>').format(TABLE, rows)
    return escape(caption) + table


def _cell(kind: str, text: str, marked: bool) -> Markup:
    if kind == "mask":
        style, shown = f"{SMALL}; {DROPPED if marked else KEPT}", visible(text)
    else:
        style = f"{CELL}; {WRONG}" if marked else CELL
        shown = f"✗ {visible(text)}" if marked else visible(text)
    return Markup('<td style="{}">{}</td>').format(style, shown)
