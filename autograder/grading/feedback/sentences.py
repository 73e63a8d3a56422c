"""Explains what went wrong with a submission, in sentences for its student or for the instructor."""

import re
from collections.abc import Iterable, Iterator, Sequence

from autograder.checking import messages
from autograder.checking.called import attempt_called, listed
from autograder.checking.failures import CheckFailure
from autograder.checking.forbidden import OPTIMIZER_STEP
from autograder.grading.feedback.exceptions import NO_RESULT, topic_of
from autograder.notebooks.cells import Code
from autograder.notebooks.exercises import Exercise
from autograder.notebooks.reach import Use, uses_in
from autograder.notes import Note, note
from autograder.sandbox.limits import refused
from autograder.sandbox.session import CellRun, Crashed, Session, StudentCodeError, TimedOut
from autograder.sandbox.student import FunctionRaised

NOT_GRADABLE = "the result or an argument afterwards cannot be graded: "
"""The beginning of the worker's own text; the sentence says it in the student's language."""
_CELL_FILE = re.compile(r" \(<ipython-input-[^)]*\)$")
"""IPython's name for a cell at the end of a SyntaxError: the cell's number says more."""


def explain(error: Exception, function: str, missing: Sequence[str] = ()) -> Note:
    """A failure as the sentence that the student reads; its id is that of the property that broke.

    Args:
        error: the exception that ended a check.
        function: the exercise.
        missing: the modules that the notebook imports and that are not installed here.
    """
    if isinstance(error, FunctionRaised):
        return _raised(error, missing)
    if isinstance(error, TimedOut):
        return Note("timed_out", messages.TIMED_OUT.format(function=function, reason=error))
    if isinstance(error, Crashed):
        return Note("crashed", messages.CRASHED.format(function=function, reason=error))
    if isinstance(error, StudentCodeError):
        return Note("misbehaved", messages.MISBEHAVED.format(reason=error))
    if isinstance(error, CheckFailure):
        return Note(error.kind, str(error))
    if isinstance(error, AssertionError):
        return Note("assertion", str(error))
    reason = f"{type(error).__name__}: {error}"
    return Note("misbehaved", messages.MISBEHAVED.format(reason=reason))


def _raised(error: FunctionRaised, missing: Sequence[str]) -> Note:
    """The sentence about an exception of the student's function."""
    raised = error.raised
    topic = topic_of(raised).id
    if raised.kind == NO_RESULT and not error.backward:
        reason = raised.message.removeprefix(NOT_GRADABLE)
        return Note("misbehaved", messages.MISBEHAVED.format(reason=reason))
    line, _, source = raised.line.partition(":")
    if topic == "stub" and "NotImplementedError" in source:
        return Note("stub_left", messages.STUB_LEFT.format(line=line))
    template = messages.GRADIENT_FAILED if error.backward else messages.RAISED
    text = template.format(function=error.function, kind=raised.kind, message=raised.message)
    text += messages.AT_LINE.format(line=raised.line) if raised.line else ""
    if topic == "undefined" and missing:
        text = messages.MISSING_MODULES.format(message=text, modules=", ".join(missing))
    elif topic == "numpy":
        text = messages.NOT_DETACH.format(message=text)
    return Note("gradient_raised" if error.backward else "raised", text)


def missing_in(runs: Iterable[CellRun]) -> tuple[str, ...]:
    """The modules that cells import and that are not installed here, in order."""
    outputs = [run.output for run in runs if run.output is not None]
    return tuple(dict.fromkeys(module for output in outputs for module in output.missing))


def why_undefined(name: str, runs: Iterable[CellRun], code: Code) -> Note:
    """Why a notebook has no function of that name, as the sentence that the student reads."""
    text = messages.NOT_DEFINED.format(function=name)
    near = next((other for other, _, _ in code.top_level() if _alike(other, name)), None)
    if near is not None:
        return Note("not_defined_near", text + messages.DEFINED_NEAR.format(near=near))
    for run in runs:
        if not re.search(rf"\bdef\s+{re.escape(name)}\b", run.cell.source):
            continue
        if run.failure is not None:
            why = messages.CELL_UNFINISHED.format(
                function=name, cell=run.cell.number, reason=run.failure
            )
            return Note("cell_unfinished", why)
        if run.output is not None and run.output.raised is not None:
            raised = run.output.raised
            why = messages.CELL_RAISED.format(
                function=name,
                cell=run.cell.number,
                kind=raised.kind,
                message=_CELL_FILE.sub("", raised.message),
            )
            why += messages.AT_LINE.format(line=raised.line) if raised.line else ""
            return Note("cell_raised", why)
    return Note("not_defined", text)


def _alike(one: str, other: str) -> bool:
    """Whether two names differ in case and underscores alone."""
    same = one.replace("_", "").lower() == other.replace("_", "").lower()
    return same and one != other


def troubles(session: Session) -> Iterator[Note]:
    """Tell the instructor how the cells ran, where something went wrong."""
    for run in session.runs:
        cell = run.cell.number
        if run.failure is not None:
            yield note("cell_unfinished", cell=cell, reason=run.failure)
        if run.output is None:
            continue
        raised, dropped = run.output.raised, run.output.dropped
        if raised is not None and session.limits.hit_by(raised.kind, raised.message):
            yield note("cell_hit_limit", cell=cell, kind=raised.kind, message=raised.message)
        if dropped:
            limit = session.limits.sentence("output")
            yield note("output_cut", cell=cell, count=dropped, limit=limit)
    attempts = session.watched()
    if attempts:
        said = listed(map(attempt_called, attempts))
        yield note("refused", attempts=said, rule=refused())


def place_of(cell: int, line: int, *, cells: bool = True) -> str:
    """Where in the notebook; without `cells`, the line alone."""
    template = messages.PLACE if cells and cell else messages.PLACE_AT_HOME
    return template.format(cell=cell, line=line)


def named_use(exercise: Exercise, code: Code) -> Use | None:
    """A use of a fully forbidden module, class or function, which decides without a call."""
    uses = uses_in(code, exercise.function, exercise.forbidden)
    return next((use for use in uses if use.decisive), None)


def explain_use(function: str, use: Use, *, cells: bool = True) -> Note:
    """The sentence about a use that was found in the code; with `cells`, it names the cell."""
    place = place_of(use.cell, use.line, cells=cells)
    text = messages.FORBIDDEN.format(function=function, name=use.name, place=place)
    return Note("forbidden", text)


def explain_hit(exercise: Exercise, operator: str, code: Code, *, cells: bool = True) -> Note:
    """The sentence about a forbidden operator that was called; with its place, if known."""
    uses = uses_in(code, exercise.function, exercise.forbidden)
    if uses:
        return explain_use(exercise.function, uses[0], cells=cells)
    name = operator if "." in operator else f"torch.{operator.strip('_')}"
    name = "torch.optim" if operator == OPTIMIZER_STEP else name
    text = messages.FORBIDDEN_OPERATOR.format(function=exercise.function, name=name)
    return Note("forbidden", text)
