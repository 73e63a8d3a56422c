"""The class report from nbgrader's gradebook: points, the reports beside them, and what it can't know."""

import warnings
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from nbgrader import api
from sqlalchemy.engine import URL

from autograder.cli import main
from autograder.grading.results import Report
from autograder.nbgrader.gradebook import GradebookError, read_gradebook
from autograder.nbgrader.kept_reports import metadata_of, read_reports
from autograder.reports.overview import Overview
from tests.sample_class import COLUMNS, OVERFLOW, exercise
from tests.test_class_page import Page
from tests.test_reports import HOSTILE

EVIL = "<img src=x onerror=alert(1)>"
WRONG = exercise("softmax", 10.0, OVERFLOW)


def keep(folder: Path, student: str, *outputs: dict[str, object]) -> None:
    """An autograded notebook, with the metadata of its two check cells."""
    cells = [
        new_code_cell(
            name,
            metadata={"nbgrader": {"grade_id": f"check_{name}"}},
            outputs=[new_output("execute_result", data={"text/plain": "1"}, metadata=metadata)],
        )
        for name, metadata in zip(("softmax", "log_softmax"), outputs, strict=True)
    ]
    path = folder / "autograded" / student / "softmax_regression" / "softmax.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(new_notebook(cells=cells), path)


def fill(url: URL) -> None:
    """Six students, one of them without a submission, and an assignment that nobody did."""
    place = ("softmax", "softmax_regression")
    with api.Gradebook(url, "course") as book:
        for assignment in ("softmax_regression", "attention"):
            book.add_assignment(assignment)
            book.add_notebook("softmax", assignment)
            for name, points in (("log_softmax", 5.0), ("softmax", 10.0)):
                about = {"max_score": points, "cell_type": "code"}
                book.add_grade_cell(f"check_{name}", "softmax", assignment, **about)
        book.add_student("eve")
        students = {
            "ada": (5.0, 5.0),
            "bob": (7.0, 5.0),
            EVIL: (5.0, 5.0),
            "dora": (0.0, 0.0),
            "fay": (0.0, 0.0),
        }
        for student, points in students.items():
            book.add_student(student)
            book.add_submission("softmax_regression", student)
            for name, earned in zip(("softmax", "log_softmax"), points, strict=True):
                grade = book.find_grade(f"check_{name}", *place, student)
                grade.auto_score, grade.needs_manual_grade = earned, False
        book.find_grade("check_softmax", *place, EVIL).manual_score = 8.0
        book.find_submission_notebook(*place, "bob").late_submission_penalty = 2.5
        book.db.commit()


@pytest.fixture(scope="module")
def gradebook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """ada has a mistake, bob points alone, EVIL some by hand; dora's is unreadable, others have none."""
    folder = tmp_path_factory.mktemp("a #course?")
    path = folder / "gradebook.db"
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        patch.setattr(api, "get_alembic_version", lambda: "1")  # starts a process of its own for it
        warnings.simplefilter("ignore")  # SQLAlchemy's, about how nbgrader adds a submission
        fill(URL.create("sqlite", database=str(path)))
    correct = exercise("log_softmax", 5.0)
    keep(folder, "ada", metadata_of(WRONG, ("a cell is missing",)), metadata_of(correct, ()))
    keep(
        folder,
        EVIL,
        metadata_of(exercise("softmax", 10.0, COLUMNS), (EVIL,)),
        metadata_of(correct, ()),
    )
    keep(folder, "dora", metadata_of(None, ("softmax.ipynb is not JSON",)), metadata_of(None, ()))
    keep(folder, "fay", metadata_of(None, ("softmax.ipynb is missing",)), metadata_of(None, ()))
    return path


@pytest.fixture(scope="module")
def report(gradebook: Path) -> Report:
    return read_gradebook(str(gradebook))[0]


def test_points_are_the_gradebooks(report: Report) -> None:
    rows = {row.student: (row.score, row.max_score) for row in Overview(report).rows}
    assert rows == {
        "ada": (10, 15),
        "bob": (12, 15),
        EVIL: (13, 15),
        "dora": (0, 15),
        "fay": (0, 15),
        "eve": (0, 15),
    }


def test_who_is_missing_and_what_was_not_graded(report: Report) -> None:
    assert [(one.student, one.assignment) for one in report.missing] == [
        ("eve", "softmax_regression"),
        ("fay", "softmax_regression"),
    ]
    [damaged] = report.ungraded
    assert (damaged.student, damaged.notebook) == ("dora", "softmax")
    assert damaged.reason == "dora, softmax_regression/softmax: softmax.ipynb is not JSON"


def test_what_was_kept_beside_the_points_is_there(report: Report) -> None:
    found = {result.student: result for result in report.results}
    assert found["ada"].exercises == (WRONG, exercise("log_softmax", 5.0))
    assert found["ada"].problems == ("a cell is missing",)
    changed = found[EVIL]
    assert [(one.score, one.status) for one in changed.exercises] == [(8, "partial"), (5, "passed")]
    assert changed.problems == (EVIL, "softmax: 8 points by hand; its checks gave 5")
    [late] = found["bob"].problems
    assert "2.5 points" in late
    assert [one.checks for one in found["bob"].exercises] == [(), ()]


@pytest.mark.parametrize("without_names", [False, True])
def test_the_page_says_what_the_gradebook_does_not_know(
    gradebook: Path, tmp_path: Path, without_names: bool
) -> None:
    before = sorted(path.name for path in gradebook.parent.iterdir()), gradebook.read_bytes()
    page = tmp_path / "page.html"
    options = ["--html", str(page), *(["--anonymous"] if without_names else [])]
    assert main(["report", str(gradebook), *options]) == 0
    shown = page.read_text("utf-8")
    assert "img" not in Page(shown).tags
    text = Page(shown).text
    assert "Of 1 of 3 graded notebooks it knows the points alone" in text
    assert "Nothing was handed in by" in text
    assert OVERFLOW.title in text
    assert "is not defined when" not in text
    assert ("ada" in text) is not without_names
    assert before == (sorted(p.name for p in gradebook.parent.iterdir()), gradebook.read_bytes())


def test_only_the_page_is_made_of_it(gradebook: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(gradebook), "--canvas", "never.csv"]) == 2
    assert "only --html" in capsys.readouterr().err


def test_what_is_no_gradebook_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    path.write_bytes(b"SQLite format 3\0" + b"\0" * 84)
    with pytest.raises(GradebookError, match=r"other\.db: is no gradebook"):
        read_gradebook(str(path))
    assert path.stat().st_size == 100
    for address in ("sqlite:////nowhere/at/all.db", "mysterious://x", "no address://"):
        with pytest.raises(GradebookError):
            read_gradebook(address)


def test_a_password_is_not_shown() -> None:
    with pytest.raises(GradebookError) as raised:
        read_gradebook("postgresql+psycopg2://me:sesame@127.0.0.1:1/grades?connect_timeout=1")
    assert "sesame" not in str(raised.value)


@pytest.mark.parametrize(
    "text", [*HOSTILE, '{"cells": [{"cell_type": "code", "outputs": 1}]}', "[]"]
)
def test_a_notebook_that_cannot_be_read_has_no_reports(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.ipynb"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    assert read_reports(path) == {}
    assert read_reports(tmp_path / "gone.ipynb") == {}
