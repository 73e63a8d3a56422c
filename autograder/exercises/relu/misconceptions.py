"""Known wrong implementations of relu: one body with switches, and pairs of them."""

import torch
from torch import Tensor

from autograder.checking import misconception, mistake


def _relu(X: Tensor, *, below=lambda x: 0 * x, above=lambda x: x, threshold: float = 0) -> Tensor:
    """relu as two branches; `below` and `above` are what they compute."""
    return torch.where(X > threshold, above(X), below(X))


leaks = mistake(
    _relu,
    below=lambda x: 0.01 * x,
    title="keeps a small share of the negative entries",
    hint="Leaky ReLU does that. What does plain relu give for -100?",
    source="relu and leaky relu taken for the same (a bug report on a framework's wrong slope)",
)
exponential_below = mistake(
    _relu,
    below=lambda x: torch.exp(x.clamp(max=0)) - 1,
    title="bends towards -1 below zero",
    hint="The smooth branch belongs to ELU. What does relu give for every negative entry?",
    source="ELU in the place of relu",
)
absolute = mistake(
    _relu,
    below=lambda x: -x,
    title="turns negative entries into positive ones",
    hint="What should come out for -3: 3, or 0?",
    source="abs(x) for max(0, x); in forum answers that confuse rectifiers",
)
flattens_to_minus_one = mistake(
    _relu,
    below=lambda x: 0 * x - 1,
    title="gives -1 for negative entries",
    hint="relu is the greater of 0 and x. Can it be negative?",
    source="sign and relu mixed up",
)
keeps_everything = mistake(
    _relu,
    below=lambda x: x,
    title="is linear: negative entries stay as they are",
    hint="A network whose activation is linear is one linear map. What happens to the negative entries?",
    source="max(x, x * 1), or a mask that is computed and not used",
    trivial=True,
)
step = mistake(
    _relu,
    above=lambda x: 0 * x + 1,
    title="gives 1 for every positive entry, which is the derivative of relu",
    hint="You have computed where relu is active. Which value has it there?",
    source="(x > 0).float(), where the mask of the backward pass is returned",
)
caps_at_six = mistake(
    _relu,
    above=lambda x: x.clamp(max=6),
    title="has an upper bound of 6",
    hint="Try an entry of 8: relu has no upper bound.",
    source="relu6 of mobile networks",
)
caps_at_one = mistake(
    _relu,
    above=lambda x: x.clamp(max=1),
    title="has an upper bound of 1",
    hint="Try an entry of 3: relu has no upper bound.",
    source="clamp(x, 0, 1) in the place of clamp(x, min=0)",
)
squares = mistake(
    _relu,
    above=lambda x: x**2,
    title="squares the positive entries",
    hint="Try 3. Which slope has relu above 0, and is yours the same everywhere?",
    source="x * relu(x), or a squared relu from a paper on transformers",
)
doubles = mistake(
    _relu,
    above=lambda x: 2 * x,
    title="doubles the positive entries",
    hint="What is x + |x| for x = 3? Something is left to do.",
    source="x + |x| without the half",
)
threshold_one = mistake(
    _relu,
    threshold=1,
    title="drops the entries between 0 and 1 too",
    hint="Try 0.5. Where does relu begin to let through?",
    source="x * (x >= 1), a threshold by a slip",
)
negative_part = mistake(
    _relu,
    below=lambda x: x,
    above=lambda x: 0 * x,
    title="keeps the negative entries and drops the positive ones",
    hint="Which of 0 and x should be kept: the greater or the smaller?",
    source="min for max, or clamp(max=0)",
)
one_slope = mistake(
    _relu,
    below=lambda x: x - x.detach(),
    title="lets the whole gradient through where its value is 0",
    hint="Below 0 the result doesn't change with x. What is its slope there?",
    source="a constant added by .data, so that autograd sees the identity",
)
no_slope_above = mistake(
    _relu,
    above=lambda x: x.detach() + 0 * x,
    title="has the slope 0 where it lets entries through",
    hint="The values are correct. Where an entry is kept, does the result follow it for autograd too?",
    source="where(x > 0, x.detach(), 0), or a mask filled by NumPy",
)


@misconception(
    title="has no finite slope where an entry is exactly 0",
    hint="What is the derivative of a square root at 0? Is there a formula without one?",
    source="(x + sqrt(x * x)) / 2 as the absolute value",
)
def root_at_zero(X: Tensor) -> Tensor:
    return (X + torch.sqrt(X**2)) / 2


@misconception(
    title="is a smooth curve that is positive everywhere",
    hint="Softplus is log(1 + exp(x)). What does relu give at exactly 0?",
    source="softplus, as it is drawn beside relu in most texts",
)
def smooth(X: Tensor) -> Tensor:
    return torch.log1p(torch.exp(X))


@misconception(
    title="is slightly negative below zero: it weights each entry with its sigmoid",
    hint="That is SiLU (swish). What does relu give for -1?",
    source="x * sigmoid(x) in the place of x * (x > 0)",
)
def swish(X: Tensor) -> Tensor:
    return X / (1 + torch.exp(-X))


@misconception(
    title="compares entries with each other and not with 0: it returns the greatest along a dimension",
    hint="In max(X, 0) of torch, the 0 is a dimension. How do you compare with the number 0?",
    source="torch.max(X, 0).values, from a question about relu by hand",
)
def max_of_dimension(X: Tensor) -> Tensor:
    return X.max(0).values


@misconception(
    title="returns a pair: the greatest entries along a dimension, and where they are",
    hint="In max(X, 0) of torch, the 0 is a dimension. How do you compare with the number 0?",
    source="torch.max(X, 0), from a question about relu by hand",
)
def max_pair(X: Tensor) -> tuple[Tensor, ...]:
    return tuple(X.max(0))


@misconception(
    title="returns a single number",
    hint="relu works on every entry alone. Which shape should the result have?",
    source="max(0, X.max()), as in code for one number",
)
def one_number(X: Tensor) -> Tensor:
    return X.max().clamp(min=0)


@misconception(
    title="returns the positive entries alone, in a row",
    hint="The result has the shape of X. What takes the place of the entries that are dropped?",
    source="X[X > 0]",
)
def selects(X: Tensor) -> Tensor:
    return X[X > 0]


@misconception(
    title="writes zeros into its input",
    hint="Print X before and after the call. Who else uses this tensor?",
    source="X[X < 0] = 0, as in public solutions of course assignments",
)
def in_place(X: Tensor) -> Tensor:
    X[X < 0] = 0
    return X


@misconception(
    title="writes zeros into its input and returns it, unseen by autograd",
    hint="Print X before and after the call. Who else uses this tensor, and which slope does it get?",
    source="torch.no_grad() around X[X < 0] = 0, against the error on a leaf",
)
def in_place_unrecorded(X: Tensor) -> Tensor:
    with torch.no_grad():
        X[X < 0] = 0
    return X


@misconception(
    title="expects a matrix: it loops over rows and columns",
    hint="The contract says any shape. Which way of writing works for every number of dimensions?",
    source="n, q = X.shape and two loops",
)
def needs_matrix(X: Tensor) -> Tensor:
    n, q = X.shape
    return _relu(X.reshape(n, q))


@misconception(
    title="raises for a tensor without dimensions: it takes the length",
    hint="What is len(torch.tensor(3.0))?",
    source="a loop over range(len(X))",
)
def needs_dimension(X: Tensor) -> Tensor:
    return torch.stack([_relu(X[i]) for i in range(len(X))])


@misconception(
    title="raises for tensors that are not contiguous",
    hint="`view` needs the entries in one piece. What works for a transpose, too?",
    source="X.view(-1)",
)
def needs_contiguous(X: Tensor) -> Tensor:
    return _relu(X.view(-1)).view(X.shape)


@misconception(
    title="raises for more than one entry: it asks `if X > 0`",
    hint="An `if` decides once, for the whole tensor. How do you decide entry by entry?",
    source="max(0, X) or if X > 0, written for one number; a frequent question about NumPy",
)
def asks_once(X: Tensor) -> Tensor:
    return X if X > 0 else 0 * X


PAIRS = [("leaks", "caps_at_six"), ("absolute", "doubles"), ("leaks", "threshold_one")]
