"""Known wrong implementations of mlp_backward: one body with switches, and pairs of them."""

from typing import Any

import torch
from torch import Tensor

from autograder.checking import misconception, mistake


def _active(Z: Tensor, dH: Tensor) -> Tensor:
    return (Z > 0).to(Z.dtype)


def _bias(D: Tensor, W: Tensor) -> Tensor:
    """The gradient of a layer's biases; W is that of its weights."""
    return D.sum(0)


def _backward(
    X: Tensor, W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor, dO: Tensor, *,
    slope=_active, inputs=lambda Z: Z.clamp(min=0), bias=_bias, first_bias=None, use_b1: float = 1,
    slope_b1: float = 1, examples=lambda A: A, cotangent=lambda dO, out: dO,
    factor=lambda n: 1.0, transpose_W2=True, finish=lambda grads: grads,
) -> Any:  # fmt: skip
    """The gradients.

    slope: of relu. inputs: of the second layer. bias, first_bias: a bias gradient, and that of the first
    layer from (dZ, dH). use_b1, slope_b1: the share of b1 in the hidden layer, and where its slope is
    looked up. examples: which rows take part. cotangent: what is taken for dO, from it and the outputs.
    factor: of everything, by the number of examples. finish: changes the four.
    """
    X, dO = examples(X), examples(dO)
    Z = X @ W1 + use_b1 * b1
    dO = cotangent(dO, Z.clamp(min=0) @ W2 + b2)
    dH = dO @ (W2.T if transpose_W2 else W2)
    dZ = dH * slope(X @ W1 + use_b1 * slope_b1 * b1, dH)
    dW1, dW2 = X.T @ dZ, inputs(Z).T @ dO
    db1 = bias(dZ, dW1) if first_bias is None else first_bias(dZ, dH)
    return finish(tuple(factor(len(X)) * g for g in (dW1, db1, dW2, bias(dO, dW2))))


no_slope = mistake(
    _backward,
    slope=lambda Z, dH: 1,
    title="goes backward through relu as if it weren't there",
    hint="A hidden unit that is 0 doesn't react to a small change of W1. What gradient has it?",
    source="the chain rule without the factor of the activation; asked about in many threads",
)
inverted = mistake(
    _backward,
    slope=lambda Z, dH: (Z < 0).to(Z.dtype),
    title="lets gradients through exactly where relu is 0",
    hint="Which hidden units are active: those above 0, or those below?",
    source="a mask the wrong way round: dH[H > 0] = 0",
)
by_own_sign = mistake(
    _backward,
    slope=lambda Z, dH: (dH > 0).to(Z.dtype),
    title="drops gradients by their own sign, not by that of the hidden layer",
    hint="relu's slope depends on its input. Whose sign do you look at?",
    source="relu applied to the gradient: np.maximum(0, dH), or a mask of dA",
)
by_both_signs = mistake(
    _backward,
    slope=lambda Z, dH: ((Z > 0) & (dH > 0)).to(Z.dtype),
    title="drops negative gradients as well as those of units that are 0",
    hint="relu's slope depends on its input alone. What happens to a negative gradient of an active unit?",
    source="guided backpropagation, which is for pictures of what a network sees",
)
by_activations = mistake(
    _backward,
    slope=lambda Z, dH: Z.clamp(min=0),
    title="multiplies by the activations, where the slope of relu is needed",
    hint="How steep is relu at 3? The slope isn't the value.",
    source="dH * H in the place of dH * (H > 0)",
)
sigmoid_slope = mistake(
    _backward,
    slope=lambda Z, dH: Z.clamp(min=0) * (1 - Z.clamp(min=0)),
    title="uses the slope of the sigmoid, H (1 - H)",
    hint="Which activation has the slope y (1 - y)? Which one has this network?",
    source="a backward pass of an older network, copied",
)
leaky_slope = mistake(
    _backward,
    slope=lambda Z, dH: torch.where(Z > 0, 1.0, 0.01).to(Z.dtype),
    title="has the slope of leaky relu below 0",
    hint="How does relu(-3) change with its argument?",
    source="a leaky slope left in the derivative: a bug report on a teaching repository",
)
linear = mistake(
    _backward,
    slope=lambda Z, dH: 1,
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
    source="H and Z mixed up: y_pred = h.dot(w2) in copies of a known two-layer example",
)
ignores_b1 = mistake(
    _backward,
    use_b1=0,
    title="computes the hidden layer without b1",
    hint="Which units are active depends on b1. Is it in your forward pass?",
    source="a bias that is forgotten when the forward pass is repeated",
)
slope_without_b1 = mistake(
    _backward,
    slope_b1=0,
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
    factor=lambda n: -1.0,
    title="has the wrong sign",
    hint="These are gradients, not steps. Who subtracts them?",
    source="(target - output), or the minus of the update, in the backward pass",
)
mean_of_biases = mistake(
    _backward,
    bias=lambda D, W: D.mean(0),
    title="averages the bias gradients over the batch, while those of the weights are sums",
    hint="A bias is used once by every example: how do their contributions combine?",
    source="mean for sum: a correction to published notes on backpropagation",
)
kept_dimension = mistake(
    _backward,
    bias=lambda D, W: D.sum(0, keepdim=True),
    title="returns bias gradients of shape (1, h) and (1, q)",
    hint="Compare the shape of db1 with that of b1.",
    source="np.sum(dZ, axis=0, keepdims=True)",
)
sums_units = mistake(
    _backward,
    bias=lambda D, W: D.sum(1),
    title="adds bias gradients up over the units, not over the examples",
    hint="There is one bias a unit. Which dimension has to disappear?",
    source="axis=1 from courses whose examples are columns",
)
sums_everything = mistake(
    _backward,
    bias=lambda D, W: D.sum(),
    title="adds each layer's bias gradient up to a single number",
    hint="Compare the shape of db1 with that of b1.",
    source="sum() without a dimension: a correction to a lecture's code",
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
    bias=lambda D, W: W.sum(0),
    title="adds up the weights' gradient to get that of the biases",
    hint="Which number is a bias multiplied by? It isn't the layer's input.",
    source="np.sum(np.dot(l1, x.T), axis=1): a report on a specialization's assignment",
)
bias_before_mask = mistake(
    _backward,
    first_bias=lambda dZ, dH: dH.sum(0),
    title="computes db1 from the gradient before relu's slope is applied",
    hint="b1 is added before relu, so its gradient comes through relu, too.",
    source="db1 = dH.sum(0), one line too early",
)
untransposed = mistake(
    _backward,
    transpose_W2=False,
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
    cotangent=lambda dO, out: torch.ones_like(dO),
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
    source="dZ.T @ X, as torch's Linear stores its weights",
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
    X: Tensor, W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor, dO: Tensor
) -> tuple[Tensor, ...]:
    result = _backward(X, W1, b1, W2, b2, dO)
    dO /= len(X) + 1
    return result


_sums: list[Tensor] = []


@misconception(
    title="adds to the gradients of earlier calls",
    hint="Two calls with the same arguments should give the same. What does yours keep?",
    source="accumulators outside of the function, never cleared",
)
def accumulates(
    X: Tensor, W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor, dO: Tensor
) -> tuple[Tensor, ...]:
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
