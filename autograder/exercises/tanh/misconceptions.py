"""Known wrong implementations of tanh: one body with switches, and pairs of them."""

import math

import torch
from torch import Tensor
from torch.nn.functional import softplus

from autograder.checking import misconception, mistake


def _tanh(X: Tensor, *, slope: float = 1, height: float = 2, shift: float = -1) -> Tensor:
    """height / (1 + exp(-2 slope x)) + shift, stable in value and gradient."""
    return height * torch.exp(-softplus(-2 * slope * X)) + shift


falls = mistake(
    _tanh,
    slope=-1,
    title="has the wrong sign",
    hint="Try 1: it should give +0.7616. Which exponential is subtracted from which?",
    source="(exp(-x) - exp(x)) / ...",
)
half_as_steep = mistake(
    _tanh,
    slope=0.5,
    title="is half as steep",
    hint="Try 1: it should give 0.7616, not 0.4621. By which factor is your exponent too small?",
    source="2 sigmoid(x) - 1, or (exp(x) - 1) / (exp(x) + 1), without the 2 in the exponent",
)
twice_as_steep = mistake(
    _tanh,
    slope=2,
    title="is twice as steep",
    hint="Try 1: it should give 0.7616, not 0.9640. By which factor is your exponent too large?",
    source="a factor of 2 in both exponentials",
)
sigmoid = mistake(
    _tanh,
    slope=0.5,
    height=1,
    shift=0,
    title="is the sigmoid",
    hint="tanh runs from -1 to 1. What should come out for 0?",
    source="the wrong activation copied",
)
zero_to_one = mistake(
    _tanh,
    height=1,
    shift=0,
    title="runs from 0 to 1",
    hint="tanh is odd: tanh(-x) = -tanh(x). What should come out for 0?",
    source="sigmoid(2 x) where stretching and shifting are forgotten",
)
zero_to_two = mistake(
    _tanh,
    shift=0,
    title="runs from 0 to 2: a 1 is missing",
    hint="What should come out for 0?",
    source="2 sigmoid(2 x) without the -1",
)
half_height = mistake(
    _tanh,
    height=1,
    shift=-0.5,
    title="runs from -1/2 to 1/2",
    hint="What should come out for 100? Both exponentials are halved in sinh and in cosh.",
    source="a half that is left in the numerator",
)


@misconception(
    title="is upside down: it divides by the difference of the exponentials",
    hint="tanh(0) is 0. What does your formula divide by there?",
    source="the fraction turned over, as once printed in a chapter of a known book",
)
def upside_down(X: Tensor) -> Tensor:
    X = X.clamp(-40, 40)
    return (torch.exp(X) + torch.exp(-X)) / (torch.exp(X) - torch.exp(-X))


@misconception(
    title="is cosh divided by sinh, where sinh is divided by cosh",
    hint="tanh(0) is 0. What does your formula divide by there?",
    source="the fraction turned over",
)
def cosh_over_sinh(X: Tensor) -> Tensor:
    X = X.clamp(-40, 40)
    return torch.cosh(X) / torch.sinh(X)


@misconception(
    title="divides one of the two exponentials only: parentheses are missing around the numerator",
    hint="Division goes before subtraction. What does Python make of 4 - 2 / 2?",
    source="exp(x) - exp(-x) / (exp(x) + exp(-x))",
)
def without_parentheses(X: Tensor) -> Tensor:
    X = X.clamp(-40, 40)
    return torch.exp(X) - torch.exp(-X) / (torch.exp(X) + torch.exp(-X))


@misconception(
    title="is a polynomial, which is near to tanh around 0 alone",
    hint="A few terms of a series grow without bound. What should come out for 5?",
    source="x - x**3 / 3 + 2 * x**5 / 15, the beginning of the Taylor series",
)
def polynomial(X: Tensor) -> Tensor:
    return X - X**3 / 3 + 2 * X**5 / 15


@misconception(
    title="leaves out the denominator and grows without bound",
    hint="(exp(x) - exp(-x)) / 2 is sinh. What is it divided by?",
    source="sinh for tanh",
)
def sinh(X: Tensor) -> Tensor:
    return torch.sinh(X)


@misconception(
    title="returns the derivative of tanh",
    hint="The slope 1 - y² belongs to the backward pass. What is the value itself?",
    source="forward and backward of a layer mixed up",
)
def derivative(X: Tensor) -> Tensor:
    return 1 - _tanh(X) ** 2


@misconception(
    title="loses the sign of its argument",
    hint="Try -1: the result should be negative. What undoes the absolute value?",
    source="a stable formula in |x|, without the sign afterwards",
)
def loses_sign(X: Tensor) -> Tensor:
    return _tanh(X.abs())


@misconception(
    title="is a straight line between -1 and 1, and constant outside",
    hint="That is the hard tanh. What should come out for 1: 1, or 0.7616?",
    source="clamp(x, -1, 1)",
)
def straight(X: Tensor) -> Tensor:
    return X.clamp(-1, 1)


@misconception(
    title="approaches its bounds too slowly: it is x / (1 + |x|)",
    hint="That is softsign. What should come out for 3: 0.75, or 0.9951?",
    source="softsign in the place of tanh",
)
def softsign(X: Tensor) -> Tensor:
    return X / (1 + X.abs())


@misconception(
    title="is the inverse of the tangent",
    hint="The h stands for hyperbolic: exponentials, no angles. What is the bound for large entries?",
    source="atan for tanh",
)
def arctangent(X: Tensor) -> Tensor:
    return torch.atan(X)


@misconception(
    title="is the tangent of an angle",
    hint="The h stands for hyperbolic: exponentials, no angles.",
    source="tan for tanh",
)
def tangent(X: Tensor) -> Tensor:
    return torch.tan(X)


@misconception(
    title="gives -1 or 1 and nothing between",
    hint="Near 0, tanh(x) is about x. What does yours give for 0.1?",
    source="sign(x), the limit of a steep tanh",
)
def sign(X: Tensor) -> Tensor:
    return torch.sign(X) + 0 * X


@misconception(
    title="gives NaN for large entries of either sign",
    hint="What is exp(100) in float32, and inf / inf? Which exponential stays small?",
    source="the definition taken literally: bug reports on several frameworks",
)
def overflows(X: Tensor) -> Tensor:
    return (torch.exp(X) - torch.exp(-X)) / (torch.exp(X) + torch.exp(-X))


@misconception(
    title="gives NaN for large positive entries",
    hint="What is exp(2 * 100) in float32, and inf / inf?",
    source="(exp(2x) - 1) / (exp(2x) + 1), as in a teaching engine and in a fast kernel",
)
def overflows_above(X: Tensor) -> Tensor:
    E = torch.exp(2 * X)
    return (E - 1) / (E + 1)


@misconception(
    title="gives NaN for large negative entries",
    hint="What is exp(-2 * -100) in float32, and inf / inf?",
    source="(1 - exp(-2x)) / (1 + exp(-2x))",
)
def overflows_below(X: Tensor) -> Tensor:
    E = torch.exp(-2 * X)
    return (1 - E) / (1 + E)


@misconception(
    title="has no finite gradient for large positive entries, though its values are correct",
    hint="exp(2x) is infinite there. The value 2 / inf is harmless, but what is its derivative to autograd?",
    source="1 - 2 / (exp(2x) + 1), the repair of the overflow in values",
)
def gradient_overflows_above(X: Tensor) -> Tensor:
    return 1 - 2 / (torch.exp(2 * X) + 1)


@misconception(
    title="has no finite gradient for large negative entries, though its values are correct",
    hint="exp(-2x) is infinite there. The value 2 / inf is harmless, but what is its derivative to autograd?",
    source="2 / (1 + exp(-2x)) - 1",
)
def gradient_overflows_below(X: Tensor) -> Tensor:
    return 2 / (1 + torch.exp(-2 * X)) - 1


@misconception(
    title="has no finite gradient for large entries of either sign, though its values are correct",
    hint="`where` computes both branches, and goes backward through both: 0 * inf is not a number. "
    "Keep the exponents of the branch that isn't taken small.",
    source="where(x >= 0, ..., ...) around two formulas that each overflow on one side",
)
def where_of_both(X: Tensor) -> Tensor:
    return torch.where(X >= 0, overflows_below(X), overflows_above(X))


@misconception(
    title="has no finite gradient where exp overflows, though `where` picks correct values there",
    hint="`where` goes backward through both branches: 0 * inf is not a number. Keep the exponents of the "
    "branch that isn't taken small.",
    source="where(|x| > 20, sign(x), the definition)",
)
def where_of_definition(X: Tensor) -> Tensor:
    return torch.where(X.abs() > 20, torch.sign(X), overflows(X))


@misconception(
    title="cuts large entries off so early that it can be seen",
    hint="What does your function give for 100? How near to 1 should it be?",
    source="clip(x, -3, 3) against overflow, copied without a look at the error",
)
def clips_early(X: Tensor) -> Tensor:
    return _tanh(X.clamp(-3, 3))


@misconception(
    title="has the gradient of its numerator alone",
    hint="The denominator depends on x, too. Where does it leave the graph?",
    source=".detach() or .data on the denominator",
)
def detaches_denominator(X: Tensor) -> Tensor:
    X = X.clamp(-40, 40)
    return torch.sinh(X) / torch.cosh(X).detach()


@misconception(
    title="works for single numbers only",
    hint="`math.exp` takes one number. Which exp takes a tensor?",
    source="math.exp, as in teaching engines for single numbers",
)
def one_number_only(X: Tensor) -> Tensor:
    return torch.as_tensor(1 - 2 / (math.exp(2 * X) + 1), dtype=X.dtype)


@misconception(
    title="overwrites its input",
    hint="Print X before and after the call. Which methods end in an underscore?",
    source="X.mul_(2).exp_(), or an array method with out=",
)
def in_place(X: Tensor) -> Tensor:
    return X.copy_(_tanh(X.detach()))


@misconception(
    title="cuts the large entries of its input off, in the input itself",
    hint="Print X before and after the call, with an entry of 100. Which methods end in an underscore?",
    source="X.clamp_(-40, 40) against overflow",
)
def clips_input(X: Tensor) -> Tensor:
    with torch.no_grad():
        X.clamp_(-40, 40)
    return _tanh(X)


@misconception(
    title="expects a matrix: it loops over rows and columns",
    hint="The contract says any shape. Which way of writing works for every number of dimensions?",
    source="n, q = X.shape and two loops",
)
def needs_matrix(X: Tensor) -> Tensor:
    n, q = X.shape
    return _tanh(X.reshape(n, q))


@misconception(
    title="raises for tensors that are not contiguous",
    hint="`view` needs the entries in one piece. What works for a transpose, too?",
    source="X.view(-1)",
)
def needs_contiguous(X: Tensor) -> Tensor:
    return _tanh(X.view(-1)).view(X.shape)


PAIRS = [("falls", "zero_to_two"), ("falls", "zero_to_one"), ("half_as_steep", "zero_to_two")]
