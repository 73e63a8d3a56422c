"""The course on a page: every notebook in teaching order, with its functions and points."""

import tomllib
from pathlib import Path

import msgspec

from autograder.authoring.texts import TEXTS
from autograder.notebooks.course import Course, CourseError, SourceNotebook

ORDER = f"{TEXTS}/course.toml"
PAGE = "docs/course.md"
_TITLE = """# The course

Every notebook in teaching order, with its section of *Dive into Deep Learning*. This page is made of
`texts/course.toml` and of the notebooks themselves by `autograder notebooks`.
"""
_HEAD = (
    "| notebook | section | functions (points) | what it teaches | 学什么 |\n|---|---|---|---|---|"
)


class _Place(msgspec.Struct, forbid_unknown_fields=True):
    """A notebook's place in the course: `<assignment>/<notebook>`, section, a sentence a language."""

    path: str
    section: str
    en: str
    zh: str


class _Order(msgspec.Struct, forbid_unknown_fields=True):
    notebook: list[_Place]


def page_of(course: Course) -> str:
    """The page as Markdown.

    Raises:
        CourseError: when the order cannot be read, or leaves a notebook out.
    """
    path = course.root / ORDER
    try:
        order = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), type=_Order)
    except (OSError, ValueError) as error:
        raise CourseError(f"{path}: {error}") from error
    there = {f"{one.assignment}/{one.name}": one for one in course.notebooks}
    listed = [place.path for place in order.notebook]
    missing = [name for name in there if name not in listed]
    if missing:
        raise CourseError(f"{path}: leaves out {', '.join(missing)}")
    unknown = [name for name in listed if name not in there]
    if unknown:
        raise CourseError(f"{path}: there is no notebook {', '.join(unknown)}")
    parts, assignment = [_TITLE], ""
    for place in order.notebook:
        notebook = there[place.path]
        if notebook.assignment != assignment:
            assignment = notebook.assignment
            parts.append(f"\n## {assignment}\n\n{_HEAD}")
        parts.append(_row(course.root, notebook, place))
    count = len(course.exercise_names)
    points = sum(sum(notebook.points.values()) for notebook in course.notebooks)
    parts.append(f"\n{len(there)} notebooks, {count} functions, {points:g} points.")
    return "\n".join(parts) + "\n"


def _row(root: Path, notebook: SourceNotebook, place: _Place) -> str:
    functions = ", ".join(
        f"`{name}` ({points:g}{', again' if name in notebook.again else ''})"
        for name, points in notebook.points.items()
    )
    link = f"../{notebook.path.relative_to(root).as_posix()}"
    name = notebook.name
    return f"| [{name}]({link}) | {place.section} | {functions} | {place.en} | {place.zh} |"
