"""Correct implementations of expectation_and_variance, in styles as far apart as students write them."""

import torch
from torch import Tensor


def formula(values, probs):
    """The two sums as they are written."""
    mean = (values * probs).sum()
    return mean, ((values - mean) ** 2 * probs).sum()


def dot_products(values, probs):
    """Dot products, a list of two."""
    mean = torch.dot(values, probs)
    deviations = values - mean
    return [mean, torch.dot(deviations * deviations, probs)]


def typed(values: Tensor, probs: Tensor) -> tuple[Tensor, Tensor]:
    """Type hints and names for everything."""
    expectation: Tensor = torch.sum(torch.mul(probs, values), dim=0)
    squared_deviations: Tensor = torch.square(values - expectation)
    variance: Tensor = torch.sum(probs * squared_deviations, dim=-1)
    return expectation, variance


def loops(values, probs):
    """Two loops over the entries."""
    mean = values.new_zeros(())
    for value, share in zip(values, probs, strict=True):
        mean = mean + value * share
    variance = values.new_zeros(())
    for i in range(len(values)):
        variance = variance + probs[i] * (values[i] - mean) ** 2
    return mean, variance


def _expectation(values, probs):
    return values @ probs


def helper_twice(values, probs):
    """The variance is the expectation of squared deviations."""
    mean = _expectation(values, probs)
    return mean, _expectation((values - mean).pow(2), probs)


def all_pairs(values, probs):
    """Half the mean squared difference of two independent draws."""
    differences = values.unsqueeze(0) - values.unsqueeze(1)
    return (probs * values).sum(), probs @ (differences**2 @ probs) / 2


def shifted_moments(values, probs):
    """E[x^2] - E[x]^2 after a shift, which keeps the digits."""
    shift = (probs * values).sum().detach()
    centered = values - shift
    first, second = (probs * centered).sum(), (probs * centered**2).sum()
    return shift + first, second - first**2


def welford(values, probs):
    """One pass, with running weights."""
    total, mean, spread = 0.0, values.new_zeros(()), values.new_zeros(())
    for value, share in zip(values.unbind(), probs.tolist(), strict=True):
        if share == 0:
            continue
        total += share
        delta = value - mean
        mean = mean + delta * (share / total)
        spread = spread + share * delta * (value - mean)
    return mean, spread


def einsum(values, probs):
    """Einstein summation for both."""
    mean = torch.einsum("i,i->", values, probs)
    return mean, torch.einsum("i,i,i->", values - mean, values - mean, probs)
