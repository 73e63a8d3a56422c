"""Gradients through autograd, with random cotangents, and what must not change on the way."""

from typing import Any

import torch
from torch import Tensor

from autograder.checking import messages
from autograder.checking.closeness import assert_close, assert_tensor
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
    """The vector-Jacobian product of a result with a cotangent of the same shape.

    Args:
        result: what a function returned for `argument`.
        argument: the tensor to differentiate with respect to; requires grad.
        cotangent: of the shape that the result should have.
        name: the argument's name in messages.
        function: the function's name in messages.

    Raises:
        CheckFailure: with kind `graph` where no gradient reaches the argument, or as assert_tensor.
    """
    assert_tensor(result, cotangent, function=function)
    if not result.requires_grad:
        raise CheckFailure(messages.CUT_GRAPH.format(argument=name), kind="graph")
    [gradient] = torch.autograd.grad(result, [argument], cotangent, allow_unused=True)
    if gradient is None:
        raise CheckFailure(messages.CUT_GRAPH.format(argument=name), kind="graph")
    return gradient


def assert_same_gradient(
    result: Any,
    argument: Tensor,
    expected_result: Tensor,
    expected_argument: Tensor,
    cotangent: Tensor,
    *,
    name: str,
    function: str = "",
    rtol: float | None = None,
    atol: float | None = None,
) -> None:
    """Compare the gradients of a student's and the reference's result for one cotangent."""
    expected = gradient(expected_result, expected_argument, cotangent, name=name)
    got = gradient(result, argument, cotangent, name=name, function=function)
    what = f"gradient with respect to {name}"
    assert_close(got, expected, rtol=rtol, atol=atol, what=what, kind="gradient")


def assert_unchanged(argument: Tensor, before: Tensor, *, name: str, function: str) -> None:
    """Check that a call left an argument as it was: values, shape, dtype, and no grad."""
    same = argument.shape == before.shape and argument.dtype == before.dtype
    if not same or not torch.equal(argument.detach(), before.detach()):
        text = messages.INPUT_CHANGED.format(function=function, argument=name)
        raise CheckFailure(text, kind="input", argument=name)
    if argument.requires_grad is not before.requires_grad:
        text = messages.INPUT_FLAG.format(function=function, argument=name)
        raise CheckFailure(text, kind="input", argument=name)
    if argument.grad is not None:
        text = messages.INPUT_GRAD.format(function=function, argument=name)
        raise CheckFailure(text, kind="input", argument=name)
