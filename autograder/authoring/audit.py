"""Grading the grader: every known answer must be judged as what it is known to be."""

import importlib.util
import multiprocessing
import os
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from autograder.authoring import slips
from autograder.authoring.slips import AuthoringError, blaming
from autograder.grading.battery.cases import Case
from autograder.grading.battery.recording import BrokenCheck
from autograder.grading.checks import needs_of, points_of, run_checks
from autograder.grading.feedback.diagnosis import Diagnostician, Known
from autograder.grading.feedback.sentences import explain
from autograder.grading.judge import Judge, Verdict
from autograder.grading.plugin import ChecksNotLoaded
from autograder.notebooks.course import Course, SourceNotebook
from autograder.paths import EXERCISES
from autograder.sandbox.student import LocalBackend
from autograder.sandbox.wire.messages import Answer, Call, Cotangent, Gradients

TRIVIAL_SHARE = 0.1
"""The greatest share of the points that a trivial answer may earn (docs/grading-quality.md)."""
SLIGHT, GROSS = 8e-3, 0.5
"""Relative errors: a check that sees a gross one must see the slight one, or its tolerance is too wide."""


@dataclass
class ExerciseAudit:
    """What the audit of one exercise found; `problems` is empty when all is well."""

    name: str
    checks: list[str] = field(default_factory=list)
    kills: dict[str, set[str]] = field(default_factory=dict)
    """By misconception: the checks that fail it."""
    named: dict[str, str | None] = field(default_factory=dict)
    """By misconception: the id that its diagnosis gives."""
    cases: dict[str, int] = field(default_factory=dict)
    """By check: how many cases it has."""
    variants: dict[str, float] = field(default_factory=dict)
    """By correct variant: its share of the points."""
    problems: list[str] = field(default_factory=list)

    @property
    def idle(self) -> list[str]:
        """Checks that no misconception needs: others fail whatever they fail."""
        alone = {next(iter(killers)) for killers in self.kills.values() if len(killers) == 1}
        return [check for check in self.checks if check not in alone]


class Auditor:
    """Audits exercises of a course in one pytest session (a stand-in for the grader in the plugin)."""

    def __init__(
        self,
        course: Course,
        names: list[str],
        done: Callable[[ExerciseAudit], None],
    ) -> None:
        self._course = course
        self._names = names
        self._done = done

    def run(self, checks: dict[str, list[pytest.Item]], run_items: Any) -> None:
        """Audit every exercise by its collected checks."""
        for name in self._names:
            items = [item for item in checks.get(name, []) if isinstance(item, pytest.Function)]
            self._done(self._audit(name, items))

    def judge(self, item: pytest.Function) -> None:
        """Never called: an audit runs no item through pytest."""
        raise NotImplementedError

    def _audit(self, name: str, items: list[pytest.Function]) -> ExerciseAudit:
        audit = ExerciseAudit(name, checks=[item.name for item in items])
        try:
            self._audit_files(audit, items)
        except AuthoringError as error:
            audit.problems.append(str(error))
        return audit

    def _audit_files(self, audit: ExerciseAudit, items: list[pytest.Function]) -> None:
        name, folder = audit.name, EXERCISES / audit.name
        source = next((n for n in self._course.notebooks if name in n.points), None)
        if source is None:
            raise AuthoringError(f"no source notebook has a cell check_{name}")
        audit.problems += slips.slips_in_cells(source, name)
        audit.problems += slips.slips_in_checks(folder, items)
        possible = source.points[name]
        total = sum(points_of(item) for item in items)
        if total != possible:
            audit.problems.append(f"the checks are worth {total:g} points, the cell {possible:g}")
        if total <= 0:
            return
        reference = slips.reference_of(source, name)
        audit.problems += slips.slips_in_helpers(folder, reference)
        judge = Judge(reference, self._course.secret)
        batteries = _record(audit, judge, items)
        if len(batteries) < len(items):
            return
        marker = Marker(judge, name, items)
        self._audit_variants(audit, marker, source)
        self._audit_tolerances(audit, marker, source.namespace()[name])
        with blaming(folder / "misconceptions.py"):
            diagnostician = Diagnostician(folder, batteries, source.namespace())
        marks = {known.id: known.mark for known in diagnostician.known}
        audit.problems += slips.slips_in_misconceptions(folder, marks)
        self._audit_misconceptions(audit, marker, diagnostician)

    def _audit_variants(
        self, audit: ExerciseAudit, marker: "Marker", source: SourceNotebook
    ) -> None:
        path = EXERCISES / audit.name / "variants.py"
        with blaming(path):
            variants = load_variants(path)
        if not variants:
            audit.problems.append(
                f"{path}: no correct variants; without any, nobody knows who is wronged"
            )
        audit.problems += slips.forbidden_uses(source, path, list(variants))
        reference = source.namespace()[audit.name]
        for id, function in {"the reference": reference, **variants}.items():
            failed = marker.failed(partial(dict, {audit.name: function}))
            audit.variants[id] = marker.share(failed)
            if failed:
                verdict = next(iter(failed.values()))
                assert verdict.failure is not None
                why = explain(verdict.failure.error, audit.name)
                audit.problems.append(f"{id} is right, but fails {', '.join(failed)}: {why}")

    def _audit_tolerances(self, audit: ExerciseAudit, marker: "Marker", reference: Any) -> None:
        """Every check that sees values (or else gradients) half too large must see 0.8 % as well."""
        seen: dict[tuple[str, float], set[str]] = {}
        for what, mutant in (("values", _scaled_values), ("gradients", _scaled_gradients)):
            for error in (SLIGHT, GROSS):
                function = mutant(reference, error)
                seen[what, error] = set(marker.failed(partial(dict, {audit.name: function})))
        slight = seen["values", SLIGHT] | (seen["gradients", SLIGHT] - seen["values", GROSS])
        gross = seen["values", GROSS] | seen["gradients", GROSS]
        for check in sorted(gross - slight):
            audit.problems.append(f"{check} accepts results that are {SLIGHT:.1%} too large")

    def _audit_misconceptions(
        self, audit: ExerciseAudit, marker: "Marker", diagnostician: Diagnostician
    ) -> None:
        for known in diagnostician.known:
            failed = marker.failed(known.namespace)
            audit.kills[known.id] = set(failed)
            if not failed:
                audit.problems.append(f"{known.id} is wrong, but passes every check")
                continue
            if known.mark.trivial and marker.share(failed) > TRIVIAL_SHARE:
                audit.problems.append(
                    f"{known.id} is trivial, but earns {marker.share(failed):.0%}"
                )
            diagnosis = diagnostician.diagnose(_Fresh(known), next(iter(failed)))
            audit.named[known.id] = diagnosis.id if diagnosis else None
            if diagnosis is None:
                check = next(iter(failed))
                audit.problems.append(
                    f"{known.id} is not recognized: where it fails {check}, it is right but for rounding"
                )
            elif diagnosis.id != known.id:
                audit.problems.append(
                    f"{known.id} is diagnosed as {diagnosis.id}, which behaves the same in every case"
                )


def _record(
    audit: ExerciseAudit, judge: Judge, items: list[pytest.Function]
) -> dict[str, list[Case]]:
    """The batteries of the checks that the reference passes."""
    batteries = {}
    for item in items:
        try:
            batteries[item.name] = judge.battery(f"{audit.name}/{item.name}", item.obj)
        except BrokenCheck as error:
            audit.problems.append(f"{item.name}: {error}")
    audit.cases = {check: len(cases) for check, cases in batteries.items()}
    return batteries


class Marker:
    """Judges functions in this process by all checks of an exercise: they are the course's own."""

    def __init__(self, judge: Judge, name: str, items: list[pytest.Function]) -> None:
        self._judge, self._name, self._items = judge, name, items

    def failed(self, namespace: Callable[[], dict[str, Any]]) -> dict[str, Verdict]:
        """The failed checks, in order; every check gets its own copy of the function's module."""
        failed = {}
        for item in self._items:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of a known mistake's own making
                verdict = self._judge.judge(
                    f"{self._name}/{item.name}",
                    item.obj,
                    None,
                    LocalBackend(namespace()),
                    shrink=False,
                )
            if verdict.failure is not None:
                failed[item.name] = verdict
        return failed

    def share(self, failed: dict[str, Verdict]) -> float:
        """The share of the points that is left, with `needs`."""
        earned = 0.0
        lost: set[str] = set()
        for item in self._items:
            if item.name in failed or needs_of(item) in lost:
                lost.add(item.name)
            else:
                earned += points_of(item)
        return earned / sum(points_of(item) for item in self._items)


class _Fresh:
    """A misconception asked as a submission is: from a fresh start, by a diagnosis."""

    def __init__(self, known: Known) -> None:
        self._backend = LocalBackend(known.namespace())

    def all(self, calls: list[Call]) -> list[Answer | Exception]:
        """The answers to all calls."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return [self._backend.call(call)[1] for call in calls]

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
        for tensor in _tensors(args):
            tensor.data.mul_(1 + error)
        return result

    return function


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


def load_variants(path: Path) -> dict[str, Callable[..., Any]]:
    """The correct variants of a module: its public functions (and what stands in for one)."""
    if not path.exists():
        return {}
    spec = importlib.util.spec_from_file_location(f"variants_of_{path.parent.name}", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return {
        name: value
        for name, value in vars(module).items()
        if not name.startswith("_")
        and callable(value)
        and getattr(value, "__module__", "") == module.__name__
        and not isinstance(value, type)
    }


def audit(course: Course, names: list[str]) -> list[ExerciseAudit]:
    """Audit exercises in this process.

    Args:
        course: where the reference solutions are.
        names: the exercises, each with its checks, misconceptions and correct variants in one folder.
    """
    done: list[ExerciseAudit] = []
    run_checks(Auditor(course, names, done.append), names)
    return done


def audit_in_processes(course: Course, names: list[str], jobs: int) -> Iterator[ExerciseAudit]:
    """Audit exercises in some processes, an exercise a process; yields them in order."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=context, max_tasks_per_child=1) as pool:
        waiting = [pool.submit(_audit_one, course.root, name) for name in names]
        for future in waiting:
            yield from future.result()


def _audit_one(root: Path, name: str) -> list[ExerciseAudit]:
    torch.set_num_threads(1)
    try:
        audits = audit(Course(root), [name])
    except ChecksNotLoaded as error:
        audits = [ExerciseAudit(name, problems=[str(error)])]
    for done in audits:
        done.problems = [problem.replace(f"{root}{os.sep}", "") for problem in done.problems]
    return audits
