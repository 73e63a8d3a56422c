"""The reports beside the points in an autograded notebook, from which a class report is made.

nbgrader's gradebook has points and nothing else. So the output of a check cell carries, as metadata, the
content of its page. Students read the page; feedback that nbgrader makes of the notebook leaves it out.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from autograder.grading.results import ExerciseResult
from autograder.notes import Note
from autograder.reports import json_report

KEY = "autograder"
"""The key in the output's metadata."""
MISSING = "missing"
"""The id of the note on a notebook that was not handed in."""
MAX_BYTES = 50 * 2**20
"""Bytes of an autograded notebook that is read: nbgrader cuts outputs, but pictures are large."""


@dataclass(frozen=True)
class KeptReport:
    """The report on one check cell in an autograded notebook.

    report: None where the notebook could not be graded.
    problems: sentences about the notebook; they stand at its first check cell.
    """

    report: ExerciseResult | None
    problems: tuple[Note, ...] = ()


def metadata_of(report: ExerciseResult | None, problems: tuple[Note, ...]) -> dict[str, Any]:
    """The metadata of a check cell's output."""
    shown = None if report is None else json_report.exercise(report)
    return {KEY: {"report": shown, "problems": [msgspec.to_builtins(one) for one in problems]}}


class _Output(msgspec.Struct):
    metadata: dict[str, Any] = {}


class _Cell(msgspec.Struct):
    cell_type: str
    metadata: dict[str, Any] = {}
    outputs: list[_Output] = []


class _Notebook(msgspec.Struct):
    cells: list[_Cell]


def read_reports(path: Path) -> dict[str, KeptReport]:
    """The reports of an autograded notebook by the grade_ids of their cells, in its order.

    A report that cannot be read is left out: the points are in the gradebook.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            return {}
        notebook = msgspec.json.decode(path.read_bytes(), type=_Notebook)
    except (OSError, ValueError, RecursionError, msgspec.MsgspecError):
        return {}
    found: dict[str, KeptReport] = {}
    for cell in notebook.cells:
        nbgrader = cell.metadata.get("nbgrader")
        if cell.cell_type != "code" or not isinstance(nbgrader, dict):
            continue
        for output in cell.outputs:
            try:
                kept = _kept(output.metadata[KEY])
            except (KeyError, TypeError, msgspec.ValidationError):
                continue
            found[str(nbgrader.get("grade_id"))] = kept
    return found


def _kept(data: Any) -> KeptReport:
    report = None if data["report"] is None else json_report.read_exercise(data["report"])
    return KeptReport(report, msgspec.convert(data["problems"], type=tuple[Note, ...]))
