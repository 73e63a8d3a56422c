"""Notebooks' sources as text: one Markdown file a notebook, code once, prose once a language.

`texts/<assignment>/<notebook>.md` is Jupytext's Markdown. A part of prose carries its language, and the
fence of a code cell says what nbgrader does with it:

    <!-- #region lang="en" -->           one text cell, in one language
    ```python locked="imports_relu"      locked, and graded without answers
    ```python solution="relu"            the cell of an answer, its grade_id the exercise's name
    ```python check="relu" points=3      the graded cell: `check("relu")`, locked
    ```python picture=true               a picture, which is not run when graded
    ```python again="softmax_regression/softmax" solution="softmax"
                                         the cell of an answer once more, as that text has it: the fence
                                         is empty, and the points of the exercise's check are a weight

A code cell with `lang="zh"` stands in for the cell before it, where docstrings and comments are
translated.
"""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jupytext
import nbformat

from autograder.notebooks.course import AGAIN_TAG, CHECK_PREFIX, NBFORMAT, PICTURE_TAG, CourseError
from autograder.notebooks.files import METADATA

TEXTS = "texts"
LANGUAGES = ("en", "zh")
_MINOR = 5
"""The first format whose cells have ids."""
_WIDE = re.compile("[\u3001-\u303f\u4e00-\u9fff\uff00-\uffef“”‘’]")
"""Characters of Chinese, between which no space stands."""
_MARKS = "，。、；：？！）」》”"
_BLOCK = re.compile(r"[#>|<]|[-*+] |\d+\. |\$\$|```|---")
"""The beginning of a block of Markdown, which ends a paragraph."""
_KEYS = frozenset({"lang", "locked", "solution", "check", "points", "picture", "again"})


def text_files(root: Path) -> list[Path]:
    """The texts of a course's notebooks, in order; none where notebooks are edited themselves."""
    return sorted((root / TEXTS).glob("*/*.md"))


def notebook_path(root: Path, text: Path) -> Path:
    """The source notebook that is made from a text."""
    return root / "solutions" / text.parent.name / f"{text.stem}.ipynb"


def notebook_of(path: Path, language: str = "en") -> str:
    """A source notebook in one language, as the text of an .ipynb file.

    Args:
        path: the Markdown file.
        language: one of LANGUAGES.

    Raises:
        CourseError: for a text that is not as the module's docstring describes it.
    """
    cells: list[Any] = []
    said = list(_in_language(path, _parsed(path), language))
    again = {cell.metadata.get("solution") for cell in said if "again" in cell.metadata}
    for number, cell in enumerate(said):
        if "again" in cell.metadata:
            cell = _repeated(path, cell, language)
        made = _cell(path, cell)
        if language == "zh" and made.cell_type == "markdown":
            made.source = _unbroken(made.source)
        if cell.metadata.get("check") in again:
            made.metadata["tags"] = [AGAIN_TAG]
        made["id"] = f"{path.stem}-{number}"
        cells.append(made)
    metadata: dict[str, Any] = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    if language != "en":
        metadata[METADATA] = {"language": language}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=metadata)
    notebook.nbformat, notebook.nbformat_minor = NBFORMAT, _MINOR
    return json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def stale(root: Path) -> list[Path]:
    """The source notebooks that are not what their texts say."""
    found = []
    for text in text_files(root):
        path = notebook_path(root, text)
        if not path.exists() or path.read_text(encoding="utf-8") != notebook_of(text):
            found.append(path)
    return found


def write(root: Path) -> list[Path]:
    """Write the source notebooks whose texts have changed; returns them."""
    changed = stale(root)
    for text in text_files(root):
        path = notebook_path(root, text)
        if path in changed:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(notebook_of(text), encoding="utf-8")
    return changed


def _parsed(path: Path) -> list[Any]:
    try:
        cells: list[Any] = jupytext.reads(path.read_text(encoding="utf-8"), fmt="md").cells
    except (OSError, ValueError) as error:
        raise CourseError(f"{path}: {error}") from error
    return cells


def _repeated(path: Path, cell: Any, language: str) -> Any:
    """The cell of an answer as another text of the course has it."""
    name, where = cell.metadata.get("solution"), cell.metadata["again"]
    other = path.parents[1] / f"{where}.md"
    for found in _in_language(other, _parsed(other), language):
        if name is not None and found.metadata.get("solution") == name:
            if cell.source.strip():
                raise CourseError(f"{path}: the cell of {name} should be empty: {where} has it")
            return nbformat.from_dict({**cell, "source": found.source})
    raise CourseError(f"{path}: {where} has no cell of an answer {name}")


def _in_language(path: Path, cells: list[Any], language: str) -> Iterator[Any]:
    """The cells of one language in order: cells without a language, and code that replaces its original."""
    for place, cell in enumerate(cells):
        unknown = set(cell.metadata) - _KEYS
        if unknown:
            raise CourseError(f"{path}: cell {place + 1} says {', '.join(sorted(unknown))}")
        said = cell.metadata.get("lang")
        if said is not None and said not in LANGUAGES:
            raise CourseError(f"{path}: cell {place + 1} is in no known language ({said})")
        if cell.cell_type == "markdown":
            if said is None:
                raise CourseError(f"{path}: cell {place + 1} is text without a language")
            if said == language:
                yield cell
            continue
        translated = cells[place + 1] if place + 1 < len(cells) else None
        if (
            translated is None
            or translated.cell_type != "code"
            or "lang" not in translated.metadata
        ):
            translated = None
        if said is not None:
            continue
        if translated is None or translated.metadata.lang != language:
            yield cell
            continue
        if _code_alone(path, cell.source) != _code_alone(path, translated.source):
            raise CourseError(
                f"{path}: cell {place + 2} is not a translation of the cell before it"
            )
        yield nbformat.from_dict({**cell, "source": translated.source})


def _code_alone(path: Path, source: str) -> str:
    """Code without comments and docstrings."""
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        raise CourseError(f"{path}: {error}") from error
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Module):
            node.body = node.body[ast.get_docstring(node) is not None :]
    return ast.dump(tree)


def _cell(path: Path, cell: Any) -> Any:
    said = cell.metadata
    if cell.cell_type == "markdown":
        return nbformat.v4.new_markdown_cell(cell.source)
    if "check" in said:
        graded = _graded(CHECK_PREFIX + said["check"], grade=True, points=said.get("points"))
        source = f'check("{said["check"]}")'
        if cell.source.strip() != source:
            raise CourseError(f"{path}: the cell {graded['grade_id']} should say {source}")
        return nbformat.v4.new_code_cell(source, metadata={"nbgrader": graded})
    metadata: dict[str, Any] = {}
    if "solution" in said:
        metadata["nbgrader"] = _graded(said["solution"], solution=True)
    elif "locked" in said:
        metadata["nbgrader"] = _graded(said["locked"])
    elif said.get("picture"):
        metadata["tags"] = [PICTURE_TAG]
    return nbformat.v4.new_code_cell(cell.source, metadata=metadata)


def _unbroken(text: str) -> str:
    """Prose without the line breaks beside Chinese, where a browser would show a space."""
    lines: list[str] = []
    fenced = False
    for line in text.split("\n"):
        if lines and not fenced and _continues(lines[-1], line.lstrip()):
            lines[-1] += line.lstrip()
        else:
            lines.append(line)
        fenced ^= line.lstrip().startswith("```")
    return "\n".join(lines)


def _continues(before: str, line: str) -> bool:
    if not before or not line or before.startswith("#") or _BLOCK.match(line):
        return False
    return before[-1] in _MARKS or bool(_WIDE.match(before[-1]) and _WIDE.match(line))


def _graded(
    grade_id: str, *, grade: bool = False, solution: bool = False, points: int | float | None = None
) -> dict[str, Any]:
    """Metadata of a cell for nbgrader, format 3."""
    made: dict[str, Any] = {
        "grade": grade,
        "grade_id": grade_id,
        "locked": not solution,
        "schema_version": 3,
        "solution": solution,
        "task": False,
    }
    if grade:
        made["points"] = points
    return made
