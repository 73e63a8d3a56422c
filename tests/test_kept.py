"""Results of earlier gradings: found again for an equal submission, for nothing else, and not forged."""

import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.cli import main
from autograder.grading import dependencies, kept
from autograder.grading.grader import Grader
from autograder.grading.kept import KeptResults, folder_of
from autograder.grading.results import CheckResult, ExerciseResult, SubmissionResult
from autograder.grading.service import GradingService
from autograder.notebooks.course import Course
from autograder.notebooks.submission import Submission
from autograder.sandbox.cells import Cell
from autograder.sandbox.isolation import Isolation
from autograder.sandbox.limits import Limits
from autograder.sandbox.session import CellRun, TimedOut
from autograder.sandbox.wire.messages import CellOutput
from tests.one_class import ROOT, OneClass

NOTEBOOK = "solutions/multilayer_perceptron/weight_decay.ipynb"
STRICT = Isolation("strict", ["limits"], [])
CELLS = (Cell(1, "import torch"), Cell(2, "def l2_penalty(w):\n    return (w * w).sum() / 2"))


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    """A course of one notebook, with an exercise of its own under the engine's name."""
    monkeypatch.delenv("AUTOGRADER_SECRET", raising=False)
    notebook = tmp_path / "course_of_tests" / NOTEBOOK
    notebook.parent.mkdir(parents=True)
    notebook.write_bytes((ROOT / NOTEBOOK).read_bytes())
    root = tmp_path / "course_of_tests"
    for name in ("l2_penalty", "sgd_weight_decay"):
        own = root / "exercises" / name
        own.mkdir(parents=True)
        for path in (ROOT / "autograder/exercises" / name).glob("*.*"):
            (own / path.name).write_bytes(path.read_bytes())
    (root / "secret.txt").write_text("a secret of the tests")
    return Course(root)


def submission(course: Course, **changed: object) -> Submission:
    [source] = course.notebooks
    made = Submission(Path("class/ada/weight_decay.ipynb"), "ada", source, CELLS, ("a problem",))
    return replace(made, **changed)  # type: ignore[arg-type]


def result(**changed: object) -> SubmissionResult:
    output = CellOutput("printed", 0, "3", [b"\x89PNG"], None)
    failed = ("failed", "is nan", {"X": [[float("inf"), 1]], "training": None, "p": "x"}, "f(X)")
    check = CheckResult("test_values", "Is correct.", 0.0, 2.0, *failed)
    made = SubmissionResult(
        "class/ada/weight_decay.ipynb", "ada", "multilayer_perceptron", "weight_decay", 0.0, 2.0,
        "failed", 1.5, (ExerciseResult("l2_penalty", 0.0, 2.0, "failed", (check,)),),
        cells=tuple(CellRun(cell, output) for cell in CELLS),
    )  # fmt: skip
    return replace(made, **changed)  # type: ignore[arg-type]


def results_of(course: Course, limits: Limits | None = None) -> KeptResults:
    return KeptResults(Course(course.root), limits or Limits(), STRICT)


def test_what_was_kept_is_found(course: Course) -> None:
    assert results_of(course).find(submission(course)) is None
    results_of(course).keep(submission(course), result())
    found = results_of(course).find(submission(course))
    assert found == result()
    assert found is not None
    assert found.cells == result().cells


def test_a_file_that_moved_is_the_same(course: Course) -> None:
    results_of(course).keep(submission(course), result())
    found = results_of(course).find(submission(course, path=Path("elsewhere/softmax (1).ipynb")))
    assert found is not None
    assert found.path == "elsewhere/softmax (1).ipynb"


@pytest.mark.parametrize(
    "changed",
    [
        {"student": "bob"},
        {"cells": (CELLS[0], Cell(2, CELLS[1].source + " "))},
        {"cells": (CELLS[0], Cell(3, CELLS[1].source))},
        {"problems": ()},
    ],
)
def test_another_submission_is_graded(course: Course, changed: dict[str, object]) -> None:
    results_of(course).keep(submission(course), result())
    assert results_of(course).find(submission(course, **changed)) is None


def edit(name: str) -> Callable[[Course], None]:
    def change(course: Course) -> None:
        path = course.root / name
        path.write_bytes((path.read_bytes() if path.exists() else b"") + b"\n# changed\n")

    return change


def change_solution(course: Course) -> None:
    path = course.root / NOTEBOOK
    text = path.read_text(encoding="utf-8")
    assert '"import torch' in text
    path.write_text(text.replace('"import torch', '"import  torch', 1), encoding="utf-8")


@pytest.mark.parametrize(
    "change",
    [
        edit("exercises/l2_penalty/test_l2_penalty.py"),
        edit("exercises/l2_penalty/misconceptions.py"),
        edit("exercises/l2_penalty/forbidden.py"),
        edit("exercises/l2_penalty/telling.json"),
        edit("exercises/l2_penalty/adapter.py"),
        edit("exercises/sgd_weight_decay/test_more.py"),
        edit("secret.txt"),
        change_solution,
    ],
)
def test_another_course_grades_again(course: Course, change: Callable[[Course], None]) -> None:
    results_of(course).keep(submission(course), result())
    change(course)
    changed = Course(course.root)
    [source] = changed.notebooks
    assert results_of(changed).find(submission(changed, source=source)) is None


def test_variants_and_other_courses_files_change_nothing(course: Course) -> None:
    results_of(course).keep(submission(course), result())
    edit("exercises/l2_penalty/variants.py")(course)
    edit("README.md")(course)
    assert results_of(course).find(submission(course)) is not None


def test_other_limits_and_another_isolation_grade_again(course: Course) -> None:
    results_of(course).keep(submission(course), result())
    assert results_of(course, Limits(seconds_per_call=11.0)).find(submission(course)) is None
    weaker = KeptResults(course, Limits(), replace_isolation(layers=[]))
    assert weaker.find(submission(course)) is None


def replace_isolation(layers: list[str]) -> Isolation:
    return Isolation(STRICT.level, layers, STRICT.missing)


@pytest.mark.parametrize("name", ["versions", "all_code", "installed"])
def test_another_engine_grades_again(
    course: Course, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    results_of(course).keep(submission(course), result())
    changed = {"versions": ("1",), "all_code": dependencies.code_of("sandbox"), "installed": []}
    monkeypatch.setattr(kept, name, lambda: changed[name])
    assert results_of(course).find(submission(course)) is None


@pytest.mark.parametrize(
    "changed",
    [
        {"repeatable": False},
        {"cells": (CellRun(CELLS[0], None, TimedOut("hangs")),)},
        {"cells": ()},
    ],
)
def test_what_might_come_out_otherwise_is_not_kept(
    course: Course, changed: dict[str, object]
) -> None:
    results_of(course).keep(submission(course), result(**changed))
    assert results_of(course).find(submission(course)) is None


def file_of(course: Course) -> Path:
    [path] = folder_of(course).glob("*.result")
    return path


@pytest.mark.parametrize("size", [0, 20, 40, -1])
def test_a_damaged_file_is_graded_again(course: Course, size: int) -> None:
    results_of(course).keep(submission(course), result())
    path = file_of(course)
    path.write_bytes(path.read_bytes()[:size])
    assert results_of(course).find(submission(course)) is None


def test_a_forged_file_is_graded_again(course: Course) -> None:
    """A worker that could write there, but knows neither key nor secret, gains nothing."""
    results_of(course).keep(submission(course), result())
    path = file_of(course)
    path.write_bytes(path.read_bytes()[:-1] + b"\0")
    assert results_of(course).find(submission(course)) is None


def test_the_result_of_another_submission_is_not_taken(course: Course) -> None:
    results_of(course).keep(submission(course), result())
    theirs = file_of(course)
    good = replace(submission(course), cells=(CELLS[0], Cell(2, "def l2_penalty(w): return w")))
    results_of(course).keep(good, result())
    [ours] = {*folder_of(course).glob("*.result")} - {theirs}
    ours.write_bytes(theirs.read_bytes())
    assert results_of(course).find(good) is None


def test_another_key_is_another_grader(course: Course) -> None:
    """With the public secret, the folder's own key is all that a forger lacks."""
    (course.root / "secret.txt").unlink()
    results_of(course).keep(submission(course), result())
    assert results_of(course).find(submission(course)) is not None
    (folder_of(course) / kept.KEY).write_bytes(b"a guess")
    assert results_of(course).find(submission(course)) is None


def test_only_the_owner_reads_it(course: Course) -> None:
    results_of(course).keep(submission(course), result())
    folder = folder_of(course)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert {path.suffix for path in folder.iterdir()} == {"", ".result"}


def test_where_nothing_can_be_written_grading_goes_on(course: Course) -> None:
    course.private.write_text("no folder")
    results_of(course).keep(submission(course), result())
    assert results_of(course).find(submission(course)) is None


def test_old_results_make_room(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    results_of(course).keep(submission(course), result())
    monkeypatch.setattr(kept, "MAX_BYTES", 10)
    assert results_of(course).find(submission(course)) is None


def test_a_student_is_forgotten(
    course: Course, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for student in ("ada", "ad", "../ada", "*"):
        results_of(course).keep(submission(course, student=student), result(student=student))
    monkeypatch.chdir(course.root)
    assert main(["forget", "ada", "nobody"]) == 0
    assert capsys.readouterr().out == "ada: 1 result removed\nnobody: 0 results removed\n"
    assert main(["forget", "*"]) == 0
    left = [s for s in ("ada", "ad", "../ada", "*") if results_of(course).find(
        submission(course, student=s))]  # fmt: skip
    assert left == ["ad", "../ada"]


@pytest.mark.slow
def test_a_class_that_is_kept_is_not_graded(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in `nbgrader autograde`: points, reports and what the cells printed are there again."""
    answer = "print('hello')\nimport matplotlib.pyplot as plt\nplt.plot([1, 2])\n" + CELLS[1].source
    with GradingService(course, Limits(), keep=True) as service:
        handed_in = OneClass(course, service).submission_of("l2_penalty", answer)
        first = service.grade(handed_in)
    assert [run.output.pictures for run in first.cells if run.output][1]
    with monkeypatch.context() as patch, GradingService(course, Limits(), keep=True) as service:
        patch.setattr(Grader, "grade", lambda *_: pytest.fail("graded again"))
        second = service.grade(handed_in)
    assert (second, second.cells) == (first, first.cells)
    with GradingService(course, Limits()) as service:
        alone = service.grade(handed_in)
    assert replace(alone, seconds=0.0) == replace(first, seconds=0.0)
