"""What an in-place update may and may not do to parameters."""

import torch
from torch import Tensor

from autograder.checking import messages
from autograder.checking.closeness import assert_close, number
from autograder.checking.failures import CheckFailure


def assert_updated(
    params: list[Tensor],
    expected: list[Tensor],
    *,
    rtol: float | None = None,
    atol: float | None = None,
) -> None:
    """Compare the values of parameters after an update; any shape, float32 or float64.

    Raises:
        CheckFailure: naming the parameter.
    """
    assert_autograd_enabled()
    for place, (weight, wanted) in enumerate(zip(params, expected, strict=True)):
        name = f"params[{place}]"
        if weight.shape != wanted.shape:
            text = messages.STATE_SHAPE.format(
                place=name, got=tuple(weight.shape), expected=tuple(wanted.shape)
            )
            raise CheckFailure(text, kind="shape")
        assert_close(weight, wanted, what=f"updated {name}", rtol=rtol, atol=atol)


def assert_autograd_enabled() -> None:
    """Check that gradients are recorded after the call, as before it."""
    if not torch.is_grad_enabled():
        torch.set_grad_enabled(True)
        raise CheckFailure(messages.STATE_AUTOGRAD, kind="state", state="autograd")


def assert_grads_cleared(params: list[Tensor]) -> None:
    """Check that every grad is zero or None."""
    for place, weight in enumerate(params):
        if weight.grad is not None and weight.grad.count_nonzero():
            largest = weight.grad.abs().max().item()
            got = (
                f"{number(weight.grad.item())}"
                if weight.numel() == 1
                else f"up to {number(largest)}"
            )
            text = messages.STATE_GRAD.format(place=f"params[{place}]", got=got)
            raise CheckFailure(text, kind="state", state="grad")


def assert_same_parameters(given: list[Tensor], before: list[Tensor]) -> None:
    """Check that a list holds the same tensor objects as before: leaves that require grad."""
    if len(given) != len(before):
        text = messages.STATE_LIST.format(place="params", got=len(given), expected=len(before))
        raise CheckFailure(text, kind="state", state="list")
    for place, (weight, original) in enumerate(zip(given, before, strict=True)):
        name = f"params[{place}]"
        if weight is not original:
            raise CheckFailure(
                messages.STATE_OBJECT.format(place=name), kind="state", state="object"
            )
        if not weight.is_leaf:
            raise CheckFailure(messages.STATE_LEAF.format(place=name), kind="state", state="leaf")
        if not weight.requires_grad:
            text = messages.STATE_REQUIRES_GRAD.format(place=name)
            raise CheckFailure(text, kind="state", state="requires_grad")


def set_parameter(weight: Tensor, value: Tensor, grad: Tensor) -> None:
    """Give a parameter another value, in place, and another grad, as between two steps of training.

    Args:
        weight: the parameter; any shape.
        value: its new value, of its shape and dtype; copied.
        grad: its new grad, of its shape and dtype; copied.
    """
    weight.data.copy_(value.detach())
    weight.grad = grad.detach().clone(memory_format=torch.contiguous_format)
