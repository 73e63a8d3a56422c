"""Grades the grader: known mistakes must be caught and named, known correct answers get full marks."""

import math
import multiprocessing
import os
import warnings
from collections.abc import Callable, Container, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from autograder.authoring import slips
from autograder.authoring.mutants import Scope, Tally, audit_mutants
from autograder.authoring.patterns import NAMED_IN_LISTS
from autograder.authoring.slips import AuthoringError
from autograder.grading.backends import InProcessBackend
from autograder.grading.battery.recording import BrokenCheck
from autograder.grading.checks import ChecksNotLoaded, collect
from autograder.grading.feedback.diagnosis import Diagnostician, Known
from autograder.grading.feedback.sentences import explain
from autograder.grading.feedback.stateless import is_stateless
from autograder.grading.judge import Failure
from autograder.grading.judges import GradingJudge, Reference
from autograder.notebooks.course import Course
from autograder.notebooks.exercises import ExerciseError
from autograder.sandbox.spawning import FORKS
from autograder.sandbox.wire.messages import Answer, Call, Cotangent, Gradients

TRIVIAL_SHARE = 0.1
"""The greatest share of the points that a trivial answer may earn (docs/grading-quality.md)."""
EDGE_SHARE = 0.5
"""The least share that an answer keeps which fails one check alone, and no check of everyday inputs."""
SLIGHT, GROSS = 8e-3, 0.5
"""Relative errors: a check that sees a gross one must see the slight one, or its tolerance is too wide."""


@dataclass
class ExerciseAudit:
    """The findings about one exercise; `problems` is empty when all is well."""

    name: str
    checks: list[str] = field(default_factory=list)
    kills: dict[str, set[str]] = field(default_factory=dict)
    """By misconception: the checks that fail it."""
    shares: dict[str, float] = field(default_factory=dict)
    """By misconception: the share of the points that it keeps."""
    named: dict[str, str | None] = field(default_factory=dict)
    """By misconception: the id that its diagnosis gives."""
    cases: dict[str, int] = field(default_factory=dict)
    """By check: how many cases it has."""
    variants: dict[str, float] = field(default_factory=dict)
    """By correct variant: its share of the points."""
    mutants: Tally = field(default_factory=Tally)
    problems: list[str] = field(default_factory=list)

    @property
    def idle(self) -> list[str]:
        """Checks that no misconception needs: other checks fail every mistake that they fail."""
        alone = {next(iter(killers)) for killers in self.kills.values() if len(killers) == 1}
        return [check for check in self.checks if check not in alone]


def audit(course: Course, name: str, scope: Scope = Scope.REFERENCE) -> ExerciseAudit:
    """Audit an exercise of a course in this process.

    Args:
        course: the course.
        name: the exercise.
        scope: which correct answers are changed into mutants.

    Raises:
        ChecksNotLoaded: when a file of its checks cannot be used.
    """
    found = ExerciseAudit(name)
    try:
        _Audit(course, found, scope).run()
    except (AuthoringError, ExerciseError) as error:
        found.problems.append(str(error))
    return found


class _Audit:
    """The audit of one exercise, while it goes on."""

    def __init__(self, course: Course, found: ExerciseAudit, scope: Scope) -> None:
        self._found = found
        self._scope = scope
        name = found.name
        source = course.home_of(name)
        if source is None:
            raise AuthoringError(f"no source notebook has a cell check_{name}")
        self._source = source
        self._notebooks = [n for n in course.notebooks if name in n.points]
        self._exercise = course.exercise(name)
        self._checks = collect(self._exercise)
        self._reference = slips.reference_of(source, self._exercise.function)
        reference = Reference(source, course.exercise_folders)
        self._judge = GradingJudge(self._exercise, self._checks, reference, course.secret)
        self._marker = InProcessGrader(self._judge)

    def run(self) -> None:
        """Look at the files, then judge every known answer."""
        found, exercise, checks = self._found, self._exercise, self._checks
        found.checks = [check.name for check in checks]
        for notebook in self._notebooks:
            found.problems += slips.slips_in_cells(notebook, exercise.name)
        found.problems += slips.slips_in_checks(exercise, checks)
        total = sum(check.points for check in checks)
        for notebook in self._notebooks:
            possible = notebook.points[exercise.name]
            if total != possible and exercise.name not in notebook.again:
                found.problems.append(
                    f"the checks are worth {total:g} points, the cell {possible:g}"
                )
        if total <= 0:
            return
        found.problems += slips.slips_in_helpers(exercise, self._reference)
        if not self._recorded():
            return
        self._audit_variants()
        self._audit_tolerances()
        with slips.blaming(exercise.path("misconceptions.py")):
            exercise.mistakes()
        found.problems += slips.slips_in_misconceptions(exercise)
        self._audit_misconceptions()
        found.mutants = audit_mutants(self._judge, self._source, self._reference, self._scope)
        found.problems += found.mutants.problems

    def _recorded(self) -> bool:
        """Return whether the reference passes every check."""
        before = len(self._found.problems)
        self._judge.prepare()
        for check in self._checks:
            try:
                self._found.cases[check.name] = len(self._judge.battery(check).cases)
            except BrokenCheck as error:
                self._found.problems.append(f"{check.name}: {error}")
        return len(self._found.problems) == before

    def _audit_variants(self) -> None:
        found, exercise = self._found, self._exercise
        path = exercise.path("variants.py")
        with slips.blaming(path):
            variants = exercise.variants()
        if not variants:
            found.problems.append(
                f"{path}: no correct variants; without any, nobody knows who is wronged"
            )
        found.problems += slips.forbidden_uses(self._source, exercise, list(variants))
        reference = self._reference[exercise.function]
        for id, function in {"the reference": reference, **variants}.items():
            failed = self._marker.failed(partial(dict, {exercise.function: function}))
            found.variants[id] = self._marker.share(failed)
            if failed:
                why = explain(next(iter(failed.values())).error, exercise.function)
                found.problems.append(f"{id} is correct, but fails {', '.join(failed)}: {why}")

    def _audit_tolerances(self) -> None:
        """Every check that sees values (or else gradients) half too large must see 0.8 % as well."""
        name = self._exercise.function
        reference = self._reference[name]
        seen: dict[tuple[str, float], set[str]] = {}
        for what, mutant in (("values", _scaled_values), ("gradients", _scaled_gradients)):
            for error in (SLIGHT, GROSS):
                function = mutant(reference, error)
                seen[what, error] = set(self._marker.failed(partial(dict, {name: function})))
        slight = seen["values", SLIGHT] | (seen["gradients", SLIGHT] - seen["values", GROSS])
        gross = seen["values", GROSS] | seen["gradients", GROSS]
        for check in sorted(gross - slight):
            self._found.problems.append(f"{check} accepts results that are {SLIGHT:.1%} too large")

    @property
    def _everyday(self) -> set[str]:
        """The checks that need no other: they judge everyday inputs."""
        return {check.name for check in self._checks if check.needs is None}

    def _audit_misconceptions(self) -> None:
        found, marker, diagnostician = self._found, self._marker, self._judge.diagnostician
        diagnostician.room.left = math.inf  # each known mistake is asked everything
        for known in diagnostician.known:
            failed = marker.failed(known.namespace)
            if known.derived and not failed:
                continue  # the mistake is no mistake here
            found.kills[known.id] = set(failed)
            if not failed:
                found.problems.append(f"{known.id} is wrong, but passes every check")
                continue
            share = found.shares[known.id] = marker.share(failed)
            if known.mark.trivial and share > TRIVIAL_SHARE:
                found.problems.append(f"{known.id} is trivial, but earns {share:.0%}")
            if len(failed) == 1 and not self._everyday & failed.keys() and share < EDGE_SHARE:
                found.problems.append(
                    f"{known.id} is wrong at one edge alone, but keeps {share:.0%} of the points"
                )
            ran, others = marker.failed_and_others(failed)
            diagnosis = diagnostician.diagnose(
                _Fresh(diagnostician, known, ran, others), ran, others
            )
            found.named[known.id] = diagnosis.id if diagnosis else None
            if known.derived and found.named[known.id] != known.id:
                # One of the exercise's own mistakes says the same more precisely, or only digits differ.
                for table in (found.kills, found.shares, found.named):
                    table.pop(known.id)
            elif diagnosis is None:
                check = next(iter(failed))
                found.problems.append(
                    f"{known.id} is not recognized: where it fails {check}, it differs from the "
                    "correct answer only by rounding"
                )
            elif diagnosis.id != known.id:
                found.problems.append(
                    f"{known.id} is diagnosed as {diagnosis.id}, which behaves the same in every case"
                )


class InProcessGrader:
    """Judges functions in this process by all checks of an exercise: they are no student's code."""

    def __init__(self, judge: GradingJudge) -> None:
        self._judge = judge

    def failed(self, namespace: Callable[[], dict[str, Any]]) -> dict[str, Failure]:
        """The failed checks, in order.

        A function that may keep something from call to call is copied for every check. Any other function
        serves all checks, and answers a question that two of them ask only once.
        """
        failed = {}
        one = namespace()
        stateless = is_stateless(one[self._judge.exercise.function])
        remembering = InProcessBackend(one, remembers=True)
        for check in self._judge.checks:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of a known mistake's own making
                backend = remembering if stateless else InProcessBackend(namespace())
                verdict = self._judge.verdict(check, backend, brief=True)
            if verdict.failure is not None:
                failed[check.name] = verdict.failure
        return failed

    def failed_and_others(self, failed: Container[str]) -> tuple[list[str], list[str]]:
        """The failed checks that grading runs, and all others: skipped because of these, or passed."""
        ran: list[str] = []
        skipped: list[str] = []
        for check in self._judge.checks:
            if check.needs in (*ran, *skipped):
                skipped.append(check.name)
            elif check.name in failed:
                ran.append(check.name)
        return ran, [check.name for check in self._judge.checks if check.name not in ran]

    def share(self, failed: Container[str]) -> float:
        """The share of the points that is left, with `needs`."""
        earned = 0.0
        lost: set[str] = set()
        for check in self._judge.checks:
            if check.name in failed or check.needs in lost:
                lost.add(check.name)
            else:
                earned += check.points
        return earned / sum(check.points for check in self._judge.checks)


class _Fresh:
    """A misconception asked as a submission is: from a fresh start, by a diagnosis.

    A diagnosis asks the calls of the failed checks and then those of the others, in order.
    """

    def __init__(
        self, diagnostician: Diagnostician, known: Known, ran: list[str], others: list[str]
    ) -> None:
        self._known = known
        self._checks = (*ran, *others)
        self._sequence = diagnostician.sequence_of(self._checks)
        self._asked = 0
        self._backend = known.fresh()

    def all(self, calls: list[Call]) -> list[Answer | Exception]:
        """The answers to the next calls."""
        start = self._asked
        self._asked += len(calls)
        places = range(start, self._asked)
        return [self._known.answer(self._checks, place, self._sequence) for place in places]

    def call(self, call: Call) -> tuple[int, Answer]:
        """One call."""
        return self._backend.call(call)

    def pull_back(self, number: int, cotangents: list[Cotangent]) -> Gradients:
        """One gradient."""
        return self._backend.pull_back(number, cotangents)


def _scaled_values(reference: Callable[..., Any], error: float) -> Callable[..., Any]:
    def function(*args: Any, **kwargs: Any) -> Any:
        result = reference(*args, **kwargs)
        if isinstance(result, Tensor):
            return result * (1 + error)
        if isinstance(result, np.ndarray):
            return (result * (1 + error)).astype(result.dtype)
        for tensor in _tensors(args):
            if tensor.is_floating_point():
                tensor.data.mul_(1 + error)
        return _scaled_numbers(result, error)

    return function


def _scaled_numbers(result: Any, error: float) -> Any:
    """A result whose numbers are too large, one by one in a tuple or list."""
    if type(result) in (list, tuple):
        return type(result)(_scaled_numbers(item, error) for item in result)
    return result * (1 + error) if isinstance(result, int | float) else result


def _scaled_gradients(reference: Callable[..., Any], error: float) -> Callable[..., Any]:
    def function(*args: Any, **kwargs: Any) -> Any:
        result = reference(*args, **kwargs)
        if isinstance(result, Tensor) and result.requires_grad:
            result = result * 1
            result.register_hook(lambda gradient: gradient * (1 + error))
        return result

    return function


def _tensors(value: Any) -> Iterator[Tensor]:
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _tensors(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _tensors(item)


def audit_in_processes(
    course: Course, names: list[str], jobs: int, scope: Scope
) -> Iterator[ExerciseAudit]:
    """Audit exercises in some processes, an exercise a process; yields them in order.

    The longest are begun first, so that no process waits for the last one.
    """
    context = multiprocessing.get_context("forkserver" if FORKS else "spawn")
    if FORKS:  # torch is loaded once, by a process that does nothing else
        context.set_forkserver_preload([__name__, *NAMED_IN_LISTS])
    with ProcessPoolExecutor(jobs, mp_context=context, max_tasks_per_child=1) as pool:
        longest = sorted(names, key=lambda name: _size(course, name), reverse=True)
        waiting = {name: pool.submit(_audit_one, course.root, name, scope) for name in longest}
        for name in names:
            yield waiting[name].result()


def _size(course: Course, name: str) -> int:
    """How long an audit takes, by the size of what is written of known mistakes; 0 if that is unknown."""
    try:
        return course.exercise(name).path("misconceptions.py").stat().st_size
    except (ExerciseError, OSError):
        return 0


def _audit_one(root: Path, name: str, scope: Scope) -> ExerciseAudit:
    torch.set_num_threads(1)
    try:
        found = audit(Course(root), name, scope)
    except ChecksNotLoaded as error:
        found = ExerciseAudit(name, problems=[str(error)])
    found.problems = [problem.replace(f"{root}{os.sep}", "") for problem in found.problems]
    return found
