"""One backward pass through torch's engine, without the extras of `torch.autograd.grad`.

The extras are checks that aren't needed here, and a look at torch's loggers. They take a third of the time
of a small backward pass, and most calls of a battery have one.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

_ENGINE = torch.autograd.Variable._execution_engine
"""Kept from the start: while autograd is forbidden, another one stands in its place."""


def gradients_of(
    outputs: Sequence[Tensor], inputs: Sequence[Tensor], cotangents: Sequence[Tensor]
) -> tuple[Tensor | None, ...]:
    """The gradients of inputs, as `torch.autograd.grad` with `retain_graph` and `allow_unused` gives them.

    Args:
        outputs: tensors that require grad.
        inputs: tensors that require grad.
        cotangents: one of the same shape for every output.
    """
    weights = [
        cotangent if cotangent.dtype is output.dtype else cotangent.to(output.dtype)
        for output, cotangent in zip(outputs, cotangents, strict=True)
    ]
    if not inputs or any(output.is_complex() for output in outputs):
        return torch.autograd.grad(outputs, inputs, weights, retain_graph=True, allow_unused=True)
    found: tuple[Tensor | None, ...] = _ENGINE.run_backward(
        tuple(outputs), tuple(weights), True, False, tuple(inputs), True, accumulate_grad=False
    )
    return found
