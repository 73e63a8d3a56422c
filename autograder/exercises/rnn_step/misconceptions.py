"""Known wrong implementations of rnn_step: one body with switches, and pairs of them."""

import torch
from torch import Tensor

from autograder.checking import misconception, mistake


def _same(A: Tensor) -> Tensor:
    return A


def _rnn(
    X: Tensor, H: Tensor, W_xh: Tensor, W_hh: Tensor, b_h: Tensor, *,
    state=_same, recurrent=_same, inner=_same, activation=torch.tanh, result=_same,
    of_input: float = 1, of_state: float = 1, bias: float = 1,
) -> Tensor:  # fmt: skip
    """The step: functions of the state, of its weights and of its product; factors of the three terms."""
    product = inner(state(H) @ recurrent(W_hh))
    return result(activation(of_input * (X @ W_xh) + of_state * product + bias * b_h))


no_activation = mistake(
    _rnn,
    activation=_same,
    title="has no activation: it is a linear map",
    hint="Can an entry of the result be greater than 1? Should it?",
    source="tanh left out, or applied to the output layer alone",
)
sigmoid_activation = mistake(
    _rnn,
    activation=torch.sigmoid,
    title="uses the sigmoid where tanh is asked for",
    hint="Can an entry of the result be negative? Should it be, sometimes?",
    source="the gates of an LSTM, remembered for a plain recurrent layer",
)
relu_activation = mistake(
    _rnn,
    activation=torch.relu,
    title="uses relu where tanh is asked for",
    hint="Can an entry of the result be greater than 1, or negative?",
    source="nonlinearity='relu' of PyTorch's module",
)
softmax_activation = mistake(
    _rnn,
    activation=lambda Z: torch.softmax(Z, 1),
    title="makes probabilities of the state",
    hint="Which function does the contract name? Add up a row of your result.",
    source="the output layer's softmax, moved into the step",
)
ignores_state = mistake(
    _rnn,
    of_state=0,
    title="ignores H: nothing is remembered from step to step",
    hint="Change H and call again. What should change?",
    source="a hidden state of zeros in every test; pytorch-handbook #102 hands over the first state at every step",
)
ignores_input = mistake(
    _rnn,
    of_input=0,
    title="ignores X",
    hint="Change X and call again. What should change?",
    source="a sum that is overwritten where it should be continued",
)
no_recurrent_weights = mistake(
    _rnn,
    recurrent=lambda W: torch.eye(W.shape[0], dtype=W.dtype),
    title="adds H itself, without multiplying it by W_hh",
    hint="What does W_hh do to H before the two terms are added?",
    source="a residual connection in the place of a recurrent one",
)
transposes_recurrent = mistake(
    _rnn,
    recurrent=lambda W: W.T,
    title="multiplies H by the transpose of W_hh",
    hint="W_hh is square, so both products have the correct shape. Which entry of H meets which column?",
    source="PyTorch's layout of weights: its cells compute H W^T",
)
elementwise_recurrent = mistake(
    _rnn,
    recurrent=lambda W: W.diagonal().diag(),
    title="uses only the diagonal of W_hh: no hidden unit hears of another",
    hint="Put 0 on the diagonal of W_hh. Should H still matter?",
    source="an independently recurrent layer; * in the place of @",
)
forgets_bias = mistake(
    _rnn,
    bias=0,
    title="does not add b_h",
    hint="With X and H of zeros, what should come out?",
    source="a bias of zeros in every example",
)
doubles_bias = mistake(
    _rnn,
    bias=2,
    title="adds b_h twice",
    hint="With X and H of zeros, what should come out?",
    source="PyTorch's cells have two biases; one tensor put in for both",
)
subtracts_bias = mistake(
    _rnn,
    bias=-1,
    title="subtracts b_h",
    hint="With X and H of zeros, what should come out?",
    source="a sign",
)
subtracts_state = mistake(
    _rnn,
    of_state=-1,
    title="subtracts the state's term",
    hint="Are the two products added, or is one taken from the other?",
    source="a sign",
)
inner_activation = mistake(
    _rnn,
    inner=torch.tanh,
    title="applies tanh to the state's product alone before it is added, and to the sum again",
    hint="How often does tanh stand in the formula, and around what?",
    source="a parenthesis closed too early; theanets #109",
)
state_activation = mistake(
    _rnn,
    state=torch.tanh,
    title="applies tanh to H before it is multiplied",
    hint="H comes out of the last step's tanh already. What does the formula do with it?",
    source="the activation at both ends of the step",
)
averages = mistake(
    _rnn,
    of_input=0.5,
    of_state=0.5,
    title="averages the terms of the input and of the state",
    hint="Is there a factor in front of the two products in the formula?",
    source="a mean in the place of a sum",
)
shares_first_state = mistake(
    _rnn,
    state=lambda H: H[:1].expand_as(H),
    title="uses the state of the first example for all of them",
    hint="Each row of H belongs to the row of X beside it. Print the shape of what you multiply.",
    source="H[0], from code for a batch of one",
)
detaches_state = mistake(
    _rnn,
    state=Tensor.detach,
    title="cuts the graph at H: gradients don't reach earlier steps",
    hint="Detaching belongs between two minibatches, outside of the step. Where do you do it?",
    source="truncated backpropagation in the wrong place; threads about Dive-into-DL-PyTorch (#146, #161)",
)
detaches_recurrent_weights = mistake(
    _rnn,
    recurrent=Tensor.detach,
    title="gives W_hh no gradient",
    hint="Which of your lines takes W_hh out of autograd?",
    source="W_hh.data",
)


@misconception(
    title="adds the input's term outside of tanh",
    hint="Where does the parenthesis of tanh close in the formula?",
    source="theanets #109: the tanh of one product, where it should be that of the sum",
)
def activates_state_alone(X: Tensor, H: Tensor, W_xh: Tensor, W_hh: Tensor, b_h: Tensor) -> Tensor:
    return X @ W_xh + torch.tanh(H @ W_hh + b_h)


@misconception(
    title="adds b_h outside of tanh",
    hint="Where does the parenthesis of tanh close in the formula?",
    source="a parenthesis closed too early",
)
def adds_bias_outside(X: Tensor, H: Tensor, W_xh: Tensor, W_hh: Tensor, b_h: Tensor) -> Tensor:
    return torch.tanh(X @ W_xh + H @ W_hh) + b_h


@misconception(
    title="returns a pair, where one tensor is asked for",
    hint="The book returns the output and a tuple with the state. What does this contract ask for?",
    source="the book's rnn function, and PyTorch's module",
)
def returns_pair(
    X: Tensor, H: Tensor, W_xh: Tensor, W_hh: Tensor, b_h: Tensor
) -> tuple[Tensor, tuple[Tensor]]:
    state = _rnn(X, H, W_xh, W_hh, b_h)
    return state, (state,)


@misconception(
    title="writes the new state into H",
    hint="Print H before and after the call. Which operation works in place?",
    source="H[:] = ..., to carry the state along",
)
def changes_state(X: Tensor, H: Tensor, W_xh: Tensor, W_hh: Tensor, b_h: Tensor) -> Tensor:
    result = _rnn(X, H, W_xh, W_hh, b_h)
    H.data.copy_(result.detach())
    return result


@misconception(
    title="overflows where tanh is flat",
    hint="What is exp(1000)? torch.tanh is free here, and knows.",
    source="tanh by its definition",
)
def overflows(X: Tensor, H: Tensor, W_xh: Tensor, W_hh: Tensor, b_h: Tensor) -> Tensor:
    Z = X @ W_xh + H @ W_hh + b_h
    return (Z.exp() - (-Z).exp()) / (Z.exp() + (-Z).exp())


@misconception(
    title="drops dimensions of size 1 from its result",
    hint="What shape has the state for a single hidden unit: (n, 1), or (n,)?",
    source="squeeze() at the end",
)
def squeezes(X: Tensor, H: Tensor, W_xh: Tensor, W_hh: Tensor, b_h: Tensor) -> Tensor:
    return _rnn(X, H, W_xh, W_hh, b_h).squeeze()


PAIRS = [
    ("no_activation", "forgets_bias"),
    ("sigmoid_activation", "ignores_state"),
    ("transposes_recurrent", "forgets_bias"),
    ("no_activation", "transposes_recurrent"),
]
