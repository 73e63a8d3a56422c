"""`autograder check`: a student's notebooks, checked by what was released, without a course."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.text import Text

from autograder.battery_search import find
from autograder.commands.files import write
from autograder.grading.at_home import HomeFailure
from autograder.grading.battery.file import BatteryError, Released
from autograder.grading.notebook_at_home import Find, NothingChecked, judge_notebook
from autograder.grading.results import Report, SubmissionResult, Ungraded, in_order
from autograder.language import asked_for, of_notebook, of_the_machine, speaking
from autograder.notebooks.exercises import Exercise
from autograder.notebooks.files import UnreadableSubmission, files_below, is_notebook
from autograder.notes import Note
from autograder.reports import json_report, junit, terminal
from autograder.repositories.changed import changed_since
from autograder.sandbox.spawning import ForkServer, SandboxError
from autograder.text import one_line

NOT_COMPARED = "note: there is no telling what changed since {commit!r}: all notebooks are checked"
NONE_CHANGED = "no notebook has changed since {commit}"
NOT_CHECKED = "not_checked"
"""The id of a notebook of which nothing could be checked: no cases, no check cell, no worker."""


@dataclass(frozen=True)
class Options:
    """The options of the command.

    changed_since: a commit; only notebooks that differ from it are checked.
    fail_under: percent of the points of the checked notebooks.
    """

    json_to: Path | None = None
    junit_to: Path | None = None
    changed_since: str | None = None
    fail_under: float | None = None


def run(
    paths: list[Path], server: ForkServer, options: Options, *, output: Console, errors: Console
) -> int:
    """Check every exercise of some notebooks.

    Args:
        paths: notebooks, or folders of them, where those that check nothing are left out. The recorded
            cases of a notebook lie in its folder or in an installed course.
        server: starts workers.
        options: of the command.
        output: for the results.
        errors: for problems.

    Returns:
        0; 1 below `fail_under`; 2 when a notebook could not be checked.
    """
    paths_said: list[Note] = []
    results: list[SubmissionResult] = []
    ungraded: list[Ungraded] = []
    for path, is_named in _chosen(paths, options, paths_said, errors):
        with ExitStack() as spoken:
            spoken.enter_context(speaking(asked_for() or of_the_machine()))
            try:
                result = judge_notebook(path, _finder(path, spoken), server)
            except (UnreadableSubmission, BatteryError, HomeFailure, SandboxError) as error:
                if is_named or not isinstance(error, NothingChecked):
                    why = str(error)
                    ungraded.append(Ungraded(str(path), "", why, reason_id=_id_of(error)))
                continue
            output.print(terminal.submission(result))
            results.append(result)
    isolation = server.isolation if results else None
    found = Report(tuple(results), tuple(ungraded), isolation, problems=tuple(paths_said))
    report = in_order(found)
    if options.changed_since is not None and not results and not ungraded:
        output.print(Text(one_line(NONE_CHANGED.format(commit=options.changed_since))))
    if options.json_to is not None:
        write(options.json_to, json_report.render(report))
    if options.junit_to is not None:
        write(options.junit_to, junit.render(report))
    problems = [*map(str, paths_said), *(file.reason for file in report.ungraded)]
    for problem in problems:
        errors.print(Text(one_line(problem)))
    if problems:
        return 2
    below = options.fail_under is not None and report.percent < options.fail_under
    return 1 if results and below else 0


def _id_of(error: Exception) -> str:
    """The id of the note on a file, where it is the file's fault."""
    return error.why.id if isinstance(error, UnreadableSubmission) else NOT_CHECKED


def _chosen(
    paths: list[Path], options: Options, problems: list[Note], errors: Console
) -> Iterator[tuple[Path, bool]]:
    """The notebooks to check, each with whether it was named itself."""
    changed = None
    if options.changed_since is not None:
        changed = changed_since(options.changed_since, Path.cwd())
        if changed is None:
            said = NOT_COMPARED.format(commit=options.changed_since)
            errors.print(Text(one_line(said)))
    for path in paths:
        is_named = path.is_symlink() or not path.is_dir()
        for file in [path] if is_named else files_below(path, problems):
            if not is_named and not is_notebook(file.name):
                continue
            if changed is None or file.absolute() in changed:
                yield file, is_named


def _finder(path: Path, spoken: ExitStack) -> Find:
    """Finds the cases released with a notebook, and speaks its language from then on."""

    def found(exercise: str) -> tuple[Released, Exercise]:
        here = find(exercise, [path.absolute().parent])
        spoken.enter_context(speaking(of_notebook(here.released.language)))
        return here.released, here.exercise

    return found
