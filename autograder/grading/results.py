"""The results of grading, as plain frozen data: reports are functions of these."""

from dataclasses import dataclass, field
from typing import Any, Literal

from autograder.sandbox.isolation import Isolation

Outcome = Literal["passed", "failed", "skipped", "error"]
Status = Literal[
    "passed", "partial", "failed", "not_attempted", "forbidden", "crashed", "timed_out"
]


@dataclass(frozen=True)
class CheckResult:
    """One check: `code` reproduces the counterexample when pasted into the notebook."""

    name: str
    title: str
    points: float
    max_points: float
    outcome: Outcome
    message: str = ""
    counterexample: dict[str, Any] | None = None
    code: str | None = None


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
    advice: tuple[str, ...] = ()


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
    problems: tuple[str, ...] = ()
    review: tuple[str, ...] = ()
    """Sentences about what the instructor should look at; they cost no points."""
    cells: tuple[Any, ...] = field(default=(), compare=False, repr=False)
    """The outputs of the cells (CellRun), for the notebook that nbgrader stores."""


@dataclass(frozen=True)
class Ungraded:
    """A student's file that could not be graded, and why: a sentence that names the file."""

    path: str
    student: str
    reason: str


@dataclass(frozen=True)
class Report:
    """The results of a run of grading: every renderer is a function of it.

    isolation: the weakest isolation that any worker had; None where nothing was run.
    complete: False where the run was ended before all was graded.
    """

    results: tuple[SubmissionResult, ...] = ()
    ungraded: tuple[Ungraded, ...] = ()
    isolation: Isolation | None = None
    complete: bool = True


def overall(statuses: list[Status]) -> Status:
    """The status of a notebook from those of its exercises: the same for all, or the gravest."""
    if len(set(statuses)) == 1:
        return statuses[0]
    for status in ("forbidden", "crashed", "timed_out"):
        if status in statuses:
            return status
    return "partial" if {"passed", "partial"} & set(statuses) else "failed"
