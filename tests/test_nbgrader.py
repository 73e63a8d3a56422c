"""A class is graded with nbgrader's own commands, in a course in a temporary folder."""

import csv
import html
import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from traitlets.config import Config

from autograder.nbgrader import timestamps
from autograder.nbgrader.gradebook import read_gradebook
from autograder.reports import json_report
from tests.bad_notebooks import (
    GRADED,
    OVERFLOWS,
    RIGHT,
    ROOT,
    UNREADABLE,
    Cell,
    Edit,
    answer,
    change,
)

pytestmark = pytest.mark.slow

ASSIGNMENT = "softmax_regression"
LOOPS = """\
def softmax(X):
    while True:
        pass
"""
LIVE = "<script>MARK</script><img src=x onerror=MARK()>[x](javascript:MARK()) </pre><script>MARK"
REACHES = """\
import os
course = {course!r}
for name in ("course/gradebook.db", "course/submitted/right/{assignment}/softmax.ipynb"):
    try:
        os.unlink(os.path.join(course, name))
    except OSError:
        pass
try:
    import sqlite3
    database = sqlite3.connect(os.path.join(course, "course/gradebook.db"))
    database.execute("update grade set auto_score = 10")
    database.commit()
except Exception:
    pass
"""
"""Code that tries to change the gradebook, and what another student handed in."""
SHORT = {"seconds_per_call": 2.0, "seconds_per_submission": 5.0}
"""The limits of the course, so that a loop without end takes seconds."""


def untouched(path: Path) -> None:
    answer(path, "def softmax(X):\n    raise NotImplementedError()\n")


def loops(path: Path) -> None:
    answer(path, LOOPS)


def partly_right(path: Path) -> None:
    answer(path, OVERFLOWS)


def check_forged(path: Path) -> None:
    def edit(notebook: Cell, solution: Cell, check: Cell) -> None:
        check["source"] = "10.0"
        check["metadata"]["nbgrader"]["points"] = 1000

    answer(path, OVERFLOWS)
    change(path, edit)


def talkative(path: Path) -> None:
    def edit(notebook: Cell, solution: Cell, check: Cell) -> None:
        first = notebook["cells"][0]
        text = first | {"id": "text", "source": LIVE}
        draws = f"plt.plot([1, 2])\nprint({LIVE!r})\nraise ValueError({LIVE!r})"
        code = solution | {"id": "code", "source": draws, "metadata": {}}
        notebook["cells"] += [text, code]

    answer(path, OVERFLOWS)
    change(path, edit)


DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
"""A PNG of one pixel."""


def pasted(path: Path) -> None:
    """A picture in a text cell of the student's own, an SVG beside it, and one that isn't there."""

    def edit(notebook: Cell, solution: Cell, check: Cell) -> None:
        attachments = {"a b.png": {"image/png": DOT}, "c.svg": {"image/svg+xml": "PHN2Zy8+"}}
        source = "![](attachment:a%20b.png) ![](attachment:c.svg) ![](attachment:gone.png)"
        first = notebook["cells"][0]
        text = first | {"id": "pasted", "source": source, "attachments": attachments}
        notebook["cells"].append(text)

    change(path, edit)


def finished_in_a_copy(path: Path) -> None:
    shutil.copy(path, path.with_name("softmax (1).ipynb"))
    untouched(path)


def shouted(path: Path) -> None:
    path.rename(path.with_name("SOFTMAX.IPYNB"))


def unpacked(path: Path) -> None:
    inside = path.parent / "homework" / path.name
    inside.parent.mkdir()
    path.rename(inside)


def from_a_mac(path: Path) -> None:
    path.with_name("._softmax.ipynb").write_bytes(b"\0\5\x16\7")
    double = path.parent / "__MACOSX" / "._softmax.ipynb"
    double.parent.mkdir()
    double.write_bytes(b"\0\5\x16\7")


def reaching(path: Path) -> None:
    course = str(path.parents[4])
    answer(path, REACHES.format(course=course, assignment=ASSIGNMENT) + OVERFLOWS)


def planting(path: Path) -> None:
    """Hand in for `right`, in a folder that looks like one of a class."""
    answer(path, OVERFLOWS)
    planted = path.parent / "right" / ASSIGNMENT / path.name
    planted.parent.mkdir(parents=True)
    shutil.copy(path, planted)


def renamed(path: Path) -> None:
    path.rename(path.with_name("softmax (1).ipynb"))


def beside(name: str, text: str) -> Edit:
    return lambda path: path.with_name(name).write_text(text) and None


def shadowing(path: Path) -> None:
    for name in ("torch", "sitecustomize", "usercustomize", "ipykernel_launcher", "nbgrader"):
        path.with_name(f"{name}.py").write_text("raise SystemExit(1)")


def linking(path: Path) -> None:
    path.with_name("leak.txt").symlink_to("/etc/hostname")
    os.mkfifo(path.with_name("pipe"))


def absent(path: Path) -> None:
    path.unlink()
    path.with_name("timestamp.txt").write_text("yesterday")


def linked_folder(path: Path) -> None:
    shutil.rmtree(path.parent)
    path.parent.symlink_to(path.parents[2] / "right" / ASSIGNMENT)


SAME_AS_OTHERS = set(
    "version_1 version_text type_a_list deep_cell long_cell json_nan huge_number format_4_0 "
    "format_4_99 answer_raw deep_claims id_list points_text points_nan metadata_list "
    "empty another_format json_list json_null json_deep_objects json_bomb in_utf16 with_conflict "
    "format_text format_missing format_huge cells_an_object cells_too_many cells_too_long "
    "link_to_device".split()
)
"""Bad notebooks that nbgrader's pipeline meets as it meets others: `autograder grade` has them all."""
FULL: dict[str, tuple[Edit, str]] = {
    "right": (lambda path: None, ""),
    "renamed": (renamed, "softmax.ipynb is missing; softmax (1).ipynb was graded"),
    "shadowing": (shadowing, ""),
    "pasted": (pasted, ""),
    "group [a]": (lambda path: None, ""),
    "finished_in_a_copy": (finished_in_a_copy, "isn't answered; softmax (1).ipynb was graded"),
    "shouted": (shouted, "softmax.ipynb is missing; SOFTMAX.IPYNB was graded"),
    "unpacked": (unpacked, "softmax.ipynb is missing; homework/softmax.ipynb was graded"),
    "from_a_mac": (from_a_mac, ""),
    "linking": (linking, "leak.txt is a link"),
    "without_date": (beside("timestamp.txt", "yesterday"), "timestamp.txt holds no date"),
    "forged_date": (beside("timestamp.txt", "1999-01-01 00:00:00 UTC"), ""),
    **GRADED,
}
PARTIAL: dict[str, tuple[Edit, str]] = {
    "partly_right": (partly_right, ""),
    "check_forged": (check_forged, "claims other points than the course gives"),
    "talkative": (talkative, ""),
    "reaching": (reaching, "student code tried"),
    "planting": (planting, ""),
}
REFUSED: dict[str, tuple[Edit, str]] = {
    "absent": (absent, "softmax.ipynb is missing"),
    "linked_folder": (linked_folder, "the folder is a link"),
    **UNREADABLE,
}
NOTHING: dict[str, tuple[Edit, str]] = {"untouched": (untouched, ""), "loops": (loops, "")}
for group in (FULL, REFUSED):
    for same in SAME_AS_OTHERS & group.keys():
        del group[same]
CLASS = FULL | PARTIAL | REFUSED | NOTHING
COMMAND = "right partly_right check_forged talkative reaching untouched renamed truncated".split()
"""Those whom `autograder grade` grades as well, to compare."""


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
        timeout=200,
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
    for student, (edit, _) in CLASS.items():
        folder = root / "course" / "submitted" / student / ASSIGNMENT
        shutil.copytree(root / "assignments" / ASSIGNMENT, folder)
        answer(folder / "softmax.ipynb", RIGHT)
        edit(folder / "softmax.ipynb")
    handed_in = (
        root / "course" / "submitted" / "right" / ASSIGNMENT / "softmax.ipynb"
    ).read_bytes()
    log = run(["nbgrader", "autograde", ASSIGNMENT], root).stderr
    submitted = root / "course" / "submitted"
    assert (submitted / "right" / ASSIGNMENT / "softmax.ipynb").read_bytes() == handed_in
    folders = [str(submitted / student) for student in COMMAND]
    grade = ["autograder", "grade", *folders, "--again", "--json", "report.json"]
    with ThreadPoolExecutor() as pool:
        command = pool.submit(run, grade, root, expected=2)
        run(["nbgrader", "generate_feedback", ASSIGNMENT], root)
        run(["nbgrader", "export"], root)
    errors = command.result().stderr
    report = json.loads((root / "report.json").read_text())
    by_student = {submission["student"]: submission for submission in report["submissions"]}
    return Graded(root, log, scores(root / "course" / "gradebook.db"), by_student, errors)


def feedback(graded: Graded, student: str) -> str:
    folder = graded.root / "course" / "feedback" / student / ASSIGNMENT
    return (folder / "softmax.html").read_text()


def warnings_of(graded: Graded, student: str) -> list[str]:
    start = f"[AutogradeApp | WARNING] {student}, {ASSIGNMENT}/softmax: "
    return [line for line in graded.log.splitlines() if line.startswith(start)]


def autograded(graded: Graded, student: str) -> Any:
    folder = graded.root / "course" / "autograded" / student / ASSIGNMENT
    return nbformat.read(folder / "softmax.ipynb", as_version=4)


def test_everybody_gets_a_grade(graded: Graded) -> None:
    assert set(graded.scores) == set(CLASS)
    assert "ERROR" not in graded.log
    assert "Traceback" not in graded.log


@pytest.mark.parametrize("student", FULL)
def test_right_answers_get_full_marks_whatever_surrounds_them(graded: Graded, student: str) -> None:
    assert graded.scores[student] == 10


@pytest.mark.parametrize("student", PARTIAL)
def test_partly_right_answers_get_part_of_the_points(graded: Graded, student: str) -> None:
    assert graded.scores[student] == graded.scores["partly_right"]
    assert 0 < graded.scores[student] < 10


@pytest.mark.parametrize("student", REFUSED | NOTHING)
def test_no_answer_gets_no_points(graded: Graded, student: str) -> None:
    assert graded.scores[student] == 0


def test_scores_are_those_of_the_command(graded: Graded) -> None:
    readable = {student for student in COMMAND if student not in UNREADABLE}
    assert graded.json.keys() == readable
    assert {student: graded.json[student]["score"] for student in readable} == {
        student: graded.scores[student] for student in readable
    }
    assert "truncated" in graded.errors


@pytest.mark.parametrize("student", REFUSED)
def test_unreadable_notebooks_are_named(graded: Graded, student: str) -> None:
    [warning] = warnings_of(graded, student)
    assert "cannot be graded, 0 points" in warning
    assert "0 of 10 points" in feedback(graded, student)


@pytest.mark.parametrize("student", CLASS)
def test_what_was_found_is_reported(graded: Graded, student: str) -> None:
    _, sentence = CLASS[student]
    if not sentence:
        assert not warnings_of(graded, student)
        return
    assert any(sentence in line for line in warnings_of(graded, student))
    assert sentence in html.unescape(feedback(graded, student))


def test_a_student_whose_feedback_nbgrader_cannot_make_is_named(graded: Graded) -> None:
    assert "group [a]: nbgrader takes this name for a pattern" in graded.log


def test_pasted_pictures_are_shown_and_no_others(graded: Graded) -> None:
    page = feedback(graded, "pasted")
    assert f"data:image/png;base64,{DOT}" in page
    assert "svg+xml" not in page
    assert "attachment:" not in page


def test_the_columns_of_a_table_are_apart_in_the_feedback(graded: Graded) -> None:
    """Bootstrap's style, which nbgrader's pages have, leaves no space between them."""
    page = feedback(graded, "partly_right")
    assert "<table>" in page
    head, _, _ = page.partition("</head>")
    assert ".rendered_html :is(th, td) { padding: 2px 1em 2px 0;" in head


def test_feedback_holds_the_counterexample(graded: Graded) -> None:
    [exercise] = graded.json["partly_right"]["exercises"]
    codes = [check["code"] for check in exercise["checks"] if check["code"]]
    assert codes
    assert all(code in html.unescape(feedback(graded, "partly_right")) for code in codes)


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
    page = feedback(graded, "talkative")
    assert page.count("MARK") >= 9  # what was written, printed and raised is shown
    assert not [code for code in Live(page).code if "MARK" in code]


def test_outputs_of_the_students_cells_are_kept(graded: Graded) -> None:
    cells = autograded(graded, "talkative").cells
    [drawing] = [cell for cell in cells if cell.source.startswith("plt.plot([1, 2])")]
    kinds = [output.output_type for output in drawing.outputs]
    assert kinds == ["stream", "display_data", "error"]
    assert drawing.outputs[0].text == f"{LIVE}\n"
    assert list(drawing.outputs[1].data) == ["image/png"]
    assert drawing.outputs[2].ename == "ValueError"


@pytest.mark.parametrize("student", CLASS)
def test_a_check_cell_holds_points_and_report(graded: Graded, student: str) -> None:
    notebook = autograded(graded, student)
    nbformat.validate(notebook)
    [check] = [
        cell
        for cell in notebook.cells
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "check_softmax"
    ]
    assert check.source == 'check("softmax")'
    [output] = check.outputs
    assert float(output.data["text/plain"]) == graded.scores[student]
    assert "softmax" in output.data["text/html"]


def test_export_has_the_scores(graded: Graded) -> None:
    with (graded.root / "grades.csv").open(newline="") as file:
        rows = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    assert rows == graded.scores


def test_the_gradebooks_class_report_says_what_the_command_says(graded: Graded) -> None:
    report, said = read_gradebook(str(graded.root / "course" / "gradebook.db"))
    found = {result.student: result for result in report.results}
    assert len(said) == 1
    for student, submission in graded.json.items():
        exercises = [json_report.exercise(one) for one in found[student].exercises]
        assert exercises == submission["exercises"]


def test_the_formgraders_pages_have_their_data(graded: Graded) -> None:
    config = Config()
    config.CourseDirectory.root = str(graded.root)
    config.CourseDirectory.source_directory = "solutions"
    config.CourseDirectory.release_directory = "assignments"
    for step in ("submitted", "autograded", "feedback"):
        config.CourseDirectory[f"{step}_directory"] = f"course/{step}"
    config.CourseDirectory.db_url = f"sqlite:///{graded.root / 'course' / 'gradebook.db'}"
    timestamps.install()  # nbgrader_config.py does
    api = NbGraderAPI(config=config)
    [assignment] = api.get_assignments()
    assert (assignment["name"], assignment["num_submissions"]) == (ASSIGNMENT, len(CLASS))
    assert {entry["student"]: entry["score"] for entry in api.get_submissions(ASSIGNMENT)} == (
        graded.scores
    )
    notebooks = api.get_notebook_submissions(ASSIGNMENT, "softmax")
    assert {entry["student"]: entry["score"] for entry in notebooks} == graded.scores


def test_the_released_notebook_gives_partial_credit_in_nbgrader_without_our_config(
    graded: Graded, tmp_path: Path
) -> None:
    shutil.copytree(graded.root / "solutions", tmp_path / "source")
    run(["nbgrader", "generate_assignment", ASSIGNMENT], tmp_path)
    folder = tmp_path / "submitted" / "partly_right" / ASSIGNMENT
    shutil.copytree(graded.root / "course" / "submitted" / "partly_right" / ASSIGNMENT, folder)
    run(["nbgrader", "autograde", ASSIGNMENT], tmp_path)
    assert scores(tmp_path / "gradebook.db") == {"partly_right": graded.scores["partly_right"]}
