"""The checks of mlp_backward(X, W1, b1, W2, b2, dO): each of the four gradients, then the edges of all."""

from hypothesis import given, settings

from autograder.checking import (
    assert_close,
    assert_input_unchanged,
    assert_results,
    points,
    same_layout,
)
from autograder.checking.networks import networks
from autograder.checking.strategies import EDGE_CASES, FLOAT64
from autograder.checking.tolerances import COMPUTED_IN_FLOAT64

NAMES = ("dW1", "db1", "dW2", "db2")


def _assert_gradients(student, reference, network, *names, exact=False):
    """Compare the gradients of these names; with `exact` their dtypes as well."""
    given_ = [same_layout(tensor) for tensor in network]
    exactly = reference.mlp_backward(*(tensor.double() for tensor in network))
    found = assert_results(student.mlp_backward(*given_), NAMES, function="mlp_backward")
    for name, got, expected in zip(NAMES, found, exactly, strict=True):
        if name in names:
            dtype = network[0].dtype
            assert_close(
                got, expected.to(dtype), what=name, function="mlp_backward", same_dtype=exact,
                tolerance=COMPUTED_IN_FLOAT64 if exact and dtype is FLOAT64 else None,
            )  # fmt: skip


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
    _assert_gradients(student, reference, network, *NAMES)


@points(0.25, needs=test_weights_of_first_layer)
@settings(max_examples=EDGE_CASES)
@given(network=networks(strided=True))
def test_noncontiguous(student, reference, network):
    """Is correct for transposes and for slices with a step."""
    _assert_gradients(student, reference, network, *NAMES)


@points(0.25, needs=test_weights_of_first_layer)
@settings(max_examples=EDGE_CASES)
@given(network=networks(dtype=FLOAT64) | networks())
def test_dtype(student, reference, network):
    """Keeps float32 and float64, and computes float64 in float64."""
    _assert_gradients(student, reference, network, *NAMES, exact=True)


@points(0.25, needs=test_weights_of_first_layer)
@settings(max_examples=EDGE_CASES)
@given(network=networks())
def test_input_unchanged(student, network):
    """Leaves all six arguments as they were."""
    assert_input_unchanged(student.mlp_backward, *network, names="X W1 b1 W2 b2 dO")
