"""Notebooks edited as text: the notebook follows from it, in one language or another."""

import json
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from autograder.authoring import course_page, texts
from autograder.notebooks.course import Course, CourseError, read_source
from tests.one_class import ROOT

TEXT = """<!-- #region lang="en" -->
# Double

Twice `x`.
<!-- #endregion -->

<!-- #region lang="zh" -->
# 两倍
<!-- #endregion -->

```python locked="imports_double"
import torch
```

```python solution="double"
def double(x):
    \"\"\"Twice x.\"\"\"
    ### BEGIN SOLUTION
    return 2 * x  # twice
    ### END SOLUTION
```

```python lang="zh"
def double(x):
    \"\"\"x 的两倍。\"\"\"
    ### BEGIN SOLUTION
    return 2 * x  # 两倍
    ### END SOLUTION
```

```python check="double" points=3
check("double")
```

```python picture=true
print(double(torch.ones(2)))
```
"""


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "texts" / "first" / "double.md"
    path.parent.mkdir(parents=True)
    path.write_text(TEXT, encoding="utf-8")
    return path


def cells(path: Path, language: str) -> list[str]:
    return [
        "".join(cell["source"]) for cell in json.loads(texts.notebook_of(path, language))["cells"]
    ]


def test_no_source_notebook_is_stale() -> None:
    made = {texts.notebook_path(ROOT, text) for text in texts.text_files(ROOT)}
    assert made == set((ROOT / "solutions").glob("*/*.ipynb"))
    assert texts.stale(ROOT) == []


def test_a_notebook_is_written_once(text: Path, tmp_path: Path) -> None:
    [path] = texts.write(tmp_path)
    assert texts.write(tmp_path) == []
    source = read_source(path)
    assert source.points == {"double": 3}
    assert [cell.locked for cell in source.cells] == [True, False, True, False]
    assert [cell.picture for cell in source.cells] == [False, False, False, True]
    assert source.namespace()["double"](4) == 8


def test_languages_share_the_code(text: Path) -> None:
    english, chinese = cells(text, "en"), cells(text, "zh")
    assert len(english) == len(chinese) == 5
    assert english[0].startswith("# Double\n\nTwice")
    assert chinese[0] == "# 两倍"
    assert "两倍" in chinese[2] and "两倍" not in english[2]
    assert english[1] == chinese[1] and english[3:] == chinese[3:]


@pytest.mark.parametrize(
    ("correct", "wrong", "sentence"),
    [
        ("return 2 * x  # 两倍", "return 3 * x", "cell 5 is not a translation"),
        ('lang="zh"', 'lang="fr"', "no known language"),
        ('check("double")', 'check("half")', 'should say check("double")'),
        (' lang="en" -->', " -->", "text without a language"),
        ("picture=true", "pictures=true", "says pictures"),
    ],
)
def test_a_wrong_text_is_named(text: Path, correct: str, wrong: str, sentence: str) -> None:
    text.write_text(TEXT.replace(correct, wrong), encoding="utf-8")
    with pytest.raises(CourseError, match=r"double\.md") as error:
        texts.notebook_of(text, "zh")
    assert sentence in str(error.value)


@pytest.mark.parametrize("path", texts.text_files(ROOT), ids=lambda path: path.stem)
def test_chinese_emphasis_is_seen_as_such(path: Path) -> None:
    """Markdown sees none where a mark ends it and a character follows at once: `**结果。**形状`."""
    notebook = json.loads(texts.notebook_of(path, "zh"))
    prose = [cell["source"] for cell in notebook["cells"] if cell["cell_type"] == "markdown"]
    assert [text for text in prose if _loose_stars(text)] == []


@pytest.mark.parametrize("name", ["README.zh.md", "docs/for-students.zh.md"])
def test_chinese_pages_have_no_loose_stars(name: str) -> None:
    assert _loose_stars((ROOT / name).read_text(encoding="utf-8")) == []


def _loose_stars(text: str) -> list[str]:
    """The parts of a text that show the stars that should have made something bold."""
    inner = [child for token in MarkdownIt().parse(text) for child in token.children or []]
    return [child.content for child in inner if child.type == "text" and "**" in child.content]


def test_the_course_s_page_is_in_step() -> None:
    page = course_page.page_of(Course(ROOT))
    assert (ROOT / course_page.PAGE).read_text(encoding="utf-8") == page
    assert page.count("](../solutions/") == len(Course(ROOT).notebooks)
