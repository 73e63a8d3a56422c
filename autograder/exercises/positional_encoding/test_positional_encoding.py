"""The checks of positional_encoding(n, d): each position as waves of d / 2 wavelengths."""

from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from autograder.checking import CheckFailure, assert_close, assert_tensor, messages, points
from autograder.checking.closeness import number
from autograder.checking.strategies import EDGE_CASES

FUNCTION = "positional_encoding"
ALLOWED = 3e-4
"""Absolute: in float32 an angle of up to 300 is known to about 1e-4, by whatever formula. A result in half
precision is rounded by 2.5e-4 at most."""
WRITTEN = 7.0
"""What the adapter writes into a result: no sine and no cosine."""
POSITIONS = st.sampled_from([3, 5, 4, 2, 8, 12, 20])
WIDTHS = st.sampled_from([6, 8, 10, 12, 16])
"""With d = 2 many wrong exponents can't be told from the correct one, which is 0 there."""
ODD = st.sampled_from([(1, 6), (1, 2), (5, 2), (8, 4), (300, 6), (300, 2), (2, 64)])


def _judge(student, reference, n, d, **options):
    """Compare the values; every floating-point dtype will do."""
    result = student.positional_encoding(n, d, **options)
    expected = reference.positional_encoding(n, d)
    free = isinstance(result, Tensor) and result.is_floating_point()
    assert_tensor(result, expected.to(result.dtype) if free else expected, function=FUNCTION)
    assert_close(result.double(), expected.double(), rtol=0, atol=ALLOWED)
    return result


@points(1.25)
@given(n=POSITIONS, d=WIDTHS)
def test_values(student, reference, n, d):
    """Gives sin(i / 10000^(2j/d)) in column 2j of row i, and the cosine in column 2j + 1."""
    _judge(student, reference, n, d)


@points(0.5, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(size=ODD)
def test_odd_sizes(student, reference, size):
    """Is correct for one position and for 300, and for two columns."""
    _judge(student, reference, *size)


@points(0.25, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(n=POSITIONS, d=WIDTHS, other=POSITIONS)
def test_own_tensor(student, reference, n, d, other):
    """Gives a new tensor at every call, without gradients: writing into one doesn't change the next."""
    _judge(student, reference, other, d)
    again = student.positional_encoding(n, d, written=True)
    if isinstance(again, Tensor) and bool((again == WRITTEN).any()):
        raise CheckFailure(
            messages.SAME_TENSOR.format(value=number(WRITTEN)), kind="state", state="shared"
        )
    result = _judge(student, reference, n, d, written=True)
    if result.requires_grad:
        raise CheckFailure(messages.CONSTANT_REQUIRES_GRAD, kind="state", state="constant")
