"""Known wrong implementations of batch_norm, as settings of one body."""

from collections.abc import Callable
from contextlib import nullcontext

import torch
from torch import Tensor

from autograder.checking import mistake


def _all_but_channels(X: Tensor) -> list[int]:
    return [0, *range(2, X.dim())]


def _root(var: Tensor, eps: float) -> Tensor:
    return torch.sqrt(var + eps)


def _same(tensor: Tensor) -> Tensor:
    return tensor


def _decayed(moving: Tensor, new: Tensor, momentum: float) -> Tensor:
    return momentum * moving + (1 - momentum) * new


def _batch_norm(
    X: Tensor,
    gamma: Tensor,
    beta: Tensor,
    moving_mean: Tensor,
    moving_var: Tensor,
    eps: float,
    momentum: float,
    training: bool,
    *,
    mode: Callable[[bool], bool] = lambda training: training,
    batch_of_evaluation: bool = False,
    moving_of_training: str = "",
    updates: Callable[[bool], bool] = lambda training: training,
    updates_mean: bool = True,
    updates_var: bool = True,
    updated: Callable[[Tensor, Tensor, float], Tensor] = _decayed,
    kept_var: Callable[[Tensor, int], Tensor] = lambda var, count: var,
    eps_of_kept_var: bool = False,
    recorded: bool = False,
    over: Callable[[Tensor], list[int]] = _all_but_channels,
    correction: int = 0,
    spread: Callable[[Tensor, float], Tensor] = _root,
    moving_spread: Callable[[Tensor, float], Tensor] | None = None,
    of_mean: Callable[[Tensor], Tensor] = _same,
    of_var: Callable[[Tensor], Tensor] = _same,
    scale: Callable[[Tensor], Tensor] = _same,
    shift: Callable[[Tensor], Tensor] = _same,
    together: Callable[[Tensor, Tensor, Tensor], Tensor] = lambda Z, gamma, beta: gamma * Z + beta,
    evaluated: Callable[[Tensor, Tensor, Tensor], Tensor] | None = None,
    writes_input: bool = False,
) -> Tensor:
    training = mode(training)
    shape = [1, X.shape[1], *[1] * (X.dim() - 2)]
    dims = over(X)
    mean = X.mean(dims, keepdim=True)
    count = X.numel() // X.shape[1]
    var = (X - mean).square().mean(dims, keepdim=True)
    if correction:
        var = var * count / (count - correction)  # as torch has it: 0 / 0 for a single value
    before = [one.clone().reshape(shape) for one in (moving_mean, moving_var)]
    if updates(training):
        with nullcontext() if recorded else torch.no_grad():
            new_mean, new_var = (
                one.expand(-1, X.shape[1], *[-1] * (X.dim() - 2)).transpose(0, 1).flatten(1).mean(1)
                for one in (mean, kept_var(var, count) + eps * eps_of_kept_var)
            )
            if updates_mean:
                moving_mean.copy_(updated(moving_mean, new_mean, momentum))
            if updates_var:
                moving_var.copy_(updated(moving_var, new_var, momentum))
    if not (training or batch_of_evaluation):
        spread = moving_spread or spread
        together = evaluated or together
        mean, var = before
    elif moving_of_training == "old":
        mean, var = before
    elif moving_of_training == "new":
        mean, var = moving_mean.reshape(shape).clone(), moving_var.reshape(shape).clone()
    Z = (X - of_mean(mean)) / spread(of_var(var), eps)
    Y = together(Z, scale(gamma).reshape(shape), shift(beta).reshape(shape))
    if writes_input:
        X.data.copy_(Y.detach())
    return Y


# Training or not

ignores_training = mistake(
    _batch_norm,
    mode=lambda training: True,
    title="trains at every call, whatever `training` says",
    hint="What should become of a batch of one example when the network is used? Where do you read `training`?",
    source="the grad mode read in its place, as the book does: it is on where nobody switched it off",
)
never_trains = mistake(
    _batch_norm,
    mode=lambda training: False,
    title="never trains: normalizes by the moving statistics at every call, and never updates them",
    hint="Which branch runs when `training` is True? Print something in each of them.",
    source="a flag that is never True, such as X.requires_grad or a default",
)
swaps_modes = mistake(
    _batch_norm,
    mode=lambda training: not training,
    title="trains when it should not, and does not when it should",
    hint="Which of your branches runs when `training` is True?",
    source="the two branches of the book swapped: it asks `if not` first",
)
evaluates_by_batch = mistake(
    _batch_norm,
    batch_of_evaluation=True,
    title="normalizes by the batch's statistics when it isn't training",
    hint="What are the moving statistics kept for?",
    source="the flag guards the update alone; a public course's tests let it pass",
)
trains_by_moving_statistics = mistake(
    _batch_norm,
    moving_of_training="old",
    title="normalizes by the moving statistics when training",
    hint="In training the moving statistics are only collected. What normalizes the batch?",
    source="an early version of SystemML's layer, found in its review; the two branches mixed up",
)
trains_by_updated_statistics = mistake(
    _batch_norm,
    moving_of_training="new",
    title="updates the moving statistics first and normalizes the training batch by them",
    hint="Whose mean and variance should a training batch have afterwards: 0 and 1?",
    source="one formula for both modes, after the update",
)
evaluates_without_gradients = mistake(
    _batch_norm,
    evaluated=lambda Z, gamma, beta: (gamma * Z + beta).detach(),
    title="cuts the graph when it isn't training",
    hint="A frozen layer still lets gradients through. Which lines should autograd not record?",
    source="torch.no_grad() around the whole branch of evaluation",
)
evaluates_without_scale = mistake(
    _batch_norm,
    evaluated=lambda Z, gamma, beta: Z,
    title="leaves out gamma and beta when it isn't training",
    hint="The network learned with gamma and beta. Which of your branches uses them?",
    source="an early return in the branch of evaluation",
)
evaluates_by_variance = mistake(
    _batch_norm,
    moving_spread=lambda var, eps: var + eps,
    title="divides by the moving variance, without the root, when it isn't training",
    hint="What is stored: a variance or a deviation? What should X be divided by?",
    source="two branches with a formula each; old Torch kept an inverse deviation in its place",
)

# The moving statistics

never_updates = mistake(
    _batch_norm,
    updates=lambda training: False,
    title="never changes the moving statistics",
    hint="`moving_mean = ...` gives the name to a new tensor. Which operations write into the caller's?",
    source="rebinding, as in the book, which returns them; aprender PR #2166 fixed a layer that never did",
)
updates_in_evaluation = mistake(
    _batch_norm,
    updates=lambda training: True,
    title="updates the moving statistics when it isn't training, too",
    hint="Using the network should not change it. Which branch holds the update?",
    source="an update outside the if",
)
updates_mean_alone = mistake(
    _batch_norm,
    updates_var=False,
    title="updates the moving mean, but not the moving variance",
    hint="Print both moving statistics before and after a call.",
    source="the second line forgotten, or rebound",
)
updates_variance_alone = mistake(
    _batch_norm,
    updates_mean=False,
    title="updates the moving variance, but not the moving mean",
    hint="Print both moving statistics before and after a call.",
    source="the first line forgotten, or rebound",
)
swaps_momentum = mistake(
    _batch_norm,
    updated=lambda moving, new, momentum: _decayed(moving, new, 1 - momentum),
    title="gives the batch the weight that the moving statistics should have",
    hint="With a momentum of 0.9, how much of the old value is left after a call?",
    source="PyTorch's convention; a thread about CS231n's, and a change of the book that went back and forth",
)
ignores_momentum = mistake(
    _batch_norm,
    updated=lambda moving, new, momentum: new,
    title="keeps the last batch's statistics, whatever the momentum",
    hint="With a momentum of 0.9, how much of the old value is left after a call?",
    source="copy_(mean)",
)
takes_fixed_momentum = mistake(
    _batch_norm,
    updated=lambda moving, new, momentum: _decayed(moving, new, 0.5),
    title="takes the plain average of the old statistics and the batch's",
    hint="Where does your update read `momentum`?",
    source="(moving + mean) / 2",
)
fixes_momentum = mistake(
    _batch_norm,
    updated=lambda moving, new, momentum: _decayed(moving, new, 0.9),
    title="takes a momentum of 0.9, whatever it should be",
    hint="Where does your update read `momentum`?",
    source="the book's default as a constant",
)
adds_without_decay = mistake(
    _batch_norm,
    updated=lambda moving, new, momentum: moving + (1 - momentum) * new,
    title="adds to the moving statistics without letting the old ones decay",
    hint="After a hundred equal batches, which value should the moving mean approach?",
    source="add_ without mul_",
)
keeps_unbiased_variance = mistake(
    _batch_norm,
    kept_var=lambda var, count: var * count / (count - 1),
    title="keeps the unbiased variance in the moving statistics",
    hint="PyTorch and the paper divide by n - 1 there. What does the contract say?",
    source="PyTorch's convention, the subject of half a dozen threads",
)
keeps_deviation = mistake(
    _batch_norm,
    kept_var=lambda var, count: var.sqrt(),
    title="keeps a moving standard deviation in the place of the variance",
    hint="Try one channel with the values -2 and 2: which number is its variance?",
    source="moving_std; Flux.jl's first layer kept it so",
)
keeps_eps = mistake(
    _batch_norm,
    eps_of_kept_var=True,
    title="keeps the variance with eps added in the moving statistics",
    hint="eps guards a division. Does the moving variance that a call leaves change when eps does?",
    source="var = X.var(...) + eps, used for the result and for the update",
)
keeps_graph = mistake(
    _batch_norm,
    recorded=True,
    title="makes the moving statistics part of the graph",
    hint="They remember every batch then, and memory grows with each call. Should autograd record the update?",
    source="no no_grad or detach; a memory leak of nflows, and of a well-known example of a custom layer",
)

# Over which dimensions

normalizes_rows = mistake(
    _batch_norm,
    over=lambda X: [1],
    title="normalizes each example over its channels, as layer normalization does",
    hint="Which entries share a mean: those of a column, or those of a row?",
    source="dim=1 for dim=0",
)
normalizes_everything = mistake(
    _batch_norm,
    over=lambda X: list(range(X.dim())),
    title="takes one mean and one variance for all channels together",
    hint="How many means does a batch with c channels have?",
    source="X.mean() without dim",
)
normalizes_each_pixel = mistake(
    _batch_norm,
    over=lambda X: [0],
    title="takes a mean and a variance of its own for each pixel of an image",
    hint="All places of a channel share one mean: over which dimensions is it taken for images?",
    source="dim=0 for images, too",
)
normalizes_each_image = mistake(
    _batch_norm,
    over=lambda X: [2, 3] if X.dim() == 4 else [0],
    title="normalizes each image of a batch on its own, as instance normalization does",
    hint="Over which dimensions of (n, c, h, w) should the mean be taken, so that c numbers are left?",
    source="dim=(2, 3), the batch forgotten",
)

# The formula

normalizes_by_unbiased_variance = mistake(
    _batch_norm,
    correction=1,
    kept_var=lambda var, count: var * (count - 1) / count,
    title="normalizes by the unbiased variance",
    hint="What do `var` and `std` divide by when you don't say `correction`?",
    source="X.var(0) with its default",
)
uses_unbiased_variance = mistake(
    _batch_norm,
    correction=1,
    title="uses the unbiased variance, for the batch and for the moving statistics",
    hint="What do `var` and `std` divide by when you don't say `correction`?",
    source="X.var(0) with its default, once for both",
)
divides_by_variance = mistake(
    _batch_norm,
    spread=lambda var, eps: var + eps,
    title="divides by the variance in the place of its root",
    hint="Which variance should a column have afterwards? Try one with the values -2 and 2.",
    source="the root forgotten; a thread of DeepLearning.ai-Summary",
)
puts_eps_outside = mistake(
    _batch_norm,
    spread=lambda var, eps: var.sqrt() + eps,
    title="adds eps to the standard deviation, outside the root",
    hint="Where does eps stand in the contract's formula? A large eps shows the difference.",
    source="std + eps, as in a popular annotated implementation",
)
leaves_out_eps = mistake(
    _batch_norm,
    spread=lambda var, eps: var.sqrt(),
    title="leaves out eps",
    hint="What is divided by where all values are equal?",
    source="eps forgotten; torchcvnn #32",
)
uses_tiny_eps = mistake(
    _batch_norm,
    spread=lambda var, eps: (var + 1e-12).sqrt(),
    title="adds an eps of its own, so small that it has no effect",
    hint="Where does your code read `eps`?",
    source="a constant in the place of the argument",
)
fixes_eps = mistake(
    _batch_norm,
    spread=lambda var, eps: (var + 1e-5).sqrt(),
    title="adds 1e-5, whatever eps is",
    hint="Where does your code read `eps`?",
    source="a constant in the place of the argument",
)
squares_eps = mistake(
    _batch_norm,
    spread=lambda var, eps: (var + eps**2).sqrt(),
    title="adds the square of eps to the variance",
    hint="Where does eps stand in the contract's formula? A large eps shows the difference.",
    source="eps taken for a least deviation",
)
subtracts_no_mean = mistake(
    _batch_norm,
    of_mean=torch.zeros_like,
    title="divides, but does not subtract the mean",
    hint="Which mean should a column have before gamma and beta?",
    source="RMS normalization",
)
divides_by_nothing = mistake(
    _batch_norm,
    spread=lambda var, eps: torch.ones_like(var),
    title="subtracts the mean, but does not divide",
    hint="Which variance should a column have before gamma and beta?",
    source="the second half of the formula forgotten",
)
forgets_gamma = mistake(
    _batch_norm,
    scale=torch.ones_like,
    title="does not multiply by gamma",
    hint="Double gamma: what should change in the result?",
    source="gamma of ones in every example",
)
forgets_beta = mistake(
    _batch_norm,
    shift=torch.zeros_like,
    title="does not add beta",
    hint="What should come out for a column whose values are all equal?",
    source="beta of zeros in every example",
)
shifts_before_scaling = mistake(
    _batch_norm,
    together=lambda Z, gamma, beta: gamma * (Z + beta),
    title="multiplies beta by gamma, too",
    hint="Where do the parentheses of the contract's last line end?",
    source="gamma * (X_hat + beta)",
)
swaps_gamma_and_beta = mistake(
    _batch_norm,
    together=lambda Z, gamma, beta: beta * Z + gamma,
    title="scales by beta and shifts by gamma",
    hint="Which of the two is the scale?",
    source="the two names mixed up",
)

# Gradients, and what is not asked for

detaches_statistics = mistake(
    _batch_norm,
    of_mean=Tensor.detach,
    of_var=Tensor.detach,
    title="treats mean and variance as constants in the gradient",
    hint="Each value moves the mean and the variance of its batch. May autograd miss that?",
    source="statistics computed under no_grad together with their update",
)
detaches_mean = mistake(
    _batch_norm,
    of_mean=Tensor.detach,
    title="treats the mean as a constant in the gradient",
    hint="Each value moves the mean of its batch. May autograd miss that?",
    source="detach() on too much",
)
detaches_variance = mistake(
    _batch_norm,
    of_var=Tensor.detach,
    title="treats the variance as a constant in the gradient",
    hint="Each value moves the variance of its batch. May autograd miss that?",
    source="detach() on too much; .data",
)
detaches_scale = mistake(
    _batch_norm,
    scale=Tensor.detach,
    title="lets no gradient flow back to gamma",
    hint="gamma is learned. What does your code do to it before the product?",
    source="gamma.data",
)
writes_into_input = mistake(
    _batch_norm,
    writes_input=True,
    title="writes its result into X",
    hint="Print X before and after the call. Which operation works in place?",
    source="X -= mean; X /= std",
)

PAIRS = [
    ("swaps_momentum", "keeps_unbiased_variance"),
    ("swaps_momentum", "uses_unbiased_variance"),
    ("puts_eps_outside", "uses_unbiased_variance"),
    ("never_updates", "uses_unbiased_variance"),
    ("swaps_momentum", "puts_eps_outside"),
    ("normalizes_each_pixel", "swaps_momentum"),
]
