"""The checks of synthetic_data(w, b, n): examples of a linear model with noise, by counts."""

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.checking import (
    CheckFailure,
    assert_count,
    assert_input_unchanged,
    assert_results,
    assert_tensor,
    messages,
    points,
)
from autograder.checking.strategies import EDGE_CASES, FLOAT64, tensors
from autograder.checking.values import Values

MANY = 4_000
"""Examples to count on: of their inputs, a share of 0.5 that is off by 0.06 is seen."""
FEW_CASES = 4
NOISE = 0.01
FAR = 10
"""Standard deviations: noise is farther away than ten once in 10^23 draws."""
ON_AVERAGE = 0.15
"""For the mean of what the model leaves: noise of a standard deviation of 1 keeps it below 0.016."""
MOST_REPEATED = 2
"""Of 4,000 rows made of 48 random bits two are equal once in 10^7 calls, and three times once in 10^21."""
TINY = 1e-7
"""Two inputs of an example are both as small as this once in 10^14 calls."""
BEYOND = {
    0.6744897501960817: 0.5,
    1.2815515655446004: 0.2,
    1.959963984540054: 0.05,
    2.807033768343811: 0.005,
}
"""By magnitude, the probability that a standard normal number exceeds it. Three uniform numbers added up
show in the last: 3 of 10,000 such sums exceed it, instead of 50."""
WEIGHTS = Values(-4, 4, zero=False)
TWO_WEIGHTS = tensors((2, 1), WEIGHTS)
BIASES = st.sampled_from([4.25, -3.0, 2.5, -1.5])


@points(1)
@settings(max_examples=FEW_CASES)
@given(w=TWO_WEIGHTS, b=BIASES)
def test_data(student, w, b):
    """Gives standard normal inputs, and labels that the linear model explains up to noise."""
    X, y = _data(student, w, b, MANY)
    _assert_normal(X, "the magnitude of an input")
    for column in (0, 1):
        _assert_even(X[:, column] > 0, f"an input of column {column} is positive")
    _assert_apart(X[:, 0] > 0, X[:, 1] > 0, "the two inputs of an example have the same sign")
    signs = X > 0
    _assert_apart(signs[::2], signs[1::2], "neighbouring rows of the inputs have the same signs")
    first, second = signs.chunk(2)
    _assert_apart(first, second, "the two halves of the inputs have the same signs")
    repeated = MANY - len(X.unique(dim=0))
    if repeated > MOST_REPEATED:
        text = messages.REPEATED_ROWS.format(repeated=repeated, total=MANY)
        raise CheckFailure(text, kind="random", aspect="rows")
    again, _ = _data(student, w, b, MANY)
    _assert_apart(again > 0, signs, "the inputs of two calls have the same signs")
    _assert_normal(torch.cat([X, again]), "the magnitude of an input")
    left = _left(X, y, w, b)
    if not left.mean().abs() < ON_AVERAGE:
        text = messages.NOT_EXPLAINED.format(mean=f"{left.mean().item():.3g}")
        raise CheckFailure(text, kind="values", mean=left.mean().item())
    for column in (0, 1):
        what = f"y - (Xw + b) has the sign of input {column}"
        _assert_apart(left > 0, X[:, column : column + 1] > 0, what)


@points(0.5, needs=test_data)
@settings(max_examples=FEW_CASES)
@given(w=TWO_WEIGHTS, b=BIASES)
def test_noise(student, w, b):
    """Adds normal noise with a standard deviation of 0.01 to every label, on its own."""
    X, y = _data(student, w, b, MANY)
    noise = _noise(X, y, w, b)
    signs = noise > 0
    _assert_even(signs, "the noise of a label is positive")
    _assert_normal(noise / NOISE, "the magnitude of a label's noise, divided by 0.01,")
    _assert_apart(signs[::2], signs[1::2], "the noise of neighbouring labels has the same sign")
    first, second = signs.chunk(2)
    _assert_apart(first, second, "the noise in the two halves has the same sign")
    X, y = _data(student, w, b, MANY)
    again = _left(X, y, w, b)
    _assert_apart(again > 0, signs, "the noise of two calls has the same sign")
    both = torch.cat([noise, again]) / NOISE
    _assert_normal(both, "the magnitude of a label's noise, divided by 0.01,")


@points(0.25, needs=test_data)
@settings(max_examples=EDGE_CASES)
@given(w=tensors(st.sampled_from([(1, 1), (2, 1), (3, 1), (5, 1)]), WEIGHTS), b=BIASES,
       n=st.sampled_from([1, 2, 3, 7]))  # fmt: skip
def test_sizes(student, w, b, n):
    """Is correct for any number of features, and for a single example."""
    X, y = _data(student, w, b, n)
    if n == 1 and len(w) > 1 and X.abs().max() < TINY:
        raise CheckFailure(messages.ZERO_INPUTS, kind="random", aspect="centered")
    _noise(X, y, w, b)


@points(0.125, needs=test_data)
@settings(max_examples=EDGE_CASES)
@given(w=tensors((2, 1), WEIGHTS, dtype=FLOAT64) | TWO_WEIGHTS, b=BIASES, as_tensor=st.booleans())
def test_dtype(student, w, b, as_tensor):
    """Gives both in the dtype of w, for a bias that is a number or has no dimensions."""
    bias = torch.tensor(b, dtype=w.dtype) if as_tensor else b
    X, y = _data(student, w, bias, 5)
    assert_tensor(X, torch.empty(5, 2, dtype=w.dtype), what="result X", function="synthetic_data")
    assert_tensor(y, torch.empty(5, 1, dtype=w.dtype), what="result y", function="synthetic_data")
    _noise(X, y, w, b)


@points(0.125, needs=test_data)
@settings(max_examples=EDGE_CASES)
@given(w=TWO_WEIGHTS | tensors((2, 1), WEIGHTS, strided=True), b=BIASES)
def test_input_unchanged(student, w, b):
    """Leaves its weights as they were."""
    assert_input_unchanged(student.synthetic_data, w, b, 4, names="w b n")


def _data(student, w, b, n):
    """X and y of one call, of the shapes that they should have."""
    X, y = assert_results(
        student.synthetic_data(w.clone(), b, n), ("X", "y"), function="synthetic_data"
    )
    expected = {"X": torch.empty(n, len(w)), "y": torch.empty(n, 1)}
    for name, part in (("X", X), ("y", y)):
        assert_tensor(
            part, expected[name], what=f"result {name}", function="synthetic_data", same_dtype=False
        )
    return X.detach(), y.detach()


def _left(X, y, w, b):
    """What the model leaves of the labels."""
    return y.double() - X.double() @ w.double() - b


def _noise(X, y, w, b):
    """What the model leaves of the labels, once none is too large to be noise."""
    noise = _left(X, y, w, b)
    largest = noise.abs().max().item()
    if not largest < FAR * NOISE:
        text = messages.NO_NOISE.format(largest=f"{largest:.3g}", most=FAR * NOISE, std=NOISE)
        raise CheckFailure(text, kind="values", largest=largest)
    return noise


def _assert_even(happened, what):
    assert_count(happened, 0.5, what=what)


def _assert_apart(first, second, what):
    _assert_even(first == second, what)


def _assert_normal(values, what):
    """Compare how many magnitudes lie beyond four whose probability is known."""
    sizes = values.abs()
    for limit, probability in BEYOND.items():
        assert_count(sizes > limit, probability, what=f"{what} exceeds {limit:.3f}")
