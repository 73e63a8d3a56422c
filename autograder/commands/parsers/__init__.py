"""The options of each subcommand, and the function that runs it.

Nothing here imports the modules that do a command's work before the command is run: so `--help` answers
at once, and a student's machine, which lacks the libraries for grading, can check a notebook.
"""

from autograder.commands.parsers import authoring, grading, machine, repositories
from autograder.commands.parsers.common import Commands


def add_all(commands: Commands) -> None:
    """Add the parser of every subcommand; each sets `run`, a function of the options."""
    for group in (grading, repositories, authoring, machine):
        group.add(commands)
