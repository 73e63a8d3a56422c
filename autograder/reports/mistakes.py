"""The mistakes of a class by frequency, and how many students failed each check."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from autograder.grading.results import CheckResult, ExerciseResult, Status
from autograder.reports.overview import Overview, Place

UNNAMED: dict[Status, str] = {
    "forbidden": "has a built-in do the work that the exercise asks for",
    "crashed": "ends its process",
    "timed_out": "does not answer in time",
}
"""The title for a status, where a function has no named mistake."""
FAILS = "breaks the promise “{promise}”"
UNDEFINED = "is not defined when the notebook has run"
NOT_FULL = "does not get full marks"


@dataclass(frozen=True)
class Mistake:
    """A mistake that some students have in common.

    title: completes "Your function ...".
    example: the first failed check with a counterexample, of the first student who has one; where none
        could be run, one that says why.
    """

    exercise: str
    title: str
    hint: str
    students: tuple[str, ...]
    example: CheckResult | None


@dataclass(frozen=True)
class CheckShare:
    """A check, and how many failed it, among those who attempted the exercise.

    skipped: of how many it was not run, mostly since the check that it needs failed.
    """

    exercise: str
    name: str
    title: str
    failed: int
    skipped: int
    attempted: int


def mistakes_of(overview: Overview) -> tuple[Mistake, ...]:
    """The mistakes, the most frequent first."""
    groups: dict[tuple[Place, str], list[tuple[str, ExerciseResult]]] = defaultdict(list)
    for row in overview.rows:
        for place, entry in row.entries.items():
            if entry.result is not None and (id := _mistake_of(entry.result)) is not None:
                groups[place, id].append((row.student, entry.result))
    ordered = sorted(groups.items(), key=lambda item: -len(item[1]))
    return tuple(_mistake(overview.title_of(place), found) for (place, _), found in ordered)


def _mistake(exercise: str, found: Sequence[tuple[str, ExerciseResult]]) -> Mistake:
    results = [result for _, result in found]
    failures = [first for result in results if (first := _what_came(result)) is not None]
    example = next((one for one in failures if one.code), failures[0] if failures else None)
    diagnosis = results[0].diagnosis
    return Mistake(
        exercise,
        _title_of(results[0]),
        diagnosis.hint if diagnosis is not None else "",
        tuple(student for student, _ in found),
        example,
    )


def _mistake_of(exercise: ExerciseResult) -> str | None:
    """The key that tells a mistake from others of its exercise; None where there is no mistake."""
    if exercise.status in ("passed", "not_attempted"):
        return None
    if not exercise.checks and exercise.diagnosis is None and exercise.status not in UNNAMED:
        return None  # only the points are known
    if exercise.diagnosis is not None:
        return exercise.diagnosis.id
    failed = None if exercise.status in UNNAMED else first_failure(exercise)
    return exercise.status if failed is None else f"not named: {failed.name}"


def _title_of(exercise: ExerciseResult) -> str:
    if exercise.diagnosis is not None:
        return exercise.diagnosis.title
    if exercise.status in UNNAMED:
        return UNNAMED[exercise.status]
    failed = first_failure(exercise)
    if failed is not None:
        return FAILS.format(promise=failed.title)
    return UNDEFINED if exercise.status == "failed" else NOT_FULL


def first_failure(exercise: ExerciseResult) -> CheckResult | None:
    """The first check that failed, or could not judge."""
    return next((c for c in exercise.checks if c.outcome in ("failed", "error")), None)


def _what_came(exercise: ExerciseResult) -> CheckResult | None:
    """The first failure, or a check that says why none was run."""
    return first_failure(exercise) or (exercise.checks[0] if why_not_run(exercise) else None)


def why_not_run(exercise: ExerciseResult) -> str:
    """Why no check of an answer was run, such as that the function is not defined; "" where any was."""
    ran = [check for check in exercise.checks if check.outcome != "skipped"]
    if ran or exercise.status in ("passed", "not_attempted"):
        return ""
    return next((check.message for check in exercise.checks), "")


def checks_of(overview: Overview) -> tuple[CheckShare, ...]:
    """Every check of the class, in the order of the course."""
    found: list[CheckShare] = []
    for place in overview.places:
        outcomes: dict[str, Counter[str]] = defaultdict(Counter)
        titles: dict[str, str] = {}
        for entry in overview.entries_of(place):
            if entry.result is not None and entry.state != "not_attempted":
                for check in entry.result.checks:
                    outcomes[check.name][check.outcome] += 1
                    titles[check.name] = check.title
        exercise = overview.title_of(place)
        for name, counts in outcomes.items():
            of = (counts["failed"], counts["skipped"], counts.total())
            found.append(CheckShare(exercise, name, titles[name], *of))
    return tuple(found)
