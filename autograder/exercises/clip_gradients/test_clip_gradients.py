"""The checks of clip_gradients(params, theta): one factor for all gradients that are too long."""

from typing import Any

import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from autograder.checking import (
    Tolerance,
    assert_same_grads,
    assert_state_kept,
    assert_values_kept,
    points,
)
from autograder.checking.strategies import (
    EDGE_CASES,
    EVERYDAY_SHAPES,
    FLOAT32,
    FLOAT64,
    parameters,
    shapes,
    transposed,
)

CLIPPED = Tolerance(rtol=1e-5, atol=1e-7)
"""PyTorch divides by the norm + 1e-6, which counts too: norms above theta are at least 1. A sum of squares
in float32 adds about as much."""
LEAST_NORM = 1.0
ABOVE, BELOW = [0.1, 0.5, 0.02, 0.75, 0.9], [1.5, 4.0, 1.1, 20.0]
"""theta as a share of the norm, never so near to 1 that rounding decides."""
SHARES = [0.5, 2.0, 0.1, 0.75, 1.5]
"""Of the calls of a sequence: some are clipped, some are not."""
ODD_SHAPES = st.sampled_from([(), (1,), (1, 1), (1, 3)]) | shapes(min_dims=3, max_dims=4)
TRIPLES = st.sampled_from([(3.0, 4.0), (-6.0, 8.0), (5.0, -12.0), (8.0, 15.0)])
"""Their root of the sum of squares is a whole number, without rounding."""


def _norm(grads: list[Tensor]) -> float:
    return sum(float(grad.double().square().sum()) for grad in grads) ** 0.5


def _two_digits(theta: float) -> float:
    return float(f"{theta:.2g}")


@st.composite
def _params(draw, *, least=2, odd=False, zeros=False, strided=False, dtype=FLOAT32):
    """Parameters whose grads have a norm of at least 1."""
    shape = ODD_SHAPES if odd else EVERYDAY_SHAPES
    drawn = parameters(shape=shape, strided=strided, dtype=dtype)
    params = draw(drawn.filter(lambda params: len(params) >= least))
    grads = [p.grad for p in params]
    if zeros:
        grads[draw(st.integers(0, len(params) - 1))].zero_()
    if _norm(grads) < LEAST_NORM:
        grads[0 if grads[0].any() or not zeros else -1].view(-1)[0] = 2.0
    if strided:
        for p in params:
            p.grad = transposed(p.grad)
    return params


def _cases(shares, **options):
    """Such parameters, and theta as a share of the norm."""

    def with_theta(drawn):
        params, share = drawn
        return params, _two_digits(_norm([p.grad for p in params]) * share)

    return st.tuples(_params(**options), st.sampled_from(shares)).map(with_theta)


def _judge(
    student: Any, reference: Any, params: list[Tensor], *thetas: float, **options: bool
) -> None:
    """Compare every grad after calls with these thetas."""
    steps = [(theta,) for theta in thetas]
    assert_same_grads(
        student.clip_gradients, reference.clip_gradients, params, steps,
        name="params", tolerance=CLIPPED, **options,
    )  # fmt: skip


@points(1.5)
@given(case=_cases(ABOVE) | _cases(BELOW))
def test_norm(student, reference, case):
    """Scales all grads by theta / norm when their norm exceeds theta, and else keeps them."""
    _judge(student, reference, *case)


@st.composite
def _together(draw):
    """Two to four tensors whose norms are all below theta, and whose common norm is above it."""
    params = draw(parameters().filter(lambda params: len(params) >= 2))
    for p in params:
        norm = _norm([p.grad])
        p.grad = p.grad * (2 / norm) if norm > 0 else torch.full_like(p.grad, 2 / p.numel() ** 0.5)
    return params, draw(st.sampled_from([2.5, 2.25, 2.125]))


@points(0.375, needs=test_norm)
@settings(max_examples=EDGE_CASES)
@given(case=_together())
def test_all_together(student, reference, case):
    """Measures all grads together: each may be below theta while their common norm exceeds it."""
    _judge(student, reference, *case)


@points(0.125, needs=test_norm)
@settings(max_examples=EDGE_CASES)
@given(case=_cases(BELOW))
def test_short_kept(student, reference, case):
    """Leaves grads whose norm is below theta as they are, to the last bit."""
    _judge(student, reference, *case, bit_for_bit=True)


@points(0.125, needs=test_norm)
@settings(max_examples=EDGE_CASES)
@given(params=_params(), shares=st.permutations(SHARES))
def test_several_calls(student, reference, params, shares):
    """Does the same in five calls with new grads: nothing is kept from one call to the next."""
    norm = _norm([p.grad for p in params])
    thetas = [_two_digits(norm * (step + 1) * share) for step, share in enumerate(shares)]
    _judge(student, reference, params, *thetas)


@points(0.25, needs=test_norm)
@settings(max_examples=EDGE_CASES)
@given(case=_cases(ABOVE) | _cases(BELOW))
def test_parameters_kept(student, case):
    """Changes grads alone: parameters keep their values, and stay leaves that require grad."""
    assert_values_kept(student.clip_gradients, *case, name="params")
    assert_state_kept(student.clip_gradients, *case, name="params")


@points(0.125, needs=test_norm)
@settings(max_examples=EDGE_CASES)
@given(case=_cases(ABOVE, zeros=True) | _cases(BELOW, zeros=True))
def test_zero_grads(student, reference, case):
    """Is correct where a whole grad is 0."""
    _judge(student, reference, *case)


@points(0.125, needs=test_norm)
@settings(max_examples=EDGE_CASES)
@given(case=_cases(ABOVE, odd=True, least=1) | _cases(BELOW, odd=True, least=1))
def test_any_shape(student, reference, case):
    """Is correct for tensors of any shape, also without dimensions, and for a single one."""
    _judge(student, reference, *case)


@points(0.125, needs=test_norm)
@settings(max_examples=EDGE_CASES)
@given(params=parameters(), sides=TRIPLES, zero=st.booleans())
def test_exactly_theta(student, reference, params, sides, zero):
    """Leaves grads alone whose norm is exactly theta, and grads that are all 0."""
    for p in params:
        p.grad.zero_()
    if not zero:
        params[0].grad.view(-1)[:2] = torch.tensor(sides)
    theta = 1.0 if zero else _norm([params[0].grad])
    _judge(student, reference, params, theta)


@points(0.125, needs=test_norm)
@settings(max_examples=EDGE_CASES)
@given(case=_cases(ABOVE, strided=True) | _cases(BELOW, strided=True))
def test_noncontiguous(student, reference, case):
    """Is correct for transposes and slices with a step, and for grads that are transposed."""
    _judge(student, reference, *case)


@points(0.125, needs=test_norm)
@settings(max_examples=EDGE_CASES)
@given(case=_cases(ABOVE, dtype=FLOAT64) | _cases(ABOVE))
def test_dtype(student, reference, case):
    """Keeps the dtype of every grad: float32 and float64."""
    _judge(student, reference, *case, same_dtype=True)
