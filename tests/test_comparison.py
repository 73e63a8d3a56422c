"""Answers are compared by NumPy as torch compares them."""

import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st

from autograder.grading.feedback.comparison import _close_numbers, close
from autograder.sandbox.wire.values import pack

EXTREMES = [0.0, -0.0, 1.0, -1.0, 3e38, float("inf"), float("-inf"), float("nan")]
numbers = st.floats(-1e5, 1e5, width=32) | st.sampled_from(EXTREMES)
errors = st.sampled_from([0.0, 1e-10, 1e-8, 1e-7, 1e-6, 3e-6, 1e-5, 1e-4, 1.0])


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@given(
    pairs=st.lists(st.tuples(numbers, st.none() | numbers, errors, errors), max_size=5),
    magnitude=st.sampled_from([0.0, 1.0, 100.0, 1e4]),
)
@example(pairs=[(3e38, -3e38, 0.0, 0.0)], magnitude=0.0)  # their difference overflows
def test_numpy_compares_as_torch_does(
    dtype: torch.dtype, pairs: list[tuple[float, float | None, float, float]], magnitude: float
) -> None:
    got = torch.tensor([a for a, *_ in pairs], dtype=dtype)
    expected = torch.tensor(
        [a * (1 + relative) + absolute if b is None else b for a, b, relative, absolute in pairs],
        dtype=dtype,
    )
    same = _close_numbers(pack(got), pack(expected), magnitude)
    assert same == close(got, expected, magnitude)
