"""Telling cases: fresh, small, first in every battery, and not used when they are out of date."""

import shutil
from pathlib import Path

import pytest

from autograder.grading.battery import telling
from autograder.grading.battery.cases import Battery
from autograder.grading.judges import Judges
from autograder.notebooks.course import Course
from autograder.notebooks.exercises import Exercise
from tests.one_class import ROOT, OneClass

COURSE = Course(ROOT)
NAMES = COURSE.exercise_names


def batteries(course: Course, name: str) -> dict[str, Battery]:
    source = course.home_of(name)
    assert source is not None
    judge = Judges(course).of(source, name)
    return {check.name: judge.battery(check) for check in judge.checks}


@pytest.mark.parametrize("name", NAMES)
def test_they_are_fresh(name: str) -> None:
    """Else: autograder audit --telling."""
    exercise = COURSE.exercise(name)
    if exercise.is_random:
        assert not exercise.path(telling.FILE).exists()
    else:
        assert telling.read(exercise).digest == telling.digest_of(exercise)


def test_they_come_first_and_the_smallest_leads() -> None:
    for check, battery in batteries(COURSE, "softmax").items():
        kept = telling.cases_of(COURSE.exercise("softmax"))[check]
        assert 0 < battery.telling == len(kept) <= telling.MOST
        first, rest = battery.parts
        assert [case.drawn for case in first] == kept
        assert [drawn.size for drawn in kept] == sorted(drawn.size for drawn in kept)
        assert len(rest) >= 25


def test_a_mistake_that_nobody_foresaw_is_shown_by_a_small_case(students: OneClass) -> None:
    """Sums of squares instead of exponentials: of no known mistake's making."""
    result = students.grade("softmax", "def softmax(X):\n    return X**2 / (X**2).sum(1)[:, None]")
    shown = next(check for check in result.checks if check.outcome == "failed")
    assert shown.counterexample is not None
    assert sum(len(row) for row in shown.counterexample["X"]) <= 6


@pytest.fixture
def exercise(tmp_path: Path) -> Exercise:
    shutil.copytree(COURSE.exercise("softmax").folder, tmp_path / "softmax")
    return Exercise(tmp_path / "softmax")


def test_out_of_date_they_are_not_used(exercise: Exercise) -> None:
    """A case that the changed strategies no longer draw might be an illegal input."""
    assert telling.cases_of(exercise)
    [checks] = exercise.check_files()
    checks.write_text(checks.read_text() + "\n")
    assert telling.cases_of(exercise) == {}


def test_line_ends_make_no_difference(exercise: Exercise) -> None:
    [checks] = exercise.check_files()
    checks.write_bytes(checks.read_bytes().replace(b"\n", b"\r\n"))
    assert telling.cases_of(exercise)


@pytest.mark.parametrize("content", [b"", b"{", b"[1, 2]", b'{"digest": 1, "checks": {}}'])
def test_a_damaged_file_is_named(exercise: Exercise, content: bytes) -> None:
    exercise.path(telling.FILE).write_bytes(content)
    with pytest.raises(ValueError, match=r"softmax.telling\.json: .*audit --telling"):
        telling.cases_of(exercise)
