"""Known wrong implementations of dropout, nearly all of them settings of one body.

Dropout is random, so two functions behave alike when their results have the same distribution: the
chance that an entry drops, how the drops depend on each other, and the factor of what is kept.
The body is correct at p = 0 and p = 1 wherever the mistake leaves these two ends alone.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from autograder.checking import misconception, mistake


def _keep(X: Tensor, p: float) -> Tensor:
    return torch.rand_like(X) >= p


def _gain(p: float) -> float:
    return 1 / (1 - p) if p < 1 else 0.0


def _masked(X: Tensor, keep: Tensor, gain: Tensor | float) -> Tensor:
    return torch.where(keep, X * gain, torch.zeros_like(X))


def _dropout(
    X: Tensor,
    p: float,
    training: bool = True,
    *,
    before: Callable[[Tensor], Tensor] = lambda X: X,
    drop: Callable[[float], float] = lambda p: p,
    keep: Callable[[Tensor, float], Tensor] | None = None,
    gain: Callable[[float], Tensor | float] = _gain,
    mode: Callable[[bool, Tensor, float], bool] = lambda training, X, p: training,
    result: Callable[[Tensor, Tensor, Any], Tensor] = _masked,
    evaluation: Callable[[Tensor, float], Any] = lambda X, p: X,
    after: Callable[[Any], Any] = lambda Y: Y,
    dtype: torch.dtype | None = None,
) -> Any:
    """Dropout; a mask of its own is drawn whatever the mode, the usual one when training alone."""
    X = before(X)
    own, factor = None if keep is None else keep(X, p), gain(p)
    if mode(training, X, p):
        Y = result(X, _keep(X, drop(p)) if own is None else own, factor)
    else:
        Y = evaluation(X, p)
    return after(Y if dtype is None else Y.to(dtype))


def _one(p: float) -> float:
    return 1.0


def _keep_counted(X: Tensor, p: float, places: Tensor) -> Tensor:
    """Drops the first of some places, p of them all."""
    keep = torch.ones(X.numel(), dtype=torch.bool)
    keep[places[: round(p * X.numel())]] = False
    return keep.reshape(X.shape)


def _keep_counted_of_row(X: Tensor, p: float) -> Tensor:
    rank = torch.rand_like(X).argsort(-1).argsort(-1)
    return rank >= round(p * (X.shape[-1] if X.dim() else 1))


def _sparing(rows: slice) -> Callable[[Tensor, float], Tensor]:
    """Drops nothing in some rows."""

    def keep(X: Tensor, p: float) -> Tensor:
        kept = _keep(X, p)
        if X.dim():
            kept[rows] = True
        return kept

    return keep


def _keep_seeded(X: Tensor, p: float) -> Tensor:
    # A generator of its own: torch.manual_seed would also reseed whoever called.
    return torch.rand(X.shape, generator=torch.Generator().manual_seed(0)) >= p


def _keep_in_matrix(X: Tensor, p: float) -> Tensor:
    n, q = X.shape
    return torch.rand(n, q) >= p


def _zeroed(X: Tensor, keep: Tensor, gain: Tensor | float) -> Tensor:
    X[~keep] = 0
    return X * gain


def _zeroed_data(X: Tensor, keep: Tensor, gain: Tensor | float) -> Tensor:
    X.data[~keep] = 0
    return X * gain


_first_masks: dict[tuple[int, ...], Tensor] = {}


class _WithGradient(torch.autograd.Function):
    """The given value, with `factor` as the derivative that backward uses."""

    @staticmethod
    def forward(ctx: Any, X: Tensor, value: Tensor, factor: Tensor) -> Tensor:
        ctx.save_for_backward(factor)
        return value.clone()

    @staticmethod
    def backward(ctx: Any, *cotangents: Tensor) -> tuple[Tensor, None, None]:
        (factor,) = ctx.saved_tensors
        return cotangents[0] * factor, None, None


# fmt: off

# What is returned

returns_nothing = mistake(_dropout, after=lambda Y: None, trivial=True,
    source="missing return, often after an update of X in place",
    title="returns nothing",
    hint="A function without a return statement answers None. Hand the result back to the caller.")
returns_input = mistake(_dropout, mode=lambda training, X, p: False, trivial=True,
    source="trivial answer; also a masked copy that is computed and then not returned",
    title="returns X unchanged even when training",
    hint="When training, some entries must become 0. Where does your function choose them?")
returns_zeros = mistake(_dropout,
    mode=lambda training, X, p: False, evaluation=lambda X, p: torch.zeros_like(X), trivial=True,
    source="trivial answer; also a random number in [0, 1) cut down to an integer mask of zeros",
    title="returns zeros whatever X and p are",
    hint="Only a fraction p of the entries should become 0. What happens to the others?")
returns_mask = mistake(_dropout, result=lambda X, keep, gain: keep.to(X.dtype),
    source="a mask drawn and returned without the product; seen in student repositories",
    title="returns the mask of zeros and ones instead of the masked X",
    hint="The mask says which entries survive. How do the values of X come into the result?")
returns_scaled_mask = mistake(_dropout, result=lambda X, keep, gain: keep.to(X.dtype) * gain,
    source="the scaled mask of inverted dropout returned without the product",
    title="returns the mask divided by 1 - p instead of X times it",
    hint="Your mask has the correct scale. How do the values of X come into the result?")


@misconception(source="ports of exercises whose backward pass is written by hand and needs the mask",
    title="returns the mask along with the result",
    hint="One tensor is asked for. Autograd remembers the mask for you.")
def returns_pair(X: Tensor, p: float, training: bool = True) -> tuple[Tensor, Tensor]:
    kept = _keep(X, p)
    return _dropout(X, p, training, keep=lambda X, p: kept), kept


returns_survivors = mistake(_dropout, result=lambda X, keep, gain: X[keep] * gain,
    source="indexing with a boolean mask on the right-hand side",
    title="returns only the kept entries, so that the shape changes",
    hint="A dropped entry becomes 0, it does not disappear. Compare the two shapes.")
returns_list = mistake(_dropout, after=lambda Y: Y.tolist(),
    source="loops over the entries that append to a list",
    title="returns a Python list instead of a tensor",
    hint="The next layer expects a tensor that autograd can follow. Stay in torch to the end.")
returns_array = mistake(_dropout, after=lambda Y: Y.detach().numpy(),
    source="NumPy versions of dropout carried over to torch",
    title="returns a NumPy array instead of a tensor",
    hint="A NumPy mask is fine, but the product must stay a tensor that autograd can follow.")

# The factor of what is kept

does_not_rescale = mistake(_dropout, gain=_one,
    source="the mask without the factor; asked repeatedly in course forums",
    title="does not rescale the entries that it keeps",
    hint="With the fraction p gone, what happens to the average of the output? It should stay that of X.")
divides_by_p = mistake(_dropout, gain=lambda p: 1 / p if p else float("inf"),
    source="p and 1 - p mixed up in the factor only",
    title="divides the kept entries by p",
    hint="An entry survives with probability 1 - p. Which factor makes its average over many calls equal to x?")
multiplies_by_keep_probability = mistake(_dropout, gain=lambda p: 1 - p,
    source="the test-time factor of the original paper applied in training",
    title="multiplies the kept entries by 1 - p instead of dividing",
    hint="Dropping already lowers the average. Should the survivors become larger or smaller?")
multiplies_by_p = mistake(_dropout, gain=lambda p: p,
    source="p and 1 - p mixed up together with product and quotient",
    title="multiplies the kept entries by p",
    hint="Dropping already lowers the average. Should the survivors become larger or smaller?")
multiplies_by_one_plus_p = mistake(_dropout, gain=lambda p: 1 + p,
    source="the lost fraction p added back to the survivors, a first-order guess of 1 / (1 - p)",
    title="multiplies the kept entries by 1 + p",
    hint="Work out the average of one entry over many calls for p = 0.5. Is it x?")
rescales_twice = mistake(_dropout, gain=lambda p: _gain(p) ** 2,
    source="a mask that is already scaled, and a division in the return line as well",
    title="divides the kept entries by 1 - p twice",
    hint="One of the two divisions is enough: work out the average of one entry over many calls.")
rescales_by_square_root = mistake(_dropout, gain=lambda p: _gain(p) ** 0.5,
    source="mix-up with the scale of weight initialization, which preserves a variance",
    title="divides the kept entries by the square root of 1 - p",
    hint="Dropout preserves the mean of each entry, not its variance. Which factor does that?")
flips_sign = mistake(_dropout, gain=lambda p: -_gain(p), source="p - 1 instead of 1 - p",
    title="flips the sign of the entries that it keeps",
    hint="Is your divisor positive for p = 0.3?")
always_doubles = mistake(_dropout, gain=lambda p: 2.0, source="a constant tried out with p = 0.5",
    title="doubles the kept entries whatever p is",
    hint="The factor 2 is correct for p = 0.5 only. What is it for another p?")
rescales_by_observed_fraction = mistake(_dropout,
    keep=_keep, result=lambda X, keep, gain: _masked(X, keep, keep.numel() / max(int(keep.sum()), 1)),
    source="division by the mean of the drawn mask",
    title="rescales by the fraction that happened to survive instead of 1 - p",
    hint="Two calls with the same p should scale the survivors alike. What is your factor made of?")
adds_epsilon = mistake(_dropout, gain=lambda p: 1 / (1 - p + 1e-6),
    source="an epsilon against division by zero",
    title="adds a small constant to the divisor, which makes every kept entry a little too small",
    hint="Only p = 1 would divide by zero, and it deserves a line of its own. Leave 1 - p exact.")
subtracts_p = mistake(_dropout, gain=lambda p: p, result=lambda X, keep, p: _masked(X, keep, 1.0) - p,
    source="missing parentheses around 1 - p",
    title="subtracts p from every entry",
    hint="Which operation does Python do first in a / 1 - p?")


@misconception(source="the random numbers drawn again for the factor",
    title="rescales some entries that it dropped and leaves some that it kept unscaled",
    hint="How many masks does one call of your function draw? Keep one, and use it twice.")
def draws_a_second_mask(X: Tensor, p: float, training: bool = True) -> Any:
    factor = torch.where(_keep(X, p), _gain(p), 1.0).to(X.dtype)
    return _dropout(X, p, training, gain=lambda p: factor)


# The probability to drop

keeps_with_probability_p = mistake(_dropout, drop=lambda p: 1 - p,
    source="rand < p used as the mask of what is kept",
    title="keeps an entry with probability p instead of dropping it",
    hint="With p = 0.1, about one entry in ten should become 0. How many do in your function?")
treats_p_as_keep_probability = mistake(_dropout, drop=lambda p: 1 - p, gain=lambda p: 1 / p if p else 1.0,
    source="the convention of other courses and of early TensorFlow's keep_prob",
    title="treats p as the probability to keep, in the mask and in the factor",
    hint="Some courses and libraries call the keep probability p. Here p is the probability to drop.")
always_drops_half = mistake(_dropout, drop=lambda p: 0.5,
    source="a mask of random integers 0 and 1, rounded random numbers, or a constant 0.5",
    title="drops half of the entries whatever p is",
    hint="How does your mask depend on p? Try p = 0.1 on a large tensor and count the zeros.")
drops_twice = mistake(_dropout, keep=lambda X, p: _keep(X, p) & _keep(X, p),
    source="the mask drawn and applied in two places",
    title="keeps an entry only when two masks both keep it",
    hint="With p = 0.5, half of the entries should survive. Why is it a quarter in your function?")
compares_with_normal = mistake(_dropout, keep=lambda X, p: torch.randn_like(X) >= p,
    source="randn instead of rand; reported against several public implementations",
    title="compares p with normally distributed numbers, so that even p = 0 drops half",
    hint="Which distribution has exactly the fraction p of its values below p?")
reads_percentage = mistake(_dropout, drop=lambda p: p / 100, gain=lambda p: _gain(p / 100),
    source="random numbers between 0 and 100 compared with p",
    title="reads p as a percentage, so that almost nothing drops",
    hint="p lies between 0 and 1. In which range do your random numbers lie?")
draws_one_of_eleven = mistake(_dropout, keep=lambda X, p: torch.randint(0, 11, X.shape) >= 10 * p,
    source="random.randint(0, 10) < 10 * p",
    title="drops entries about a tenth too rarely",
    hint="Count the zeros for p = 0.8 in a large tensor. If you draw integers: how many are there from 0 "
    "to 10, both included?")
cuts_p_to_tenths = mistake(_dropout, drop=lambda p: int(10 * p) / 10,
    source="an integer below ten compared with int(10 * p)",
    title="cuts p down to tenths",
    hint="Try p = 0.05 and p = 0.25 on a large tensor and count the zeros. Which values can your "
    "threshold take?")
drops_by_size = mistake(_dropout, keep=lambda X, p: p < X,
    source="X compared with p instead of a random tensor",
    title="drops by the size of the entries instead of at random",
    hint="Two calls with the same X should drop different entries. Where is your random number?")


@misconception(source="the comparison with p forgotten",
    title="multiplies X by random numbers instead of a mask of zeros and ones",
    hint="Each entry is either dropped or kept. Turn your random numbers into a yes or no first.")
def multiplies_by_uniform(X: Tensor, p: float, training: bool = True) -> Tensor:
    return X * torch.rand_like(X) * _gain(p) if training else X


@misconception(source="random numbers below p set to 0, the others left in the mask",
    title="drops the correct share but multiplies what it keeps by random numbers",
    hint="What does your mask contain where an entry survives? It should be one fixed number.")
def keeps_uniform_in_mask(X: Tensor, p: float, training: bool = True) -> Any:
    noise = torch.rand_like(X)
    return _dropout(X, p, training, keep=lambda X, p: noise >= p,
                    gain=lambda p: noise * _gain(p))


@misconception(source="Gaussian dropout, described in the same paper",
    title="multiplies X by Gaussian noise of mean 1 and drops nothing",
    hint="That is a relative of dropout. Here every entry becomes exactly 0 or x / (1 - p).")
def multiplies_by_gaussian(X: Tensor, p: float, training: bool = True) -> Tensor:
    if not training:
        return X
    return X * (1 + (p * _gain(p)) ** 0.5 * torch.randn_like(X)) if p < 1 else torch.zeros_like(X)


leaves_dropped_entries = mistake(_dropout, result=lambda X, keep, gain: torch.where(keep, X * gain, X),
    source="where(mask, X / (1 - p), X)",
    title="does not set the dropped entries to 0, and only rescales the others",
    hint="What value has a dropped entry afterwards?")
fills_with_minus_infinity = mistake(_dropout,
    result=lambda X, keep, gain: (X * gain).masked_fill(~keep, float("-inf")),
    source="mix-up with the masks of attention",
    title="sets the dropped entries to minus infinity",
    hint="Minus infinity is for entries that a softmax should ignore. What should the sum of the next "
    "layer see?")

# Independence: of entries, of rows, of calls

drops_all_or_nothing = mistake(_dropout, keep=lambda X, p: (torch.rand(()) >= p).expand(X.shape),
    source="a single random number, or one draw from a Bernoulli distribution without a shape",
    title="drops everything or nothing: one random number decides for all entries",
    hint="Each entry is dropped on its own. How many random numbers does one call need?")
drops_whole_rows = mistake(_dropout, keep=lambda X, p: _keep(X.sum(-1, keepdim=True), p).expand(X.shape),
    source="a mask of shape (n, 1), or one random number per step of a loop over the rows",
    title="drops whole rows",
    hint="Two entries of the same example should not always drop together. How many random numbers does a "
    "row get?")
drops_whole_columns = mistake(_dropout, keep=lambda X, p: (torch.rand(X.shape[-1:]) >= p).expand(X.shape),
    source="a mask with the shape of one example, spread over the batch by broadcasting",
    title="drops the same columns in every row",
    hint="Each example of the batch gets a mask of its own. What is the shape of yours?")
draws_one_number_per_example = mistake(_dropout, keep=lambda X, p: torch.rand(len(X)) >= p,
    source="a mask of length len(X)",
    title="gives each row one number but lines the numbers up with the columns",
    hint="Broadcasting compares shapes from the right. Try an X with 2 rows and 3 columns.")
drops_exact_fraction = mistake(_dropout, keep=lambda X, p: _keep_counted(X, p, torch.randperm(X.numel())),
    source="a random permutation, of which the first p * n places are dropped",
    title="drops exactly the fraction p of the entries at every call",
    hint="When each entry is dropped on its own, how many drop varies from call to call.")
drops_exact_fraction_of_row = mistake(_dropout, keep=_keep_counted_of_row,
    source="random.sample of the places in each row",
    title="drops exactly the fraction p of every row",
    hint="When each entry is dropped on its own, how many drop varies from row to row.")
picks_places_with_replacement = mistake(_dropout,
    keep=lambda X, p: _keep_counted(X, p, torch.randint(0, X.numel(), (X.numel(),))),
    source="random places from randint or choice",
    title="may pick the same entry twice, so that fewer than the fraction p drop",
    hint="Your places are drawn with replacement. Rather decide for each entry, on its own.")
drops_the_first_entries = mistake(_dropout, keep=lambda X, p: _keep_counted(X, p, torch.arange(X.numel())),
    source="a slice of length p * n set to 0",
    title="drops the first entries every time",
    hint="Which entries drop should be left to chance. Where is your random number?")
drops_in_first_row_only = mistake(_dropout, keep=_sparing(slice(1, None)),
    source="return inside the loop over the rows",
    title="never drops anything after the first row",
    hint="Does your loop reach its second step? Look at where the return stands.")
spares_the_last_row = mistake(_dropout, keep=_sparing(slice(-1, None)), source="range(len(X) - 1)",
    title="never drops anything in one of the rows",
    hint="Over which rows does your loop run? Check the end of the range.")
repeats_the_mask = mistake(_dropout, keep=_keep_seeded, source="a seed set inside the function",
    title="draws the same mask at every call",
    hint="Seeding makes the random numbers start over. Seed once outside the function, if at all.")


@misconception(source="a mask kept in a global variable or in a cache by shape",
    title="keeps using the mask of its first call, even when p has changed",
    hint="What does your function remember from one call to the next?")
def remembers_the_first_mask(X: Tensor, p: float, training: bool = True) -> Any:
    shape = tuple(X.shape)
    if training and shape not in _first_masks:
        _first_masks[shape] = torch.rand(shape) >= p
    return _dropout(X, p, training, keep=lambda X, p: _first_masks[shape]) if training else X


# Training and evaluation

ignores_training = mistake(_dropout, mode=lambda training, X, p: True,
    source="the training argument ignored",
    title="drops entries when it is not training",
    hint="For predictions the network is used whole. Where does your function look at training?")


@misconception(source="False as the default of training",
    title="drops nothing unless it is told that it is training",
    hint="What should dropout(X, p) do without a third argument? Look at the signature.")
def does_not_train_by_default(X: Tensor, p: float, training: bool = False) -> Any:
    return _dropout(X, p, training)


@misconception(source="the two-argument version of textbooks",
    title="takes no third argument",
    hint="The caller says whether the network is training. Keep the signature as it was given.")
def takes_two_arguments(X: Tensor, p: float) -> Any:
    return _dropout(X, p)


swaps_the_modes = mistake(_dropout, mode=lambda training, X, p: not training,
    source="if training instead of if not training",
    title="drops entries when evaluating and none when training",
    hint="Dropout adds noise while learning. In which of the two branches does your mask stand?")
rescales_in_evaluation = mistake(_dropout, evaluation=lambda X, p: X * _gain(p),
    source="the factor outside the branch for training; a bug of several public ports",
    title="divides by 1 - p when it is not training",
    hint="The factor makes up for what was dropped. What was dropped in evaluation?")
shrinks_in_evaluation = mistake(_dropout, evaluation=lambda X, p: X * (1 - p),
    source="the test-time factor of the original paper",
    title="multiplies by 1 - p when it is not training",
    hint="There are two ways to balance train and test. Since training divides by 1 - p, what is left to "
    "do in evaluation?")
returns_zeros_in_evaluation = mistake(_dropout, evaluation=lambda X, p: X * 0.0,
    source="a mask that starts as zeros and is filled only when training",
    title="returns zeros when it is not training",
    hint="For predictions the network is used whole. Which values does the next layer need?")
returns_nothing_in_evaluation = mistake(_dropout, evaluation=lambda X, p: None,
    source="the return statement inside the branch for training",
    title="returns nothing when it is not training",
    hint="Follow your function for training=False: which return statement does it reach?")
asks_whether_gradients_are_required = mistake(_dropout,
    mode=lambda training, X, p: training and X.requires_grad,
    source="the mode guessed from X instead of read from the argument",
    title="drops entries only when X requires gradients",
    hint="The caller says whether the network is training. The first layer's input never requires gradients.")

# The two ends, p = 0 and p = 1

divides_zero_by_zero = mistake(_dropout, gain=lambda p: 1 - p, result=lambda X, keep, kept: X * keep / kept,
    source="no separate case for p = 1",
    title="does not return finite numbers at p = 1",
    hint="What is 0 / 0? When everything is dropped there is nothing to rescale.")
raises_at_one = mistake(_dropout, gain=lambda p: 1 / (1 - p),
    source="1 / (1 - p) as a Python number, or an assertion that p is below 1",
    title="raises an error at p = 1",
    hint="p = 1 is allowed and drops everything. Which number do you divide by then?")


@misconception(source="assert 0 < p < 1",
    title="raises an error at p = 0 and at p = 1",
    hint="Both ends are allowed: p = 0 keeps everything and p = 1 drops everything.")
def raises_at_both_ends(X: Tensor, p: float, training: bool = True) -> Any:
    if not 0 < p < 1:
        raise ValueError(f"p must lie between 0 and 1, got {p}")
    return _dropout(X, p, training)


returns_input_at_one = mistake(_dropout, mode=lambda training, X, p: training and p < 1,
    source="p = 0 and p = 1 treated as one special case",
    title="returns X at p = 1, where everything should be dropped",
    hint="p is the probability to drop. What is left of X when it is 1?")
returns_zeros_at_zero = mistake(_dropout, drop=lambda p: p or 1.0,
    source="p = 0 and p = 1 treated as one special case",
    title="returns zeros at p = 0, where nothing should be dropped",
    hint="p is the probability to drop. What is left of X when it is 0?")
swaps_the_ends = mistake(_dropout, mode=lambda training, X, p: training and p < 1, drop=lambda p: p or 1.0,
    source="the special cases written for the keep probability",
    title="swaps the two ends: zeros at p = 0 and X at p = 1",
    hint="p is the probability to drop. Check your two special cases against that.")


@misconception(source="the return statement inside `if p > 0`; seen in public tutorials",
    title="returns nothing at p = 0",
    hint="Follow your function for p = 0: which return statement does it reach?")
def returns_nothing_at_zero(X: Tensor, p: float, training: bool = True) -> Any:
    return _dropout(X, p, training) if p > 0 else None


# Shape and dtype

accepts_matrices_only = mistake(_dropout, keep=_keep_in_matrix,
    source="n, q = X.shape, or two nested loops",
    title="accepts matrices only",
    hint="X may have any number of dimensions. Which lines of yours count on exactly two?")
flattens = mistake(_dropout, before=lambda X: X.reshape(-1), source="flatten without the reshape back",
    title="returns a flat tensor",
    hint="The result has the shape of X. What does your function undo at the end?")
squeezes = mistake(_dropout, after=lambda Y: Y.squeeze(), source="squeeze() without a dimension",
    title="loses dimensions of size 1",
    hint="A batch may hold a single example. Compare the shapes of X and the result.")
fails_on_transposes = mistake(_dropout, before=lambda X: X.view(-1).view(X.shape), source="X.view(-1)",
    title="fails on a tensor that is not contiguous, such as a transpose",
    hint="view needs the entries side by side in memory. Which operation copies them when it must?")
returns_float32 = mistake(_dropout, dtype=torch.float32,
    source="X.float(), or a tensor built from a Python list",
    title="returns float32 for a float64 input",
    hint="The result has the dtype of X. Which of your lines names a dtype, or makes a new tensor?")
returns_float64 = mistake(_dropout, dtype=torch.float64, source="a NumPy mask turned into a tensor",
    title="returns float64 for a float32 input",
    hint="NumPy computes in float64. Give the mask the dtype of X before you multiply.")

# Autograd, and what happens to X

fails_when_gradients_are_required = mistake(_dropout, before=lambda X: torch.from_numpy(X.numpy()),
    source="X.numpy()",
    title="fails when X requires gradients",
    hint="NumPy cannot follow autograd. Only the mask may come from NumPy: multiply in torch.")
cuts_the_graph = mistake(_dropout, after=lambda Y: Y.detach(),
    source="detach, .data, .tolist, torch.tensor, or no_grad around the product",
    title="cuts the result off from the gradient",
    hint="Autograd follows operations on X itself. Where does your function leave X for a copy of its numbers?")
cuts_the_graph_in_evaluation = mistake(_dropout, evaluation=lambda X, p: X.detach(),
    source="X.detach() or X.data in the branch for evaluation",
    title="cuts the result off from the gradient when it is not training",
    hint="Gradients with respect to an input are wanted in evaluation, too. Return X itself.")


@misconception(source="a hand-written backward pass that only divides by 1 - p",
    title="lets the gradient through the dropped entries",
    hint="A dropped entry of X has no influence on the result. What is its derivative?")
def gradient_ignores_mask(X: Tensor, p: float, training: bool = True) -> Any:
    factor = torch.full_like(X, _gain(p) if training else 1.0)
    return _WithGradient.apply(X, _dropout(X, p, training), factor)


@misconception(source="a hand-written backward pass that only multiplies by the mask",
    title="leaves the factor 1 / (1 - p) out of the gradient",
    hint="Differentiate x / (1 - p) with respect to x.")
def gradient_ignores_scale(X: Tensor, p: float, training: bool = True) -> Any:
    kept = _keep(X, p) if training else torch.ones_like(X)
    value = _dropout(X, p, training, keep=lambda X, p: kept)
    return _WithGradient.apply(X, value, kept.to(X.dtype))


@misconception(source="a hand-written backward pass that draws again",
    title="draws a new mask for the gradient",
    hint="Forward and backward pass belong to the same mask. Save it where you draw it.")
def gradient_draws_again(X: Tensor, p: float, training: bool = True) -> Any:
    factor = _dropout(torch.ones_like(X), p, training)
    return _WithGradient.apply(X, _dropout(X, p, training), factor)


zeroes_its_input = mistake(_dropout, result=_zeroed,
    source="X[mask] = 0; fails where X is a leaf that requires gradients",
    title="sets entries of its input X to zero",
    hint="The caller still needs X. Work on a copy, or make the result a new tensor.")


@misconception(source="X *= mask and X /= 1 - p; fails where X is a leaf that requires gradients",
    title="overwrites its input X with the result",
    hint="The caller still needs X. Which of your operations work in place?")
def overwrites_its_input(X: Tensor, p: float, training: bool = True) -> Tensor:
    return X.mul_(_gain(p)).masked_fill_(~_keep(X, p), 0) if training else X


zeroes_data_of_its_input = mistake(_dropout, result=_zeroed_data, source="X.data[mask] = 0",
    title="sets entries of its input X to zero behind autograd's back",
    hint="The caller still needs X, and a change that autograd does not see has no gradient.")


@misconception(source="a straight-through estimator, or only the correction to X is detached",
    title="passes gradients through as if nothing had been dropped",
    hint="The gradient of a dropped entry is zero, and that of a kept one has the factor, too.")
def gradient_is_one(X: Tensor, p: float, training: bool = True) -> Tensor:
    if not training or p == 0:
        return X
    mask = (torch.rand(X.shape) >= p).to(X.dtype)
    scale = mask / (1 - p) if p < 1 else mask * 0
    return X + (X * scale - X).detach()


# Pairs


@misconception(source="X[mask] = 0 and return X",
    combines=("does_not_rescale", "zeroes_its_input"))
def zeroes_and_returns_its_input(X: Tensor, p: float, training: bool = True) -> Tensor:
    return X.masked_fill_(~_keep(X, p), 0) if training else X


@misconception(source="dropout applied to the result of dropout",
    combines=("rescales_twice", "drops_twice"))
def applies_itself_twice(X: Tensor, p: float, training: bool = True) -> Any:
    return _dropout(_dropout(X, p, training), p, training)


PAIRS = {
    "original_paper":
        ("does_not_rescale", "shrinks_in_evaluation", "dropout as in the original paper: its test-time factor instead of the one in training"),
    "mask_and_nothing_else": ("does_not_rescale", "ignores_training", "X times the mask and nothing else"),
    "bernoulli_of_p":
        ("does_not_rescale", "keeps_with_probability_p", "X times a Bernoulli mask of probability p"),
    "random_zeros_and_ones": ("does_not_rescale", "always_drops_half", "X times random integers 0 and 1"),
    "only_one_half":
        ("always_doubles", "always_drops_half", "dropout for p = 0.5, with both constants written in"),
    "rescales_in_the_wrong_mode":
        ("does_not_rescale", "rescales_in_evaluation", "the factor in the wrong branch"),
    "bare_mask_in_evaluation":
        ("does_not_rescale", "swaps_the_modes", "if training: return X, and a bare mask below"),
    "replaces_rows":
        ("does_not_rescale", "drops_whole_rows", "a loop over the rows that replaces some by zeros"),
    "replaces_columns":
        ("does_not_rescale", "drops_whole_columns", "a loop over the columns that replaces some by zeros"),
    "bare_all_or_nothing":
        ("does_not_rescale", "drops_all_or_nothing", "if random.random() < p: return zeros, else X"),
    "bare_exact_fraction":
        ("does_not_rescale", "drops_exact_fraction", "random.sample of p * n places, set to 0"),
    "bare_normal": ("does_not_rescale", "compares_with_normal", "a mask from randn, without the factor"),
    "thresholds": ("does_not_rescale", "drops_by_size", "X where X > p, else 0: a shifted relu"),
    "bare_repeated_mask": ("does_not_rescale", "repeats_the_mask", "a seeded mask, without the factor"),
    "bare_cut":
        ("does_not_rescale", "cuts_the_graph", "a list of the entries, some replaced by 0, given to torch.tensor"),
    "keep_probability_in_both_modes":
        ("treats_p_as_keep_probability", "ignores_training", "the keep probability of other courses, in a two-line version"),
    "keeps_p_in_both_modes":
        ("keeps_with_probability_p", "ignores_training", "rand < p as the mask of what is kept, in a two-line version"),
    "one_line_dropout":
        ("ignores_training", "divides_zero_by_zero", "X * mask / (1 - p) as the whole function"),
    "cut_in_both_modes": ("ignores_training", "cuts_the_graph", "NumPy dropout without a mode"),
    "columns_in_both_modes":
        ("ignores_training", "drops_whole_columns", "a mask for one example, in a two-line version"),
    "shrinks_in_both_modes":
        ("multiplies_by_keep_probability", "shrinks_in_evaluation", "X times the keep probability before the branches"),
    "rebuilt_from_a_list": ("cuts_the_graph", "returns_float32", "torch.tensor of a list of numbers"),
    "rebuilt_from_numpy": ("cuts_the_graph", "returns_float64", "torch.from_numpy of a NumPy result"),
}
