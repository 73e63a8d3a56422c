"""The checks of expectation_and_variance(values, probs): the mean, and the variance around it."""

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.checking import (
    Tolerance,
    Values,
    assert_close,
    assert_input_unchanged,
    assert_results,
    assert_tensor,
    cotangent_like,
    gradients,
    leaf,
    messages,
    points,
    same_layout,
    tolerances,
)
from autograder.checking.strategies import EDGE_CASES, FLOAT32, FLOAT64, tensors, with_step

NAMES = ("mean", "variance")
ENTRIES = Values(-8, 8)
LARGE_MEANS = st.sampled_from([1e3, -1e3, 9e3, 1e2])
"""In units of the spread, of which 1e4 is the most that is graded."""
MODERATE = Tolerance(rtol=1e-4, atol=1e-4)
"""Squares up to 64 are known to 4e-6 in float32. A formula that subtracts two of them is judged where the
mean is large."""
LARGE = Tolerance(rtol=2e-3, atol=2e-3)
"""Values of 1e4 times the spread are known to 6e-4 of it in float32, and so are their deviations."""


@st.composite
def distributions(draw, *, most=5, zeros=0, strided=False, dtype=FLOAT32):
    """Values, and probabilities in sixteenths: they add up to 1 exactly; at least two are above 0."""
    q = draw(st.integers(2, most))
    cuts = draw(st.lists(st.integers(1, 15), min_size=q - 1, max_size=q - 1, unique=True))
    edges = [0, *sorted(cuts), 16]
    shares = [(edges[i + 1] - edges[i]) / 16 for i in range(q)]
    for _ in range(zeros):
        shares.insert(draw(st.integers(0, len(shares))), 0.0)
    values = draw(tensors((len(shares),), ENTRIES, strided=strided, dtype=dtype))
    probs = torch.tensor(shares, dtype=dtype)
    return values, with_step(probs) if strided else probs


@st.composite
def far_from_zero(draw):
    """Values that are different, and much farther from 0 than from each other."""
    values, probs = draw(distributions())
    values = values + 4 * torch.arange(len(values))
    mean = (values * probs).sum()
    spread = ((values - mean) ** 2 * probs).sum().sqrt()
    return values - mean + draw(LARGE_MEANS) * spread, probs


@points(1)
@given(case=distributions())
def test_mean(student, reference, case):
    """Gives the mean as the first of two results: every value counts with its probability."""
    _compare(student, reference, case, parts=NAMES[:1])


@points(0.5, needs=test_mean)
@given(case=distributions())
def test_variance(student, reference, case):
    """Gives the mean squared deviation from the mean as the second result."""
    _compare(student, reference, case, parts=NAMES[1:])


@points(0.5, needs=test_mean)
@given(case=distributions(), seed=st.integers(0, 2**31 - 1))
def test_gradient(student, reference, case, seed):
    """Lets the gradients of both results flow back to the values."""
    _compare(student, reference, case, parts=(), seed=seed)


@points(0.5, needs=test_mean)
@given(case=far_from_zero(), seed=st.integers(0, 2**31 - 1))
def test_large_mean(student, reference, case, seed):
    """Keeps the digits of the variance where the mean is up to 10,000 times the spread."""
    _compare(student, reference, case, seed=seed, tolerance=LARGE)


ODD_CASES = st.one_of(
    distributions(zeros=1),
    distributions(zeros=2),
    tensors((1,), ENTRIES).map(lambda values: (values, torch.ones(1))),
)
"""With impossible values, or with one value, which is certain."""


@points(0.125, needs=test_mean)
@settings(max_examples=EDGE_CASES)
@given(case=ODD_CASES, seed=st.integers(0, 2**31 - 1))
def test_impossible_or_certain(student, reference, case, seed):
    """Is correct for values of probability 0, and for a single value."""
    _compare(student, reference, case, seed=seed)


@points(0.125, needs=test_mean)
@settings(max_examples=EDGE_CASES)
@given(case=distributions(strided=True), seed=st.integers(0, 2**31 - 1))
def test_noncontiguous(student, reference, case, seed):
    """Is correct for slices with a step."""
    _compare(student, reference, case, seed=seed)


@points(0.125, needs=test_mean)
@settings(max_examples=EDGE_CASES)
@given(case=distributions(dtype=FLOAT64) | distributions(), seed=st.integers(0, 2**31 - 1))
def test_dtype(student, reference, case, seed):
    """Keeps float32 and float64, and computes float64 in float64."""
    exact = case[0].dtype is FLOAT64
    tolerance = tolerances.COMPUTED_IN_FLOAT64 if exact else MODERATE
    _compare(student, reference, case, seed=seed, tolerance=tolerance, same_dtype=True)


@points(0.125, needs=test_mean)
@settings(max_examples=EDGE_CASES)
@given(case=distributions())
def test_input_unchanged(student, case):
    """Leaves values and probs as they were."""
    assert_input_unchanged(student.expectation_and_variance, *case, names="values probs")


def _compare(
    student, reference, case, *, parts=NAMES, seed=None, tolerance=MODERATE, same_dtype=False
):
    """Compare some of the results, and with a seed the gradients with respect to the values alone."""
    values, probs = case
    mine, exact = leaf(values), leaf(values.double())
    given_values = mine if seed is not None else same_layout(values)
    name = "expectation_and_variance"
    answer = student.expectation_and_variance(given_values, same_layout(probs))
    got = dict(zip(NAMES, assert_results(answer, NAMES, function=name), strict=True))
    expected = dict(
        zip(NAMES, reference.expectation_and_variance(exact, probs.double()), strict=True)
    )
    options = {"tolerance": tolerance, "function": name, "same_dtype": same_dtype}
    for place, part in enumerate(NAMES):
        options["shows"] = f"result[{place}]"
        wanted = expected[part].detach().to(values.dtype)
        if part in parts:
            assert_close(got[part], wanted, what=part, **options)
        elif seed is not None:
            assert_tensor(got[part], wanted, what=part, function=name, same_dtype=False)
    if seed is None:
        return
    both = [cotangent_like(got[part], seed + place) for place, part in enumerate(NAMES)]
    [slopes] = gradients(list(got.values()), [mine], both, names=["values"], function=name)
    [wanted] = gradients(
        list(expected.values()), [exact], [one.double() for one in both], names=["values"]
    )
    what = messages.GRADIENT.format(argument="values")
    options["shows"] = "values.grad"
    options["tolerance"] = tolerance.scaled(1 + 4 * float(both[1].abs()))
    assert_close(slopes, wanted.to(values.dtype), what=what, kind="gradient", **options)
