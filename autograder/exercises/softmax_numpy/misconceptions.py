"""Known wrong implementations of softmax in NumPy: one body with switches, and pairs of them."""

import numpy as np

from autograder.checking import misconception, mistake

Array = np.ndarray


def _rows(A: Array) -> Array:
    return A.sum(axis=1, keepdims=True)


def _softmax(
    X: Array,
    *,
    top=lambda X: X.max(axis=1, keepdims=True),
    exp=np.exp,
    total=_rows,
    sign=1,
    eps=0.0,
) -> Array:
    """The shifted exponentials over their sum; top is the shift, total the sum."""
    E = exp(sign * X - top(sign * X))
    return E / (total(E) + eps)


over_the_batch = mistake(
    _softmax,
    top=lambda X: X.max(axis=0),
    total=lambda E: E.sum(axis=0),
    title="normalizes over the batch instead of the classes",
    hint="Each row is one example. Along which axis do its probabilities add up to 1?",
    source="axis=0 for axis=1; a report on published CS231n solutions has the like",
)
over_everything = mistake(
    _softmax,
    top=lambda X: X.max(),
    total=lambda E: E.sum(),
    title="normalizes over the whole array instead of each row",
    hint="Try two identical rows: each of them must add up to 1 on its own.",
    source="np.sum without axis, as for one vector: asked about in an issue of a tutorial",
)
shifts_by_greatest = mistake(
    _softmax,
    top=lambda X: X.max(),
    title="gives NaN for a row far below the greatest logit of the array",
    hint="The shift may differ from row to row. What is left of a row that is 1000 below the maximum?",
    source="np.max(x) without axis: the widely copied snippet for a single vector",
)
shifts_up_only = mistake(
    _softmax,
    top=lambda X: np.maximum(X.max(axis=1, keepdims=True), 0),
    title="gives NaN for rows whose logits are all very negative",
    hint="exp(-1000) is 0 as well. To which number should the shift bring the greatest logit?",
    source="max(0, maximum) as the shift: corrected in a library's softmax",
)
shifts_by_mean = mistake(
    _softmax,
    top=lambda X: X.mean(axis=1, keepdims=True),
    title="overflows where a logit is far above the mean of its row",
    hint="Which constant makes sure that no exponent is above 0?",
    source="subtracting the mean, taken over from standardizing data",
)
shifts_by_least = mistake(
    _softmax,
    top=lambda X: X.min(axis=1, keepdims=True),
    title="overflows where a logit is far above the least of its row",
    hint="Which constant makes sure that no exponent is above 0?",
    source="min for max, from scaling data to [0, 1]",
)
shifts_by_magnitude = mistake(
    _softmax,
    top=lambda X: np.abs(X).max(axis=1, keepdims=True),
    title="gives NaN for rows whose logits are all very negative",
    hint="exp(-1000) is 0 as well. To which number should the shift bring the greatest logit?",
    source="the largest magnitude in the place of the largest entry",
)
unshifted = mistake(
    _softmax,
    top=lambda X: np.zeros_like(X),
    title="overflows for large logits",
    hint="What is exp(1000)? Which constant may be subtracted from all logits of a row?",
    source="the formula taken literally: overflow warnings in many threads",
)
lines_up_with_columns = mistake(
    _softmax,
    total=lambda E: E.sum(axis=1),
    title="lines up the row sums with the columns",
    hint="Print the shape of the sums. How does broadcasting line it up with n rows and q columns?",
    source="sum(axis=1) without keepdims: the most frequent slip of all",
)
base_two = mistake(
    _softmax,
    exp=np.exp2,
    title="takes powers of 2 in the place of e",
    hint="Try the row [0, 1]: the ratio of the results should be e, about 2.718.",
    source="np.exp2, or 2 ** x",
)
smallest_wins = mistake(
    _softmax,
    sign=-1,
    title="gives the smallest logit the greatest probability",
    hint="A larger logit must get a larger probability. Which sign has your exponent?",
    source="exp(-x), carried over from energies and distances",
)
squares = mistake(
    _softmax,
    exp=lambda Z: np.exp(Z) ** 2,
    title="is too sure: it doubles the logits",
    hint="Try the row [0, 1]: the ratio of the results should be e, not e².",
    source="exponentials that are squared, or exp taken of 2x",
)
adds_to_sum = mistake(
    _softmax,
    eps=1.0,
    title="has rows that add up to less than 1",
    hint="Add up a row of your result. What stands in the denominator beside the exponentials?",
    source="1 + sum, from the sigmoid's formula",
)
averages = mistake(
    _softmax,
    total=lambda E: E.mean(axis=1, keepdims=True),
    title="divides by the mean of the exponentials: rows add up to the number of classes",
    hint="Add up a row of your result. What should come out?",
    source="mean for sum",
)
not_normalized = mistake(
    _softmax,
    total=lambda E: np.ones_like(E[:, :1]),
    title="leaves out the division by the sum",
    hint="Add up a row of your result. What should come out?",
    source="the return statement after np.exp",
)


@misconception(
    title="divides the logits by their sum, without exponentials",
    hint="Can your result be negative? What makes every number positive?",
    source="normalizing taken for softmax",
)
def no_exponentials(X: Array) -> Array:
    return X / _rows(X)


@misconception(
    title="returns the logarithms of the probabilities",
    hint="A probability is not negative. What undoes a logarithm?",
    source="log-softmax handed in",
)
def logarithms(X: Array) -> Array:
    return np.log(_softmax(X))


@misconception(
    title="returns the predicted class instead of the probabilities",
    hint="Return one probability per class; choosing the most likely class is a later step.",
    source="argmax for softmax",
)
def classes(X: Array) -> Array:
    return X.argmax(axis=1)


@misconception(
    title="gives each class the same probability",
    hint="A larger logit must get a larger probability. Where do the logits enter your formula?",
    source="an answer that makes rows add up to 1",
    trivial=True,
)
def uniform(X: Array) -> Array:
    return np.full_like(X, 1 / X.shape[1])


@misconception(
    title="gives the greatest logit the probability 1, and the others 0",
    hint="A logit that is a little smaller gets a little less. Where are the exponentials?",
    source="one-hot rows by argmax: the prediction in the place of the probabilities",
)
def picks_greatest(X: Array) -> Array:
    return (X == X.max(axis=1, keepdims=True)).astype(X.dtype)


@misconception(
    title="cuts large logits off",
    hint="Try the row [100, 90]. What is left of the difference between the two logits?",
    source="np.clip(x, -50, 50) against overflow, as in snippets of the sigmoid",
)
def clamps_logits_at_50(X: Array) -> Array:
    return _softmax(np.clip(X, -50, 50))


@misconception(
    title="returns a torch tensor where an array is asked for",
    hint="This is the edition in NumPy: what comes in, and what goes out?",
    source="the answer in PyTorch carried over",
)
def tensor(X: Array) -> object:
    import torch

    return torch.from_numpy(_softmax(X))


@misconception(
    title="overwrites its input",
    hint="Print X before and after the call. What does `-=` do to an array?",
    source="x -= x.max(...) or np.exp(x, out=x), as an issue recommends for speed",
)
def in_place(X: Array) -> Array:
    X -= X.max(axis=1, keepdims=True)
    return _softmax(X)


@misconception(
    title="returns float64 where the input is float32",
    hint="Compare the dtype of the result with the dtype of X. What does np.zeros make by default?",
    source="a result allocated by np.zeros((n, q))",
)
def float64(X: Array) -> Array:
    result = np.zeros(X.shape)
    result[:] = _softmax(X.astype(np.float64))
    return result


@misconception(
    title="returns float32 where the input is float64",
    hint="Compare the dtype of the result with the dtype of X.",
    source="astype(np.float32) at the end, or dtype=np.float32 in the result",
)
def float32(X: Array) -> Array:
    return _softmax(X).astype(np.float32)


@misconception(
    title="drops dimensions of size 1 from its result",
    hint="What shape should the result have for a single example: (1, q), or (q,)?",
    source="np.squeeze to get rid of a dimension that keepdims left",
)
def squeezes(X: Array) -> Array:
    return np.squeeze(_softmax(X))


PAIRS = [
    ("over_the_batch", "base_two"),
    ("unshifted", "lines_up_with_columns"),
    ("over_the_batch", "smallest_wins"),
]
