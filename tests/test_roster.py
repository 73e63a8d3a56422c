"""A class before it is graded: who handed in what, what is missing, and which part is chosen."""

import json
import shutil
from dataclasses import astuple
from pathlib import Path

import pytest

from autograder.grading.roster import Choice, Roster, read_class
from autograder.notebooks.course import Course, CourseError
from autograder.sandbox.limits import Limits

ROOT = Path(__file__).resolve().parents[1]
COURSE = Course(ROOT)
ALL = {(n.assignment, n.name) for n in COURSE.notebooks if n.points}
SOFTMAX = {place for place in ALL if place[0] == "softmax_regression"}


@pytest.fixture
def students(tmp_path: Path) -> Path:
    """ada handed in softmax, bob a damaged softmax and sgd, cleo a text; dora's folder is empty."""
    folder = tmp_path / "class"
    for student, notebook in (
        ("ada", "softmax_regression/softmax"),
        ("bob", "softmax_regression/softmax"),
        ("bob", "linear_regression/sgd"),
    ):
        path = folder / student / f"{notebook}.ipynb"
        path.parent.mkdir(parents=True)
        shutil.copy(ROOT / "assignments" / f"{notebook}.ipynb", path)
    (folder / "bob/softmax_regression/softmax.ipynb").write_text("{")
    (folder / "cleo").mkdir()
    (folder / "cleo" / "answers.txt").write_text("I wrote it by hand.")
    (folder / "dora" / "softmax_regression").mkdir(parents=True)
    (folder / ".git").mkdir()
    return folder


def read(*paths: Path, **choice: object) -> Roster:
    return read_class(list(paths), COURSE, Limits(), Choice(**choice))  # type: ignore[arg-type]


def missing_of(roster: Roster, student: str) -> set[tuple[str, str]]:
    return {(m.assignment, m.notebook) for m in roster.missing if m.student == student}


def test_everybody_with_a_folder_counts(students: Path) -> None:
    roster = read(students)
    assert roster.students == ("ada", "bob", "cleo", "dora")
    handed_in = {(s.student, s.source.name) for s in roster.submissions}
    assert handed_in == {("ada", "softmax"), ("bob", "sgd")}


def test_expected_is_every_notebook_of_what_anybody_handed_in(students: Path) -> None:
    roster = read(students)
    linear = {place for place in ALL if place[0] == "linear_regression"}
    assert {(e.assignment, e.notebook) for e in roster.expected} == SOFTMAX | linear
    assert missing_of(roster, "dora") == SOFTMAX | linear
    assert missing_of(roster, "ada") == (SOFTMAX | linear) - {("softmax_regression", "softmax")}


def test_a_damaged_file_is_not_missing(students: Path) -> None:
    roster = read(students)
    [damaged] = roster.ungraded
    assert (damaged.student, damaged.assignment, damaged.notebook) == (
        "bob", "softmax_regression", "softmax",
    )  # fmt: skip
    assert ("softmax_regression", "softmax") not in missing_of(roster, "bob")


def test_of_single_files_nothing_is_missing(students: Path) -> None:
    roster = read(students / "ada/softmax_regression/softmax.ipynb")
    assert (roster.students, roster.missing) == ((), ())
    assert [(e.notebook, e.max_score) for e in roster.expected] == [("softmax", 10.0)]


def test_one_students_folder_is_held_to_its_assignments(students: Path) -> None:
    roster = read(students / "ada")
    assert roster.students == ("ada",)
    assert missing_of(roster, "ada") == SOFTMAX - {("softmax_regression", "softmax")}


def test_an_assignment_is_chosen(students: Path) -> None:
    roster = read(students, assignments=("multilayer_perceptron",))
    assert not roster.submissions
    assert {(e.assignment, e.notebook) for e in roster.expected} == {
        place for place in ALL if place[0] == "multilayer_perceptron"
    }
    assert {m.student for m in roster.missing} == {"ada", "bob", "cleo", "dora"}


def test_a_student_or_an_exercise_is_chosen(students: Path) -> None:
    one = read(students, only=("bob",))
    assert one.students == ("bob",)
    assert [s.student for s in one.submissions] == ["bob"]
    softmax = read(students, only=("softmax",))
    assert [(s.student, s.source.name) for s in softmax.submissions] == [("ada", "softmax")]
    assert [(e.assignment, e.notebook) for e in softmax.expected] == [
        ("softmax_regression", "softmax")
    ]
    both = read(students, only=("ada", "sgd"))
    assert (both.students, both.submissions) == (("ada",), ())


@pytest.mark.parametrize("choice", [{"only": ("nobody",)}, {"assignments": ("softmax",)}])
def test_a_choice_of_nothing_is_refused(students: Path, choice: dict[str, tuple[str]]) -> None:
    with pytest.raises(CourseError, match=r"nobody|softmax_regression"):
        read(students, **choice)


def test_a_student_called_like_an_exercise_is_not_guessed(students: Path) -> None:
    (students / "sgd").mkdir()
    with pytest.raises(CourseError, match="a student and an exercise have this name"):
        read(students, only=("sgd",))


@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_shards_are_the_class_in_parts(students: Path, count: int) -> None:
    whole = read(students)
    parts = [read(students, shard=(number, count)) for number in range(1, count + 1)]
    submissions = [s.path for part in parts for s in part.submissions]
    assert sorted(submissions) == sorted(s.path for s in whole.submissions)
    assert [f.path for part in parts for f in part.ungraded] == [f.path for f in whole.ungraded]
    assert sorted(s for part in parts for s in part.students) == list(whole.students)
    assert sorted(map(astuple, (m for part in parts for m in part.missing))) == sorted(
        map(astuple, whole.missing)
    )
    for part in parts:
        own = set(part.students)
        spoken_of = (*part.submissions, *part.ungraded, *part.missing)
        assert {one.student for one in spoken_of} <= own
        assert (part.expected, part.fingerprint) == (whole.expected, whole.fingerprint)


def test_files_without_a_students_folder_are_divided_one_by_one(students: Path) -> None:
    folder = students.parent / "files"
    folder.mkdir()
    for name in ("ada", "bob", "cleo"):
        shutil.copy(ROOT / "assignments/softmax_regression/softmax.ipynb", folder / f"{name}.ipynb")
    parts = [read(folder, shard=(number, 2)) for number in (1, 2)]
    assert [[s.path.stem for s in part.submissions] for part in parts] == [["ada", "cleo"], ["bob"]]


def test_a_class_that_changed_has_another_fingerprint(students: Path) -> None:
    before = read(students, shard=(1, 2)).fingerprint
    assert read(students, shard=(2, 2)).fingerprint == before
    path = students / "dora/softmax_regression/softmax.ipynb"
    shutil.copy(ROOT / "assignments/softmax_regression/softmax.ipynb", path)
    assert read(students).fingerprint != before


def test_notebooks_that_fit_nothing_are_named(students: Path) -> None:
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}
    path = students / "dora/softmax_regression/poem.ipynb"
    path.write_text(json.dumps(notebook))
    found = [f for f in read(students).ungraded if f.path == str(path)]
    assert [(f.assignment, f.notebook) for f in found] == [("", "")]
    assert len(missing_of(read(students), "dora")) == len(missing_of(read(students), "cleo"))
