"""What nbgrader's pages show of a student's cells: nothing live, nothing from elsewhere, at once."""

import re

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from traitlets.config import Config

from autograder.nbgrader import configure, formulas, markdown
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
        ("$a<b$", '<math display="inline"><mrow><mi>a</mi><mo>&lt;</mo><mi>b</mi></mrow></math>'),
        ("**$x$**", '<strong><math display="inline"><mrow><mi>x</mi></mrow></math></strong>'),
        ("$$\\frac{1}{2}$$", '<math display="block"><mrow><mfrac><mrow><mn>1</mn></mrow>'),
        ("\\begin{align*}a&=b\\end{align*}", "<mtd><mi>a</mi></mtd>"),
        ("$$\\begin{aligned}a&=b\\end{aligned}$$", "<mtd><mi>a</mi></mtd>"),
        ("$\\Big\\lfloor x$", "⌊"),
        ("`$x$`", "<code>$x$</code>"),
        ("$a<\\frac$", "$a&lt;\\frac$"),  # TeX that isn't whole stays
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


@pytest.mark.parametrize(
    "source",
    [
        "$\\text{<script>MARK</script><img src=x onerror=MARK>}$",
        "$\\href{javascript:MARK}{x}$",
        "$\\class{MARK}{x} \\style{MARK}{x} \\color{MARK} x$",
        '![$\\text{" onerror="MARK}$](attachment:a.png)',
        '[a](http://a.b "$\\text{onclick=MARK}$")',
        "[$x$](javascript:MARK)",
    ],
)
def test_a_formula_is_not_live(source):
    shown = safe_markdown(source, {"a.png": {"image/png": "AAAA"}})
    live = BeautifulSoup(shown, "html.parser")
    names = {tag.name for tag in live.find_all(True)} - {"p", "a", "img"}
    assert names <= formulas._TAGS
    for tag in live.find_all(True):
        assert tag.attrs.keys() <= formulas._ATTRIBUTES | {"href", "src", "alt", "title"}
        assert "MARK" not in tag.attrs.get("href", "")
    assert "\ue000" not in shown


def test_a_forged_mark_shows_no_formula():
    assert safe_markdown("&#xE000;0&#xE001; \ue0000\ue001 $x$").count("<math") == 1


def test_formulas_have_their_room():
    assert "<math" not in safe_markdown("$" + "x" * (formulas.MAX_TEX + 1) + "$")
    long = "$" + "x" * (formulas.MAX_TEX - 1) + "$ "
    many = page(*(new_markdown_cell(long * 3) for _ in range(5)))
    assert many.count("<math") == formulas.MAX_TEX_OF_ALL // (formulas.MAX_TEX - 1)
    assert many.count("$") == 2 * (15 - many.count("<math"))


def test_a_feedback_page_loads_nothing_from_elsewhere(tmp_path):
    from nbconvert.exporters import HTMLExporter
    from nbgrader.converters import GenerateFeedback

    config = Config()
    configure(config, root=tmp_path)
    exporter = HTMLExporter(config=GenerateFeedback(config=config).config)
    nbgraders = {"notebook": "softmax", "score": 1, "max_score": 1, "late_penalty": 0}
    notebook = new_notebook(cells=[new_markdown_cell("$x$")])
    shown, _ = exporter.from_notebook_node(notebook, resources={"nbgrader": nbgraders})
    assert "<h4>softmax (Score: 1.0 / 1.0)</h4>" in shown
    assert "<math" in shown
    loaded = BeautifulSoup(shown, "html.parser").find_all(["script", "link", "img", "iframe"])
    assert [tag for tag in loaded if tag.get("src") or tag.get("href")] == []


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
    room = formulas.Formulas()
    shown = "".join(markdown.safe_markdown(text, formulas=room) for text in texts)
    assert room.room > formulas.MAX_TEX_OF_ALL / 2
    assert "$" not in BeautifulSoup(shown, "html.parser").get_text()
    assert not re.search(
        r"\\\\[a-zA-Z]",
        "".join(m.get_text() for m in BeautifulSoup(shown, "html.parser").find_all("math")),
    )
