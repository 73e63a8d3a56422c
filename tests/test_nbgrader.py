"""A class is graded with nbgrader's own commands, in a course in a temporary folder."""

import csv
import html
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbgrader.api import Gradebook

ROOT = Path(__file__).resolve().parents[1]
Cell = dict[str, Any]
ASSIGNMENT = "softmax_regression"
RIGHT = """\
def softmax(X):
    exps = (X - X.max(dim=1, keepdim=True).values).exp()
    return exps / exps.sum(dim=1, keepdim=True)
"""
OVERFLOWS = """\
def softmax(X):
    return torch.exp(X) / torch.exp(X).sum(dim=1, keepdim=True)
"""
LOOPS = """\
def softmax(X):
    while True:
        pass
"""
LIVE = "<script>MARK</script><img src=x onerror=MARK()>[x](javascript:MARK()) </pre><script>MARK"
SHORT = {"seconds_per_call": 2.0, "seconds_per_submission": 5.0}
"""The limits of the course, so that a loop without end takes seconds."""


def change(path: Path, edit: Callable[[Cell, Cell, Cell], None]) -> None:
    """Edit a notebook: it, its answer's cell and its check's cell are given."""
    notebook = json.loads(path.read_text())
    cells = {c["metadata"].get("nbgrader", {}).get("grade_id"): c for c in notebook["cells"]}
    edit(notebook, cells["softmax"], cells["check_softmax"])
    path.write_text(json.dumps(notebook))


def answer(path: Path, source: str) -> None:
    change(path, lambda notebook, solution, check: solution.update(source=source))


def right(path: Path) -> None:
    answer(path, RIGHT)


def partly_right(path: Path) -> None:
    answer(path, OVERFLOWS)


def untouched(path: Path) -> None:
    pass


def loops(path: Path) -> None:
    answer(path, LOOPS)


def cells_twice(path: Path) -> None:
    def edit(notebook: Cell, solution: Cell, check: Cell) -> None:
        wrong = solution | {"source": LOOPS}
        notebook["cells"] = deepcopy([wrong, *notebook["cells"], check])

    answer(path, RIGHT)
    change(path, edit)


def check_deleted(path: Path) -> None:
    answer(path, RIGHT)
    change(path, lambda notebook, solution, check: notebook["cells"].remove(check))


def check_forged(path: Path) -> None:
    def edit(notebook: Cell, solution: Cell, check: Cell) -> None:
        check["source"] = "10.0"
        check["metadata"]["nbgrader"]["points"] = 1000

    answer(path, OVERFLOWS)
    change(path, edit)


def newer_metadata(path: Path) -> None:
    def edit(notebook: Cell, solution: Cell, check: Cell) -> None:
        solution["metadata"]["nbgrader"]["schema_version"] = 99

    answer(path, RIGHT)
    change(path, edit)


def empty_metadata(path: Path) -> None:
    answer(path, RIGHT)
    change(path, lambda _, solution, check: solution["metadata"].update(nbgrader={}))


def answer_as_text(path: Path) -> None:
    answer(path, RIGHT)
    change(path, lambda _, solution, check: solution.update(cell_type="markdown"))


def renamed(path: Path) -> None:
    answer(path, RIGHT)
    path.rename(path.with_name("softmax (1).ipynb"))


def talkative(path: Path) -> None:
    def edit(notebook: Cell, solution: Cell, check: Cell) -> None:
        first = notebook["cells"][0]
        text = first | {"id": "text", "source": LIVE}
        draws = f"plt.plot([1, 2])\nprint({LIVE!r})\nraise ValueError({LIVE!r})"
        code = solution | {"id": "code", "source": draws, "metadata": {}}
        notebook["cells"] += [text, code]

    answer(path, OVERFLOWS)
    change(path, edit)


def truncated(path: Path) -> None:
    path.write_text(path.read_text()[:500])


def linked(path: Path) -> None:
    source = path.parents[4] / "solutions" / ASSIGNMENT / path.name
    assert source.is_file()
    path.unlink()
    path.symlink_to(source)


def absent(path: Path) -> None:
    path.unlink()
    path.with_name("timestamp.txt").write_text("yesterday")


FULL = [right, cells_twice, check_deleted, newer_metadata, empty_metadata, answer_as_text, renamed]
PARTIAL = [partly_right, check_forged, talkative]
UNREADABLE = [truncated, linked, absent]
CLASS = [*FULL, *PARTIAL, *UNREADABLE, untouched, loops]


@dataclass(frozen=True)
class Graded:
    """The course after grading.

    log: nbgrader's. scores: the gradebook's, by student. json, errors: of `autograder grade`.
    """

    root: Path
    log: str
    scores: dict[str, float]
    json: dict[str, Any]
    errors: str


def run(arguments: list[str], folder: Path, expected: int = 0) -> subprocess.CompletedProcess[str]:
    """Run a module as a command in a folder, away from the settings of whoever runs the tests."""
    places = ("HOME", "JUPYTER_CONFIG_DIR", "IPYTHONDIR")
    settings = dict.fromkeys(places, str(folder / ".home"))
    # nbgrader starts `alembic` by its name.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = os.environ | settings | {"OMP_NUM_THREADS": "1", "PATH": path}
    done = subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == expected, done.stderr[-3000:]
    return done


def scores(database: Path) -> dict[str, float]:
    with Gradebook(f"sqlite:///{database}") as gradebook:
        submissions = gradebook.assignment_submissions(ASSIGNMENT)
        return {submission.student.id: submission.score for submission in submissions}


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Graded:
    root = tmp_path_factory.mktemp("course")
    source = root / "solutions" / ASSIGNMENT / "softmax.ipynb"
    source.parent.mkdir(parents=True)
    shutil.copy(ROOT / "solutions" / ASSIGNMENT / "softmax.ipynb", source)
    config = (ROOT / "nbgrader_config.py").read_text()
    (root / "nbgrader_config.py").write_text(f"{config}\nc.SubmissionExporter.limits = {SHORT}\n")
    run(["nbgrader", "generate_assignment", ASSIGNMENT], root)
    for student in CLASS:
        folder = root / "course" / "submitted" / student.__name__ / ASSIGNMENT
        shutil.copytree(root / "assignments" / ASSIGNMENT, folder)
        student(folder / "softmax.ipynb")
    log = run(["nbgrader", "autograde", ASSIGNMENT], root).stderr
    run(["nbgrader", "generate_feedback", ASSIGNMENT], root)
    run(["nbgrader", "export"], root)
    submitted = root / "course" / "submitted"
    folders = [str(submitted / student.__name__) for student in CLASS if student is not loops]
    command = run(["autograder", "grade", *folders, "--json", "report.json"], root, expected=2)
    report = json.loads((root / "report.json").read_text())
    by_student = {submission["student"]: submission for submission in report["submissions"]}
    return Graded(root, log, scores(root / "course" / "gradebook.db"), by_student, command.stderr)


def name(student: Callable[[Path], None]) -> str:
    return student.__name__


def feedback(graded: Graded, student: Callable[[Path], None]) -> str:
    folder = graded.root / "course" / "feedback" / student.__name__ / ASSIGNMENT
    return (folder / "softmax.html").read_text()


def warnings_of(graded: Graded, student: Callable[[Path], None]) -> list[str]:
    start = f"[AutogradeApp | WARNING] {student.__name__}, {ASSIGNMENT}/softmax: "
    return [line for line in graded.log.splitlines() if line.startswith(start)]


def autograded(graded: Graded, student: Callable[[Path], None]) -> Any:
    folder = graded.root / "course" / "autograded" / student.__name__ / ASSIGNMENT
    return nbformat.read(folder / "softmax.ipynb", as_version=4)


def test_everybody_gets_a_grade(graded: Graded) -> None:
    assert set(graded.scores) == {student.__name__ for student in CLASS}
    assert "ERROR" not in graded.log


@pytest.mark.parametrize("student", FULL, ids=name)
def test_right_answers_in_damaged_notebooks_get_full_marks(graded: Graded, student: Any) -> None:
    assert graded.scores[student.__name__] == 10


@pytest.mark.parametrize("student", PARTIAL, ids=name)
def test_partly_right_answers_get_part_of_the_points(graded: Graded, student: Any) -> None:
    assert graded.scores[student.__name__] == graded.scores["partly_right"]
    assert 0 < graded.scores[student.__name__] < 10


@pytest.mark.parametrize("student", [*UNREADABLE, untouched, loops], ids=name)
def test_no_answer_gets_no_points(graded: Graded, student: Any) -> None:
    assert graded.scores[student.__name__] == 0


def test_scores_are_those_of_the_command(graded: Graded) -> None:
    readable = [student.__name__ for student in CLASS if student not in (*UNREADABLE, loops)]
    assert {student: graded.json[student]["score"] for student in readable} == {
        student: graded.scores[student] for student in readable
    }


@pytest.mark.parametrize("student", UNREADABLE, ids=name)
def test_unreadable_notebooks_are_named(graded: Graded, student: Any) -> None:
    assert student.__name__ not in graded.json
    assert f"submitted/{student.__name__}" in graded.errors
    [warning] = warnings_of(graded, student)
    assert "cannot be graded, 0 points" in warning
    assert "0 of 10 points" in feedback(graded, student)


@pytest.mark.parametrize(
    ("student", "sentence"),
    [
        (cells_twice, "the cell softmax is there 2 times; the last one counts"),
        (check_deleted, "the cell check_softmax is missing"),
        (check_forged, "claims other points than the course gives"),
        (check_forged, "is locked, but its text was changed"),
        (newer_metadata, "claims another version of nbgrader's metadata"),
        (empty_metadata, "has nbgrader metadata without a grade_id"),
        (answer_as_text, "is no longer a code cell"),
        (renamed, "softmax.ipynb is missing; softmax (1).ipynb was graded"),
        (truncated, "is not JSON"),
        (linked, "softmax.ipynb is a link"),
        (absent, "timestamp.txt holds no date"),
    ],
)
def test_repairs_are_reported(graded: Graded, student: Any, sentence: str) -> None:
    [line] = warnings_of(graded, student)
    assert sentence in line
    assert sentence in html.unescape(feedback(graded, student))


def test_honest_notebooks_are_reported_as_they_are(graded: Graded) -> None:
    for student in (right, partly_right, untouched, loops):
        assert not warnings_of(graded, student)


def test_feedback_holds_the_counterexample(graded: Graded) -> None:
    [exercise] = graded.json["partly_right"]["exercises"]
    codes = [check["code"] for check in exercise["checks"] if check["code"]]
    assert codes
    assert all(code in html.unescape(feedback(graded, partly_right)) for code in codes)


class Live(HTMLParser):
    """Collects what a browser would run: scripts, and attributes that hold code."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.code: list[str] = []
        self._in_script = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_script = tag == "script"
        self.code += [value or "" for _, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        self._in_script = False

    def handle_data(self, data: str) -> None:
        if self._in_script:
            self.code.append(data)


def test_nothing_of_a_student_runs_in_the_feedback(graded: Graded) -> None:
    page = feedback(graded, talkative)
    assert page.count("MARK") >= 9  # what was written, printed and raised is shown
    assert not [code for code in Live(page).code if "MARK" in code]


def test_outputs_of_the_students_cells_are_kept(graded: Graded) -> None:
    cells = autograded(graded, talkative).cells
    [drawing] = [cell for cell in cells if cell.source.startswith("plt.plot([1, 2])")]
    kinds = [output.output_type for output in drawing.outputs]
    assert kinds == ["stream", "display_data", "error"]
    assert drawing.outputs[0].text == f"{LIVE}\n"
    assert list(drawing.outputs[1].data) == ["image/png"]
    assert drawing.outputs[2].ename == "ValueError"


@pytest.mark.parametrize("student", CLASS, ids=name)
def test_a_check_cell_holds_points_and_report(graded: Graded, student: Any) -> None:
    notebook = autograded(graded, student)
    nbformat.validate(notebook)
    [check] = [
        cell
        for cell in notebook.cells
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "check_softmax"
    ]
    assert check.source == 'check("softmax")'
    [output] = check.outputs
    assert float(output.data["text/plain"]) == graded.scores[student.__name__]
    assert "softmax" in output.data["text/html"]


def test_export_has_the_scores(graded: Graded) -> None:
    with (graded.root / "grades.csv").open(newline="") as file:
        rows = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    assert rows == graded.scores


def test_the_released_notebook_gives_partial_credit_in_nbgrader_without_our_config(
    graded: Graded, tmp_path: Path
) -> None:
    shutil.copytree(graded.root / "solutions", tmp_path / "source")
    run(["nbgrader", "generate_assignment", ASSIGNMENT], tmp_path)
    folder = tmp_path / "submitted" / "partly_right" / ASSIGNMENT
    shutil.copytree(graded.root / "course" / "submitted" / "partly_right" / ASSIGNMENT, folder)
    run(["nbgrader", "autograde", ASSIGNMENT], tmp_path)
    assert scores(tmp_path / "gradebook.db") == {"partly_right": graded.scores["partly_right"]}
