"""Releasing a course's notebooks in another language: the same cells and cases, other prose and names.

nbgrader keeps one source of a notebook in its gradebook, the English one, by which every submission is
graded; so its own steps are run here without the one that writes there.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import nbformat
from msgspec.structs import replace
from traitlets.config import Config

from autograder.authoring import texts
from autograder.authoring.proof import prove
from autograder.authoring.release import (
    RELEASE_DIRECTORY,
    ReleasedNotebook,
    Say,
    released_path,
)
from autograder.grading.battery.file import SUFFIX, Mistake, encode_released, read_released
from autograder.grading.feedback.diagnosis import Diagnostician
from autograder.grading.service import GradingService
from autograder.language import speaking
from autograder.notebooks.course import Course, CourseError, SourceNotebook
from autograder.sandbox.limits import Limits

NOT_RELEASED = "{path}: not there yet; release the notebook in English first (`autograder release`)"
STUBS = {"zh": "# 在这里写你的代码\nraise NotImplementedError()"}
"""The text in place of a solution: nbgrader's own is English."""
NO_TEXT = "{path}: not there; only a notebook whose source is text can be released in {language}"


def directory(language: str) -> str:
    """The folder of the released notebooks in a language other than English."""
    return f"{RELEASE_DIRECTORY}_{language}"


def release_in(
    course: Course, language: str, assignments: Sequence[str], say: Say
) -> Iterator[ReleasedNotebook]:
    """Write assignments_<language>/ from the texts and the English release, and prove it.

    Args:
        course: with `texts/` and a release in English.
        language: one of autograder.language.LANGUAGES, but English.
        assignments: their names; none for all.
        say: called with a sentence whenever the next step begins.

    Raises:
        CourseError: where a text or the English release is missing.
    """
    root = course.root / directory(language)
    chosen = [one for one in course.notebooks if not assignments or one.assignment in assignments]
    for notebook in chosen:
        _text_of(course, notebook, language)  # before anything is written
    with GradingService(course, Limits()) as service:
        for notebook in chosen:
            say(f"{notebook.assignment}/{notebook.name}: writing")
            path = root / notebook.assignment / notebook.path.name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(_students_version(course, notebook, language), encoding="utf-8")
            battery = _battery(course, notebook, language)
            if battery:
                path.with_suffix(SUFFIX).write_bytes(battery)
            say(f"{notebook.assignment}/{notebook.name}: proving")
            problems = prove(course, service, notebook, path)
            name = f"{root.name}/{notebook.assignment}/{notebook.name}"
            yield ReleasedNotebook(name, tuple(notebook.points), len(battery), problems)


def _text_of(course: Course, notebook: SourceNotebook, language: str) -> Path:
    """The file of a notebook's text; raises CourseError where there is none."""
    text = course.root / texts.TEXTS / notebook.assignment / f"{notebook.name}.md"
    if not text.is_file():
        raise CourseError(NO_TEXT.format(path=text, language=language))
    return text


def _students_version(course: Course, notebook: SourceNotebook, language: str) -> str:
    """The notebook without solutions, as nbgrader writes it."""
    from nbgrader.converters import GenerateAssignment
    from nbgrader.preprocessors import SaveCells

    text = _text_of(course, notebook, language)
    nb: Any = nbformat.reads(texts.notebook_of(text, language), as_version=4)
    settings = Config()
    settings.ClearSolutions.code_stub = {"python": STUBS[language]}
    resources: Any = {"nbgrader": {"notebook": notebook.name}, "metadata": {"path": "."}}
    for step in GenerateAssignment.class_traits()["preprocessors"].default():
        if step is not SaveCells:
            nb, resources = step(config=settings).preprocess(nb, resources)
    written: str = nbformat.writes(nb)
    return written + "\n"


def _battery(course: Course, notebook: SourceNotebook, language: str) -> bytes:
    """The English release's cases, with the names of mistakes in the language; b"" for no exercises."""
    if not notebook.points:
        return b""
    path = released_path(course, notebook).with_suffix(SUFFIX)
    if not path.is_file():
        raise CourseError(NOT_RELEASED.format(path=path))
    released = read_released(path)
    exercises = [
        replace(one, mistakes=_names(course, notebook, one.name, one.mistakes, language))
        for one in released.exercises
    ]
    return encode_released(replace(released, exercises=exercises, language=language))


def _names(
    course: Course, notebook: SourceNotebook, exercise: str, mistakes: list[Mistake], language: str
) -> list[Mistake]:
    diagnostician = Diagnostician(course.exercise(exercise), {}, notebook.namespace())
    with speaking(language):
        named = {known.id: diagnostician.named(known) for known in diagnostician.known}
    return [
        Mistake(one.id, named[one.id].title, named[one.id].hint) if one.id in named else one
        for one in mistakes
    ]
