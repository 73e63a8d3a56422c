"""The results of grading, as plain frozen data: reports are functions of these."""

from dataclasses import dataclass, field, replace
from math import fsum
from pathlib import Path
from typing import Any, Literal

from autograder.notes import Note
from autograder.sandbox.isolation import Isolation

Outcome = Literal["passed", "failed", "skipped", "error"]
Status = Literal[
    "passed", "partial", "failed", "not_attempted", "forbidden", "crashed", "timed_out"
]


@dataclass(frozen=True)
class Picture:
    """A picture that a report may draw beside a message.

    kind: "values", a matrix whose wrong elements are marked, or "mask", whose dropped entries are.
    cells: rows of texts; marked: of the same shape.
    """

    kind: Literal["values", "mask"]
    cells: tuple[tuple[str, ...], ...]
    marked: tuple[tuple[bool, ...], ...]


@dataclass(frozen=True)
class CheckResult:
    """One check: `code` reproduces the counterexample when pasted into the notebook.

    message_id: says in a word why points are missing, whatever the language; "" when the check passed.
    """

    name: str
    title: str
    points: float
    max_points: float
    outcome: Outcome
    message: str = ""
    counterexample: dict[str, Any] | None = None
    code: str | None = None
    message_id: str = ""
    picture: Picture | None = None


@dataclass(frozen=True)
class Diagnosis:
    """The name of a mistake: a misconception's id, or the property that broke first."""

    id: str
    title: str
    hint: str


@dataclass(frozen=True)
class ExerciseResult:
    """One exercise: its checks and what they add up to."""

    name: str
    score: float
    max_score: float
    status: Status
    checks: tuple[CheckResult, ...]
    diagnosis: Diagnosis | None = None
    advice: tuple[Note, ...] = ()


@dataclass(frozen=True)
class SubmissionResult:
    """One student's notebook; `problems` are sentences about the file or its cells."""

    path: str
    student: str
    assignment: str
    notebook: str
    score: float
    max_score: float
    status: Status
    seconds: float
    exercises: tuple[ExerciseResult, ...]
    problems: tuple[Note, ...] = ()
    review: tuple[Note, ...] = ()
    """Sentences about what the instructor should look at; they cost no points."""
    language: str = "en"
    """The language of its sentences: one of `language.LANGUAGES`."""
    repeatable: bool = True
    """False where a limit, the worker's end or a failure of the grader had a part in it."""
    cells: tuple[Any, ...] = field(default=(), compare=False, repr=False)
    """The outputs of the cells (CellRun), for the notebook that nbgrader stores."""


@dataclass(frozen=True)
class Ungraded:
    """A student's file that could not be graded, and why: a sentence that names the file.

    assignment, notebook: which notebook of the course it seems to be; empty where nothing tells.
    reason_id: of the note that says why.
    """

    path: str
    student: str
    reason: str
    assignment: str = ""
    notebook: str = ""
    reason_id: str = ""


def not_graded(
    path: Path | str, student: str, why: Note, assignment: str = "", notebook: str = ""
) -> Ungraded:
    """A file that could not be graded, for a reason among the notes."""
    return Ungraded(str(path), student, f"{path}: {why}", assignment, notebook, why.id)


@dataclass(frozen=True)
class Expected:
    """A notebook of the course that was to be handed in.

    exercises: their names with the points that each gives.
    """

    assignment: str
    notebook: str
    exercises: dict[str, float]

    @property
    def max_score(self) -> float:
        """The points of the whole notebook."""
        return fsum(self.exercises.values())


@dataclass(frozen=True)
class Missing:
    """A notebook that a student of a class did not hand in."""

    student: str
    assignment: str
    notebook: str


@dataclass(frozen=True)
class Report:
    """The results of a run of grading: every renderer is a function of it.

    isolation: the weakest isolation that any worker had; None where nothing was run.
    complete: False where the run was ended before all was graded.
    students: everybody with a folder in the class, also those who handed in nothing.
    expected: the notebooks of the assignments that anybody handed in, in the course's order.
    missing: the expected notebooks that were not handed in.
    fingerprint: of the secret, which tells staff whether theirs gives the same inputs.
    problems: notes about the paths that were given, such as a folder that cannot be listed.
    shard: (K, N) where these are the K-th of N parts of a class; then students, results and missing
        notebooks are of this part's students alone.
    roster: a digest of the whole class before grading; the parts of one class have the same.
    """

    results: tuple[SubmissionResult, ...] = ()
    ungraded: tuple[Ungraded, ...] = ()
    isolation: Isolation | None = None
    complete: bool = True
    students: tuple[str, ...] = ()
    expected: tuple[Expected, ...] = ()
    missing: tuple[Missing, ...] = ()
    fingerprint: str = ""
    shard: tuple[int, int] | None = None
    problems: tuple[Note, ...] = ()
    roster: str = ""

    @property
    def percent(self) -> float:
        """The share of the points of the graded notebooks, from 0 to 100; 0 where there were none."""
        possible = sum(result.max_score for result in self.results)
        return 100 * sum(result.score for result in self.results) / possible if possible else 0.0


def in_order(report: Report) -> Report:
    """The report in the one order that it is written in, however its parts came together."""
    return replace(
        report,
        results=tuple(
            sorted(report.results, key=lambda r: (r.student, r.assignment, r.notebook, r.path))
        ),
        ungraded=tuple(sorted(report.ungraded, key=lambda file: (file.path, file.reason))),
    )


def overall(statuses: list[Status]) -> Status:
    """The status of a notebook from those of its exercises: the same for all, or the gravest."""
    if len(set(statuses)) == 1:
        return statuses[0]
    for status in ("forbidden", "crashed", "timed_out"):
        if status in statuses:
            return status
    return "partial" if {"passed", "partial"} & set(statuses) else "failed"
