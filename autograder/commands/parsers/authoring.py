"""Subcommands with which a course is made."""

import argparse
from pathlib import Path

from autograder.commands.parsers.common import Commands, errors, output, positive
from autograder.language import LANGUAGES


def add(commands: Commands) -> None:
    """Add their parsers."""
    _add_release(commands)
    _add_gradescope(commands)
    _add_audit(commands)
    _add_init(commands)
    _add_new(commands)
    _add_notebooks(commands)
    _add_translations(commands)


def _add_release(commands: Commands) -> None:
    parser = commands.add_parser("release", help="write the students' notebooks, and prove them")
    parser.add_argument(
        "assignments",
        nargs="*",
        metavar="ASSIGNMENT",
        help="a folder of solutions/; all of them when none is named",
    )
    parser.add_argument(
        "--language",
        dest="released_language",
        choices=tuple(LANGUAGES),
        help="of the notebooks; those in English come first",
    )
    parser.set_defaults(run=_release, needs_grading=True)


def _release(options: argparse.Namespace) -> int:
    from autograder.commands import release

    return release.run(
        options.assignments, language=options.released_language, output=output(), errors=errors()
    )


def _add_gradescope(commands: Commands) -> None:
    parser = commands.add_parser("gradescope", help="pack an assignment for Gradescope to grade")
    parser.add_argument("assignment", metavar="ASSIGNMENT", help="a folder of solutions/")
    parser.add_argument("--to", type=Path, metavar="FILE", help="the zip; default: in dist/")
    parser.set_defaults(run=_gradescope)


def _gradescope(options: argparse.Namespace) -> int:
    from autograder.commands import gradescope

    return gradescope.run(options.assignment, options.to, output=output(), errors=errors())


def _add_audit(commands: Commands) -> None:
    parser = commands.add_parser(
        "audit", help="grade the grader with known correct and wrong answers"
    )
    parser.add_argument("exercises", nargs="*", metavar="EXERCISE", help="default: all")
    parser.add_argument("--jobs", type=positive, default=2, metavar="N", help="processes")
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the figures as Markdown")
    parser.add_argument(
        "--telling",
        action="store_true",
        help="instead, make the telling cases beside the exercises anew",
    )
    parser.add_argument(
        "--mutants",
        choices=("none", "reference", "all"),
        default="reference",
        help="the correct answers whose mutants the checks should fail",
    )
    parser.set_defaults(run=_audit, needs_grading=True)


def _audit(options: argparse.Namespace) -> int:
    from autograder.commands import audit

    return audit.run(
        options.exercises,
        jobs=options.jobs,
        write=options.write,
        make_telling=options.telling,
        mutants=options.mutants,
        output=output(wraps=True),
        errors=errors(),
    )


def _add_init(commands: Commands) -> None:
    parser = commands.add_parser("init", help="begin a course in a new folder")
    parser.add_argument("folder", type=Path, metavar="DIR", help="its name is the course's")
    parser.set_defaults(run=_init)


def _init(options: argparse.Namespace) -> int:
    from autograder.commands import init

    return init.run(options.folder, output=output(), errors=errors())


def _add_new(commands: Commands) -> None:
    parser = commands.add_parser("new", help="begin an exercise: files that run, for you to change")
    parser.add_argument(
        "exercise",
        metavar="ASSIGNMENT/EXERCISE",
        help="a folder of solutions/, which may be new, and the function's name",
    )
    parser.set_defaults(run=_new)


def _new(options: argparse.Namespace) -> int:
    from autograder.commands import new

    return new.run(options.exercise, output=output(), errors=errors())


def _add_notebooks(commands: Commands) -> None:
    parser = commands.add_parser(
        "notebooks", help="write the notebooks of solutions/ whose source is text, in texts/"
    )
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit 1 where one is stale"
    )
    parser.set_defaults(run=_notebooks)


def _notebooks(options: argparse.Namespace) -> int:
    from autograder.commands import notebooks

    return notebooks.run(Path.cwd(), check=options.check, output=output(), errors=errors())


def _add_translations(commands: Commands) -> None:
    parser = commands.add_parser(
        "translations", help="bring the catalogs of students' texts up to date"
    )
    parser.add_argument(
        "--check", action="store_true", help="change nothing; exit 1 where one is not"
    )
    parser.set_defaults(run=_translations)


def _translations(options: argparse.Namespace) -> int:
    from autograder.commands import translations

    return translations.run(check=options.check, output=output())
