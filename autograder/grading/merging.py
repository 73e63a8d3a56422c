"""One report of the parts of a class that several machines graded."""

from collections.abc import Sequence
from dataclasses import replace

from autograder.grading.results import Report, in_order
from autograder.sandbox.isolation import LEVELS, Isolation

NOT_A_PART = "{file}: is no part of a class (of `autograder grade --shard K/N`)"
OF_NO_CLASS = (
    "{file}: does not say which class it is a part of: it is of an earlier version, or was ended before "
    "the class was read; grade its part again (what is kept is not graded again)"
)
OTHER_CLASS = (
    "{file}: is a part of another class than {first}, or was graded with another secret "
    "({what} differs)"
)
TWICE = "{file}: is the same part of the class as {other} ({number} of {of})"
LACKING = "parts {numbers} of {of} are lacking"
SAME = {
    "fingerprint": "the secret's fingerprint",
    "expected": "what was to be handed in",
    "roster": "who is in it, or what was handed in,",
}
"""The fields of a report that are the same in every part, and their names in a sentence."""


class NotMerged(Exception):
    """Raised when reports are not all parts of one class; the text says which and why."""


def merge(parts: Sequence[tuple[str, Report]]) -> Report:
    """The report of the whole class: the same as one run's, except for the seconds.

    Args:
        parts: each with the name of its file.

    Raises:
        NotMerged: when one is no part of the same class, is there twice, or is missing.
    """
    seen: dict[int, str] = {}
    first_file, first = parts[0]
    for file, report in parts:
        if report.shard is None:
            raise NotMerged(NOT_A_PART.format(file=file))
        if not report.roster:
            raise NotMerged(OF_NO_CLASS.format(file=file))
        number, of = report.shard
        for attribute, what in SAME.items():
            if getattr(report, attribute) != getattr(first, attribute):
                raise NotMerged(OTHER_CLASS.format(file=file, first=first_file, what=what))
        if first.shard is not None and of != first.shard[1]:
            raise NotMerged(
                OTHER_CLASS.format(file=file, first=first_file, what="the number of parts")
            )
        if number in seen:
            other = seen[number]
            raise NotMerged(TWICE.format(file=file, other=other, number=number, of=of))
        seen[number] = file
    lacking = [str(number) for number in range(1, of + 1) if number not in seen]
    if lacking:
        raise NotMerged(LACKING.format(numbers=", ".join(lacking), of=of))
    reports = [report for _, report in parts]
    return in_order(
        replace(
            first,
            shard=None,
            complete=all(report.complete for report in reports),
            isolation=_weakest([r.isolation for r in reports if r.isolation is not None]),
            results=tuple(result for report in reports for result in report.results),
            ungraded=tuple(file for report in reports for file in report.ungraded),
            students=tuple(sorted(student for report in reports for student in report.students)),
            missing=tuple(
                sorted(
                    (one for report in reports for one in report.missing),
                    key=lambda one: one.student,  # a student's own keep the course's order
                )
            ),
        )
    )


def _weakest(found: Sequence[Isolation]) -> Isolation | None:
    """The weakest isolation of the machines; None where nothing was run."""
    return min(found, key=lambda isolation: LEVELS.index(isolation.level), default=None)
