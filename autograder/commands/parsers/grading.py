"""Subcommands about submissions: grading them, and their reports."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.commands.parsers.common import Commands, errors, output, positive, shard, speaks

if TYPE_CHECKING:
    from autograder.grading.places import Place
    from autograder.sandbox.limits import Limits


def add(commands: Commands) -> None:
    """Add their parsers."""
    _add_collect(commands)
    _add_grade(commands)
    _add_check(commands)
    _add_report(commands)
    _add_answers(commands)
    _add_merge(commands)
    _add_forget(commands)


def _add_grade(commands: Commands) -> None:
    parser = commands.add_parser("grade", help="grade notebooks and print why points are missing")
    parser.add_argument(
        "paths",
        nargs="+",
        type=Path,
        metavar="PATH",
        help="a notebook, or a folder with notebooks or submissions",
    )
    parser.add_argument("--json", metavar="FILE|-", help="write the report as JSON (- : print it)")
    parser.add_argument("--junit", metavar="FILE", type=Path, help="write the report as JUnit XML")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--jobs", type=positive, default=1, metavar="N", help="grading processes")
    where.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="grade on the machines of a Dask cluster, such as tls://host:8786",
    )
    parser.add_argument(
        "--sandbox",
        choices=("auto", "require", "off"),
        default="auto",
        help="isolation of student code: best available, all or nothing, none",
    )
    parser.add_argument(
        "--limit",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="change a limit on submissions, such as seconds_per_call=20",
    )
    parser.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="NAME",
        help="a student, or an exercise: only these submissions (repeatable)",
    )
    parser.add_argument(
        "--assignment",
        action="append",
        default=[],
        metavar="NAME",
        help="an assignment to be handed in; default: all with a submission (repeatable)",
    )
    parser.add_argument(
        "--shard",
        type=shard,
        default=(1, 1),
        metavar="K/N",
        help="the K-th of N parts of the students; see autograder merge",
    )
    parser.add_argument(
        "--again", action="store_true", help="grade submissions with kept results again"
    )
    parser.add_argument(
        "--compare",
        type=Path,
        metavar="FILE",
        help="show how scores differ from an older JSON report; exit 1 if so",
    )
    parser.add_argument("--details", action="store_true", help="print every submission of a class")
    parser.add_argument(
        "--fail-under",
        type=float,
        metavar="PERCENT",
        help="exit 1 when less than this share of the points was reached",
    )
    speaks(parser)
    parser.set_defaults(run=_grade, needs_grading=True)


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
        output=output(wraps=True),
        errors=errors(),
    )


def _add_check(commands: Commands) -> None:
    parser = commands.add_parser(
        "check", help="check notebooks at home, by their released cases: no course is needed"
    )
    parser.add_argument(
        "paths",
        nargs="+",
        type=Path,
        metavar="NOTEBOOK",
        help="a notebook, or a folder: all notebooks in it that check anything",
    )
    parser.add_argument(
        "--changed-since",
        metavar="COMMIT",
        help="only notebooks that differ from a commit, if it is there",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the report as JSON")
    parser.add_argument("--junit", metavar="FILE", type=Path, help="write the report as JUnit XML")
    parser.add_argument(
        "--fail-under",
        type=float,
        metavar="PERCENT",
        help="exit 1 when less than this share of the points was reached",
    )
    speaks(parser)
    parser.set_defaults(run=_check)


def _check(options: argparse.Namespace) -> int:
    from autograder.sandbox.spawning import ForkServer

    with ForkServer() as server:
        from autograder.commands import check

        return check.run(
            options.paths,
            server,
            check.Options(
                json_to=options.json,
                junit_to=options.junit,
                changed_since=options.changed_since,
                fail_under=options.fail_under,
            ),
            output=output(wraps=True),
            errors=errors(),
        )


def _add_report(commands: Commands) -> None:
    parser = commands.add_parser(
        "report", help="write files for people and other systems, from a class's JSON"
    )
    parser.add_argument(
        "report",
        metavar="JSON",
        help="from autograder grade --json; for --html also nbgrader's gradebook, a file or an address",
    )
    written = parser.add_argument_group("what is written")
    for option, text in (
        ("--html", "a page about the class"),
        ("--markdown", "a summary for a CI system's pages"),
        ("--canvas", "a gradebook for Canvas, as CSV"),
        ("--moodle", "a gradebook for Moodle, as CSV; with --download a grading worksheet"),
        ("--feedback", "a zip of reports that Moodle or Canvas takes back for the students"),
        ("--gradescope", "results.json, as Gradescope reads it"),
        ("--prompts", "a folder of prompts for a language model, one for every wrong answer"),
    ):
        written.add_argument(option, type=Path, metavar="FILE", help=text)
    written.add_argument(
        "--annotations",
        choices=("github", "gitlab"),
        help="print remarks at the notebooks' lines, for a CI system",
    )
    parser.add_argument(
        "--download",
        type=Path,
        metavar="FILE",
        help="the zip that autograder collect unpacked: has the students' numbers",
    )
    parser.add_argument("--assignment", metavar="NAME", help="report on this assignment alone")
    parser.add_argument("--anonymous", action="store_true", help="numbers in place of names")
    parser.set_defaults(run=_report, parser=parser)


def _report(options: argparse.Namespace) -> int:
    from autograder.commands import report

    wanted = report.Wanted(
        html=options.html,
        markdown=options.markdown,
        annotations=options.annotations,
        canvas=options.canvas,
        moodle=options.moodle,
        feedback=options.feedback,
        gradescope=options.gradescope,
        prompts=options.prompts,
        download=options.download,
        assignment=options.assignment,
        without_names=options.anonymous,
    )
    if not wanted.anything:
        options.parser.error("say what to write, such as --html FILE")
    return report.run(options.report, wanted, errors=errors())


def _add_collect(commands: Commands) -> None:
    parser = commands.add_parser(
        "collect", help="unpack Moodle's or Canvas's download of all submissions"
    )
    parser.add_argument("zip", type=Path, metavar="ZIP", help="as the system made it")
    parser.add_argument("assignment", metavar="ASSIGNMENT", help="a folder of solutions/")
    parser.set_defaults(run=_collect)


def _collect(options: argparse.Namespace) -> int:
    from autograder.commands import collect

    return collect.run(options.zip, options.assignment, output=output(), errors=errors())


def _add_answers(commands: Commands) -> None:
    parser = commands.add_parser(
        "answers", help="write every answer as a file of Python, for JPlag or Dolos"
    )
    parser.add_argument(
        "paths", nargs="+", type=Path, metavar="PATH", help="as for autograder grade"
    )
    parser.add_argument("--to", type=Path, required=True, metavar="FOLDER", help="for the files")
    parser.add_argument("--anonymous", action="store_true", help="numbers in place of names")
    parser.set_defaults(run=_answers)


def _answers(options: argparse.Namespace) -> int:
    from autograder.commands import answers

    return answers.run(
        options.paths,
        options.to,
        without_names=options.anonymous,
        output=output(),
        errors=errors(),
    )


def _add_merge(commands: Commands) -> None:
    parser = commands.add_parser("merge", help="join the reports of autograder grade --shard")
    parser.add_argument(
        "files", nargs="+", type=Path, metavar="JSON", help="the report of each part"
    )
    parser.add_argument("--json", required=True, metavar="FILE|-", help="the whole report")
    parser.set_defaults(run=_merge)


def _merge(options: argparse.Namespace) -> int:
    from autograder.commands import merge

    return merge.run(options.files, options.json, errors=errors())


def _add_forget(commands: Commands) -> None:
    parser = commands.add_parser("forget", help="remove students' kept results")
    parser.add_argument("students", nargs="+", metavar="STUDENT")
    parser.set_defaults(run=_forget)


def _forget(options: argparse.Namespace) -> int:
    from autograder.commands import forget

    return forget.run(options.students, output=output(), errors=errors())
