"""Releasing: nbgrader writes the students' notebooks and the recorded cases; then the proof."""

import contextlib
import logging
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.authoring.proof import prove
from autograder.grading.battery.file import SUFFIX
from autograder.grading.service import GradingService
from autograder.notebooks.course import Course, CourseError, SourceNotebook
from autograder.sandbox.limits import Limits

RELEASE_DIRECTORY = "assignments"
NBGRADER_CONFIG = "nbgrader_config.py"
NO_CONFIG = (
    "{root}: {file} is missing, without which nbgrader looks for notebooks in other folders. "
    "It needs three lines:\n"
    "    from autograder.nbgrader import configure\n"
    "    c = get_config()\n"
    "    configure(c)"
)
NO_NBGRADER = (
    "nbgrader is not installed, and the autograder releases with it: "
    'python -m pip install "autograder-from-scratch[nbgrader]"'
)
Say = Callable[[str], None]


@dataclass(frozen=True)
class ReleasedNotebook:
    """A released notebook; `problems` is empty when the release is proven to be sound."""

    name: str
    exercises: tuple[str, ...]
    battery_bytes: int
    problems: tuple[str, ...]


def release(course: Course, assignments: Sequence[str], say: Say) -> Iterator[ReleasedNotebook]:
    """Release assignments with nbgrader's generate_assignment, and prove what must be true of them.

    Args:
        course: its root is an nbgrader course with `solutions/` as source directory and `assignments/`
            as release directory.
        assignments: their names; none for all.
        say: called with a sentence whenever the next step begins.

    Raises:
        CourseError: for an assignment that doesn't exist, or that nbgrader fails to release.
    """
    known = list(dict.fromkeys(notebook.assignment for notebook in course.notebooks))
    for name in assignments:
        if name not in known:
            raise CourseError(f"{name}: no such assignment; there are {', '.join(known)}")
    say("starting nbgrader")
    nbgrader = Nbgrader(course.root)
    with GradingService(course, Limits()) as service:
        for name in known:
            if assignments and name not in assignments:
                continue
            say(f"{name}: writing the students' notebooks")
            nbgrader.generate_assignment(name, say)
            for notebook in course.notebooks:
                if notebook.assignment == name:
                    say(f"{name}: proving {notebook.name}")
                    yield _proven(course, service, notebook)


def _proven(course: Course, service: GradingService, notebook: SourceNotebook) -> ReleasedNotebook:
    path = released_path(course, notebook)
    problems = prove(course, service, notebook, path)
    battery = path.with_suffix(SUFFIX)
    size = battery.stat().st_size if battery.exists() else 0
    name = f"{notebook.assignment}/{notebook.name}"
    return ReleasedNotebook(name, tuple(notebook.points), size, problems)


def released_path(course: Course, notebook: SourceNotebook) -> Path:
    """Where nbgrader writes the students' version of a source notebook."""
    return course.root / RELEASE_DIRECTORY / notebook.assignment / notebook.path.name


class Nbgrader:
    """nbgrader in this process, set up by the course's nbgrader_config.py.

    Args:
        root: the course's folder.

    Raises:
        CourseError: when nbgrader or its configuration is missing or cannot be used.
    """

    def __init__(self, root: Path) -> None:
        if not (root / NBGRADER_CONFIG).is_file():
            raise CourseError(NO_CONFIG.format(root=root, file=NBGRADER_CONFIG))
        try:
            from nbgrader.apps import GenerateAssignmentApp
        except ModuleNotFoundError as error:
            if error.name != "nbgrader":
                raise
            raise CourseError(NO_NBGRADER) from error
        self._app: Any = GenerateAssignmentApp()
        self._log = _Log()
        self._app.log.handlers = [self._log]
        self._app.log.propagate = False
        try:
            with contextlib.chdir(root), _without_warnings():
                self._app.initialize([])
        except (Exception, SystemExit) as error:  # of nbgrader_config.py: whatever it raises
            what = self._log.telling() or f"{type(error).__name__}: {error}"
            raise CourseError(f"{root / NBGRADER_CONFIG}: {what}") from error
        self._app.log.handlers = [self._log]
        self._app.log.setLevel(logging.INFO)

    def generate_assignment(self, name: str, say: Say) -> None:
        """Run generate_assignment; raises CourseError with what nbgrader logged when it fails."""
        from nbgrader.converters import GenerateAssignment
        from nbgrader.converters.base import NbGraderException
        from nbgrader.utils import temp_attrs

        self._log.begin(name, say)
        with temp_attrs(self._app.coursedir, assignment_id=name):
            converter = GenerateAssignment(coursedir=self._app.coursedir, parent=self._app)
            converter.force = True
            try:
                with _without_warnings():
                    converter.start()
            except (NbGraderException, SystemExit) as error:
                own = self._log.course_error
                if own is not None:
                    raise CourseError(own) from error
                telling = self._log.telling() or str(error)
                raise CourseError(f"{name}: nbgrader could not release it:\n{telling}") from error


@contextlib.contextmanager
def _without_warnings() -> Iterator[None]:
    """Hide the deprecation warnings of nbgrader's libraries from an instructor, who cannot change them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


class _Log(logging.Handler):
    """Keeps nbgrader's log; passes on the sentences of our own steps."""

    OWN = f"{CourseError.__module__}.{CourseError.__qualname__}: "

    def __init__(self) -> None:
        super().__init__()
        self.begin("", lambda text: None)

    def begin(self, assignment: str, say: Say) -> None:
        """Forget what was logged before."""
        self._assignment = assignment
        self._say = say
        self._serious: list[str] = []
        self.course_error: str | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record."""
        text = record.getMessage()
        if text.startswith("recording "):
            self._say(f"{self._assignment}: {text}")
        if record.levelno < logging.ERROR:
            return
        self._serious.append(text)
        for line in text.splitlines():  # nbgrader logs the traceback of what a step raised
            if line.startswith(self.OWN):
                self.course_error = line.removeprefix(self.OWN)

    def telling(self) -> str:
        """The last lines of the serious messages."""
        return "\n".join("\n".join(self._serious).strip().splitlines()[-5:])
