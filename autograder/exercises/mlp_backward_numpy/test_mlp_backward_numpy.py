"""The checks of mlp_backward in NumPy: those of the exercise in PyTorch."""

from hypothesis import given, settings

from autograder.checking import (
    assert_array_dtype_kept,
    assert_arrays_unchanged,
    assert_same_arrays,
    points,
)
from autograder.checking.networks import networks
from autograder.checking.strategies import EDGE_CASES, FLOAT64

NAMES = ("dW1", "db1", "dW2", "db2")


def _assert_gradients(student, reference, network, only=""):
    """Compare the gradient of this name, or all four."""
    assert_same_arrays(
        student.mlp_backward, reference.mlp_backward, *network, results=NAMES, only=only
    )


@points(2)
@given(network=networks())
def test_weights_of_first_layer(student, reference, network):
    """Gives the gradient dW1 of the first layer's weights."""
    _assert_gradients(student, reference, network, "dW1")


@points(1)
@given(network=networks())
def test_biases_of_first_layer(student, reference, network):
    """Gives the gradient db1 of the first layer's biases."""
    _assert_gradients(student, reference, network, "db1")


@points(2)
@given(network=networks())
def test_weights_of_second_layer(student, reference, network):
    """Gives the gradient dW2 of the second layer's weights."""
    _assert_gradients(student, reference, network, "dW2")


@points(1)
@given(network=networks())
def test_biases_of_second_layer(student, reference, network):
    """Gives the gradient db2 of the second layer's biases."""
    _assert_gradients(student, reference, network, "db2")


@points(0.25, needs=test_weights_of_first_layer)
@settings(max_examples=EDGE_CASES)
@given(network=networks(single=True))
def test_single(student, reference, network):
    """Is correct for a single example, input, hidden unit or output."""
    _assert_gradients(student, reference, network)


@points(0.25, needs=test_weights_of_first_layer)
@settings(max_examples=EDGE_CASES)
@given(network=networks(strided=True))
def test_noncontiguous(student, reference, network):
    """Is correct for transposes and for slices with a step."""
    _assert_gradients(student, reference, network)


@points(0.25, needs=test_weights_of_first_layer)
@settings(max_examples=EDGE_CASES)
@given(network=networks(dtype=FLOAT64) | networks())
def test_dtype(student, reference, network):
    """Keeps float32 and float64, and computes float64 in float64."""
    assert_array_dtype_kept(student.mlp_backward, reference.mlp_backward, *network, results=NAMES)


@points(0.25, needs=test_weights_of_first_layer)
@settings(max_examples=EDGE_CASES)
@given(network=networks())
def test_input_unchanged(student, network):
    """Leaves all six arguments as they were."""
    assert_arrays_unchanged(student.mlp_backward, *network, names="X W1 b1 W2 b2 dO")
