"""Known wrong implementations of clip_gradients: one body with switches, and pairs of them."""

from collections.abc import Callable

import torch
from torch import Tensor

from autograder.checking import misconception, mistake

Grads = list[Tensor]


def _grad(p: Tensor) -> Tensor:
    assert p.grad is not None
    return p.grad


def _norm(grads: Grads) -> Tensor:
    return torch.stack([g.double().square().sum() for g in grads]).sum().sqrt()


def _exceeds(norm: Tensor, theta: float) -> bool:
    return bool(norm > theta)


def _shrink(norm: Tensor, theta: float) -> Tensor:
    return theta / norm


def _clip(
    params: list[Tensor], theta: float, *,
    grads_of: Callable[..., Grads] = lambda params: list(map(_grad, params)),
    norm_of: Callable[[Grads], Tensor] = _norm, when: Callable[..., bool] = _exceeds,
    factor: Callable[..., Tensor] = _shrink, changed=lambda params: params, writes: bool = True,
    values_too: bool = False, threshold: Callable[[float], float] = lambda theta: theta,
) -> None:  # fmt: skip
    """Clipping: which grads are measured, how, when they are scaled, by what, and which."""
    norm, theta = norm_of(grads_of(params)), threshold(theta)
    if not when(norm, theta):
        return
    by = factor(norm, theta)
    for p in changed(params):
        if writes:
            _grad(p).copy_(_grad(p) * by)
        if values_too:
            p.data.mul_(by.to(p.dtype))


# The norm

sums_squares_alone = mistake(
    _clip,
    norm_of=lambda grads: _norm(grads) ** 2,
    title="compares the sum of squares with theta, without the root",
    hint="Which length has the vector (3, 4)?",
    source="sqrt forgotten",
)
sums_norms = mistake(
    _clip,
    norm_of=lambda grads: torch.stack([_norm([g]) for g in grads]).sum(),
    title="adds the norms of the tensors",
    hint="Two grads, (3) and (4): is their common norm 7, or 5?",
    source="sum(p.grad.norm() for p in params)",
)
averages_norms = mistake(
    _clip,
    norm_of=lambda grads: torch.stack([_norm([g]) for g in grads]).mean(),
    title="takes the mean of the tensors' norms",
    hint="Two grads, (3) and (4): which length has the vector of all their entries?",
    source="a mean in the place of a sum of squares",
)
largest_norm = mistake(
    _clip,
    norm_of=lambda grads: torch.stack([_norm([g]) for g in grads]).max(),
    title="takes the greatest of the tensors' norms",
    hint="Two grads, (3) and (4): which length has the vector of all their entries?",
    source="max over the parameters",
)
mean_square = mistake(
    _clip,
    norm_of=lambda grads: _norm(grads) / sum(g.numel() for g in grads) ** 0.5,
    title="takes the root of the mean square",
    hint="Does the norm of a vector grow when zeros are appended, or shrink?",
    source="mean() in the place of sum()",
)
sum_of_magnitudes = mistake(
    _clip,
    norm_of=lambda grads: torch.stack([g.double().abs().sum() for g in grads]).sum(),
    title="takes the sum of magnitudes for the norm",
    hint="Which length has the vector (3, 4): 7, or 5?",
    source="norm(p=1)",
)
greatest_magnitude = mistake(
    _clip,
    norm_of=lambda grads: torch.stack([g.double().abs().max() for g in grads]).max(),
    title="takes the greatest magnitude for the norm",
    hint="Which length has the vector (3, 4): 4, or 5?",
    source="norm(p=inf)",
)
signed_sum = mistake(
    _clip,
    norm_of=lambda grads: torch.stack([g.double().sum() for g in grads]).sum().abs(),
    title="adds up entries without squaring them: positive and negative ones cancel",
    hint="Which length has the vector (3, -3)?",
    source="the square forgotten",
)
first_tensor_alone = mistake(
    _clip,
    norm_of=lambda grads: _norm(grads[:1]),
    title="measures the first tensor alone",
    hint="Which tensors enter your norm? Print it for two grads, (3) and (4).",
    source="a return inside the loop",
)
last_tensor_alone = mistake(
    _clip,
    norm_of=lambda grads: _norm(grads[-1:]),
    title="measures the last tensor alone",
    hint="Which tensors enter your norm? Is the total carried over from one to the next?",
    source="= in the place of += in the loop",
)
norm_of_values = mistake(
    _clip,
    grads_of=lambda params: [p.detach() for p in params],
    title="measures the parameters, not their grads",
    hint="Which tensors should be short: the weights, or the gradients?",
    source="p.norm() for p.grad.norm()",
)

# When

always_scales = mistake(
    _clip,
    when=lambda norm, theta: bool(norm > 0),
    title="scales short grads, too: up to the norm theta",
    hint="What should become of grads whose norm is below theta?",
    source="the condition forgotten",
)
never_scales = mistake(
    _clip,
    when=lambda norm, theta: False,
    title="never changes a grad",
    hint="`grad = grad * factor` gives the name to a new tensor. Which operations write into the caller's?",
    source="rebinding in the loop; OpenSeq2Seq PR #192 mends a bug that switched clipping off",
    trivial=True,
)
wrong_way_round = mistake(
    _clip,
    when=lambda norm, theta: bool(0 < norm < theta),
    title="scales grads that are short and leaves long ones alone",
    hint="Which grads are dangerous: long ones, or short ones?",
    source="< for >",
)
compares_square = mistake(
    _clip,
    when=lambda norm, theta: bool(norm**2 > theta),
    title="compares the square of the norm with theta",
    hint="Try theta = 4 and a grad of length 3: is it too long?",
    source="the root taken in the factor, and not in the condition",
)

# By what

ignores_theta = mistake(
    _clip,
    threshold=lambda theta: 1.0,
    title="clips at 1, whatever theta is",
    hint="Where does your code read `theta`?",
    source="theta = 1 in every example",
)
normalizes_to_one = mistake(
    _clip,
    factor=lambda norm, theta: 1 / norm,
    title="scales grads to the norm 1, not to theta",
    hint="Which norm should long grads have afterwards?",
    source="the numerator forgotten",
)
multiplies_by_theta = mistake(
    _clip,
    factor=lambda norm, theta: torch.tensor(theta),
    title="multiplies by theta and does not divide by the norm",
    hint="Which norm should long grads have afterwards?",
    source="the denominator forgotten",
)
inverted = mistake(
    _clip,
    factor=lambda norm, theta: norm / theta,
    title="multiplies by norm / theta: long grads become longer",
    hint="Which norm should long grads have afterwards?",
    source="the fraction upside down",
)
divides_by_square = mistake(
    _clip,
    factor=lambda norm, theta: theta / norm**2,
    title="divides by the squared norm",
    hint="Which norm should long grads have afterwards? Try (3, 4) and theta = 1.",
    source="sqrt in the condition alone",
)
takes_root_of_factor = mistake(
    _clip,
    factor=lambda norm, theta: (theta / norm).sqrt(),
    title="multiplies by the root of theta / norm",
    hint="Which norm should long grads have afterwards? Try (3, 4) and theta = 1.",
    source="a root too many",
)
large_epsilon = mistake(
    _clip,
    factor=lambda norm, theta: theta / (norm + 1e-2),
    title="adds much to the norm before dividing",
    hint="PyTorch adds 1e-6. Is that what you add?",
    source="an epsilon chosen freely",
)
halves = mistake(
    _clip,
    factor=lambda norm, theta: torch.tensor(0.5),
    title="halves grads that are too long, however long they are",
    hint="Which norm should long grads have afterwards?",
    source="backing off step by step",
)
zeroes = mistake(
    _clip,
    factor=lambda norm, theta: torch.tensor(0.0),
    title="drops grads that are too long",
    hint="Clipping keeps the direction. What is left of yours?",
    source="a step that is skipped when gradients explode",
)

# Which

first_scaled_alone = mistake(
    _clip,
    changed=lambda params: params[:1],
    title="scales the first tensor alone",
    hint="Which grads does your loop reach? Look at its indentation, and at its return.",
    source="a return inside the loop",
)
not_the_last = mistake(
    _clip,
    changed=lambda params: params[:-1],
    title="leaves the last tensor's grad as it is",
    hint="Which grads does your loop reach?",
    source="range(len(params) - 1)",
)
scales_values = mistake(
    _clip,
    writes=False,
    values_too=True,
    title="scales the parameters, not their grads",
    hint="Which tensors does the contract change?",
    source="p.data for p.grad.data",
)
scales_values_too = mistake(
    _clip,
    values_too=True,
    title="scales the parameters, too",
    hint="Print a parameter before and after the call.",
    source="weights kept short by the same factor",
)


@misconception(
    title="clips each tensor by its own norm",
    hint="Print the norm that you compare with theta: how often do you compute it, and of what?",
    source="MemN2N-tensorflow #19, transformers #581, keras #13575",
)
def clips_each_tensor(params: list[Tensor], theta: float) -> None:
    for p in params:
        _clip([p], theta)


@misconception(
    title="clips each entry to the range from -theta to theta",
    hint="Clipping by the norm keeps the direction. Does yours?",
    source="clip_grad_value_, and the NumPy courses that clip entries",
)
def clips_entries(params: list[Tensor], theta: float) -> None:
    for p in params:
        _grad(p).clamp_(-theta, theta)


@misconception(
    title="clips each tensor by the common norm of what is left after those before it",
    hint="Compute the norm once, before anything changes.",
    source="the norm computed inside the loop that scales",
)
def measures_again(params: list[Tensor], theta: float) -> None:
    for p in params:
        norm = _norm(list(map(_grad, params)))
        if norm > theta:
            _grad(p).mul_((theta / norm).to(p.dtype))


@misconception(
    title="fails on tensors without dimensions",
    hint="Which tensors does `grad[:]` work for? Which in-place operation works for all?",
    source="param.grad[:] *= ..., as the book has it",
)
def slices_grads(params: list[Tensor], theta: float) -> None:
    norm = _norm(list(map(_grad, params)))
    if norm > theta:
        for p in params:
            _grad(p)[:] *= (theta / norm).to(p.dtype)


@misconception(
    title="divides by the norm even where all grads are 0",
    hint="What is theta / 0, and what is that times 0?",
    source="a factor of min(1, theta / norm), computed as inf * 0 where the norm is 0",
)
def divides_by_zero(params: list[Tensor], theta: float) -> None:
    norm = _norm(list(map(_grad, params)))
    for p in params:
        if norm > theta or not norm:
            _grad(p).copy_(_grad(p) / norm * torch.clamp(norm, max=theta))


PAIRS = [
    ("sums_norms", "always_scales"),
    ("sums_squares_alone", "normalizes_to_one"),
]
