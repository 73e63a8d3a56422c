"""Decides which of the files that were handed in are graded, and whose they are.

A notebook lies at `<class>/<student>/<assignment>/<notebook>.ipynb`. A path that is given to the
command may be any of these levels. Its level is decided once, so that no file within it counts as
another's.
"""

import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from autograder.notebooks.course import Course
from autograder.notebooks.files import files_below, is_notebook
from autograder.notebooks.submission import Submission, is_answered, student_of
from autograder.notes import Note, note, note_on

MAX_NOTEBOOKS = 50
"""Notebooks in one folder of a student; the course's assignments have three at most."""


class Level(Enum):
    """The kinds of folder that the command may be given."""

    ASSIGNMENT = "an assignment's folder"
    STUDENT = "a student's folder"
    STUDENTS = "a class whose students have no folder for the assignment"
    CLASS = "a class"

    @property
    def depth(self) -> int:
        """How many folders lie between it and a notebook."""
        return {Level.ASSIGNMENT: 0, Level.CLASS: 2}.get(self, 1)


@dataclass(frozen=True)
class HandedIn:
    """A notebook to grade.

    owner: whose it is; one file is graded for an owner and a notebook of the course.
    """

    path: Path
    student: str
    owner: tuple[str, ...]


@dataclass(frozen=True)
class LeftOut:
    """A file or folder that isn't graded, and why."""

    path: Path
    student: str
    why: Note


@dataclass
class Found:
    """The notebooks at the paths that were given; `problems` are notes about the paths themselves.

    students: everybody with a folder there, in no order, also those who handed in nothing.
    """

    notebooks: list[HandedIn] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    problems: list[Note] = field(default_factory=list)
    students: set[str] = field(default_factory=set)

    def leave_out(self, path: Path, student: str, why: Note) -> None:
        """Name a file or folder that isn't graded."""
        self.left_out.append(LeftOut(path, student, why))


def find_submissions(paths: Sequence[Path], course: Course) -> Found:
    """The notebooks at some paths, each once, in the order of the paths and then of their names."""
    found = Found()
    for path in dict.fromkeys(paths):
        try:
            if path.is_dir():
                _look_into(path, course, found)
            elif path.exists() or path.is_symlink():
                found.notebooks.append(HandedIn(path, student_of(path), (str(path),)))
            else:
                found.problems.append(note_on(path, "no_such_path"))
        except OSError as error:  # a name too long, a folder that may not be entered
            found.problems.append(note_on(path, "unreadable", reason=error.strerror))
    found.notebooks = list({entry.path: entry for entry in found.notebooks}.values())
    return found


def _look_into(root: Path, course: Course, found: Found) -> None:
    before = len(found.problems)
    notebooks = []
    for path in files_below(root, found.problems):
        if is_notebook(path.name):
            notebooks.append(path)
        elif path.is_symlink() and path.is_dir():
            found.problems.append(note_on(path, "link"))
    if not notebooks and len(found.problems) == before:
        found.problems.append(note_on(root, "no_notebooks"))
    places = [path.relative_to(root).parts for path in notebooks]
    assignments = {notebook.assignment for notebook in course.notebooks}
    level = level_of(_name(root), places, assignments)
    if notebooks:
        found.students |= _students(root, level, places, assignments)
    names = {notebook.name.casefold() for notebook in course.notebooks}
    by_folder: dict[Path, list[Path]] = defaultdict(list)
    for path, place in zip(notebooks, places, strict=True):
        student = _student(root, level, place)
        if len(place) - 1 == level.depth or _alone(place, level.depth, places):
            by_folder[path.parent].append(path)
        else:
            found.leave_out(path, student, note("elsewhere"))
    for folder, inside in by_folder.items():
        student = _student(root, level, inside[0].relative_to(root).parts)
        if len(inside) > MAX_NOTEBOOKS:
            said = note("too_many_notebooks", count=len(inside), limit=MAX_NOTEBOOKS)
            found.leave_out(folder, student, said)
            inside = [path for path in inside if path.stem.casefold() in names]
        for path in inside:
            flat = level is Level.ASSIGNMENT and _name(root) not in assignments
            owner = (str(root), str(path) if flat else student)
            found.notebooks.append(HandedIn(path, student, owner))


def level_of(name: str, places: Sequence[tuple[str, ...]], assignments: Iterable[str]) -> Level:
    """Decide what a folder is by its name and the notebooks in it, each given as the parts of its path.

    An assignment's name decides; otherwise each folder within has a vote, since in a class each is a
    student's, and one student must not decide for the others.
    """
    known = set(assignments)
    if name in known:
        return Level.ASSIGNMENT
    if any(len(place) == 2 and place[0] in known for place in places):
        return Level.STUDENT
    votes: Counter[Level] = Counter()
    for top in dict.fromkeys(place[0] for place in places):
        inside = [place for place in places if place[0] == top]
        if any(len(place) == 1 for place in inside):
            votes[Level.ASSIGNMENT] += 1
        elif any(len(place) == 3 and place[1] in known for place in inside):
            votes[Level.CLASS] += 1
        elif any(len(place) == 2 for place in inside):
            votes[Level.STUDENTS] += 1
        else:
            votes[Level.CLASS] += 1
    order = (Level.CLASS, Level.STUDENTS, Level.ASSIGNMENT)
    return max(order, key=lambda level: votes[level])


def _student(root: Path, level: Level, place: tuple[str, ...]) -> str:
    if level is Level.ASSIGNMENT:
        return Path(os.path.abspath(root)).parent.name  # noqa: PTH100  (links are not followed)
    return _name(root) if level is Level.STUDENT else place[0] if len(place) > 1 else ""


def _students(
    root: Path, level: Level, places: Sequence[tuple[str, ...]], assignments: set[str]
) -> set[str]:
    """Everybody with a folder in a folder of that level; nobody where files lie without one."""
    if level is Level.ASSIGNMENT:
        return {_student(root, level, ())} if _name(root) in assignments else set()
    if level is Level.STUDENT:
        return {_name(root)}
    with os.scandir(root) as entries:
        folders = {
            entry.name
            for entry in entries
            if entry.is_dir(follow_symlinks=False) and not entry.name.startswith((".", "__"))
        }
    return folders | {place[0] for place in places if len(place) > 1}


def _name(folder: Path) -> str:
    return Path(os.path.abspath(folder)).name  # noqa: PTH100  (links are not followed)


def _alone(place: tuple[str, ...], depth: int, places: Sequence[tuple[str, ...]]) -> bool:
    """Return whether a notebook lies one folder too deep, with nothing beside it: an unpacked archive."""
    if len(place) != depth + 2:
        return False
    beside = [other for other in places if other[:depth] == place[:depth] and len(other) > depth]
    return all(other[:-1] == place[:-1] for other in beside)


def one_each(
    read: Sequence[tuple[HandedIn, Submission]],
) -> tuple[list[Submission], list[LeftOut]]:
    """Choose one submission for each owner and notebook of the course; say why the others are left out.

    Of several files the only answered one counts, else the one with the course's name.
    """
    groups: dict[tuple[object, ...], list[tuple[HandedIn, Submission]]] = defaultdict(list)
    for entry, submission in read:
        groups[(*entry.owner, submission.source.path)].append((entry, submission))
    chosen: set[Path] = set()
    left_out: list[LeftOut] = []
    for group in groups.values():
        best = group[0] if len(group) == 1 else _meant(group)
        notebook = group[0][1].source.name
        if best is not None:
            chosen.add(best[0].path)
        for entry, _ in group:
            if best is None:
                said = note("unclear_file", count=len(group), notebook=notebook)
            elif entry is not best[0]:
                said = note("second_file", notebook=notebook, graded=best[0].path.name)
            else:
                continue
            left_out.append(LeftOut(entry.path, entry.student, said))
    return [submission for entry, submission in read if entry.path in chosen], left_out


def _meant(group: list[tuple[HandedIn, Submission]]) -> tuple[HandedIn, Submission] | None:
    answered = [pair for pair in group if is_answered(pair[1])]
    if len(answered) == 1:
        return answered[0]
    named = [
        pair
        for pair in answered or group
        if pair[0].path.stem.casefold() == pair[1].source.name.casefold()
    ]
    return named[0] if len(named) == 1 else None
