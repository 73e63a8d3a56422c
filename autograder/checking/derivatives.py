"""Gradients through autograd, with random cotangents, and checks that arguments don't change."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from autograder.checking import messages
from autograder.checking.closeness import assert_tensor
from autograder.checking.failures import CheckFailure


def leaf(tensor: Tensor) -> Tensor:
    """A copy that requires grad and keeps values, dtype and strides."""
    return same_layout(tensor).requires_grad_()


def same_layout(tensor: Tensor) -> Tensor:
    """A copy with the same values, dtype and strides, detached from any graph."""
    plain = tensor.detach()
    if plain.is_contiguous():
        return plain.clone()
    reach = 1 + sum((n - 1) * step for n, step in zip(plain.shape, plain.stride(), strict=True))
    copy = plain.new_zeros(max(reach, 1)).as_strided(plain.shape, plain.stride())
    return copy.copy_(plain)


def copy_parameter(weight: Tensor) -> Tensor:
    """A copy of a parameter: a leaf that requires grad, with a copy of its grad."""
    copy = leaf(weight)
    copy.grad = None if weight.grad is None else weight.grad.clone()
    return copy


def cotangent_like(result: Tensor, seed: int) -> Tensor:
    """A random vector to multiply the Jacobian with: standard normal, never constant."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(result.shape, generator=generator, dtype=torch.float64).to(result.dtype)


def gradient(
    result: Any, argument: Tensor, cotangent: Tensor, *, name: str, function: str = ""
) -> Tensor:
    """The vector-Jacobian product of one result for one argument; see `gradients`."""
    assert_tensor(result, cotangent, function=function, same_dtype=False)
    [found] = gradients([result], [argument], [cotangent], names=[name], function=function)
    return found


def gradients(
    results: Sequence[Tensor],
    arguments: Sequence[Tensor],
    cotangents: Sequence[Tensor],
    *,
    names: Sequence[str],
    function: str = "",
) -> list[Tensor]:
    """The vector-Jacobian products of a function's results, for several arguments in one backward.

    Args:
        results: what the function returned for `arguments`, with the shapes of the cotangents.
        arguments: the tensors to differentiate with respect to; they required grad before the call.
        cotangents: one a result, in any floating-point dtype.
        names: the arguments' names in messages.
        function: the function's name in messages.

    Raises:
        CheckFailure: with kind `graph` where no gradient reaches an argument, with kind `input` where one
            was made to require none.
    """
    for argument, name in zip(arguments, names, strict=True):
        _assert_flag(argument, True, name=name, function=function or "the function")
    connected = [
        (result, cotangent.to(result.dtype))
        for result, cotangent in zip(results, cotangents, strict=True)
        if result.requires_grad
    ]
    if not connected:
        text = messages.CUT_GRAPH.format(argument=names[0])
        raise CheckFailure(text, kind="graph", shows="result.requires_grad", should="True")
    # The same as with `grad_outputs`, for which torch would import its symbolic shapes: half a second.
    with torch.enable_grad():  # the function may have left gradients off
        products = [(result * vector).sum().double() for result, vector in connected]
        total = torch.stack(products).sum()
    found = torch.autograd.grad(total, list(arguments), allow_unused=True)
    cut = [name for name, one in zip(names, found, strict=True) if one is None]
    if cut:
        facts = {"argument": cut[0]} if len(cut) < len(found) else {}
        raise CheckFailure(messages.CUT_GRAPH.format(argument=cut[0]), kind="graph", **facts)
    return list(found)


def assert_unchanged(argument: Tensor, before: Tensor, *, name: str, function: str) -> None:
    """Check that a call left an argument as it was: values, shape, dtype, flag, and no grad."""
    same = argument.shape == before.shape and argument.dtype == before.dtype
    if not same or not torch.equal(argument.detach(), before.detach()):
        raise changed_input(name, function)
    _assert_flag(argument, before.requires_grad, name=name, function=function)
    if argument.grad is not None:
        text = messages.INPUT_GRAD.format(function=function, argument=name)
        raise CheckFailure(text, kind="input", shows=f"{name}.grad", should="None", argument=name)


def changed_input(name: str, function: str) -> CheckFailure:
    """The failure of a function that changed an argument of that name."""
    text = messages.INPUT_CHANGED.format(function=function, argument=name)
    should = messages.AS_IT_WAS
    return CheckFailure(text, kind="input", shows=name, should=should, argument=name)


def _assert_flag(argument: Tensor, before: bool, *, name: str, function: str) -> None:
    if argument.requires_grad is not before:
        text = messages.INPUT_FLAG.format(function=function, argument=name)
        shows = f"{name}.requires_grad"
        raise CheckFailure(text, kind="input", shows=shows, should=str(before), argument=name)
