"""Known wrong implementations of dropout, simplest first.

Dropout is random, so two functions behave alike when their results have the same distribution: the
chance that an entry drops, how the drops depend on each other, and the factor of what is kept.
The helpers are right at p = 0 and p = 1 wherever the mistake leaves these two ends alone.
"""

from typing import Any

import torch
from torch import Tensor

from autograder.checking import misconception

_first_masks: dict[tuple[int, ...], Tensor] = {}


def _keep(X: Tensor, drop: float) -> Tensor:
    return torch.rand_like(X) >= drop


def _keep_counted(X: Tensor, p: float, chosen: Tensor) -> Tensor:
    keep = torch.ones(X.numel(), dtype=torch.bool)
    keep[chosen[: round(p * X.numel())]] = False
    return keep.reshape(X.shape)


def _keep_rows(X: Tensor, p: float) -> Tensor:
    return _keep(X.sum(-1, keepdim=True), p).expand(X.shape)


def _keep_columns(X: Tensor, p: float) -> Tensor:
    return (torch.rand(X.shape[-1:]) >= p).expand(X.shape)


def _keep_exactly(X: Tensor, p: float) -> Tensor:
    return _keep_counted(X, p, torch.randperm(X.numel()))


def _keep_seeded(X: Tensor, p: float) -> Tensor:
    # A generator of its own: torch.manual_seed would also reseed whoever called.
    return torch.rand(X.shape, generator=torch.Generator().manual_seed(0)) >= p


def _gain(p: float) -> float:
    return 1 / (1 - p) if p < 1 else 0.0


def _dropout(
    X: Tensor,
    p: float,
    training: bool,
    *,
    keep: Tensor | None = None,
    drop: float | None = None,
    scale: Tensor | float | None = None,
    evaluation: float = 1.0,
) -> Tensor:
    """Dropout; each keyword replaces one ingredient: the mask, its probability, the two factors."""
    if not training:
        return X * evaluation
    if keep is None:
        keep = _keep(X, p if drop is None else drop)
    return torch.where(keep, X * (_gain(p) if scale is None else scale), torch.zeros_like(X))


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


# What is returned


@misconception(
    title="returns nothing",
    hint="A function without a return statement answers None. Hand the result back to the caller.",
    source="missing return, often after an update of X in place",
    trivial=True,
)
def returns_nothing(X: Tensor, p: float, training: bool = True) -> None:
    _dropout(X, p, training)


@misconception(
    title="returns X unchanged even when training",
    hint="When training, some entries must become 0. Where does your function choose them?",
    source="trivial answer; also a masked copy that is computed and then not returned",
    trivial=True,
)
def returns_input(X: Tensor, p: float, training: bool = True) -> Tensor:
    return X


@misconception(
    title="returns zeros whatever X and p are",
    hint="Only a fraction p of the entries should become 0. What happens to the others?",
    source="trivial answer; also a random number in [0, 1) cut down to an integer mask of zeros",
    trivial=True,
)
def returns_zeros(X: Tensor, p: float, training: bool = True) -> Tensor:
    return torch.zeros_like(X)


@misconception(
    title="returns the mask of zeros and ones instead of the masked X",
    hint="The mask says which entries survive. How do the values of X come into the result?",
    source="a mask drawn and returned without the product; seen in student repositories",
)
def returns_mask(X: Tensor, p: float, training: bool = True) -> Tensor:
    return _keep(X, p).to(X.dtype) if training else X


@misconception(
    title="returns the mask divided by 1 - p instead of X times it",
    hint="Your mask has the right scale. How do the values of X come into the result?",
    source="the scaled mask of inverted dropout returned without the product",
)
def returns_scaled_mask(X: Tensor, p: float, training: bool = True) -> Tensor:
    return _keep(X, p).to(X.dtype) * _gain(p) if training else X


@misconception(
    title="returns the mask along with the result",
    hint="One tensor is asked for. Autograd remembers the mask for you.",
    source="ports of exercises whose backward pass is written by hand and needs the mask",
)
def returns_pair(X: Tensor, p: float, training: bool = True) -> tuple[Tensor, Tensor]:
    keep = _keep(X, p)
    return _dropout(X, p, training, keep=keep), keep


@misconception(
    title="returns only the kept entries, so that the shape changes",
    hint="A dropped entry becomes 0, it does not disappear. Compare the two shapes.",
    source="indexing with a boolean mask on the right-hand side",
)
def returns_survivors(X: Tensor, p: float, training: bool = True) -> Tensor:
    return X[_keep(X, p)] * _gain(p) if training else X


@misconception(
    title="returns a Python list instead of a tensor",
    hint="The next layer expects a tensor that autograd can follow. Stay in torch to the end.",
    source="loops over the entries that append to a list",
)
def returns_list(X: Tensor, p: float, training: bool = True) -> Any:
    return _dropout(X, p, training).tolist()


@misconception(
    title="returns a NumPy array instead of a tensor",
    hint="A NumPy mask is fine, but the product must stay a tensor that autograd can follow.",
    source="NumPy versions of dropout carried over to torch",
)
def returns_array(X: Tensor, p: float, training: bool = True) -> Any:
    return _dropout(X, p, training).detach().numpy()


# The factor of what is kept


@misconception(
    title="does not rescale the entries that it keeps",
    hint="With the fraction p gone, what happens to the average of the output? "
    "It should stay that of X.",
    source="the mask without the factor; asked repeatedly in course forums",
)
def does_not_rescale(X: Tensor, p: float, training: bool = True) -> Tensor:
    return _dropout(X, p, training, scale=1.0)


@misconception(
    title="divides the kept entries by p",
    hint="An entry survives with probability 1 - p. "
    "Which factor makes its average over many calls equal to x?",
    source="p and 1 - p mixed up in the factor only",
)
def divides_by_p(X: Tensor, p: float, training: bool = True) -> Tensor:
    return _dropout(X, p, training, scale=1 / p if p else float("inf"))


@misconception(
    title="multiplies the kept entries by 1 - p instead of dividing",
    hint="Dropping already lowers the average. Should the survivors become larger or smaller?",
    source="the test-time factor of the original paper applied in training",
)
def multiplies_by_keep_probability(X: Tensor, p: float, training: bool = True) -> Tensor:
    return _dropout(X, p, training, scale=1 - p)


@misconception(
    title="multiplies the kept entries by p",
    hint="Dropping already lowers the average. Should the survivors become larger or smaller?",
    source="p and 1 - p mixed up together with product and quotient",
)
def multiplies_by_p(X: Tensor, p: float, training: bool = True) -> Tensor:
    return _dropout(X, p, training, scale=p)


@misconception(
    title="multiplies the kept entries by 1 + p",
    hint="Work out the average of one entry over many calls for p = 0.5. Is it x?",
    source="the lost fraction p added back to the survivors, a first-order guess of 1 / (1 - p)",
)
def multiplies_by_one_plus_p(X: Tensor, p: float, training: bool = True) -> Tensor:
    return _dropout(X, p, training, scale=1 + p)


@misconception(
    title="divides the kept entries by 1 - p twice",
    hint="One of the two divisions is enough: work out the average of one entry over many calls.",
    source="a mask that is already scaled, and a division in the return line as well",
)
def rescales_twice(X: Tensor, p: float, training: bool = True) -> Tensor:
    return _dropout(X, p, training, scale=_gain(p) ** 2)


@misconception(
    title="divides the kept entries by the square root of 1 - p",
    hint="Dropout preserves the mean of each entry, not its variance. Which factor does that?",
    source="mix-up with the scale of weight initialization, which preserves a variance",
)
def rescales_by_square_root(X: Tensor, p: float, training: bool = True) -> Tensor:
    return _dropout(X, p, training, scale=_gain(p) ** 0.5)


@misconception(
    title="flips the sign of the entries that it keeps",
    hint="Is your divisor positive for p = 0.3?",
    source="p - 1 instead of 1 - p",
)
def flips_sign(X: Tensor, p: float, training: bool = True) -> Tensor:
    return _dropout(X, p, training, scale=-_gain(p))


@misconception(
    title="doubles the kept entries whatever p is",
    hint="The factor 2 is right for p = 0.5 only. What is it for another p?",
    source="a constant tried out with p = 0.5",
)
def always_doubles(X: Tensor, p: float, training: bool = True) -> Tensor:
    return _dropout(X, p, training, scale=2.0)


@misconception(
    title="rescales by the fraction that happened to survive instead of 1 - p",
    hint="Two calls with the same p should scale the survivors alike. What is your factor made of?",
    source="division by the mean of the drawn mask",
)
def rescales_by_observed_fraction(X: Tensor, p: float, training: bool = True) -> Tensor:
    keep = _keep(X, p)
    return _dropout(X, p, training, keep=keep, scale=keep.numel() / max(int(keep.sum()), 1))


@misconception(
    title="adds a small constant to the divisor, which makes every kept entry a little too small",
    hint="Only p = 1 would divide by zero, and it deserves a line of its own. Leave 1 - p exact.",
    source="an epsilon against division by zero",
)
def adds_epsilon(X: Tensor, p: float, training: bool = True) -> Tensor:
    return _dropout(X, p, training, scale=1 / (1 - p + 1e-6))


@misconception(
    title="subtracts p from every entry",
    hint="Which operation does Python do first in a / 1 - p?",
    source="missing parentheses around 1 - p",
)
def subtracts_p(X: Tensor, p: float, training: bool = True) -> Tensor:
    return _dropout(X, p, training, scale=1.0) - p if training else X


@misconception(
    title="rescales some entries that it dropped and leaves some that it kept unscaled",
    hint="How many masks does one call of your function draw? Keep one, and use it twice.",
    source="the random numbers drawn again for the factor",
)
def draws_a_second_mask(X: Tensor, p: float, training: bool = True) -> Tensor:
    scale = torch.where(_keep(X, p), _gain(p), 1.0).to(X.dtype)
    return _dropout(X, p, training, scale=scale)


# The probability to drop


@misconception(
    title="keeps an entry with probability p instead of dropping it",
    hint="With p = 0.1, about one entry in ten should become 0. How many do in your function?",
    source="rand < p used as the mask of what is kept",
)
def keeps_with_probability_p(X: Tensor, p: float, training: bool = True) -> Tensor:
    return _dropout(X, p, training, drop=1 - p)


@misconception(
    title="treats p as the probability to keep, in the mask and in the factor",
    hint="Some courses and libraries call the keep probability p. "
    "Here p is the probability to drop.",
    source="the convention of other courses and of early TensorFlow's keep_prob",
)
def treats_p_as_keep_probability(X: Tensor, p: float, training: bool = True) -> Tensor:
    return _dropout(X, p, training, drop=1 - p, scale=1 / p if p else 1.0)


@misconception(
    title="drops half of the entries whatever p is",
    hint="How does your mask depend on p? Try p = 0.1 on a large tensor and count the zeros.",
    source="a mask of random integers 0 and 1, rounded random numbers, or a constant 0.5",
)
def always_drops_half(X: Tensor, p: float, training: bool = True) -> Tensor:
    return _dropout(X, p, training, drop=0.5)


@misconception(
    title="keeps an entry only when two masks both keep it",
    hint="With p = 0.5, half of the entries should survive. Why is it a quarter in your function?",
    source="the mask drawn and applied in two places",
)
def drops_twice(X: Tensor, p: float, training: bool = True) -> Tensor:
    return _dropout(X, p, training, keep=_keep(X, p) & _keep(X, p))


@misconception(
    title="compares p with normally distributed numbers, so that even p = 0 drops half",
    hint="Which distribution has exactly the fraction p of its values below p?",
    source="randn instead of rand; reported against several public implementations",
)
def compares_with_normal(X: Tensor, p: float, training: bool = True) -> Tensor:
    return _dropout(X, p, training, keep=torch.randn_like(X) >= p)


@misconception(
    title="reads p as a percentage, so that almost nothing drops",
    hint="p lies between 0 and 1. In which range do your random numbers lie?",
    source="random numbers between 0 and 100 compared with p",
)
def reads_percentage(X: Tensor, p: float, training: bool = True) -> Tensor:
    return _dropout(X, p, training, drop=p / 100, scale=_gain(p / 100))


@misconception(
    title="drops entries about a tenth too rarely",
    hint="Count the zeros for p = 0.8 in a large tensor. If you draw integers: how many are there from 0 to 10, "
    "both included?",
    source="random.randint(0, 10) < 10 * p",
)
def draws_one_of_eleven(X: Tensor, p: float, training: bool = True) -> Tensor:
    return _dropout(X, p, training, keep=torch.randint(0, 11, X.shape) >= 10 * p)


@misconception(
    title="cuts p down to tenths",
    hint="Try p = 0.05 and p = 0.25 on a large tensor and count the zeros. "
    "Which values can your threshold take?",
    source="an integer below ten compared with int(10 * p)",
)
def cuts_p_to_tenths(X: Tensor, p: float, training: bool = True) -> Tensor:
    return _dropout(X, p, training, drop=int(10 * p) / 10)


@misconception(
    title="drops by the size of the entries instead of at random",
    hint="Two calls with the same X should drop different entries. Where is your random number?",
    source="X compared with p instead of a random tensor",
)
def drops_by_size(X: Tensor, p: float, training: bool = True) -> Tensor:
    return _dropout(X, p, training, keep=p < X)


@misconception(
    title="multiplies X by random numbers instead of a mask of zeros and ones",
    hint="Each entry is either dropped or kept. Turn your random numbers into a yes or no first.",
    source="the comparison with p forgotten",
)
def multiplies_by_uniform(X: Tensor, p: float, training: bool = True) -> Tensor:
    return X * torch.rand_like(X) * _gain(p) if training else X


@misconception(
    title="drops the right share but multiplies what it keeps by random numbers",
    hint="What does your mask contain where an entry survives? It should be one fixed number.",
    source="random numbers below p set to 0, the others left in the mask",
)
def keeps_uniform_in_mask(X: Tensor, p: float, training: bool = True) -> Tensor:
    noise = torch.rand_like(X)
    return _dropout(X, p, training, keep=noise >= p, scale=noise * _gain(p))


@misconception(
    title="multiplies X by Gaussian noise of mean 1 and drops nothing",
    hint="That is a relative of dropout. Here every entry becomes exactly 0 or x / (1 - p).",
    source="Gaussian dropout, described in the same paper",
)
def multiplies_by_gaussian(X: Tensor, p: float, training: bool = True) -> Tensor:
    if not training:
        return X
    return X * (1 + (p * _gain(p)) ** 0.5 * torch.randn_like(X)) if p < 1 else torch.zeros_like(X)


@misconception(
    title="does not set the dropped entries to 0, and only rescales the others",
    hint="What value has a dropped entry afterwards?",
    source="where(mask, X / (1 - p), X)",
)
def leaves_dropped_entries(X: Tensor, p: float, training: bool = True) -> Tensor:
    return torch.where(_keep(X, p), X * _gain(p), X) if training else X


@misconception(
    title="sets the dropped entries to minus infinity",
    hint="Minus infinity is for entries that a softmax should ignore. What should the sum "
    "of the next layer see?",
    source="mix-up with the masks of attention",
)
def fills_with_minus_infinity(X: Tensor, p: float, training: bool = True) -> Tensor:
    return (X * _gain(p)).masked_fill(~_keep(X, p), float("-inf")) if training else X


# Independence: of entries, of rows, of calls


@misconception(
    title="drops everything or nothing: one random number decides for all entries",
    hint="Each entry is dropped on its own. How many random numbers does one call need?",
    source="a single random number, or one draw from a Bernoulli distribution without a shape",
)
def drops_all_or_nothing(X: Tensor, p: float, training: bool = True) -> Tensor:
    return _dropout(X, p, training, keep=(torch.rand(()) >= p).expand(X.shape))


@misconception(
    title="drops whole rows",
    hint="Two entries of the same example should not always drop together. "
    "How many random numbers does a row get?",
    source="a mask of shape (n, 1), or one random number per step of a loop over the rows",
)
def drops_whole_rows(X: Tensor, p: float, training: bool = True) -> Tensor:
    return _dropout(X, p, training, keep=_keep_rows(X, p))


@misconception(
    title="drops the same columns in every row",
    hint="Each example of the batch gets a mask of its own. What is the shape of yours?",
    source="a mask with the shape of one example, spread over the batch by broadcasting",
)
def drops_whole_columns(X: Tensor, p: float, training: bool = True) -> Tensor:
    return _dropout(X, p, training, keep=_keep_columns(X, p))


@misconception(
    title="gives each row one number but lines the numbers up with the columns",
    hint="Broadcasting compares shapes from the right. Try an X with 2 rows and 3 columns.",
    source="a mask of length len(X)",
)
def draws_one_number_per_example(X: Tensor, p: float, training: bool = True) -> Tensor:
    return _dropout(X, p, training, keep=torch.rand(len(X)) >= p)


@misconception(
    title="drops exactly the fraction p of the entries at every call",
    hint="When each entry is dropped on its own, how many drop varies from call to call.",
    source="a random permutation, of which the first p * n places are dropped",
)
def drops_exact_fraction(X: Tensor, p: float, training: bool = True) -> Tensor:
    return _dropout(X, p, training, keep=_keep_exactly(X, p))


@misconception(
    title="drops exactly the fraction p of every row",
    hint="When each entry is dropped on its own, how many drop varies from row to row.",
    source="random.sample of the places in each row",
)
def drops_exact_fraction_of_row(X: Tensor, p: float, training: bool = True) -> Tensor:
    rank = torch.rand_like(X).argsort(-1).argsort(-1)
    size = X.shape[-1] if X.dim() else 1
    return _dropout(X, p, training, keep=rank >= round(p * size))


@misconception(
    title="may pick the same entry twice, so that fewer than the fraction p drop",
    hint="Your places are drawn with replacement. Rather decide for each entry, on its own.",
    source="random places from randint or choice",
)
def picks_places_with_replacement(X: Tensor, p: float, training: bool = True) -> Tensor:
    places = torch.randint(0, X.numel(), (X.numel(),))
    return _dropout(X, p, training, keep=_keep_counted(X, p, places))


@misconception(
    title="drops the first entries every time",
    hint="Which entries drop should be left to chance. Where is your random number?",
    source="a slice of length p * n set to 0",
)
def drops_the_first_entries(X: Tensor, p: float, training: bool = True) -> Tensor:
    return _dropout(X, p, training, keep=_keep_counted(X, p, torch.arange(X.numel())))


@misconception(
    title="never drops anything after the first row",
    hint="Does your loop reach its second step? Look at where the return stands.",
    source="return inside the loop over the rows",
)
def drops_in_first_row_only(X: Tensor, p: float, training: bool = True) -> Tensor:
    keep = _keep(X, p)
    if X.dim():
        keep[1:] = True
    return _dropout(X, p, training, keep=keep)


@misconception(
    title="never drops anything in one of the rows",
    hint="Over which rows does your loop run? Check the end of the range.",
    source="range(len(X) - 1)",
)
def spares_the_last_row(X: Tensor, p: float, training: bool = True) -> Tensor:
    keep = _keep(X, p)
    if X.dim():
        keep[-1] = True
    return _dropout(X, p, training, keep=keep)


@misconception(
    title="draws the same mask at every call",
    hint="Seeding makes the random numbers start over. Seed once outside the function, if at all.",
    source="a seed set inside the function",
)
def repeats_the_mask(X: Tensor, p: float, training: bool = True) -> Tensor:
    return _dropout(X, p, training, keep=_keep_seeded(X, p))


@misconception(
    title="keeps using the mask of its first call, even when p has changed",
    hint="What does your function remember from one call to the next?",
    source="a mask kept in a global variable or in a cache by shape",
)
def remembers_the_first_mask(X: Tensor, p: float, training: bool = True) -> Tensor:
    if training and tuple(X.shape) not in _first_masks:
        _first_masks[tuple(X.shape)] = torch.rand(X.shape) >= p
    return _dropout(X, p, training, keep=_first_masks.get(tuple(X.shape)))


# Training and evaluation


@misconception(
    title="drops entries when it is not training",
    hint="For predictions the network is used whole. Where does your function look at training?",
    source="the training argument ignored",
)
def ignores_training(X: Tensor, p: float, training: bool = True) -> Tensor:
    return _dropout(X, p, True)


@misconception(
    title="drops nothing unless it is told that it is training",
    hint="What should dropout(X, p) do without a third argument? Look at the signature.",
    source="False as the default of training",
)
def does_not_train_by_default(X: Tensor, p: float, training: bool = False) -> Tensor:
    return _dropout(X, p, training)


@misconception(
    title="takes no third argument",
    hint="The caller says whether the network is training. Keep the signature as it was given.",
    source="the two-argument version of textbooks",
)
def takes_two_arguments(X: Tensor, p: float) -> Tensor:
    return _dropout(X, p, True)


@misconception(
    title="drops entries when evaluating and none when training",
    hint="Dropout adds noise while learning. In which of the two branches does your mask stand?",
    source="if training instead of if not training",
)
def swaps_the_modes(X: Tensor, p: float, training: bool = True) -> Tensor:
    return _dropout(X, p, not training)


@misconception(
    title="divides by 1 - p when it is not training",
    hint="The factor makes up for what was dropped. What was dropped in evaluation?",
    source="the factor outside the branch for training; a bug of several public ports",
)
def rescales_in_evaluation(X: Tensor, p: float, training: bool = True) -> Tensor:
    return _dropout(X, p, training, evaluation=_gain(p))


@misconception(
    title="multiplies by 1 - p when it is not training",
    hint="There are two ways to balance train and test. "
    "Since training divides by 1 - p, what is left to do in evaluation?",
    source="the test-time factor of the original paper",
)
def shrinks_in_evaluation(X: Tensor, p: float, training: bool = True) -> Tensor:
    return _dropout(X, p, training, evaluation=1 - p)


@misconception(
    title="returns zeros when it is not training",
    hint="For predictions the network is used whole. Which values does the next layer need?",
    source="a mask that starts as zeros and is filled only when training",
)
def returns_zeros_in_evaluation(X: Tensor, p: float, training: bool = True) -> Tensor:
    return _dropout(X, p, training, evaluation=0.0)


@misconception(
    title="returns nothing when it is not training",
    hint="Follow your function for training=False: which return statement does it reach?",
    source="the return statement inside the branch for training",
)
def returns_nothing_in_evaluation(X: Tensor, p: float, training: bool = True) -> Tensor | None:
    return _dropout(X, p, True) if training else None


@misconception(
    title="drops entries only when X requires gradients",
    hint="The caller says whether the network is training. "
    "The first layer's input never requires gradients.",
    source="the mode guessed from X instead of read from the argument",
)
def asks_whether_gradients_are_required(X: Tensor, p: float, training: bool = True) -> Tensor:
    return _dropout(X, p, training and X.requires_grad)


# The two ends, p = 0 and p = 1


@misconception(
    title="does not return finite numbers at p = 1",
    hint="What is 0 / 0? When everything is dropped there is nothing to rescale.",
    source="no separate case for p = 1",
)
def divides_zero_by_zero(X: Tensor, p: float, training: bool = True) -> Tensor:
    return X * _keep(X, p) / (1 - p) if training else X


@misconception(
    title="raises an error at p = 1",
    hint="p = 1 is allowed and drops everything. Which number do you divide by then?",
    source="1 / (1 - p) as a Python number, or an assertion that p is below 1",
)
def raises_at_one(X: Tensor, p: float, training: bool = True) -> Tensor:
    return _dropout(X, p, training, scale=1 / (1 - p))


@misconception(
    title="raises an error at p = 0 and at p = 1",
    hint="Both ends are allowed: p = 0 keeps everything and p = 1 drops everything.",
    source="assert 0 < p < 1",
)
def raises_at_both_ends(X: Tensor, p: float, training: bool = True) -> Tensor:
    if not 0 < p < 1:
        raise ValueError(f"p must lie between 0 and 1, got {p}")
    return _dropout(X, p, training)


@misconception(
    title="returns X at p = 1, where everything should be dropped",
    hint="p is the probability to drop. What is left of X when it is 1?",
    source="p = 0 and p = 1 treated as one special case",
)
def returns_input_at_one(X: Tensor, p: float, training: bool = True) -> Tensor:
    return _dropout(X, p, training and p < 1)


@misconception(
    title="returns zeros at p = 0, where nothing should be dropped",
    hint="p is the probability to drop. What is left of X when it is 0?",
    source="p = 0 and p = 1 treated as one special case",
)
def returns_zeros_at_zero(X: Tensor, p: float, training: bool = True) -> Tensor:
    return _dropout(X, p, training, drop=p if p else 1.0)


@misconception(
    title="swaps the two ends: zeros at p = 0 and X at p = 1",
    hint="p is the probability to drop. Check your two special cases against that.",
    source="the special cases written for the keep probability",
)
def swaps_the_ends(X: Tensor, p: float, training: bool = True) -> Tensor:
    return _dropout(X, p, training and p < 1, drop=p if p else 1.0)


@misconception(
    title="returns nothing at p = 0",
    hint="Follow your function for p = 0: which return statement does it reach?",
    source="the return statement inside `if p > 0`; seen in public tutorials",
)
def returns_nothing_at_zero(X: Tensor, p: float, training: bool = True) -> Tensor | None:
    return _dropout(X, p, training) if p > 0 else None


# Shape and dtype


@misconception(
    title="accepts matrices only",
    hint="X may have any number of dimensions. Which lines of yours count on exactly two?",
    source="n, q = X.shape, or two nested loops",
)
def accepts_matrices_only(X: Tensor, p: float, training: bool = True) -> Tensor:
    n, q = X.shape
    return _dropout(X, p, training, keep=torch.rand(n, q) >= p)


@misconception(
    title="returns a flat tensor",
    hint="The result has the shape of X. What does your function undo at the end?",
    source="flatten without the reshape back",
)
def flattens(X: Tensor, p: float, training: bool = True) -> Tensor:
    return _dropout(X.reshape(-1), p, training)


@misconception(
    title="loses dimensions of size 1",
    hint="A batch may hold a single example. Compare the shapes of X and the result.",
    source="squeeze() without a dimension",
)
def squeezes(X: Tensor, p: float, training: bool = True) -> Tensor:
    return _dropout(X, p, training).squeeze()


@misconception(
    title="fails on a tensor that is not contiguous, such as a transpose",
    hint="view needs the entries side by side in memory. Which operation copies them when it must?",
    source="X.view(-1)",
)
def fails_on_transposes(X: Tensor, p: float, training: bool = True) -> Tensor:
    return _dropout(X.view(-1), p, training).view(X.shape)


@misconception(
    title="returns float32 for a float64 input",
    hint="The result has the dtype of X. Which of your lines names a dtype, or makes a new tensor?",
    source="X.float(), or a tensor built from a Python list",
)
def returns_float32(X: Tensor, p: float, training: bool = True) -> Tensor:
    return _dropout(X, p, training).float()


@misconception(
    title="returns float64 for a float32 input",
    hint="NumPy computes in float64. Give the mask the dtype of X before you multiply.",
    source="a NumPy mask turned into a tensor",
)
def returns_float64(X: Tensor, p: float, training: bool = True) -> Tensor:
    return _dropout(X, p, training).double()


# Autograd, and what happens to X


@misconception(
    title="fails when X requires gradients",
    hint="NumPy cannot follow autograd. Only the mask may come from NumPy: multiply in torch.",
    source="X.numpy()",
)
def fails_when_gradients_are_required(X: Tensor, p: float, training: bool = True) -> Tensor:
    return _dropout(torch.from_numpy(X.numpy()), p, training)


@misconception(
    title="cuts the result off from the gradient",
    hint="Autograd follows operations on X itself. "
    "Where does your function leave X for a copy of its numbers?",
    source="detach, .data, .tolist, torch.tensor, or no_grad around the product",
)
def cuts_the_graph(X: Tensor, p: float, training: bool = True) -> Tensor:
    return _dropout(X, p, training).detach()


@misconception(
    title="cuts the result off from the gradient when it is not training",
    hint="Gradients with respect to an input are wanted in evaluation, too. Return X itself.",
    source="X.detach() or X.data in the branch for evaluation",
)
def cuts_the_graph_in_evaluation(X: Tensor, p: float, training: bool = True) -> Tensor:
    return _dropout(X, p, True) if training else X.detach()


@misconception(
    title="lets the gradient through the dropped entries",
    hint="A dropped entry of X has no influence on the result. What is its derivative?",
    source="a hand-written backward pass that only divides by 1 - p",
)
def gradient_ignores_mask(X: Tensor, p: float, training: bool = True) -> Tensor:
    value = _dropout(X, p, training)
    return _WithGradient.apply(X, value, torch.full_like(X, _gain(p) if training else 1.0))


@misconception(
    title="leaves the factor 1 / (1 - p) out of the gradient",
    hint="Differentiate x / (1 - p) with respect to x.",
    source="a hand-written backward pass that only multiplies by the mask",
)
def gradient_ignores_scale(X: Tensor, p: float, training: bool = True) -> Tensor:
    keep = _keep(X, p) if training else torch.ones_like(X)
    return _WithGradient.apply(X, _dropout(X, p, training, keep=keep), keep.to(X.dtype))


@misconception(
    title="draws a new mask for the gradient",
    hint="Forward and backward pass belong to the same mask. Save it where you draw it.",
    source="a hand-written backward pass that draws again",
)
def gradient_draws_again(X: Tensor, p: float, training: bool = True) -> Tensor:
    factor = _dropout(torch.ones_like(X), p, training)
    return _WithGradient.apply(X, _dropout(X, p, training), factor)


@misconception(
    title="sets entries of its input X to zero",
    hint="The caller still needs X. Work on a copy, or make the result a new tensor.",
    source="X[mask] = 0; fails where X is a leaf that requires gradients",
)
def zeroes_its_input(X: Tensor, p: float, training: bool = True) -> Tensor:
    if not training:
        return X
    X[~_keep(X, p)] = 0
    return X * _gain(p)


@misconception(
    title="overwrites its input X with the result",
    hint="The caller still needs X. Which of your operations work in place?",
    source="X *= mask and X /= 1 - p; fails where X is a leaf that requires gradients",
)
def overwrites_its_input(X: Tensor, p: float, training: bool = True) -> Tensor:
    return X.mul_(_gain(p)).masked_fill_(~_keep(X, p), 0) if training else X


@misconception(
    title="sets entries of its input X to zero behind autograd's back",
    hint="The caller still needs X, and a change that autograd does not see has no gradient.",
    source="X.data[mask] = 0",
)
def zeroes_data_of_its_input(X: Tensor, p: float, training: bool = True) -> Tensor:
    if not training:
        return X
    X.data[~_keep(X, p)] = 0
    return X * _gain(p)


# Pairs


@misconception(
    title="passes gradients through as if nothing had been dropped",
    hint="The gradient of a dropped entry is zero, and that of a kept one has the factor, too.",
    source="a straight-through estimator, or only the correction to X is detached",
)
def gradient_is_one(X: Tensor, p: float, training: bool = True) -> Tensor:
    if not training or p == 0:
        return X
    mask = (torch.rand(X.shape) >= p).to(X.dtype)
    scale = mask / (1 - p) if p < 1 else mask * 0
    return X + (X * scale - X).detach()


@misconception(
    combines=("does_not_rescale", "shrinks_in_evaluation"),
    source="dropout as in the original paper: its test-time factor instead of the one in training",
)
def original_paper(X: Tensor, p: float, training: bool = True) -> Tensor:
    return _dropout(X, p, training, scale=1.0, evaluation=1 - p)


@misconception(
    combines=("does_not_rescale", "ignores_training"),
    source="X times the mask and nothing else",
)
def mask_and_nothing_else(X: Tensor, p: float, training: bool = True) -> Tensor:
    return _dropout(X, p, True, scale=1.0)


@misconception(
    combines=("does_not_rescale", "keeps_with_probability_p"),
    source="X times a Bernoulli mask of probability p",
)
def bernoulli_of_p(X: Tensor, p: float, training: bool = True) -> Tensor:
    return _dropout(X, p, training, drop=1 - p, scale=1.0)


@misconception(
    combines=("does_not_rescale", "always_drops_half"),
    source="X times random integers 0 and 1",
)
def random_zeros_and_ones(X: Tensor, p: float, training: bool = True) -> Tensor:
    return _dropout(X, p, training, drop=0.5, scale=1.0)


@misconception(
    combines=("always_doubles", "always_drops_half"),
    source="dropout for p = 0.5, with both constants written in",
)
def only_one_half(X: Tensor, p: float, training: bool = True) -> Tensor:
    return _dropout(X, p, training, drop=0.5, scale=2.0)


@misconception(
    combines=("does_not_rescale", "rescales_in_evaluation"),
    source="the factor in the wrong branch",
)
def rescales_in_the_wrong_mode(X: Tensor, p: float, training: bool = True) -> Tensor:
    return _dropout(X, p, training, scale=1.0, evaluation=_gain(p))


@misconception(
    combines=("does_not_rescale", "swaps_the_modes"),
    source="if training: return X, and a bare mask below",
)
def bare_mask_in_evaluation(X: Tensor, p: float, training: bool = True) -> Tensor:
    return _dropout(X, p, not training, scale=1.0)


@misconception(
    combines=("does_not_rescale", "drops_whole_rows"),
    source="a loop over the rows that replaces some by zeros",
)
def replaces_rows(X: Tensor, p: float, training: bool = True) -> Tensor:
    return _dropout(X, p, training, keep=_keep_rows(X, p), scale=1.0)


@misconception(
    combines=("does_not_rescale", "drops_whole_columns"),
    source="a loop over the columns that replaces some by zeros",
)
def replaces_columns(X: Tensor, p: float, training: bool = True) -> Tensor:
    return _dropout(X, p, training, keep=_keep_columns(X, p), scale=1.0)


@misconception(
    combines=("does_not_rescale", "drops_all_or_nothing"),
    source="if random.random() < p: return zeros, else X",
)
def bare_all_or_nothing(X: Tensor, p: float, training: bool = True) -> Tensor:
    keep = (torch.rand(()) >= p).expand(X.shape)
    return _dropout(X, p, training, keep=keep, scale=1.0)


@misconception(
    combines=("does_not_rescale", "drops_exact_fraction"),
    source="random.sample of p * n places, set to 0",
)
def bare_exact_fraction(X: Tensor, p: float, training: bool = True) -> Tensor:
    return _dropout(X, p, training, keep=_keep_exactly(X, p), scale=1.0)


@misconception(
    combines=("does_not_rescale", "compares_with_normal"),
    source="a mask from randn, without the factor",
)
def bare_normal(X: Tensor, p: float, training: bool = True) -> Tensor:
    return _dropout(X, p, training, keep=torch.randn_like(X) >= p, scale=1.0)


@misconception(
    combines=("does_not_rescale", "drops_by_size"),
    source="X where X > p, else 0: a shifted relu",
)
def thresholds(X: Tensor, p: float, training: bool = True) -> Tensor:
    return _dropout(X, p, training, keep=p < X, scale=1.0)


@misconception(
    combines=("does_not_rescale", "repeats_the_mask"),
    source="a seeded mask, without the factor",
)
def bare_repeated_mask(X: Tensor, p: float, training: bool = True) -> Tensor:
    return _dropout(X, p, training, keep=_keep_seeded(X, p), scale=1.0)


@misconception(
    combines=("does_not_rescale", "cuts_the_graph"),
    source="a list of the entries, some replaced by 0, given to torch.tensor",
)
def bare_cut(X: Tensor, p: float, training: bool = True) -> Tensor:
    return _dropout(X, p, training, scale=1.0).detach()


@misconception(
    combines=("does_not_rescale", "zeroes_its_input"),
    source="X[mask] = 0 and return X",
)
def zeroes_and_returns_its_input(X: Tensor, p: float, training: bool = True) -> Tensor:
    return X.masked_fill_(~_keep(X, p), 0) if training else X


@misconception(
    combines=("treats_p_as_keep_probability", "ignores_training"),
    source="the keep probability of other courses, in a two-line version",
)
def keep_probability_in_both_modes(X: Tensor, p: float, training: bool = True) -> Tensor:
    return _dropout(X, p, True, drop=1 - p, scale=1 / p if p else 1.0)


@misconception(
    combines=("keeps_with_probability_p", "ignores_training"),
    source="rand < p as the mask of what is kept, in a two-line version",
)
def keeps_p_in_both_modes(X: Tensor, p: float, training: bool = True) -> Tensor:
    return _dropout(X, p, True, drop=1 - p)


@misconception(
    combines=("ignores_training", "divides_zero_by_zero"),
    source="X * mask / (1 - p) as the whole function",
)
def one_line_dropout(X: Tensor, p: float, training: bool = True) -> Tensor:
    return X * _keep(X, p) / (1 - p)


@misconception(
    combines=("ignores_training", "cuts_the_graph"),
    source="NumPy dropout without a mode",
)
def cut_in_both_modes(X: Tensor, p: float, training: bool = True) -> Tensor:
    return _dropout(X, p, True).detach()


@misconception(
    combines=("ignores_training", "drops_whole_columns"),
    source="a mask for one example, in a two-line version",
)
def columns_in_both_modes(X: Tensor, p: float, training: bool = True) -> Tensor:
    return _dropout(X, p, True, keep=_keep_columns(X, p))


@misconception(
    combines=("multiplies_by_keep_probability", "shrinks_in_evaluation"),
    source="X times the keep probability before the branches",
)
def shrinks_in_both_modes(X: Tensor, p: float, training: bool = True) -> Tensor:
    return _dropout(X, p, training, scale=1 - p, evaluation=1 - p)


@misconception(
    combines=("rescales_twice", "drops_twice"),
    source="dropout applied to the result of dropout",
)
def applies_itself_twice(X: Tensor, p: float, training: bool = True) -> Tensor:
    return _dropout(_dropout(X, p, training), p, training)


@misconception(
    combines=("cuts_the_graph", "returns_float32"),
    source="torch.tensor of a list of numbers",
)
def rebuilt_from_a_list(X: Tensor, p: float, training: bool = True) -> Tensor:
    return _dropout(X, p, training).detach().float()


@misconception(
    combines=("cuts_the_graph", "returns_float64"),
    source="torch.from_numpy of a NumPy result",
)
def rebuilt_from_numpy(X: Tensor, p: float, training: bool = True) -> Tensor:
    return _dropout(X, p, training).detach().double()
