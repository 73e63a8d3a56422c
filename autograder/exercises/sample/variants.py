"""Correct implementations of sample, from many random sources and by many methods."""

import bisect
import itertools
import random

import numpy as np
import torch
from torch import Tensor


def search(probs: Tensor, n: int) -> Tensor:
    """Type hints; searchsorted in the cumulative sums, clamped at the end."""
    edges = torch.cumsum(probs.detach(), 0)
    found = torch.searchsorted(edges, torch.rand(n, dtype=probs.dtype), right=True)
    return found.clamp(max=len(probs) - 1)


def counted_edges(probs, n):
    """How many cumulative sums a uniform number exceeds, by broadcasting."""
    u = torch.rand(n, 1)
    last = probs.shape[0] - 1
    return (u > probs.cumsum(0)[:-1].float()).sum(1) if last else torch.zeros(n, dtype=torch.long)


def bucketize(probs, n):
    """torch.bucketize with the inner edges alone."""
    inner = probs.detach().double().cumsum(0)[:-1].contiguous()
    return torch.bucketize(torch.rand(n, dtype=torch.float64), inner, right=True)


def loop_with_running_sum(probs, n):
    """Two loops over plain numbers, Python's random."""
    shares = probs.tolist()
    result = []
    for _ in range(n):
        left = random.random()
        for category, share in enumerate(shares):
            left -= share
            if left < 0:
                break
        result.append(category)
    return torch.tensor(result)


def bisection(probs, n):
    """bisect from the standard library."""
    edges = list(itertools.accumulate(probs.tolist()))
    return torch.LongTensor(
        [min(bisect.bisect_right(edges, random.random()), len(edges) - 1) for _ in range(n)]
    )


def numpy_search(probs, n):
    """NumPy's generator and searchsorted."""
    edges = np.cumsum(probs.detach().numpy().astype(np.float64))
    edges /= edges[-1]
    return torch.from_numpy(np.searchsorted(edges, np.random.rand(n), side="right"))


def gumbel_maximum(probs, n):
    """The greatest of log p plus Gumbel noise."""
    noise = -torch.log(-torch.log(torch.rand(n, len(probs), dtype=torch.float64)))
    return (probs.detach().double().log() + noise).argmax(1)


def exponential_race(probs, n):
    """The first of exponential clocks that run at the speeds p."""
    return (torch.empty(n, len(probs)).exponential_() / probs.detach()).argmin(dim=1)


def stick_breaking(probs, n):
    """A Bernoulli number for each category, among those that are left."""
    result = torch.full((n,), len(probs) - 1)
    open_, rest = torch.ones(n, dtype=torch.bool), 1.0
    for category, share in enumerate(probs.tolist()):
        if share <= 0:
            continue
        hit = open_ & (torch.rand(n) < share / max(rest, share))
        result[hit] = category
        open_ &= ~hit
        rest -= share
    return result


def rejection(probs, n):
    """A category at random, kept with probability p / max(p)."""
    greatest, result = float(probs.max()), []
    shares = probs.tolist()
    while len(result) < n:
        category = random.randrange(len(shares))
        if random.random() * greatest < shares[category]:
            result.append(category)
    return torch.tensor(result, dtype=torch.int64)


def intervals(probs, n):
    """Both ends of every interval, argmax of a boolean matrix."""
    above = probs.detach().cumsum(0)
    below = above - probs.detach()
    u = torch.rand(n).mul(float(above[-1])).unsqueeze(1)
    inside = (below <= u) & (u < above)
    return inside.int().argmax(1)


def normal_quantiles(probs, n):
    """Uniform numbers from normal ones, through the error function."""
    u = 0.5 * (1 + torch.erf(torch.randn(n, dtype=torch.float64) / 2**0.5))
    edges = probs.detach().double().cumsum(0)
    return torch.searchsorted(edges, u * edges[-1]).clamp_(0, len(probs) - 1)
