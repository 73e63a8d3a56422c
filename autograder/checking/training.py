"""Functions that train: `f(w, b, batches, lr)` changes its parameters in place, batch by batch.

Parameters are a dict from their names to drawn leaves that require grad, without a grad; they
and the batches are copied for every call. Numbers after the batches are handed on.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from autograder.checking import messages
from autograder.checking.derivatives import assert_unchanged, same_layout
from autograder.checking.failures import CheckFailure
from autograder.checking.state import (
    assert_autograd_enabled,
    assert_parameter_kept,
    assert_updated,
    copy_state,
)
from autograder.checking.tolerances import COMPUTED_IN_FLOAT64, Tolerance

Function = Callable[..., Any]
Parameters = Mapping[str, Tensor]
Batches = Sequence[tuple[Tensor, Tensor]]


def trained(
    function: Function,
    parameters: Parameters,
    batches: Batches,
    *arguments: Any,
    exact: bool = False,
    **options: Any,
) -> tuple[dict[str, Tensor], Any]:
    """Train copies of some parameters.

    Args:
        function: such as `student.linear_regression_epoch`.
        parameters: by name, in the order of the arguments.
        batches: a list of pairs of tensors.
        arguments, options: the other arguments, Python numbers.
        exact: whether the copies of float32 tensors are float64, for the reference.

    Returns:
        The copies afterwards, by name, and what the function returned.
    """
    copies = {name: copy_state(weight, exact=exact) for name, weight in parameters.items()}
    given = [tuple(_copy(one, exact=exact) for one in batch) for batch in batches]
    result = function(*copies.values(), given, *arguments, **options)
    torch.set_grad_enabled(True)  # `assert_parameters_kept` judges whether the call did
    return copies, result


def _copy(tensor: Tensor, *, exact: bool) -> Tensor:
    copy = same_layout(tensor)
    return copy.double() if exact and copy.is_floating_point() else copy


def assert_same_training(
    student: Function,
    reference: Function,
    parameters: Parameters,
    batches: Batches,
    *arguments: Any,
    tolerance: Tolerance | None = None,
    same_dtype: bool = False,
    **options: Any,
) -> None:
    """Compare the parameters after training.

    Args:
        student, reference: the two functions.
        parameters, batches, arguments, options: as for `trained`.
        tolerance: the allowed difference; None for the default of the dtype.
        same_dtype: whether float64 in the place of float32 is a failure, and the other way round.

    Raises:
        CheckFailure: naming the parameter.
    """
    exact, _ = trained(reference, parameters, batches, *arguments, exact=True, **options)
    mine, _ = trained(student, parameters, batches, *arguments, **options)
    expected = [exact[name].detach().to(weight.dtype) for name, weight in parameters.items()]
    assert_updated(list(mine.items()), expected, tolerance=tolerance, same_dtype=same_dtype)


def assert_training_keeps_dtype(
    student: Function,
    reference: Function,
    parameters: Parameters,
    batches: Batches,
    *arguments: Any,
    **options: Any,
) -> None:
    """Check that training keeps the parameters' dtype, and computes in it.

    Args:
        student, reference, parameters, batches, arguments, options: as for `assert_same_training`; draw
            parameters of both dtypes.

    Raises:
        CheckFailure: with kind `dtype`, or where float64 was computed in float32.
    """
    is_exact = any(weight.dtype is torch.float64 for weight in parameters.values())
    assert_same_training(
        student, reference, parameters, batches, *arguments,
        tolerance=COMPUTED_IN_FLOAT64 if is_exact else None, same_dtype=True, **options,
    )  # fmt: skip


def assert_parameters_kept(
    student: Function, parameters: Parameters, batches: Batches, *arguments: Any, **options: Any
) -> None:
    """Check that the parameters stay leaves that require grad, and that autograd is on again.

    Args:
        student, parameters, batches, arguments, options: as for `trained`.

    Raises:
        CheckFailure: with kind `state`, naming the parameter.
    """
    copies = {name: copy_state(weight) for name, weight in parameters.items()}
    student(*copies.values(), list(batches), *arguments, **options)
    assert_autograd_enabled()
    for name, weight in copies.items():
        assert_parameter_kept(weight, weight, name)


def assert_batches_unchanged(
    student: Function, parameters: Parameters, batches: Batches, *arguments: Any, **options: Any
) -> None:
    """Check that training leaves the list of batches, and every tensor in it, as it was.

    Args:
        student, parameters, batches, arguments, options: as for `trained`.

    Raises:
        CheckFailure: with kind `input`, naming the tensor.
    """
    function = str(getattr(student, "__name__", "the function"))
    copies = [copy_state(weight) for weight in parameters.values()]
    given = [(same_layout(X), same_layout(y)) for X, y in batches]
    before = list(given)
    student(*copies, given, *arguments, **options)
    torch.set_grad_enabled(True)
    same = len(given) == len(before) and all(
        type(one) is type(two)
        and len(one) == 2
        and all(a is b for a, b in zip(one, two, strict=True))
        for one, two in zip(given, before, strict=True)
    )
    if not same:
        text = messages.BATCHES_LIST.format(function=function, name="batches")
        raise CheckFailure(text, kind="input", state="list", argument="batches")
    for place, (pair, originals) in enumerate(zip(given, batches, strict=True)):
        for item, (tensor, original) in enumerate(zip(pair, originals, strict=True)):
            name = f"batches[{place}][{item}]"
            assert_unchanged(tensor, original, name=name, function=function)
