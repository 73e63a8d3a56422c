"""The checks of l2_penalty(w): half the sum of squares, as a 0-dim tensor."""

from hypothesis import given

from autograder.checking import (
    FLOAT32_SLACK,
    assert_close,
    assert_same_gradient,
    assert_unchanged,
    cotangent_like,
    leaf,
    points,
    same_layout,
)
from autograder.checking.strategies import FLOAT32, seeds, shapes, tensors, values

WEIGHTS = tensors(shapes(max_dims=4), values(-8, 8))


@points(1)
@given(w=WEIGHTS)
def test_values(student, reference, w):
    """Gives sum(w**2) / 2 as a tensor without dimensions."""
    assert_close(student.l2_penalty(w), reference.l2_penalty(w), function="l2_penalty")


@points(1, needs=test_values)
@given(w=WEIGHTS, seed=seeds())
def test_gradient(student, reference, w, seed):
    """Has the gradient w, at w = 0 too."""
    mine, theirs = leaf(w), leaf(w)
    penalty, expected = student.l2_penalty(mine), reference.l2_penalty(theirs)
    cotangent = cotangent_like(expected, seed)
    assert_close(penalty, expected, function="l2_penalty")
    assert_same_gradient(
        penalty, mine, expected, theirs, cotangent, name="w", function="l2_penalty"
    )
    assert_unchanged(mine, theirs, name="w", function="l2_penalty")


@points(0.5, needs=test_values)
@given(w=tensors(shapes(max_dims=4), values(-8, 8), dtype=FLOAT32))
def test_float32(student, reference, w):
    """Keeps float32."""
    rtol, atol = FLOAT32_SLACK
    assert_close(
        student.l2_penalty(w), reference.l2_penalty(w), rtol=rtol, atol=atol, function="l2_penalty"
    )


@points(0.5, needs=test_values)
@given(w=WEIGHTS)
def test_input_unchanged(student, w):
    """Leaves its input as it was."""
    argument = same_layout(w)
    student.l2_penalty(argument)
    assert_unchanged(argument, w, name="w", function="l2_penalty")
