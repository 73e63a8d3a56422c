"""Known wrong implementations of mlp_backward in NumPy: one body with switches, and pairs of them."""

from typing import Any

import numpy as np

from autograder.checking import misconception, mistake

Array = np.ndarray


def _bias(D: Array, W: Array) -> Array:
    """The gradient of a layer's biases; W is that of its weights."""
    return D.sum(axis=0)


def _backward(
    X: Array, W1: Array, b1: Array, W2: Array, b2: Array, dO: Array, *,
    slope=lambda Z, dH: Z > 0, inputs=lambda Z: np.maximum(Z, 0), bias=_bias, first_bias=None,
    use_b1=True, slope_b1=True, examples=lambda A: A, cotangent=lambda dO, out: dO,
    factor=lambda n: 1, turn=True, finish=lambda grads: grads,
) -> Any:  # fmt: skip
    """The gradients.

    slope: of relu. inputs: of the second layer. bias, first_bias: a bias gradient, and that of the first
    layer from (dZ, dH). use_b1, slope_b1: whether the hidden layer has b1, and where its slope is looked
    up. examples: which rows take part. cotangent: what is taken for dO, from it and the outputs.
    factor: of everything, by the number of examples. finish: changes the four.
    """
    X, dO = examples(X), examples(dO)
    Z = X @ W1 + (b1 if use_b1 else 0)
    dO = cotangent(dO, np.maximum(Z, 0) @ W2 + b2)
    dH = dO @ (W2.T if turn else W2)
    dZ = (dH * slope(X @ W1 + (b1 if use_b1 and slope_b1 else 0), dH)).astype(X.dtype)
    dW1, dW2 = X.T @ dZ, inputs(Z).T @ dO
    db1 = bias(dZ, dW1) if first_bias is None else first_bias(dZ, dH)
    grads = (dW1, db1, dW2, bias(dO, dW2))
    return finish(tuple((factor(len(X)) * g).astype(X.dtype) for g in grads))


no_slope = mistake(
    _backward,
    slope=lambda Z, dH: np.ones_like(Z),
    title="goes backward through relu as if it weren't there",
    hint="A hidden unit that is 0 doesn't react to a small change of W1. What gradient has it?",
    source="the chain rule without the factor of the activation; asked about in many threads",
)
inverted = mistake(
    _backward,
    slope=lambda Z, dH: Z < 0,
    title="lets gradients through exactly where relu is 0",
    hint="Which hidden units are active: those above 0, or those below?",
    source="dH[H > 0] = 0, a mask the wrong way round",
)
by_own_sign = mistake(
    _backward,
    slope=lambda Z, dH: dH > 0,
    title="drops gradients by their own sign, not by that of the hidden layer",
    hint="relu's slope depends on its input. Whose sign do you look at?",
    source="np.maximum(0, dH), relu applied to the gradient",
)
by_both_signs = mistake(
    _backward,
    slope=lambda Z, dH: (Z > 0) & (dH > 0),
    title="drops negative gradients as well as those of units that are 0",
    hint="relu's slope depends on its input alone. What happens to a negative gradient of an active unit?",
    source="guided backpropagation, which is for pictures of what a network sees",
)
by_activations = mistake(
    _backward,
    slope=lambda Z, dH: np.maximum(Z, 0),
    title="multiplies by the activations, where the slope of relu is needed",
    hint="How steep is relu at 3? The slope isn't the value.",
    source="dH * H in the place of dH * (H > 0)",
)
sigmoid_slope = mistake(
    _backward,
    slope=lambda Z, dH: np.maximum(Z, 0) * (1 - np.maximum(Z, 0)),
    title="uses the slope of the sigmoid, H (1 - H)",
    hint="Which activation has the slope y (1 - y)? Which one has this network?",
    source="the derivative of a much copied network with sigmoids",
)
linear = mistake(
    _backward,
    slope=lambda Z, dH: np.ones_like(Z),
    inputs=lambda Z: Z,
    title="is the backward pass of a network without an activation",
    hint="What is the hidden layer here: X W1 + b1, or relu of it?",
    source="the activation forgotten in both passes",
)
before_relu = mistake(
    _backward,
    inputs=lambda Z: Z,
    title="computes dW2 from the hidden values before relu",
    hint="What does the second layer get as its input? Its weights' gradient needs just that.",
    source="y_pred = h.dot(w2) in copies of a known two-layer example",
)
ignores_b1 = mistake(
    _backward,
    use_b1=False,
    title="computes the hidden layer without b1",
    hint="Which units are active depends on b1. Is it in your forward pass?",
    source="an example without biases, extended half way",
)
slope_without_b1 = mistake(
    _backward,
    slope_b1=False,
    title="decides by X W1 alone, without b1, which hidden units are active",
    hint="relu is applied to X W1 + b1. Of which number do you take the sign in the backward pass?",
    source="(X @ W1 > 0) as the mask, where the sum with the bias was not kept",
)
averages = mistake(
    _backward,
    factor=lambda n: 1 / n,
    title="divides all gradients by the number of examples",
    hint="dO is the gradient of the loss already. If the loss is a mean, where does its 1/n come in?",
    source="1/m in every line, as a well-known course writes it; divided twice, in several reports",
)
negative = mistake(
    _backward,
    factor=lambda n: -1,
    title="has the wrong sign",
    hint="These are gradients, not steps. Who subtracts them?",
    source="(target - output) in the backward pass, as in code that adds its updates",
)
mean_of_biases = mistake(
    _backward,
    bias=lambda D, W: D.mean(axis=0),
    title="averages the bias gradients over the batch, while those of the weights are sums",
    hint="A bias is used once by every example: how do their contributions combine?",
    source="mean for sum: a correction to published notes on backpropagation",
)
kept_dimension = mistake(
    _backward,
    bias=lambda D, W: D.sum(axis=0, keepdims=True),
    title="returns bias gradients of shape (1, h) and (1, q)",
    hint="Compare the shape of db1 with that of b1.",
    source="np.sum(dZ, axis=0, keepdims=True)",
)
sums_units = mistake(
    _backward,
    bias=lambda D, W: D.sum(axis=1),
    title="adds bias gradients up over the units, not over the examples",
    hint="There is one bias a unit. Which axis has to disappear?",
    source="axis=1 from courses whose examples are columns",
)
sums_everything = mistake(
    _backward,
    bias=lambda D, W: D.sum(),
    title="adds each layer's bias gradient up to a single number",
    hint="Compare the shape of db1 with that of b1.",
    source="sum() without an axis: a correction to a lecture's code",
)
not_summed = mistake(
    _backward,
    bias=lambda D, W: D,
    title="returns a row for each example where a bias gradient is asked for",
    hint="Compare the shape of db1 with that of b1. How do the examples' contributions combine?",
    source="db = dZ, correct for one example",
)
bias_of_weights = mistake(
    _backward,
    bias=lambda D, W: W.sum(axis=0),
    title="adds up the weights' gradient to get that of the biases",
    hint="Which number is a bias multiplied by? It isn't the layer's input.",
    source="np.sum(np.dot(l1, x.T), axis=1): a report on a specialization's assignment",
)
bias_before_mask = mistake(
    _backward,
    first_bias=lambda dZ, dH: dH.sum(axis=0),
    title="computes db1 from the gradient before relu's slope is applied",
    hint="b1 is added before relu, so its gradient comes through relu, too.",
    source="db1 = dH.sum(axis=0), one line too early",
)
untransposed = mistake(
    _backward,
    turn=False,
    title="multiplies by W2 where its transpose is needed",
    hint="Print the shapes of dO and W2: going backward turns q columns into h.",
    source="dO @ W2, which runs only where h = q",
)
last_example = mistake(
    _backward,
    examples=lambda A: A[-1:],
    title="gives the gradients of the last example alone",
    hint="Every example adds its share. What becomes of the first one's when the second comes?",
    source="a loop over the examples that assigns where it should add up",
)
ignores_cotangent = mistake(
    _backward,
    cotangent=lambda dO, out: np.ones_like(dO),
    title="ignores dO: it differentiates the sum of the outputs",
    hint="Double dO: what should happen to the four gradients?",
    source="a backward pass that starts from ones, as outputs.sum().backward() does",
)
takes_for_targets = mistake(
    _backward,
    cotangent=lambda dO, out: out - dO,
    title="takes dO for the targets and subtracts it from the outputs",
    hint="dO is the gradient of the loss with respect to the outputs already. Where does the loss come in?",
    source="(y_hat - y) at the beginning of the backward pass of a network with its own squared loss",
)
second_layer_alone = mistake(
    _backward,
    finish=lambda g: (0 * g[0], 0 * g[1], g[2], g[3]),
    title="goes back through the second layer only: dW1 and db1 are zeros",
    hint="What reaches the hidden layer, through W2 and relu, and what does the first layer make of it?",
    source="unfinished: the first layer's gradients stay as they were initialized",
)
second_first = mistake(
    _backward,
    finish=lambda g: (g[2], g[3], g[0], g[1]),
    title="returns the second layer's gradients first",
    hint="The contract says the order: dW1, db1, dW2, db2.",
    source="results in the order in which they are computed",
)
weights_first = mistake(
    _backward,
    finish=lambda g: (g[0], g[2], g[1], g[3]),
    title="returns both weights' gradients and then both biases'",
    hint="The contract says the order: dW1, db1, dW2, db2.",
    source="return dW1, dW2, db1, db2",
)
transposed = mistake(
    _backward,
    finish=lambda g: (g[0].T, g[1], g[2].T, g[3]),
    title="returns the weights' gradients transposed",
    hint="Compare the shape of dW1 with that of W1.",
    source="np.dot(dZ.T, X)",
)
no_biases = mistake(
    _backward,
    finish=lambda g: (g[0], g[2]),
    title="returns the gradients of the weights alone",
    hint="How many parameters has the network?",
    source="an example without biases, copied",
)
by_name = mistake(
    _backward,
    finish=lambda g: dict(zip(("dW1", "db1", "dW2", "db2"), g, strict=True)),
    title="returns a dict where a tuple is asked for",
    hint="The contract says what is returned, and in which order.",
    source="grads['W1'] = ..., as in a much visited course",
)


@misconception(
    title="overwrites dO",
    hint="Print dO before and after the call. Which operation works in place?",
    source="dscores /= N in place",
)
def changes_cotangent(
    X: Array, W1: Array, b1: Array, W2: Array, b2: Array, dO: Array
) -> tuple[Array, ...]:
    result = _backward(X, W1, b1, W2, b2, dO)
    dO /= len(X) + 1
    return result


_sums: list[Array] = []


@misconception(
    title="adds to the gradients of earlier calls",
    hint="Two calls with the same arguments should give the same. What does yours keep?",
    source="accumulators outside of the function, never cleared",
)
def accumulates(
    X: Array, W1: Array, b1: Array, W2: Array, b2: Array, dO: Array
) -> tuple[Array, ...]:
    global _sums
    found = list(_backward(X, W1, b1, W2, b2, dO))
    if [g.shape for g in _sums] == [g.shape for g in found]:
        found = [before + g for before, g in zip(_sums, found, strict=True)]
    _sums = found
    return tuple(found)


PAIRS = [
    ("averages", "no_slope"),
    ("averages", "kept_dimension"),
    ("no_slope", "kept_dimension"),
    ("no_slope", "ignores_b1"),
]
