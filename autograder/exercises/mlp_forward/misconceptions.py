"""Known wrong implementations of mlp_forward: one body with switches, and pairs of them."""

import torch
from torch import Tensor

from autograder.checking import misconception, mistake


def _same(A: Tensor) -> Tensor:
    return A


def _relu(A: Tensor) -> Tensor:
    return A.clamp(min=0)


def _mlp(
    X: Tensor, W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor, *,
    before=_same, activation=_relu, after=_same, output=_same, first: float = 1, second: float = 1,
) -> Tensor:  # fmt: skip
    """The network: functions of the input, the hidden layer, the output; factors of the biases."""
    H = after(activation(before(X) @ W1 + first * b1))
    return output(H @ W2 + second * b2)


no_activation = mistake(
    _mlp,
    activation=_same,
    title="has no activation: it is a linear map",
    hint="Two linear layers in a row are one linear layer. What stands between them?",
    source="an issue on a paper's code, and on much-copied TensorFlow examples",
)
sigmoid_inside = mistake(
    _mlp,
    activation=torch.sigmoid,
    title="uses the sigmoid in the hidden layer, where relu is asked for",
    hint="Print the hidden values: can they exceed 1?",
    source="older networks, whose hidden layers are sigmoid",
)
tanh_inside = mistake(
    _mlp,
    activation=torch.tanh,
    title="uses tanh in the hidden layer, where relu is asked for",
    hint="Print the hidden values: can they exceed 1, or be negative?",
    source="older networks, whose hidden layers are tanh",
)
leaky_inside = mistake(
    _mlp,
    activation=lambda A: torch.where(A > 0, A, 0.01 * A),
    title="lets a small share of negative hidden values through",
    hint="Leaky relu does that. What does plain relu give for -100?",
    source="leaky relu in the place of relu",
)
absolute_inside = mistake(
    _mlp,
    activation=torch.abs,
    title="takes absolute values in the hidden layer",
    hint="What does relu give for -3: 3, or 0?",
    source="a rectifier that turns negative values over",
)
capped_inside = mistake(
    _mlp,
    activation=lambda A: A.clamp(0, 6),
    title="lets no hidden value grow beyond 6",
    hint="What does relu give for 100?",
    source="relu6, from networks for small devices",
)
keeps_negative = mistake(
    _mlp,
    activation=lambda A: A.clamp(max=0),
    title="keeps the negative hidden values and drops the positive ones",
    hint="Which of 0 and x does relu keep: the greater or the smaller?",
    source="min for max",
)
mask_alone = mistake(
    _mlp,
    activation=lambda A: (A > 0).to(A.dtype) + 0 * A,
    title="passes on whether a hidden unit is active, but not its value",
    hint="A comparison gives 0 or 1. Which value has relu where it is active?",
    source="(Z > 0).float() in the place of Z * (Z > 0)",
)
relu_at_output = mistake(
    _mlp,
    output=_relu,
    title="applies relu to the output as well",
    hint="A network whose output goes through relu can't predict a negative value.",
    source="a question on a public collection of examples, and a slip in a transformer library's MLP",
)
softmax_at_output = mistake(
    _mlp,
    output=lambda A: torch.exp(A - A.logsumexp(1, keepdim=True)),
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
    first=0,
    title="leaves out b1",
    hint="What does your network give for X = 0? It should depend on b1.",
    source="a bias that is created and never used",
)
no_second_bias = mistake(
    _mlp,
    second=0,
    title="leaves out b2",
    hint="Where all hidden units are 0, what should come out?",
    source="a bias that is created and never used",
)
second_bias_twice = mistake(
    _mlp,
    second=2,
    title="adds b2 twice",
    hint="Does the operation that you use for the second layer add a bias of its own?",
    source="functional.linear(H, W2.T, b2) + b2",
)
subtracts_biases = mistake(
    _mlp,
    first=-1,
    second=-1,
    title="subtracts the biases",
    hint="Which sign have b1 and b2 in the formula?",
    source="a threshold, as the perceptron has it, in the place of a bias",
)
detached_hidden = mistake(
    _mlp,
    after=torch.detach,
    title="gives the first layer no gradient",
    hint="The values are correct. Where, between the two layers, does the graph end?",
    source=".data or .detach() on the hidden layer",
)


@misconception(
    title="adds b1 after the activation",
    hint="A bias moves the point at which a unit becomes active. Which comes first in the formula?",
    source="relu(X @ W1) + b1, parentheses in the wrong place",
)
def bias_after_relu(X: Tensor, W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Tensor:
    return (_relu(X @ W1) + b1) @ W2 + b2


@misconception(
    title="applies relu to the weighted sum and to the bias separately",
    hint="relu(a) + relu(b) isn't relu(a + b). What is a hidden unit's relu applied to?",
    source="relu(X @ W1) + relu(b1)",
)
def separate_relu(X: Tensor, W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Tensor:
    return (_relu(X @ W1) + _relu(b1)) @ W2 + b2


@misconception(
    title="transposes the weights of the first layer",
    hint="Print the shapes of X and W1. Which product of the two has a column for each hidden unit?",
    source="X @ W1.T, as torch's Linear stores its weights",
)
def transposed_first(X: Tensor, W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Tensor:
    return _mlp(X, W1.T, b1, W2, b2)


@misconception(
    title="transposes the weights of the second layer",
    hint="Print the shapes of the hidden layer and of W2. Which product has a column for each output?",
    source="H @ W2.T, as torch's Linear stores its weights",
)
def transposed_second(X: Tensor, W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Tensor:
    return _mlp(X, W1, b1, W2.T, b2)


@misconception(
    title="adds b1 down the columns, one number an example",
    hint="There is a bias for each hidden unit. Along which dimension does yours vary?",
    source="b1.reshape(-1, 1), from courses whose examples are columns",
)
def bias_of_examples(X: Tensor, W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Tensor:
    return _relu(X @ W1 + b1.unsqueeze(1)) @ W2 + b2


@misconception(
    title="returns the hidden layer",
    hint="Print the shape of your result: which layer has so many columns?",
    source="the return statement after the first layer",
)
def hidden_alone(X: Tensor, W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Tensor:
    return _relu(X @ W1 + b1)


@misconception(
    title="returns the hidden layer as well as the output",
    hint="The contract asks for one tensor. What would the caller do with a pair?",
    source="a forward pass that returns its cache for the backward pass",
)
def with_cache(X: Tensor, W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> tuple[Tensor, Tensor]:
    H = _relu(X @ W1 + b1)
    return H @ W2 + b2, H


@misconception(
    title="goes through the layers in the wrong order: the second first",
    hint="Follow X: which weights have a row for each of its features?",
    source="W2 and W1 exchanged, a slip that runs where d = h = q",
)
def exchanges_layers(X: Tensor, W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Tensor:
    return _mlp(X, W2, b2, W1, b1)


@misconception(
    title="exchanges the two biases",
    hint="Which layer has as many units as b1 has entries?",
    source="b2 in the first line and b1 in the second, a slip that runs where h = q",
)
def exchanges_biases(X: Tensor, W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Tensor:
    return _mlp(X, W1, b2, W2, b1)


@misconception(
    title="multiplies entry by entry where a matrix product is needed",
    hint="What does `*` do to two matrices, and what does `@`? Print the shape of X * W1.",
    source="* for @, as in other languages' matrix notation; it runs where the shapes happen to fit",
)
def entry_by_entry(X: Tensor, W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Tensor:
    return _relu(X * W1 + b1) * W2 + b2


@misconception(
    title="feeds X into the second layer, and not the hidden layer",
    hint="Where is the hidden layer used after you have computed it?",
    source="X @ W2 for H @ W2, a copied line; it runs where d = h",
)
def skips_hidden(X: Tensor, W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Tensor:
    return X @ W2 + b2


@misconception(
    title="adds both biases down the columns, one number an example",
    hint="There is a bias for each unit. Along which dimension do yours vary?",
    source="reshape(-1, 1) in both layers, from courses whose examples are columns",
)
def biases_of_examples(X: Tensor, W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Tensor:
    return _relu(X @ W1 + b1.unsqueeze(1)) @ W2 + b2.unsqueeze(1)


@misconception(
    title="returns the hidden layer before the output",
    hint="The contract asks for one tensor. What would the caller do with a pair?",
    source="return H, O: layers in their order",
)
def hidden_first(
    X: Tensor, W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor
) -> tuple[Tensor, Tensor]:
    H = _relu(X @ W1 + b1)
    return H, H @ W2 + b2


@misconception(
    title="gives its parameters no gradient",
    hint="The values are correct. What does `.data` do to a parameter, and what can be learned then?",
    source="W1.data, or torch.tensor(W1), inside of the forward pass",
)
def detached_parameters(X: Tensor, W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Tensor:
    return _mlp(X, W1.detach(), b1.detach(), W2.detach(), b2.detach())


@misconception(
    title="drops dimensions of size 1 from its result",
    hint="What shape has the result for one output: (n, 1), or (n,)?",
    source="squeeze() at the end, for a regression with one output",
)
def squeezes(X: Tensor, W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Tensor:
    return _mlp(X, W1, b1, W2, b2).squeeze()


@misconception(
    title="writes into X",
    hint="Print X before and after the call. Which operation works in place?",
    source="X[...] = ... or an in-place relu on a view of the input",
)
def changes_input(X: Tensor, W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Tensor:
    result = _mlp(X, W1, b1, W2, b2)
    X.data.clamp_(min=0)
    return result


PAIRS = [
    ("no_activation", "no_first_bias"),
    ("no_activation", "relu_at_output"),
    ("no_activation", "relu_of_input"),
    ("relu_at_output", "relu_of_input"),
]
