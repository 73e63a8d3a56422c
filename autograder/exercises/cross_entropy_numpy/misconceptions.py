"""Known wrong implementations of cross_entropy in NumPy: one body with switches, and pairs of them."""

import numpy as np

from autograder.checking import misconception, mistake

Array = np.ndarray


def _same(A: Array) -> Array:
    return A


def _picked(y_hat: Array, y: Array) -> Array:
    return y_hat[np.arange(len(y)), y]


def _loss(
    y_hat: Array, y: Array, *, before=_same, pick=_picked, log=np.log, sign=-1, finish=_same
) -> Array:
    """The loss: functions of the probabilities, of which entry is looked up, of the losses."""
    return finish(sign * log(pick(before(y_hat), y)))


averages = mistake(
    _loss,
    finish=np.mean,
    title="averages the losses over the batch",
    hint="The contract asks for one loss per example. Which shape has your result?",
    source="the mean that most courses return",
)
adds_up = mistake(
    _loss,
    finish=np.sum,
    title="adds up the losses of the batch",
    hint="The contract asks for one loss per example. Which shape has your result?",
    source="np.sum over everything",
)
column = mistake(
    _loss,
    finish=lambda loss: loss[:, None],
    title="returns a column instead of a vector",
    hint="Which shape does the contract ask for: (n,), or (n, 1)?",
    source="keepdims=True",
)
divides_by_examples = mistake(
    _loss,
    finish=lambda loss: (loss / len(loss)).astype(loss.dtype),
    title="divides each loss by the number of examples",
    hint="Averaging is left to the caller. What is the loss of one example?",
    source="-log(p) / m, half of a mean",
)
every_pair = mistake(
    _loss,
    pick=lambda y_hat, y: y_hat[:, y],
    title="pairs every example with every label",
    hint="Print the shape of y_hat[:, y]. How do you pair row i with label i?",
    source="y_hat[:, y] for y_hat[range(n), y]: a frequent question about NumPy's indexing",
)
rows_by_label = mistake(
    _loss,
    pick=lambda y_hat, y: y_hat[y],
    title="uses the labels as row numbers",
    hint="In y_hat[y], which axis does y select from?",
    source="y_hat[y]",
)
from_one = mistake(
    _loss,
    pick=lambda y_hat, y: _picked(y_hat, y - 1),
    title="counts the labels from 1",
    hint="Which column belongs to label 0?",
    source="labels taken over from MATLAB",
)
largest = mistake(
    _loss,
    pick=lambda y_hat, y: y_hat.max(axis=1),
    title="ignores the labels and uses the largest probability",
    hint="A confident wrong prediction should cost much. What does yours cost?",
    source="max for the label's entry",
)
all_classes = mistake(
    _loss,
    pick=lambda y_hat, y: y_hat,
    finish=lambda loss: loss.sum(axis=1),
    title="adds up the losses of all classes",
    hint="Only the label's probability enters the loss. Where does y enter yours?",
    source="-np.sum(np.log(p), axis=1), without the one-hot factor",
)
one_hot_matrix = mistake(
    _loss,
    pick=lambda y_hat, y: np.where(np.arange(y_hat.shape[1]) == y[:, None], y_hat, 1),
    title="returns a matrix that is zero except at the labels",
    hint="One number an example is asked for: what is left to do with each row?",
    source="-Y * np.log(p), without the sum over the classes",
)
no_minus = mistake(
    _loss,
    sign=1,
    title="forgets the minus sign",
    hint="A loss is positive. Which sign has the logarithm of a probability?",
    source="np.log(p) alone",
)
base_two = mistake(
    _loss,
    log=np.log2,
    title="takes logarithms to base 2",
    hint="Try a probability of 0.5: the loss should be 0.6931.",
    source="np.log2, as in information theory",
)
base_ten = mistake(
    _loss,
    log=np.log10,
    title="takes logarithms to base 10",
    hint="Try a probability of 0.1: the loss should be 2.3026.",
    source="np.log10",
)
log_of_one_more = mistake(
    _loss,
    log=np.log1p,
    title="takes the logarithm of 1 plus the probability",
    hint="What should the loss of a certain prediction, p = 1, be?",
    source="np.log1p, recommended against log(0)",
)
no_log = mistake(
    _loss,
    log=lambda p: p,
    title="returns minus the probability of the label",
    hint="What should the loss be where the label's probability is 1?",
    source="nll taken for the loss of probabilities",
)
adds_epsilon = mistake(
    _loss,
    before=lambda p: p + p.dtype.type(1e-8),
    title="adds 1e-8 to the probability",
    hint="What is the loss of a label whose probability is 1e-30?",
    source="np.log(p + 1e-8): in most tutorials",
)
clips = mistake(
    _loss,
    before=lambda p: np.clip(p, 1e-12, 1 - 1e-12).astype(p.dtype),
    title="treats every probability below 1e-12 as 1e-12",
    hint="What is the loss of a label whose probability is 1e-30?",
    source="np.clip(p, eps, 1 - eps): in most tutorials, with several eps",
)
clips_higher = mistake(
    _loss,
    before=lambda p: np.clip(p, 1e-7, 1 - 1e-7).astype(p.dtype),
    title="treats every probability below 1e-7 as 1e-7",
    hint="What is the loss of a label whose probability is 1e-30?",
    source="np.clip(p, 1e-7, 1 - 1e-7): the epsilon of a well-known library",
)
softmax_again = mistake(
    _loss,
    before=lambda p: np.exp(p) / np.exp(p).sum(axis=1, keepdims=True),
    title="applies softmax to the probabilities first",
    hint="y_hat holds probabilities already. What does softmax make of them?",
    source="a loss for logits, given probabilities",
)


@misconception(
    title="gives NaN where another class has probability 0",
    hint="What is 0 * log(0) in NumPy? Which entries do you need the logarithm of?",
    source="np.sum(one_hot * np.log(p), axis=1)",
)
def zero_times_infinity(y_hat: Array, y: Array) -> Array:
    one_hot = np.eye(y_hat.shape[1], dtype=y_hat.dtype)[y]
    return -(one_hot * np.log(y_hat)).sum(axis=1)


@misconception(
    title="takes the number of classes from the labels",
    hint="What if no example has the last class as its label?",
    source="np.eye(y.max() + 1)[y]",
)
def classes_from_labels(y_hat: Array, y: Array) -> Array:
    one_hot = np.eye(y.max() + 1, dtype=bool)[y]
    return -np.log(np.where(one_hot, y_hat, 0).sum(axis=1))


@misconception(
    title="is the loss of two classes, summed over the classes",
    hint="The probability of not being another class is no term of this loss.",
    source="binary cross-entropy, -y log p - (1 - y) log(1 - p), for several classes",
)
def binary(y_hat: Array, y: Array) -> Array:
    at_label = np.arange(y_hat.shape[1]) == y[:, None]
    return -np.log(np.where(at_label, y_hat, 1 - y_hat)).sum(axis=1)


@misconception(
    title="replaces the probabilities that it was given by their logarithms",
    hint="Print y_hat before and after the call. What does out= do?",
    source="np.log(y_hat, out=y_hat)",
)
def in_place(y_hat: Array, y: Array) -> Array:
    np.log(y_hat, out=y_hat)
    return -_picked(y_hat, y)


@misconception(
    title="returns float64 whatever the dtype of the probabilities",
    hint="Compare the dtype of the result with that of y_hat. What does np.zeros make by default?",
    source="a result allocated by np.zeros(n)",
)
def float64(y_hat: Array, y: Array) -> Array:
    return _loss(y_hat.astype(np.float64), y)


PAIRS = [("averages", "no_minus"), ("averages", "adds_epsilon"), ("averages", "every_pair")]
