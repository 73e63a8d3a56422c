"""Known mistakes that no author has to write: those that any function's result can have.

Each is the reference with its result spoiled. Some are no mistake for some exercises (a function that
changes its arguments returns nothing). Such a mistake never differs from a correct answer, so it is never
named.

An edition in NumPy has those of the original exercise, too, asked with tensors in place of arrays.
"""

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor

from autograder.checking import messages
from autograder.checking.misconceptions import Misconception
from autograder.grading.editions import on_arrays
from autograder.notebooks.exercises import Exercise, KnownMistake
from autograder.paths import EXERCISES

SOURCE = "derived from the reference"
TRIVIAL = frozenset({"does_nothing", "returns_zeros", "returns_argument"})
"""Answers without work."""
Spoiled = Callable[..., Any]
"""Called with the reference function, and then with the student's arguments."""


def _on_tensors(change: Callable[[Tensor], Any]) -> Spoiled:
    """The reference with every tensor of its result changed."""

    def spoiled(reference: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return _changed(reference(*args, **kwargs), change)

    return spoiled


def _changed(value: Any, change: Callable[[Tensor], Any]) -> Any:
    if isinstance(value, Tensor):
        return change(value)
    if isinstance(value, np.ndarray):  # of an edition in NumPy: an array again
        changed = change(torch.from_numpy(value))
        return changed.numpy() if isinstance(changed, Tensor) else changed
    if isinstance(value, dict):
        return {key: _changed(item, change) for key, item in value.items()}
    if isinstance(value, Iterator):  # minibatches, one by one
        return (_changed(item, change) for item in value)
    if type(value) in (list, tuple):
        return type(value)(_changed(item, change) for item in value)
    return value


def _returns_nothing(reference: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
    reference(*args, **kwargs)


def _returns_argument(reference: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    return [*args, *kwargs.values()][0]


def _does_nothing(reference: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
    """Leaves state as it is."""


def _in_float32(reference: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Computes a float64 result in float32, and gives it back as float64."""
    floats = [_single(a) if _is_double(a) else a for a in args]
    named = {key: _single(a) if _is_double(a) else a for key, a in kwargs.items()}
    exact = any(map(_is_double, [*args, *kwargs.values()]))
    result = reference(*floats, **named)
    return _changed(result, Tensor.double) if exact else result


def _single(value: Any) -> Any:
    return _changed(value, Tensor.float)


def _is_double(value: Any) -> bool:
    if isinstance(value, np.ndarray):
        value = torch.from_numpy(value)
    return isinstance(value, Tensor) and value.dtype is torch.float64


def _returns_tensor(reference: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Tensors for the arrays of an edition in NumPy."""
    result = reference(*args, **kwargs)
    if type(result) in (list, tuple):
        return type(result)(map(_as_tensor, result))
    return _as_tensor(result)


def _as_tensor(value: Any) -> Any:
    return torch.from_numpy(value) if isinstance(value, np.ndarray) else value


def _cast(dtype: torch.dtype) -> Callable[[Tensor], Tensor]:
    return lambda tensor: tensor.to(dtype) if tensor.is_floating_point() else tensor


_SPOILED: dict[str, Spoiled] = {
    "returns_nothing": _returns_nothing,
    "does_nothing": _does_nothing,
    "returns_zeros": _on_tensors(torch.zeros_like),
    "returns_argument": _returns_argument,
    "returns_list": _on_tensors(lambda tensor: tensor.tolist() if tensor.dim() else tensor),
    "returns_number": _on_tensors(lambda tensor: tensor if tensor.dim() else tensor.item()),
    "returns_array": _on_tensors(lambda tensor: tensor.detach().numpy()),
    "returns_tensor": _returns_tensor,
    "cuts_the_graph": _on_tensors(Tensor.detach),
    "always_float32": _on_tensors(_cast(torch.float32)),
    "always_float64": _on_tensors(_cast(torch.float64)),
    "computes_in_float32": _in_float32,
}
"""Simplest first. Titles and hints are in `messages.DERIVED`."""


def derived_from(
    exercise: Exercise, reference: dict[str, Any]
) -> Iterator[tuple[KnownMistake, Callable[[], dict[str, Any]]]]:
    """Known mistakes that follow from the reference, each with the function that makes its namespace.

    One whose id an exercise's own misconception has is left out.
    """
    own = {mistake.id for mistake in exercise.mistakes()}
    for mistake, original in _of_original(exercise):
        if mistake.id not in own | _SPOILED.keys():
            yield mistake, partial(_asked_with_arrays, original, mistake.id)
    function = reference.get(exercise.function)
    if function is None:
        return
    for id, spoiled in _SPOILED.items():
        if id not in own:
            asked = messages.DERIVED_OF_ARRAYS if exercise.edition_of else {}
            title, hint = asked.get(id) or messages.DERIVED[id]
            mark = Misconception(title, hint, SOURCE, trivial=id in TRIVIAL)
            yield (
                KnownMistake(id, mark),
                partial(dict, {exercise.function: partial(spoiled, function)}),
            )


_OF_TENSORS = re.compile(r"tensor|torch|autograd|gradient|graph")
"""Words of titles and hints that would be untrue of an answer with arrays."""


def _of_original(exercise: Exercise) -> Iterator[tuple[KnownMistake, Exercise]]:
    """The known mistakes of the exercise that this is an edition of, where their sentences suit arrays."""
    if exercise.edition_of is None:
        return
    beside = (
        Exercise(folder / exercise.edition_of) for folder in (exercise.folder.parent, EXERCISES)
    )
    original = next((one for one in beside if one.check_files()), None)
    if original is None:
        return
    for mistake in original.mistakes():
        mark = mistake.mark
        if not mark.combines and not _OF_TENSORS.search(f"{mark.title} {mark.hint}"):
            yield mistake, original


def _asked_with_arrays(original: Exercise, id: str) -> dict[str, Any]:
    """The namespace of a known mistake of the original exercise, in which its function takes arrays."""
    function = original.mistake_namespace(id)[original.function]
    return {original.function: partial(_on_arrays, function)}


def _on_arrays(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    return on_arrays(function)(*args, **kwargs)
