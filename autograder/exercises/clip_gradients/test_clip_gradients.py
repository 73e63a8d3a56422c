"""The checks of clip_gradients(params, theta): one factor for all gradients that are too long."""

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.checking import CheckFailure, Tolerance, assert_close, assert_state_kept, points
from autograder.checking.closeness import number
from autograder.checking.state import copy_state, set_parameter
from autograder.checking.strategies import (
    EDGE_CASES,
    EVERYDAY_SHAPES,
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
ODD_SHAPES = st.sampled_from([(), (1,), (1, 1), (1, 3)]) | shapes(min_dims=3, max_dims=4)
TRIPLES = st.sampled_from([(3.0, 4.0), (-6.0, 8.0), (5.0, -12.0), (8.0, 15.0)])
"""Their root of the sum of squares is a whole number, without rounding."""


def _norm(params):
    return sum(float(p.grad.double().square().sum()) for p in params) ** 0.5


@st.composite
def _cases(draw, shares, *, least=2, odd=False, zeros=False, strided=False, **dtype):
    """Parameters whose grads have a norm of at least 1, and theta as a share of it, in two digits."""
    shape = ODD_SHAPES if odd else EVERYDAY_SHAPES
    drawn = parameters(shape=shape, strided=strided, **dtype)
    params = draw(drawn.filter(lambda params: len(params) >= least))
    if zeros:
        params[draw(st.integers(0, len(params) - 1))].grad.zero_()
    if strided:
        for p in params:
            p.grad = transposed(p.grad)
    if _norm(params) < LEAST_NORM:
        place = 0 if params[0].grad.any() or not zeros else -1
        params[place].grad[(0,) * params[place].dim()] = 2.0
    return params, float(f"{_norm(params) * draw(st.sampled_from(shares)):.2g}")


def _judge(student, reference, params, theta, *, tolerance=CLIPPED, same_dtype=False):
    """Compare every grad after the call; where the norm is below theta, bit for bit."""
    mine, exact = copy_state(params), copy_state(params, exact=True)
    norm = _norm(params)
    reference.clip_gradients(exact, theta)
    student.clip_gradients(list(mine), theta)
    _compare(mine, exact, params, tolerance, same_dtype)
    if norm < theta:
        for place, (p, before) in enumerate(zip(mine, params, strict=True)):
            if not torch.equal(p.grad, before.grad):
                text = (
                    f"`params[{place}].grad` changed, though the norm of all grads, {number(norm)}, is "
                    f"below theta = {number(theta)}: it should stay as it is, to the last bit"
                )
                raise CheckFailure(text)


def _compare(mine, exact, params, tolerance, same_dtype=False):
    for place, (p, wanted, drawn) in enumerate(zip(mine, exact, params, strict=True)):
        what = f"params[{place}].grad"
        assert_close(
            p.grad, wanted.grad.to(drawn.dtype), what=what, shows="", function=what,
            tolerance=tolerance, same_dtype=same_dtype,
        )  # fmt: skip


@points(1.5)
@given(case=_cases(ABOVE) | _cases(BELOW))
def test_norm(student, reference, case):
    """Scales all grads by theta / norm when their norm exceeds theta, and else leaves them alone."""
    _judge(student, reference, *case)


@st.composite
def _together(draw):
    """Two to four tensors whose norms are all below theta, and whose common norm is above it."""
    params = draw(parameters().filter(lambda params: len(params) >= 2))
    for p in params:
        norm = _norm([p])
        p.grad = p.grad * (2 / norm) if norm > 0 else torch.full_like(p.grad, 2 / p.numel() ** 0.5)
    return params, draw(st.sampled_from([2.5, 2.25, 2.125]))


@points(0.5, needs=test_norm)
@settings(max_examples=EDGE_CASES)
@given(case=_together())
def test_all_together(student, reference, case):
    """Measures all grads together: each may be below theta while their common norm exceeds it."""
    _judge(student, reference, *case)


@points(0.25, needs=test_norm)
@settings(max_examples=EDGE_CASES)
@given(case=_cases(ABOVE), other=st.sampled_from([0.3, 2.0, 0.7]))
def test_several_calls(student, reference, case, other):
    """Does the same at every call: nothing is kept from one call to the next."""
    params, theta = case
    mine, exact = copy_state(params), copy_state(params, exact=True)
    for share in (1.0, other, 1.0):
        for p, twin, drawn in zip(mine, exact, params, strict=True):
            set_parameter(p, drawn, drawn.grad)
            set_parameter(twin, drawn, drawn.grad)
        reference.clip_gradients(exact, theta * share)
        student.clip_gradients(list(mine), theta * share)
        _compare(mine, exact, params, CLIPPED)


@points(0.125, needs=test_norm)
@settings(max_examples=EDGE_CASES)
@given(case=_cases(ABOVE) | _cases(BELOW))
def test_parameters_kept(student, case):
    """Changes grads alone: parameters keep their values, and stay leaves that require grad."""
    params, theta = case
    mine = copy_state(params)
    student.clip_gradients(list(mine), theta)
    for place, (p, before) in enumerate(zip(mine, params, strict=True)):
        if not torch.equal(p.detach(), before.detach()):
            text = f"`params[{place}]` itself changed; only its `.grad` should"
            raise CheckFailure(text, kind="state")
    assert_state_kept(student.clip_gradients, params, theta, name="params")


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
    theta = 1.0
    if not zero:
        params[0].grad.view(-1)[:2] = torch.tensor(sides)
        theta = _norm(params)
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
