"""Known wrong implementations of sigmoid: one body with switches, and pairs of them."""

import math

import torch
from torch import Tensor
from torch.nn.functional import softplus

from autograder.checking import misconception, mistake


def _sigmoid(X: Tensor, *, slope: float = 1, height: float = 1, shift: float = 0) -> Tensor:
    """height / (1 + exp(-slope x)) + shift, stable in value and gradient."""
    return height * torch.exp(-softplus(-slope * X)) + shift


falls = mistake(
    _sigmoid,
    slope=-1,
    title="falls where it should rise",
    hint="Try a large positive entry: the result should be near 1. Which sign has the exponent?",
    source="1 / (1 + exp(x)), as in a fix to a public library's sigmoid",
)
half_as_steep = mistake(
    _sigmoid,
    slope=0.5,
    title="is half as steep",
    hint="Try 2: it should give 0.8808. By which factor is your exponent too small?",
    source="a half taken over from (tanh(x / 2) + 1) / 2",
)
twice_as_steep = mistake(
    _sigmoid,
    slope=2,
    title="is twice as steep",
    hint="Try 1: it should give 0.7311. By which factor is your exponent too large?",
    source="(tanh(x) + 1) / 2, where the argument should be halved",
)
base_two = mistake(
    _sigmoid,
    slope=math.log(2),
    title="takes powers of 2 in the place of e",
    hint="Try 1: it should give 0.7311, not 2/3.",
    source="2 ** -x",
)
minus_one_to_one = mistake(
    _sigmoid,
    height=2,
    shift=-1,
    title="runs from -1 to 1",
    hint="A probability is at least 0. What should come out for -100?",
    source="sigmoid and tanh mixed up",
)
centred = mistake(
    _sigmoid,
    shift=-0.5,
    title="is centred at 0: a half is missing",
    hint="What should come out for 0?",
    source="tanh(x / 2) / 2 without the half that is added",
)
too_high = mistake(
    _sigmoid,
    height=2,
    title="runs from 0 to 2",
    hint="What should come out for 100? Compare the numerator with the denominator.",
    source="2 / (1 + exp(-x)), a piece of the formula of tanh",
)


@misconception(
    title="returns the derivative of the sigmoid",
    hint="The slope y (1 - y) belongs to the backward pass. What is the value itself?",
    source="a flag `deriv=True` of a much copied eleven-line network",
)
def derivative(X: Tensor) -> Tensor:
    y = _sigmoid(X)
    return y * (1 - y)


@misconception(
    title="returns the logarithm of the sigmoid",
    hint="The result should lie between 0 and 1. What undoes a logarithm?",
    source="logsigmoid without exp",
)
def logarithm(X: Tensor) -> Tensor:
    return -softplus(-X)


@misconception(
    title="is applied twice",
    hint="Try 0: the result should be 0.5, not 0.6225.",
    source="a sigmoid of values that are sigmoids already, from code review",
)
def twice(X: Tensor) -> Tensor:
    return _sigmoid(_sigmoid(X))


@misconception(
    title="leaves out the 1 in the denominator",
    hint="The result has to stay below 1. Which term of the formula sees to that?",
    source="1 / exp(-x), a slip in the formula",
)
def forgets_one(X: Tensor) -> Tensor:
    return torch.exp(X)


@misconception(
    title="subtracts the exponential in the denominator, where it should be added",
    hint="What does your denominator become for x = 0?",
    source="1 / (1 - exp(-x))",
)
def subtracts(X: Tensor) -> Tensor:
    return 1 / (1 - torch.exp(-X))


@misconception(
    title="gives 1 + exp(-x), the denominator, and not 1 divided by it",
    hint="Is the division there? It goes before addition: what does Python make of 1 / 1 + 2?",
    source="1 / 1 + exp(-x), or the division forgotten",
)
def without_parentheses(X: Tensor) -> Tensor:
    return 1 / 1 + torch.exp(-X)


@misconception(
    title="is 0.5 everywhere",
    hint="Where does X enter your result? It should rise from 0 to 1.",
    source="an answer that is a probability whatever comes in",
    trivial=True,
)
def always_half(X: Tensor) -> Tensor:
    return 0 * X + 0.5


@misconception(
    title="approaches 0 and 1 too slowly: it is a fraction without exponentials",
    hint="Softsign, x / (1 + |x|), moved to lie between 0 and 1, is another curve. What should come out for 4?",
    source="(1 + x / (1 + |x|)) / 2, a fast approximation",
)
def softsign(X: Tensor) -> Tensor:
    return 0.5 * (1 + X / (1 + X.abs()))


@misconception(
    title="is made of straight lines: it is exactly 0 or 1 from -2.5 downwards and from 2.5 upwards",
    hint="That is a hard sigmoid. What should come out for 2.5: 1, or 0.924?",
    source="clamp(0.2 x + 0.5, 0, 1), the hard sigmoid of another framework",
)
def steeper_lines(X: Tensor) -> Tensor:
    return (0.2 * X + 0.5).clamp(0, 1)


@misconception(
    title="is made of straight lines: it is exactly 0 or 1 a few units away from 0",
    hint="That is the hard sigmoid. What should come out for 4: 1, or 0.982?",
    source="clamp(x / 6 + 1/2, 0, 1), the hard sigmoid of mobile networks",
)
def straight_lines(X: Tensor) -> Tensor:
    return (X / 6 + 0.5).clamp(0, 1)


@misconception(
    title="gives 0 or 1 and nothing between",
    hint="The result is a probability. Deciding for a class is a later step.",
    source="thresholding at 0.5 too early",
)
def decides(X: Tensor) -> Tensor:
    return (X > 0).to(X.dtype) + 0 * X


@misconception(
    title="divides by a sum over the entries, so that they depend on each other",
    hint="The sigmoid of an entry depends on that entry alone. What do you add up?",
    source="softmax in the place of the sigmoid",
)
def normalizes(X: Tensor) -> Tensor:
    E = torch.exp(X - X.max())
    return E / E.sum()


@misconception(
    title="gives NaN for large positive entries",
    hint="What is exp(100) in float32, and inf / inf? Can the formula do with exp(-x)?",
    source="exp(x) / (1 + exp(x)), a form that many texts give",
)
def overflows(X: Tensor) -> Tensor:
    E = torch.exp(X)
    return E / (1 + E)


@misconception(
    title="has no finite gradient for large negative entries",
    hint="exp(-x) is infinite there. The value 1 / inf is harmless, but what is its derivative to autograd?",
    source="1 / (1 + exp(-x)): the overflow warning that dozens of threads ask about",
)
def gradient_overflows(X: Tensor) -> Tensor:
    return 1 / (1 + torch.exp(-X))


@misconception(
    title="has no finite gradient for large entries of either sign, though its values are correct",
    hint="`where` computes both branches, and goes backward through both: 0 * inf is not a number. "
    "Keep the exponents of the branch that isn't taken small.",
    source="where(x >= 0, 1 / (1 + exp(-x)), exp(x) / (1 + exp(x))): the advice of a much read answer",
)
def where_of_both(X: Tensor) -> Tensor:
    E = torch.exp(X)
    return torch.where(X >= 0, 1 / (1 + torch.exp(-X)), E / (1 + E))


@misconception(
    title="cuts large entries off so early that it can be seen",
    hint="What does your function give for -8? How near to 0 should it be?",
    source="clip(x, -6, 6) against overflow, copied without a look at the error",
)
def clips_early(X: Tensor) -> Tensor:
    return _sigmoid(X.clamp(-6, 6))


@misconception(
    title="has the gradient of its numerator alone",
    hint="The denominator depends on x, too. Where does it leave the graph?",
    source=".detach() or .data on the normalizer, carried over from softmax",
)
def detaches_denominator(X: Tensor) -> Tensor:
    return torch.exp(X - softplus(X).detach())


@misconception(
    title="works for single numbers only",
    hint="`math.exp` takes one number. Which exp takes a tensor?",
    source="math.exp in the place of an array's exp: the first lesson of a well-known course",
)
def one_number_only(X: Tensor) -> Tensor:
    return torch.as_tensor(1 / (1 + math.exp(-X)), dtype=X.dtype)


@misconception(
    title="overwrites its input",
    hint="Print X before and after the call. Which methods end in an underscore?",
    source="X.neg_().exp_().add_(1), or an array method with out=",
)
def in_place(X: Tensor) -> Tensor:
    return X.copy_(_sigmoid(X.detach()))


@misconception(
    title="cuts the large entries of its input off, in the input itself",
    hint="Print X before and after the call, with an entry of 100. Which methods end in an underscore?",
    source="X.clamp_(-80, 80) against overflow",
)
def clips_input(X: Tensor) -> Tensor:
    with torch.no_grad():
        X.clamp_(-80, 80)
    return _sigmoid(X)


@misconception(
    title="expects a matrix: it loops over rows and columns",
    hint="The contract says any shape. Which way of writing works for every number of dimensions?",
    source="n, q = X.shape and two loops",
)
def needs_matrix(X: Tensor) -> Tensor:
    n, q = X.shape
    return _sigmoid(X.reshape(n, q))


@misconception(
    title="raises for tensors that are not contiguous",
    hint="`view` needs the entries in one piece. What works for a transpose, too?",
    source="X.view(-1)",
)
def needs_contiguous(X: Tensor) -> Tensor:
    return _sigmoid(X.view(-1)).view(X.shape)


PAIRS = [
    ("falls", "minus_one_to_one"),
    ("twice_as_steep", "minus_one_to_one"),
    ("falls", "too_high"),
]
