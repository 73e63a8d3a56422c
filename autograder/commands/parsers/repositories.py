"""Subcommands about git repositories: fetching students' repositories, and CI in them."""

import argparse
from pathlib import Path

from autograder.commands.parsers.common import Commands, errors, output


def add(commands: Commands) -> None:
    """Add their parsers."""
    _add_fetch(commands)
    _add_init_ci(commands)


def _add_fetch(commands: Commands) -> None:
    parser = commands.add_parser(
        "fetch", help="fetch a class's notebooks from its git repositories"
    )
    parser.add_argument(
        "students",
        type=Path,
        metavar="FILE",
        help="a line a student: the name and the repository's address",
    )
    parser.add_argument("--to", type=Path, metavar="DIR", help="default: course/submitted")
    parser.set_defaults(run=_fetch)


def _fetch(options: argparse.Namespace) -> int:
    from autograder.commands import fetch

    return fetch.run(options.students, options.to, output=output(), errors=errors())


def _add_init_ci(commands: Commands) -> None:
    parser = commands.add_parser("init-ci", help="write the workflow with which CI grades pushes")
    parser.add_argument("system", choices=("github", "gitlab", "forgejo"))
    parser.add_argument(
        "--fail-under",
        type=_percent,
        metavar="PERCENT",
        help="percent of the points below which the job fails; default: 60 for students, 0 for a class",
    )
    parser.set_defaults(run=_init_ci)


def _percent(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 100:
        raise argparse.ArgumentTypeError("must be from 0 to 100")
    return number


def _init_ci(options: argparse.Namespace) -> int:
    from autograder.commands import init_ci

    return init_ci.run(
        Path.cwd(),
        options.system,
        fail_under=options.fail_under,
        output=output(),
        errors=errors(),
    )
