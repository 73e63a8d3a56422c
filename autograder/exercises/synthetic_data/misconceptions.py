"""Known wrong implementations of synthetic_data: settings of one body, simplest first.

Results are random, so two functions behave alike when their results have the same distribution.
"""

from typing import Any

import torch
from torch import Tensor

from autograder.checking import mistake


def _seeded() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def _synthetic_data(
    w: Tensor,
    b: Any,
    n: int,
    *,
    inputs: str = "normal",
    noise: str = "normal",
    std: float = 0.01,
    bias: str = "added",
    shape: str = "columns",
    seed: int | None = None,
) -> Any:
    """(X, Xw + b + noise); each keyword replaces one ingredient."""
    source = torch.Generator()
    source.manual_seed(int(torch.randint(2**62, ())) if seed is None else seed)
    d, dtype = len(w), w.dtype

    def normal(*size: int) -> Tensor:
        return torch.randn(*size, generator=source, dtype=torch.float64)

    X = {
        "normal": lambda: normal(n, d),
        "uniform": lambda: torch.rand(n, d, generator=source, dtype=torch.float64),
        "symmetric": lambda: 2 * torch.rand(n, d, generator=source, dtype=torch.float64) - 1,
        "small": lambda: 0.01 * normal(n, d),
        "one row": lambda: normal(1, d).expand(n, d).contiguous(),
        "one column": lambda: normal(n, 1).expand(n, d).contiguous(),
        "shifted": lambda: normal(n, d) + 1,
        "centered": lambda: (drawn := normal(n, d)) - drawn.mean(0),
        "kept": lambda: torch.randn(n, d, generator=_seeded(), dtype=torch.float64),
    }[inputs]().to(dtype)
    clean = X @ w + {"added": b, "ignored": 0.0, "subtracted": -b}[bias]
    drawn = {
        "normal": lambda: normal(n, 1),
        "one": lambda: normal(1, 1),
        "uniform": lambda: 2 * torch.rand(n, 1, generator=source, dtype=torch.float64) - 1,
        "positive": lambda: torch.rand(n, 1, generator=source, dtype=torch.float64),
        "folded": lambda: normal(n, 1).abs(),
        "none": lambda: torch.zeros(n, 1),
        "kept": lambda: torch.randn(n, 1, generator=_seeded(), dtype=torch.float64),
        "flat": lambda: normal(n),
        "inputs": lambda: normal(n, d).to(dtype) @ w,
        "relative": lambda: normal(n, 1).to(dtype) * clean,
    }[noise]().to(dtype)
    y = clean + std * drawn
    return {
        "columns": lambda: (X, y),
        "flat": lambda: (X, y.flatten()),
        "swapped": lambda: (y, X),
        "transposed": lambda: (X.T.contiguous(), y),
        "labels": lambda: y,
        "together": lambda: torch.cat([X, y], 1),
    }[shape]()


no_noise = mistake(
    _synthetic_data,
    noise="none",
    title="adds no noise to the labels",
    hint="Subtract Xw + b from your labels. Real measurements leave something over.",
    source="a public copy of the book's function with the line of the noise commented out",
)
noise_of_variance = mistake(
    _synthetic_data,
    std=0.1,
    title="adds noise with a standard deviation of 0.1",
    hint="0.01 is the standard deviation here. Which of the two does your random function take?",
    source="standard deviation and variance mixed up",
)
noise_of_square = mistake(
    _synthetic_data,
    std=1e-4,
    title="adds noise with a standard deviation of 0.0001",
    hint="0.01 is the standard deviation here. Which of the two does your random function take?",
    source="0.01 ** 2, the variance, for a function that takes the standard deviation",
)
noise_of_one = mistake(
    _synthetic_data,
    std=1.0,
    title="adds noise with a standard deviation of 1",
    hint="randn has a standard deviation of 1. How do you make it 0.01?",
    source="randn without a factor",
)
noise_too_small = mistake(
    _synthetic_data,
    std=0.001,
    title="adds noise that is far too small",
    hint="Compute the standard deviation of your labels minus Xw + b for 1,000 examples.",
    source="0.001 in public copies of the book's function; 0.01 squared behaves alike",
)
same_noise = mistake(
    _synthetic_data,
    noise="one",
    title="adds the same noise to all labels",
    hint="How many random numbers does your noise consist of? Every label needs its own.",
    source="a single random number that broadcasts",
)
uniform_noise = mistake(
    _synthetic_data,
    noise="uniform",
    title="adds noise that is uniformly distributed",
    hint="Normal noise exceeds two standard deviations now and then. Does yours?",
    source="uniform random numbers in place of normal ones",
)
positive_noise = mistake(
    _synthetic_data,
    noise="positive",
    title="adds noise that is uniformly distributed and never negative",
    hint="Is the mean of your noise 0? Which random function has negative numbers, too?",
    source="rand in place of randn",
)
folded_noise = mistake(
    _synthetic_data,
    noise="folded",
    title="adds noise that is never negative",
    hint="Is the mean of your noise 0?",
    source="the absolute value of normal noise",
)
noise_on_inputs = mistake(
    _synthetic_data,
    noise="inputs",
    title="adds the noise to the inputs instead of the labels",
    hint="Does the size of your noise depend on w? It should be the measurement of y that errs.",
    source="noise put on X on the way to y",
)
relative_noise = mistake(
    _synthetic_data,
    noise="relative",
    title="makes the noise proportional to the label",
    hint="Look at labels near 0: is there any noise on them?",
    source="multiplication by 1 + noise",
)
noise_broadcasts = mistake(
    _synthetic_data,
    noise="flat",
    title="adds noise of shape (n,) to a column of labels, which broadcasts to (n, n)",
    hint="Print the shape of y. What is a column (n, 1) plus a vector (n,)?",
    source="torch.normal(0, 0.01, (n,)) beside weights of shape (d, 1)",
)
ignores_bias = mistake(
    _synthetic_data,
    bias="ignored",
    title="leaves the bias out of the labels",
    hint="What is the mean of your labels for 1,000 examples? It should be near b.",
    source="a forgotten term",
)
subtracts_bias = mistake(
    _synthetic_data,
    bias="subtracted",
    title="subtracts the bias",
    hint="What is the mean of your labels for 1,000 examples? It should be near b.",
    source="a slip of the sign",
)
uniform_inputs = mistake(
    _synthetic_data,
    inputs="uniform",
    title="draws inputs between 0 and 1",
    hint="A standard normal number is negative half of the time. Are yours?",
    source="uniform_(0, 1) in a public copy of the book's function",
)
symmetric_inputs = mistake(
    _synthetic_data,
    inputs="symmetric",
    title="draws inputs between -1 and 1",
    hint="Compute the standard deviation of your inputs. How often does one exceed 1?",
    source="uniform random numbers that were centered",
)
small_inputs = mistake(
    _synthetic_data,
    inputs="small",
    title="draws inputs with a standard deviation of 0.01",
    hint="0.01 belongs to the noise. What is the standard deviation of the inputs?",
    source="the two calls of torch.normal mixed up",
)
shifted_inputs = mistake(
    _synthetic_data,
    inputs="shifted",
    title="draws inputs with the mean 1",
    hint="torch.normal takes the mean first, then the standard deviation. Which are yours?",
    source="torch.normal(1, 1, ...)",
)
same_rows = mistake(
    _synthetic_data,
    inputs="one row",
    title="gives all examples the same inputs",
    hint="Print the first two rows of X.",
    source="one row drawn outside of a loop, then repeated",
)
same_columns = mistake(
    _synthetic_data,
    inputs="one column",
    title="gives all features of an example the same value",
    hint="Print one row of X.",
    source="one column drawn, then expanded",
)
same_data = mistake(
    _synthetic_data,
    seed=0,
    title="gives the same data at every call",
    hint="Call your function twice and compare. Where do you set a seed?",
    source="a seed fixed inside the function",
)
repeats_inputs = mistake(
    _synthetic_data,
    inputs="kept",
    title="gives the same inputs at every call",
    hint="Call your function twice and compare X. What is kept from the first call?",
    source="inputs in a cache or a default argument, or a seed before they are drawn",
)
repeats_noise = mistake(
    _synthetic_data,
    noise="kept",
    title="adds the same noise at every call",
    hint="Call your function twice and compare what Xw + b leaves of y. What is kept from the first call?",
    source="noise drawn once outside of the function, or a seed before it is drawn",
)
centers_inputs = mistake(
    _synthetic_data,
    inputs="centered",
    title="subtracts from every column of the inputs its mean",
    hint="What are the inputs of a single example then? The mean of the distribution is 0, that of a sample isn't.",
    source="inputs standardized after they were drawn, as real data are",
)
flattens = mistake(
    _synthetic_data,
    shape="flat",
    title="returns labels of shape (n,) instead of (n, 1)",
    hint="The book reshapes y in its last line. Why?",
    source="weights as a vector, and the last reshape forgotten",
)
swaps_results = mistake(
    _synthetic_data,
    shape="swapped",
    title="returns the labels first and then the inputs",
    hint="Which of the two results comes first?",
    source="return y, X",
)
transposes_inputs = mistake(
    _synthetic_data,
    shape="transposed",
    title="returns inputs of shape (d, n)",
    hint="Every row of X is an example.",
    source="courses that keep examples in columns",
)
returns_labels = mistake(
    _synthetic_data,
    shape="labels",
    title="returns the labels alone",
    hint="Two results are asked for. Who knows the inputs after the call?",
    source="return y",
)
joins_results = mistake(
    _synthetic_data,
    shape="together",
    title="returns inputs and labels in one tensor",
    hint="Two results are asked for, in a tuple.",
    source="a table whose last column is the label",
)

PAIRS = [
    ("uniform_inputs", "positive_noise"),
    ("uniform_inputs", "no_noise"),
    ("noise_of_variance", "ignores_bias"),
    ("same_data", "no_noise"),
]
