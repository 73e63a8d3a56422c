"""Judging a notebook file by released cases: its cells run in a worker, as when it is graded."""

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from autograder.checking import messages
from autograder.grading.at_home import HomeFailure, judge_of, judged
from autograder.grading.backends import WorkerBackend
from autograder.grading.battery.file import Released
from autograder.grading.feedback.sentences import (
    explain,
    explain_use,
    missing_in,
    named_use,
    troubles,
    why_undefined,
)
from autograder.grading.marking import Blocked, Marking, status_of
from autograder.grading.results import ExerciseResult, SubmissionResult, overall
from autograder.language import current
from autograder.notebooks.cells import Code
from autograder.notebooks.exercises import Exercise
from autograder.notebooks.files import read_cells
from autograder.notebooks.syntax import is_stub
from autograder.notes import Note
from autograder.sandbox.cells import Cell
from autograder.sandbox.session import Session, StudentCodeError
from autograder.sandbox.spawning import ForkServer

Find = Callable[[str], tuple[Released, Exercise]]
"""The released cases and the checks of an exercise, by its name."""


class NothingChecked(HomeFailure):
    """Raised for a notebook that is no exercise, or whose check cells are gone."""


def checked_in(cells: Sequence[Cell]) -> list[str]:
    """The exercises that a notebook checks with `check("...")` or `check(function)`, in order."""
    found: dict[str, None] = {}
    for _, tree in Code(cells).trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _is_check(node.func) and len(node.args) == 1:
                found |= dict.fromkeys(_names(node.args[0]))
    return list(found)


def _is_check(function: ast.expr) -> bool:
    return isinstance(function, ast.Name) and function.id == "check"


def _names(argument: ast.expr) -> Iterator[str]:
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        yield argument.value.strip()
    elif isinstance(argument, ast.Name):
        yield argument.id


def judge_notebook(path: Path, find: Find, server: ForkServer) -> SubmissionResult:
    """Judge every exercise that a notebook checks.

    Args:
        path: the notebook; it is read, never written.
        find: finds what was released of an exercise; may raise.
        server: starts the worker, and has the limits on cells and calls.

    Raises:
        UnreadableSubmission: for a file that is no notebook.
        NothingChecked: when no cell of it checks anything.
        HomeFailure: when the checks of an exercise could not be run.
        SandboxError: when no worker could be started.
    """
    problems: list[Note] = []
    cells = [
        Cell(cell.number, cell.source)
        for cell in read_cells(path, server.limits, problems)
        if cell.kind == "code"
    ]
    found = {name: find(name) for name in checked_in(cells)}
    if not found:
        raise NothingChecked(messages.NOTHING_CHECKED.format(path=path))
    lists = {exercise.function: exercise.forbidden.enforced for _, exercise in found.values()}
    with Session(server, cells, forbidden=lists) as session:
        home = _Home(session, cells)
        results = tuple(home.exercise(*found[name]) for name in found)
        problems += troubles(session)
    released = next(iter(found.values()))[0]
    return SubmissionResult(
        path=str(path),
        student="",
        assignment=released.assignment,
        notebook=path.stem,
        score=sum(result.score for result in results),
        max_score=sum(result.max_score for result in results),
        status=overall([result.status for result in results]),
        seconds=0.0,
        exercises=results,
        problems=tuple(problems),
        language=current(),
    )


class _Home:
    """A notebook's worker and code, while its exercises are judged."""

    def __init__(self, session: Session, cells: Sequence[Cell]) -> None:
        self._session = session
        self._cells = cells
        self._code = Code(cells)
        self._backend = WorkerBackend(session)

    def exercise(self, released: Released, exercise: Exercise) -> ExerciseResult:
        """Judge one exercise."""
        here, judge = judge_of(released, exercise, self._like(exercise.function))
        marking = Marking(
            exercise,
            self._code,
            cells=True,
            blocked=self._blocked(exercise),
            missing=missing_in(self._session.runs),
        )
        return judged(marking, here, judge, self._backend)

    def _blocked(self, exercise: Exercise) -> Blocked | None:
        name = exercise.function
        stubs = [is_stub(cell.source, name) for cell in self._cells]
        if [stub for stub in stubs if stub is not None][-1:] == [True]:
            return Blocked(Note("not_attempted", messages.NOT_ATTEMPTED), "not_attempted")
        try:
            defined: Mapping[str, Any] = self._session.lookup([name])
        except StudentCodeError as failure:
            return Blocked(explain(failure, name), status_of(failure))
        if defined[name] is None:
            return Blocked(why_undefined(name, self._session.runs, self._code), "failed")
        use = named_use(exercise, self._code)
        return None if use is None else Blocked(explain_use(name, use), "forbidden")

    def _like(self, name: str) -> Callable[..., Any] | None:
        """A function with the parameters that the notebook's has; None where no `def` says them."""
        definitions = [
            node
            for _, tree in self._code.trees
            for node in tree.body
            if isinstance(node, ast.FunctionDef) and node.name == name
        ]
        if not definitions:
            return None
        given = definitions[-1].args
        names = [argument.arg for argument in [*given.posonlyargs, *given.args]]
        like: Callable[..., Any] = eval(f"lambda {', '.join(names)}: None")  # names alone
        return like
