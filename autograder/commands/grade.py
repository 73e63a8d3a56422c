"""`autograder grade`: grade notebooks, print and write the reports."""

import sys
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from autograder.commands.files import write
from autograder.grading.judges import Judges
from autograder.grading.kept import KeptResults
from autograder.grading.places import Place
from autograder.grading.results import Report, SubmissionResult, Ungraded, in_order, not_graded
from autograder.grading.roster import Choice, Roster, read_class
from autograder.notebooks.course import CourseError, find_course
from autograder.notebooks.secret import PUBLIC_NOTE
from autograder.notes import note
from autograder.reports import changes, json_report, junit, terminal
from autograder.reports.json_report import UnreadableReport
from autograder.sandbox.isolation import Isolation
from autograder.sandbox.spawning import SandboxError
from autograder.text import one_line

NOT_COMPARED = "{path}: {reason}; not compared"


@dataclass(frozen=True)
class Options:
    """The options of the command.

    json_to: a file, or `-` for standard output in place of the tables.
    strict: whether less than full isolation ends it.
    again: whether submissions with kept results are graded again.
    compare: an earlier report.
    details: whether every submission of a class is printed.
    fail_under: percent of the points of the graded notebooks.
    """

    json_to: str | None = None
    junit_to: Path | None = None
    strict: bool = False
    again: bool = False
    choice: Choice = field(default_factory=Choice)
    compare: Path | None = None
    details: bool = False
    fail_under: float | None = None


def run(
    paths: list[Path], place: Place, options: Options, *, output: Console, errors: Console
) -> int:
    """Grade in some place, report, and say with the exit code how it went.

    However the grading ends, it reports the graded submissions and names the missing ones.

    Returns:
        0; 1 below `fail_under`, or where scores differ from those of `compare`; 2 when something could
        not be graded.

    Raises:
        KeyboardInterrupt: when the user ended it, after the report.
    """
    problems: list[str] = []
    run = _Run(place, options, errors)
    interrupt: KeyboardInterrupt | None = None
    try:
        run.grade(paths, problems)
    except KeyboardInterrupt as ended:
        interrupt = ended
    except (CourseError, SandboxError, ValueError) as error:
        problems.append(str(error))
    report = run.report()
    if options.json_to != "-":
        output.print(terminal.render(report, details=options.details))
    differs = _compare(report, options, errors if options.json_to == "-" else output, problems)
    if options.json_to == "-":
        sys.stdout.write(json_report.render(report))
    elif options.json_to is not None:
        write(Path(options.json_to), json_report.render(report))
    if options.junit_to is not None:
        write(options.junit_to, junit.render(report))
    problems += [file.reason for file in report.ungraded]
    for problem in problems:
        errors.print(Text(one_line(problem)))
    if interrupt is not None:
        raise interrupt
    if problems:
        return 2
    below = options.fail_under is not None and report.percent < options.fail_under
    return 1 if below or differs else 0


def _compare(report: Report, options: Options, output: Console, problems: list[str]) -> bool:
    """Show how scores differ from an earlier report's, or from the file's that is overwritten now.

    Returns whether they differ from those of `compare`; a run that was ended is not compared.
    """
    if not report.complete:
        return False
    if options.compare is not None:
        try:
            before = json_report.read(options.compare.read_bytes())
        except OSError as error:
            reason = f"cannot be read ({error.strerror})"
            problems.append(NOT_COMPARED.format(path=options.compare, reason=reason))
            return False
        except UnreadableReport as error:
            problems.append(NOT_COMPARED.format(path=options.compare, reason=error))
            return False
        found = changes.between(before, report)
        output.print(changes.render(found, str(options.compare)))
        return bool(found)
    if options.json_to not in (None, "-") and Path(options.json_to).is_file():
        try:
            found = changes.between(json_report.read(Path(options.json_to).read_bytes()), report)
        except (OSError, UnreadableReport):  # no report: it is overwritten without a comparison
            return False
        if found:
            output.print(changes.render(found, options.json_to))
    return False


class _Run:
    """Grading some paths: keeps finished results, however the run ends."""

    def __init__(self, place: Place, options: Options, errors: Console) -> None:
        self._place = place
        self._options = options
        self._errors = errors
        self._isolation: Isolation | None = None
        self._roster = Roster()
        self._fingerprint = ""
        self._done: dict[int, SubmissionResult | Ungraded] = {}

    def grade(self, paths: list[Path], problems: list[str]) -> None:
        """Grade everything under the paths; problems are filled in. Raises CourseError, SandboxError."""
        course = find_course()
        if course.found_secret.is_public:
            self._errors.print(Text(f"note: {PUBLIC_NOTE}"))
        self._fingerprint = course.found_secret.fingerprint
        limits = self._place.limits
        self._roster = read_class(paths, course, limits, self._options.choice)
        problems += map(str, self._roster.problems)
        if not self._roster.submissions:
            return
        self._isolation = self._accepted(self._place.isolation)
        kept = KeptResults(course, limits, self._isolation)
        for place, submission in enumerate(self._roster.submissions):
            found = None if self._options.again else kept.find(submission)
            if found is not None:
                self._done[place] = replace(found, cells=())
        left = [place for place in range(len(self._roster.submissions)) if place not in self._done]
        if left:
            self._grade(left, Judges(course), kept)

    def _grade(self, places: list[int], judges: Judges, kept: KeptResults) -> None:
        """Grade the submissions without a kept result. Raises SandboxError."""
        submissions = [self._roster.submissions[place] for place in places]
        with self._progress() as bar:
            task = bar.add_task("grading", total=len(places))
            for exercise in judges.prepare(submissions):
                bar.update(task, description=f"recording the cases of {exercise}")
        graded = self._place.grade_all(submissions, judges)
        with closing(graded), self._progress() as bar:
            task = bar.add_task("grading", total=len(places))
            for number, result in graded:
                if isinstance(result, SubmissionResult):
                    kept.keep(submissions[number], result)
                    result = replace(result, cells=())
                self._done[places[number]] = result
                bar.advance(task)

    def _accepted(self, found: Isolation) -> Isolation:
        if self._options.strict and found.level != "strict":
            raise SandboxError(f"--sandbox=require: not graded, because {'; '.join(found.missing)}")
        return found

    def _progress(self) -> Progress:
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            _Rate(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
        )
        terminal = self._errors.is_terminal
        return Progress(*columns, console=self._errors, transient=True, disable=not terminal)

    def report(self) -> Report:
        """The report on everything that is graded so far; the rest counts as ungraded."""
        roster, done = self._roster, self._done.values()
        missing = [
            not_graded(
                submission.path,
                submission.student,
                note("ended"),
                submission.source.assignment,
                submission.source.name,
            )
            for place, submission in enumerate(roster.submissions)
            if place not in self._done
        ]
        failed = (result for result in done if isinstance(result, Ungraded))
        number, of = self._options.choice.shard
        return in_order(
            Report(
                results=tuple(result for result in done if isinstance(result, SubmissionResult)),
                ungraded=(*roster.ungraded, *failed, *missing),
                isolation=self._isolation,
                complete=not missing,
                students=roster.students,
                expected=roster.expected,
                missing=roster.missing,
                fingerprint=self._fingerprint,
                shard=(number, of) if of > 1 else None,
                problems=roster.problems,
                roster=roster.fingerprint,
            )
        )


class _Rate(ProgressColumn):
    """How many are graded a second."""

    def render(self, task: Task) -> Text:
        """The rate, once there is one."""
        return Text(f"{task.speed:.1f}/s" if task.speed else "")
