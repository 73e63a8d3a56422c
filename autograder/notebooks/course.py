"""The course: its source notebooks, their exercises with points, and the reference solutions."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec

from autograder.notebooks.exercises import Exercise, ExerciseError, find_exercise
from autograder.notebooks.secret import Secret, SecretError, read_secret
from autograder.paths import CHECKOUT, EXERCISES

CHECK_PREFIX = "check_"
PICTURE_TAG = "picture"
AGAIN_TAG = "again"
"""The tag of a check cell whose exercise is at home in another notebook, and is graded again here."""
EXERCISES_DIRECTORY = "exercises"
PRIVATE = "course"
"""The folder of submissions, gradebook, results and exchange; git ignores it."""
NBFORMAT = 4
"""The notebook format that nbgrader writes."""
NO_COURSE = (
    "{folder}: no course here or above it (a folder with solutions/). Grading and releasing need a "
    'course and its solutions; in a notebook, `check("softmax")` checks an answer without them.'
)
NO_NOTEBOOKS = (
    "{folder}: the course has no notebooks yet (solutions/<assignment>/<notebook>.ipynb); "
    "`autograder new ASSIGNMENT/EXERCISE` begins one"
)
BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"


class CourseError(Exception):
    """Raised when the course itself cannot be used; the text says which file and why."""


@dataclass(frozen=True)
class SourceCell:
    """A code cell of a source notebook."""

    source: str
    grade_id: str
    solution: bool
    grade: bool
    locked: bool
    points: float
    picture: bool
    again: bool = False


@dataclass(frozen=True)
class SourceNotebook:
    """A source notebook: the released and the graded cells, and the solutions."""

    path: Path
    cells: tuple[SourceCell, ...]

    @property
    def assignment(self) -> str:
        """The folder's name."""
        return self.path.parent.name

    @property
    def name(self) -> str:
        """The file's name without its ending."""
        return self.path.stem

    @cached_property
    def points(self) -> dict[str, float]:
        """The exercises in order, with the points of their check cells."""
        found = {}
        for cell in self.cells:
            if cell.grade and not cell.solution and cell.grade_id.startswith(CHECK_PREFIX):
                found[cell.grade_id.removeprefix(CHECK_PREFIX)] = cell.points
        return found

    @property
    def again(self) -> frozenset[str]:
        """The exercises that are at home in another notebook; here their points are a weight."""
        again = (cell.grade_id.removeprefix(CHECK_PREFIX) for cell in self.cells if cell.again)
        return frozenset(again) & self.points.keys()

    @property
    def grade_ids(self) -> frozenset[str]:
        """The grade_ids of the cells that a student answers or that are graded."""
        return frozenset(cell.grade_id for cell in self.cells if cell.solution or cell.grade)

    @property
    def required(self) -> tuple[SourceCell, ...]:
        """Locked cells that answers rely on, such as the imports."""
        return tuple(c for c in self.cells if c.locked and not c.grade and c.grade_id)

    @property
    def _solution_cells(self) -> tuple[SourceCell, ...]:
        return tuple(c for c in self.cells if not c.picture and (c.solution or not c.grade))

    @property
    def solution(self) -> str:
        """The source of the reference functions, with what they rely on."""
        return "\n\n".join(cell.source for cell in self._solution_cells)

    def namespace(self) -> dict[str, Any]:
        """The reference functions, from running the solutions and what they rely on."""
        namespace: dict[str, Any] = {"__name__": "reference"}
        for cell in self._solution_cells:
            exec(compile(cell.source, f"{self.path}:{cell.grade_id}", "exec"), namespace)
        return namespace


class Course:
    """A folder with `solutions/<assignment>/<notebook>.ipynb`.

    Args:
        root: the folder.
        secret: where it isn't the one that `read_secret` finds.
    """

    def __init__(self, root: Path, secret: Secret | None = None) -> None:
        self.root = root
        self._secret = secret
        self._exercises: dict[str, Exercise] = {}
        self.solutions = root / "solutions"
        paths = sorted(self.solutions.glob("*/*.ipynb"))
        self.notebooks = tuple(read_source(path) for path in paths if is_source(path))
        if not self.notebooks:
            raise CourseError(NO_NOTEBOOKS.format(folder=root))

    @property
    def private(self) -> Path:
        """The folder of everything that is about students."""
        return self.root / PRIVATE

    @property
    def exercise_folders(self) -> tuple[Path, ...]:
        """Where its exercises are looked for: its own first, then those that come with the engine."""
        return exercise_folders(self.root)

    def exercise(self, name: str) -> Exercise:
        """The exercise of that name; raises ExerciseError."""
        if name not in self._exercises:
            self._exercises[name] = find_exercise(name, self.exercise_folders)
        return self._exercises[name]

    @cached_property
    def exercise_names(self) -> tuple[str, ...]:
        """The exercises of all notebooks in order, each once."""
        return tuple(dict.fromkeys(name for n in self.notebooks for name in n.points))

    def home_of(self, exercise: str) -> SourceNotebook | None:
        """The notebook that an exercise is at home in, as `home_among` has it."""
        return home_among(self.notebooks, exercise)

    def function_of(self, name: str) -> str:
        """The function that an exercise asks for; its own name where it has no checks."""
        try:
            return self.exercise(name).function
        except ExerciseError:
            return name

    @cached_property
    def found_secret(self) -> Secret:
        """Its secret, and where it comes from; raises CourseError."""
        if self._secret is not None:
            return self._secret
        try:
            return read_secret(self.root)
        except SecretError as error:
            raise CourseError(str(error)) from error

    @property
    def secret(self) -> str:
        """The text that the grading seeds are derived from; it is never released."""
        return self.found_secret.value

    def match(self, name: str, grade_ids: frozenset[str]) -> SourceNotebook | None:
        """The source of a submission: by its file's name, else by its cells' grade_ids.

        Of two notebooks with equally many of its cells it is the one with fewer other cells: another may
        hold the same exercises among more.
        """
        named = [notebook for notebook in self.notebooks if notebook.name == name]
        candidates = named or self.notebooks
        best = max(
            candidates,
            key=lambda one: (len(one.grade_ids & grade_ids), -len(one.grade_ids - grade_ids)),
        )
        if best.grade_ids & grade_ids:
            return best
        return named[0] if len(named) == 1 else None


def home_among(notebooks: Iterable[SourceNotebook], exercise: str) -> SourceNotebook | None:
    """The notebook whose solution is an exercise's reference; None where no notebook has the exercise.

    It is the first notebook that doesn't only grade it again; in a course without such a one, the first.
    """
    having = [notebook for notebook in notebooks if exercise in notebook.points]
    return min(having, key=lambda notebook: exercise in notebook.again, default=None)


def beside(notebook: SourceNotebook) -> tuple[SourceNotebook, ...]:
    """All source notebooks of the course of one, in order; raises CourseError."""
    paths = sorted(notebook.path.resolve().parents[1].glob("*/*.ipynb"))
    return tuple(read_source(path) for path in paths if is_source(path))


def own_exercises(root: Path) -> Path:
    """The folder of a course's own exercises; in the engine's repository, the engine's."""
    return EXERCISES if root.resolve() == CHECKOUT else root / EXERCISES_DIRECTORY


def exercise_folders(root: Path) -> tuple[Path, ...]:
    """Where a course's exercises are looked for: its own folder first, then the engine's."""
    return tuple(dict.fromkeys([own_exercises(root), EXERCISES]))


def is_source(path: Path) -> bool:
    """Return whether a file below solutions/ is a notebook, and not a copy that Jupyter keeps."""
    return ".ipynb_checkpoints" not in path.parts


def read_source(path: Path) -> SourceNotebook:
    """Read a source notebook; raises CourseError when it is none."""
    try:
        # Not by nbformat, whose validator takes a second to import.
        notebook = msgspec.json.decode(path.read_bytes(), type=_Notebook)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise CourseError(f"{path}: not a notebook ({error})") from error
    if notebook.nbformat != NBFORMAT:
        text = f"{path}: a notebook of format {notebook.nbformat}; open it in Jupyter and save it"
        raise CourseError(text)
    return SourceNotebook(
        path, tuple(_source_cell(c) for c in notebook.cells if c.cell_type == "code")
    )


class _Graded(msgspec.Struct):
    """nbgrader's metadata of a cell."""

    grade_id: str = ""
    solution: bool = False
    grade: bool = False
    locked: bool = False
    points: float = 0.0


class _Metadata(msgspec.Struct):
    nbgrader: _Graded = msgspec.field(default_factory=_Graded)
    tags: list[str] = []


class _Cell(msgspec.Struct):
    cell_type: str
    source: str | list[str]
    metadata: _Metadata


class _Notebook(msgspec.Struct):
    nbformat: int
    cells: list[_Cell]


def _source_cell(cell: _Cell) -> SourceCell:
    graded = cell.metadata.nbgrader
    return SourceCell(
        cell.source if isinstance(cell.source, str) else "".join(cell.source),
        graded.grade_id,
        graded.solution,
        graded.grade,
        graded.locked,
        graded.points,
        PICTURE_TAG in cell.metadata.tags,
        AGAIN_TAG in cell.metadata.tags,
    )


def find_course(start: Path | None = None) -> Course:
    """The course around a folder: the nearest folder above with solutions/, else this package's.

    Raises:
        CourseError: when there is none, or it has no notebooks yet.
    """
    start = (start or Path.cwd()).resolve()
    around = [folder for folder in (start, *start.parents) if (folder / "solutions").is_dir()]
    for folder in (*around, *(() if around else (CHECKOUT,))):
        if any((folder / "solutions").glob("*/*.ipynb")):
            return Course(folder)
    if around:
        raise CourseError(NO_NOTEBOOKS.format(folder=around[0]))
    raise CourseError(NO_COURSE.format(folder=start))
