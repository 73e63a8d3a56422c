"""Names a mistake at home, where the known mistakes' code is not: by their answers at the release.

A battery carries the known mistakes' answers to a dozen calls of each check, never their code. A
mistake is named where the student's function gives the same answers to all of them that belong to a failed
check. Grading compares more calls: so at home a mistake is sometimes not named, and hardly ever named as
another. Where results are random, it carries the figures by which they are known when graded, too.
"""

import itertools
from collections.abc import Iterable, Sequence

import msgspec

from autograder.grading.battery.cases import Battery
from autograder.grading.battery.file import Figures, Mistake, Naming, ReleasedExercise
from autograder.grading.feedback.comparison import same_answer
from autograder.grading.feedback.diagnosis import Asked, Diagnostician, asked_in
from autograder.grading.feedback.figures import features_of, recognized
from autograder.grading.results import Diagnosis
from autograder.language import tr
from autograder.notebooks.exercises import Exercise
from autograder.sandbox.session import StudentCodeError
from autograder.sandbox.student import Backend

CALLS = 12
"""Of a check: three chosen calls tell the hundred known mistakes of softmax apart, two those of sgd."""
DRAWN = 4
"""Of these, as many are no telling cases: they are like those that decide when it is graded."""
FIRST = 2
"""How many calls of a drawn case are taken at most: all calls of a case have the same lr and shapes."""


def table_of(
    diagnostician: Diagnostician, batteries: Iterable[Battery]
) -> tuple[list[Mistake], list[Naming]]:
    """Make a release's data about the known mistakes: titles, hints, and answers to a few calls."""
    named = [diagnostician.named(known) for known in diagnostician.known]
    mistakes = [Mistake(found.id, found.title, found.hint) for found in named]
    namings = []
    for battery in batteries:
        telling, drawn = battery.parts
        sequence = asked_in(telling)[: CALLS - DRAWN]
        sequence += _unlike(asked_in(drawn), sequence)[: CALLS - len(sequence)]
        recorded = [one.recorded for one in sequence]
        calls = [one.call for one in recorded]
        key = (f"naming {battery.check}",)
        answers = [
            [known.answer(key, place, sequence) for place in range(len(calls))]
            for known in diagnostician.known
        ]
        correct = [one.answer for one in recorded]
        shown = [
            place
            for place, given in enumerate(answers)
            if not all(map(same_answer, calls, correct, given))
        ]
        plain = [msgspec.structs.replace(call, adapter="") for call in calls]
        namings.append(Naming(battery.check, plain, answers, shown))
    return mistakes, namings


def _unlike(drawn: list[Asked], others: list[Asked]) -> list[Asked]:
    """The first calls of some cases: next is always the case with the most numbers and shapes that are new.

    Of the smaller half of the cases: answers to large calls make a large file and tell no more.
    """
    cases = [
        list(itertools.islice(calls, FIRST))
        for _, calls in itertools.groupby(drawn, key=lambda one: one.case)
    ]
    middle = sorted(map(_bytes, cases))[len(cases) // 2] if cases else 0
    cases = [case for case in cases if _bytes(case) <= middle]
    known = {feature for one in others for feature in _features(one)}
    found: list[Asked] = []
    while cases and len(found) < CALLS:
        news = [len(_features(case[0]) - known) for case in cases]
        case = cases.pop(news.index(max(news)))
        known |= _features(case[0])
        found += case
    return found


def _bytes(case: Sequence[Asked]) -> int:
    return sum(len(tensor.values) for one in case for tensor in one.call.tensors)


def _features(asked: Asked) -> set[object]:
    """The numbers that a call is given, by their places, and the shapes of its tensors."""
    call = asked.recorded.call
    values = [*call.args, *(value for _, value in call.kwargs)]
    numbers = ((place, one) for place, one in enumerate(values) if isinstance(one, int | float))
    return {*numbers, tuple(tuple(tensor.shape) for tensor in call.tensors)}


def figures_of(diagnostician: Diagnostician) -> tuple[list[Mistake], list[Figures]]:
    """Make a release's data about the known mistakes where results are random: titles, hints, figures.

    No call tells these apart: two correct answers draw different numbers.
    """
    correct = diagnostician.correct_features()
    if correct is None:
        return [], []
    named = [diagnostician.named(known) for known in diagnostician.known]
    mistakes = [Mistake(found.id, found.title, found.hint) for found in named]
    return mistakes, [correct, *diagnostician.known_features()]


def name_by_figures(
    released: ReleasedExercise, exercise: Exercise, backend: Backend
) -> Diagnosis | None:
    """The known mistake whose figures a student's function has; None where there is none."""
    if len(released.figures) != len(released.mistakes) + 1:
        return None  # a file of an earlier version has none
    correct, *known = released.figures
    features = features_of(exercise, backend)
    place = None if features is None else recognized(features, correct, lambda: known)
    return None if place is None else _said(released.mistakes[place])


def _said(mistake: Mistake) -> Diagnosis:
    return Diagnosis(mistake.id, tr(mistake.title), tr(mistake.hint))


def name_of(
    released: ReleasedExercise,
    backend: Backend,
    failed: Sequence[str],
    skipped: Sequence[str],
    everyday: Sequence[str] = (),
    adapter: str = "",
) -> Diagnosis | None:
    """The known mistake that a student's function behaves like; None where there is none.

    Args:
        released: the exercise's released data.
        backend: calls the student's function.
        failed: the checks that failed, in order.
        skipped: the checks that were skipped or passed; they decide between several.
        everyday: those that passed and need no other: the mistake has to pass them in the same way.
        adapter: the exercise's adapter, if it has one.
    """
    tables = {naming.check: naming for naming in released.naming}
    if not failed or not tables.keys() >= set(failed):
        return None
    try:
        shown = set.intersection(*(set(tables[check].shown) for check in failed))
        required = [*failed, *(check for check in everyday if check in tables)]
        found = _agreeing(tables, required, backend, adapter, shown)
        if len(found) > 1:
            there = [check for check in skipped if check in tables]
            found = _agreeing(tables, there, backend, adapter, found) or found
    except StudentCodeError:
        return None
    if not found:
        return None
    return _said(released.mistakes[min(found)])


def _agreeing(
    tables: dict[str, Naming],
    checks: Sequence[str],
    backend: Backend,
    adapter: str,
    among: set[int],
) -> set[int]:
    """The mistakes that give the student's answers to all calls of some checks."""
    for check in checks:
        calls = [msgspec.structs.replace(call, adapter=adapter) for call in tables[check].calls]
        answers = [backend.call(call)[1] for call in calls]
        among = among & {  # a new set: the caller may need the old one
            place
            for place, given in enumerate(tables[check].answers)
            if all(map(same_answer, calls, given, answers))
        }
    return among
