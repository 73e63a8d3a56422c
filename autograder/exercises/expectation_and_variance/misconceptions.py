"""Known wrong implementations of expectation_and_variance: simplest first."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from autograder.checking import misconception, mistake


def _weighted(values: Tensor, probs: Tensor) -> Tensor:
    return (values * probs).sum()


def _deviations(values: Tensor, probs: Tensor, mean: Tensor) -> Tensor:
    return ((values - mean) ** 2 * probs).sum()


def _moments(
    values: Tensor,
    probs: Tensor,
    *,
    mean: Callable[[Tensor, Tensor], Tensor] = _weighted,
    center: Callable[[Tensor, Tensor], Tensor] | None = None,
    variance: Callable[[Tensor, Tensor, Tensor], Tensor] = _deviations,
    after: Callable[[Tensor], Tensor] = lambda variance: variance,
    result: Callable[[Tensor, Tensor], Any] = lambda mean, variance: (mean, variance),
) -> Any:
    """The mean, a center, the variance around it, and how both are returned."""
    first = mean(values, probs)
    middle = first if center is None else center(values, probs)
    return result(first, after(variance(values, probs, middle)))


# The mean

unweighted_mean = mistake(
    _moments,
    mean=lambda values, probs: values.mean(),
    title="takes the plain mean of the values",
    hint="A value that is likely counts more. Where do the probabilities enter into the mean?",
    source="values.mean(), the sample mean",
)
divides_mean_by_count = mistake(
    _moments,
    mean=lambda values, probs: (values * probs).mean(),
    center=_weighted,
    title="divides the mean by the number of values as well",
    hint="The probabilities add up to 1 already. What else do you divide by?",
    source="mean() of the weighted values",
)
takes_most_likely = mistake(
    _moments,
    mean=lambda values, probs: values[probs.argmax()],
    title="takes the most likely value for the mean",
    hint="Try the values 0 and 1 with probabilities 0.4 and 0.6. Is the mean 1?",
    source="mode and mean mixed up",
)
leaves_out_last_value = mistake(
    _moments,
    mean=lambda values, probs: _weighted(values[:-1], probs[:-1]),
    variance=lambda values, probs, mean: _deviations(values[:-1], probs[:-1], mean),
    title="leaves out the last value",
    hint="Where does your loop end? Count the terms of a sum over two values.",
    source="how it comes about: range(len(values) - 1)",
)
sums_values = mistake(
    _moments,
    mean=lambda values, probs: values.sum(),
    title="takes the sum of the values for the mean",
    hint="A value that is likely counts more. Where do the probabilities enter into the mean?",
    source="weights forgotten",
)
applies_softmax = mistake(
    _moments,
    mean=lambda values, probs: (values * torch.softmax(probs, 0)).sum(),
    center=_weighted,
    title="applies a softmax to the probabilities first",
    hint="probs adds up to 1 already. What does a softmax make of [0.9, 0.1]?",
    source="probabilities taken for logits",
)

# The variance

unweighted_variance = mistake(
    _moments,
    variance=lambda values, probs, mean: ((values - mean) ** 2).mean(),
    title="weights all squared deviations equally",
    hint="A variance is a mean, too: of squared deviations. Where do the probabilities enter into it?",
    source="mean() of the squared deviations",
)
sample_variance = mistake(
    _moments,
    variance=lambda values, probs, mean: values.var(correction=0),
    title="takes the variance of the values as a sample, without the probabilities",
    hint="A variance is a mean, too: of squared deviations. Where do the probabilities enter into it?",
    source="values.var(correction=0)",
)
unbiased_sample_variance = mistake(
    _moments,
    variance=lambda values, probs, mean: values.var(),
    title="takes the unbiased variance of the values as a sample, without the probabilities",
    hint="A variance is a mean, too: of squared deviations. Where do the probabilities enter into it?",
    source="values.var(), with torch's default correction",
)
corrects_by_count = mistake(
    _moments,
    variance=lambda values, probs, mean: (
        _deviations(values, probs, mean) * len(values) / (len(values) - 1)
    ),
    title="multiplies the variance by q / (q - 1)",
    hint="Nothing is estimated from a sample here: the distribution is known. Is a correction needed?",
    source="Bessel's correction, added to weighted variances in libraries",
)
corrects_by_weights = mistake(
    _moments,
    variance=lambda values, probs, mean: _deviations(values, probs, mean) / (1 - (probs**2).sum()),
    title="divides the variance by 1 minus the sum of the squared probabilities",
    hint="Nothing is estimated from a sample here: the distribution is known. Is a correction needed?",
    source="the unbiased form for reliability weights",
)
standard_deviation = mistake(
    _moments,
    after=torch.sqrt,
    title="returns the standard deviation as its second result",
    hint="Double the values: the variance is four times as large. What becomes of your result?",
    source="std() for var()",
)
second_moment = mistake(
    _moments,
    variance=lambda values, probs, mean: (values**2 * probs).sum(),
    title="returns the mean of the squares: nothing is subtracted",
    hint="Shift all values by 1: the variance stays. Does yours?",
    source="E[x^2] taken for the variance",
)
forgets_square_of_mean = mistake(
    _moments,
    variance=lambda values, probs, mean: (values**2 * probs).sum() - mean,
    title="subtracts the mean from the mean of the squares, not its square",
    hint="Shift all values by 1: the variance stays. Does yours?",
    source="E[x^2] - E[x], a typo of the identity",
)
wrong_way_round = mistake(
    _moments,
    variance=lambda values, probs, mean: mean**2 - (values**2 * probs).sum(),
    title="has a variance with the wrong sign",
    hint="Can a mean of squares be negative? Which of the two terms is larger?",
    source="E[x]^2 - E[x^2]",
)
absolute_deviation = mistake(
    _moments,
    variance=lambda values, probs, mean: ((values - mean).abs() * probs).sum(),
    title="takes absolute instead of squared deviations",
    hint="Double the values: the variance is four times as large. What becomes of your result?",
    source="mean absolute deviation",
)
does_not_square = mistake(
    _moments,
    variance=lambda values, probs, mean: ((values - mean) * probs).sum(),
    title="doesn't square the deviations, so that they add up to 0",
    hint="Deviations above and below the mean cancel. What is done to them before they are added?",
    source="the square forgotten",
)
squares_weighted = mistake(
    _moments,
    variance=lambda values, probs, mean: (((values - mean) * probs) ** 2).sum(),
    title="squares the probabilities as well",
    hint="In which order do the square and the probability come?",
    source="parentheses around the product",
)
spread_of_products = mistake(
    _moments,
    variance=lambda values, probs, mean: (values * probs).var(correction=min(1, len(values) - 1)),
    title="takes the variance of the weighted values as a sample",
    hint="What is averaged: squared deviations of the values, or of their products with the probabilities?",
    source="how it comes about: z = values * probs, then z.sum() and z.var()",
)
exchanges_roles = mistake(
    _moments,
    variance=lambda values, probs, mean: ((probs - mean) ** 2 * values).sum(),
    title="takes the probabilities for the values, and the values for the probabilities",
    hint="The sum of the products doesn't notice it. Which of the two arguments comes first?",
    source="how it comes about: the parameters in the other order",
)
squares_the_sum = mistake(
    _moments,
    variance=lambda values, probs, mean: ((values * probs - mean) ** 2).sum(),
    title="subtracts the mean from the weighted values",
    hint="The deviation belongs to the value alone. When does its probability come in?",
    source="values * probs kept in a variable and used again",
)
plain_center = mistake(
    _moments,
    center=lambda values, probs: values.mean(),
    title="takes deviations from the plain mean of the values",
    hint="From which mean do the values deviate? Shift none of them, but change the probabilities.",
    source="values - values.mean()",
)
forgets_sum = mistake(
    _moments,
    variance=lambda values, probs, mean: (values - mean) ** 2 * probs,
    title="returns one term for every value as its second result",
    hint="The variance is one number. Which operation makes one number of many?",
    source="sum forgotten",
)
cancels = mistake(
    _moments,
    variance=lambda values, probs, mean: (values**2 * probs).sum() - mean**2,
    title="loses the digits of the variance where the mean is large",
    hint="Two large numbers that nearly agree: what is left of their digits? Subtract the mean before you square.",
    source="E[x^2] - E[x]^2 in floating point, a bug fixed in many libraries",
)

# What is returned

swaps = mistake(
    _moments,
    result=lambda mean, variance: (variance, mean),
    title="returns the variance first and the mean second",
    hint="In which order does the name of the function have them?",
    source="results swapped",
)
stacks = mistake(
    _moments,
    result=lambda mean, variance: torch.stack([mean, variance]),
    title="returns one tensor of two numbers",
    hint="Two tensors without dimensions are asked for. What does stack make of them?",
    source="torch.stack or torch.tensor around both",
)
returns_mean_alone = mistake(
    _moments,
    result=lambda mean, variance: mean,
    title="returns the mean alone",
    hint="Two results are asked for. What stands in your return statement?",
    source="variance forgotten",
)
returns_numbers = mistake(
    _moments,
    result=lambda mean, variance: (mean.item(), variance.item()),
    title="returns Python numbers",
    hint="Tensors are asked for, which autograd can follow. Where do yours become numbers?",
    source=".item() on both",
)
keeps_dimension = mistake(
    _moments,
    result=lambda mean, variance: (mean.reshape(1), variance.reshape(1)),
    title="returns tensors of shape (1,)",
    hint="The results have no dimension at all. What does keepdim do?",
    source="keepdim=True",
)


@misconception(
    title="treats the mean of its first result as a constant",
    hint="Both results depend on the values. Which of them have you detached, and for how long?",
    source="mean = (...).detach(), so that the variance doesn't follow it",
)
def detaches_mean(values: Tensor, probs: Tensor) -> tuple[Tensor, Tensor]:
    mean = _weighted(values, probs).detach()
    return mean, _deviations(values, probs, mean)


@misconception(
    title="has no gradient through the variance",
    hint="Look for a step that leaves autograd: .data, .item(), NumPy, torch.tensor(...).",
    source="the variance computed with .data or in a no_grad block",
)
def detaches_variance(values: Tensor, probs: Tensor) -> tuple[Tensor, Tensor]:
    mean, variance = _moments(values, probs)
    return mean, variance.detach()


@misconception(
    title="changes the values in place: it subtracts the mean from them",
    hint="Print values before and after the call. Which operation works in place?",
    source="values -= mean",
)
def centers_in_place(values: Tensor, probs: Tensor) -> tuple[Tensor, Tensor]:
    result = _moments(values, probs)
    values.detach().sub_(result[0].detach())
    return result


@misconception(
    title="leaves out the first value where its probability is 0",
    hint="A value of probability 0 changes nothing, wherever it stands. Do values and probabilities still line up?",
    source="probs[probs > 0] without the same for the values",
)
def misaligns_after_zero(values: Tensor, probs: Tensor) -> tuple[Tensor, Tensor]:
    kept = probs[probs > 0]
    result: tuple[Tensor, Tensor] = _moments(values[: len(kept)], kept)
    return result


PAIRS = [
    ("unweighted_mean", "unweighted_variance"),
    ("unweighted_mean", "unbiased_sample_variance"),
    ("unweighted_mean", "standard_deviation"),
    ("cancels", "swaps"),
    ("second_moment", "standard_deviation"),
]
