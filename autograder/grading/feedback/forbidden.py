"""What an exercise forbids, and the sentence for a submission that uses it."""

import importlib.util
from functools import cache
from types import ModuleType

from autograder.checking import messages
from autograder.checking.forbidden import OPTIMIZER_STEP, Forbidden
from autograder.notebooks.cells import Code
from autograder.notebooks.reach import Use, uses_in
from autograder.paths import EXERCISES


@cache
def module_of(exercise: str, name: str) -> ModuleType | None:
    """The module beside an exercise's checks, such as `forbidden`, if there is one."""
    path = EXERCISES / exercise / f"{name}.py"
    if not path.is_file():
        return None
    spec = importlib.util.spec_from_file_location(f"autograder.exercises.{exercise}.{name}", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def forbidden_in(exercise: str) -> Forbidden:
    """What an exercise does without: FORBIDDEN in its forbidden.py, or nothing."""
    module = module_of(exercise, "forbidden")
    found = getattr(module, "FORBIDDEN", None) if module is not None else Forbidden()
    assert isinstance(found, Forbidden), f"FORBIDDEN of {exercise} should be a Forbidden"
    return found


def named_use(exercise: str, code: Code) -> Use | None:
    """A use that settles it: in a module of which nothing may be used."""
    uses = uses_in(code, exercise, forbidden_in(exercise))
    return next((use for use in uses if use.decisive), None)


def place_of(cell: int, line: int, *, cells: bool = True) -> str:
    """Where in the notebook; without `cells`, only the line is told."""
    template = messages.PLACE if cells and cell else messages.PLACE_AT_HOME
    return template.format(cell=cell, line=line)


def explain_use(exercise: str, use: Use, *, cells: bool = True) -> str:
    """The sentence about a use that was found in the code; with `cells`, it names the cell."""
    place = place_of(use.cell, use.line, cells=cells)
    return messages.FORBIDDEN.format(function=exercise, name=use.name, place=place)


def explain_hit(exercise: str, operator: str, code: Code, *, cells: bool = True) -> str:
    """The sentence about a forbidden operator that was called; with its place, if known."""
    uses = uses_in(code, exercise, forbidden_in(exercise))
    if uses:
        return explain_use(exercise, uses[0], cells=cells)
    name = operator if "." in operator else f"torch.{operator.strip('_')}"
    name = "torch.optim" if operator == OPTIMIZER_STEP else name
    return messages.FORBIDDEN_OPERATOR.format(function=exercise, name=name)
