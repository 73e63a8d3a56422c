"""Known wrong implementations of cross_entropy_with_logits, as settings of one body; pairs at the end."""

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from autograder.checking import misconception, mistake

Pick = Callable[[Tensor, Tensor], Tensor]
"""Of the logits (or the probabilities) and the labels."""


def _same(o: Tensor) -> Tensor:
    return o


def _picked(o: Tensor, y: Tensor) -> Tensor:
    """The entry of each example's label."""
    return o[torch.arange(len(y)), y]


def _all(o: Tensor, y: Tensor) -> Tensor:
    return o


def _one_hot(o: Tensor, y: Tensor) -> Tensor:
    return torch.nn.functional.one_hot(y, o.shape[1]).to(o.dtype)


def _softmax(o: Tensor) -> Tensor:
    """A stable softmax; the shift is a constant, so gradients stay textbook."""
    E = torch.exp(o - o.detach().amax(1, keepdim=True))
    return E / E.sum(1, keepdim=True)


def _textbook(
    o: Tensor, total: Callable[[Tensor], Tensor] = lambda E: E.sum(1, keepdim=True)
) -> Tensor:
    E = torch.exp(o)
    return E / total(E)


def _loss(
    logits: Tensor,
    y: Tensor,
    *,
    given: Callable[[Tensor], Tensor] = _same,
    pick: Pick = _picked,
    normalizer: Pick = lambda o, y: o.logsumexp(1),
    join: Callable[[Tensor, Tensor], Tensor] = lambda normalizer, picked: normalizer - picked,
    softmax: Callable[[Tensor], Tensor] | None = None,
    log: Callable[[Tensor], Tensor] | None = None,
    flips: bool = False,
    result: Callable[[Tensor, Tensor, Tensor], Any] = lambda o, y, L: L,
) -> Any:
    """logsumexp(o) - o[y] for o = given(logits); with `softmax` or `log`, minus the log of a probability."""
    o = given(logits)
    if softmax or log:
        L = -(log or torch.log)(pick((softmax or _softmax)(o), y))
    else:
        L = join(normalizer(o, y), pick(o, y))
    return result(o, y, -L if flips else L)


# Normalizers


def _column(o: Tensor, y: Tensor) -> Tensor:
    return o.logsumexp(1, keepdim=True)


def _log_sum_exp(o: Tensor, y: Tensor) -> Tensor:
    return torch.log(torch.exp(o).sum(1))


def _shifted(o: Tensor, y: Tensor) -> Tensor:
    """Without the maximum, which is to be added again."""
    return _log_sum_exp(o - o.max(1, keepdim=True).values, y)


def _divided_in_place(o: Tensor, y: Tensor) -> Tensor:
    m = o.detach().amax(1, keepdim=True)
    E = torch.exp(o - m)
    total = E.sum(1, keepdim=True)
    E /= total
    return (torch.log(total) + m).squeeze(1)


def _shifted_in_place(o: Tensor) -> Tensor:
    o.data -= o.data.amax(1, keepdim=True)
    return o


# Each mistake: what it sets and where it was seen, its title, its hint.
# fmt: off

# ---- trivial answers and results of the wrong kind

returns_input = mistake(_loss, result=lambda o, y, L: o, trivial=True,
    source="a return statement that names the input",
    title="returns the logits unchanged",
    hint="The result has one number per example: the loss of its label.")
returns_zeros = mistake(_loss, result=lambda o, y, L: torch.zeros(len(y), dtype=o.dtype), trivial=True,
    source="a result tensor that is allocated and never filled",
    title="returns zeros",
    hint="The result that you return never receives the values that you computed.")
returns_uniform_loss = mistake(_loss,
    result=lambda o, y, L: torch.full((len(y),), math.log(o.shape[1]), dtype=o.dtype),
    source="trivial answer: the logarithm of the number of classes",
    title="gives every example the loss of a uniform guess",
    hint="A confident correct answer costs less than a guess. Where do the logits enter?")
returns_none = mistake(_loss, result=lambda o, y, L: None, source="forgotten return",
    title="returns nothing",
    hint="Computing a value is not enough: the function has to hand it back.")
returns_list = mistake(_loss, result=lambda o, y, L: L.tolist(), source="losses appended to a list in a loop",
    title="returns a Python list instead of a tensor",
    hint="The values are correct; look at the type of what you return.")
returns_numpy = mistake(_loss, result=lambda o, y, L: L.detach().numpy(),
    source="a NumPy implementation carried over",
    title="returns a NumPy array instead of a tensor",
    hint="The values are correct; look at the type of what you return.")

# ---- reduction

averages_over_batch = mistake(_loss, result=lambda o, y, L: L.mean(),
    source="the default reduction of the built-in losses",
    title="averages the losses over the batch",
    hint="Return one loss per example; the average is taken later, by the training loop.")
sums_over_batch = mistake(_loss, result=lambda o, y, L: L.sum(), source="sum() without a dimension",
    title="adds up the losses of the batch",
    hint="Return one loss per example; the reduction is taken later, by the training loop.")
divides_by_batch_size = mistake(_loss, result=lambda o, y, L: L / len(y),
    source="the factor 1/n of the mean left in the formula",
    title="divides each loss by the number of examples",
    hint="Try the same example alone and in a batch of two. Its loss must not change.")
divides_by_class_count = mistake(_loss, result=lambda o, y, L: L / o.shape[1],
    source="mean(1) in the place of sum(1) after a one-hot product",
    title="divides each loss by the number of classes",
    hint="Only one term of the sum over the classes is not zero. Is it divided by anything?")
repeats_batch_mean = mistake(_loss, result=lambda o, y, L: L.mean().expand(len(y)),
    source="a mean broadcast back to the batch",
    title="gives every example the average loss of the batch",
    hint="Try a sure and an unsure example together: their losses must differ.")
accumulates_losses = mistake(_loss, result=lambda o, y, L: L.cumsum(0),
    source="an accumulator appended at each step of a loop",
    title="adds the losses of the earlier examples to each loss",
    hint="The first loss is correct and later ones grow. Where is your running value reset?")

# ---- which entries are used

skips_picking = mistake(_loss, normalizer=_column, pick=_all,
    source="mix-up with log-softmax, labels never used",
    title="returns a loss for every class",
    hint="Only the label counts. How do the labels enter your formula?")
skips_class_sum = mistake(_loss, normalizer=_column, pick=_all, result=lambda o, y, L: _one_hot(o, y) * L,
    source="one-hot product without the sum",
    title="returns a matrix that is zero except at the labels",
    hint="The result has one number per example. Which step removes the classes?")
sums_all_classes = mistake(_loss, normalizer=_column, pick=_all, result=lambda o, y, L: L.sum(1),
    source="the sum over the classes without the one-hot factor",
    title="adds up the losses of all classes",
    hint="Only the label counts. How do the labels enter your formula?")
broadcasts_normalizer = mistake(_loss, normalizer=_column, source="keepdim=True on logsumexp alone",
    title="pairs the normalizer of every row with the label logit of every column",
    hint="The result is n by n. Print the shapes of both terms: what does broadcasting do to a column "
    "minus a vector?")
broadcasts_label_logit = mistake(_loss, pick=lambda o, y: o.gather(1, y.unsqueeze(1)),
    source="gather without a squeeze",
    title="pairs the label logit of every row with the normalizer of every column",
    hint="The result is n by n. Print the shapes of both terms: what does broadcasting do to a vector "
    "minus a column?")
pairs_all_labels = mistake(_loss, normalizer=_column, pick=lambda o, y: o[:, y],
    source="a slice in the place of a range of row numbers",
    title="pairs every example with every label",
    hint="The result is n by n. Row i should be paired with label i only: which index tells it so?")
picks_rows_by_label = mistake(_loss, normalizer=_column, pick=lambda o, y: o[y],
    source="logits[y]; a common slip",
    title="uses the labels as row numbers",
    hint="The first index of the logits is the example, the second one is the class.")
swaps_indices = mistake(_loss, pick=lambda o, y: o[y, torch.arange(len(y))],
    source="the two index tensors in the wrong order",
    title="swaps the index of the example and the index of the class",
    hint="The first index of the logits is the example, the second one is the class.")
gathers_along_examples = mistake(_loss, pick=lambda o, y: o.gather(0, y.unsqueeze(1)).squeeze(1),
    source="gather with dim=0",
    title="looks up the labels along the examples, in the first column",
    hint="Which dimension of the logits holds the classes? Try two rows that differ.")
looks_in_first_row = mistake(_loss, pick=lambda o, y: o[0][y],
    source="flattened logits indexed by the label alone",
    title="looks up every label in the first row",
    hint="Try two rows that differ. Each label belongs to a row of its own.")
counts_labels_from_one = mistake(_loss, pick=lambda o, y: _picked(o, y - 1),
    source="y - 1; the classes of the formula count from 1",
    title="counts the labels from 1",
    hint="Which column belongs to label 0? Remember what a negative index means in Python.")
uses_largest_logit = mistake(_loss, pick=lambda o, y: o.max(1).values,
    source="mix-up of the label and the prediction",
    title="ignores the labels and uses the largest logit",
    hint="A confident wrong answer must cost much. What does yours cost?")
uses_first_class = mistake(_loss, pick=lambda o, y: o[:, 0], source="a column number typed by hand",
    title="uses the first class for every example",
    hint="Change a label: the loss must change.")
subtracts_label = mistake(_loss, pick=lambda o, y: y, source="the label used without indexing",
    title="subtracts the class number instead of the logit of that class",
    hint="A label is a name, not an amount: which logit does it point to?")
scales_by_label = mistake(_loss, result=lambda o, y, L: y * L,
    source="the label multiplied with the logarithm after it was picked",
    title="scales each loss by its class number",
    hint="Try label 0. A label is a name, not an amount.")
stops_after_first = mistake(_loss, result=lambda o, y, L: torch.where(torch.arange(len(y)) < 1, L, 0.0),
    source="a return indented into the loop",
    title="stops after the first example",
    hint="Only the first example has a loss. When does your loop end?")
returns_first_loss = mistake(_loss, normalizer=lambda o, y: o[0].logsumexp(0), pick=lambda o, y: o[0, y[0]],
    source="a formula written for one example",
    title="returns only the loss of the first example",
    hint="The result needs one loss per example.")
returns_last_loss = mistake(_loss, normalizer=lambda o, y: o[-1].logsumexp(0), pick=lambda o, y: o[-1, y[-1]],
    source="a variable overwritten at each step of the loop",
    title="returns only the loss of the last example",
    hint="The result needs one loss per example. What happens to the losses computed earlier?")
omits_last_example = mistake(_loss,
    result=lambda o, y, L: torch.where(torch.arange(len(y)) < len(y) - 1, L, 0.0),
    source="an off-by-one in range",
    title="leaves out the last example",
    hint="The last loss is always 0. Check the bounds of your loop.")

@misconception(source="shape[1] in the place of shape[0]",
    title="treats as many examples as there are classes",
    hint="Try more examples than classes, then fewer. Which size bounds your loop?")
def loops_over_class_count(logits: Tensor, y: Tensor) -> Tensor:
    loss = torch.zeros(len(y), dtype=logits.dtype)
    for i in range(logits.shape[1]):
        loss[i] = logits[i].logsumexp(0) - logits[i, y[i]]
    return loss

assumes_two_examples = mistake(_loss, pick=lambda o, y: o[[0, 1], y],
    source="row numbers copied from a worked example",
    title="assumes that there are 2 examples",
    hint="Try a batch of three. Which indices did you type by hand?")
assumes_ten_classes = mistake(_loss,
    normalizer=_column, pick=_all, result=lambda o, y, L: (torch.nn.functional.one_hot(y, 10) * L).sum(1),
    source="a size taken from Fashion-MNIST",
    title="assumes that there are 10 classes",
    hint="Take the number of classes from the shape of the logits, not from the data set.")
infers_class_count = mistake(_loss,
    normalizer=_column, pick=_all, result=lambda o, y, L: (torch.nn.functional.one_hot(y) * L).sum(1),
    source="one_hot without the number of classes",
    title="takes the number of classes from the labels",
    hint="Try a batch in which the last class does not occur. How many columns does it need?")

# ---- another formula

flips_sign = mistake(_loss, flips=True, source="a missing minus sign",
    title="flips the sign of the loss",
    hint="A loss is never negative. Which of the two terms is the larger one?")
flips_logits = mistake(_loss, given=lambda o: -o, source="a minus sign in the exponent, as in the sigmoid",
    title="flips the sign of the logits",
    hint="Raise the logit of the label: the loss must fall. What does yours do?")
adds_label_logit = mistake(_loss, join=torch.add,
    source="a sign lost when the logarithm of the quotient is expanded",
    title="adds the label's logit instead of subtracting it",
    hint="Raise the logit of the label: the loss must fall. What does yours do?")
omits_normalizer = mistake(_loss, join=lambda normalizer, picked: -picked,
    source="mix-up with a loss that expects log-probabilities",
    title="returns minus the label's logit",
    hint="Add 1 to all logits of a row: the loss must stay the same. Which term takes care of it?")
returns_label_logit = mistake(_loss, join=lambda normalizer, picked: picked, source="half of the formula",
    title="returns the label's logit",
    hint="Add 1 to all logits of a row: the loss must stay the same. Which term takes care of it?")
omits_label_logit = mistake(_loss, join=lambda normalizer, picked: normalizer, source="half of the formula",
    title="leaves out the label's logit",
    hint="Change a label: the loss must change.")
treats_logits_as_probabilities = mistake(_loss, join=lambda normalizer, picked: -torch.log(picked),
    source="the loss for probabilities applied to logits",
    title="takes the logarithm of the logit",
    hint="A logit may be negative: is it a probability already?")
applies_softmax_twice = mistake(_loss, given=_softmax,
    source="probabilities passed to a loss that expects logits",
    title="applies softmax twice",
    hint="Does the loss of a very sure, correct answer come close to 0? Count the exponentials.")
skips_logarithm = mistake(_loss, log=_same, source="mix-up of probabilities and log-probabilities",
    title="returns minus the probability of the label",
    hint="Which function turns the probability of the label into a loss?")
returns_probability = mistake(_loss, log=_same, flips=True, source="half of the formula",
    title="returns the probability of the label",
    hint="A good answer must cost little. Two steps are missing at the end.")
returns_expected_error = mistake(_loss, log=lambda p: 1 - p, flips=True,
    source="mix-up with the expected error",
    title="returns 1 minus the probability of the label",
    hint="Which function turns the probability of the label into a loss?")
uses_hard_maximum = mistake(_loss, normalizer=lambda o, y: o.max(1).values,
    source="mix-up of the maximum and its smooth version",
    title="uses the largest logit instead of the logarithm of the sum of exponentials",
    hint="With two equal logits the loss is ln 2, not 0. What do the smaller logits add?")
sums_logits = mistake(_loss, normalizer=lambda o, y: o.sum(1),
    source="logarithm and exponential cancelled term by term",
    title="adds up the logits without exponentiating",
    hint="Write the logarithm of softmax as a difference. Which function does the sum act on?")
omits_outer_logarithm = mistake(_loss, normalizer=lambda o, y: torch.exp(o).sum(1),
    source="half of log-sum-exp",
    title="forgets the logarithm of the sum of exponentials",
    hint="Write the logarithm of softmax as a difference. Which function acts on the sum?")
averages_exponentials = mistake(_loss, result=lambda o, y, L: L - math.log(o.shape[1]),
    source="mean typed for sum",
    title="takes the mean of the exponentials instead of their sum",
    hint="With equal logits the loss is the logarithm of the number of classes. What is yours?")
omits_label_from_sum = mistake(_loss,
    normalizer=lambda o, y: o.masked_fill(_one_hot(o, y).bool(), -math.inf).logsumexp(1),
    source="mix-up of the sum over all classes and over the other classes",
    title="leaves the label's class out of the sum of exponentials",
    hint="With two equal logits the loss is ln 2. How many terms does your sum have?")
omits_last_class = mistake(_loss, normalizer=lambda o, y: o[:, :-1].logsumexp(1),
    source="an off-by-one in range or in a slice",
    title="leaves the last class out of the sum of exponentials",
    hint="Check the bounds of your sum: with q classes it has q terms.")
adds_one_to_sum = mistake(_loss,
    normalizer=lambda o, y: torch.cat((o, torch.zeros_like(o[:, :1])), 1).logsumexp(1),
    source="mix-up with the softplus of the binary case",
    title="adds 1 to the sum of exponentials",
    hint="Is there a term in your sum that belongs to no class?")
normalizes_over_batch = mistake(_loss, normalizer=lambda o, y: o.logsumexp(0)[y],
    source="dim=0 instead of dim=1; a common slip",
    title="normalizes over the batch instead of the classes",
    hint="Which dimension holds the classes of one example?")
normalizes_over_everything = mistake(_loss, normalizer=lambda o, y: o.reshape(-1).logsumexp(0),
    source="sum() without a dimension",
    title="normalizes over the whole tensor instead of each row",
    hint="Try an example alone and in a batch: its loss must not change.")
loses_row_dimension = mistake(_loss, result=lambda o, y, L: _picked(o.logsumexp(1) - o, y),
    source="logsumexp or sum without keepdim, before the labels are picked",
    title="lines up the normalizers of the rows with the columns",
    hint="Print the shape of your row sums. How does broadcasting line it up with a matrix of n rows "
    "and q columns?")
uses_log2 = mistake(_loss, result=lambda o, y, L: L / math.log(2), source="bits in the place of nats",
    title="takes logarithms to base 2",
    hint="With two equal logits the loss is ln 2, about 0.69. Which logarithm do you use?")
uses_log10 = mistake(_loss, result=lambda o, y, L: L / math.log(10), source="wrong base",
    title="takes logarithms to base 10",
    hint="With two equal logits the loss is ln 2, about 0.69. Which logarithm do you use?")
uses_log2_of_sum = mistake(_loss, normalizer=lambda o, y: o.logsumexp(1) / math.log(2),
    source="log2 of the sum of exponentials",
    title="takes the logarithm of the normalizer to base 2",
    hint="With two equal logits of 0 the loss is ln 2, about 0.69. Which logarithm do you use?")
weights_by_probability = mistake(_loss, result=lambda o, y, L: _picked(_softmax(o), y) * L,
    source="mix-up with a term of the entropy",
    title="weights the logarithm with the probability itself",
    hint="The weight of the logarithm is the true probability of the label. How large is that?")
returns_entropy = mistake(_loss,
    normalizer=_column, pick=_all, result=lambda o, y, L: (_softmax(o) * L).sum(1),
    source="mix-up of entropy and cross-entropy",
    title="returns the entropy of the prediction",
    hint="Change a label: the loss must change.")
adds_binary_terms = mistake(_loss,
    result=lambda o, y, L: (torch.logaddexp(o, torch.zeros_like(o)) - _one_hot(o, y) * o).sum(1),
    source="mix-up with the binary cross-entropy",
    title="treats the classes as independent yes-or-no questions",
    hint="With one class the loss is 0, because its probability is 1. What is yours?")
uses_sigmoid = mistake(_loss,
    join=lambda normalizer, picked: torch.logaddexp(-picked, torch.zeros_like(picked)),
    source="sigmoid in the place of softmax",
    title="uses the sigmoid of the label's logit as its probability",
    hint="Change the logit of another class: the loss must change.")
returns_hinge_loss = mistake(_loss,
    result=lambda o, y, L: ((1 + o - _picked(o, y).unsqueeze(1)).clamp(min=0) * (1 - _one_hot(o, y))).sum(1),
    source="mix-up with the loss of support vector machines",
    title="returns the hinge loss",
    hint="The loss of a correct answer becomes small but never exactly 0. Where is the exponential?")
returns_squared_error = mistake(_loss, result=lambda o, y, L: ((_softmax(o) - _one_hot(o, y)) ** 2).sum(1),
    source="mix-up with the loss of linear regression",
    title="returns the squared error of the probabilities",
    hint="Which loss belongs to classification? Try a label whose probability is nearly 0.")
counts_mistakes = mistake(_loss, result=lambda o, y, L: (o.argmax(1) != y).to(o.dtype),
    source="mix-up with the error rate",
    title="counts mistakes",
    hint="The loss tells how sure the model was, and needs a gradient. Which steps lose both?")
smooths_labels = mistake(_loss,
    normalizer=_column, pick=_all, result=lambda o, y, L: ((0.9 * _one_hot(o, y) + 0.1 / o.shape[1]) * L).sum(1),
    source="label smoothing of 0.1 taken from a recipe",
    title="smooths the labels",
    hint="The label has weight 1 and the other classes have none.")
scales_by_root_of_classes = mistake(_loss, given=lambda o: o / math.sqrt(o.shape[1]),
    source="mix-up with scaled dot-product attention",
    title="divides the logits by the square root of the number of classes first",
    hint="The exponent is the logit itself. Is there a scale factor that comes from elsewhere?")

# ---- numerical stability

overflows = mistake(_loss, softmax=_textbook, source="the logarithm of the textbook softmax",
    title="turns large logits into NaN",
    hint="What is exp(1000) in floating point? Which constant may be subtracted from all logits of a "
    "row without changing the loss?")
overflows_in_sum = mistake(_loss, normalizer=_log_sum_exp, source="log-sum-exp written as log(sum(exp))",
    title="becomes infinite for large logits",
    hint="What is exp(1000) in floating point? The logarithm comes too late; which constant may be "
    "moved out of the sum first?")
takes_log_of_zero = mistake(_loss, log=torch.log, source="the logarithm of a stable softmax",
    title="takes the logarithm of a probability that was rounded to 0",
    hint="Try the row [1000, 0] with label 1: the loss is 1000. Can softmax still tell? Simplify log "
    "and exp on paper first.")
adds_epsilon = mistake(_loss, log=lambda p: torch.log(p + 1e-8), source="an epsilon against log(0)",
    title="adds 1e-8 to the probability",
    hint="Try the row [1000, 0] with label 1: the loss is 1000. Simplify log and exp on paper.")
adds_small_epsilon = mistake(_loss, log=lambda p: torch.log(p + 1e-12),
    source="a smaller epsilon against log(0)",
    title="adds 1e-12 to the probability",
    hint="Try the row [1000, 0] with label 1: the loss is 1000. Simplify log and exp on paper.")
clamps_probabilities = mistake(_loss, log=lambda p: torch.log(p.clamp(min=1e-7)),
    source="the clamp of a known framework",
    title="treats every probability below 1e-7 as 1e-7",
    hint="Try the row [1000, 0] with label 1: the loss is 1000. Simplify log and exp on paper.")
clamps_logits = mistake(_loss, given=lambda o: o.clamp(-80, 80), source="a clamp against overflow",
    title="cuts large logits off",
    hint="Try the row [100, 90]. What is left of the difference between the two logits?")
forgets_maximum = mistake(_loss, normalizer=_shifted, source="half of the log-sum-exp identity",
    title="forgets to add the maximum back",
    hint="Add 1 to all logits of a row: the loss must stay the same. What was taken out of the sum "
    "must return after the logarithm.")
adds_maximum_twice = mistake(_loss, pick=lambda o, y: _picked(o, y) - o.max(1).values,
    source="the maximum both added back and subtracted from the label's logit",
    title="adds the maximum to a loss that is already shifted",
    hint="Add 1 to all logits of a row: the loss must stay the same. Does the shift cancel in both "
    "terms of yours?")
subtracts_maximum_twice = mistake(_loss, normalizer=lambda o, y: _shifted(o, y) - o.max(1).values,
    source="a sign in the log-sum-exp identity",
    title="subtracts the maximum after the logarithm instead of adding it",
    hint="Add 1 to all logits of a row: the loss must stay the same. Check the sign with which the "
    "maximum returns.")
subtracts_global_max = mistake(_loss, given=lambda o: o - o.max(), normalizer=_log_sum_exp,
    source="max() without a dimension",
    title="fails on rows that lie far below the largest logit of the batch",
    hint="Try the rows [0, 0] and [1000, 1000] together. Whose maximum does the first row need?")
subtracts_column_max = mistake(_loss, given=lambda o: o - o.max(0, keepdim=True).values,
    source="the maximum over dim=0 instead of dim=1",
    title="shifts each column by its own maximum",
    hint="A shift cancels only when it is the same for all classes of one example.")
subtracts_mean = mistake(_loss, given=lambda o: o - o.mean(1, keepdim=True), normalizer=_log_sum_exp,
    source="the mean subtracted instead of the maximum",
    title="fails on rows whose logits lie far above their mean",
    hint="Try the row [1000, -1000]. How large is the largest exponent after your shift?")
loses_max_dimension = mistake(_loss, given=lambda o: o - o.max(1).values, source="max without keepdim",
    title="lines up the row maxima with the columns",
    hint="Print the shape of your row maxima. How does broadcasting line it up with a matrix of n "
    "rows and q columns?")
hides_infinity = mistake(_loss,
    log=torch.log, result=lambda o, y, L: torch.nan_to_num(L, nan=0.0, posinf=0.0),
    source="nan_to_num against the logarithm of 0",
    title="replaces infinite losses by 0",
    hint="Try the row [1000, 0] with label 1: the loss is 1000. Simplify log and exp on paper.")
limits_loss = mistake(_loss, result=lambda o, y, L: L.clamp(max=100),
    source="a clamp on the loss against infinity",
    title="limits the loss to 100",
    hint="Try the row [1000, 0] with label 1: the loss is 1000.")

# ---- shape, dtype and memory layout

returns_column = mistake(_loss, result=lambda o, y, L: L.unsqueeze(1),
    source="keepdim=True and gather without a squeeze",
    title="returns a column instead of a vector",
    hint="The result has one dimension. Which step leaves the class dimension behind with size 1?")
drops_batch_of_one = mistake(_loss, result=lambda o, y, L: L.squeeze(),
    source="squeeze() without a dimension",
    title="drops the batch dimension of a batch of one",
    hint="Try a batch with one example. The result still has one dimension.")
needs_contiguous = mistake(_loss, given=lambda o: o.view(-1).view(o.shape),
    source="view() where reshape() is needed",
    title="raises an error on non-contiguous logits",
    hint="Pass a transposed matrix. Which operation insists on a particular memory layout?")
returns_float32 = mistake(_loss, given=Tensor.float,
    source="float() or a result allocated with the default dtype",
    title="returns float32 whatever the dtype of the logits",
    hint="Pass float64 logits and print the dtype of the result.")
returns_float64 = mistake(_loss, given=Tensor.double,
    source="double() for precision, or a detour through NumPy",
    title="returns float64 whatever the dtype of the logits",
    hint="Pass float32 logits and print the dtype of the result.")

# ---- gradients, side effects and state

cuts_graph = mistake(_loss, given=Tensor.detach, source="detach, .data, no_grad or NumPy",
    title="cuts the result off from the graph",
    hint="The values are correct, but backward() cannot reach the logits. Which step leaves autograd?")
refuses_requires_grad = mistake(_loss, given=lambda o: torch.from_numpy(o.numpy()),
    source="numpy() called on the logits",
    title="raises an error when the logits require gradients",
    hint="Call it with requires_grad=True. Which step leaves autograd?")
detaches_normalizer = mistake(_loss, normalizer=lambda o, y: o.logsumexp(1).detach(),
    source="item(), .data or detach on the sum of exponentials",
    title="treats the normalizer as a constant in the gradient",
    hint="Raising the logit of another class raises the loss. Which term has left the graph?")
detaches_label_logit = mistake(_loss, pick=lambda o, y: _picked(o, y).detach(),
    source="item() or .data on the label's logit",
    title="treats the label's logit as a constant in the gradient",
    hint="Raising the label's logit lowers the loss. Which term has left the graph?")
detaches_maximum_once = mistake(_loss, normalizer=lambda o, y: _shifted(o, y) + o.max(1).values.detach(),
    source="detach on the maximum that is added back, but not on the one inside the sum",
    title="treats the maximum as a constant in one of the two places where it enters",
    hint="The gradient of each row must add up to 0. Which shift do you detach, and which not?")
breaks_backward = mistake(_loss, normalizer=_divided_in_place, source="/= on the result of exp",
    title="raises an error in the backward pass",
    hint="Autograd keeps intermediate results for the backward pass. Which of them do you change in place?")
changes_input = mistake(_loss, given=_shifted_in_place, source="an in-place shift on .data or under no_grad",
    title="changes the logits that it was given",
    hint="Print the logits before and after the call. Which step works in place?")
changes_input_or_raises = mistake(_loss, given=lambda o: o.sub_(o.detach().amax(1, keepdim=True)),
    source="-= on the argument",
    title="changes the logits that it was given, or raises an error when they require gradients",
    hint="Print the logits before and after the call. Does any operator write back into its argument?")
reshapes_labels = mistake(_loss, pick=lambda o, y: o.gather(1, y.unsqueeze_(1)).squeeze(1),
    source="unsqueeze_ on the argument",
    title="changes the shape of the labels that it was given",
    hint="Print the shape of the labels before and after the call. Which step works in place?")

_LOSSES: list[Tensor] = []


@misconception(source="a global list, or a list as a default argument",
    title="still contains the losses of earlier calls",
    hint="Call the function twice. Where does the list of losses live, and when is it emptied?")
def keeps_losses_between_calls(logits: Tensor, y: Tensor) -> Tensor:
    _LOSSES.extend(_loss(logits, y).unbind())
    return torch.stack(_LOSSES)

# Pairs that differ from the settings of both

overflows_and_normalizes_over_batch = mistake(_loss, softmax=lambda o: _textbook(o, lambda E: E.sum(0)),
    combines=("overflows", "normalizes_over_batch"), source="softmax with dim=0")
overflows_and_loses_row_dimension = mistake(_loss, softmax=lambda o: _textbook(o, lambda E: E.sum(1)),
    combines=("overflows", "loses_row_dimension"), source="softmax without keepdim")
overflows_and_uses_log2 = mistake(_loss, softmax=_textbook, log=torch.log2,
    combines=("overflows", "uses_log2"), source="log2 of softmax")
overflows_and_applies_softmax_twice = mistake(_loss, given=_textbook, softmax=_textbook,
    combines=("overflows", "applies_softmax_twice"), source="softmax in model and loss")
overflows_and_changes_input_or_raises = mistake(_loss, softmax=lambda o: o.exp_() / o.sum(1, keepdim=True),
    combines=("overflows", "changes_input_or_raises"), source="exp_ on the argument")
overflows_in_sum_and_broadcasts_normalizer = mistake(_loss,
    normalizer=lambda o, y: torch.log(torch.exp(o).sum(1, keepdim=True)),
    combines=("overflows_in_sum", "broadcasts_normalizer"), source="log(sum(exp)) with keepdim")
overflows_in_sum_and_omits_label_from_sum = mistake(_loss,
    normalizer=lambda o, y: torch.log((torch.exp(o) * (1 - _one_hot(o, y))).sum(1)),
    combines=("overflows_in_sum", "omits_label_from_sum"), source="a loop over the other classes")
returns_float32_and_cuts_graph = mistake(_loss, result=lambda o, y, L: torch.tensor(L.tolist()),
    combines=("returns_float32", "cuts_graph"), source="torch.tensor of Python floats")

PAIRS = [
    ("overflows", "averages_over_batch", "log of softmax, then mean"),
    ("overflows", "sums_over_batch", "log of softmax, then sum"),
    ("overflows", "flips_sign", "log of softmax, no minus"),
    ("overflows", "returns_column", "log of softmax, gather"),
    ("overflows", "pairs_all_labels", "log of softmax, a slice"),
    ("overflows", "adds_epsilon", "log(softmax + 1e-8)"),
    ("overflows", "adds_small_epsilon", "log(softmax + 1e-12)"),
    ("overflows", "clamps_probabilities", "clamp on the softmax"),
    ("overflows", "returns_float32", "float() before softmax"),
    ("overflows", "cuts_graph", "log of softmax on .data or NumPy"),
    ("overflows", "skips_logarithm", "softmax without the logarithm"),
    ("overflows", "skips_picking", "log of softmax, labels not used"),
    ("overflows_in_sum", "averages_over_batch", "log(sum(exp)), then mean"),
    ("overflows_in_sum", "flips_sign", "terms of log(sum(exp)) swapped"),
    ("overflows_in_sum", "broadcasts_label_logit", "log(sum(exp)), gather"),
    ("takes_log_of_zero", "averages_over_batch", "stable softmax, mean"),
    ("takes_log_of_zero", "flips_sign", "stable softmax, no minus"),
    ("takes_log_of_zero", "returns_column", "stable softmax, gather"),
    ("takes_log_of_zero", "pairs_all_labels", "stable softmax, a slice"),
    ("adds_epsilon", "averages_over_batch", "log(p + 1e-8), then mean"),
    ("averages_over_batch", "flips_sign", "mean of log-probabilities"),
    ("omits_normalizer", "averages_over_batch", "mean of the logits"),
    ("applies_softmax_twice", "averages_over_batch", "the built-in's default"),
    ("forgets_maximum", "averages_over_batch", "half of log-sum-exp, then mean"),
]
