"""The `autograder` command: reads options, calls the modules that do the work, prints, exits."""

import argparse
import os
import signal
import sys
import threading
from collections.abc import Sequence

from autograder import __version__
from autograder.commands.parsers import add_all
from autograder.language import use


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
    if getattr(options, "needs_grading", False):
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
    add_all(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
