"""A class before it is graded: its students, and the submitted, missing and chosen notebooks."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace
from pathlib import Path

from autograder.grading.results import Expected, Missing, Ungraded, not_graded
from autograder.notebooks.course import Course, CourseError
from autograder.notebooks.levels import HandedIn, find_submissions, one_each
from autograder.notebooks.submission import Submission, UnreadableSubmission, read_submission
from autograder.notes import Note
from autograder.sandbox.limits import Limits

NOBODY = "--only {name}: no student and no exercise here has this name"
BOTH = "--only {name}: a student and an exercise have this name; give the student's folder as PATH"
NO_ASSIGNMENT = "--assignment {name}: the course has {there}"
FINGERPRINT = 16
"""Hexadecimal digits of a class's fingerprint: as many as the secret's has."""


@dataclass(frozen=True)
class Choice:
    """The part of a class that is graded.

    only: names of students and of exercises: the submissions of these students, of the notebooks that
        hold these exercises.
    assignments: those that were to be handed in; without any, those with a submitted notebook.
    shard: the K-th of N parts of the students, as (K, N): a student's notebooks stay together, so that a
        part can name those that are missing. Files without a student's folder are divided one by one.
    """

    only: tuple[str, ...] = ()
    assignments: tuple[str, ...] = ()
    shard: tuple[int, int] = (1, 1)


@dataclass(frozen=True)
class Roster:
    """A class: the submissions to grade, in the order of the report, and its notes.

    problems: notes about the paths that were given.
    fingerprint: a digest of the whole class (students, expected and submitted notebooks), the same in every
        part.
    """

    submissions: tuple[Submission, ...] = ()
    ungraded: tuple[Ungraded, ...] = ()
    problems: tuple[Note, ...] = ()
    students: tuple[str, ...] = ()
    expected: tuple[Expected, ...] = ()
    missing: tuple[Missing, ...] = ()
    fingerprint: str = ""


def read_class(
    paths: Sequence[Path], course: Course, limits: Limits, choice: Choice | None = None
) -> Roster:
    """Read the submissions at some paths. Raises CourseError where the choice fits nothing."""
    choice = choice or Choice()
    found = find_submissions(paths, course)
    read: list[tuple[HandedIn, Submission]] = []
    ungraded: list[Ungraded] = []
    for entry in found.notebooks:
        try:
            submission = read_submission(entry.path, course, limits, entry.student)
            read.append((entry, submission))
        except UnreadableSubmission as error:
            ungraded.append(_ungraded(course, entry.path, entry.student, error.why))
    submissions, doubled = one_each(read)
    left_out = (*found.left_out, *doubled)
    ungraded += [_ungraded(course, left.path, left.student, left.why) for left in left_out]
    chosen = _Chosen(choice, course, found.students | {s.student for s in submissions})
    expected = _expected(course, chosen, submissions, ungraded, everything=bool(found.students))
    students = tuple(sorted(filter(chosen.has_student, found.students)))
    handed_in = {(s.student, s.source.assignment, s.source.name) for s in submissions} | {
        (file.student, file.assignment, file.notebook) for file in ungraded
    }
    missing = tuple(
        Missing(student, notebook.assignment, notebook.notebook)
        for student in students
        for notebook in expected
        if (student, notebook.assignment, notebook.notebook) not in handed_in
    )
    wanted = [s for s in submissions if chosen.has(s.student, s.source.assignment, s.source.name)]
    whole = Roster(
        tuple(sorted(wanted, key=_order)),
        tuple(f for f in ungraded if chosen.has(f.student, f.assignment, f.notebook)),
        tuple(found.problems),
        students,
        expected,
        missing,
    )
    return _part(replace(whole, fingerprint=_fingerprint(whole)), *choice.shard)


def _part(whole: Roster, number: int, of: int) -> Roster:
    """The K-th of N parts of a class; each part has the expected notebooks of the whole class."""
    folders = set(whole.students)

    def owner(student: str, path: Path | str) -> tuple[str, str]:
        return (student, "") if student in folders else ("", str(path))

    everybody = {owner(student, "") for student in folders}
    everybody |= {owner(s.student, s.path) for s in whole.submissions}
    everybody |= {owner(f.student, f.path) for f in whole.ungraded}
    here = set(sorted(everybody)[number - 1 :: of])
    return replace(
        whole,
        submissions=tuple(s for s in whole.submissions if owner(s.student, s.path) in here),
        ungraded=tuple(f for f in whole.ungraded if owner(f.student, f.path) in here),
        students=tuple(student for student in whole.students if owner(student, "") in here),
        missing=tuple(one for one in whole.missing if owner(one.student, "") in here),
    )


def _fingerprint(whole: Roster) -> str:
    """A digest by which parts of one class are known; without paths, which differ between machines."""
    there = [(s.student, s.source.assignment, s.source.name) for s in whole.submissions]
    unread = sorted((f.student, f.assignment, f.notebook) for f in whole.ungraded)
    missing = [astuple(one) for one in whole.missing]
    expected = [(one.assignment, one.notebook, one.exercises) for one in whole.expected]
    text = json.dumps([whole.students, expected, there, unread, missing])
    return hashlib.sha256(text.encode()).hexdigest()[:FINGERPRINT]


def _order(submission: Submission) -> tuple[str, str, str, str]:
    source = submission.source
    return submission.student, source.assignment, source.name, str(submission.path)


def _ungraded(course: Course, path: Path, student: str, why: Note) -> Ungraded:
    """A file that isn't graded, with the notebook that it has the name of."""
    named = [source for source in course.notebooks if source.name == path.stem]
    beside = [source for source in named if source.assignment == path.parent.name]
    source = beside[0] if beside else named[0] if len(named) == 1 else None
    if source is None:
        return not_graded(path, student, why)
    return not_graded(path, student, why, source.assignment, source.name)


class _Chosen:
    """Which students and notebooks are chosen."""

    def __init__(self, choice: Choice, course: Course, students: set[str]) -> None:
        exercises = {name for source in course.notebooks for name in source.points}
        assignments = sorted({source.assignment for source in course.notebooks})
        for name in choice.only:
            if name in exercises and name in students:
                raise CourseError(BOTH.format(name=name))
            if name not in exercises and name not in students:
                raise CourseError(NOBODY.format(name=name))
        for name in choice.assignments:
            if name not in assignments:
                there = ", ".join(assignments)
                raise CourseError(NO_ASSIGNMENT.format(name=name, there=there))
        self.assignments = set(choice.assignments)
        self._students = set(choice.only) - exercises
        exercises &= set(choice.only)
        self._notebooks = {
            (source.assignment, source.name)
            for source in course.notebooks
            if (not exercises or exercises & source.points.keys())
            and (not self.assignments or source.assignment in self.assignments)
        }

    def has_student(self, student: str) -> bool:
        return not self._students or student in self._students

    def has_notebook(self, assignment: str, notebook: str) -> bool:
        """Return whether a notebook is chosen; a file that may be any notebook is, too."""
        return not notebook or (assignment, notebook) in self._notebooks

    def has(self, student: str, assignment: str, notebook: str) -> bool:
        return self.has_student(student) and self.has_notebook(assignment, notebook)


def _expected(
    course: Course,
    chosen: _Chosen,
    submissions: Sequence[Submission],
    ungraded: Sequence[Ungraded],
    *,
    everything: bool,
) -> tuple[Expected, ...]:
    """The notebooks that were to be handed in.

    Of a class (`everything`): all of the assignments that are chosen, or of which anybody handed in one.
    Of single files: theirs.
    """
    there = {(s.source.assignment, s.source.name) for s in submissions}
    there |= {(file.assignment, file.notebook) for file in ungraded}
    assignments = chosen.assignments or {assignment for assignment, _ in there}
    return tuple(
        Expected(source.assignment, source.name, dict(source.points))
        for source in course.notebooks
        if source.points
        and chosen.has_notebook(source.assignment, source.name)
        and (
            source.assignment in assignments
            if everything
            else (source.assignment, source.name) in there
        )
    )
