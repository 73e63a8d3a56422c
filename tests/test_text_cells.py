"""What nbgrader's pages show of a student's cells: nothing live, nothing from elsewhere, at once."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from traitlets.config import Config

from autograder.nbgrader import markdown
from autograder.nbgrader.markdown import plain, safe_markdown
from tests.one_class import ROOT

STALLING = [
    "|a|b|\n|-|-|\n",
    "\\\\(",
    "\\\\[",
    "<div>",
    "#\n",
    "\\begin{a}",
    "[a](",
    "**a",
    "> ",
    "`",
    "<!--",
]
"""Texts that take the Markdown parser or the sanitizer minutes when they are repeated."""


def page(*cells: nbformat.NotebookNode) -> str:
    from nbconvert.exporters import HTMLExporter

    place = "autograder.nbgrader.markdown"
    filters = {"markdown2html": f"{place}.text_cell", "highlight_code": f"{place}.code_cell"}
    exporter = HTMLExporter(config=Config(HTMLExporter={"filters": filters}))
    return exporter.from_notebook_node(new_notebook(cells=list(cells)))[0].partition("<body")[2]


@pytest.mark.parametrize(
    ("source", "kept"),
    [
        ("**a** _b_ `c`", "<strong>a</strong> <em>b</em> <code>c</code>"),
        ("$a_b<c$", "$a_b&lt;c$"),
        ("[l](http://a.b)", '<a href="http://a.b">l</a>'),
        ("|a|\n|-|\n|1|", "<td>1</td>"),
        ("```python\nx<1\n```", "<pre><code>x&lt;1\n</code></pre>"),
    ],
)
def test_formatting_and_formulas_are_kept(source, kept):
    assert kept in safe_markdown(source)


@pytest.mark.parametrize(
    "source",
    [
        "![a](http://a.b/c.png)",
        "<img src=http://a.b/c.png>",
        "<img src=//a.b/c.png>",
        '<p class="alert">a</p>',
        "![a](attachment:c.png)",
        "[a](attachment:c.png)",
        "![a](data:image/svg+xml;base64,PHN2Zy8+)",
        "<a href=data:text/html,x>a</a>",
    ],
)
def test_nothing_comes_from_elsewhere(source):
    shown = safe_markdown(source)
    assert "src=" not in shown
    assert "class=" not in shown
    assert "href=" not in shown


def test_a_picture_takes_nothing_with_it():
    data = {"a.png": {"image/png": '" onerror="MARK'}}
    assert 'onerror="' not in safe_markdown("![x](attachment:a.png)", data)
    assert safe_markdown('`src="attachment:a.png"`', data) == safe_markdown(
        '`src="attachment:a.png"`'
    )


@pytest.mark.parametrize("text", STALLING)
def test_what_would_stall_a_page_is_shown_as_it_stands(text):
    for size in (10_000, 90_000):
        source = text * (size // len(text))
        assert safe_markdown(source) == plain(source)


def test_a_long_line_of_code_is_shown_as_it_stands():
    shown = page(new_code_cell("a." * 2_000), new_code_cell("x = 1"))
    assert "a." * 2_000 in shown
    assert '<span class="n">x</span>' in shown


def test_a_notebook_of_many_cells_is_shown_as_it_stands():
    cells = [new_markdown_cell("# a\n" * 900) for _ in range(20)]
    assert "<h1>" not in page(*cells)
    assert "<h1>" in page(cells[0])
    assert '<span class="n">' not in page(*(new_code_cell("x = 1\n" * 1000) for _ in range(20)))


@pytest.mark.parametrize(
    "path", sorted((ROOT / "solutions").glob("*/*.ipynb")), ids=lambda p: p.stem
)
def test_the_course_itself_is_far_below_the_limits(path):
    notebook = nbformat.read(path, as_version=4)
    texts = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    assert sum(map(markdown._markup, texts)) < markdown.MAX_MARKUP_OF_ALL / 4
    assert max(map(markdown._markup, texts)) < markdown.MAX_MARKUP / 3
    assert sum(map(len, code)) < markdown.MAX_CODE_OF_ALL / 4
    assert max(len(line) for text in code for line in text.splitlines()) < markdown.MAX_LINE / 3
