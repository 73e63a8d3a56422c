"""Reports on classes of any size, made up: what a view shows of them needs no grading."""

from dataclasses import replace

from autograder.grading.results import (
    CheckResult,
    Diagnosis,
    ExerciseResult,
    Expected,
    Missing,
    Report,
    SubmissionResult,
    Ungraded,
    in_order,
    overall,
)
from autograder.notes import Note
from autograder.sandbox.isolation import Isolation

EXPECTED = (
    Expected("linear_regression", "sgd", {"sgd": 10.0}),
    Expected("softmax_regression", "cross_entropy", {"cross_entropy_with_logits": 5.0}),
    Expected("softmax_regression", "softmax", {"softmax": 10.0, "log_softmax": 5.0}),
)
OVERFLOW = Diagnosis("overflow", "turns large logits into NaN", "What is exp(1000)?")
COLUMNS = Diagnosis("columns", "normalizes over the batch", "Which axis holds the classes?")
CODE = "X = torch.tensor([[89.0]])\nsoftmax(X)"


def exercise(name: str, points: float, diagnosis: Diagnosis | None = None) -> ExerciseResult:
    """One that passed, or one with half the points."""
    values = CheckResult("test_values", f"Gives what {name} is.", points / 2, points / 2, "passed")
    if diagnosis is None:
        large = CheckResult("test_large", "Stays finite.", points / 2, points / 2, "passed")
        return ExerciseResult(name, points, points, "passed", (values, large))
    failed = ("failed", "the result is nan", {"X": [[89.0]]}, CODE)
    large = CheckResult("test_large", "Stays finite.", 0.0, points / 2, *failed)
    return ExerciseResult(name, points / 2, points, "partial", (values, large), diagnosis)


def submission(
    student: str, notebook: Expected, wrong: Diagnosis | None = None
) -> SubmissionResult:
    """A notebook of which every exercise passed, or has half the points."""
    exercises = tuple(exercise(name, points, wrong) for name, points in notebook.exercises.items())
    return SubmissionResult(
        f"submitted/{student}/{notebook.assignment}/{notebook.notebook}.ipynb",
        student,
        notebook.assignment,
        notebook.notebook,
        sum(e.score for e in exercises),
        notebook.max_score,
        overall([e.status for e in exercises]),
        0.5,
        exercises,
    )


def sample(students: int) -> Report:
    """A class in which every third student has a mistake; the last handed in nothing.

    The last but one has no sgd, and a file for softmax that could not be graded.
    """
    names = [f"student_{number:03}" for number in range(1, students + 1)]
    *others, damaged, nothing = names
    results = [
        submission(name, notebook, (None, None, OVERFLOW if place % 2 else COLUMNS)[place % 3])
        for place, name in enumerate(others)
        for notebook in EXPECTED
    ]
    results[0] = replace(
        results[0],
        review=(Note("holds_table", "the answer to `sgd` holds a table of numbers"),),
        problems=(Note("refused", "student code tried to open '/etc/passwd'; it was refused"),),
    )
    results.append(submission(damaged, EXPECTED[1]))
    path = f"submitted/{damaged}/softmax_regression/softmax.ipynb"
    return in_order(
        Report(
            results=tuple(results),
            ungraded=(
                Ungraded(path, damaged, f"{path}: is not JSON", "softmax_regression", "softmax"),
            ),
            isolation=Isolation("strict", ["limits"], []),
            students=tuple(names),
            expected=EXPECTED,
            missing=(
                Missing(damaged, "linear_regression", "sgd"),
                *(Missing(nothing, one.assignment, one.notebook) for one in EXPECTED),
            ),
            fingerprint="0123456789abcdef",
            roster="fedcba9876543210",
        )
    )
