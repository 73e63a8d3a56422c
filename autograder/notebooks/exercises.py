"""An exercise as data: one folder with its checks, its known answers and what it forbids."""

import importlib.util
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from autograder.checking.forbidden import Forbidden
from autograder.checking.misconceptions import Misconception, add_pairs

CHECKS = "test_*.py"
Features = dict[str, Any]
Profile = Callable[[Any], Features]
"""Computes figures of a student's function: an exercise with random results is compared by them."""


class ExerciseError(Exception):
    """Raised when there is no such exercise, or a file of it cannot be used; says which and why."""


@dataclass(frozen=True)
class KnownMistake:
    """A function of misconceptions.py: its name there, and how it is described."""

    id: str
    mark: Misconception


@dataclass(frozen=True)
class Exercise:
    """A folder `<name>/` with test_<name>.py and, as far as they exist, the other files of an exercise.

    The files run when they are first asked for; their exceptions are not caught here.
    """

    folder: Path

    @property
    def name(self) -> str:
        """Its name: the folder's."""
        return self.folder.name

    @cached_property
    def edition_of(self) -> str | None:
        """The exercise of which this is the edition in NumPy: EDITION_OF in edition.py, if there.

        The reference is that exercise's, which is asked with tensors for arrays; see `grading.editions`.
        """
        module = self._module("edition")
        found = getattr(module, "EDITION_OF", None) if module is not None else None
        if module is not None and not isinstance(found, str):
            raise ExerciseError(f"{self.path('edition.py')}: EDITION_OF should be a name")
        return found

    @property
    def function(self) -> str:
        """The name of the function to write: the exercise's, of an edition the other exercise's."""
        return self.edition_of or self.name

    def path(self, file: str) -> Path:
        """The path of a file of the exercise, which need not exist."""
        return self.folder / file

    def check_files(self) -> tuple[Path, ...]:
        """The files with its checks."""
        return tuple(sorted(self.folder.glob(CHECKS)))

    @cached_property
    def forbidden(self) -> Forbidden:
        """The built-ins that it forbids: FORBIDDEN in forbidden.py, or none."""
        module = self._module("forbidden")
        found = getattr(module, "FORBIDDEN", None) if module is not None else Forbidden()
        if not isinstance(found, Forbidden):
            raise ExerciseError(f"{self.path('forbidden.py')}: FORBIDDEN should be a Forbidden")
        return found

    @cached_property
    def vectorization(self) -> Callable[[int], tuple[Any, ...]] | None:
        """Makes arguments with any number of rows, for counting operators: vectorization.py, if there."""
        module = self._module("vectorization")
        return module.arguments if module is not None else None

    @cached_property
    def adapters(self) -> dict[str, str]:
        """By function, the source of adapter.py; nothing where there is none.

        It defines `adapt(function, *args, **kwargs)`, which runs beside the student's code in the worker
        and calls the student's function; its result travels. Students can read it: it holds no answer.
        """
        path = self.path("adapter.py")
        return {self.function: path.read_text(encoding="utf-8")} if path.is_file() else {}

    @property
    def is_random(self) -> bool:
        """True when its results are random: its folder then has a profile.py."""
        return self.path("profile.py").exists()

    @cached_property
    def profile(self) -> Profile | None:
        """The function whose figures compare random results; None where results aren't random."""
        module = self._module("profile")
        return module.profile if module is not None else None

    @cached_property
    def _mistakes(self) -> tuple[CodeType, tuple[KnownMistake, ...]] | None:
        path = self.path("misconceptions.py")
        if not path.exists():
            return None
        code = compile(path.read_text(encoding="utf-8"), str(path), "exec")
        namespace: dict[str, Any] = {"__name__": f"misconceptions_of_{self.name}"}
        exec(code, namespace)
        add_pairs(namespace)
        found = (
            KnownMistake(id, value.misconception)
            for id, value in namespace.items()
            if callable(value) and hasattr(value, "misconception")
        )
        return code, tuple(found)

    def mistakes(self) -> tuple[KnownMistake, ...]:
        """The known mistakes, in the order of misconceptions.py; none where there is no such file."""
        return self._mistakes[1] if self._mistakes is not None else ()

    def mistake_namespace(self, id: str) -> dict[str, Any]:
        """A known mistake under the function's name, in a new copy of its module."""
        if self._mistakes is None:
            raise KeyError(id)
        namespace: dict[str, Any] = {"__name__": f"misconceptions_of_{self.name}"}
        exec(self._mistakes[0], namespace)
        add_pairs(namespace)
        return {self.function: namespace[id]}

    def variants(self) -> dict[str, Callable[..., Any]]:
        """The correct answers of variants.py: its public functions (and objects that stand in for one)."""
        module = self._module("variants")
        if module is None:
            return {}
        return {
            name: value
            for name, value in vars(module).items()
            if not name.startswith("_")
            and callable(value)
            and getattr(value, "__module__", "") == module.__name__
            and not isinstance(value, type)
        }

    def _module(self, name: str) -> ModuleType | None:
        path = self.path(f"{name}.py")
        return load_module(path, f"{name}_of_{self.name}") if path.is_file() else None


def load_module(path: Path, name: str) -> ModuleType:
    """Run a Python file as a module of that name; it stays out of sys.modules afterwards."""
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ExerciseError(f"{path}: not a Python file")
    module = importlib.util.module_from_spec(spec)
    before = sys.modules.get(name)
    sys.modules[name] = module  # dataclasses look for their module there
    try:
        spec.loader.exec_module(module)
    finally:
        if before is None:
            del sys.modules[name]
        else:
            sys.modules[name] = before
    return module


def find_exercise(name: str, folders: Sequence[Path]) -> Exercise:
    """The exercise of that name in the first folder that has it; raises ExerciseError.

    Args:
        name: the function's name.
        folders: folders of exercises: the course's own first, then the engine's.
    """
    for folder in folders:
        exercise = Exercise(folder / name)
        if exercise.check_files():
            return exercise
    places = " nor in ".join(str(folder) for folder in folders)
    raise ExerciseError(f"{name}: no checks ({name}/{CHECKS}) in {places}")


def exercises_in(folder: Path) -> Iterator[Exercise]:
    """The exercises of a folder, in the order of their names."""
    for path in sorted(folder.glob(f"*/{CHECKS}")):
        yield Exercise(path.parent)
