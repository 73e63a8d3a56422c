"""The checks of centered(X): each row of an (n, q) matrix, minus its mean."""

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

LARGEST = 8
"""The greatest magnitude of an entry that is graded."""
SHAPES = shapes(min_dims=2, max_dims=2)
MATRICES = tensors(SHAPES, values(-LARGEST, LARGEST))
MATRICES_32 = tensors(SHAPES, values(-LARGEST, LARGEST), dtype=FLOAT32)


@points(5)
@given(X=MATRICES)
def test_values(student, reference, X):
    """Gives x_ij minus the mean of its row."""
    result = student.centered(X)
    expected = reference.centered(X)
    assert_close(result, expected, function="centered")


@points(3, needs="test_values")
@given(X=MATRICES, seed=seeds())
def test_gradient(student, reference, X, seed):
    """Lets gradients flow back to its input."""
    mine, theirs = leaf(X), leaf(X)
    assert_same_gradient(
        student.centered(mine),
        mine,
        reference.centered(theirs),
        theirs,
        cotangent_like(X, seed),
        name="X",
        function="centered",
    )


@points(1, needs="test_values")
@given(X=MATRICES)
def test_input_unchanged(student, X):
    """Leaves its input as it was."""
    argument = same_layout(X)
    student.centered(argument)
    assert_unchanged(
        argument,
        X,
        name="X",
        function="centered",
    )


@points(1, needs="test_values")
@given(X=MATRICES_32)
def test_float32(student, reference, X):
    """Keeps float32."""
    rtol, atol = FLOAT32_SLACK
    result = student.centered(X)
    expected = reference.centered(X)
    assert_close(
        result,
        expected,
        rtol=rtol,
        atol=atol,
        function="centered",
    )
