"""Where in a notebook's file an answer is: the line that a code hosting service can point at."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from autograder.notebooks.files import UnreadableSubmission, read_file

_SPACE = re.compile(r"\s*")
_DECODER = json.JSONDecoder()


def line_in(path: Path, exercise: str, limit: int) -> int:
    """The line of a notebook's file that defines an exercise's function; 1 where there is no telling.

    Args:
        path: the file.
        exercise: its name, which its cell's grade_id and mostly its function have.
        limit: bytes of a file that is read.
    """
    try:
        return line_of(read_file(path, limit).decode("utf-8-sig"), exercise)
    except (UnreadableSubmission, UnicodeDecodeError):
        return 1


def line_of(text: str, exercise: str) -> int:
    """The same in the text of a notebook: of the last cell with its definition, else with its grade_id."""
    defines = re.compile(rf"\s*(?:async\s+)?def\s+{re.escape(exercise)}\b")
    named = defined = None
    try:
        for start, cell in _cells(text):
            if not isinstance(cell, dict) or cell.get("cell_type") != "code":
                continue
            source = dict(_members(text, start)).get("source", start)
            if _grade_id(cell) == exercise:
                named = source
            for place, line in _lines(text, source):
                if defines.match(line):
                    defined = place
    except (ValueError, IndexError, RecursionError):
        return 1
    found = defined if defined is not None else named
    return 1 if found is None else text.count("\n", 0, found) + 1


def _grade_id(cell: dict[str, Any]) -> object:
    metadata = cell.get("metadata")
    claims = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    return claims.get("grade_id") if isinstance(claims, dict) else None


def _cells(text: str) -> Iterator[tuple[int, Any]]:
    """The cells of a notebook, each with its place in the text."""
    start = dict(_members(text, 0)).get("cells")
    if start is not None and text[start] == "[":
        yield from _elements(text, start)


def _lines(text: str, start: int) -> Iterator[tuple[int, str]]:
    """The lines of a cell's source, which is a list or one string."""
    if text[start] == "[":
        for place, line in _elements(text, start):
            if isinstance(line, str):
                yield place, line
    elif text[start] == '"':
        for line in _DECODER.raw_decode(text, start)[0].splitlines():
            yield start, line


def _members(text: str, at: int) -> Iterator[tuple[str, int]]:
    """The keys of the JSON object that begins at a place, each with the place of its value."""
    at = _after_space(text, at)
    if text[at] != "{":
        raise ValueError("no object")
    at = _after_space(text, at + 1)
    while text[at] == '"':
        key, at = _DECODER.raw_decode(text, at)
        at = _after_space(text, _after_space(text, at) + 1)  # over the colon
        yield key, at
        at = _after_space(text, _DECODER.raw_decode(text, at)[1])
        if text[at] == ",":
            at = _after_space(text, at + 1)


def _elements(text: str, at: int) -> Iterator[tuple[int, Any]]:
    """The elements of the JSON list that begins at a place, each with its own."""
    at = _after_space(text, at + 1)
    while text[at] != "]":
        value, end = _DECODER.raw_decode(text, at)
        yield at, value
        at = _after_space(text, end)
        if text[at] == ",":
            at = _after_space(text, at + 1)


def _after_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return at if found is None else found.end()
