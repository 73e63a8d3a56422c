"""Known wrong implementations of mlp_forward in NumPy: one body with switches, and pairs of them."""

import numpy as np

from autograder.checking import misconception, mistake

Array = np.ndarray


def _same(A: Array) -> Array:
    return A


def _relu(A: Array) -> Array:
    return np.maximum(A, 0)


def _column(b: Array) -> Array:
    return b.reshape(-1, 1)


def _mlp(
    X: Array, W1: Array, b1: Array, W2: Array, b2: Array, *,
    before=_same, activation=_relu, output=_same, first=_same, second=_same, turn1=False, turn2=False,
) -> Array:  # fmt: skip
    """The network: functions of the input, hidden layer, output and biases; transposed weights."""
    H = activation(before(X) @ (W1.T if turn1 else W1) + first(b1))
    return output(H @ (W2.T if turn2 else W2) + second(b2))


no_activation = mistake(
    _mlp,
    activation=_same,
    title="has no activation: it is a linear map",
    hint="Two linear layers in a row are one linear layer. What stands between them?",
    source="an issue on a paper's code, and on much-copied examples",
)
sigmoid_inside = mistake(
    _mlp,
    activation=lambda A: 1 / (1 + np.exp(-A)),
    title="uses the sigmoid in the hidden layer, where relu is asked for",
    hint="Print the hidden values: can they exceed 1?",
    source="older networks in NumPy, whose layers are all sigmoid",
)
leaky_inside = mistake(
    _mlp,
    activation=lambda A: np.where(A > 0, A, A / 100),
    title="lets a small share of negative hidden values through",
    hint="Leaky relu does that. What does plain relu give for -100?",
    source="leaky relu in the place of relu",
)
absolute_inside = mistake(
    _mlp,
    activation=np.abs,
    title="takes absolute values in the hidden layer",
    hint="What does relu give for -3: 3, or 0?",
    source="a rectifier that turns negative values over",
)
capped_inside = mistake(
    _mlp,
    activation=lambda A: np.clip(A, 0, 6),
    title="lets no hidden value grow beyond 6",
    hint="What does relu give for 100?",
    source="relu6, from networks for small devices",
)
keeps_negative = mistake(
    _mlp,
    activation=lambda A: np.minimum(A, 0),
    title="keeps the negative hidden values and drops the positive ones",
    hint="Which of 0 and x does relu keep: the greater or the smaller?",
    source="np.minimum for np.maximum",
)
greatest_of_all = mistake(
    _mlp,
    activation=lambda A: np.full_like(A, max(A.max(), 0)),
    title="gives every hidden unit the greatest of all values",
    hint="np.max looks at a whole array. Which function compares entry by entry?",
    source="np.max for np.maximum",
)
mask_alone = mistake(
    _mlp,
    activation=lambda A: (A > 0).astype(A.dtype),
    title="passes on whether a hidden unit is active, but not its value",
    hint="A comparison gives 0 or 1. Which value has relu where it is active?",
    source="the derivative of relu in the place of relu",
)
relu_at_output = mistake(
    _mlp,
    output=_relu,
    title="applies relu to the output as well",
    hint="A network whose output goes through relu can't predict a negative value.",
    source="a question on a public collection of examples",
)
softmax_at_output = mistake(
    _mlp,
    output=lambda A: (E := np.exp(A - A.max(1, keepdims=True))) / E.sum(1, keepdims=True),
    title="turns the output into probabilities",
    hint="The contract asks for the plain outputs of the second layer. Whose job is softmax?",
    source="a classifier's last layer, written into the network",
)
relu_of_input = mistake(
    _mlp,
    before=_relu,
    title="applies relu to the input as well",
    hint="What becomes of the negative entries of X before the first layer?",
    source="a loop over layers that activates before each of them",
)
no_first_bias = mistake(
    _mlp,
    first=np.zeros_like,
    title="leaves out b1",
    hint="What does your network give for X = 0? It should depend on b1.",
    source="a known two-layer example that has no biases",
)
no_second_bias = mistake(
    _mlp,
    second=np.zeros_like,
    title="leaves out b2",
    hint="Where all hidden units are 0, what should come out?",
    source="a known two-layer example that has no biases",
)
first_bias_of_examples = mistake(
    _mlp,
    first=_column,
    title="adds b1 down the columns, one number an example",
    hint="There is a bias for each hidden unit. Along which axis does yours vary?",
    source="b1.reshape(-1, 1), from courses whose examples are columns",
)
second_bias_of_examples = mistake(
    _mlp,
    second=_column,
    title="adds b2 down the columns, one number an example",
    hint="There is a bias for each output. Along which axis does yours vary?",
    source="b2.reshape(-1, 1), from courses whose examples are columns",
)
transposed_first = mistake(
    _mlp,
    turn1=True,
    title="transposes the weights of the first layer",
    hint="Print the shapes of X and W1. Which product has a column for each hidden unit?",
    source="np.dot(W.T, ...) from courses whose examples are columns",
)
transposed_second = mistake(
    _mlp,
    turn2=True,
    title="transposes the weights of the second layer",
    hint="Print the shapes of the hidden layer and of W2. Which product has a column for each output?",
    source="np.dot(W.T, ...) from courses whose examples are columns",
)


@misconception(
    title="adds b1 after the activation",
    hint="A bias moves the point at which a unit becomes active. Which comes first in the formula?",
    source="np.maximum(0, X @ W1) + b1, parentheses in the wrong place",
)
def bias_after_relu(X: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> Array:
    return (_relu(X @ W1) + b1) @ W2 + b2


@misconception(
    title="returns the hidden layer as well as the output",
    hint="The contract asks for one array. What would the caller do with a pair?",
    source="a forward pass that returns its cache for the backward pass",
)
def with_cache(X: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> tuple[Array, Array]:
    H = _relu(X @ W1 + b1)
    return H @ W2 + b2, H


@misconception(
    title="goes through the layers in the wrong order: the second first",
    hint="Follow X: which weights have a row for each of its features?",
    source="W2 and W1 exchanged, a slip that runs where d = h = q",
)
def exchanges_layers(X: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> Array:
    return _mlp(X, W2, b2, W1, b1)


@misconception(
    title="exchanges the two biases",
    hint="Which layer has as many units as b1 has entries?",
    source="b2 in the first line and b1 in the second, a slip that runs where h = q",
)
def exchanges_biases(X: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> Array:
    return _mlp(X, W1, b2, W2, b1)


@misconception(
    title="multiplies entry by entry where a matrix product is needed",
    hint="What does `*` do to two matrices, and what does `@`? Print the shape of X * W1.",
    source="* for @, as in other languages' matrix notation; it runs where the shapes happen to fit",
)
def entry_by_entry(X: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> Array:
    return _relu(X * W1 + b1) * W2 + b2


@misconception(
    title="feeds X into the second layer, and not the hidden layer",
    hint="Where is the hidden layer used after you have computed it?",
    source="X @ W2 for H @ W2, a copied line; it runs where d = h",
)
def skips_hidden(X: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> Array:
    return X @ W2 + b2


@misconception(
    title="adds both biases down the columns, one number an example",
    hint="There is a bias for each unit. Along which dimension do yours vary?",
    source="reshape(-1, 1) in both layers, from courses whose examples are columns",
)
def biases_of_examples(X: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> Array:
    return _mlp(X, W1, b1, W2, b2, first=_column, second=_column)


@misconception(
    title="drops dimensions of size 1 from its result",
    hint="What shape has the result for one output: (n, 1), or (n,)?",
    source="np.squeeze at the end, for a regression with one output",
)
def squeezes(X: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> Array:
    return np.squeeze(_mlp(X, W1, b1, W2, b2))


@misconception(
    title="overwrites b1 or W1 with hidden values, or X with zeros",
    hint="Print the arguments before and after the call. Which operation works in place?",
    source="np.maximum(X, 0, out=X), or += on an argument",
)
def in_place(X: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> Array:
    result = _mlp(X, W1, b1, W2, b2)
    np.maximum(X, 0, out=X)
    return result


@misconception(
    title="returns float64 where the input is float32",
    hint="Compare the dtype of the result with the dtype of X. What does np.zeros make by default?",
    source="a hidden layer or a result allocated by np.zeros",
)
def float64(X: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> Array:
    return _mlp(X, W1, b1, W2, b2).astype(np.float64)


PAIRS = [
    ("no_activation", "no_first_bias"),
    ("no_activation", "relu_at_output"),
    ("no_activation", "relu_of_input"),
    ("no_first_bias", "no_second_bias"),
]
