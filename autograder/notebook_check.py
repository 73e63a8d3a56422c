"""check() in a student's notebook: the released cases, judged in the notebook's own process."""

import contextlib
import inspect
import io
import random
import sys
import textwrap
import warnings
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import torch

from autograder import __version__, kernel_cells
from autograder.battery_search import find, name_of, notebook_folders
from autograder.checking import messages
from autograder.grading.at_home import judge_at_home
from autograder.grading.battery.file import BatteryError, Released
from autograder.grading.results import ExerciseResult
from autograder.language import LANGUAGES, asked_for, of_the_machine, speaking
from autograder.reports import html


class CheckReport:
    """The report that check() returns: its text is the number of points, which nbgrader reads.

    The HTML is made beforehand: an exception while IPython displays a result would go to stderr,
    and nbgrader gives a cell with anything on stderr no points.
    """

    def __init__(self, result: ExerciseResult, problems: tuple[str, ...] = ()) -> None:
        self.result = result
        self.problems = problems
        self._html = html.render(result, problems)

    def __repr__(self) -> str:
        return repr(round(float(self.result.score), 6))

    def _repr_html_(self) -> str:
        return self._html


def check_in_notebook(exercise: Any, language: str = "") -> CheckReport:
    """Check an exercise of the notebook, or script, that calls this.

    In a script or a console it prints the report; in a notebook the cell shows what is returned. It leaves
    the process as it was: random numbers drawn afterwards are those that would have been drawn without
    it. It raises nothing of its own: only a user's interrupt goes on after the report is shown, so that
    the cells below don't run into the same loop.

    Args:
        exercise: the exercise's name, or the function itself.
        language: of the report; "" for the environment's, else the release's, else the machine's.

    Returns:
        The report; with 0 points and a sentence where the exercise could not be checked.
    """
    text = ""
    with _quiet(), _kernel_as_it_was(), contextlib.ExitStack() as spoken:
        asked = language if language in LANGUAGES else ""
        asked = asked or asked_for()
        spoken.enter_context(speaking(asked or of_the_machine()))
        report, interrupted = _checked(exercise, asked, spoken)
        if language and language not in LANGUAGES:
            known = ", ".join(LANGUAGES)
            note = messages.LANGUAGE.format(language=language, known=known)
            report = CheckReport(report.result, (*report.problems, note))
        if not _in_kernel():
            text = _as_text(report)
    if text:
        sys.stdout.write(text)
    elif interrupted:
        _show(report)
    if interrupted:
        raise KeyboardInterrupt
    return report


def _checked(exercise: Any, asked: str, spoken: contextlib.ExitStack) -> tuple[CheckReport, bool]:
    """The report, and whether the user interrupted the check; it speaks the release's language."""
    namespace = _namespace()
    name = exercise if isinstance(exercise, str) else "check"
    try:
        name = name_of(exercise, namespace)
        found = find(name, notebook_folders(namespace))
        if not asked and found.released.language in LANGUAGES:
            spoken.enter_context(speaking(found.released.language))
        source = _source_of(namespace.get(name))
        judged = judge_at_home(found.released, found.exercise, namespace, source)
        result, interrupted = judged
        return _report(name, namespace, source, found.released, result), interrupted
    except BatteryError as error:
        return CheckReport(_unchecked(name), (str(error),)), False
    except KeyboardInterrupt:
        return CheckReport(_unchecked(name), (messages.CHECK_INTERRUPTED,)), True
    except Exception as error:
        text = messages.CHECK_FAILED.format(kind=type(error).__name__, message=error)
        return CheckReport(_unchecked(name), (text,)), False


def _in_kernel() -> bool:
    """True in a notebook, which shows what a cell returns as a page."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return getattr(shell, "kernel", None) is not None


def _show(report: CheckReport) -> None:
    """Display a report that no cell will return."""
    from IPython.display import display

    display(report)


def _as_text(report: CheckReport) -> str:
    """The report for a script or a console."""
    from rich.console import Console

    from autograder.reports import terminal

    console = Console(highlight=False)
    with console.capture() as capture:
        console.print(terminal.exercise(report.result, report.problems))
    return capture.get()


def _report(
    name: str,
    namespace: dict[str, Any],
    source: str | None,
    released: Released,
    result: ExerciseResult,
) -> CheckReport:
    """The report, with the kernel's news of the function's cell: it failed, or it isn't saved yet."""
    problems = _problems(released, result)
    ran = kernel_cells.last_defining(name)
    # It may have failed below the function, which is then the one that is checked.
    made_there = ran is not None and ran.began and (source or "?").strip() in ran.source
    if ran is not None and ran.kind and not made_there:
        line = messages.AT_CELL_LINE.format(line=ran.line) if ran.line else ""
        text = messages.CELL_FAILED.format(function=name, kind=ran.kind, line=line)
        return CheckReport(replace(result, score=0.0, status="failed"), (text, *problems))
    if ran is not None and kernel_cells.is_saved(ran, namespace) is False:
        problems = (*problems, messages.NOT_SAVED.format(function=name))
    return CheckReport(result, problems)


def _problems(released: Released, result: ExerciseResult) -> tuple[str, ...]:
    if released.autograder != __version__:
        text = messages.OTHER_VERSION
        return (text.format(released=released.autograder, installed=__version__),)
    if any(check.outcome == "error" for check in result.checks):
        return (messages.CHECK_BROKEN,)
    return ()


def _unchecked(exercise: str) -> ExerciseResult:
    return ExerciseResult(exercise, 0.0, 0.0, "failed", ())


def _namespace() -> dict[str, Any]:
    """The student's: of the notebook, or of the script that runs."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return vars(sys.modules["__main__"]) if shell is None else shell.user_ns


def _source_of(function: Any) -> str | None:
    """The source of the function as the notebook has it now, or None where it is unknown."""
    try:
        return textwrap.dedent(inspect.getsource(function))
    except Exception:  # inspect raises many kinds, and a student's object may raise any
        return None


class _Nowhere(io.TextIOBase):
    """Where printed text goes during a check."""

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        return len(text)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Let nothing be printed, warned about or displayed, whatever the student's function does."""
    nowhere = _Nowhere()
    with contextlib.ExitStack() as stack:
        stack.enter_context(contextlib.redirect_stdout(nowhere))
        stack.enter_context(contextlib.redirect_stderr(nowhere))
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")
        if "IPython" in sys.modules:
            from IPython.utils.capture import capture_output

            stack.enter_context(capture_output(stdout=False, stderr=False, display=True))
        yield


_LAST = ("last_type", "last_value", "last_traceback", "last_exc")


@contextlib.contextmanager
def _kernel_as_it_was() -> Iterator[None]:
    """Restore the state of a process that running checks changes."""
    state, legacy = random.getstate(), np.random.get_state()
    device = getattr(torch._GLOBAL_DEVICE_CONTEXT, "device_context", None)
    torch.set_default_device(None)  # the cases are on the CPU, as when graded
    generator: Any = np.random.bit_generator
    entropy = generator.randbits  # see sandbox.worker.entropy
    last = {name: getattr(sys, name) for name in _LAST if hasattr(sys, name)}
    try:
        with torch.random.fork_rng(devices=[]), torch.enable_grad():
            yield
    finally:
        if device is not None:
            torch.set_default_device(device.device)
        random.setstate(state)
        np.random.set_state(legacy)
        generator.randbits = entropy
        for name in _LAST:
            if name in last:
                setattr(sys, name, last[name])
            elif hasattr(sys, name):
                delattr(sys, name)
