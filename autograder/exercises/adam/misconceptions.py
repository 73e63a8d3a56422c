"""Known wrong implementations of adam, as settings of one body."""

import itertools
from collections.abc import Callable
from contextlib import nullcontext

import torch
from torch import Tensor

from autograder.checking import mistake

Average = Callable[[Tensor, Tensor, float], Tensor]
"""Of the old average, the grad and beta."""
Betas = Callable[[float, float], tuple[float, float]]
_counted = itertools.count(1)


def _kept(old: Tensor, g: Tensor, beta: float) -> Tensor:
    return beta * old + (1 - beta) * g


def _kept_square(old: Tensor, g: Tensor, beta: float) -> Tensor:
    return beta * old + (1 - beta) * g * g


def _corrected(average: Tensor, beta: float, t: int) -> Tensor:
    return average / torch.tensor(1 - beta**t, dtype=average.dtype)


def _adam(
    params: list[Tensor],
    states: list[list[Tensor]],
    t: int,
    lr: float,
    beta1: float,
    beta2: float,
    eps: float,
    *,
    counts: Callable[[int, int], int] = lambda t, place: t,
    betas: Betas = lambda beta1, beta2: (beta1, beta2),
    correction_betas: Betas = lambda beta1, beta2: (beta1, beta2),
    fixed_eps: float | None = None,
    first: Average = _kept,
    second: Average = _kept_square,
    squares_first: bool = False,
    correct_v: Callable[[Tensor, float, int], Tensor] = _corrected,
    correct_s: Callable[[Tensor, float, int], Tensor] = _corrected,
    of_old: bool = False,
    numerator: Callable[[Tensor, Tensor, float, int], Tensor] = lambda v, g, beta1, t: v,
    divisor: Callable[[Tensor, float, float, int], Tensor] = lambda s, eps, b, t: s.sqrt() + eps,
    rate: Callable[[float, int], float] = lambda lr, t: lr,
    extra: Callable[[Tensor, float, float], Tensor | float] = lambda w, lr, eps: 0.0,
    stores: str = "vs",
    stores_corrected: str = "",
    required: bool = False,
    skips: bool = False,
    moves: Callable[[int], bool] = lambda place: True,
    writes: Callable[[Tensor, Tensor], object] = lambda w, new: w.copy_(new),
    replaces: bool = False,
    clears: Callable[[int, int], bool] = lambda place, count: True,
    recorded: bool = False,
) -> None:
    beta1, beta2 = betas(beta1, beta2)
    for_v, for_s = correction_betas(beta1, beta2)
    eps = eps if fixed_eps is None else fixed_eps
    with nullcontext() if recorded else torch.no_grad():
        for place, w in enumerate(params):
            g, pair = w.grad, states[place]
            assert g is not None
            if skips and not g.any():
                continue
            step = counts(t, place)
            old_v, old_s = pair
            v = first(old_v, g, beta1)
            s = second(old_s, v if squares_first else g, beta2)
            used_v, used_s = (old_v, old_s) if of_old else (v, s)
            v_hat, s_hat = correct_v(used_v, for_v, step), correct_s(used_s, for_s, step)
            change = numerator(v_hat, g, beta1, step) / divisor(s_hat, eps, beta2, step)
            kept = {"v": v, "s": s} | {
                name: one for name, one in (("v", v_hat), ("s", s_hat)) if name in stores_corrected
            }
            if len(stores) == 2:
                states[place] = [kept[name].requires_grad_(required) for name in stores]
            elif stores:
                states[place] = [v, old_s] if stores == "v" else [old_v, s]
            new = w - rate(lr, step) * change - extra(w, lr, eps)
            if replaces:
                params[place] = new.requires_grad_()
            elif moves(place):
                writes(w, new)
            if clears(place, len(params)):
                g.zero_()


def _uncorrected(average: Tensor, beta: float, t: int) -> Tensor:
    return average


def _without_power(average: Tensor, beta: float, t: int) -> Tensor:
    return average / (1 - beta) if beta != 1 else average


# Bias correction and t

no_correction = mistake(
    _adam,
    correct_v=_uncorrected,
    correct_s=_uncorrected,
    title="leaves out the bias correction",
    hint="The averages start at zero: how far below the grads are they after the first call?",
    source="Adam (almost), as lecture notes call it",
)
no_correction_of_v = mistake(
    _adam,
    correct_v=_uncorrected,
    title="doesn't correct the mean of the grads for its start at zero",
    hint="Both averages start at zero. Which of them does your step correct?",
    source="AdamD's variant, asked for in a PyTorch issue",
)
no_correction_of_s = mistake(
    _adam,
    correct_s=_uncorrected,
    title="doesn't correct the mean of the squares for its start at zero",
    hint="Both averages start at zero. Which of them does your step correct?",
    source="one of two lines forgotten",
)
correction_without_power = mistake(
    _adam,
    correct_v=_without_power,
    correct_s=_without_power,
    title="corrects both averages by 1 - beta, without the power of t",
    hint="How much of the zero start is left after ten calls? Where does t come into your code?",
    source="an issue of ML-From-Scratch, and a pull request to PennyLane; the same where t is always 1",
)
correction_of_v_without_power = mistake(
    _adam,
    correct_v=_without_power,
    title="corrects the mean of the grads by 1 - beta1, without the power of t",
    hint="Compare the two corrections: where does t come into each?",
    source="a power lost in copying",
)
correction_of_s_without_power = mistake(
    _adam,
    correct_s=_without_power,
    title="corrects the mean of the squares by 1 - beta2, without the power of t",
    hint="Compare the two corrections: where does t come into each?",
    source="a power lost in copying",
)
second_power_always = mistake(
    _adam,
    correct_s=lambda s, beta, t: s / (1 - beta * beta),
    title="corrects the mean of the squares by 1 - beta2 squared, at every t",
    hint="To which power does the contract raise beta2? Try the third call.",
    source="a slide of a course, corrected in a pull request",
)
multiplies_by_t = mistake(
    _adam,
    correct_v=lambda v, beta, t: v / (1 - beta * t),
    correct_s=lambda s, beta, t: s / (1 - beta * t),
    title="multiplies the betas by t instead of raising them to the power of t",
    hint="In Python, which operator is a power? Try t = 2.",
    source="* typed for **",
)
power_of_rest = mistake(
    _adam,
    correct_v=lambda v, beta, t: v / (1 - beta) ** t,
    correct_s=lambda s, beta, t: s / (1 - beta) ** t,
    title="raises 1 - beta to the power of t instead of beta alone",
    hint="In the contract's correction, what is raised to the power of t? Check the parentheses.",
    source="(1 - beta) ** t",
)
correction_betas_swapped = mistake(
    _adam,
    correction_betas=lambda beta1, beta2: (beta2, beta1),
    title="corrects each of the two averages with the other's beta",
    hint="Which beta belongs to which average? Look at both corrections.",
    source="the two lines mixed up",
)
correction_by_beta1 = mistake(
    _adam,
    correction_betas=lambda beta1, beta2: (beta1, beta1),
    title="corrects the mean of the squares with beta1",
    hint="By which beta does the mean of the squares fade? The correction undoes that start.",
    source="a line copied and not changed in full",
)
correction_by_beta2 = mistake(
    _adam,
    correction_betas=lambda beta1, beta2: (beta2, beta2),
    title="corrects the mean of the grads with beta2",
    hint="By which beta does the mean of the grads fade? The correction undoes that start.",
    source="a line copied and not changed in full",
)
t_minus_one = mistake(
    _adam,
    counts=lambda t, place: t - 1,
    title="corrects for t - 1 steps instead of t, and divides by zero in the first",
    hint="t is 1 in the first call. After it, how many grads are in the averages?",
    source="1 subtracted from a t that counts from 1",
)
t_from_zero = mistake(
    _adam,
    counts=lambda t, place: t - 1,
    correct_v=lambda v, beta, t: _corrected(v, beta, t) if t else v,
    correct_s=lambda s, beta, t: _corrected(s, beta, t) if t else s,
    title="corrects for t - 1 steps instead of t, and not at all in the first",
    hint="t is 1 in the first call. After it, how many grads are in the averages?",
    source="`if t > 0` around the correction, with t from 0",
)
t_one_more = mistake(
    _adam,
    counts=lambda t, place: t + 1,
    title="corrects for t + 1 steps instead of t",
    hint="t is 1 in the first call. How many grads are in the averages then?",
    source="1 added as if t counted from 0",
)
t_advances_in_list = mistake(
    _adam,
    counts=lambda t, place: t + place,
    title="advances t from parameter to parameter",
    hint="All parameters of a call are in the same step. What in your loop changes t?",
    source="t += 1 inside the loop: a pull request to a 100-days course",
)
counts_calls = mistake(
    _adam,
    counts=lambda t, place: next(_counted) + 1,
    title="counts its calls itself instead of using t",
    hint="Two models may be trained in turn. Whose step is it that you count?",
    source="a global step counter; an A3C code had a related one",
)
stores_corrected = mistake(
    _adam,
    stores_corrected="vs",
    title="keeps the corrected averages in the states",
    hint="The correction belongs to one step. What does the next call start from?",
    source="correction in place: an issue of holocron, and an answered forum question",
)
stores_corrected_v = mistake(
    _adam,
    stores_corrected="v",
    title="keeps the corrected mean of the grads in the states",
    hint="The correction belongs to one step. What does the next call start from?",
    source="`/=` for one of the two corrections",
)
stores_corrected_s = mistake(
    _adam,
    stores_corrected="s",
    title="keeps the corrected mean of the squares in the states",
    hint="The correction belongs to one step. What does the next call start from?",
    source="`/=` for one of the two corrections",
)

# The averages

swaps_betas = mistake(
    _adam,
    betas=lambda beta1, beta2: (beta2, beta1),
    title="uses beta2 for the mean of the grads and beta1 for that of the squares",
    hint="Which of the two averages should be the slower one?",
    source="the two betas mixed up",
)
one_beta = mistake(
    _adam,
    betas=lambda beta1, beta2: (beta1, beta1),
    title="uses beta1 for both averages",
    hint="Two averages, two betas: which one does the mean of the squares fade by?",
    source="a line copied and not changed in full",
)
fixed_betas = mistake(
    _adam,
    betas=lambda beta1, beta2: (0.9, 0.999),
    title="uses 0.9 and 0.999 whatever the betas are",
    hint="Look for numbers in your code that are arguments.",
    source="the usual values, hard-coded: the book's function has them inside",
)
swaps_weights_of_v = mistake(
    _adam,
    first=lambda old, g, beta: (1 - beta) * old + beta * g,
    title="weighs the old mean of the grads by 1 - beta1 and the grad by beta1",
    hint="With a beta of 0.9, how much of the old mean should be left?",
    source="the two weights of an average mixed up",
)
swaps_weights_of_s = mistake(
    _adam,
    second=lambda old, g, beta: (1 - beta) * old + beta * g * g,
    title="weighs the old mean of the squares by 1 - beta2 and the square by beta2",
    hint="With a beta of 0.999, how much of the old mean should be left?",
    source="the two weights of an average mixed up",
)
adds_up_grads = mistake(
    _adam,
    first=lambda old, g, beta: beta * old + g,
    title="adds the whole grad to the mean of the grads",
    hint="The weights of an average add up to 1. Do yours?",
    source="the velocity of sgd_momentum taken over",
)
adds_up_squares = mistake(
    _adam,
    second=lambda old, g, beta: beta * old + g * g,
    title="adds the whole square to the mean of the squares",
    hint="The weights of an average add up to 1. Do yours?",
    source="1 - beta2 forgotten",
)
sums_squares = mistake(
    _adam,
    second=lambda old, g, beta: old + g * g,
    correct_s=_uncorrected,
    title="sums up all squares, as Adagrad does",
    hint="Should a large grad of long ago still make the steps small?",
    source="state of Adagrad",
)
averages_magnitudes = mistake(
    _adam,
    second=lambda old, g, beta: beta * old + (1 - beta) * g.abs(),
    title="averages the grads' magnitudes where their squares belong",
    hint="The root in the step undoes a square. Where is yours?",
    source="the square forgotten",
)
averages_grads_twice = mistake(
    _adam,
    second=_kept,
    title="averages the grads themselves where their squares belong",
    hint="Which number does the root get when a grad is negative?",
    source="g for g * g",
)
averages_squares_twice = mistake(
    _adam,
    first=_kept_square,
    title="puts the squares of the grads into both averages",
    hint="What is the grad when the first average takes it in? Does a line before that square it?",
    source="grad squared in place",
)
keeps_largest_square = mistake(
    _adam,
    second=lambda old, g, beta: torch.maximum(old, _kept_square(old, g, beta)),
    title="never lets the mean of the squares become smaller, as AMSGrad does",
    hint="After many small grads, should a large one of long ago still count in full?",
    source="amsgrad=True of PyTorch",
)
squares_with_weight = mistake(
    _adam,
    second=lambda old, g, beta: beta * old + ((1 - beta) * g) ** 2,
    title="squares the weight 1 - beta2 together with the grad",
    hint="Which part of `(1 - beta2) * g**2` is squared? Check the parentheses.",
    source="((1 - beta2) * g) ** 2",
)
squares_average = mistake(
    _adam,
    squares_first=True,
    title="averages the squares of the mean instead of those of the grads",
    hint="What is squared: this call's grad, or the mean of the grads?",
    source="the same letter for two things",
)

# The step

steps_by_old_states = mistake(
    _adam,
    of_old=True,
    title="moves by the old averages, before the grad is in them",
    hint="With zero states, does the first call move anything? Which lines come first?",
    source="the step above the averages",
)
steps_by_grad = mistake(
    _adam,
    numerator=lambda v, g, beta1, t: g,
    title="moves by the grad, divided as Adam does: RMSProp's step",
    hint="What is the mean of the grads used for in your code?",
    source="g left in the numerator",
)
nadam = mistake(
    _adam,
    numerator=lambda v, g, beta1, t: beta1 * v + (1 - beta1) * g / (1 - beta1**t),
    title="looks ahead: it mixes the grad into the step once more, as NAdam does",
    hint="How often does the new grad come into your step? In the contract's, through v alone.",
    source="NAdam's numerator",
)
divides_by_squares = mistake(
    _adam,
    divisor=lambda s, eps, beta2, t: s + eps,
    title="divides by the mean of the squares without the root",
    hint="Multiply every grad by 100. Should the steps become smaller?",
    source="the root forgotten",
)
corrects_root = mistake(
    _adam,
    correct_s=_uncorrected,
    divisor=lambda s, eps, beta2, t: s.sqrt() / (1 - beta2**t) + eps,
    title="takes the root before the bias correction of the squares",
    hint="What is under the root in the contract's formula?",
    source="sqrt(s) / (1 - beta2**t); a root in question in a PyTorch review",
)
multiplies_by_root = mistake(
    _adam,
    divisor=lambda s, eps, beta2, t: 1 / (s.sqrt() + eps),
    title="multiplies by the root of the mean of the squares instead of dividing by it",
    hint="Which parameters should take the smaller steps: those with large grads?",
    source="* typed for /",
)
eps_inside_root = mistake(
    _adam,
    divisor=lambda s, eps, beta2, t: (s + eps).sqrt(),
    title="adds eps inside the root",
    hint="Where does eps stand in the contract's formula? A large eps shows the difference.",
    source="the book's own form; TensorFlow and PyTorch issues about its place",
)
eps_scaled = mistake(
    _adam,
    divisor=lambda s, eps, beta2, t: s.sqrt() + eps / (1 - beta2**t) ** 0.5,
    title="divides eps by the root of 1 - beta2**t along with the root of s",
    hint="What is corrected for the zero start: the average alone, or the sum with eps?",
    source="a PyTorch pull request about scaled eps; the efficient form of the paper",
)
no_eps = mistake(
    _adam,
    divisor=lambda s, eps, beta2, t: s.sqrt(),
    title="divides by the root without eps",
    hint="What is 0 / 0? And what does a large eps do?",
    source="eps forgotten",
)
fixed_eps = mistake(
    _adam,
    fixed_eps=1e-8,
    title="uses an eps of 1e-8 whatever `eps` says",
    hint="Look for a number in your code that is an argument.",
    source="the usual value, hard-coded",
)
eps_as_bound = mistake(
    _adam,
    divisor=lambda s, eps, beta2, t: s.sqrt().clamp(min=eps),
    title="divides by the root or by eps, whichever is larger, instead of by their sum",
    hint="Where the root is much larger than eps: does eps change your step at all?",
    source="max or clamp in the place of +",
)
eps_on_quotient = mistake(
    _adam,
    divisor=lambda s, eps, beta2, t: s.sqrt(),
    extra=lambda w, lr, eps: lr * eps,
    title="adds eps to the quotient instead of the root",
    hint="What does eps keep from being 0? Check the parentheses.",
    source="parentheses that end too early",
)
eps_on_parameter = mistake(
    _adam,
    divisor=lambda s, eps, beta2, t: s.sqrt(),
    extra=lambda w, lr, eps: -eps,
    title="adds eps to the parameter instead of the root",
    hint="What does eps keep from being 0? Check the parentheses.",
    source="the TensorFlow edition of the book, reported in a pull request",
)
ignores_lr = mistake(
    _adam,
    rate=lambda lr, t: 1.0,
    title="ignores lr",
    hint="What does your function do differently when lr is doubled?",
    source="learning rate forgotten",
)
fixed_lr = mistake(
    _adam,
    rate=lambda lr, t: 0.001,
    title="uses a learning rate of 0.001 whatever `lr` says",
    hint="Look for a number in your code that is an argument.",
    source="the usual value, hard-coded",
)
decays_lr = mistake(
    _adam,
    rate=lambda lr, t: lr / t**0.5,
    title="divides lr by the root of t",
    hint="The first call is correct. Is there anything in your step that shrinks from call to call?",
    source="the schedule of the paper's proof",
)
decays_weights = mistake(
    _adam,
    extra=lambda w, lr, eps: lr * 0.01 * w,
    title="shrinks the parameters by lr * 0.01 in addition",
    hint="Weight decay is another optimizer's. What moves a parameter whose grads are all zero?",
    source="AdamW with its default",
)
ascends = mistake(
    _adam,
    rate=lambda lr, t: -lr,
    title="walks uphill: it adds the step instead of subtracting it",
    hint="Grads point to where the loss grows. Which way should a parameter go?",
    source="sign slip (gradient ascent)",
)
rebinds = mistake(
    _adam,
    writes=lambda w, new: None,
    title="updates the states, but not the parameters",
    hint="`w = w - ...` gives the name w to a new tensor; the caller still holds the old one.",
    source="rebinding the loop variable",
)
replaces_parameters = mistake(
    _adam,
    replaces=True,
    title="puts new tensors into the list of parameters instead of changing those that are there",
    hint="The model holds the tensors that it handed in. How is a tensor itself changed?",
    source="params[i] = params[i] - ...",
)
first_parameter_only = mistake(
    _adam,
    moves=lambda place: place == 0,
    title="moves the first parameter only",
    hint="Which lines belong to the body of the loop, and what ends it?",
    source="a return inside the loop",
)

# States, grads and autograd afterwards

forgets_states = mistake(
    _adam,
    stores="",
    title="moves the parameters, but leaves the states as they were",
    hint="The next call gets the list `states` again. What does it find there?",
    source="v = beta1 * v + ... gives a name to a new tensor, and the caller keeps the old one",
)
forgets_v = mistake(
    _adam,
    stores="s",
    title="updates the mean of the squares, but leaves that of the grads as it was",
    hint="Compare the lines that write the two averages: does each change what the caller holds?",
    source="in place for one average, a new name for the other",
)
forgets_s = mistake(
    _adam,
    stores="v",
    title="updates the mean of the grads, but leaves that of the squares as it was",
    hint="Compare the lines that write the two averages: does each change what the caller holds?",
    source="in place for one average, a new name for the other",
)
swaps_pair = mistake(
    _adam,
    stores="sv",
    title="puts the new averages back in the other order, (s, v)",
    hint="Which of the two does the next call take for the mean of the grads?",
    source="the paper's m and v beside the book's v and s",
)
requires_grad_of_states = mistake(
    _adam,
    required=True,
    title="leaves states that require grad",
    hint="What is kept from call to call should be plain numbers. Which tensors does autograd have to follow?",
    source="states made as parameters",
)
skips_zero_grads = mistake(
    _adam,
    skips=True,
    title="skips a parameter whose grad is zero",
    hint="A grad of zero is a grad: what becomes of the averages, and do they still move the parameter?",
    source="`if not w.grad.any(): continue`, as for sparse grads",
)
keeps_grads = mistake(
    _adam,
    clears=lambda place, count: False,
    title="leaves the old grads in place",
    hint="backward() adds to `.grad`. What will the next call of backward() find there?",
    source="zeroing forgotten, as it is the caller's with an optimizer of PyTorch",
)
clears_last_grad_only = mistake(
    _adam,
    clears=lambda place, count: place == count - 1,
    title="clears the grad of the last parameter only",
    hint="Which lines belong to the body of the loop?",
    source="the line that zeroes the grad is indented too little",
)
fails_without_dimensions = mistake(
    _adam,
    writes=lambda w, new: w.__setitem__(slice(None), new),
    title="stops with an error for a parameter without dimensions",
    hint="`w[:]` needs a dimension. Which other ways are there to write into a whole tensor?",
    source="the book's v[:] and p[:]",
)
flattens_by_view = mistake(
    _adam,
    writes=lambda w, new: w.data.view(-1).copy_(new.reshape(-1)),
    title="stops with an error where a parameter isn't contiguous in memory",
    hint="`view` asks for memory in order; a transpose has none. Does your step need a flat tensor?",
    source="view(-1), a standing forum question",
)
raises_at_once = mistake(
    _adam,
    recorded=True,
    title="stops with an error before it has changed any parameter",
    hint="While autograd is recording, a leaf that requires grad may not be changed in place.",
    source="no torch.no_grad() around the update",
)

PAIRS = [
    ("no_correction", "eps_inside_root"),
    ("correction_without_power", "eps_inside_root"),
    ("eps_inside_root", "keeps_grads"),
    ("t_advances_in_list", "eps_inside_root"),
    ("eps_inside_root", "fails_without_dimensions"),
    ("forgets_states", "keeps_grads"),
]
