"""Known wrong implementations of accuracy: switches of one count."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from autograder.checking import misconception, mistake


def _accuracy(
    y_hat: Tensor,
    y: Tensor,
    *,
    prepare: Callable[[Tensor], Tensor] = lambda y_hat: y_hat,
    predict: Callable[[Tensor], Tensor] = lambda y_hat: y_hat.argmax(1),
    compare: Callable[[Tensor, Tensor], Tensor] = lambda predicted, y: predicted == y,
    report: Callable[[Tensor], Any] = lambda hits: float(hits.sum()),
    used: Callable[[Tensor], Tensor] = lambda rows: rows,
    spoil: Callable[[Tensor, Tensor], Any] = lambda y_hat, y: None,
) -> Any:
    """Count hits: prepare the scores, predict, compare, report; of some rows; and spoil the arguments."""
    scores = prepare(y_hat.detach())
    result = report(compare(predict(used(scores)), used(y)))
    spoil(y_hat, y)
    return result


def _book(y_hat: Tensor) -> Tensor:
    return y_hat.argmax(1) if y_hat.shape[1] > 1 else y_hat.type(torch.int64)


# What is returned


share = mistake(
    _accuracy,
    report=lambda hits: float(hits.sum()) / len(hits),
    title="returns the share of the correct rows, not their number",
    hint="What should come out for four rows, three of them correct: 3, or 0.75?",
    source="the usual meaning of accuracy; the book's later edition returns the mean",
)
percent = mistake(
    _accuracy,
    report=lambda hits: 100 * float(hits.sum()) / len(hits),
    title="returns a percentage, not a number of rows",
    hint="What should come out for four rows, three of them correct: 3, or 75?",
    source="100 * correct / total, as in a well-known tutorial",
)
wrong_rows = mistake(
    _accuracy,
    report=lambda hits: float((~hits).sum()),
    title="counts the rows that are wrong",
    hint="Try a row that is surely correct: does it add 1 to your result?",
    source="!= in the place of ==, or the error rate's count",
)
mask = mistake(
    _accuracy,
    report=lambda hits: hits,
    title="returns which rows are correct, not how many",
    hint="The comparison gives one truth value a row. How do they become one number?",
    source="forgotten sum",
)
one_entry = mistake(
    _accuracy,
    report=lambda hits: hits.sum().reshape(1),
    title="returns a tensor of shape (1,) in the place of a number",
    hint="Print the shape of the result. Which step keeps a dimension?",
    source="sum(dim=0, keepdim=True), or the top-k helper of a well-known example",
)
any_row = mistake(
    _accuracy,
    report=lambda hits: float(hits.any()),
    title="returns 1 as soon as one row is correct",
    hint="How many rows does your function look at, and how many does it count?",
    source="any() or a truth value in the place of a sum",
)
all_rows = mistake(
    _accuracy,
    report=lambda hits: float(hits.all()),
    title="returns 1 only when all rows are correct",
    hint="One wrong row should cost one, not all.",
    source="torch.equal of predictions and labels",
)
stops_at_error = mistake(
    _accuracy,
    report=lambda hits: float(hits.long().cumprod(0).sum()),
    title="counts the correct rows before the first wrong one",
    hint="What happens in your loop after a row that is wrong?",
    source="break or return in the other branch of the loop",
)
counts_from_one = mistake(
    _accuracy,
    report=lambda hits: float(hits.sum()) + 1,
    title="gives one more than the number of correct rows",
    hint="With which number does your count begin?",
    source="a counter that begins at 1",
)

counts_nothing = mistake(
    _accuracy,
    report=lambda hits: 0.0,
    title="returns 0 whatever the scores are",
    hint="Which comparison never holds in your code, or which count never reaches the `return`?",
    source="`is` in the place of ==, or a counter that is not changed",
    trivial=True,
)
counts_everything = mistake(
    _accuracy,
    report=lambda hits: float(len(hits)),
    title="counts every row, whether it is correct or not",
    hint="Which condition decides whether a row is counted?",
    source="len() of the comparison, whose entries are False and True",
    trivial=True,
)

# What is predicted


over_the_batch = mistake(
    _accuracy,
    predict=lambda y_hat: y_hat.argmax(0),
    compare=lambda predicted, y: predicted[: len(y)] == y[: len(predicted)],
    title="looks for the largest entry of each column",
    hint="Each row is one example. Along which dimension are its classes?",
    source="argmax(dim=0), compared as far as both reach",
)


@misconception(
    title="looks for the largest entry of each column, and fails where n and q differ",
    hint="Each row is one example. How many predictions should there be, and how many do you get?",
    source="argmax(dim=0): found in issues on several projects",
)
def columns(y_hat: Tensor, y: Tensor) -> float:
    return float((y_hat.detach().argmax(0) == y).sum())


of_everything = mistake(
    _accuracy,
    predict=lambda y_hat: y_hat.argmax(),
    title="takes the place of the largest entry of the whole matrix",
    hint="How many predictions does argmax give when it isn't told a dimension?",
    source="argmax without dim: found and mended in an image-and-text model's accuracy",
)
last_column = mistake(
    _accuracy,
    predict=lambda y_hat: torch.full((len(y_hat),), y_hat.shape[1] - 1),
    title="predicts the last class for every row",
    hint="Which variable holds the prediction when your inner loop ends?",
    source="the place of the comparison's last round, in a loop over classes",
)
smallest = mistake(
    _accuracy,
    predict=lambda y_hat: y_hat.argmin(1),
    title="predicts the class with the smallest score",
    hint="The scores are not distances: which class is the most likely one?",
    source="argmin, from nearest-neighbour code",
)
largest_magnitude = mistake(
    _accuracy,
    predict=lambda y_hat: y_hat.abs().argmax(1),
    title="predicts the class whose score has the largest magnitude",
    hint="Scores may be negative. Try the row [-3, 1].",
    source="absolute values taken before the maximum",
)
positive_only = mistake(
    _accuracy,
    prepare=lambda y_hat: y_hat.clamp(min=0),
    title="does not tell negative scores apart",
    hint="Scores may be negative. Which class wins when all of them are?",
    source="a maximum by hand that begins at 0",
)
in_integers = mistake(
    _accuracy,
    prepare=lambda y_hat: y_hat.long(),
    title="rounds the scores to integers before it compares them",
    hint="At which place does the dtype change: before or after the largest entry is found?",
    source="the book's type(y.dtype), moved above argmax",
)
to_whole_numbers = mistake(
    _accuracy,
    prepare=lambda y_hat: y_hat.round(),
    title="compares scores that were rounded to whole numbers",
    hint="Two scores may differ by less than 1. What does rounding make of 0.6 and 0.9?",
    source="round() before argmax, from binary classification",
)
values_for_places = mistake(
    _accuracy,
    predict=lambda y_hat: y_hat.max(1).values,
    title="compares the largest scores themselves with the labels",
    hint="A label is the number of a column. What do you compare it with?",
    source="max(dim=1)[0] for [1]",
)
above_half = mistake(
    _accuracy,
    compare=lambda scores, y: scores.gather(1, y[:, None]).squeeze(1) > 0.5,
    predict=lambda y_hat: y_hat,
    title="counts the labels with a score above 0.5",
    hint="Scores need not be probabilities, and the largest may be below 0.5.",
    source="the threshold of binary classification",
)
rounded_scores = mistake(
    _accuracy,
    predict=lambda y_hat: y_hat.max(1).values.round().long(),
    title="takes the rounded largest score for a class",
    hint="A label is the number of a column. What do you compare it with?",
    source="round(), from binary classification",
)
top_two = mistake(
    _accuracy,
    predict=lambda y_hat: y_hat.topk(min(2, y_hat.shape[1]), dim=1).indices,
    compare=lambda predicted, y: (predicted == y[:, None]).any(1),
    title="counts a row when its label is among the two largest scores",
    hint="How many classes does the contract let a row predict?",
    source="top-k accuracy, as it is measured for large data sets",
)
second_best = mistake(
    _accuracy,
    predict=lambda y_hat: y_hat.argsort(1)[:, max(-2, -y_hat.shape[1])],
    title="predicts the class with the second largest score",
    hint="Which index stands for the last entry of a sorted row?",
    source="an index off by one in a sorted list",
)
from_one = mistake(
    _accuracy,
    predict=lambda y_hat: y_hat.argmax(1) + 1,
    title="numbers the classes from 1",
    hint="Which label does the first column have?",
    source="labels from 1, in other languages' data sets",
)
through_exp = mistake(
    _accuracy,
    prepare=lambda y_hat: y_hat.exp(),
    title="takes exp of the scores first, and loses their order where it overflows",
    hint="What is exp(1000), and what is exp(2000)? Does the largest entry move when exp is left out?",
    source="a softmax by hand before argmax",
)
rounds_finely = mistake(
    _accuracy,
    prepare=lambda y_hat: y_hat.round(decimals=3),
    title="rounds the scores to a few digits before it compares them",
    hint="One score may be the largest by very little. What does rounding make of 0.12345 and 0.12355?",
    source="scores rounded for printing, and compared afterwards",
)
through_float32 = mistake(
    _accuracy,
    prepare=lambda y_hat: y_hat.float(),
    title="compares float64 scores in float32",
    hint="Two scores that differ in the tenth digit are equal in float32.",
    source="y_hat.float() out of habit",
)

# How both are compared


every_pair = mistake(
    _accuracy,
    predict=lambda y_hat: y_hat.argmax(1, keepdim=True),
    title="compares every prediction with every label",
    hint="Print the shapes of both sides of the comparison. What does broadcasting make of them?",
    source="keepdim=True, or labels of shape (n, 1): (n, 1) == (n,)",
)
book_version = mistake(
    _accuracy,
    predict=_book,
    title="does not look for the largest entry when there is a single class",
    hint="With one class its score is no class number. Does your function have a branch for q = 1?",
    source="the condition y_hat.shape[1] > 1 of the book's own version",
)
squeezes_all = mistake(
    _accuracy,
    predict=lambda y_hat: y_hat.squeeze().argmax(-1),
    title="drops the dimension of a single row or class",
    hint="What does squeeze() do to a tensor of shape (n, 1)?",
    source="squeeze() without dim",
)
sets_of_classes = mistake(
    _accuracy,
    compare=lambda predicted, y: torch.isin(predicted, y),
    title="counts a prediction when its class is anywhere among the labels",
    hint="Row i is predicted correctly if it agrees with label i. Which labels do you compare it with?",
    source="`in` in the place of ==",
)
without_first_row = mistake(
    _accuracy,
    used=lambda rows: rows[1:],
    title="leaves out the first row",
    hint="Which index does your loop begin with?",
    source="range(1, n)",
)
without_last_row = mistake(
    _accuracy,
    used=lambda rows: rows[:-1],
    title="leaves out the last row",
    hint="Which index does your loop end with?",
    source="range(n - 1)",
)
first_row_only = mistake(
    _accuracy,
    used=lambda rows: rows[:1],
    title="looks at the first row only",
    hint="Where does your function return? It should look at all rows.",
    source="return inside of the loop",
)


@misconception(
    title="fails where the scores require grad",
    hint="The scores of a model that is trained require grad. What does the message advise, and is it right here?",
    source="numpy() on a tensor that requires grad, a standing question",
)
def numpy_of_graph(y_hat: Tensor, y: Tensor) -> float:
    return float((y_hat.numpy().argmax(1) == y.numpy()).sum())


@misconception(
    title="fails where the scores are not contiguous in memory",
    hint="view() needs numbers that lie side by side. Which operations do without?",
    source="view(-1) and an index of its own into the flat scores",
)
def views(y_hat: Tensor, y: Tensor) -> float:
    n, q = y_hat.shape
    own = y_hat.view(-1)[torch.arange(n) * q + y]
    return float((own == y_hat.amax(1)).sum())


exp_in_place = mistake(
    _accuracy,
    spoil=lambda y_hat, y: y_hat.data.exp_(),
    title="changes the scores in place",
    hint="Print y_hat before and after the call. Which operation ends in an underscore?",
    source="probabilities made of the scores in place",
)


PAIRS = [
    ("share", "book_version"),
    ("share", "every_pair"),
    ("share", "smallest"),
    ("percent", "from_one"),
]
