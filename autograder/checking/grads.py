"""Functions that change the grads of their parameters in place, and leave the parameters alone."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from autograder.checking import messages
from autograder.checking.closeness import assert_close, number
from autograder.checking.failures import CheckFailure
from autograder.checking.state import copy_state, present, set_parameter, structure_of
from autograder.checking.tolerances import Tolerance

Function = Callable[..., Any]


def assert_same_grads(
    student: Function,
    reference: Function,
    params: list[Tensor],
    steps: Sequence[Sequence[Any]],
    *,
    name: str,
    tolerance: Tolerance | None = None,
    same_dtype: bool = False,
    bit_for_bit: bool = False,
) -> None:
    """Compare the grads of the parameters after each of several calls.

    The grads of the calls are 1, -2, 3, -4... times those drawn: their norm grows, and a call that reuses
    an earlier call's numbers goes wrong.

    Args:
        student, reference: the two functions, such as `student.clip_gradients`.
        params: leaves that require grad and have one; copied.
        steps: the other arguments of each call; Python numbers.
        name: what the contract calls the parameters: "params".
        tolerance: the allowed difference; None for the default of the dtype.
        same_dtype: whether float64 in the place of float32 is a failure, and the other way round.
        bit_for_bit: whether grads that the reference leaves as they are should be the same to the last bit,
            not only within the tolerance.

    Raises:
        CheckFailure: with the fact `state`, naming the grad.
    """
    mine, theirs = copy_state(params), copy_state(params, exact=True)
    for step, arguments in enumerate(steps):
        given = [present(p.grad) * (step + 1) * (-1) ** step for p in params]
        if step:  # the first call gets the grads as drawn, in their layout
            for grad, *pair in zip(given, mine, theirs, strict=True):
                for weight in pair:
                    set_parameter(weight, weight, grad)
        reference(structure_of(theirs), *arguments)
        student(structure_of(mine), *arguments)
        expected = [present(p.grad) for p in theirs]
        kept = bit_for_bit and all(
            torch.equal(wanted, grad.double()) for wanted, grad in zip(expected, given, strict=True)
        )
        for place, (p, wanted, grad) in enumerate(zip(mine, expected, given, strict=True)):
            wanted = grad if kept else wanted.to(grad.dtype)
            _compare(p.grad, wanted, f"{name}[{place}]", place, kept, tolerance, same_dtype)


def _compare(
    got: Tensor | None, wanted: Tensor, name: str, place: int, kept: bool,
    tolerance: Tolerance | None, same_dtype: bool,
) -> None:  # fmt: skip
    shows, what = f"#{place}.grad", messages.GRAD_OF.format(place=name)
    if got is None:
        text = messages.GRAD_LOST.format(what=what)
        raise CheckFailure(text, kind="state", shows=shows, should=messages.A_TENSOR, state="lost")
    try:
        assert_close(
            got, wanted, what=what, shows=shows, tolerance=tolerance, same_dtype=same_dtype
        )
    except CheckFailure as failure:
        failure.facts["state"] = "scaled"
        raise
    if kept and not torch.equal(got.detach().to(wanted.dtype), wanted):
        difference = number(float((got.detach().double() - wanted.double()).abs().max()))
        text = messages.GRAD_NOT_KEPT.format(what=what, difference=difference)
        raise CheckFailure(text, kind="state", shows=shows, state="touched")


def assert_values_kept(student: Function, params: list[Tensor], *arguments: Any, name: str) -> None:
    """Check that a call leaves the values of its parameters as they were.

    Args:
        student: the function.
        params: as for `assert_same_grads`.
        arguments: the others.
        name: what the contract calls the parameters.

    Raises:
        CheckFailure: with kind `state`, naming the parameter.
    """
    mine = copy_state(params)
    student(structure_of(mine), *arguments)
    for place, (p, before) in enumerate(zip(mine, params, strict=True)):
        if p.shape != before.shape or not torch.equal(p.detach(), before.detach()):
            text = messages.VALUES_NOT_KEPT.format(place=f"{name}[{place}]")
            raise CheckFailure(text, kind="state", shows=f"#{place}", state="values")
