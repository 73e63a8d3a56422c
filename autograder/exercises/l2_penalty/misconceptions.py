"""Known wrong implementations of l2_penalty, as settings of one body; pairs of mistakes at the end."""

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from autograder.checking import misconception, mistake


def _same(w: Tensor) -> Tensor:
    return w


def _penalty(
    w: Tensor,
    *,
    of: Callable[[Tensor], Tensor] = _same,
    square: Callable[[Tensor], Tensor] = lambda w: w**2,
    add: Callable[[Tensor], Tensor] = torch.sum,
    half: Callable[[Tensor, Tensor], Tensor] = lambda s, w: s / 2,
    result: Callable[[Tensor, Tensor], Any] = lambda w, penalty: penalty,
) -> Any:
    """half(add(square(of(w)))), step by step."""
    return result(w, half(add(square(of(w))), w))


def _whole(s: Tensor, w: Tensor) -> Tensor:
    """Without the 1/2."""
    return s


# Each mistake: what it sets and where it was seen, its title, its hint.
# fmt: off

# Trivial answers

returns_argument = mistake(_penalty, result=lambda w, penalty: w, source="unfinished work",
    title="returns its argument",
    hint="The penalty is one number. What is done to the weights before they are added up?")
returns_zero = mistake(_penalty, square=lambda w: 0 * w, trivial=True,
    source="placeholder, or an accumulator that is never added to",
    title="returns zero whatever the weights are",
    hint="Only weights that are all zero have the penalty 0.")
returns_none = mistake(_penalty, result=lambda w, penalty: None, source="return forgotten",
    title="returns nothing",
    hint="Is the last line of your function a return statement?")

# Scale

leaves_out_half = mistake(_penalty, half=_whole,
    source="squared norm without the factor that makes its gradient w",
    title="leaves out the 1/2",
    hint="What should the gradient be: w or 2 * w?")
multiplies_by_two = mistake(_penalty, half=lambda s, w: s * 2, source="factor upside down",
    title="multiplies by 2 instead of dividing by 2",
    hint="What should the gradient be: w or 4 * w?")
halves_twice = mistake(_penalty, half=lambda s, w: s / 4,
    source="((w / 2) ** 2).sum(), which is a quarter of the squared norm times the 1/2",
    title="is half as large as it should be",
    hint="Which is squared first: w, or w / 2? How often do you halve?")
squares_halved_weights = mistake(_penalty, of=lambda w: w / 2, source="((w / 2) ** 2).sum() / 2",
    title="is a quarter of what it should be",
    hint="Which is divided by 2: the weights or the sum?")
negates_penalty = mistake(_penalty, half=lambda s, w: -s / 2, source="sign slip",
    title="has the wrong sign",
    hint="Large weights should make the loss larger. Can a penalty be negative?")
averages = mistake(_penalty, add=torch.mean, source="mean() for sum()",
    title="takes the mean of the squares, then half of it, instead of their sum",
    hint="Should a penalty per weight become weaker when there are more weights?")
averages_without_half = mistake(_penalty, add=torch.mean, half=_whole,
    source="mean squared error applied to the weights",
    title="takes the mean of the squares",
    hint="Is the penalty a sum or a mean? And what makes its gradient equal to w?")
divides_by_length = mistake(_penalty, half=lambda s, w: s / (2 * len(w)),
    source="/ len(w); also an error for a 0-dim parameter",
    title="divides by the length of the first dimension",
    hint="No dimension of a parameter is a batch. What is the sum divided by?")
divides_by_root_of_size = mistake(_penalty, half=lambda s, w: s / (2 * math.sqrt(w.numel())),
    source="mix-up with the root mean square",
    title="divides by the square root of the number of weights",
    hint="The penalty is a sum. What is it divided by?")
multiplies_by_001 = mistake(_penalty, half=lambda s, w: 0.01 * s / 2,
    source="lambda hard-coded into the penalty",
    title="multiplies by 0.01: a weight decay is put in already",
    hint="The strength of the decay is no argument of this function. Where does your number belong?")
multiplies_by_3 = mistake(_penalty, half=lambda s, w: 3 * s / 2,
    source="the lambda of the chapter's experiment, hard-coded into the penalty",
    title="multiplies by 3: a weight decay is put in already",
    hint="The strength of the decay is no argument of this function. Where does your number belong?")
adds_one = mistake(_penalty, half=lambda s, w: (1 + s) / 2, source="the accumulator starts at 1",
    title="returns 1/2 too much",
    hint="Weights that are all zero have the penalty 0.")

# Another norm or another formula

returns_root = mistake(_penalty, half=lambda s, w: s.sqrt(),
    source="norm for squared norm; the gradient at w = 0 fails as well",
    title="takes the square root: it returns the norm, not half its square",
    hint="The penalty is the squared norm, halved. Where does a root come in?")
returns_half_norm = mistake(_penalty, square=_same, add=torch.linalg.vector_norm, source="torch.norm(w) / 2",
    title="returns half the norm: the square is missing",
    hint="The penalty is the squared norm, halved. Double w: by what should the penalty grow?")
returns_norm = mistake(_penalty, square=_same, add=torch.linalg.vector_norm, half=_whole,
    source="torch.norm(w), whose gradient at w = 0 is 0 rather than NaN",
    title="returns the norm, without the square and the 1/2",
    hint="The penalty is the squared norm, halved. Double w: by what should the penalty grow?")
takes_root_and_squares = mistake(_penalty, half=lambda s, w: s.sqrt() ** 2 / 2,
    source="sqrt of the sum, squared again",
    title="has a gradient of NaN at w = 0",
    hint="The derivative of a square root at 0 is infinite. Is the root needed at all?")
returns_l1 = mistake(_penalty, square=torch.abs, half=_whole, source="L1 and L2 mixed up",
    title="sums the absolute values: an L1 penalty",
    hint="Which power of the weights does an L2 penalty add up?")
returns_half_l1 = mistake(_penalty, square=torch.abs, source="L1 and L2 mixed up, with the 1/2 of L2",
    title="halves the sum of the absolute values",
    hint="Which power of the weights does an L2 penalty add up?")
squares_sum = mistake(_penalty, square=_same, add=lambda w: w.sum() ** 2, source="w.sum() ** 2 / 2",
    title="squares the sum instead of summing the squares",
    hint="Try weights 1 and -1. Which comes first, the square or the sum?")
squares_l1 = mistake(_penalty, square=torch.abs, add=lambda s: s.sum() ** 2, source="squared L1 norm",
    title="squares the sum of the absolute values",
    hint="Try weights 1 and -1. Which comes first, the square or the sum?")
squares_twice = mistake(_penalty, half=lambda s, w: s**2 / 2,
    source="squared twice: the formula contains the squared norm already",
    title="squares the halved sum of the squares",
    hint="Double w: the penalty should be four times as large. How much larger is yours?")
sums_weights = mistake(_penalty, square=_same, source="square forgotten",
    title="returns half the sum of the weights: the square is missing",
    hint="A weight of -1 should be penalized like a weight of 1. Is it?")
returns_plain_sum = mistake(_penalty, square=lambda w: w * 2,
    source="torch.sum(w); or w * 2 for w ** 2, then divided by 2",
    title="returns the plain sum of the weights",
    hint="A weight of -1 should be penalized like a weight of 1. Which operator is the square?")
sums_cubes = mistake(_penalty, square=lambda w: w**3, source="wrong exponent",
    title="sums the cubes",
    hint="A weight of -1 should be penalized like a weight of 1. Which power is even?")
sums_fourth_powers = mistake(_penalty, square=lambda w: w**4, source="squared twice, element by element",
    title="sums the fourth powers",
    hint="Double w: the penalty should be four times as large. How much larger is yours?")
takes_maximum = mistake(_penalty, add=torch.max, source="maximum norm",
    title="takes the largest square instead of the sum of the squares",
    hint="Every weight adds to the penalty. How many of them add to yours?")
multiplies_squares = mistake(_penalty, add=torch.prod, source="prod for sum",
    title="multiplies the squares instead of adding them",
    hint="One weight of zero should not make the whole penalty zero.")
centers_weights = mistake(_penalty, of=lambda w: w - w.mean(), source="mix-up with the variance",
    title="subtracts the mean of the weights first",
    hint="Weights that are all 1 are penalized as well. Is a variance what is asked for?")
ignores_negative_weights = mistake(_penalty, of=lambda w: w.clamp(min=0),
    source="clamp or relu before the square",
    title="ignores negative weights",
    hint="A weight of -1 should be penalized like a weight of 1. Is it?")

# Shape

forgets_sum = mistake(_penalty, add=_same, source="sum forgotten; a sum later in the program hides it",
    title="returns half of every squared weight, without adding them up",
    hint="The penalty is one number. Which operation makes one number of many?")
forgets_sum_and_half = mistake(_penalty, add=_same, half=_whole, source="sum and 1/2 forgotten",
    title="returns every squared weight, without adding or halving",
    hint="The penalty is one number. Which operation makes one number of many?")
sums_first_dimension = mistake(_penalty, add=lambda s: s.sum(0), source="sum(0)",
    title="sums over the first dimension only",
    hint="The penalty of a matrix is one number as well. Over which dimensions do you add?")
uses_builtin_sum = mistake(_penalty, add=lambda s: sum(s, s.new_zeros(())), source="the built-in sum(w ** 2)",
    title="sums over the first dimension only, with an error for a 0-dim parameter",
    hint="Python's sum() walks along the first dimension. Which sum takes all elements?")
sums_last_dimension = mistake(_penalty, add=lambda s: s.sum(-1), source="sum(-1)",
    title="sums over the last dimension only",
    hint="The penalty of a matrix is one number as well. Over which dimensions do you add?")
sums_second_dimension = mistake(_penalty, add=lambda s: s.sum(1), source="sum(1), as for the rows of a batch",
    title="sums over the second dimension only, with an error when there is none",
    hint="A parameter may have any number of dimensions. Over which dimensions do you add?")

@misconception(source="n, q = w.shape, or nested loops over rows and columns",
    title="stops with an error unless the parameter has exactly two dimensions",
    hint="A parameter may have any number of dimensions. What does your code expect of its shape?")
def needs_a_matrix(w: Tensor) -> Tensor:
    n, q = w.shape
    return torch.stack([w[i, j] ** 2 for i in range(n) for j in range(q)]).sum() / 2

needs_a_vector = mistake(_penalty, square=_same, add=lambda w: torch.dot(w, w), source="torch.dot(w, w)",
    title="stops with an error unless the parameter is a vector",
    hint="A parameter may have any number of dimensions. For which shapes is dot() defined?")
multiplies_matrices = mistake(_penalty, square=_same, add=lambda w: w.mT @ w if w.dim() > 1 else w @ w,
    source="the formula w'w / 2 for a vector, taken literally",
    title="multiplies the transpose by the original, which gives a matrix for a matrix",
    hint="w.T @ w is a number for a vector only. What does it hold for a matrix?")
multiplies_matrices_the_other_way = mistake(_penalty,
    square=_same, add=lambda w: w @ w.mT if w.dim() > 1 else w @ w, source="w @ w.T / 2",
    title="multiplies the original by its transpose, which gives a matrix for a matrix",
    hint="Which entries of w @ w.T belong to the penalty, and what is in the others?")
uses_spectral_norm = mistake(_penalty,
    square=_same, add=lambda w: (torch.linalg.norm(w, 2) if w.dim() else w.abs()) ** 2,
    source="torch.linalg.norm(w, 2) ** 2 / 2; also an error for more than two dimensions",
    title="uses the largest singular value of a matrix as its norm",
    hint="A norm with the number 2 has another meaning for matrices. Add up the squares yourself.")
returns_one_element = mistake(_penalty, result=lambda w, penalty: penalty.reshape(1),
    source="accumulator torch.zeros(1), or reshape(1)",
    title="returns a tensor of shape (1,)",
    hint="The result has no dimension at all. Compare its shape with torch.Size([]).")
keeps_dimensions = mistake(_penalty, result=lambda w, penalty: penalty.reshape([1] * w.dim()),
    source="keepdim=True",
    title="keeps every dimension, with size 1",
    hint="The result has no dimension at all. What does keepdim do?")
leaves_out_first_row = mistake(_penalty, of=lambda w: w[1:] if w.dim() else w,
    source="the first entry taken for a bias, or range(1, len(w))",
    title="leaves out the first entry along the first dimension",
    hint="Compare the penalty of a single weight with your result. Where does your loop begin?")
leaves_out_last_row = mistake(_penalty, of=lambda w: w[:-1] if w.dim() else w,
    source="the last entry taken for a bias, or range(len(w) - 1)",
    title="leaves out the last entry along the first dimension",
    hint="Compare the penalty of a single weight with your result. Where does your loop end?")
uses_first_row_only = mistake(_penalty, of=lambda w: w[:1] if w.dim() else w, source="return inside the loop",
    title="uses only the first entry along the first dimension",
    hint="How often does the body of your loop run?")
uses_last_row_only = mistake(_penalty, of=lambda w: w[-1:] if w.dim() else w, source="= for += in the loop",
    title="uses only the last entry along the first dimension",
    hint="Does your loop add to the total, or replace it?")
spares_biases = mistake(_penalty, square=lambda w: w**2 if w.dim() > 1 else 0 * w,
    source="biases left out by their number of dimensions",
    title="returns 0 for a parameter with fewer than two dimensions",
    hint="The function penalizes what it is given. Who decides whether a bias is penalized?")
needs_a_dimension = mistake(_penalty, add=lambda s: torch.stack([row.sum() for row in s]).sum(),
    source="for row in w",
    title="stops with an error for a 0-dim parameter",
    hint="A parameter may be a single number without dimensions; it has no rows to loop over.")

@misconception(source="item() or float() before the sum",
    title="stops with an error for a parameter that has more than one element",
    hint="A tensor of several elements is not one number. What must happen before item()?")
def needs_a_single_element(w: Tensor) -> Any:
    float(w.detach())
    return _penalty(w)

needs_contiguous = mistake(_penalty, of=lambda w: w.view(-1), source="w.view(-1)",
    title="stops with an error for a parameter that is not contiguous in memory",
    hint="view() cannot flatten a transposed tensor. Does the sum need a flat tensor at all?")

# Type

returns_number = mistake(_penalty, result=lambda w, penalty: penalty.item(),
    source=".item(), float() or NumPy",
    title="returns a number instead of a tensor",
    hint="A number knows nothing of the weights, so no gradient can come from it.")
cuts_graph = mistake(_penalty, result=lambda w, penalty: penalty.detach(),
    source=".data, .detach(), torch.no_grad() or torch.tensor(number)",
    title="returns a result without a gradient",
    hint="The loss must be able to reach the weights through the penalty. Where is the graph cut?")
differentiates_one_factor = mistake(_penalty, square=lambda w: w * w.detach(),
    source="(w * w.detach()).sum() / 2",
    title="has half the correct gradient, since only one factor of the square is differentiated",
    hint="Both factors of w * w depend on w. Which of them has lost its graph?")
returns_float32 = mistake(_penalty, of=Tensor.float, source=".float()",
    title="returns float32 for float64 weights",
    hint="Compare the dtype of the result with the dtype of w.")
returns_float64 = mistake(_penalty, of=Tensor.double, source=".double()",
    title="returns float64 for float32 weights",
    hint="Compare the dtype of the result with the dtype of w.")
floors_penalty = mistake(_penalty, half=lambda s, w: s // 2, source="// 2",
    title="rounds the penalty down to a whole number",
    hint="`//` is floor division. Is the penalty a whole number?")

# State afterwards

@misconception(source="w.data.pow_(2), or w.data *= w.data",
    title="replaces the weights by their squares",
    hint="Print w before and after the call. Which operation works in place?")
def squares_in_place(w: Tensor) -> Any:
    penalty = _penalty(w)
    w.data = w.detach() ** 2
    return penalty

@misconception(source="penalty and update mixed up: w -= w",
    title="applies the decay to the weights as well: it sets them to zero",
    hint="Print w before and after the call. A penalty is computed; it doesn't change anything.")
def zeroes_weights(w: Tensor) -> Any:
    penalty = _penalty(w)
    w.data = torch.zeros_like(w)
    return penalty

@misconception(source="w.numpy(), w.pow_(2) or w *= w",
    title="stops with an error for weights that require grad",
    hint="A leaf that requires grad cannot be changed in place, nor given to NumPy. Is that needed?")
def needs_no_grad(w: Tensor) -> Any:
    w.numpy()
    return _penalty(w)

@misconception(source="penalty.backward(retain_graph=True) before the return",
    title="calls backward() itself, so that `.grad` changes",
    hint="Who calls backward(): the penalty, or the training loop on the whole loss?")
def calls_backward(w: Tensor) -> Any:
    penalty = _penalty(w)
    if penalty.requires_grad:
        torch.autograd.backward(penalty, retain_graph=True)
    return penalty

@misconception(source="penalty.backward() before the return, which frees the graph",
    title="calls backward() itself, so that `.grad` changes and the caller's own backward() fails",
    hint="Who calls backward(): the penalty, or the training loop on the whole loss?")
def uses_up_graph(w: Tensor) -> Any:
    penalty = _penalty(w)
    if penalty.requires_grad:
        torch.autograd.backward(penalty)
    return penalty

switches_requires_grad_on = mistake(_penalty, of=Tensor.requires_grad_,
    source="w.requires_grad_(True) inside the function",
    title="switches requires_grad on for its argument",
    hint="Print w.requires_grad before and after the call. Whose decision is it?")

@misconception(source="torch.set_grad_enabled(False) as a statement",
    title="leaves autograd switched off for the whole program",
    hint="Will the next loss still have a gradient? Who switches recording on again?")
def leaves_autograd_off(w: Tensor) -> Any:
    torch.set_grad_enabled(False)
    return _penalty(w)

_total = 0.0


@misconception(source="global accumulator",
    title="adds the penalties of earlier calls",
    hint="Two calls with the same weights should give the same penalty. What does yours remember?")
def remembers_total(w: Tensor) -> Any:
    global _total
    penalty = _penalty(w)
    result = penalty + _total
    _total += penalty.item()
    return result

# Pairs that differ from the settings of both

leaves_out_half_and_negates = mistake(_penalty, half=lambda s, w: -s,
    combines=("leaves_out_half", "negates_penalty"), source="both at once")
leaves_out_half_and_divides_by_length = mistake(_penalty, half=lambda s, w: s / len(w),
    combines=("leaves_out_half", "divides_by_length"), source="both at once")
averages_and_squares_sum = mistake(_penalty, square=_same, add=lambda w: w.mean() ** 2,
    combines=("averages", "squares_sum"), source="w.mean() ** 2 / 2")
averages_first_dimension = mistake(_penalty, add=lambda s: s.mean(0),
    combines=("averages", "sums_first_dimension"), source="mean(0)")
returns_half_root = mistake(_penalty, half=lambda s, w: s.sqrt() / 2,
    combines=("returns_half_norm", "takes_root_and_squares"), source="sqrt(sum) / 2")
returns_half_root_mean_square = mistake(_penalty,
    square=_same, add=torch.linalg.vector_norm, half=lambda s, w: s / (2 * math.sqrt(w.numel())),
    combines=("averages", "returns_half_norm"), source="half the root mean square")

PAIRS = {
    "cuts_graph_and_leaves_out_half": ("cuts_graph", "leaves_out_half", "both at once"),
    "returns_number_without_half": ("returns_number", "leaves_out_half", "both at once"),
    "cuts_graph_and_averages": ("cuts_graph", "averages", "both at once"),
    "cuts_graph_and_returns_half_norm": ("cuts_graph", "returns_half_norm", "both at once"),
    "cuts_graph_and_returns_float32": ("cuts_graph", "returns_float32", "NumPy and torch.tensor"),
    "leaves_out_half_and_sums_first": ("leaves_out_half", "sums_first_dimension", "both at once"),
    "leaves_out_half_and_sums_last": ("leaves_out_half", "sums_last_dimension", "both at once"),
    "leaves_out_half_with_builtin_sum": ("leaves_out_half", "uses_builtin_sum", "both at once"),
    "leaves_out_half_and_squares_sum": ("leaves_out_half", "squares_sum", "both at once"),
    "leaves_out_half_of_one_element": ("leaves_out_half", "returns_one_element", "both at once"),
    "leaves_out_half_of_dot": ("leaves_out_half", "needs_a_vector", "torch.dot(w, w)"),
    "leaves_out_half_of_product": ("leaves_out_half", "multiplies_matrices", "w.T @ w"),
    "averages_absolute_values": ("averages", "returns_half_l1", "w.abs().mean() / 2"),
    "negates_and_cuts_graph": ("negates_penalty", "cuts_graph", "both at once"),
    "cuts_graph_and_squares_sum": ("cuts_graph", "squares_sum", "both at once"),
}
