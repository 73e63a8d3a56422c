"""The `autograder` command: reads options, calls the modules that do the work, prints, exits."""

import argparse
import os
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from autograder import __version__
from autograder.language import LANGUAGES, use

if TYPE_CHECKING:
    from autograder.grading.places import Place
    from autograder.sandbox.limits import Limits


class _Terminated(KeyboardInterrupt):
    """Raised at SIGTERM, so that it ends a command as Ctrl-C does."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns its exit code."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    parser = _parser()
    given = sys.argv[1:] if arguments is None else list(arguments)
    if not given:
        parser.print_help()
        return 0
    options = parser.parse_args(given)
    if getattr(options, "language", None):
        use(options.language)
    if options.run in (_grade, _audit, _release):
        from autograder.notebooks.installed import why_not_grading

        if why := why_not_grading():
            sys.stderr.write(f"{why}\n")
            return 2
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _terminate)
    try:
        command: int = options.run(options)
    except KeyboardInterrupt as interrupt:
        sys.stderr.write("autograder: interrupted\n")
        number = signal.SIGTERM if isinstance(interrupt, _Terminated) else signal.SIGINT
        return 128 + number  # as shells report it
    return command


def _terminate(*_: object) -> None:
    raise _Terminated


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="autograder", description="Grades notebooks of deep learning from scratch."
    )
    parser.add_argument("--version", action="version", version=f"autograder {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    grade = commands.add_parser("grade", help="grade notebooks and print why points are missing")
    grade.add_argument("paths", nargs="+", type=Path, metavar="PATH",
                       help="a notebook, or a folder with notebooks or submissions")  # fmt: skip
    grade.add_argument("--json", metavar="FILE|-", help="write the report as JSON (- : print it)")
    grade.add_argument("--junit", metavar="FILE", type=Path, help="write the report as JUnit XML")
    where = grade.add_mutually_exclusive_group()
    where.add_argument("--jobs", type=_positive, default=1, metavar="N", help="grading processes")
    where.add_argument("--scheduler", metavar="ADDRESS",
                       help="grade on the machines of a Dask cluster, such as tls://host:8786")  # fmt: skip
    grade.add_argument("--sandbox", choices=("auto", "require", "off"), default="auto",
                       help="isolation of student code: best available, all or nothing, none")  # fmt: skip
    grade.add_argument("--limit", action="append", default=[], metavar="NAME=VALUE",
                       help="change a limit on submissions, such as seconds_per_call=20")  # fmt: skip
    grade.add_argument("--only", action="append", default=[], metavar="NAME",
                       help="a student, or an exercise: only these submissions (repeatable)")  # fmt: skip
    grade.add_argument("--assignment", action="append", default=[], metavar="NAME",
                       help="what was to be handed in; default: what anybody did (repeatable)")  # fmt: skip
    grade.add_argument("--shard", type=_shard, default=(1, 1), metavar="K/N",
                       help="the K-th of N parts of the submissions; see autograder merge")  # fmt: skip
    grade.add_argument("--again", action="store_true",
                       help="grade also what is kept of earlier gradings")  # fmt: skip
    grade.add_argument("--compare", type=Path, metavar="FILE",
                       help="show how scores differ from an older JSON report; exit 1 if so")  # fmt: skip
    grade.add_argument("--details", action="store_true", help="print every submission of a class")
    grade.add_argument("--fail-under", type=float, metavar="PERCENT",
                       help="exit 1 when less than this share of the points was reached")  # fmt: skip
    _speaks(grade)
    grade.set_defaults(run=_grade)
    report = commands.add_parser("report", help="write a page about a class")
    report.add_argument("report", type=Path, metavar="JSON", help="of autograder grade --json")
    report.add_argument("--html", type=Path, required=True, metavar="FILE", help="the page")
    report.add_argument("--anonymous", action="store_true", help="numbers in place of names")
    report.set_defaults(run=_report)
    merge = commands.add_parser("merge", help="join the reports of autograder grade --shard")
    merge.add_argument("files", nargs="+", type=Path, metavar="JSON", help="one of every part")
    merge.add_argument("--json", required=True, metavar="FILE|-", help="the whole report")
    merge.set_defaults(run=_merge)
    forget = commands.add_parser("forget", help="remove the results that are kept of students")
    forget.add_argument("students", nargs="+", metavar="STUDENT")
    forget.set_defaults(run=_forget)
    check = commands.add_parser(
        "check", help="check a notebook at home, by its released cases: no course is needed"
    )
    check.add_argument("notebook", type=Path, metavar="NOTEBOOK")
    _speaks(check)
    check.set_defaults(run=_check)
    release = commands.add_parser("release", help="write the students' notebooks, and prove them")
    release.add_argument("assignments", nargs="*", metavar="ASSIGNMENT",
                         help="a folder of solutions/; all of them when none is named")  # fmt: skip
    release.add_argument("--language", dest="released_language", choices=tuple(LANGUAGES),
                         help="of the notebooks; those in English come first")  # fmt: skip
    release.set_defaults(run=_release)
    audit = commands.add_parser(
        "audit", help="grade the grader with known correct and wrong answers"
    )
    audit.add_argument("exercises", nargs="*", metavar="EXERCISE", help="default: all")
    audit.add_argument("--jobs", type=_positive, default=2, metavar="N", help="processes")
    audit.add_argument("--write", type=Path, metavar="FILE", help="write the figures as Markdown")
    audit.add_argument("--telling", action="store_true",
                       help="make the telling cases beside the exercises anew instead")  # fmt: skip
    audit.add_argument("--mutants", choices=("none", "reference", "all"), default="reference",
                       help="the correct answers whose mutants the checks should fail")  # fmt: skip
    audit.set_defaults(run=_audit)
    init = commands.add_parser("init", help="begin a course in a new folder")
    init.add_argument("folder", type=Path, metavar="DIR", help="its name is the course's")
    init.set_defaults(run=_init)
    new = commands.add_parser("new", help="begin an exercise: files that run, for you to change")
    new.add_argument("exercise", metavar="ASSIGNMENT/EXERCISE",
                     help="a folder of solutions/, which may be new, and the function's name")  # fmt: skip
    new.set_defaults(run=_new)
    notebooks = commands.add_parser(
        "notebooks", help="write the notebooks of solutions/ whose source is text, in texts/"
    )
    notebooks.add_argument("--check", action="store_true", help="exit 1 where one is stale instead")
    notebooks.set_defaults(run=_notebooks)
    translations = commands.add_parser(
        "translations", help="bring the catalogs of what students read up to date"
    )
    translations.add_argument(
        "--check", action="store_true", help="exit 1 where one is not instead"
    )
    translations.set_defaults(run=_translations)
    doctor = commands.add_parser(
        "doctor", help="print versions, isolation, course, secret's origin"
    )
    doctor.add_argument("--clear-store", action="store_true", help="forget what was recorded")
    doctor.set_defaults(run=_doctor)
    return parser


def _speaks(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--language", choices=tuple(LANGUAGES), help="of what students read")


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


def _shard(text: str) -> tuple[int, int]:
    number, slash, of = text.partition("/")
    if not (slash and number.isdigit() and of.isdigit() and 1 <= int(number) <= int(of)):
        raise argparse.ArgumentTypeError("must be K/N with K from 1 to N, such as 2/8")
    return int(number), int(of)


def _grade(options: argparse.Namespace) -> int:
    from autograder.sandbox.limits import Limits, with_limits

    try:
        limits = with_limits(Limits(), options.limit)
    except ValueError as error:
        sys.stderr.write(f"autograder: {error}\n")
        return 2
    if options.scheduler is not None:
        return _grade_on_cluster(options, limits)

    from autograder.sandbox.spawning import ForkServer

    # First of all: the fork server loads its libraries while this process loads its own.
    with ForkServer(limits, isolate=options.sandbox != "off") as server:
        from autograder.grading.places import ThisMachine

        return _grade_in(ThisMachine(server, options.jobs), options)


def _grade_on_cluster(options: argparse.Namespace, limits: "Limits") -> int:
    from autograder.sandbox.spawning import SandboxError

    try:
        from autograder.grading.cluster.client import Cluster
    except ModuleNotFoundError as error:
        sys.stderr.write(f"autograder: --scheduler needs the extra `cluster` ({error})\n")
        return 2
    isolate, strict = options.sandbox != "off", options.sandbox == "require"
    try:
        cluster = Cluster(options.scheduler, limits, isolate=isolate, strict=strict)
    except SandboxError as error:
        sys.stderr.write(f"autograder: {error}\n")
        return 2
    with cluster:
        return _grade_in(cluster, options)


def _grade_in(place: "Place", options: argparse.Namespace) -> int:
    from rich.console import Console

    from autograder.commands import grade
    from autograder.grading.roster import Choice

    return grade.run(
        options.paths,
        place,
        grade.Options(
            json_to=options.json,
            junit_to=options.junit,
            strict=options.sandbox == "require",
            again=options.again,
            choice=Choice(tuple(options.only), tuple(options.assignment), options.shard),
            compare=options.compare,
            details=options.details,
            fail_under=options.fail_under,
        ),
        output=Console(highlight=False),
        errors=Console(stderr=True, highlight=False, soft_wrap=True),
    )


def _report(options: argparse.Namespace) -> int:
    from rich.console import Console

    from autograder.commands import report

    errors = Console(stderr=True, highlight=False, soft_wrap=True)
    return report.run(options.report, options.html, without_names=options.anonymous, errors=errors)


def _merge(options: argparse.Namespace) -> int:
    from rich.console import Console

    from autograder.commands import merge

    errors = Console(stderr=True, highlight=False, soft_wrap=True)
    return merge.run(options.files, options.json, errors=errors)


def _forget(options: argparse.Namespace) -> int:
    from rich.console import Console

    from autograder.commands import forget

    return forget.run(
        options.students,
        output=Console(highlight=False, soft_wrap=True),
        errors=Console(stderr=True, highlight=False, soft_wrap=True),
    )


def _release(options: argparse.Namespace) -> int:
    from rich.console import Console

    from autograder.commands import release

    return release.run(
        options.assignments,
        language=options.released_language,
        output=Console(highlight=False, soft_wrap=True),
        errors=Console(stderr=True, highlight=False, soft_wrap=True),
    )


def _audit(options: argparse.Namespace) -> int:
    from rich.console import Console

    from autograder.commands import audit

    return audit.run(
        options.exercises,
        jobs=options.jobs,
        write=options.write,
        make_telling=options.telling,
        mutants=options.mutants,
        output=Console(highlight=False),
        errors=Console(stderr=True, highlight=False, soft_wrap=True),
    )


def _new(options: argparse.Namespace) -> int:
    from rich.console import Console

    from autograder.commands import new

    return new.run(
        options.exercise,
        output=Console(highlight=False, soft_wrap=True),
        errors=Console(stderr=True, highlight=False, soft_wrap=True),
    )


def _check(options: argparse.Namespace) -> int:
    from rich.console import Console

    from autograder.commands import check

    return check.run(
        options.notebook,
        output=Console(highlight=False),
        errors=Console(stderr=True, highlight=False, soft_wrap=True),
    )


def _notebooks(options: argparse.Namespace) -> int:
    from rich.console import Console

    from autograder.commands import notebooks

    return notebooks.run(
        Path.cwd(),
        check=options.check,
        output=Console(highlight=False, soft_wrap=True),
        errors=Console(stderr=True, highlight=False, soft_wrap=True),
    )


def _translations(options: argparse.Namespace) -> int:
    from rich.console import Console

    from autograder.commands import translations

    return translations.run(check=options.check, output=Console(highlight=False, soft_wrap=True))


def _init(options: argparse.Namespace) -> int:
    from rich.console import Console

    from autograder.commands import init

    return init.run(
        options.folder,
        output=Console(highlight=False, soft_wrap=True),
        errors=Console(stderr=True, highlight=False, soft_wrap=True),
    )


def _doctor(options: argparse.Namespace) -> int:
    from rich.console import Console

    from autograder.commands import doctor

    return doctor.run(
        clear_store=options.clear_store,
        output=Console(highlight=False, soft_wrap=True),
        errors=Console(stderr=True, highlight=False, soft_wrap=True),
    )


if __name__ == "__main__":
    sys.exit(main())
