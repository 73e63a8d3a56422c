"""Adapters: how an exercise calls a function whose arguments or results can't travel as they are.

An exercise's adapter.py defines `adapt(function, *args, **kwargs)`. It runs beside the student's code,
in the worker, and calls the student's function; what it returns travels. Students can read it: it holds
no answer.
"""

from functools import cache

from autograder.paths import EXERCISES


@cache
def adapters_of(exercise: str) -> dict[str, str]:
    """The source of an exercise's adapter by the name of its function; nothing where there is none."""
    path = EXERCISES / exercise / "adapter.py"
    return {exercise: path.read_text(encoding="utf-8")} if path.is_file() else {}
