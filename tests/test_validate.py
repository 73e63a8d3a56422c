"""nbgrader's Validate, which students press before they hand in, says what grading will say."""

import shutil
from pathlib import Path

import nbformat
import pytest
from nbgrader.validator import Validator
from traitlets.config import Config

from autograder.notebooks.course import Course
from autograder.notebooks.submission import read_submission
from autograder.sandbox.limits import Limits
from tests.one_class import ROOT, OneClass

pytestmark = pytest.mark.slow

NOTEBOOK = ROOT / "assignments" / "multilayer_perceptron" / "activations.ipynb"
CORRECT = {
    "relu": "def relu(X):\n    return X * (X > 0)",
    "sigmoid": "def sigmoid(X):\n    E = torch.exp(-abs(X))\n    return torch.where(X < 0, E, 1) / (1 + E)",
    "tanh": "def tanh(X):\n    E = torch.exp(-2 * X.abs())\n    return torch.sign(X) * (1 - E) / (1 + E)",
}
PARTLY = "def sigmoid(X):\n    return torch.exp(X) / (1 + torch.exp(X))"
WRONG = "def tanh(X):\n    return X / (1 + X.abs())"
MIXED = CORRECT | {"sigmoid": PARTLY, "tanh": WRONG}
PATIENT = Config(Execute={"iopub_timeout": 120, "timeout": 300, "startup_timeout": 300})
"""nbgrader interrupts a cell after 30 seconds; on a busy machine an import takes longer."""


def answered(folder: Path, answers: dict[str, str]) -> Path:
    """The released notebook with answers, beside its recorded cases, as a student has it."""
    shutil.copy(NOTEBOOK.with_suffix(".battery"), folder)
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        cell.source = answers.get(name, cell.source)
    path = folder / NOTEBOOK.name
    nbformat.write(notebook, path)
    return path


@pytest.mark.parametrize(
    ("answers", "scores"),
    [(CORRECT, ("full", "full", "full")), (MIXED, ("full", "part", "none"))],
    ids=["correct", "mixed"],
)
def test_validate_says_what_grading_says(
    students: OneClass, tmp_path: Path, answers: dict[str, str], scores: tuple[str, ...]
) -> None:
    path = answered(tmp_path, answers)
    said = Validator(config=PATIENT).validate(str(path))
    failed = {entry["source"] for entry in said.get("failed", ())}
    submission = read_submission(path, Course(ROOT), Limits(), "student")
    graded = students.service.grade(submission).exercises
    assert {e.name: shown(e.score, e.max_score) for e in graded} == dict(
        zip(CORRECT, scores, strict=True)
    )
    assert failed == {f'check("{e.name}")' for e in graded if e.score < e.max_score}
    assert said.keys() <= {"failed"}


def shown(score: float, most: float) -> str:
    """How much of the points."""
    return "full" if score == most else "part" if score else "none"
