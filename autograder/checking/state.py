"""Functions that update what they are given in place: parameters in a list or in groups.

State is a list of tensors, or a list of dicts that hold such lists (PyTorch's parameter groups).
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch
from torch import Tensor

from autograder.checking import messages
from autograder.checking.closeness import assert_close, describe, number
from autograder.checking.derivatives import copy_parameter
from autograder.checking.failures import CheckFailure
from autograder.checking.tolerances import COMPUTED_IN_FLOAT64, Tolerance

Function = Callable[..., Any]


def copy_state(state: Any, *, exact: bool = False) -> Any:
    """A copy of state: new lists and dicts with copies of the tensors and of their grads.

    Args:
        state: a tensor, a list, a dict, or a Python number.
        exact: whether the copies of float32 tensors are float64.
    """
    if isinstance(state, Tensor):
        copy = copy_parameter(state)
        return _in_float64(copy) if exact else copy
    if isinstance(state, list):
        return [copy_state(item, exact=exact) for item in state]
    if isinstance(state, dict):
        return {key: copy_state(item, exact=exact) for key, item in state.items()}
    return state


def _in_float64(weight: Tensor) -> Tensor:
    exact = weight.detach().double().requires_grad_(weight.requires_grad)
    exact.grad = None if weight.grad is None else weight.grad.double()
    return exact


def structure_of(state: Any) -> Any:
    """New lists and dicts with the same tensors, so that a function may spoil those it is given."""
    if isinstance(state, list):
        return [structure_of(item) for item in state]
    if isinstance(state, dict):
        return {key: structure_of(item) for key, item in state.items()}
    return state


def tensors_of(state: Any, name: str) -> Iterator[tuple[str, Tensor]]:
    """The tensors of state in order, each with its place: `params[0]`, `groups[1]["params"][0]`."""
    if isinstance(state, Tensor):
        yield name, state
    elif isinstance(state, list):
        for place, item in enumerate(state):
            yield from tensors_of(item, f"{name}[{place}]")
    elif isinstance(state, dict):
        for key, item in state.items():
            yield from tensors_of(item, f'{name}["{key}"]')


def assert_same_update(
    student: Function, reference: Function, state: Any, *arguments: Any, name: str
) -> None:
    """Compare the tensors of state after one call.

    Args:
        student, reference: the two functions, such as `student.sgd`.
        state: the first argument, with leaves that require grad and have a grad; copied.
        arguments: the others, which are Python numbers.
        name: what the contract calls the state: "params".

    Raises:
        CheckFailure: naming the tensor.
    """
    assert_same_updates(student, reference, state, [arguments], name=name)


def assert_same_updates(
    student: Function,
    reference: Function,
    state: Any,
    steps: Sequence[Sequence[Any]],
    *,
    name: str,
) -> None:
    """Compare the tensors of state after each of several calls.

    Before every call after the first the tensors get other values and grads, the same for both functions
    (the drawn ones, exchanged and back), so that an error of one step isn't carried into the next.

    Args:
        student, reference, state, name: as for `assert_same_update`.
        steps: the other arguments of each call.

    Raises:
        CheckFailure: naming the tensor, after the first call that goes wrong.
    """
    _compare_updates(student, reference, state, steps, name)


def assert_updates_keep_dtype(
    student: Function, reference: Function, state: Any, *arguments: Any, name: str
) -> None:
    """Check that an update keeps a tensor's dtype, and computes in it.

    Args:
        student, reference, state, arguments, name: as for `assert_same_update`; draw state of both dtypes.

    Raises:
        CheckFailure: with kind `dtype`, or where float64 was computed in float32.
    """
    exact = any(tensor.dtype is torch.float64 for _, tensor in tensors_of(state, name))
    tolerance = COMPUTED_IN_FLOAT64 if exact else None
    _compare_updates(
        student, reference, state, [arguments], name, tolerance=tolerance, same_dtype=True
    )


def _compare_updates(
    student: Function,
    reference: Function,
    state: Any,
    steps: Sequence[Sequence[Any]],
    name: str,
    *,
    tolerance: Tolerance | None = None,
    same_dtype: bool = False,
) -> None:
    mine, theirs = copy_state(state), copy_state(state, exact=True)
    drawn = [tensor for _, tensor in tensors_of(state, name)]
    updated, exact = list(tensors_of(mine, name)), list(tensors_of(theirs, name))
    for step, arguments in enumerate(steps):
        if step:
            for original, (_, own), (_, other) in zip(drawn, updated, exact, strict=True):
                value, grad = original, present(original.grad)
                for weight in (own, other):
                    set_parameter(weight, *((grad, value) if step % 2 else (value, grad)))
        reference(structure_of(theirs), *arguments)
        student(structure_of(mine), *arguments)
        expected = [
            weight.detach().to(one.dtype) for one, (_, weight) in zip(drawn, exact, strict=True)
        ]
        assert_updated(updated, expected, tolerance=tolerance, same_dtype=same_dtype)


def present(grad: Tensor | None) -> Tensor:
    """The grad of a drawn parameter, which has one."""
    if grad is None:
        raise ValueError("every parameter of the state needs a grad")
    return grad


def assert_updated(
    updated: Sequence[tuple[str, Tensor]],
    expected: Sequence[Tensor],
    *,
    tolerance: Tolerance | None = None,
    same_dtype: bool = False,
    call: int | None = None,
) -> None:
    """Compare tensors after an update.

    Args:
        updated: the tensors that were passed, each with its place in messages.
        expected: of the same shapes.
        tolerance: the allowed difference; None for the default of the dtype.
        same_dtype: whether float64 in the place of float32 is a failure, and the other way round.
        call: the number of the call, from 1, where several go on from each other.

    Raises:
        CheckFailure: naming the tensor.
    """
    torch.set_grad_enabled(True)  # `assert_state_kept` judges whether the call did
    pairs = zip(updated, expected, strict=True)
    for number_of, ((place, weight), wanted) in enumerate(pairs):
        if weight.shape != wanted.shape:
            text = messages.STATE_SHAPE.format(
                place=place, got=tuple(weight.shape), expected=tuple(wanted.shape)
            )
            shows, should = f"#{number_of}.shape", str(tuple(wanted.shape))
            raise CheckFailure(text, kind="shape", shows=shows, should=should)
        assert_close(
            weight,
            wanted,
            what=updated_after(place, call),
            shows=f"#{number_of}",
            tolerance=tolerance,
            same_dtype=same_dtype,
        )


def updated_after(place: str, call: int | None) -> str:
    """A message's name for a tensor after a call; `assert_updated` has the arguments."""
    if call is None:
        return messages.UPDATED.format(place=place)
    if call == 1:
        return messages.UPDATED_FIRST.format(place=place)
    return messages.UPDATED_LATER.format(place=place, call=call)


def assert_autograd_enabled() -> None:
    """Check that gradients are recorded after the call, as before it."""
    if not torch.is_grad_enabled():
        torch.set_grad_enabled(True)
        raise CheckFailure(
            messages.STATE_AUTOGRAD,
            kind="state",
            shows="torch.is_grad_enabled()",
            should="True",
            state="autograd",
        )


def assert_no_graph(tensor: Tensor, place: str) -> None:
    """Check that state kept between calls doesn't require grad, so that no graph grows with it.

    Args:
        tensor: state after a call that was handed inputs which require grad.
        place: what the contract calls it: "moving_mean".

    Raises:
        CheckFailure: with kind `state`, naming the tensor.
    """
    if tensor.requires_grad:
        raise CheckFailure(messages.STATE_GRAPH.format(place=place), kind="state", state="graph")


def assert_grads_cleared(student: Function, state: Any, *arguments: Any, name: str) -> None:
    """Check that a call leaves every grad zero or None.

    Args:
        student: the function.
        state: the first argument; copied.
        arguments: the others.
        name: what the contract calls the state.

    Raises:
        CheckFailure: with kind `state`, naming the tensor.
    """
    mine = copy_state(state)
    held = list(tensors_of(mine, name))
    student(mine, *arguments)
    torch.set_grad_enabled(True)
    for number_of, (place, weight) in enumerate(held):
        if weight.grad is not None and weight.grad.count_nonzero():
            if weight.numel() == 1:
                got = number(weight.grad.item())
            else:
                got = messages.UP_TO.format(got=number(weight.grad.abs().max().item()))
            text = messages.STATE_GRAD.format(place=place, got=got)
            shows, should = f"#{number_of}.grad", messages.ZERO_OR_NONE
            raise CheckFailure(text, kind="state", shows=shows, should=should, state="grad")


def assert_state_kept(student: Function, state: Any, *arguments: Any, name: str) -> None:
    """Check that a call leaves lists and dicts with the same tensor objects, leaves that require grad.

    Numbers in a dict stay as they were; a call may add a missing "weight_decay" of 0.

    Args:
        student, state, arguments, name: as for `assert_grads_cleared`.

    Raises:
        CheckFailure: with kind `state`, naming the place.
    """
    mine = copy_state(state)
    before = structure_of(mine)
    student(mine, *arguments)
    assert_autograd_enabled()
    assert_structure(mine, before, name)


def assert_structure(after: Any, before: Any, name: str) -> None:
    """Check that lists and dicts hold the same tensor objects, leaves that require grad.

    Args:
        after: as a call left it.
        before: what was handed to the call, in lists and dicts of their own (`structure_of`).
        name: what the contract calls it.

    Raises:
        CheckFailure: with kind `state`, naming the place.
    """
    if isinstance(before, list):
        if not isinstance(after, list):
            text = messages.STATE_NO_LIST.format(place=name, got=describe(after))
            raise CheckFailure(text, kind="state", state="list")
        held = len(after)
        if held != len(before):
            groups = any(isinstance(item, dict) for item in before)
            template = messages.STATE_GROUPS if groups else messages.STATE_LIST
            text = template.format(place=name, got=held, expected=len(before))
            raise CheckFailure(text, kind="state", state="list")
        for place, (one, original) in enumerate(zip(after, before, strict=True)):
            assert_structure(one, original, f"{name}[{place}]")
    elif isinstance(before, dict):
        _assert_group(after, before, name)
    elif isinstance(before, Tensor):
        assert_parameter_kept(after, before, name)


def _assert_group(after: Any, before: dict[str, Any], name: str) -> None:
    group = after if isinstance(after, dict) else {}
    assert_structure(group.get("params", []), before["params"], f'{name}["params"]')
    decay, expected = group.get("weight_decay", 0), before.get("weight_decay", 0)
    if decay != expected or ("weight_decay" in before and "weight_decay" not in group):
        text = messages.STATE_DECAY.format(
            place=name, got=group.get("weight_decay"), expected=expected
        )
        raise CheckFailure(text, kind="state", state="weight_decay")


def assert_parameter_kept(after: Any, before: Tensor, name: str) -> None:
    """Check that a parameter is the same object, a leaf that requires grad.

    Args:
        after: what is in its place after a call.
        before: the parameter.
        name: its name in messages.

    Raises:
        CheckFailure: with kind `state`.
    """
    if not isinstance(after, Tensor):
        text = messages.STATE_TENSOR.format(place=name, got=describe(after))
        raise CheckFailure(text, kind="state", state="list")
    if after is not before:
        raise CheckFailure(messages.STATE_OBJECT.format(place=name), kind="state", state="object")
    if not after.is_leaf:
        raise CheckFailure(messages.STATE_LEAF.format(place=name), kind="state", state="leaf")
    if not after.requires_grad:
        text = messages.STATE_REQUIRES_GRAD.format(place=name)
        raise CheckFailure(text, kind="state", state="requires_grad")


def set_parameter(weight: Tensor, value: Tensor, grad: Tensor) -> None:
    """Give a parameter another value, in place, and another grad, as between two steps of training.

    Args:
        weight: the parameter; any shape.
        value: its new value, of its shape; copied.
        grad: its new grad, of its shape; copied.
    """
    weight.data.copy_(value.detach())
    copy = grad.detach().to(weight.dtype)
    weight.grad = copy.clone(memory_format=torch.contiguous_format)
