"""The checks of mlp_forward(X, W1, b1, W2, b2): one hidden layer with relu."""

from hypothesis import given, settings

from autograder.checking import (
    assert_dtype_kept,
    assert_input_unchanged,
    assert_same,
    assert_same_gradient,
    points,
)
from autograder.checking.networks import networks
from autograder.checking.strategies import EDGE_CASES, FLOAT64, seeds

NAMES = "X W1 b1 W2 b2"


def _live(network):
    """Return whether a hidden unit is active: else W1 and b1 get no gradient, by whatever code."""
    X, W1, b1, *_ = network
    return bool((X @ W1 + b1 > 0).any())


EVERYDAY = networks()
LIVE = networks().filter(_live)


@points(1.5)
@given(network=EVERYDAY)
def test_values(student, reference, network):
    """Gives relu(X W1 + b1) W2 + b2."""
    assert_same(student.mlp_forward, reference.mlp_forward, *network[:5], names=NAMES)


@points(0.5, needs=test_values)
@given(network=LIVE, seed=seeds())
def test_gradient(student, reference, network, seed):
    """Lets gradients flow back to X and to all four parameters."""
    assert_same_gradient(
        student.mlp_forward, reference.mlp_forward, *network[:5], names=NAMES, seed=seed
    )


@points(0.25, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(network=networks(single=True).filter(_live), seed=seeds())
def test_single(student, reference, network, seed):
    """Is correct for a single example, input, hidden unit or output."""
    assert_same(student.mlp_forward, reference.mlp_forward, *network[:5], names=NAMES, seed=seed)


@points(0.25, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(network=networks(strided=True).filter(_live), seed=seeds())
def test_noncontiguous(student, reference, network, seed):
    """Is correct for transposes and for slices with a step."""
    assert_same(student.mlp_forward, reference.mlp_forward, *network[:5], names=NAMES, seed=seed)


@points(0.25, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(network=networks(dtype=FLOAT64).filter(_live) | LIVE, seed=seeds())
def test_dtype(student, reference, network, seed):
    """Keeps float32 and float64, and computes float64 in float64."""
    assert_dtype_kept(
        student.mlp_forward, reference.mlp_forward, *network[:5], names=NAMES, seed=seed
    )


@points(0.25, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(network=LIVE, seed=seeds())
def test_input_unchanged(student, network, seed):
    """Leaves its inputs as they were, forward and backward."""
    assert_input_unchanged(student.mlp_forward, *network[:5], names=NAMES, seed=seed)
