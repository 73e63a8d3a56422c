"""Optimizers with a memory: parameters in one list, and the state kept for each in a second one.

The second list, called kept here, holds a tensor for every parameter (its velocity), or a list of tensors
(a pair of moving averages). Every call changes both; a mistake often shows in the second call or later.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch
from hypothesis import strategies as st
from torch import Tensor

from autograder.checking import messages
from autograder.checking.closeness import assert_close, describe
from autograder.checking.derivatives import same_layout
from autograder.checking.failures import CheckFailure
from autograder.checking.state import (
    assert_autograd_enabled,
    assert_no_graph,
    assert_structure,
    assert_updated,
    copy_state,
    structure_of,
    updated_after,
)
from autograder.checking.strategies import (
    EVERYDAY_SHAPES,
    FLOAT32,
    Shape,
    cached_tensors,
    parameters,
)
from autograder.checking.tolerances import Tolerance
from autograder.checking.values import Values

Model = tuple[list[Tensor], list[Any], list[list[Tensor]]]
"""Parameters, the state kept for them, and a list of grads for every call."""
Function = Callable[..., Any]
_GRADS = Values(-4, 4)
_AWAY = 0.25
"""Grads stay away from 0, where the small eps of an optimizer would show."""


def models(
    *,
    calls: int,
    each: Sequence[Values] | None = None,
    warm: Values | None = None,
    zero_grads: bool = False,
    shape: st.SearchStrategy[Shape] = EVERYDAY_SHAPES,
    strided: bool = False,
    dtype: torch.dtype = FLOAT32,
) -> st.SearchStrategy[Model]:
    """Parameters as `parameters` draws them, the state kept for them, and grads for several calls.

    Args:
        calls: how many lists of grads there are; those of the first are the parameters' `.grad`, too.
        each: the ranges of the tensors that are kept for a parameter, as a list; None for one tensor.
        warm: the range of the one tensor. Without a range what is kept is zero, as before the first call;
            with `each` it is drawn where `warm` is given.
        zero_grads: whether some grads are zero, those of a whole parameter or single entries.
        shape, strided, dtype: as for `parameters`; what is kept is strided, too.

    Raises:
        ValueError: for fewer than one call.
        TypeError: as `parameters`.
    """
    if calls < 1:
        raise ValueError(f"models(calls={calls}): at least one call is needed")
    drawn_params = parameters(shape=shape, strided=strided, dtype=dtype)
    ranges = [warm] if each is None else list(each)

    @st.composite
    def model(draw: st.DrawFn) -> Model:
        params = draw(drawn_params)
        grads = [
            [draw(cached_tensors(tuple(w.shape), _GRADS, dtype=dtype)) for w in params]
            for _ in range(calls)
        ]
        for one in (grad for of_call in grads for grad in of_call):
            one += torch.where(one < 0, -_AWAY, _AWAY)
            if zero_grads:
                one *= draw(st.sampled_from([0, 0, 1])) if one.dim() == 0 else one.abs() < 2
        if zero_grads:
            for of_call in grads[::2]:
                of_call[draw(st.integers(0, len(params) - 1))].zero_()
        for w, grad in zip(params, grads[0], strict=True):
            w.grad = grad.clone()

        def one_kept(w: Tensor, values: Values | None) -> Tensor:
            if warm is None or values is None:
                return same_layout(w).zero_()
            return draw(cached_tensors(tuple(w.shape), values, strided=strided, dtype=dtype))

        kept = [[one_kept(w, values) for values in ranges] for w in params]
        return params, (kept if each is not None else [one for [one] in kept]), grads

    return model()


def assert_same_steps(
    student: Function,
    reference: Function,
    drawn: Sequence[Model],
    steps: Sequence[Sequence[Any]],
    *,
    names: tuple[str, str],
    kept: bool = False,
    tolerance: Tolerance | None = None,
    same_dtype: bool = False,
) -> None:
    """Compare the parameters, or the state kept for them, after several calls.

    Every call is `f(params, kept, *arguments)`; before it, each parameter gets the call's grad. The
    student's next call gets both lists as the last call left them. Several models take turns.

    Args:
        student, reference: the two functions.
        drawn: what `models` draws; copied.
        steps: the arguments of each call of a model.
        names: what the contract calls the two lists.
        kept: whether the kept state is judged, in place of the parameters.
        tolerance, same_dtype: as for `assert_updated`.

    Raises:
        CheckFailure: naming the tensor and the call after which it is wrong.
    """
    runs = [
        _each_step(
            student,
            reference,
            model,
            steps,
            names,
            kept,
            tolerance=tolerance,
            same_dtype=same_dtype,
        )
        for model in drawn
    ]
    for _ in zip(*runs, strict=True):
        pass


def _each_step(
    student: Function,
    reference: Function,
    model: Model,
    steps: Sequence[Sequence[Any]],
    names: tuple[str, str],
    judges_kept: bool,
    *,
    tolerance: Tolerance | None,
    same_dtype: bool,
) -> Iterator[None]:
    params, kept, grads = model
    mine, my_kept = copy_state(params), copy_kept(kept)
    exact = copy_state(params, exact=True)
    exact_kept = [_doubled(one) for one in kept]
    for step, (of_call, arguments) in enumerate(zip(grads, steps, strict=True), 1):
        _set_grads(exact, of_call)
        _set_grads(mine, of_call)
        reference(structure_of(exact), exact_kept, *arguments)
        before = [*mine, *_flat(my_kept)]
        student(structure_of(mine), my_kept, *arguments)
        torch.set_grad_enabled(True)  # `assert_state_plain` judges whether the call did
        _assert_held(my_kept, kept, names[1])
        my_kept[:] = [_plain(one) for one in my_kept]
        if judges_kept:
            wanted = _flat(exact_kept)
            for (place, held), one, expected in zip(
                _tensors_in(my_kept, names[1]), _flat(kept), wanted, strict=True
            ):
                same = [number for number, tensor in enumerate(before) if tensor is held]
                assert_close(
                    held,
                    expected.to(one.dtype),
                    what=updated_after(place, step),
                    shows=f"#{same[0]}" if same else "",
                    tolerance=tolerance,
                    same_dtype=same_dtype,
                )
        else:
            updated = [(f"{names[0]}[{place}]", weight) for place, weight in enumerate(mine)]
            expected_params = [
                weight.detach().to(one.dtype) for one, weight in zip(params, exact, strict=True)
            ]
            assert_updated(
                updated, expected_params, tolerance=tolerance, same_dtype=same_dtype, call=step
            )
        yield


def assert_state_plain(
    student: Function, model: Model, arguments: Sequence[Any], *, names: tuple[str, str]
) -> None:
    """Check that two calls leave the parameters the same leaves, and nothing kept that requires grad.

    Args:
        student: the function.
        model: as `models` draws it; copied.
        arguments: those of both calls, after the two lists.
        names: as for `assert_same_steps`.

    Raises:
        CheckFailure: with kind `state`, naming the tensor.
    """
    params, kept, grads = model
    mine, my_kept = copy_state(params), copy_kept(kept)
    for of_call in grads[:2]:
        _set_grads(mine, of_call)
        handed = structure_of(mine)
        student(handed, my_kept, *arguments)
        assert_autograd_enabled()
        assert_structure(handed, mine, names[0])
        _assert_held(my_kept, kept, names[1])
        for place, one in _tensors_in(my_kept, names[1]):
            assert_no_graph(one, place)


def copy_kept(kept: Any) -> Any:
    """Copies of the kept state, in new lists, with values, dtype and strides; none requires grad."""
    if isinstance(kept, Tensor):
        return same_layout(kept)
    return [copy_kept(one) for one in kept]


def _doubled(kept: Any) -> Any:
    if isinstance(kept, Tensor):
        return kept.to(torch.float64, copy=True)
    return [_doubled(one) for one in kept]


def _set_grads(params: Sequence[Tensor], grads: Sequence[Tensor]) -> None:
    for weight, grad in zip(params, grads, strict=True):
        weight.grad = grad.to(weight.dtype, copy=True)


def _plain(one: Any) -> Any:
    """The kept state, detached from any graph: a check of its own judges whether it is in one."""
    if isinstance(one, Tensor):
        return same_layout(one) if one.requires_grad else one
    return type(one)(_plain(item) for item in one)


def _tensors_in(kept: Any, name: str) -> Iterator[tuple[str, Tensor]]:
    """Each with its place, in tuples too: a call may replace a pair by one."""
    if isinstance(kept, Tensor):
        yield name, kept
        return
    for place, item in enumerate(kept):
        yield from _tensors_in(item, f"{name}[{place}]")


def _flat(kept: Any) -> list[Tensor]:
    return [tensor for _, tensor in _tensors_in(kept, "")]


def _assert_held(held: Any, before: Any, name: str) -> None:
    """Check that a place still holds a tensor, or as many tensors as before."""
    if isinstance(before, Tensor):
        if not isinstance(held, Tensor):
            text = messages.STATE_TENSOR.format(place=name, got=describe(held))
            raise CheckFailure(text, kind="state", state="list")
        return
    if not isinstance(held, list | tuple):
        text = messages.STATE_NO_LIST.format(place=name, got=describe(held))
        raise CheckFailure(text, kind="state", state="list")
    if len(held) != len(before):
        text = messages.STATE_LIST.format(place=name, got=len(held), expected=len(before))
        raise CheckFailure(text, kind="state", state="list")
    for place, (one, original) in enumerate(zip(held, before, strict=True)):
        _assert_held(one, original, f"{name}[{place}]")
