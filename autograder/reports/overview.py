"""A class at a glance, as data: each student's points and maximum, and how often each mistake was made.

Every view of a class (terminal, JSON, page) is made of these.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from math import fsum
from statistics import fmean
from typing import Literal

from autograder.grading.results import (
    ExerciseResult,
    Report,
    Status,
    SubmissionResult,
    Ungraded,
)
from autograder.notes import Note

State = Status | Literal["missing", "ungraded"]
Place = tuple[str, str, str]
"""An exercise of a course: assignment, notebook, function."""
Notebook = tuple[str, str]
"""A notebook of a course: assignment, name."""
STATES: tuple[State, ...] = (
    "passed", "partial", "failed", "forbidden", "crashed", "timed_out", "not_attempted", "missing",
    "ungraded",
)  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """A student's exercise; without a result where it was not handed in, or could not be graded."""

    state: State
    score: float
    max_score: float
    result: ExerciseResult | None = None


@dataclass(frozen=True)
class Row:
    """A student of the class.

    student: the name; of files that lie together without a folder each, the path.
    has_folder: whether it is a student's folder; then notebooks that are not in it count as missing.
    missing: the notebooks that were not handed in, by assignment and name.
    from_nobody: the notebooks among these that nobody in the class handed in; none in a part of a class.
    """

    student: str
    has_folder: bool
    results: tuple[SubmissionResult, ...]
    ungraded: tuple[Ungraded, ...]
    missing: tuple[Notebook, ...]
    entries: dict[Place, Entry]
    from_nobody: frozenset[Notebook] = frozenset()

    @property
    def score(self) -> float:
        """The points of all exercises."""
        return fsum(entry.score for entry in self.entries.values())

    @property
    def max_score(self) -> float:
        """The maximal points: of the notebooks that were handed in, are missing, or could not be graded."""
        return fsum(entry.max_score for entry in self.entries.values())

    @cached_property
    def compared(self) -> dict[Place, Entry]:
        """The entries by which a class is compared: those of notebooks that anybody handed in."""
        return {place: e for place, e in self.entries.items() if place[:2] not in self.from_nobody}

    @property
    def possible(self) -> float:
        """The points that could be had for these."""
        return fsum(entry.max_score for entry in self.compared.values())

    @property
    def share(self) -> float:
        """The points out of these, from 0 to 1."""
        return self.score / self.possible if self.possible else 0.0

    @property
    def lacks(self) -> tuple[Notebook, ...]:
        """The notebooks that are missing, and that others handed in."""
        return tuple(place for place in self.missing if place not in self.from_nobody)

    @property
    def all_passed(self) -> bool:
        """True when every exercise of these was handed in and got full marks."""
        return all(entry.state == "passed" for entry in self.compared.values())

    @property
    def nothing(self) -> bool:
        """True when no notebook of this student is there."""
        return bool(self.entries) and all(e.state == "missing" for e in self.entries.values())


@dataclass(frozen=True)
class Remark:
    """A sentence for the instructor about a student's notebook."""

    student: str
    notebook: str
    text: str
    id: str = ""


def by_id(remarks: Sequence[Remark]) -> list[list[Remark]]:
    """Remarks of one kind together, the most frequent kind first; without ids, those of one text."""
    groups: dict[tuple[str, str], list[Remark]] = defaultdict(list)
    for remark in remarks:
        groups[remark.id, "" if remark.id else remark.text].append(remark)
    return sorted(groups.values(), key=lambda group: -len(group))


class Overview:
    """A class at a glance: every part is computed when it is first asked for."""

    def __init__(self, report: Report) -> None:
        self.report = report

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """The exercises of the class, in the order of the course."""
        return tuple(self._points)

    def points_of(self, place: Place) -> float:
        """The points that an exercise gives."""
        return self._points[place]

    @cached_property
    def from_nobody(self) -> tuple[Notebook, ...]:
        """The notebooks of a class that none of several students handed in; of a part it is not known."""
        if self.report.shard is not None:
            return ()
        students = len(self.report.students)
        lacking = Counter((one.assignment, one.notebook) for one in self.report.missing)
        return tuple(
            place
            for one in self.report.expected
            if lacking[place := (one.assignment, one.notebook)] == students > 1
        )

    @cached_property
    def places_of_anybody(self) -> tuple[Place, ...]:
        """The exercises of the notebooks that anybody handed in."""
        return tuple(place for place in self.places if place[:2] not in self.from_nobody)

    @property
    def score_from_nobody(self) -> float:
        """The maximal points of a student for the notebooks that nobody handed in."""
        return fsum(p for place, p in self._points.items() if place[:2] in self.from_nobody)

    def in_words(self, notebooks: Sequence[Notebook]) -> str:
        """Some notebooks by their assignments; of an assignment that is there whole, its name alone."""
        everything: dict[str, list[str]] = defaultdict(list)
        for one in self.report.expected:
            everything[one.assignment].append(one.notebook)
        named: dict[str, list[str]] = defaultdict(list)
        for assignment, name in notebooks:
            named[assignment].append(name)
        return "; ".join(
            f"all of {assignment}"
            if len(names) == len(everything[assignment]) > 1
            else f"{assignment}: {', '.join(names)}"
            for assignment, names in named.items()
        )

    @cached_property
    def _points(self) -> dict[Place, float]:
        found = {
            (e.assignment, e.notebook, name): points
            for e in self.report.expected
            for name, points in e.exercises.items()
        }
        for result in self.report.results:
            for exercise in result.exercises:
                place = (result.assignment, result.notebook, exercise.name)
                found.setdefault(place, exercise.max_score)
        return found

    @cached_property
    def _folders(self) -> frozenset[str]:
        return frozenset(self.report.students)

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The students by name."""
        groups: dict[str, tuple[list[SubmissionResult], list[Ungraded]]] = defaultdict(
            lambda: ([], [])
        )
        for student in self.report.students:
            groups[student]
        together = _without_folders(self.report)
        for result in self.report.results:
            name = result.path if result.student in together else result.student
            groups[name][0].append(result)
        for file in self.report.ungraded:
            groups[file.path if file.student in together else file.student][1].append(file)
        missing: dict[str, list[Notebook]] = defaultdict(list)
        for one in self.report.missing:
            missing[one.student].append((one.assignment, one.notebook))
        return tuple(
            self._row(student, results, ungraded, missing[student])
            for student, (results, ungraded) in sorted(groups.items())
        )

    def _row(
        self,
        student: str,
        results: Sequence[SubmissionResult],
        ungraded: Sequence[Ungraded],
        missing: Sequence[Notebook],
    ) -> Row:
        done = {
            (result.assignment, result.notebook, exercise.name): Entry(
                exercise.status, exercise.score, exercise.max_score, exercise
            )
            for result in results
            for exercise in result.exercises
        }
        unread = {(file.assignment, file.notebook) for file in ungraded}
        entries: dict[Place, Entry] = {}
        for place, points in self._points.items():
            if place in done:
                entries[place] = done[place]
            elif place[:2] in unread:
                entries[place] = Entry("ungraded", 0.0, points)
            elif place[:2] in missing:
                entries[place] = Entry("missing", 0.0, points)
        has_folder = student in self._folders
        return Row(
            student,
            has_folder,
            tuple(results),
            tuple(ungraded),
            tuple(missing),
            entries,
            frozenset(self.from_nobody),
        )

    @property
    def score(self) -> float:
        """The points of the whole class."""
        return fsum(row.score for row in self.rows)

    @property
    def possible(self) -> float:
        """The maximal points of the whole class, for the notebooks that anybody handed in."""
        return fsum(row.possible for row in self.rows)

    @property
    def max_score(self) -> float:
        """The same with the notebooks that nobody handed in."""
        return fsum(row.max_score for row in self.rows)

    def entries_of(self, place: Place) -> list[Entry]:
        """The entries of an exercise, of everybody who was to hand it in."""
        return [row.entries[place] for row in self.rows if place in row.entries]

    def states_of(self, place: Place) -> Counter[State]:
        """How many students' exercises are in which state."""
        return Counter(entry.state for entry in self.entries_of(place))

    def mean_of(self, place: Place) -> float:
        """The mean share of an exercise's points, from 0 to 1; missing ones count as 0."""
        shares = [e.score / e.max_score if e.max_score else 0.0 for e in self.entries_of(place)]
        return fmean(shares) if shares else 0.0

    def title_of(self, place: Place) -> str:
        """The function's name, with its notebook where two notebooks have one of that name."""
        same = [other for other in self.places if other[2] == place[2]]
        return place[2] if len(same) == 1 else f"{place[0]}/{place[1]}: {place[2]}"

    @cached_property
    def review(self) -> list[Remark]:
        """The remarks on submissions that a person should look at."""
        return self._remarks(lambda result: result.review)

    @cached_property
    def advice(self) -> list[Remark]:
        """The advice on correct code."""
        return self._remarks(lambda result: chain(*(one.advice for one in result.exercises)))

    @cached_property
    def problems(self) -> list[Remark]:
        """The remarks on odd notebooks, and on their repairs."""
        return self._remarks(lambda result: result.problems)

    def _remarks(self, notes_of: Callable[[SubmissionResult], Iterable[Note]]) -> list[Remark]:
        return [
            Remark(row.student, f"{result.assignment}/{result.notebook}", one.text, one.id)
            for row in self.rows
            for result in row.results
            for one in notes_of(result)
        ]


def _without_folders(report: Report) -> set[str]:
    """The names of "students" who have two files of one notebook: files without a folder each."""
    seen = Counter((r.student, r.assignment, r.notebook) for r in report.results)
    return {student for (student, _, _), count in seen.items() if count > 1}
