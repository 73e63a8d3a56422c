"""Judging one exercise in the student's own process, by its released cases."""

from collections.abc import Callable
from contextlib import suppress
from keyword import iskeyword
from types import ModuleType
from typing import Any

from autograder.checking import messages
from autograder.grading.backends import NotebookBackend, Respondent
from autograder.grading.battery.cases import Battery, Case
from autograder.grading.battery.driving import inner_of
from autograder.grading.battery.file import Released, ReleasedExercise
from autograder.grading.battery.recording import BrokenCheck, Recorder
from autograder.grading.battery.replay import NoReference, NotRecorded, ReferenceReplay
from autograder.grading.checks import Check, collect
from autograder.grading.feedback.live import seen_live
from autograder.grading.feedback.naming import name_by_figures, name_of
from autograder.grading.feedback.observations import Seen
from autograder.grading.feedback.sentences import explain_use, named_use, why_undefined
from autograder.grading.judge import Failed, Failure, Judge, Verdict, seed_of
from autograder.grading.marking import Blocked, Marking
from autograder.grading.results import Diagnosis, ExerciseResult
from autograder.language import tr
from autograder.notebooks.cells import Code
from autograder.notebooks.exercises import Exercise
from autograder.notebooks.syntax import is_stub
from autograder.notes import Note
from autograder.sandbox.cells import Cell
from autograder.sandbox.limits import Limits
from autograder.sandbox.session import StudentCodeError


class HomeFailure(Exception):
    """Raised when the checks could not be run at all; the text says why."""


class HomeJudge(Judge):
    """Judges in a student's notebook, by the released cases alone: the smallest that fails is shown.

    Args:
        exercise: whose checks these are.
        batteries: the released cases by check.
        own: the student's function, if there is one.
    """

    def __init__(
        self,
        exercise: Exercise,
        checks: tuple[Check, ...],
        batteries: dict[str, Battery],
        own: Callable[..., Any] | None,
    ) -> None:
        super().__init__(exercise, checks, seed_of("", exercise.name))
        self._batteries = batteries
        self._own = own

    def battery(self, check: Check) -> Battery:
        """The check's released cases. Raises BrokenCheck."""
        if check.name not in self._batteries:
            raise BrokenCheck(messages.NOT_RELEASED)
        return self._batteries[check.name]

    @property
    def function(self) -> Callable[..., Any] | None:
        """The student's own."""
        return self._own

    def seen(self, check: Check, verdict: Verdict, respondent: Respondent) -> list[Seen]:
        """A function's answers to a check, which is run again, as far as correct ones were released."""
        inner, passed, found = inner_of(check.function), verdict.failure is None, list[Seen]()
        for case in self.battery(check).cases:
            recorder, failure = Recorder(respondent), None
            with suppress(NotRecorded):
                arguments = case.drawn.arguments()
                failure = self._attempt(inner, arguments, recorder, self._reference_for(case))
            found += seen_live(recorder.recorded(), case.reference, passed=passed)
            if failure is not None and not self._goes_on(failure):
                break
        return found

    def _reference_for(self, case: Case) -> ReferenceReplay:
        return ReferenceReplay(case, NoReference(), rounded=True)

    def _goes_on(self, failure: Failure) -> bool:
        return not isinstance(failure.error, StudentCodeError)

    def _counterexample(
        self, check: Check, failed: list[Failed], respondent: Respondent
    ) -> Failure:
        return min(failed, key=lambda found: found.case.drawn.size).failure


def judge_at_home(
    released: Released, exercise: Exercise, namespace: dict[str, Any], source: str | None = None
) -> tuple[ExerciseResult, bool]:
    """Judge one exercise by its released cases, calling the namespace's function in this process.

    Args:
        released: the cases; they hold the exercise.
        exercise: its checks, as installed here.
        namespace: where its function is.
        source: the source of the function, if known, for telling an untouched stub.

    Raises:
        HomeFailure: when the checks could not be run.
        KeyboardInterrupt: when the user interrupted the checking, but not the function itself.

    Returns:
        the result, and whether the user interrupted the function.
    """
    code = _code_of(source, namespace)
    own = namespace.get(exercise.function)
    here, judge = judge_of(released, exercise, own if callable(own) else None)
    blocked = _blocked(exercise, code, source, namespace)
    marking = Marking(exercise, code, cells=False, blocked=blocked)
    backend = NotebookBackend(namespace, Limits())
    with backend.forbidding({exercise.function: exercise.forbidden.enforced}):
        result = judged(marking, here, judge, backend)
    return result, backend.interrupted


def judge_of(
    released: Released, exercise: Exercise, own: Callable[..., Any] | None
) -> tuple[ReleasedExercise, HomeJudge]:
    """The released cases of an exercise, and its judge.

    Raises:
        HomeFailure: when the cases or the checks are missing.
    """
    here = released.exercise(exercise.name)
    if here is None:
        text = tr("the battery of {notebook} has no cases of `{exercise}`")
        raise HomeFailure(text.format(notebook=released.notebook, exercise=exercise.name))
    checks = collect(exercise)
    if not checks:
        text = tr("the installed autograder has no checks of `{exercise}`")
        raise HomeFailure(text.format(exercise=exercise.name))
    batteries = {battery.check: battery for battery in here.batteries}
    return here, HomeJudge(exercise, checks, batteries, own)


def judged(
    marking: Marking, here: ReleasedExercise, judge: HomeJudge, respondent: Respondent
) -> ExerciseResult:
    """Run an exercise's checks, and name the mistake by the released answers."""
    marking.run(judge, respondent)
    failed = marking.first_failure()
    diagnosis: Diagnosis | None = None
    advice: tuple[Note, ...] = ()
    exercise = judge.exercise
    with suppress(Exception):  # a failure in these must not cost the report
        if failed is not None:
            others = marking.names("skipped") + marking.names("passed")
            names = marking.names("failed"), others, marking.everyday()
            adapter = exercise.adapters.get(exercise.function, "")
            if exercise.is_random:
                diagnosis = name_by_figures(here, exercise, respondent)
            else:
                diagnosis = name_of(here, respondent, *names, adapter)
            diagnosis = diagnosis or marking.property_of(failed, judge, respondent)
        advice = marking.advice(judge, respondent)
    return marking.result(here.points, diagnosis, advice)


def _code_of(source: str | None, namespace: dict[str, Any]) -> Code:
    """The function's source, after imports of the modules that its notebook's names stand for.

    Without these, `torch.mm` would be taken for the method of a tensor that is called `torch`.
    """
    if source is None:
        return Code([])
    named = {
        name: value.__name__
        for name, value in namespace.items()
        if isinstance(value, ModuleType) and name.isidentifier() and not iskeyword(name)
    }
    imports = [f"import {path} as {name}" for name, path in named.items() if _can_import(path)]
    return Code([Cell(1, "\n".join(imports)), Cell(2, source)])


def _can_import(path: str) -> bool:
    return all(part.isidentifier() and not iskeyword(part) for part in path.split("."))


def _blocked(
    exercise: Exercise, code: Code, source: str | None, namespace: dict[str, Any]
) -> Blocked | None:
    if source is not None and is_stub(source, exercise.function):
        return Blocked(Note("not_attempted", messages.NOT_ATTEMPTED), "not_attempted")
    if not callable(namespace.get(exercise.function)):
        there = Code([Cell(1, f"{name} = 0") for name in namespace if name.isidentifier()])
        return Blocked(why_undefined(exercise.function, (), there), "failed")
    use = named_use(exercise, code)
    if use is None:
        return None
    return Blocked(explain_use(exercise.function, use, cells=False), "forbidden")
