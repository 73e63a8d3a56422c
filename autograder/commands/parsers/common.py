"""Options and outputs that several subcommands share."""

import argparse
from typing import TYPE_CHECKING, TypeAlias

from autograder.language import LANGUAGES

if TYPE_CHECKING:
    from rich.console import Console

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
"""The type that `add_subparsers` returns; argparse has no public name for it."""


def speaks(parser: argparse.ArgumentParser) -> None:
    """Add the option for the language of reports."""
    parser.add_argument(
        "--language", choices=tuple(LANGUAGES), help="language of the texts for students"
    )


def positive(text: str) -> int:
    """A whole number from 1 on, as an option's value."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


def shard(text: str) -> tuple[int, int]:
    """K/N as an option's value: the K-th of N parts."""
    number, slash, of = text.partition("/")
    if not (slash and number.isdigit() and of.isdigit() and 1 <= int(number) <= int(of)):
        raise argparse.ArgumentTypeError("must be K/N with K from 1 to N, such as 2/8")
    return int(number), int(of)


def output(*, wraps: bool = False) -> "Console":
    """Standard output; `wraps` where tables are fitted to the terminal's width."""
    from rich.console import Console

    return Console(highlight=False, soft_wrap=not wraps)


def errors() -> "Console":
    """Standard error."""
    from rich.console import Console

    return Console(stderr=True, highlight=False, soft_wrap=True)
