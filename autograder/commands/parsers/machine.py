"""Subcommands about the machine."""

import argparse

from autograder.commands.parsers.common import Commands, errors, output


def add(commands: Commands) -> None:
    """Add their parsers."""
    _add_doctor(commands)


def _add_doctor(commands: Commands) -> None:
    parser = commands.add_parser(
        "doctor", help="print versions, isolation, course, secret's origin"
    )
    parser.add_argument("--clear-store", action="store_true", help="remove the recorded cases")
    parser.set_defaults(run=_doctor)


def _doctor(options: argparse.Namespace) -> int:
    from autograder.commands import doctor

    return doctor.run(clear_store=options.clear_store, output=output(), errors=errors())
