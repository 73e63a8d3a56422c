"""Correct implementations of dropout, from every legal random source and in many styles."""

import math
import random
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor

_numpy_generator = np.random.default_rng()
_torch_generator = torch.Generator()
_torch_generator.seed()


def textbook(X: Tensor, p: float, training: bool = True) -> Tensor:
    """The textbook: both ends special-cased, a float mask, a product and a quotient."""
    assert 0 <= p <= 1
    if not training or p == 0:
        return X
    if p == 1:
        return torch.zeros_like(X)
    mask = (torch.rand(X.shape) > p).float()
    return mask * X / (1.0 - p)


def without_special_case_for_zero(X: Tensor, p: float, training: bool = True) -> Tensor:
    """Only p = 1 is a special case; rand_like and a mask in the dtype of X."""
    if not training:
        return X
    if p == 1:
        return torch.zeros_like(X)
    keep = torch.rand_like(X) < 1 - p
    return X * keep.to(X.dtype) / (1 - p)


def where_without_special_cases(X: Tensor, p: float, training: bool = True) -> Tensor:
    """No special case: torch.where never picks the infinity at p = 1."""
    if training:
        X = torch.where(torch.rand(X.shape) >= p, X / (1 - p), 0.0)
    return X


def where_method(X: Tensor, p: float, training: bool = True) -> Tensor:
    """Tensor.where with a tensor of zeros, as one expression."""
    keep = torch.rand_like(X) >= p
    return (X / max(1 - p, 1e-12)).where(keep, torch.zeros_like(X)) if training else X


def bernoulli_of_a_tensor(X: Tensor, p: float, training: bool = True) -> Tensor:
    """torch.bernoulli on a tensor of keep probabilities."""
    if not training:
        return X.clone()
    keep_probability = 1.0 - p
    mask = torch.bernoulli(torch.full(X.shape, keep_probability, dtype=X.dtype))
    if keep_probability > 0:
        mask = mask / keep_probability
    return X * mask


def bernoulli_in_place(X: Tensor, p: float, training: bool = True) -> Tensor:
    """empty_like().bernoulli_() and div_ on the mask."""
    if not training:
        return X
    mask = torch.empty_like(X).bernoulli_(1 - p)
    if p < 1:
        mask.div_(1 - p)
    return X.mul(mask)


def uniform_in_place(X: Tensor, p: float, training: bool = True) -> Tensor:
    """empty().uniform_() and a boolean mask times X."""
    if not training:
        return X * 1
    if p >= 1:
        return 0 * X
    keep = torch.empty(X.size()).uniform_(0, 1).ge(p)
    return X * keep * (1 / (1 - p))


def bernoulli_distribution(X: Tensor, p: float, training: bool = True) -> Tensor:
    """torch.distributions.Bernoulli."""
    if not training:
        return X
    mask = torch.distributions.Bernoulli(probs=torch.tensor(1.0 - p)).sample(X.shape)
    return X * mask.type_as(X) / (1 - p if p != 1 else 1)


def multinomial_of_two(X: Tensor, p: float, training: bool = True) -> Tensor:
    """torch.multinomial with the two outcomes drop and keep."""
    if not training:
        return X
    outcomes = torch.tensor([p, 1 - p], dtype=torch.float64)
    keep = torch.multinomial(outcomes, X.numel(), replacement=True).reshape(X.shape)
    return X * keep / (1 - p) if p < 1 else X * keep


def large_integers(X: Tensor, p: float, training: bool = True) -> Tensor:
    """torch.randint over a range of 2**30 compared with a share of it."""
    if not training:
        return X
    keep = torch.randint(0, 2**30, X.shape) >= p * 2**30
    return torch.where(keep, X, torch.zeros_like(X)) / (1 - p if p < 1 else 1)


def exponential_waiting_times(X: Tensor, p: float, training: bool = True) -> Tensor:
    """exponential_: a waiting time exceeds -log(1 - p) with probability 1 - p."""
    if not training:
        return X
    if p == 1:
        return torch.zeros_like(X)
    waiting = torch.empty(X.shape, dtype=torch.float64).exponential_()
    return X * (waiting > -math.log1p(-p)) / (1 - p)


def normal_quantile(X: Tensor, p: float, training: bool = True) -> Tensor:
    """randn compared with the p-quantile of the normal distribution."""
    if not training:
        return X
    quantile = torch.special.ndtri(torch.tensor(p, dtype=torch.float64))
    keep = torch.randn(X.shape, dtype=torch.float64) > quantile
    return (X / (1 - p)).masked_fill(~keep, 0)


def floor_of_shifted_uniform(X: Tensor, p: float, training: bool = True) -> Tensor:
    """floor(uniform + keep probability), as early TensorFlow did it."""
    keep_probability = 1 - p if training else 1.0
    uniform = torch.rand(X.shape, dtype=torch.float64)
    mask = torch.floor(uniform + keep_probability).clamp(max=1).to(X.dtype)
    return X / keep_probability * mask if keep_probability else X * mask


def ceil_with_negative_zeros(X: Tensor, p: float, training: bool = True) -> Tensor:
    """ceil(uniform - p), whose zeros may be negative."""
    if not training or p in (0, 1):
        return X * float(not training or p == 0)
    mask = torch.ceil(torch.rand(X.shape, dtype=X.dtype) - p)
    return X * mask / (1 - p)


def heaviside_step(X: Tensor, p: float, training: bool = True) -> Tensor:
    """The Heaviside step of uniform - p, and torch.mul and torch.div."""
    if not training:
        return X
    one = torch.ones((), dtype=X.dtype)
    mask = torch.heaviside(torch.rand_like(X) - p, one)
    return torch.mul(torch.div(X, 1 - p), mask) if p < 1 else torch.zeros_like(X)


def numpy_rand(X: Tensor, p: float, training: bool = True) -> Tensor:
    """numpy.random.rand and a mask brought to the dtype of X."""
    if not training:
        return X
    if p == 1:
        return torch.zeros_like(X)
    mask = (np.asarray(np.random.rand(*X.shape)) >= p) / (1 - p)
    return X * torch.tensor(mask, dtype=X.dtype)


def numpy_generator(X: Tensor, p: float, training: bool = True) -> Tensor:
    """A new numpy.random.default_rng at every call."""
    if not training:
        return X
    keep = torch.as_tensor(np.random.default_rng().random(tuple(X.shape)) >= p)
    return torch.where(keep, X / (1 - p), torch.zeros_like(X))


def numpy_generator_of_the_module(X: Tensor, p: float, training: bool = True) -> Tensor:
    """A NumPy generator that is made once, outside the function."""
    if not training or p == 0:
        return X
    if p == 1:
        return torch.zeros_like(X)
    keep = _numpy_generator.uniform(size=X.shape) > p
    return X * torch.tensor(keep) / (1 - p)


def torch_generator_of_the_module(X: Tensor, p: float, training: bool = True) -> Tensor:
    """A torch generator that is made once, outside the function."""
    if not training:
        return X
    keep = torch.rand(X.shape, generator=_torch_generator) >= p
    return X.masked_fill(~keep, 0.0) / (1 - p) if p < 1 else X.masked_fill(~keep, 0.0)


def numpy_binomial(X: Tensor, p: float, training: bool = True) -> Tensor:
    """numpy.random.binomial with one trial."""
    if training:
        mask = torch.from_numpy(np.asarray(np.random.binomial(1, 1 - p, size=tuple(X.shape))))
        X = X * mask.to(X.dtype)
        if p < 1:
            X = X / (1 - p)
    return X


def numpy_choice(X: Tensor, p: float, training: bool = True) -> Tensor:
    """numpy.random.choice between 0 and the factor."""
    if not training:
        return X
    factor = 0.0 if p == 1 else 1 / (1 - p)
    mask = np.random.choice([0.0, factor], size=X.numel(), p=[p, 1 - p])
    return X * torch.tensor(mask, dtype=X.dtype).reshape(X.shape)


def numpy_counted_then_placed(X: Tensor, p: float, training: bool = True) -> Tensor:
    """First how many drop, from a binomial distribution, then which: the same distribution."""
    if not training:
        return X
    count = np.random.binomial(X.numel(), p)
    places = np.random.choice(X.numel(), size=count, replace=False)
    mask = torch.ones(X.numel(), dtype=X.dtype)
    mask[torch.from_numpy(places)] = 0
    return X * mask.reshape(X.shape) / (1 - p if p < 1 else 1)


def python_random_per_entry(X: Tensor, p: float, training: bool = True) -> Tensor:
    """random.random in a list comprehension over the entries."""
    if not training:
        return X
    mask = [0.0 if random.random() < p else 1.0 / (1.0 - p) for _ in range(X.numel())]
    return X * torch.tensor(mask, dtype=X.dtype).reshape(X.shape)


def python_choices(X: Tensor, p: float, training: bool = True) -> Tensor:
    """random.choices with weights."""
    if not training:
        return X
    keep = random.choices([False, True], weights=[p, 1 - p], k=X.numel())
    mask = torch.tensor(keep).view(X.shape)
    out = X * mask
    if p != 1:
        out = out / (1 - p)
    return out


def loop_over_entries(X: Tensor, p: float, training: bool = True) -> Tensor:
    """A loop that decides entry by entry and stacks the answers."""
    if not training:
        return X
    entries = []
    for x in X.reshape(-1):
        if random.uniform(0, 1) < p or p == 1:
            entries.append(x * 0)
        else:
            entries.append(x / (1 - p))
    return torch.stack(entries).reshape(X.shape)


def recursion_over_rows(X: Tensor, p: float, training: bool = True) -> Tensor:
    """Recursion over the dimensions, torch.stack on the way back."""
    if not training:
        return X
    if X.dim() == 0:
        return X * 0 if p == 1 or torch.rand(1).item() < p else X / (1 - p)
    return torch.stack([recursion_over_rows(row, p) for row in X])


def nested_index_loops(X: Tensor, p: float, training: bool = True) -> Tensor:
    """A mask filled place by place with numpy.ndindex."""
    if not training:
        return X
    mask = torch.zeros(X.shape, dtype=X.dtype)
    for place in np.ndindex(*X.shape):
        if random.random() >= p:
            mask[place] = 1 / (1 - p)
    return mask * X


def clone_and_assign(X: Tensor, p: float, training: bool = True) -> Tensor:
    """A clone, with zeros assigned through a boolean mask."""
    out = X.clone()
    if not training:
        return out
    out[torch.rand(X.shape) < p] = 0
    if p < 1:
        out /= 1 - p
    return out


def assign_kept_entries(X: Tensor, p: float, training: bool = True) -> Tensor:
    """A tensor of zeros that receives the kept entries."""
    if not training:
        return X
    keep = torch.rand(X.shape) >= p
    out = torch.zeros_like(X)
    out[keep] = X[keep] / (1 - p)
    return out


def index_fill_on_flat_copy(X: Tensor, p: float, training: bool = True) -> Tensor:
    """nonzero and index_fill on the flattened tensor."""
    if not training:
        return X
    dropped = (torch.rand(X.numel()) < p).nonzero().squeeze(1)
    flat = X.flatten().index_fill(0, dropped, 0.0)
    return (flat if p == 1 else flat / (1 - p)).reshape(X.shape)


def masked_fill_functional(X: Tensor, p: float, training: bool = True) -> Tensor:
    """masked_fill before the quotient, with early returns and a long-winded check of p."""
    if p < 0 or p > 1:
        raise ValueError("p must be a probability")
    if training is False:
        return X
    dropped = torch.rand(X.shape, dtype=X.dtype) < p
    survivors = torch.masked_fill(X, dropped, 0.0)
    if p == 1.0:
        return survivors
    return survivors / (1.0 - p)


def in_place_on_the_result(X: Tensor, p: float, training: bool = True) -> Tensor:
    """In-place operations on a fresh result, never on X."""
    if not training:
        return X
    result = X * 1.0
    result.mul_(torch.rand_like(result) >= p)
    if p < 1:
        result.div_(1 - p)
    return result


def mask_without_gradients(X: Tensor, p: float, training: bool = True) -> Tensor:
    """The mask under no_grad, from X.detach(), and an einsum for the product."""
    if not training:
        return X
    with torch.no_grad():
        mask = (torch.rand_like(X.detach()) >= p).to(X.dtype)
        mask = mask / (1 - p) if p < 1 else mask
    return torch.einsum("...,...->...", X, mask)


def effective_probability(X: Tensor, p: float, training: bool = True) -> Tensor:
    """No branch on the mode: evaluation is dropout with probability 0."""
    p = p * training
    mask = (torch.rand(X.shape, dtype=torch.float64) >= p).type(X.dtype)
    return X * mask / (1 - p + (p == 1))


def small_helpers(X: Tensor, p: float, training: bool = True) -> Tensor:
    """A nested helper, lambdas in a dict and functools.partial."""

    def draw(shape: torch.Size, keep_probability: float) -> Tensor:
        return torch.rand(shape) < keep_probability

    rescale = {True: lambda Z: Z, False: lambda Z: Z / (1 - p)}[p == 1]
    mask = partial(draw, keep_probability=1 - p)
    return rescale(X * mask(X.shape)) if training else X


class _Dropout(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, X: Tensor, p: float) -> Tensor:
        mask = (torch.rand_like(X) >= p).to(X.dtype)
        if p < 1:
            mask /= 1 - p
        ctx.save_for_backward(mask)
        return X * mask

    @staticmethod
    def backward(ctx: Any, *cotangents: Tensor) -> tuple[Tensor, None]:
        (mask,) = ctx.saved_tensors
        return cotangents[0] * mask, None


def autograd_function(X: Tensor, p: float, training: bool = True) -> Tensor:
    """A custom autograd.Function that saves its mask."""
    return _Dropout.apply(X, p) if training else X


def vmapped_over_entries(X: Tensor, p: float, training: bool = True) -> Tensor:
    """torch.vmap over the entries, each with random numbers of its own."""
    if not training:
        return X

    def entry(x: Tensor) -> Tensor:
        return torch.where(torch.rand(()) >= p, x / (1 - p), 0.0)

    return torch.vmap(entry, randomness="different")(X.reshape(-1)).reshape(X.shape)
