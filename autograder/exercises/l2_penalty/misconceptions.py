"""Known wrong implementations of l2_penalty."""

import math

import torch
from torch import Tensor

from autograder.checking import misconception


def _norm(w: Tensor) -> Tensor:
    norm: Tensor = torch.linalg.vector_norm(w)
    return norm


# Trivial answers


@misconception(
    title="returns its argument",
    hint="The penalty is one number. What is done to the weights before they are added up?",
    source="unfinished work",
)
def returns_argument(w: Tensor) -> Tensor:
    return w


@misconception(
    title="returns zero whatever the weights are",
    hint="Only weights that are all zero have the penalty 0.",
    source="placeholder, or an accumulator that is never added to",
    trivial=True,
)
def returns_zero(w: Tensor) -> Tensor:
    return (0 * w).sum()


@misconception(
    title="returns nothing",
    hint="Is the last line of your function a return statement?",
    source="return forgotten",
)
def returns_none(w: Tensor) -> None:
    (w**2).sum() / 2


# Scale


@misconception(
    title="leaves out the 1/2",
    hint="What should the gradient be: w or 2 * w?",
    source="squared norm without the factor that makes its gradient w",
)
def leaves_out_half(w: Tensor) -> Tensor:
    return (w**2).sum()


@misconception(
    title="multiplies by 2 instead of dividing by 2",
    hint="What should the gradient be: w or 4 * w?",
    source="factor upside down",
)
def multiplies_by_two(w: Tensor) -> Tensor:
    return (w**2).sum() * 2


@misconception(
    title="is half as large as it should be",
    hint="Which is squared first: w, or w / 2? How often do you halve?",
    source="((w / 2) ** 2).sum(), which is a quarter of the squared norm times the 1/2",
)
def halves_twice(w: Tensor) -> Tensor:
    return (w**2).sum() / 4


@misconception(
    title="is a quarter of what it should be",
    hint="Which is divided by 2: the weights or the sum?",
    source="((w / 2) ** 2).sum() / 2",
)
def squares_halved_weights(w: Tensor) -> Tensor:
    return ((w / 2) ** 2).sum() / 2


@misconception(
    title="has the wrong sign",
    hint="Large weights should make the loss larger. Can a penalty be negative?",
    source="sign slip",
)
def negates_penalty(w: Tensor) -> Tensor:
    return -(w**2).sum() / 2


@misconception(
    title="takes the mean of the squares, then half of it, instead of their sum",
    hint="Should a penalty per weight become weaker when there are more weights?",
    source="mean() for sum()",
)
def averages(w: Tensor) -> Tensor:
    return (w**2).mean() / 2


@misconception(
    title="takes the mean of the squares",
    hint="Is the penalty a sum or a mean? And what makes its gradient equal to w?",
    source="mean squared error applied to the weights",
)
def averages_without_half(w: Tensor) -> Tensor:
    return (w**2).mean()


@misconception(
    title="divides by the length of the first dimension",
    hint="No dimension of a parameter is a batch. What is the sum divided by?",
    source="/ len(w); also an error for a 0-dim parameter",
)
def divides_by_length(w: Tensor) -> Tensor:
    return (w**2).sum() / (2 * len(w))


@misconception(
    title="divides by the square root of the number of weights",
    hint="The penalty is a sum. What is it divided by?",
    source="mix-up with the root mean square",
)
def divides_by_root_of_size(w: Tensor) -> Tensor:
    return (w**2).sum() / (2 * math.sqrt(w.numel()))


@misconception(
    title="multiplies by 0.01: a weight decay is put in already",
    hint="The strength of the decay is no argument of this function. Where does your number "
    "belong?",
    source="lambda hard-coded into the penalty",
)
def multiplies_by_001(w: Tensor) -> Tensor:
    return 0.01 * (w**2).sum() / 2


@misconception(
    title="multiplies by 3: a weight decay is put in already",
    hint="The strength of the decay is no argument of this function. Where does your number "
    "belong?",
    source="the lambda of the chapter's experiment, hard-coded into the penalty",
)
def multiplies_by_3(w: Tensor) -> Tensor:
    return 3 * (w**2).sum() / 2


@misconception(
    title="returns 1/2 too much",
    hint="Weights that are all zero have the penalty 0.",
    source="the accumulator starts at 1",
)
def adds_one(w: Tensor) -> Tensor:
    return (1 + (w**2).sum()) / 2


# Another norm or another formula


@misconception(
    title="takes the square root: it returns the norm, not half its square",
    hint="The penalty is the squared norm, halved. Where does a root come in?",
    source="norm for squared norm; the gradient at w = 0 fails as well",
)
def returns_root(w: Tensor) -> Tensor:
    return (w**2).sum().sqrt()


@misconception(
    title="returns half the norm: the square is missing",
    hint="The penalty is the squared norm, halved. Double w: by what should the penalty grow?",
    source="torch.norm(w) / 2",
)
def returns_half_norm(w: Tensor) -> Tensor:
    return _norm(w) / 2


@misconception(
    title="returns the norm, without the square and the 1/2",
    hint="The penalty is the squared norm, halved. Double w: by what should the penalty grow?",
    source="torch.norm(w), whose gradient at w = 0 is 0 rather than NaN",
)
def returns_norm(w: Tensor) -> Tensor:
    return _norm(w)


@misconception(
    title="has a gradient of NaN at w = 0",
    hint="The derivative of a square root at 0 is infinite. Is the root needed at all?",
    source="sqrt of the sum, squared again",
)
def takes_root_and_squares(w: Tensor) -> Tensor:
    return (w**2).sum().sqrt() ** 2 / 2


@misconception(
    title="sums the absolute values: an L1 penalty",
    hint="Which power of the weights does an L2 penalty add up?",
    source="L1 and L2 mixed up",
)
def returns_l1(w: Tensor) -> Tensor:
    return w.abs().sum()


@misconception(
    title="halves the sum of the absolute values",
    hint="Which power of the weights does an L2 penalty add up?",
    source="L1 and L2 mixed up, with the 1/2 of L2",
)
def returns_half_l1(w: Tensor) -> Tensor:
    return w.abs().sum() / 2


@misconception(
    title="squares the sum instead of summing the squares",
    hint="Try weights 1 and -1. Which comes first, the square or the sum?",
    source="w.sum() ** 2 / 2",
)
def squares_sum(w: Tensor) -> Tensor:
    return w.sum() ** 2 / 2


@misconception(
    title="squares the sum of the absolute values",
    hint="Try weights 1 and -1. Which comes first, the square or the sum?",
    source="squared L1 norm",
)
def squares_l1(w: Tensor) -> Tensor:
    return w.abs().sum() ** 2 / 2


@misconception(
    title="squares the halved sum of the squares",
    hint="Double w: the penalty should be four times as large. How much larger is yours?",
    source="squared twice: the formula contains the squared norm already",
)
def squares_twice(w: Tensor) -> Tensor:
    return (w**2).sum() ** 2 / 2


@misconception(
    title="returns half the sum of the weights: the square is missing",
    hint="A weight of -1 should be penalized like a weight of 1. Is it?",
    source="square forgotten",
)
def sums_weights(w: Tensor) -> Tensor:
    return w.sum() / 2


@misconception(
    title="returns the plain sum of the weights",
    hint="A weight of -1 should be penalized like a weight of 1. Which operator is the square?",
    source="torch.sum(w); or w * 2 for w ** 2, then divided by 2",
)
def returns_plain_sum(w: Tensor) -> Tensor:
    return (w * 2).sum() / 2


@misconception(
    title="sums the cubes",
    hint="A weight of -1 should be penalized like a weight of 1. Which power is even?",
    source="wrong exponent",
)
def sums_cubes(w: Tensor) -> Tensor:
    return (w**3).sum() / 2


@misconception(
    title="sums the fourth powers",
    hint="Double w: the penalty should be four times as large. How much larger is yours?",
    source="squared twice, element by element",
)
def sums_fourth_powers(w: Tensor) -> Tensor:
    return (w**4).sum() / 2


@misconception(
    title="takes the largest square instead of the sum of the squares",
    hint="Every weight adds to the penalty. How many of them add to yours?",
    source="maximum norm",
)
def takes_maximum(w: Tensor) -> Tensor:
    return (w**2).max() / 2


@misconception(
    title="multiplies the squares instead of adding them",
    hint="One weight of zero should not make the whole penalty zero.",
    source="prod for sum",
)
def multiplies_squares(w: Tensor) -> Tensor:
    return (w**2).prod() / 2


@misconception(
    title="subtracts the mean of the weights first",
    hint="Weights that are all 1 are penalized as well. Is a variance what is asked for?",
    source="mix-up with the variance",
)
def centers_weights(w: Tensor) -> Tensor:
    return ((w - w.mean()) ** 2).sum() / 2


@misconception(
    title="ignores negative weights",
    hint="A weight of -1 should be penalized like a weight of 1. Is it?",
    source="clamp or relu before the square",
)
def ignores_negative_weights(w: Tensor) -> Tensor:
    return (w.clamp(min=0) ** 2).sum() / 2


# Shape


@misconception(
    title="returns half of every squared weight, without adding them up",
    hint="The penalty is one number. Which operation makes one number of many?",
    source="sum forgotten; a sum later in the program hides it",
)
def forgets_sum(w: Tensor) -> Tensor:
    return w**2 / 2


@misconception(
    title="returns every squared weight, without adding or halving",
    hint="The penalty is one number. Which operation makes one number of many?",
    source="sum and 1/2 forgotten",
)
def forgets_sum_and_half(w: Tensor) -> Tensor:
    return w**2


@misconception(
    title="sums over the first dimension only",
    hint="The penalty of a matrix is one number as well. Over which dimensions do you add?",
    source="sum(0)",
)
def sums_first_dimension(w: Tensor) -> Tensor:
    return (w**2).sum(0) / 2


@misconception(
    title="sums over the first dimension only, with an error for a 0-dim parameter",
    hint="Python's sum() walks along the first dimension. Which sum takes all elements?",
    source="the built-in sum(w ** 2)",
)
def uses_builtin_sum(w: Tensor) -> Tensor:
    return sum(w**2, w.new_zeros(())) / 2


@misconception(
    title="sums over the last dimension only",
    hint="The penalty of a matrix is one number as well. Over which dimensions do you add?",
    source="sum(-1)",
)
def sums_last_dimension(w: Tensor) -> Tensor:
    return (w**2).sum(-1) / 2


@misconception(
    title="sums over the second dimension only, with an error when there is none",
    hint="A parameter may have any number of dimensions. Over which dimensions do you add?",
    source="sum(1), as for the rows of a batch",
)
def sums_second_dimension(w: Tensor) -> Tensor:
    return (w**2).sum(1) / 2


@misconception(
    title="stops with an error unless the parameter has exactly two dimensions",
    hint="A parameter may have any number of dimensions. What does your code expect of its shape?",
    source="n, q = w.shape, or nested loops over rows and columns",
)
def needs_a_matrix(w: Tensor) -> Tensor:
    n, q = w.shape
    squares = [w[i, j] ** 2 for i in range(n) for j in range(q)]
    return torch.stack(squares).sum() / 2


@misconception(
    title="stops with an error unless the parameter is a vector",
    hint="A parameter may have any number of dimensions. For which shapes is dot() defined?",
    source="torch.dot(w, w)",
)
def needs_a_vector(w: Tensor) -> Tensor:
    return torch.dot(w, w) / 2


@misconception(
    title="multiplies the transpose by the original, which gives a matrix for a matrix",
    hint="w.T @ w is a number for a vector only. What does it hold for a matrix?",
    source="the formula w'w / 2 for a vector, taken literally",
)
def multiplies_matrices(w: Tensor) -> Tensor:
    return w.mT @ w / 2 if w.dim() > 1 else w @ w / 2


@misconception(
    title="multiplies the original by its transpose, which gives a matrix for a matrix",
    hint="Which entries of w @ w.T belong to the penalty, and what is in the others?",
    source="w @ w.T / 2",
)
def multiplies_matrices_the_other_way(w: Tensor) -> Tensor:
    return w @ w.mT / 2 if w.dim() > 1 else w @ w / 2


@misconception(
    title="uses the largest singular value of a matrix as its norm",
    hint="A norm with the number 2 has another meaning for matrices. Add up the squares yourself.",
    source="torch.linalg.norm(w, 2) ** 2 / 2; also an error for more than two dimensions",
)
def uses_spectral_norm(w: Tensor) -> Tensor:
    norm = torch.linalg.norm(w, 2) if w.dim() else w.abs()
    return norm**2 / 2


@misconception(
    title="returns a tensor of shape (1,)",
    hint="The result has no dimension at all. Compare its shape with torch.Size([]).",
    source="accumulator torch.zeros(1), or reshape(1)",
)
def returns_one_element(w: Tensor) -> Tensor:
    return ((w**2).sum() / 2).reshape(1)


@misconception(
    title="keeps every dimension, with size 1",
    hint="The result has no dimension at all. What does keepdim do?",
    source="keepdim=True",
)
def keeps_dimensions(w: Tensor) -> Tensor:
    return ((w**2).sum() / 2).reshape([1] * w.dim())


@misconception(
    title="leaves out the first entry along the first dimension",
    hint="Compare the penalty of a single weight with your result. Where does your loop begin?",
    source="the first entry taken for a bias, or range(1, len(w))",
)
def leaves_out_first_row(w: Tensor) -> Tensor:
    return ((w[1:] if w.dim() else w) ** 2).sum() / 2


@misconception(
    title="leaves out the last entry along the first dimension",
    hint="Compare the penalty of a single weight with your result. Where does your loop end?",
    source="the last entry taken for a bias, or range(len(w) - 1)",
)
def leaves_out_last_row(w: Tensor) -> Tensor:
    return ((w[:-1] if w.dim() else w) ** 2).sum() / 2


@misconception(
    title="uses only the first entry along the first dimension",
    hint="How often does the body of your loop run?",
    source="return inside the loop",
)
def uses_first_row_only(w: Tensor) -> Tensor:
    return ((w[:1] if w.dim() else w) ** 2).sum() / 2


@misconception(
    title="uses only the last entry along the first dimension",
    hint="Does your loop add to the total, or replace it?",
    source="= for += in the loop",
)
def uses_last_row_only(w: Tensor) -> Tensor:
    return ((w[-1:] if w.dim() else w) ** 2).sum() / 2


@misconception(
    title="returns 0 for a parameter with fewer than two dimensions",
    hint="The function penalizes what it is given. Who decides whether a bias is penalized?",
    source="biases left out by their number of dimensions",
)
def spares_biases(w: Tensor) -> Tensor:
    return (w**2).sum() / 2 if w.dim() > 1 else (0 * w).sum()


@misconception(
    title="stops with an error for a 0-dim parameter",
    hint="A parameter may be a single number without dimensions; it has no rows to loop over.",
    source="for row in w",
)
def needs_a_dimension(w: Tensor) -> Tensor:
    return torch.stack([(row**2).sum() for row in w]).sum() / 2


@misconception(
    title="stops with an error for a parameter that has more than one element",
    hint="A tensor of several elements is not one number. What must happen before item()?",
    source="item() or float() before the sum",
)
def needs_a_single_element(w: Tensor) -> Tensor:
    float(w.detach())
    return (w**2).sum() / 2


@misconception(
    title="stops with an error for a parameter that is not contiguous in memory",
    hint="view() cannot flatten a transposed tensor. Does the sum need a flat tensor at all?",
    source="w.view(-1)",
)
def needs_contiguous(w: Tensor) -> Tensor:
    return (w.view(-1) ** 2).sum() / 2


# Type


@misconception(
    title="returns a number instead of a tensor",
    hint="A number knows nothing of the weights, so no gradient can come from it.",
    source=".item(), float() or NumPy",
)
def returns_number(w: Tensor) -> float:
    return (w.detach() ** 2).sum().item() / 2


@misconception(
    title="returns a result without a gradient",
    hint="The loss must be able to reach the weights through the penalty. Where is the graph cut?",
    source=".data, .detach(), torch.no_grad() or torch.tensor(number)",
)
def cuts_graph(w: Tensor) -> Tensor:
    return (w.detach() ** 2).sum() / 2


@misconception(
    title="has half the right gradient, since only one factor of the square is differentiated",
    hint="Both factors of w * w depend on w. Which of them has lost its graph?",
    source="(w * w.detach()).sum() / 2",
)
def differentiates_one_factor(w: Tensor) -> Tensor:
    return (w * w.detach()).sum() / 2


@misconception(
    title="returns float32 for float64 weights",
    hint="Compare the dtype of the result with the dtype of w.",
    source=".float()",
)
def returns_float32(w: Tensor) -> Tensor:
    return (w.float() ** 2).sum() / 2


@misconception(
    title="returns float64 for float32 weights",
    hint="Compare the dtype of the result with the dtype of w.",
    source=".double()",
)
def returns_float64(w: Tensor) -> Tensor:
    return (w.double() ** 2).sum() / 2


@misconception(
    title="rounds the penalty down to a whole number",
    hint="`//` is floor division. Is the penalty a whole number?",
    source="// 2",
)
def floors_penalty(w: Tensor) -> Tensor:
    return (w**2).sum() // 2


# State afterwards


@misconception(
    title="replaces the weights by their squares",
    hint="Print w before and after the call. Which operation works in place?",
    source="w.data.pow_(2), or w.data *= w.data",
)
def squares_in_place(w: Tensor) -> Tensor:
    penalty = (w**2).sum() / 2
    w.data = w.detach() ** 2
    return penalty


@misconception(
    title="applies the decay to the weights as well: it sets them to zero",
    hint="Print w before and after the call. A penalty is computed; it doesn't change anything.",
    source="penalty and update mixed up: w -= w",
)
def zeroes_weights(w: Tensor) -> Tensor:
    penalty = (w**2).sum() / 2
    w.data = torch.zeros_like(w)
    return penalty


@misconception(
    title="stops with an error for weights that require grad",
    hint="A leaf that requires grad cannot be changed in place, nor given to NumPy. Is that "
    "needed?",
    source="w.numpy(), w.pow_(2) or w *= w",
)
def needs_no_grad(w: Tensor) -> Tensor:
    w.numpy()
    return (w**2).sum() / 2


@misconception(
    title="calls backward() itself, so that `.grad` changes",
    hint="Who calls backward(): the penalty, or the training loop on the whole loss?",
    source="penalty.backward(retain_graph=True) before the return",
)
def calls_backward(w: Tensor) -> Tensor:
    penalty = (w**2).sum() / 2
    if penalty.requires_grad:
        torch.autograd.backward(penalty, retain_graph=True)
    return penalty


@misconception(
    title="calls backward() itself, so that `.grad` changes and the caller's own backward() fails",
    hint="Who calls backward(): the penalty, or the training loop on the whole loss?",
    source="penalty.backward() before the return, which frees the graph",
)
def uses_up_graph(w: Tensor) -> Tensor:
    penalty = (w**2).sum() / 2
    if penalty.requires_grad:
        torch.autograd.backward(penalty)
    return penalty


@misconception(
    title="switches requires_grad on for its argument",
    hint="Print w.requires_grad before and after the call. Whose decision is it?",
    source="w.requires_grad_(True) inside the function",
)
def switches_requires_grad_on(w: Tensor) -> Tensor:
    return (w.requires_grad_() ** 2).sum() / 2


@misconception(
    title="leaves autograd switched off for the whole program",
    hint="Will the next loss still have a gradient? Who switches recording on again?",
    source="torch.set_grad_enabled(False) as a statement",
)
def leaves_autograd_off(w: Tensor) -> Tensor:
    torch.set_grad_enabled(False)
    return (w**2).sum() / 2


_total = 0.0


@misconception(
    title="adds the penalties of earlier calls",
    hint="Two calls with the same weights should give the same penalty. What does yours remember?",
    source="global accumulator",
)
def remembers_total(w: Tensor) -> Tensor:
    global _total
    penalty = (w**2).sum() / 2
    result = penalty + _total
    _total += penalty.item()
    return result


# Pairs that are often met together


@misconception(combines=("cuts_graph", "leaves_out_half"), source="both at once")
def cuts_graph_and_leaves_out_half(w: Tensor) -> Tensor:
    return (w.detach() ** 2).sum()


@misconception(combines=("returns_number", "leaves_out_half"), source="both at once")
def returns_number_without_half(w: Tensor) -> float:
    return (w.detach() ** 2).sum().item()


@misconception(combines=("cuts_graph", "averages"), source="both at once")
def cuts_graph_and_averages(w: Tensor) -> Tensor:
    return (w.detach() ** 2).mean() / 2


@misconception(combines=("cuts_graph", "returns_half_norm"), source="both at once")
def cuts_graph_and_returns_half_norm(w: Tensor) -> Tensor:
    return _norm(w.detach()) / 2


@misconception(combines=("cuts_graph", "returns_float32"), source="NumPy and torch.tensor")
def cuts_graph_and_returns_float32(w: Tensor) -> Tensor:
    return (w.detach().float() ** 2).sum() / 2


@misconception(combines=("leaves_out_half", "negates_penalty"), source="both at once")
def leaves_out_half_and_negates(w: Tensor) -> Tensor:
    return -(w**2).sum()


@misconception(combines=("leaves_out_half", "sums_first_dimension"), source="both at once")
def leaves_out_half_and_sums_first(w: Tensor) -> Tensor:
    return (w**2).sum(0)


@misconception(combines=("leaves_out_half", "sums_last_dimension"), source="both at once")
def leaves_out_half_and_sums_last(w: Tensor) -> Tensor:
    return (w**2).sum(-1)


@misconception(combines=("leaves_out_half", "uses_builtin_sum"), source="both at once")
def leaves_out_half_with_builtin_sum(w: Tensor) -> Tensor:
    return sum(w**2, w.new_zeros(()))


@misconception(combines=("leaves_out_half", "squares_sum"), source="both at once")
def leaves_out_half_and_squares_sum(w: Tensor) -> Tensor:
    return w.sum() ** 2


@misconception(combines=("leaves_out_half", "returns_one_element"), source="both at once")
def leaves_out_half_of_one_element(w: Tensor) -> Tensor:
    return (w**2).sum().reshape(1)


@misconception(combines=("leaves_out_half", "needs_a_vector"), source="torch.dot(w, w)")
def leaves_out_half_of_dot(w: Tensor) -> Tensor:
    return torch.dot(w, w)


@misconception(combines=("leaves_out_half", "multiplies_matrices"), source="w.T @ w")
def leaves_out_half_of_product(w: Tensor) -> Tensor:
    return w.mT @ w if w.dim() > 1 else w @ w


@misconception(combines=("leaves_out_half", "divides_by_length"), source="both at once")
def leaves_out_half_and_divides_by_length(w: Tensor) -> Tensor:
    return (w**2).sum() / len(w)


@misconception(combines=("averages", "squares_sum"), source="w.mean() ** 2 / 2")
def averages_and_squares_sum(w: Tensor) -> Tensor:
    return w.mean() ** 2 / 2


@misconception(combines=("averages", "returns_half_l1"), source="w.abs().mean() / 2")
def averages_absolute_values(w: Tensor) -> Tensor:
    return w.abs().mean() / 2


@misconception(combines=("averages", "sums_first_dimension"), source="mean(0)")
def averages_first_dimension(w: Tensor) -> Tensor:
    return (w**2).mean(0) / 2


@misconception(combines=("negates_penalty", "cuts_graph"), source="both at once")
def negates_and_cuts_graph(w: Tensor) -> Tensor:
    return -(w.detach() ** 2).sum() / 2


@misconception(combines=("returns_half_norm", "takes_root_and_squares"), source="sqrt(sum) / 2")
def returns_half_root(w: Tensor) -> Tensor:
    return (w**2).sum().sqrt() / 2


@misconception(combines=("averages", "returns_half_norm"), source="half the root mean square")
def returns_half_root_mean_square(w: Tensor) -> Tensor:
    return _norm(w) / (2 * math.sqrt(w.numel()))


@misconception(combines=("cuts_graph", "squares_sum"), source="both at once")
def cuts_graph_and_squares_sum(w: Tensor) -> Tensor:
    return w.detach().sum() ** 2 / 2
