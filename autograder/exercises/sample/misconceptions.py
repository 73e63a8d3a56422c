"""Known wrong implementations of sample: simplest first.

The result is random, so two functions behave alike when their draws have the same distribution.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from autograder.checking import misconception, mistake


def _fresh(n: int) -> Tensor:
    return torch.rand(n, dtype=torch.float64)


def _seeded(n: int) -> Tensor:
    # A generator of its own: torch.manual_seed would also reseed whoever called.
    return torch.rand(n, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


def _even(n: int) -> Tensor:
    return (torch.arange(n) + torch.rand(())) / n


def _sample(
    probs: Tensor,
    n: int,
    *,
    weights: Callable[[Tensor], Tensor] = lambda probs: probs,
    uniform: Callable[[int], Tensor] = _fresh,
    order: Callable[[Tensor], Tensor] = lambda draws: draws,
    after: Callable[[Tensor, Tensor], Tensor] = lambda draws, probs: draws,
) -> Tensor:
    """Uniform numbers among cumulative sums of weights; then an order, and what becomes of the draws."""
    edges = weights(probs.detach().double()).cumsum(0)
    edges = edges / edges[-1]
    draws = torch.searchsorted(edges, uniform(n), right=True).clamp(max=len(edges) - 1)
    return after(order(draws), probs.detach())


# The probabilities

ignores_probs = mistake(
    _sample,
    weights=torch.ones_like,
    title="draws every category equally often, whatever probs is",
    hint="Try probs = [0.9, 0.1] and count. Where does probs come into your code?",
    source="randint(q, (n,))",
    trivial=True,
)


@misconception(
    title="always gives the most likely category",
    hint="The most likely category should come up most often, but how often do the others?",
    source="argmax, the greedy choice of text generation",
    trivial=True,
)
def always_most_likely(probs: Tensor, n: int) -> Tensor:
    return torch.full((n,), int(probs.argmax()))


applies_softmax = mistake(
    _sample,
    weights=lambda probs: torch.softmax(probs, 0),
    title="applies a softmax to the probabilities first",
    hint="probs adds up to 1 already. What does a softmax make of [0.9, 0.1]?",
    source="probs taken for logits, a frequent question about Categorical(logits=...)",
)
squares_probs = mistake(
    _sample,
    weights=lambda probs: probs**2,
    title="draws with probabilities in proportion to probs squared",
    hint="At how many places does probs enter? Try [0.5, 0.25, 0.25] and count.",
    source="probs multiplied once more",
)
smooths = mistake(
    _sample,
    weights=lambda probs: probs + 0.01,
    title="adds a small constant to every probability",
    hint="A category of probability 0 should never come up. Does anything here divide, or take a logarithm of 0?",
    source="an epsilon against log(0), too large",
)
reverses = mistake(
    _sample,
    after=lambda draws, probs: len(probs) - 1 - draws,
    title="counts the categories from the end",
    hint="Try probs = [0.9, 0.1]: which of 0 and 1 comes up more often?",
    source="(u < edges).sum(), which counts the edges on the wrong side",
)
compares_with_probs = mistake(
    _sample,
    weights=lambda probs: torch.diff(
        torch.cat([probs.new_zeros(1), probs.cummax(0).values[:-1], probs.new_ones(1)])
    ),
    title="compares the uniform number with the probabilities instead of their cumulative sums",
    hint="The intervals of the categories lie side by side. Where does the second one begin?",
    source="cumsum forgotten",
)
tries_one_by_one = mistake(
    _sample,
    weights=lambda probs: (
        torch.cat(
            [
                probs[:1],
                torch.cumprod(1 - probs, 0)[:-1] * torch.cat([probs[1:-1], probs.new_ones(1)]),
            ]
        )
        if len(probs) > 1
        else probs
    ),
    title="gives each category another try with its own probability, although some have been tried already",
    hint="When category 0 did not come up, which probability do the others share?",
    source="a new uniform number for every category in the loop: if rand() < p",
)


@misconception(
    title="draws likely categories too often, and unlikely ones too seldom",
    hint="Where noise meets the probabilities: can it lift an unlikely category above the others as often as it "
    "should? Which tail of the noise does that, and is it added, multiplied or divided by?",
    source="log(-log(u)) for Gumbel noise, one minus sign forgotten; argmax(probs * exponential)",
)
def negates_gumbel(probs: Tensor, n: int) -> Tensor:
    noise = _fresh(n * len(probs)).log().neg().log().reshape(n, len(probs))
    return (probs.detach().double().log() + noise).argmax(1)


@misconception(
    title="multiplies the probabilities by uniform numbers and takes the greatest product",
    hint="Try probs = [0.9, 0.1]: how often is 0.1 times one uniform number greater than 0.9 times another?",
    source="argmax(probs * rand), instead of exponential numbers that divide",
)
def multiplies_by_uniform(probs: Tensor, n: int) -> Tensor:
    return (probs.detach() * _fresh(n * len(probs)).reshape(n, -1)).argmax(1)


rounds_to_hundredths = mistake(
    _sample,
    weights=lambda probs: (
        (probs * 100 + 1e-4).floor() if (probs * 100 + 1e-4).floor().any() else probs
    ),
    title="knows the probabilities to a hundredth only",
    hint="How often does a category of probability 0.005 stand in your list?",
    source="a list with int(100 * p) copies of each category, one of which is picked",
)
leaves_out_last = mistake(
    _sample,
    weights=lambda probs: torch.cat([probs[:-1], probs[-1:] * (len(probs) == 1)]),
    title="never draws the last category",
    hint="Which uniform numbers lead to the last category? Where does your loop end?",
    source="the last cumulative sum left out, or range(q - 1)",
)
leaves_out_first = mistake(
    _sample,
    weights=lambda probs: torch.cat([probs[:1] * (len(probs) == 1), probs[1:]]),
    title="never draws category 0",
    hint="Which uniform numbers lead to category 0? It begins at 0 and ends at probs[0].",
    source="an index that is one too large, clamped at the end",
)

# What is returned

counts_from_one = mistake(
    _sample,
    after=lambda draws, probs: draws + 1,
    title="numbers the categories from 1",
    hint="The first category is 0. What is the greatest number that comes up?",
    source="an index that is one too large",
)
returns_probabilities = mistake(
    _sample,
    after=lambda draws, probs: probs[draws],
    title="returns the probabilities of the drawn categories instead of their numbers",
    hint="The categories are 0, 1, 2, ... What are the entries of your result?",
    source="picks from probs itself; reported of a public library's sampler",
)
returns_counts = mistake(
    _sample,
    after=lambda draws, probs: torch.bincount(draws, minlength=len(probs)),
    title="returns how often each category came up",
    hint="The draws themselves are asked for, n of them. Who counts them, and when?",
    source="the book's multinomial.sample(), which counts",
)
returns_frequencies = mistake(
    _sample,
    after=lambda draws, probs: torch.bincount(draws, minlength=len(probs)) / len(draws),
    title="returns the share of each category",
    hint="The draws themselves are asked for, n of them. Who counts them, and when?",
    source="the book's counts / n",
)
returns_one_hot = mistake(
    _sample,
    after=lambda draws, probs: torch.nn.functional.one_hot(draws, len(probs)),
    title="returns a row of zeros and a one for every draw",
    hint="One number a draw is asked for. Where in its row does the one stand?",
    source="one-hot draws, as other libraries give them",
)
returns_column = mistake(
    _sample,
    after=lambda draws, probs: draws.unsqueeze(1),
    title="returns a column of shape (n, 1)",
    hint="Compare the shape of your result with (n,). Which dimension is left over?",
    source="uniform numbers drawn as (n, 1) for broadcasting; searchsorted keeps the shape",
)
returns_floats = mistake(
    _sample,
    after=lambda draws, probs: draws.float(),
    title="returns float32 numbers",
    hint="Numbers of categories are whole: which dtype do indices have?",
    source="a result of torch.zeros(n)",
)
returns_int32 = mistake(
    _sample,
    after=lambda draws, probs: draws.int(),
    title="returns int32 numbers",
    hint="Which dtype has torch for indices, and which do you ask for?",
    source="dtype=torch.int, or out_int32",
)
one_short = mistake(
    _sample,
    order=lambda draws: draws[1:],
    title="makes one draw too few",
    hint="How many draws come back for n = 5?",
    source="range(1, n)",
)


@misconception(
    title="makes one draw, whatever n is",
    hint="How many random numbers does a call take?",
    source="n ignored",
)
def draws_once(probs: Tensor, n: int) -> Tensor:
    return _sample(probs, 1)


# Independence

repeats_one_draw = mistake(
    _sample,
    uniform=lambda n: _fresh(1).expand(n).contiguous(),
    title="makes one draw and repeats it n times",
    hint="How many random numbers does a call take: one, or one for each draw?",
    source="the uniform number drawn before the loop",
)
repeats_calls = mistake(
    _sample,
    uniform=_seeded,
    title="makes the same draws in every call",
    hint="Call the function twice and compare. Is there a seed in it?",
    source="manual_seed inside of the function",
)
sorts = mistake(
    _sample,
    order=lambda draws: draws.sort().values,
    title="returns its draws in order",
    hint="Look at neighbours: does a draw tell anything about the next?",
    source="a list that is filled category by category",
)
even_spacing = mistake(
    _sample,
    uniform=_even,
    title="spaces its n numbers evenly, and so returns them in order",
    hint="One random number for n draws? Look at neighbours, and at the counts of several calls.",
    source="systematic resampling of particle filters",
)
fixed_counts = mistake(
    _sample,
    uniform=lambda n: _even(n)[torch.randperm(n)],
    title="gives every category the same number of draws in each call, up to one",
    hint="Draw 10 times with probs [0.5, 0.5]: is it always 5 and 5?",
    source="n * p copies of each category, shuffled",
)

# Odd inputs


@misconception(
    title="changes probs in place",
    hint="Print probs before and after the call. Which method ends in an underscore?",
    source="probs.cumsum_(0)",
)
def accumulates_in_place(probs: Tensor, n: int) -> Tensor:
    result = _sample(probs, n)
    probs.detach().cumsum_(0)
    return result


@misconception(
    title="raises where probs requires grad",
    hint="The draws have no gradient, and NumPy knows none. From what do you part first?",
    source="probs.numpy()",
)
def needs_plain_probs(probs: Tensor, n: int) -> Tensor:
    probs.numpy()
    return _sample(probs, n)


@misconception(
    title="returns a single number where n is 1",
    hint="One draw is a tensor of shape (1,). Does a squeeze take its dimension away?",
    source="squeeze()",
)
def squeezes(probs: Tensor, n: int) -> Tensor:
    return _sample(probs, n).squeeze()


PAIRS = [
    ("squares_probs", "counts_from_one"),
    ("repeats_calls", "returns_floats"),
    ("ignores_probs", "counts_from_one"),
]
