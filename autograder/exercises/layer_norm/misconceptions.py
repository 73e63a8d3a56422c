"""Known wrong implementations of layer_norm, as settings of one body."""

from collections.abc import Callable

import torch
from torch import Tensor

from autograder.checking import mistake


def _same(tensor: Tensor) -> Tensor:
    return tensor


def _layer_norm(
    X: Tensor,
    gamma: Tensor,
    beta: Tensor,
    eps: float,
    *,
    over: Callable[[Tensor], list[int]] = lambda X: [-1],
    correction: int = 0,
    center: Callable[[Tensor], Tensor] = _same,
    spread: Callable[[Tensor, float], Tensor] = lambda var, eps: (var + eps).sqrt(),
    of_mean: Callable[[Tensor], Tensor] = _same,
    of_var: Callable[[Tensor], Tensor] = _same,
    scale: Callable[[Tensor], Tensor] = _same,
    shift: Callable[[Tensor], Tensor] = _same,
    together: Callable[[Tensor, Tensor, Tensor], Tensor] = lambda Z, gamma, beta: gamma * Z + beta,
    writes_input: bool = False,
) -> Tensor:
    dims = over(X)
    mean = X.mean(dims, keepdim=True)
    var = (X - center(mean)).square().mean(dims, keepdim=True)
    if correction:
        count = X.numel() // var.numel()
        # As torch has it: 0 / 0 for a single value.
        var = (X - mean).square().sum(dims, keepdim=True) / (count - correction)
    Z = (X - of_mean(mean)) / spread(of_var(var), eps)
    Y = together(Z, scale(gamma), shift(beta))
    if writes_input:
        X.data.copy_(Y.detach())
    return Y


# Over which dimensions

normalizes_columns = mistake(
    _layer_norm,
    over=lambda X: [0],
    title="normalizes over the batch, as batch normalization does",
    hint="Does the result for one row change when another one joins the batch?",
    source="dim=0 for dim=-1",
)
normalizes_second_dimension = mistake(
    _layer_norm,
    over=lambda X: [min(1, X.dim() - 1)],
    title="normalizes over dimension 1, which is the last one only for a matrix",
    hint="Which dimension has the size of gamma when X has three?",
    source="dim=1 for dim=-1",
)
normalizes_everything = mistake(
    _layer_norm,
    over=lambda X: list(range(X.dim())),
    title="takes one mean and one variance for the whole tensor",
    hint="Each row has a mean of its own. How many numbers should the mean over the last dimension give?",
    source="X.mean() without dim; a course's tests let a global maximum pass in the same way",
)
normalizes_each_example = mistake(
    _layer_norm,
    over=lambda X: list(range(min(1, X.dim() - 1), X.dim())),
    title="normalizes over all dimensions but the first",
    hint="In (n, m, d) each of the n · m rows is normalized alone.",
    source="flatten(1); the convention for images",
)

# The formula

uses_unbiased_variance = mistake(
    _layer_norm,
    correction=1,
    title="uses the unbiased variance",
    hint="What do `var` and `std` divide by when you don't say `correction`?",
    source="X.std(-1) with its default; the annotated transformer's layer (PR #119, #122), stopes #25",
)
divides_by_variance = mistake(
    _layer_norm,
    spread=lambda var, eps: var + eps,
    title="divides by the variance in the place of its root",
    hint="Which variance should a row have afterwards? Try [-2, 2].",
    source="the root forgotten",
)
squares_deviation = mistake(
    _layer_norm,
    spread=lambda var, eps: (var + eps) ** 2,
    title="divides by the square of the variance",
    hint="Which power is a root? Try [-2, 2].",
    source="** 2 for ** 0.5, in a layer of TPLinker (#37)",
)
multiplies_by_deviation = mistake(
    _layer_norm,
    spread=lambda var, eps: 1 / (var + eps).sqrt(),
    title="multiplies by the standard deviation in the place of dividing",
    hint="What does `rsqrt` give, and what is done with it?",
    source="division by rsqrt, or * for /",
)
puts_eps_outside = mistake(
    _layer_norm,
    spread=lambda var, eps: var.sqrt() + eps,
    title="adds eps to the standard deviation, outside the root",
    hint="Where does eps stand in the contract's formula? A large eps shows the difference.",
    source="std + eps: the annotated transformer, pytorch-transformer PR #31, burn #2185",
)
adds_eps_to_std = mistake(
    _layer_norm,
    spread=lambda var, eps: torch.where(var > 0, var, 1.0).sqrt() * (var > 0) + eps,
    title="adds eps to what `std` gives, outside the root",
    hint="Where does eps stand in the contract's formula? A large eps shows the difference.",
    source="X.std(-1, keepdim=True) + eps; torch's gradient of std is 0 where all values are equal",
)
leaves_out_eps = mistake(
    _layer_norm,
    spread=lambda var, eps: var.sqrt(),
    title="leaves out eps",
    hint="What is divided by where all values are equal?",
    source="eps lost on its way: TIM-VX PR #589",
)
uses_tiny_eps = mistake(
    _layer_norm,
    spread=lambda var, eps: (var + 1e-12).sqrt(),
    title="adds an eps of its own, so small that it has no effect",
    hint="Where does your code read `eps`?",
    source="a constant in the place of the argument",
)
fixes_eps = mistake(
    _layer_norm,
    spread=lambda var, eps: (var + 1e-5).sqrt(),
    title="adds 1e-5, whatever eps is",
    hint="Where does your code read `eps`?",
    source="a constant in the place of the argument; a fused TensorFlow operator (PR #58863)",
)
squares_eps = mistake(
    _layer_norm,
    spread=lambda var, eps: (var + eps**2).sqrt(),
    title="adds the square of eps to the variance",
    hint="Where does eps stand in the contract's formula? A large eps shows the difference.",
    source="eps taken for a least deviation",
)
clamps_variance = mistake(
    _layer_norm,
    spread=lambda var, eps: var.clamp(min=eps).sqrt(),
    title="uses eps as the least variance, in the place of adding it",
    hint="Work out a row whose variance is larger than eps: does eps count there?",
    source="clamp(min=eps)",
)
subtracts_no_mean = mistake(
    _layer_norm,
    of_mean=torch.zeros_like,
    title="divides, but does not subtract the mean",
    hint="Which mean should a row have before gamma and beta?",
    source="half of RMS normalization",
)
normalizes_mean_square = mistake(
    _layer_norm,
    center=torch.zeros_like,
    of_mean=torch.zeros_like,
    title="divides by the root of the mean square, and does not subtract the mean",
    hint="Which mean and which variance should a row have before gamma and beta?",
    source="RMS normalization, as newer language models have it",
)
divides_by_nothing = mistake(
    _layer_norm,
    spread=lambda var, eps: torch.ones_like(var),
    title="subtracts the mean, but does not divide",
    hint="Which variance should a row have before gamma and beta?",
    source="the second half of the formula forgotten",
)

# gamma and beta

forgets_gamma = mistake(
    _layer_norm,
    scale=torch.ones_like,
    title="does not multiply by gamma",
    hint="Double gamma: what should change in the result?",
    source="gamma of ones in every example",
)
forgets_beta = mistake(
    _layer_norm,
    shift=torch.zeros_like,
    title="does not add beta",
    hint="What should come out for a row whose entries are all equal?",
    source="beta of zeros in every example",
)
adds_one_to_gamma = mistake(
    _layer_norm,
    scale=lambda gamma: 1 + gamma,
    title="multiplies by 1 + gamma",
    hint="What should a gamma of zeros make of a row?",
    source="the convention of some language models, whose gamma starts from 0",
)
shifts_before_scaling = mistake(
    _layer_norm,
    together=lambda Z, gamma, beta: gamma * (Z + beta),
    title="multiplies beta by gamma, too",
    hint="Where do the parentheses of the contract's formula end?",
    source="gamma * (X_hat + beta)",
)
swaps_gamma_and_beta = mistake(
    _layer_norm,
    together=lambda Z, gamma, beta: beta * Z + gamma,
    title="scales by beta and shifts by gamma",
    hint="Which of the two is the scale?",
    source="the two names mixed up",
)
averages_gamma = mistake(
    _layer_norm,
    scale=lambda gamma: gamma.mean().expand_as(gamma),
    title="scales all features alike, by the mean of gamma",
    hint="gamma has an entry for each feature.",
    source="gamma taken for one number",
)

# Gradients

detaches_statistics = mistake(
    _layer_norm,
    of_mean=Tensor.detach,
    of_var=Tensor.detach,
    title="treats mean and variance as constants in the gradient",
    hint="Each entry moves the mean and the variance of its row. May autograd miss that?",
    source="statistics under no_grad",
)
detaches_mean = mistake(
    _layer_norm,
    of_mean=Tensor.detach,
    title="treats the mean as a constant in the gradient",
    hint="Each entry moves the mean of its row. May autograd miss that?",
    source="detach() on too much",
)
detaches_variance = mistake(
    _layer_norm,
    of_var=Tensor.detach,
    title="treats the variance as a constant in the gradient",
    hint="Each entry moves the variance of its row. May autograd miss that?",
    source="detach() on too much; .data",
)
detaches_scale = mistake(
    _layer_norm,
    scale=Tensor.detach,
    title="lets no gradient flow back to gamma",
    hint="gamma is learned. What does your code do to it before the product?",
    source="gamma.data",
)
writes_into_input = mistake(
    _layer_norm,
    writes_input=True,
    title="writes its result into X",
    hint="Print X before and after the call. Which operation works in place?",
    source="X -= mean; X /= std",
)

PAIRS = [
    ("puts_eps_outside", "uses_unbiased_variance"),
    ("normalizes_columns", "uses_unbiased_variance"),
    ("forgets_beta", "uses_unbiased_variance"),
    ("divides_by_variance", "uses_unbiased_variance"),
    ("forgets_gamma", "forgets_beta"),
]
