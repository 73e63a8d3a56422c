"""The checks of mlp_forward in NumPy: those of the exercise in PyTorch, without gradients."""

from hypothesis import given, settings

from autograder.checking import (
    assert_array_dtype_kept,
    assert_arrays_unchanged,
    assert_same_arrays,
    points,
)
from autograder.checking.networks import networks
from autograder.checking.strategies import EDGE_CASES, FLOAT64


@points(1.5)
@given(network=networks())
def test_values(student, reference, network):
    """Gives relu(X W1 + b1) W2 + b2."""
    assert_same_arrays(student.mlp_forward, reference.mlp_forward, *network[:5])


@points(0.25, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(network=networks(single=True))
def test_single(student, reference, network):
    """Is correct for a single example, input, hidden unit or output."""
    assert_same_arrays(student.mlp_forward, reference.mlp_forward, *network[:5])


@points(0.25, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(network=networks(strided=True))
def test_noncontiguous(student, reference, network):
    """Is correct for transposes and for slices with a step."""
    assert_same_arrays(student.mlp_forward, reference.mlp_forward, *network[:5])


@points(0.25, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(network=networks(dtype=FLOAT64) | networks())
def test_dtype(student, reference, network):
    """Keeps float32 and float64, and computes float64 in float64."""
    assert_array_dtype_kept(student.mlp_forward, reference.mlp_forward, *network[:5])


@points(0.25, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(network=networks())
def test_input_unchanged(student, network):
    """Leaves its inputs as they were."""
    assert_arrays_unchanged(student.mlp_forward, *network[:5], names="X W1 b1 W2 b2")
