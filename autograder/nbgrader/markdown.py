r"""Cells of a submission on nbgrader's pages: nothing that a browser would run, and no page stalls.

The Markdown parser and the highlighter take time that grows with the square of some texts (a line of
`\[`, of `a.`, of headings). So a text beyond the sizes below is shown without formatting.
They bound the work, not the time, so that a page looks the same on every machine.
"""

import html
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

import bleach
from bleach.sanitizer import Cleaner
from jinja2 import pass_context
from jinja2.runtime import Context
from mistune import HTMLRenderer
from nbconvert.filters import Highlight2HTML
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from autograder.nbgrader.formulas import MAX_TEX_OF_ALL, Formulas
from autograder.notebooks.files import PICTURES

TAGS = bleach.ALLOWED_TAGS | set(
    "p br hr h1 h2 h3 h4 h5 h6 pre div span table thead tbody tr th td img del sub sup".split()
)
PROTOCOLS = {"http", "https", "mailto", "attachment"}

MAX_CHARACTERS = 20_000
"""Of a text cell that is formatted; the longest of this course's has three thousand."""
MAX_MARKUP = 1_000
"""Characters with a meaning in Markdown, in a formatted cell; the course's have 230 at most."""
MAX_MARKUP_OF_ALL = 5_000
"""In all text cells of a notebook; the course's notebooks have 440 at most."""
MAX_CODE_OF_ALL = 50_000
"""Characters in all highlighted code cells; the course's notebooks have 3,500 at most."""
MAX_LINE = 500
"""Characters of a highlighted line: `a.` repeated takes time with the square of its length."""

_MARKUP = re.compile(r"[^\w\s.,;:()'\"?/+=-]|^\s*(?:[-+=]|\d+[.)])", re.MULTILINE)
_ATTACHED = re.compile(r'(<img [^<>]*?)src="attachment:([^"]*)"')
_highlight = Highlight2HTML(pygments_lexer="ipython3")


class _Renderer(IPythonRenderer):
    """nbconvert's, without the parts that are removed later: anchors, colours of code, embedded files."""

    def __init__(self, formulas: Formulas) -> None:
        super().__init__(escape=False, exclude_anchor_links=True)
        self._formulas = formulas

    def inline_math(self, body: str) -> str:
        """A formula in a line."""
        return self._formulas.mark(body, super().inline_math(body), block=False)

    def block_math(self, body: str) -> str:
        """A formula on a line of its own."""
        return self._formulas.mark(body, super().block_math(body), block=True)

    def latex_environment(self, name: str, body: str) -> str:
        """A formula written as an environment."""
        shown = super().latex_environment(name, body)
        return self._formulas.mark(html.unescape(shown), shown, block=True)

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """Leave `attachment:name` as it is; nbconvert's raises where there is none of that name."""
        return HTMLRenderer.image(self, text, url, title)

    def block_code(self, code: str, info: str | None = None) -> str:
        """Leave code as it is: a student chooses its language, and so the regular expressions."""
        return HTMLRenderer.block_code(self, code)


def _allowed(tag: str, name: str, value: str) -> bool:
    if tag == "img":
        local = name == "src" and value.startswith("attachment:")
        return local or name in ("alt", "title")
    return name in bleach.ALLOWED_ATTRIBUTES.get(tag, ()) and not value.startswith("attachment:")


def safe_markdown(
    source: str,
    attachments: Mapping[str, Mapping[str, str]] | None = None,
    formulas: Formulas | None = None,
) -> str:
    """Markdown as HTML with formatting, links, formulas and attached pictures; all else as text.

    A picture from elsewhere would tell its server who opens the page, and when; a class could look
    like a part of the page: neither is kept.

    Args:
        source: the cell's text; shown without formatting where it is beyond the sizes above.
        attachments: by name and MIME type, pictures in base64 that belong to the cell.
        formulas: lays formulas out; it knows how many characters it may still lay out.
    """
    if len(source) > MAX_CHARACTERS or _markup(source) > MAX_MARKUP:
        return plain(source)
    formulas = formulas or Formulas()
    cleaner = Cleaner(
        tags=TAGS, attributes=_allowed, protocols=PROTOCOLS, filters=[formulas.placed]
    )
    shown: str = cleaner.clean(MarkdownWithMath(_Renderer(formulas)).render(source))

    def attached(found: re.Match[str]) -> str:
        data = (attachments or {}).get(unquote(html.unescape(found[2])), {})
        for kind in PICTURES:
            if kind in data:
                return f'{found[1]}src="data:{kind};base64,{html.escape(data[kind])}"'
        return found[1]

    return _ATTACHED.sub(attached, shown)


def plain(source: str) -> str:
    """A text without formatting."""
    return f"<pre>{html.escape(source)}</pre>"


@pass_context
def text_cell(context: Context, source: str) -> str:
    """`safe_markdown` with the cell's attachments; in place of nbconvert's filter `markdown2html`."""
    work = _work(context)
    if work["markup"] > MAX_MARKUP_OF_ALL:
        return plain(source)
    formulas = Formulas(work["room for formulas"])
    shown = safe_markdown(source, context.get("cell", {}).get("attachments"), formulas)
    work["room for formulas"] = formulas.room
    return shown


@pass_context
def code_cell(context: Context, source: str, **_: Any) -> str:
    """A code cell with its colours; in place of nbconvert's filter `highlight_code`."""
    longest = max(map(len, source.splitlines()), default=0)
    if longest > MAX_LINE or _work(context)["code"] > MAX_CODE_OF_ALL:
        return f'<div class="highlight">{plain(source)}</div>'
    shown: str = _highlight(source)
    return shown


def _work(context: Context) -> dict[str, int]:
    """How much there is to format in the notebook, counted once a page."""
    resources = context.get("resources", {})
    if "autograder_work" not in resources:
        cells = context["nb"].cells if "nb" in context else []
        texts = [cell.source for cell in cells if cell.cell_type == "markdown"]
        code = [cell.source for cell in cells if cell.cell_type == "code"]
        work = {
            "markup": sum(map(_markup, texts)),
            "code": sum(map(len, code)),
            "room for formulas": MAX_TEX_OF_ALL,
        }
        resources["autograder_work"] = work
    found: dict[str, int] = resources["autograder_work"]
    return found


def _markup(text: str) -> int:
    return sum(1 for _ in _MARKUP.finditer(text))
