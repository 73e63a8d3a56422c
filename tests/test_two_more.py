"""docs/two-more-exercises.md, followed word by word in a course of one's own."""

import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

pytestmark = pytest.mark.slow

PAGE = Path(__file__).resolve().parents[1] / "docs" / "two-more-exercises.md"
TEXT = PAGE.read_text(encoding="utf-8")
EXERCISES = ("update_average", "windows")
_COMMAND = re.compile(r"^    autograder ((?:init|new) \S+)", re.M)
_FILE = re.compile(r"^`(exercises/[\w/]+\.py)`(?:(?!```).)*?\n\n```python\n(.*?)^```$", re.M | re.S)
_TEXT_CELL = re.compile(r"^````markdown\n(.*?)\n````$", re.M | re.S)
_CODE_CELL = re.compile(r"^```python\n((?:def|average|list).*?)\n```$", re.M | re.S)


def run(*arguments: str, cwd: Path) -> str:
    """What the command prints into 100 columns."""
    done = subprocess.run(
        [sys.executable, "-m", "autograder", *arguments],
        cwd=cwd,
        env=os.environ | {"OMP_NUM_THREADS": "1", "COLUMNS": "100"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    return done.stdout


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The course, after every step up to the audits."""
    place = tmp_path_factory.mktemp("followed")
    init, *new = [command.split() for command in _COMMAND.findall(TEXT)]
    run(*init, cwd=place)
    course = place / init[1]
    for command in new:
        run(*command, cwd=course)
    written = dict(_FILE.findall(TEXT))
    for exercise in EXERCISES:
        folder = course / "exercises" / exercise
        for name in ("forbidden.py", "vectorization.py"):  # as the page says
            (folder / name).unlink()
        left = {f"exercises/{exercise}/{path.name}" for path in folder.glob("*.py")}
        assert left <= written.keys(), "a file of the scaffold that the page doesn't replace"
    for name, source in written.items():
        (course / name).write_text(source, encoding="utf-8")
    [*texts], [*codes] = _TEXT_CELL.findall(TEXT), _CODE_CELL.findall(TEXT)
    notebooks = sorted(
        (course / "solutions").glob("*/*.ipynb"), key=lambda path: path.parent.name != "training"
    )
    for path, text, code, example in zip(notebooks, texts, codes[::2], codes[1::2], strict=True):
        notebook = nbformat.read(path, as_version=4)
        beginnings = {
            f"## `{path.stem}(X)`": text,
            f"def {path.stem}(X)": code,
            f"{path.stem}(torch": example,
        }
        for beginning, source in beginnings.items():
            [cell] = [cell for cell in notebook.cells if cell.source.startswith(beginning)]
            cell.source = source
        nbformat.write(notebook, path)
    return course


def test_the_audit_says_what_the_page_says(followed: Path) -> None:
    printed = [line.rstrip() for line in run("audit", *EXERCISES, cwd=followed).splitlines()]
    for exercise in EXERCISES:
        [shown] = re.findall(rf"^    ({exercise} .*)$", TEXT, re.M)
        rows = [line.split() for line in printed if line.startswith(f"{exercise} ")]
        assert shown.split() in rows, printed
        assert rows[-1][-1] == "0"
