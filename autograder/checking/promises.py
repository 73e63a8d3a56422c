"""A promise in one line of a check: values, gradients, dtypes, and inputs that stay as they were.

    assert_same(student.softmax, reference.softmax, X, names="X")

Each helper copies the drawn arguments, asks both functions, and raises CheckFailure with the sentence for
the student. The reference is asked in float64: an answer in float32 is compared with the exact result.
`names` are the arguments' names, as the contract calls them, for the sentences.
"""

import copy
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from autograder.checking import messages
from autograder.checking.closeness import assert_close, assert_is_tensor, assert_tensor
from autograder.checking.derivatives import (
    assert_unchanged,
    changed_input,
    cotangent_like,
    gradients,
    leaf,
    same_layout,
)
from autograder.checking.failures import CheckFailure
from autograder.checking.results import assert_results
from autograder.checking.tolerances import COMPUTED_IN_FLOAT64, Tolerance

Function = Callable[..., Any]


def assert_same(
    student: Function,
    reference: Function,
    *arguments: Any,
    names: str,
    seed: int | None = None,
    tolerance: Tolerance | None = None,
    gradient_tolerance: Tolerance | None = None,
) -> None:
    """Compare the results of both functions, and with a seed their gradients as well.

    Results are tensors of float32 or float64 (`assert_dtype_kept` judges which of the two), of integers or
    booleans; several are a tuple or a list.

    Args:
        student, reference: the two functions, such as `student.softmax`.
        arguments: tensors of any shape, Python numbers, and lists or dicts of numbers and texts; neither
            function gets the tensors, lists and dicts themselves.
        names: the arguments' names, such as "y_hat y".
        seed: an integer of `seeds()`, for a random cotangent; None leaves the gradients out.
        tolerance, gradient_tolerance: the allowed difference; None for the default of the dtype.

    Raises:
        CheckFailure: with the first difference.
    """
    _compare(student, reference, arguments, names, seed, (tolerance, gradient_tolerance))


def assert_same_gradient(
    student: Function,
    reference: Function,
    *arguments: Any,
    names: str,
    seed: int,
    tolerance: Tolerance | None = None,
) -> None:
    """Compare the gradients of both functions for every floating-point tensor, in one backward.

    The cotangent is random: `f(X).sum()` would not see a mistake behind a softmax, whose rows add up to 1
    whatever is in them.

    Args:
        student, reference, arguments, names: as for `assert_same`.
        seed: an integer of `seeds()`, for the cotangent.
        tolerance: the allowed difference; its absolute part is meant per unit of the cotangent.

    Raises:
        CheckFailure: with the first difference, or with kind `graph` where no gradient flows.
    """
    _compare(student, reference, arguments, names, seed, (None, tolerance), values=False)


def assert_dtype_kept(
    student: Function, reference: Function, *arguments: Any, names: str, seed: int | None = None
) -> None:
    """Check that float32 stays float32, and that float64 stays float64 and is computed in it.

    Args:
        student, reference, arguments, names: as for `assert_same`; draw arguments of both dtypes.
        seed: with one, the gradients too.

    Raises:
        CheckFailure: with kind `dtype`, or where a float64 result was computed in float32.
    """
    exact = any(a.dtype is torch.float64 for a in arguments if isinstance(a, Tensor))
    tolerance = COMPUTED_IN_FLOAT64 if exact else None
    _compare(student, reference, arguments, names, seed, (tolerance, tolerance), same_dtype=True)


def assert_input_unchanged(
    student: Function, *arguments: Any, names: str, seed: int | None = None
) -> None:
    """Check that a call leaves its arguments as they were; values of the result don't matter.

    Args:
        student, arguments, names: as for `assert_same`.
        seed: with one, the arguments are also passed as leaves that require grad, and have to stay as
            they were forward and backward.

    Raises:
        CheckFailure: with kind `input`, or `graph` where there is no way back.
    """
    function = _name_of(student)
    for prepare in (same_layout,) if seed is None else (same_layout, leaf):
        mine = [_prepared(a, prepare) for a in arguments]
        result = student(*mine)
        if prepare is leaf and seed is not None:
            results = _results(result)
            for one in results:
                assert_is_tensor(one, function=function)
            _assert_shapes_kept(mine, arguments, names, function)
            _pull_back(results, mine, names, seed, function)
        for name, argument, before in zip(names.split(), mine, arguments, strict=False):
            if isinstance(argument, Tensor):
                kept = before.detach().requires_grad_(
                    argument.is_floating_point() and prepare is leaf
                )
                assert_unchanged(argument, kept, name=name, function=function)
            elif repr(argument) != repr(before):  # tells 1 from 1.0, and one order from another
                text = messages.INPUT_CHANGED.format(function=function, argument=name)
                state = "dict" if isinstance(before, dict) else "list"
                raise CheckFailure(text, kind="input", state=state, argument=name)


def _prepared(argument: Any, prepare: Callable[[Tensor], Tensor]) -> Any:
    """A copy: of a tensor as a leaf, where it can require grad; of a list or dict, with its items."""
    if not isinstance(argument, Tensor):
        return copy.deepcopy(argument)
    return prepare(argument) if argument.is_floating_point() else same_layout(argument)


def _compare(
    student: Function,
    reference: Function,
    arguments: Sequence[Any],
    names: str,
    seed: int | None,
    tolerances: tuple[Tolerance | None, Tolerance | None],
    *,
    values: bool = True,
    same_dtype: bool = False,
) -> None:
    prepare = same_layout if seed is None else leaf
    mine = [_prepared(argument, prepare) for argument in arguments]
    theirs = [_prepared(_exact(argument), prepare) for argument in arguments]
    answer = reference(*theirs)
    expected = _results(answer)
    dtype = next((a.dtype for a in mine if isinstance(a, Tensor) and a.is_floating_point()), None)
    rounded = [_rounded(result, dtype) for result in expected]
    function = _name_of(student)
    results = _results_like(student(*mine), answer, function)
    for place, (result, wanted) in enumerate(zip(results, rounded, strict=True)):
        what = f"result[{place}]" if _are_several(answer) else "result"
        assert_tensor(result, wanted, what=what, function=function, same_dtype=same_dtype)
        if values:
            assert_close(result, wanted, tolerance=tolerances[0], what=what, same_dtype=same_dtype)
    if seed is None:
        return
    _assert_shapes_kept(mine, arguments, names, function)
    exact, size = _pull_back(expected, theirs, names, seed, function)
    got, _ = _pull_back(results, mine, names, seed, function)
    for name in got:
        tolerance = tolerances[1]
        assert_close(
            got[name],
            _rounded(exact[name], dtype),
            tolerance=None if tolerance is None else tolerance.scaled(size),
            what=messages.GRADIENT.format(argument=name),
            shows=f"{name}.grad",
            kind="gradient",
            same_dtype=same_dtype,
        )


def _name_of(function: Function) -> str:
    return str(getattr(function, "__name__", "the function"))


def _exact(argument: Any) -> Any:
    """The argument of the reference: float32 as float64."""
    is_float = isinstance(argument, Tensor) and argument.is_floating_point()
    return argument.detach().double() if is_float else argument


def _rounded(expected: Tensor, dtype: torch.dtype | None) -> Tensor:
    """An exact result in the dtype that a function should give."""
    if dtype is None or not expected.is_floating_point():
        return expected.detach()
    return expected.detach().to(dtype)


def _are_several(result: Any) -> bool:
    """Whether a result is a tuple or a list of results, which may hold one alone."""
    return isinstance(result, tuple | list)


def _results(result: Any) -> list[Any]:
    """One result or several, as a list."""
    return list(result) if _are_several(result) else [result]


def _results_like(result: Any, answer: Any, function: str) -> list[Any]:
    """The student's results, as many as the reference's answer holds.

    Raises:
        CheckFailure: with kind `results` for another number of results.
    """
    if not _are_several(answer):
        return [result]
    return list(assert_results(result, len(_results(answer)), function=function))


def _assert_shapes_kept(
    arguments: Sequence[Any], before: Sequence[Any], names: str, function: str
) -> None:
    """Check that the tensors still have the shapes in which gradients come back."""
    for name, now, then in zip(names.split(), arguments, before, strict=False):
        if isinstance(now, Tensor) and now.shape != then.shape:
            raise changed_input(name, function)


def _pull_back(
    results: Sequence[Any], arguments: Sequence[Any], names: str, seed: int, function: str
) -> tuple[dict[str, Tensor], float]:
    """The gradients by the arguments' names, and the magnitude of the cotangents.

    The floating-point arguments were handed over as leaves that require grad.
    """
    wanted = {
        name: argument
        for name, argument in zip(names.split(), arguments, strict=True)
        if isinstance(argument, Tensor) and argument.is_floating_point()
    }
    tensors = [result for result in results if result.is_floating_point()]
    cotangents = [cotangent_like(result, seed + place) for place, result in enumerate(tensors)]
    inputs, named = list(wanted.values()), list(wanted)
    found = gradients(tensors, inputs, cotangents, names=named, function=function)
    size = max(float(cotangent.abs().max()) for cotangent in cotangents)
    return dict(zip(wanted, found, strict=True)), size
