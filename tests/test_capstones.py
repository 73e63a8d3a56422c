"""The capstones: a student's own functions at work, graded by the functions, never by the fit."""

import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from autograder.authoring.proof import leaks
from autograder.authoring.release import released_path
from autograder.grading.results import SubmissionResult
from autograder.grading.service import GradingService
from autograder.notebooks.course import Course, SourceNotebook
from autograder.notebooks.submission import read_submission
from autograder.sandbox.limits import Limits
from tests.one_class import ROOT

pytestmark = pytest.mark.slow
COURSE = Course(ROOT)
CAPSTONES = [notebook for notebook in COURSE.notebooks if notebook.assignment == "capstones"]
WRONG = {
    "digits": ("softmax", "X.amax(dim=1, keepdim=True)", "0", "overflows"),
    "characters": (
        "attention",
        "scores.masked_fill(~mask",
        "scores.masked_fill(mask",
        "inverts_mask",
    ),
}
"""By notebook: an exercise, what is changed in its answer, and how the mistake is called."""


@pytest.fixture(scope="module")
def service() -> Iterator[GradingService]:
    with GradingService(COURSE, Limits()) as service:
        yield service


@pytest.fixture(params=CAPSTONES, ids=lambda notebook: notebook.name)
def source(request: pytest.FixtureRequest) -> SourceNotebook:
    return request.param


def grade(
    service: GradingService, source: SourceNotebook, folder: Path, old: str = "", new: str = ""
) -> SubmissionResult:
    """The result of the reference's answers, with something changed in them."""
    text = source.path.read_text(encoding="utf-8")
    assert old in text
    path = folder / "ada" / source.assignment / source.path.name
    path.parent.mkdir(parents=True)
    path.write_text(text.replace(old, new), encoding="utf-8")
    return service.grade(read_submission(path, COURSE, Limits()))


def test_the_solution_gets_full_marks(service, source, tmp_path) -> None:
    result = grade(service, source, tmp_path)
    assert (result.status, result.score) == ("passed", result.max_score)
    assert result.max_score == sum(source.points.values())
    assert result.problems == result.review == ()


def test_a_mistake_costs_its_function_alone(service, source, tmp_path) -> None:
    name, old, new, id = WRONG[source.name]
    result = grade(service, source, tmp_path, old, new)
    wrong = next(exercise for exercise in result.exercises if exercise.name == name)
    assert wrong.diagnosis is not None and wrong.diagnosis.id == id
    assert 0 < wrong.score < wrong.max_score == source.points[name]
    others = [exercise for exercise in result.exercises if exercise.name != name]
    assert {exercise.status for exercise in others} == {"passed"}


def test_it_counts_a_fifth(source) -> None:
    """As its text says, in both languages."""
    for name in source.again:
        home = COURSE.home_of(name)
        assert home is not None and source.points[name] == pytest.approx(home.points[name] / 5)


def test_it_runs_from_top_to_bottom(source) -> None:
    """In the released folder, with its cases: full marks, no error, the accuracy that the text names."""
    notebook = nbformat.read(source.path, as_version=4)
    folder = released_path(COURSE, source).parent
    assert leaks(source, folder) == ()
    resources = {"metadata": {"path": str(folder)}}
    NotebookClient(notebook, timeout=300, kernel_name="python3", resources=resources).execute()
    earned, said, pictures = [], [], 0
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            assert output.output_type in ("display_data", "execute_result"), output
            pictures += "image/png" in output.data
            if cell.source.startswith("check("):
                earned.append(float(output.data["text/plain"]))
            elif "image/png" not in output.data:
                said.append(output.data["text/plain"])
    assert earned == list(source.points.values())
    assert pictures >= 2
    printed = [float(number) for number in re.findall(r"([\d.]+)% on the test", " ".join(said))]
    told = [
        [float(number) for number in re.findall(pattern, source_text(source, language))]
        for language, pattern in (("en", r"reads ([\d.]+) % of the test"), ("zh", r"([\d.]+)% 的"))
    ]
    for numbers in told:  # a digit more or less where sums are rounded in another way
        assert numbers == pytest.approx(printed, abs=0.8)


def source_text(source: SourceNotebook, language: str) -> str:
    text = ROOT / "texts" / source.assignment / f"{source.name}.md"
    parts = text.read_text(encoding="utf-8").split("<!-- #region ")
    return "".join(part for part in parts if part.startswith(f'lang="{language}"'))
