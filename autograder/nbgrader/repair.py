"""Rebuilds a submitted notebook around the cells that nbgrader's gradebook knows."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from nbformat.notebooknode import NotebookNode, from_dict
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell
from nbgrader.api import Notebook
from nbgrader.nbgraderformat import SCHEMA_VERSION

from autograder.notebooks.files import SubmittedCell

_NEW: dict[str, Callable[..., NotebookNode]] = {
    "code": new_code_cell,
    "markdown": new_markdown_cell,
    "raw": new_raw_cell,
}


@dataclass(frozen=True)
class Template:
    """A cell as the gradebook has it since generate_assignment; a solution's source is the stub."""

    name: str
    kind: str
    source: str
    checksum: str | None
    points: float | None
    grade: bool
    solution: bool
    task: bool
    locked: bool

    def cell(self, identity: str, submitted: SubmittedCell | None = None) -> NotebookNode:
        """The cell with valid metadata; text and pictures are the student's unless it is locked."""
        metadata = {
            "schema_version": SCHEMA_VERSION,
            "grade_id": self.name,
            "grade": self.grade,
            "solution": self.solution,
            "task": self.task,
            "locked": self.locked,
            "cell_type": self.kind,
        }
        if self.checksum is not None:
            metadata["checksum"] = self.checksum
        if self.points is not None:
            metadata["points"] = self.points
        if self.locked or submitted is None:
            return _NEW[self.kind](self.source, id=identity, metadata={"nbgrader": metadata})
        return _cell(self.kind, submitted, identity, metadata={"nbgrader": metadata})


def _cell(kind: str, submitted: SubmittedCell, identity: str, **others: Any) -> NotebookNode:
    """A cell with the student's text, and the pictures that were pasted into it."""
    cell = _NEW[kind](submitted.source, id=identity, **others)
    if submitted.attachments and kind != "code":  # which has none
        cell.attachments = from_dict(submitted.attachments)
    return cell


def templates(notebook: Notebook) -> list[Template]:
    """The cells that the gradebook has of a notebook, in their order."""
    graded = {cell.name: float(cell.max_score) for cell in notebook.grade_cells}
    tasks = {cell.name: float(cell.max_score) for cell in notebook.task_cells}
    solutions = {cell.name for cell in notebook.solution_cells}
    return [
        Template(
            cell.name,
            cell.cell_type,
            cell.source or "",
            cell.checksum,
            (graded | tasks).get(cell.name),
            cell.name in graded,
            cell.name in solutions,
            cell.name in tasks,
            bool(cell.locked),
        )
        for cell in notebook.source_cells
    ]


def cell_id(number: int) -> str:
    """The id that a submitted cell has in the repaired notebook."""
    return f"submitted-{number}"


def repair(submitted: Sequence[SubmittedCell], wanted: Sequence[Template]) -> NotebookNode:
    """A valid notebook with the student's cells, and with every wanted cell exactly once.

    A wanted cell is known by its grade_id, else by its content; of several the last counts, as it
    does when the notebook runs. A missing cell is put back, after the cells that precede it.
    """
    owners = _owners(submitted, wanted)
    by_name = {template.name: template for template in wanted}
    cells: list[tuple[str, NotebookNode]] = []
    for cell in submitted:
        name = owners.get(cell.number, "")
        identity = cell_id(cell.number)
        if name:
            cells.append((name, by_name[name].cell(identity, cell)))
        else:
            kind = cell.kind if cell.kind in _NEW else "markdown"
            cells.append(("", _cell(kind, cell, identity)))
    for place, template in enumerate(wanted):
        if template.name not in owners.values():
            before = {earlier.name for earlier in wanted[:place]}
            at = 1 + max((i for i, (name, _) in enumerate(cells) if name in before), default=-1)
            restored = template.cell(f"restored-{place}")
            cells.insert(at, (template.name, restored))
    notebook: NotebookNode = new_notebook(
        cells=[cell for _, cell in cells], metadata={"language_info": {"name": "python"}}
    )
    return notebook


def _owners(submitted: Iterable[SubmittedCell], wanted: Iterable[Template]) -> dict[int, str]:
    """Match submitted cells with wanted ones: a cell's number -> its name, each name once."""
    last: dict[str, int] = {}
    names = {template.name for template in wanted}
    unnamed = []
    for cell in submitted:
        if cell.grade_id in names:
            last[cell.grade_id] = cell.number
        elif cell.kind == "code":
            unnamed.append(cell)
    for template in wanted:
        if template.name in last:
            continue
        definition = re.compile(rf"^(def|class) {re.escape(template.name)}\b", re.MULTILINE)
        for cell in unnamed:
            same = cell.source.strip() == template.source.strip()
            if same or (template.solution and definition.search(cell.source)):
                last[template.name] = cell.number
    return {number: name for name, number in last.items()}
