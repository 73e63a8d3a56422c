"""Reading what a student handed in. Files are data: nothing of them is run or believed here."""

import json
import os
import stat
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from autograder.notebooks.course import CHECK_PREFIX, Course, SourceNotebook, is_stub
from autograder.sandbox.client import Cell
from autograder.sandbox.limits import Limits


class UnreadableSubmission(Exception):
    """Raised when a file cannot be graded; the text names the file and says why."""


@dataclass(frozen=True)
class Submission:
    """A student's notebook, matched with its source.

    cells: the code cells to run, numbered as in the file (0: added from the source).
    problems: sentences for the instructor about what was missing, doubled or changed.
    """

    path: Path
    student: str
    source: SourceNotebook
    cells: tuple[Cell, ...]
    problems: tuple[str, ...]

    def attempted(self, exercise: str) -> bool | None:
        """Whether the exercise is answered; False for a stub, None where no cell defines it."""
        states = [is_stub(cell.source, exercise) for cell in self.cells]
        known = [state for state in states if state is not None]
        return None if not known else not known[-1]


def find_notebooks(paths: list[Path]) -> tuple[list[Path], list[str]]:
    """The notebooks under paths, sorted within each, and a sentence for each path without any."""
    found: list[Path] = []
    problems = []
    for path in paths:
        if path.is_dir():
            inside = sorted(p for p in path.rglob("*.ipynb") if ".ipynb_checkpoints" not in p.parts)
            if not inside:
                problems.append(f"{path}: no notebooks in this folder")
            found += inside
        elif path.exists() or path.is_symlink():
            found.append(path)
        else:
            problems.append(f"{path}: no such file or folder")
    return list(dict.fromkeys(found)), problems


def read_submission(path: Path, course: Course, limits: Limits, student: str = "") -> Submission:
    """Read a notebook and match it with its source. Raises UnreadableSubmission."""
    notebook = _parse(path, _read(path, limits))
    cells, problems = _code_cells(path, notebook, limits)
    grade_ids = frozenset(grade_id for _, grade_id, _ in cells)
    source = course.match(path.stem, grade_ids)
    if source is None:
        raise UnreadableSubmission(
            f"{path}: matches no source notebook, neither by its name nor by its cells"
        )
    run, more = _select(cells, source)
    return Submission(path, student or _student(path), source, tuple(run), (*problems, *more))


def _student(path: Path) -> str:
    """The student's folder, where the file lies in <student>/<assignment>/<notebook>.ipynb."""
    parents = path.resolve().parents
    return parents[1].name if len(parents) > 1 else ""


def _read(path: Path, limits: Limits) -> bytes:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        if path.is_symlink():
            raise UnreadableSubmission(f"{path}: is a link; links are not followed") from None
        raise UnreadableSubmission(f"{path}: cannot be read ({error.strerror})") from None
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise UnreadableSubmission(f"{path}: is not a regular file")
        if status.st_size > limits.notebook_bytes:
            raise UnreadableSubmission(
                f"{path}: has {status.st_size:,} bytes (limit {limits.notebook_bytes:,})"
            )
        return file.read(limits.notebook_bytes + 1)


def _parse(path: Path, data: bytes) -> Any:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableSubmission(f"{path}: is not UTF-8 (byte {error.start})") from None
    try:
        raw = json.loads(text)
    except RecursionError:
        raise UnreadableSubmission(f"{path}: its JSON is nested too deeply") from None
    except ValueError as error:
        raise UnreadableSubmission(f"{path}: is not JSON ({error})") from None
    if not isinstance(raw, dict) or "nbformat" not in raw:
        raise UnreadableSubmission(f"{path}: is JSON, but not a notebook")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # missing cell ids and the like are repaired, not errors
            return nbformat.reads(text, as_version=4)
    except Exception as error:  # nbformat raises many kinds on a damaged notebook
        raise UnreadableSubmission(
            f"{path}: is not a valid notebook ({type(error).__name__})"
        ) from None


def _code_cells(
    path: Path, notebook: Any, limits: Limits
) -> tuple[list[tuple[Cell, str, bool]], list[str]]:
    """(cell, grade_id, whether it is a graded test) of the code cells, and what is odd about them."""
    cells: list[tuple[Cell, str, bool]] = []
    problems: list[str] = []
    raw_cells = notebook.get("cells")
    if not isinstance(raw_cells, list):
        raise UnreadableSubmission(f"{path}: has no list of cells")
    for number, cell in enumerate(raw_cells, start=1):
        if not isinstance(cell, dict) or not isinstance(cell.get("source"), str):
            problems.append(f"cell {number} is damaged and was left out")
            continue
        metadata = cell.get("metadata")
        graded = metadata.get("nbgrader") if isinstance(metadata, dict) else None
        grade_id = graded.get("grade_id") if isinstance(graded, dict) else None
        grade_id = grade_id if isinstance(grade_id, str) else ""
        if cell.get("cell_type") != "code":
            if grade_id:
                problems.append(f"cell {number} ({_short(grade_id)}) is no longer a code cell")
            continue
        source = cell["source"]
        if len(source) > limits.cell_characters:
            problems.append(
                f"cell {number} has {len(source):,} characters (limit {limits.cell_characters:,}) "
                "and was not run"
            )
            continue
        clean = source.encode("utf-8", "replace").decode().replace("\0", "?")
        if clean != source:
            problems.append(f"cell {number} held characters that no text may hold; they are now ?")
        cells.append((Cell(number, clean), grade_id, grade_id.startswith(CHECK_PREFIX)))
    return cells, problems


def _select(
    cells: list[tuple[Cell, str, bool]], source: SourceNotebook
) -> tuple[list[Cell], list[str]]:
    """The cells to run: the student's, without checks and pictures; missing locked ones added."""
    pictures = {cell.source for cell in source.cells if cell.picture}
    checks = {cell.source for cell in source.cells if cell.grade and not cell.solution}
    present = [grade_id for _, grade_id, _ in cells if grade_id]
    problems = []
    added = []
    for required in source.required:
        if required.grade_id not in present:
            problems.append(f"the cell {required.grade_id} is missing; it was put back")
            added.append(Cell(0, required.source))
    for grade_id in sorted(source.grade_ids):
        count = present.count(grade_id)
        if count == 0:
            problems.append(f"the cell {grade_id} is missing")
        elif count > 1:
            problems.append(f"the cell {grade_id} is there {count} times; the last one counts")
    run = [
        cell
        for cell, _, is_check in cells
        if not is_check and cell.source not in pictures and cell.source.strip() not in checks
    ]
    return added + run, problems


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:40] + "…"
