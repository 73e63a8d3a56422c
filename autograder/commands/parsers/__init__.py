"""What each subcommand is called with, and how it is then run.

Nothing here imports what does a command's work before that command is run: `autograder --help` answers at
once, and a student's machine, which lacks what grading needs, can check a notebook.
"""

from autograder.commands.parsers import authoring, grading, machine, repositories
from autograder.commands.parsers.common import Commands


def add_all(commands: Commands) -> None:
    """Add the parser of every subcommand; each sets `run`, a function of the options."""
    for group in (grading, repositories, authoring, machine):
        group.add(commands)
