"""A promise in one line for editions in NumPy: both functions get arrays, and values alone are judged.

    assert_same_arrays(student.softmax, reference.softmax, X)

A check draws tensors, as for the exercise in PyTorch: the same cases, with the same layouts.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from autograder.checking import messages
from autograder.checking.called import called
from autograder.checking.closeness import assert_close, describe, is_one_of_several
from autograder.checking.derivatives import same_layout
from autograder.checking.failures import CheckFailure
from autograder.checking.results import assert_results
from autograder.checking.tolerances import COMPUTED_IN_FLOAT64, Tolerance

Function = Callable[..., Any]
_NUMBERS = "fiub"
"""Kinds of NumPy's dtypes that torch has, too: floats, integers and booleans."""


def assert_same_arrays(
    student: Function,
    reference: Function,
    *arguments: Any,
    results: Sequence[str] = ("result",),
    only: str = "",
    tolerance: Tolerance | None = None,
) -> None:
    """Compare the arrays that both functions return; the reference computes in float64.

    Args:
        student, reference: the two functions, such as `student.softmax`.
        arguments: tensors of any shape, handed over as arrays with the same strides; and Python numbers.
        results: what the results are called; several are a tuple or a list.
        only: the name of the one result that is compared; "" for all.
        tolerance: the allowed difference; None for the default of the dtype.

    Raises:
        CheckFailure: with the first difference; with kind `type` for a result that is no array of numbers.
    """
    _compare(student, reference, arguments, results, only, tolerance, same_dtype=False)


def assert_array_dtype_kept(
    student: Function,
    reference: Function,
    *arguments: Any,
    results: Sequence[str] = ("result",),
    tolerance: Tolerance | None = None,
) -> None:
    """Check that float32 stays float32, and that float64 stays float64 and is computed in it.

    Args:
        student, reference, arguments, results: as for `assert_same_arrays`; draw both dtypes.
        tolerance: the allowed difference in float32; None for the default.

    Raises:
        CheckFailure: with kind `dtype`, or where a float64 result was computed in float32.
    """
    if _dtype_of(arguments) is torch.float64:
        tolerance = COMPUTED_IN_FLOAT64
    _compare(student, reference, arguments, results, "", tolerance, same_dtype=True)


def assert_arrays_unchanged(student: Function, *arguments: Any, names: str) -> None:
    """Check that a call leaves its arrays as they were; the result doesn't matter.

    Args:
        student, arguments: as for `assert_same_arrays`.
        names: the arguments' names, such as "y_hat y".

    Raises:
        CheckFailure: with kind `input`.
    """
    mine = [_array(argument) for argument in arguments]
    student(*mine)
    for name, array, before in zip(names.split(), mine, arguments, strict=True):
        if isinstance(before, Tensor) and not np.array_equal(array, before.detach().numpy()):
            text = messages.INPUT_CHANGED.format(function=student.__name__, argument=name)
            raise CheckFailure(text, kind="input", state="array", argument=name)


def _compare(
    student: Function,
    reference: Function,
    arguments: Sequence[Any],
    names: Sequence[str],
    only: str,
    tolerance: Tolerance | None,
    *,
    same_dtype: bool,
) -> None:
    expected = reference(*(_array(_exact(argument)) for argument in arguments))
    found = student(*(_array(argument) for argument in arguments))
    if len(names) == 1:
        expected, found = (expected,), (found,)
    else:
        found = assert_results(found, names, function=student.__name__)
    dtype = _dtype_of(arguments)
    for name, got, exactly in zip(names, found, expected, strict=True):
        if only in ("", name):
            assert_close(
                _tensor_of(got, student.__name__, name),
                torch.from_numpy(exactly).to(dtype),
                tolerance=tolerance,
                what=name,
                same_dtype=same_dtype,
            )


def _array(argument: Any) -> Any:
    return same_layout(argument).numpy() if isinstance(argument, Tensor) else argument


def _exact(argument: Any) -> Any:
    is_float = isinstance(argument, Tensor) and argument.is_floating_point()
    return argument.double() if is_float else argument


def _dtype_of(arguments: Sequence[Any]) -> torch.dtype:
    return next(a.dtype for a in arguments if isinstance(a, Tensor) and a.is_floating_point())


def _tensor_of(got: Any, function: str, what: str) -> Tensor:
    part = is_one_of_several(what)
    if got is None and not part:
        raise CheckFailure(messages.RETURNED_NONE.format(function=function), kind="type", got=None)
    if not isinstance(got, np.ndarray) or got.dtype.kind not in _NUMBERS:
        said = _said(got)
        text = messages.NOT_AN_ARRAY.format(what=called(what), function=function, got=said)
        raise CheckFailure(text, kind="type", state="part" if part else None, got=got)
    return torch.from_numpy(got.copy())


def _said(got: Any) -> str:
    if isinstance(got, Tensor):
        return messages.TORCH_TENSOR
    if isinstance(got, np.generic):
        return messages.NUMBER_OF_DTYPE.format(dtype=got.dtype)
    return describe(got)
