"""Known wrong implementations of cross_entropy_with_logits: simplest first, pairs at the end."""

import math

import numpy as np
import torch
from torch import Tensor

from autograder.checking import misconception


def _picked(logits: Tensor, y: Tensor) -> Tensor:
    """The logit of each example's label."""
    return logits[torch.arange(len(y)), y]


def _one_hot(logits: Tensor, y: Tensor) -> Tensor:
    return torch.nn.functional.one_hot(y, logits.shape[1]).to(logits.dtype)


def _loss(logits: Tensor, y: Tensor) -> Tensor:
    return logits.logsumexp(1) - _picked(logits, y)


def _probabilities(logits: Tensor) -> Tensor:
    """A stable softmax; the shift is a constant, so gradients stay textbook."""
    E = torch.exp(logits - logits.detach().amax(1, keepdim=True))
    return E / E.sum(1, keepdim=True)


def _naive_probabilities(logits: Tensor) -> Tensor:
    E = torch.exp(logits)
    return E / E.sum(1, keepdim=True)


def _naive(logits: Tensor, y: Tensor) -> Tensor:
    """The logarithm of the textbook softmax."""
    return -torch.log(_picked(_naive_probabilities(logits), y))


# ---- trivial answers and results of the wrong kind


@misconception(
    title="returns the logits unchanged",
    hint="The result has one number per example: the loss of its label.",
    source="a return statement that names the input",
    trivial=True,
)
def returns_input(logits: Tensor, y: Tensor) -> Tensor:
    return logits


@misconception(
    title="returns zeros",
    hint="The result that you return never receives the values that you computed.",
    source="a result tensor that is allocated and never filled",
    trivial=True,
)
def returns_zeros(logits: Tensor, y: Tensor) -> Tensor:
    return torch.zeros(len(y), dtype=logits.dtype)


@misconception(
    title="gives every example the loss of a uniform guess",
    hint="A confident right answer costs less than a guess. Where do the logits enter?",
    source="trivial answer: the logarithm of the number of classes",
)
def returns_uniform_loss(logits: Tensor, y: Tensor) -> Tensor:
    return torch.full((len(y),), math.log(logits.shape[1]), dtype=logits.dtype)


@misconception(
    title="returns nothing",
    hint="Computing a value is not enough: the function has to hand it back.",
    source="forgotten return",
)
def returns_none(logits: Tensor, y: Tensor) -> None:
    _loss(logits, y)


@misconception(
    title="returns a Python list instead of a tensor",
    hint="The values are right; look at the type of what you return.",
    source="losses appended to a list in a loop",
)
def returns_list(logits: Tensor, y: Tensor) -> list[float]:
    return _loss(logits, y).tolist()


@misconception(
    title="returns a NumPy array instead of a tensor",
    hint="The values are right; look at the type of what you return.",
    source="a NumPy implementation carried over",
)
def returns_numpy(logits: Tensor, y: Tensor) -> np.ndarray:
    return _loss(logits, y).detach().numpy()


# ---- reduction


@misconception(
    title="averages the losses over the batch",
    hint="Return one loss per example; the average is taken later, by the training loop.",
    source="the default reduction of the built-in losses",
)
def averages_over_batch(logits: Tensor, y: Tensor) -> Tensor:
    return _loss(logits, y).mean()


@misconception(
    title="adds up the losses of the batch",
    hint="Return one loss per example; the reduction is taken later, by the training loop.",
    source="sum() without a dimension",
)
def sums_over_batch(logits: Tensor, y: Tensor) -> Tensor:
    return _loss(logits, y).sum()


@misconception(
    title="divides each loss by the number of examples",
    hint="Try the same example alone and in a batch of two. Its loss must not change.",
    source="the factor 1/n of the mean left in the formula",
)
def divides_by_batch_size(logits: Tensor, y: Tensor) -> Tensor:
    return _loss(logits, y) / len(y)


@misconception(
    title="divides each loss by the number of classes",
    hint="Only one term of the sum over the classes is not zero. Is it divided by anything?",
    source="mean(1) in the place of sum(1) after a one-hot product",
)
def divides_by_class_count(logits: Tensor, y: Tensor) -> Tensor:
    return _loss(logits, y) / logits.shape[1]


@misconception(
    title="gives every example the average loss of the batch",
    hint="Try a sure and an unsure example together: their losses must differ.",
    source="a mean broadcast back to the batch",
)
def repeats_batch_mean(logits: Tensor, y: Tensor) -> Tensor:
    return _loss(logits, y).mean().expand(len(y))


@misconception(
    title="adds the losses of the earlier examples to each loss",
    hint="The first loss is right and later ones grow. Where is your running value reset?",
    source="an accumulator appended at each step of a loop",
)
def accumulates_losses(logits: Tensor, y: Tensor) -> Tensor:
    return _loss(logits, y).cumsum(0)


# ---- which entries are used


@misconception(
    title="returns a loss for every class",
    hint="Only the label counts. How do the labels enter your formula?",
    source="mix-up with log-softmax, labels never used",
)
def skips_picking(logits: Tensor, y: Tensor) -> Tensor:
    return logits.logsumexp(1, keepdim=True) - logits


@misconception(
    title="returns a matrix that is zero except at the labels",
    hint="The result has one number per example. Which step removes the classes?",
    source="one-hot product without the sum",
)
def skips_class_sum(logits: Tensor, y: Tensor) -> Tensor:
    return _one_hot(logits, y) * skips_picking(logits, y)


@misconception(
    title="adds up the losses of all classes",
    hint="Only the label counts. How do the labels enter your formula?",
    source="the sum over the classes without the one-hot factor",
)
def sums_all_classes(logits: Tensor, y: Tensor) -> Tensor:
    return skips_picking(logits, y).sum(1)


@misconception(
    title="pairs the normalizer of every row with the label logit of every column",
    hint="The result is n by n. Print the shapes of both terms: what does broadcasting do to a"
    " column minus a vector?",
    source="keepdim=True on logsumexp alone",
)
def broadcasts_normalizer(logits: Tensor, y: Tensor) -> Tensor:
    return logits.logsumexp(1, keepdim=True) - _picked(logits, y)


@misconception(
    title="pairs the label logit of every row with the normalizer of every column",
    hint="The result is n by n. Print the shapes of both terms: what does broadcasting do to a"
    " vector minus a column?",
    source="gather without a squeeze",
)
def broadcasts_label_logit(logits: Tensor, y: Tensor) -> Tensor:
    return logits.logsumexp(1) - logits.gather(1, y.unsqueeze(1))


@misconception(
    title="pairs every example with every label",
    hint="The result is n by n. Row i should be paired with label i only: which index tells it so?",
    source="a slice in the place of a range of row numbers",
)
def pairs_all_labels(logits: Tensor, y: Tensor) -> Tensor:
    return logits.logsumexp(1, keepdim=True) - logits[:, y]


@misconception(
    title="uses the labels as row numbers",
    hint="The first index of the logits is the example, the second one is the class.",
    source="logits[y]; a common slip",
)
def picks_rows_by_label(logits: Tensor, y: Tensor) -> Tensor:
    return logits.logsumexp(1, keepdim=True) - logits[y]


@misconception(
    title="swaps the index of the example and the index of the class",
    hint="The first index of the logits is the example, the second one is the class.",
    source="the two index tensors in the wrong order",
)
def swaps_indices(logits: Tensor, y: Tensor) -> Tensor:
    return logits.logsumexp(1) - logits[y, torch.arange(len(y))]


@misconception(
    title="looks up the labels along the examples, in the first column",
    hint="Which dimension of the logits holds the classes? Try two rows that differ.",
    source="gather with dim=0",
)
def gathers_along_examples(logits: Tensor, y: Tensor) -> Tensor:
    return logits.logsumexp(1) - logits.gather(0, y.unsqueeze(1)).squeeze(1)


@misconception(
    title="looks up every label in the first row",
    hint="Try two rows that differ. Each label belongs to a row of its own.",
    source="flattened logits indexed by the label alone",
)
def looks_in_first_row(logits: Tensor, y: Tensor) -> Tensor:
    return logits.logsumexp(1) - logits[0][y]


@misconception(
    title="counts the labels from 1",
    hint="Which column belongs to label 0? Remember what a negative index means in Python.",
    source="y - 1; the classes of the formula count from 1",
)
def counts_labels_from_one(logits: Tensor, y: Tensor) -> Tensor:
    return _loss(logits, y - 1)


@misconception(
    title="ignores the labels and uses the largest logit",
    hint="A confident wrong answer must cost much. What does yours cost?",
    source="mix-up of the label and the prediction",
)
def uses_largest_logit(logits: Tensor, y: Tensor) -> Tensor:
    return logits.logsumexp(1) - logits.max(1).values


@misconception(
    title="uses the first class for every example",
    hint="Change a label: the loss must change.",
    source="a column number typed by hand",
)
def uses_first_class(logits: Tensor, y: Tensor) -> Tensor:
    return logits.logsumexp(1) - logits[:, 0]


@misconception(
    title="subtracts the class number instead of the logit of that class",
    hint="A label is a name, not an amount: which logit does it point to?",
    source="the label used without indexing",
)
def subtracts_label(logits: Tensor, y: Tensor) -> Tensor:
    return logits.logsumexp(1) - y


@misconception(
    title="scales each loss by its class number",
    hint="Try label 0. A label is a name, not an amount.",
    source="the label multiplied with the logarithm after it was picked",
)
def scales_by_label(logits: Tensor, y: Tensor) -> Tensor:
    return y * _loss(logits, y)


@misconception(
    title="stops after the first example",
    hint="Only the first example has a loss. When does your loop end?",
    source="a return indented into the loop",
)
def stops_after_first(logits: Tensor, y: Tensor) -> Tensor:
    loss = torch.zeros(len(y), dtype=logits.dtype)
    loss[0] = _loss(logits, y)[0]
    return loss


@misconception(
    title="returns only the loss of the first example",
    hint="The result needs one loss per example.",
    source="a formula written for one example",
)
def returns_first_loss(logits: Tensor, y: Tensor) -> Tensor:
    return logits[0].logsumexp(0) - logits[0, y[0]]


@misconception(
    title="returns only the loss of the last example",
    hint="The result needs one loss per example. What happens to the losses computed earlier?",
    source="a variable overwritten at each step of the loop",
)
def returns_last_loss(logits: Tensor, y: Tensor) -> Tensor:
    return logits[-1].logsumexp(0) - logits[-1, y[-1]]


@misconception(
    title="leaves out the last example",
    hint="The last loss is always 0. Check the bounds of your loop.",
    source="an off-by-one in range",
)
def omits_last_example(logits: Tensor, y: Tensor) -> Tensor:
    keep = torch.arange(len(y)) < len(y) - 1
    return torch.where(keep, _loss(logits, y), 0.0)


@misconception(
    title="treats as many examples as there are classes",
    hint="Try more examples than classes, then fewer. Which size bounds your loop?",
    source="shape[1] in the place of shape[0]",
)
def loops_over_class_count(logits: Tensor, y: Tensor) -> Tensor:
    loss = torch.zeros(len(y), dtype=logits.dtype)
    for i in range(logits.shape[1]):
        loss[i] = logits[i].logsumexp(0) - logits[i, y[i]]
    return loss


@misconception(
    title="assumes that there are 2 examples",
    hint="Try a batch of three. Which indices did you type by hand?",
    source="row numbers copied from a worked example",
)
def assumes_two_examples(logits: Tensor, y: Tensor) -> Tensor:
    return logits.logsumexp(1) - logits[[0, 1], y]


@misconception(
    title="assumes that there are 10 classes",
    hint="Take the number of classes from the shape of the logits, not from the data set.",
    source="a size taken from Fashion-MNIST",
)
def assumes_ten_classes(logits: Tensor, y: Tensor) -> Tensor:
    target = torch.nn.functional.one_hot(y, 10).to(logits.dtype)
    return (target * skips_picking(logits, y)).sum(1)


@misconception(
    title="takes the number of classes from the labels",
    hint="Try a batch in which the last class does not occur. How many columns does it need?",
    source="one_hot without the number of classes",
)
def infers_class_count(logits: Tensor, y: Tensor) -> Tensor:
    target = torch.nn.functional.one_hot(y).to(logits.dtype)
    return (target * skips_picking(logits, y)).sum(1)


# ---- another formula


@misconception(
    title="flips the sign of the loss",
    hint="A loss is never negative. Which of the two terms is the larger one?",
    source="a missing minus sign",
)
def flips_sign(logits: Tensor, y: Tensor) -> Tensor:
    return -_loss(logits, y)


@misconception(
    title="flips the sign of the logits",
    hint="Raise the logit of the label: the loss must fall. What does yours do?",
    source="a minus sign in the exponent, as in the sigmoid",
)
def flips_logits(logits: Tensor, y: Tensor) -> Tensor:
    return _loss(-logits, y)


@misconception(
    title="adds the label's logit instead of subtracting it",
    hint="Raise the logit of the label: the loss must fall. What does yours do?",
    source="a sign lost when the logarithm of the quotient is expanded",
)
def adds_label_logit(logits: Tensor, y: Tensor) -> Tensor:
    return logits.logsumexp(1) + _picked(logits, y)


@misconception(
    title="returns minus the label's logit",
    hint="Add 1 to all logits of a row: the loss must stay the same. Which term takes care of it?",
    source="mix-up with a loss that expects log-probabilities",
)
def omits_normalizer(logits: Tensor, y: Tensor) -> Tensor:
    return -_picked(logits, y)


@misconception(
    title="returns the label's logit",
    hint="Add 1 to all logits of a row: the loss must stay the same. Which term takes care of it?",
    source="half of the formula",
)
def returns_label_logit(logits: Tensor, y: Tensor) -> Tensor:
    return _picked(logits, y)


@misconception(
    title="leaves out the label's logit",
    hint="Change a label: the loss must change.",
    source="half of the formula",
)
def omits_label_logit(logits: Tensor, y: Tensor) -> Tensor:
    return logits.logsumexp(1)


@misconception(
    title="takes the logarithm of the logit",
    hint="A logit may be negative: is it a probability already?",
    source="the loss for probabilities applied to logits",
)
def treats_logits_as_probabilities(logits: Tensor, y: Tensor) -> Tensor:
    return -torch.log(_picked(logits, y))


@misconception(
    title="applies softmax twice",
    hint="Does the loss of a very sure, right answer come close to 0? Count the exponentials.",
    source="probabilities passed to a loss that expects logits",
)
def applies_softmax_twice(logits: Tensor, y: Tensor) -> Tensor:
    return _loss(_probabilities(logits), y)


@misconception(
    title="returns minus the probability of the label",
    hint="Which function turns the probability of the label into a loss?",
    source="mix-up of probabilities and log-probabilities",
)
def skips_logarithm(logits: Tensor, y: Tensor) -> Tensor:
    return -_picked(_probabilities(logits), y)


@misconception(
    title="returns the probability of the label",
    hint="A good answer must cost little. Two steps are missing at the end.",
    source="half of the formula",
)
def returns_probability(logits: Tensor, y: Tensor) -> Tensor:
    return _picked(_probabilities(logits), y)


@misconception(
    title="returns 1 minus the probability of the label",
    hint="Which function turns the probability of the label into a loss?",
    source="mix-up with the expected error",
)
def returns_expected_error(logits: Tensor, y: Tensor) -> Tensor:
    return 1 - _picked(_probabilities(logits), y)


@misconception(
    title="uses the largest logit instead of the logarithm of the sum of exponentials",
    hint="With two equal logits the loss is ln 2, not 0. What do the smaller logits add?",
    source="mix-up of the maximum and its smooth version",
)
def uses_hard_maximum(logits: Tensor, y: Tensor) -> Tensor:
    return logits.max(1).values - _picked(logits, y)


@misconception(
    title="adds up the logits without exponentiating",
    hint="Write the logarithm of softmax as a difference. Which function does the sum act on?",
    source="logarithm and exponential cancelled term by term",
)
def sums_logits(logits: Tensor, y: Tensor) -> Tensor:
    return logits.sum(1) - _picked(logits, y)


@misconception(
    title="forgets the logarithm of the sum of exponentials",
    hint="Write the logarithm of softmax as a difference. Which function acts on the sum?",
    source="half of log-sum-exp",
)
def omits_outer_logarithm(logits: Tensor, y: Tensor) -> Tensor:
    return torch.exp(logits).sum(1) - _picked(logits, y)


@misconception(
    title="takes the mean of the exponentials instead of their sum",
    hint="With equal logits the loss is the logarithm of the number of classes. What is yours?",
    source="mean typed for sum",
)
def averages_exponentials(logits: Tensor, y: Tensor) -> Tensor:
    return _loss(logits, y) - math.log(logits.shape[1])


@misconception(
    title="leaves the label's class out of the sum of exponentials",
    hint="With two equal logits the loss is ln 2. How many terms does your sum have?",
    source="mix-up of the sum over all classes and over the other classes",
)
def omits_label_from_sum(logits: Tensor, y: Tensor) -> Tensor:
    others = logits.masked_fill(_one_hot(logits, y).bool(), -math.inf)
    return others.logsumexp(1) - _picked(logits, y)


@misconception(
    title="leaves the last class out of the sum of exponentials",
    hint="Check the bounds of your sum: with q classes it has q terms.",
    source="an off-by-one in range or in a slice",
)
def omits_last_class(logits: Tensor, y: Tensor) -> Tensor:
    return logits[:, :-1].logsumexp(1) - _picked(logits, y)


@misconception(
    title="adds 1 to the sum of exponentials",
    hint="Is there a term in your sum that belongs to no class?",
    source="mix-up with the softplus of the binary case",
)
def adds_one_to_sum(logits: Tensor, y: Tensor) -> Tensor:
    extended = torch.cat((logits, torch.zeros_like(logits[:, :1])), 1)
    return extended.logsumexp(1) - _picked(logits, y)


@misconception(
    title="normalizes over the batch instead of the classes",
    hint="Which dimension holds the classes of one example?",
    source="dim=0 instead of dim=1; a common slip",
)
def normalizes_over_batch(logits: Tensor, y: Tensor) -> Tensor:
    return _picked(logits.logsumexp(0) - logits, y)


@misconception(
    title="normalizes over the whole tensor instead of each row",
    hint="Try an example alone and in a batch: its loss must not change.",
    source="sum() without a dimension",
)
def normalizes_over_everything(logits: Tensor, y: Tensor) -> Tensor:
    return logits.reshape(-1).logsumexp(0) - _picked(logits, y)


@misconception(
    title="lines up the normalizers of the rows with the columns",
    hint="Print the shape of your row sums. How does broadcasting line it up with a matrix of n"
    " rows and q columns?",
    source="logsumexp or sum without keepdim, before the labels are picked",
)
def loses_row_dimension(logits: Tensor, y: Tensor) -> Tensor:
    return _picked(logits.logsumexp(1) - logits, y)


@misconception(
    title="takes logarithms to base 2",
    hint="With two equal logits the loss is ln 2, about 0.69. Which logarithm do you use?",
    source="bits in the place of nats",
)
def uses_log2(logits: Tensor, y: Tensor) -> Tensor:
    return _loss(logits, y) / math.log(2)


@misconception(
    title="takes logarithms to base 10",
    hint="With two equal logits the loss is ln 2, about 0.69. Which logarithm do you use?",
    source="wrong base",
)
def uses_log10(logits: Tensor, y: Tensor) -> Tensor:
    return _loss(logits, y) / math.log(10)


@misconception(
    title="takes the logarithm of the normalizer to base 2",
    hint="With two equal logits of 0 the loss is ln 2, about 0.69. Which logarithm do you use?",
    source="log2 of the sum of exponentials",
)
def uses_log2_of_sum(logits: Tensor, y: Tensor) -> Tensor:
    return logits.logsumexp(1) / math.log(2) - _picked(logits, y)


@misconception(
    title="weights the logarithm with the probability itself",
    hint="The weight of the logarithm is the true probability of the label. How large is that?",
    source="mix-up with a term of the entropy",
)
def weights_by_probability(logits: Tensor, y: Tensor) -> Tensor:
    return _picked(_probabilities(logits), y) * _loss(logits, y)


@misconception(
    title="returns the entropy of the prediction",
    hint="Change a label: the loss must change.",
    source="mix-up of entropy and cross-entropy",
)
def returns_entropy(logits: Tensor, y: Tensor) -> Tensor:
    return (_probabilities(logits) * skips_picking(logits, y)).sum(1)


@misconception(
    title="treats the classes as independent yes-or-no questions",
    hint="With one class the loss is 0, because its probability is 1. What is yours?",
    source="mix-up with the binary cross-entropy",
)
def adds_binary_terms(logits: Tensor, y: Tensor) -> Tensor:
    zeros = torch.zeros_like(logits)
    return (torch.logaddexp(logits, zeros) - _one_hot(logits, y) * logits).sum(1)


@misconception(
    title="uses the sigmoid of the label's logit as its probability",
    hint="Change the logit of another class: the loss must change.",
    source="sigmoid in the place of softmax",
)
def uses_sigmoid(logits: Tensor, y: Tensor) -> Tensor:
    picked = _picked(logits, y)
    return torch.logaddexp(-picked, torch.zeros_like(picked))


@misconception(
    title="returns the hinge loss",
    hint="The loss of a right answer becomes small but never exactly 0. Where is the exponential?",
    source="mix-up with the loss of support vector machines",
)
def returns_hinge_loss(logits: Tensor, y: Tensor) -> Tensor:
    margins = 1 + logits - _picked(logits, y).unsqueeze(1)
    return (margins.clamp(min=0) * (1 - _one_hot(logits, y))).sum(1)


@misconception(
    title="returns the squared error of the probabilities",
    hint="Which loss belongs to classification? Try a label whose probability is nearly 0.",
    source="mix-up with the loss of linear regression",
)
def returns_squared_error(logits: Tensor, y: Tensor) -> Tensor:
    return ((_probabilities(logits) - _one_hot(logits, y)) ** 2).sum(1)


@misconception(
    title="counts mistakes",
    hint="The loss tells how sure the model was, and needs a gradient. Which steps lose both?",
    source="mix-up with the error rate",
)
def counts_mistakes(logits: Tensor, y: Tensor) -> Tensor:
    return (logits.argmax(1) != y).to(logits.dtype)


@misconception(
    title="smooths the labels",
    hint="The label has weight 1 and the other classes have none.",
    source="label smoothing of 0.1 taken from a recipe",
)
def smooths_labels(logits: Tensor, y: Tensor) -> Tensor:
    target = 0.9 * _one_hot(logits, y) + 0.1 / logits.shape[1]
    return (target * skips_picking(logits, y)).sum(1)


@misconception(
    title="divides the logits by the square root of the number of classes first",
    hint="The exponent is the logit itself. Is there a scale factor that comes from elsewhere?",
    source="mix-up with scaled dot-product attention",
)
def scales_by_root_of_classes(logits: Tensor, y: Tensor) -> Tensor:
    return _loss(logits / math.sqrt(logits.shape[1]), y)


# ---- numerical stability


@misconception(
    title="turns large logits into NaN",
    hint="What is exp(1000) in floating point? Which constant may be subtracted from all logits of"
    " a row without changing the loss?",
    source="the logarithm of the textbook softmax",
)
def overflows(logits: Tensor, y: Tensor) -> Tensor:
    return _naive(logits, y)


@misconception(
    title="becomes infinite for large logits",
    hint="What is exp(1000) in floating point? The logarithm comes too late; which constant may be"
    " moved out of the sum first?",
    source="log-sum-exp written as log(sum(exp))",
)
def overflows_in_sum(logits: Tensor, y: Tensor) -> Tensor:
    return torch.log(torch.exp(logits).sum(1)) - _picked(logits, y)


@misconception(
    title="takes the logarithm of a probability that was rounded to 0",
    hint="Try the row [1000, 0] with label 1: the loss is 1000. Can softmax still tell? Simplify"
    " log and exp on paper first.",
    source="the logarithm of a stable softmax",
)
def takes_log_of_zero(logits: Tensor, y: Tensor) -> Tensor:
    return -torch.log(_picked(_probabilities(logits), y))


@misconception(
    title="adds 1e-8 to the probability",
    hint="Try the row [1000, 0] with label 1: the loss is 1000. Simplify log and exp on paper.",
    source="an epsilon against log(0)",
)
def adds_epsilon(logits: Tensor, y: Tensor) -> Tensor:
    return -torch.log(_picked(_probabilities(logits), y) + 1e-8)


@misconception(
    title="adds 1e-12 to the probability",
    hint="Try the row [1000, 0] with label 1: the loss is 1000. Simplify log and exp on paper.",
    source="a smaller epsilon against log(0)",
)
def adds_small_epsilon(logits: Tensor, y: Tensor) -> Tensor:
    return -torch.log(_picked(_probabilities(logits), y) + 1e-12)


@misconception(
    title="treats every probability below 1e-7 as 1e-7",
    hint="Try the row [1000, 0] with label 1: the loss is 1000. Simplify log and exp on paper.",
    source="the clamp of a known framework",
)
def clamps_probabilities(logits: Tensor, y: Tensor) -> Tensor:
    return -torch.log(_picked(_probabilities(logits), y).clamp(min=1e-7))


@misconception(
    title="cuts large logits off",
    hint="Try the row [100, 90]. What is left of the difference between the two logits?",
    source="a clamp against overflow",
)
def clamps_logits(logits: Tensor, y: Tensor) -> Tensor:
    return _loss(logits.clamp(-80, 80), y)


@misconception(
    title="forgets to add the maximum back",
    hint="Add 1 to all logits of a row: the loss must stay the same. What was taken out of the sum"
    " must return after the logarithm.",
    source="half of the log-sum-exp identity",
)
def forgets_maximum(logits: Tensor, y: Tensor) -> Tensor:
    m = logits.max(1, keepdim=True).values
    return torch.log(torch.exp(logits - m).sum(1)) - _picked(logits, y)


@misconception(
    title="adds the maximum to a loss that is already shifted",
    hint="Add 1 to all logits of a row: the loss must stay the same. Does the shift cancel in both"
    " terms of yours?",
    source="the maximum both added back and subtracted from the label's logit",
)
def adds_maximum_twice(logits: Tensor, y: Tensor) -> Tensor:
    m = logits.max(1).values
    return logits.logsumexp(1) - (_picked(logits, y) - m)


@misconception(
    title="subtracts the maximum after the logarithm instead of adding it",
    hint="Add 1 to all logits of a row: the loss must stay the same. Check the sign with which the"
    " maximum returns.",
    source="a sign in the log-sum-exp identity",
)
def subtracts_maximum_twice(logits: Tensor, y: Tensor) -> Tensor:
    m = logits.max(1, keepdim=True).values
    return torch.log(torch.exp(logits - m).sum(1)) - m.squeeze(1) - _picked(logits, y)


@misconception(
    title="fails on rows that lie far below the largest logit of the batch",
    hint="Try the rows [0, 0] and [1000, 1000] together. Whose maximum does the first row need?",
    source="max() without a dimension",
)
def subtracts_global_max(logits: Tensor, y: Tensor) -> Tensor:
    return overflows_in_sum(logits - logits.max(), y)


@misconception(
    title="shifts each column by its own maximum",
    hint="A shift cancels only when it is the same for all classes of one example.",
    source="the maximum over dim=0 instead of dim=1",
)
def subtracts_column_max(logits: Tensor, y: Tensor) -> Tensor:
    return _loss(logits - logits.max(0, keepdim=True).values, y)


@misconception(
    title="fails on rows whose logits lie far above their mean",
    hint="Try the row [1000, -1000]. How large is the largest exponent after your shift?",
    source="the mean subtracted instead of the maximum",
)
def subtracts_mean(logits: Tensor, y: Tensor) -> Tensor:
    return overflows_in_sum(logits - logits.mean(1, keepdim=True), y)


@misconception(
    title="lines up the row maxima with the columns",
    hint="Print the shape of your row maxima. How does broadcasting line it up with a matrix of n"
    " rows and q columns?",
    source="max without keepdim",
)
def loses_max_dimension(logits: Tensor, y: Tensor) -> Tensor:
    return _loss(logits - logits.max(1).values, y)


@misconception(
    title="replaces infinite losses by 0",
    hint="Try the row [1000, 0] with label 1: the loss is 1000. Simplify log and exp on paper.",
    source="nan_to_num against the logarithm of 0",
)
def hides_infinity(logits: Tensor, y: Tensor) -> Tensor:
    return torch.nan_to_num(takes_log_of_zero(logits, y), nan=0.0, posinf=0.0)


@misconception(
    title="limits the loss to 100",
    hint="Try the row [1000, 0] with label 1: the loss is 1000.",
    source="a clamp on the loss against infinity",
)
def limits_loss(logits: Tensor, y: Tensor) -> Tensor:
    return _loss(logits, y).clamp(max=100)


# ---- shape, dtype and memory layout


@misconception(
    title="returns a column instead of a vector",
    hint="The result has one dimension. Which step leaves the class dimension behind with size 1?",
    source="keepdim=True and gather without a squeeze",
)
def returns_column(logits: Tensor, y: Tensor) -> Tensor:
    return _loss(logits, y).unsqueeze(1)


@misconception(
    title="drops the batch dimension of a batch of one",
    hint="Try a batch with one example. The result still has one dimension.",
    source="squeeze() without a dimension",
)
def drops_batch_of_one(logits: Tensor, y: Tensor) -> Tensor:
    return _loss(logits, y).squeeze()


@misconception(
    title="raises an error on non-contiguous logits",
    hint="Pass a transposed matrix. Which operation insists on a particular memory layout?",
    source="view() where reshape() is needed",
)
def needs_contiguous(logits: Tensor, y: Tensor) -> Tensor:
    return _loss(logits.view(-1).view(logits.shape), y)


@misconception(
    title="returns float32 whatever the dtype of the logits",
    hint="Pass float64 logits and print the dtype of the result.",
    source="float() or a result allocated with the default dtype",
)
def returns_float32(logits: Tensor, y: Tensor) -> Tensor:
    return _loss(logits.float(), y)


@misconception(
    title="returns float64 whatever the dtype of the logits",
    hint="Pass float32 logits and print the dtype of the result.",
    source="double() for precision, or a detour through NumPy",
)
def returns_float64(logits: Tensor, y: Tensor) -> Tensor:
    return _loss(logits.double(), y)


# ---- gradients, side effects and state


@misconception(
    title="cuts the result off from the graph",
    hint="The values are right, but backward() cannot reach the logits. Which step leaves"
    " autograd?",
    source="detach, .data, no_grad or NumPy",
)
def cuts_graph(logits: Tensor, y: Tensor) -> Tensor:
    return _loss(logits, y).detach()


@misconception(
    title="raises an error when the logits require gradients",
    hint="Call it with requires_grad=True. Which step leaves autograd?",
    source="numpy() called on the logits",
)
def refuses_requires_grad(logits: Tensor, y: Tensor) -> Tensor:
    return _loss(torch.from_numpy(logits.numpy()), y)


@misconception(
    title="treats the normalizer as a constant in the gradient",
    hint="Raising the logit of another class raises the loss. Which term has left the graph?",
    source="item(), .data or detach on the sum of exponentials",
)
def detaches_normalizer(logits: Tensor, y: Tensor) -> Tensor:
    return logits.logsumexp(1).detach() - _picked(logits, y)


@misconception(
    title="treats the label's logit as a constant in the gradient",
    hint="Raising the label's logit lowers the loss. Which term has left the graph?",
    source="item() or .data on the label's logit",
)
def detaches_label_logit(logits: Tensor, y: Tensor) -> Tensor:
    return logits.logsumexp(1) - _picked(logits, y).detach()


@misconception(
    title="treats the maximum as a constant in one of the two places where it enters",
    hint="The gradient of each row must add up to 0. Which shift do you detach, and which not?",
    source="detach on the maximum that is added back, but not on the one inside the sum",
)
def detaches_maximum_once(logits: Tensor, y: Tensor) -> Tensor:
    m = logits.max(1, keepdim=True).values
    return torch.log(torch.exp(logits - m).sum(1)) + m.detach().squeeze(1) - _picked(logits, y)


@misconception(
    title="raises an error in the backward pass",
    hint="Autograd keeps intermediate results for the backward pass. Which of them do you change"
    " in place?",
    source="/= on the result of exp",
)
def breaks_backward(logits: Tensor, y: Tensor) -> Tensor:
    m = logits.detach().amax(1, keepdim=True)
    E = torch.exp(logits - m)
    total = E.sum(1, keepdim=True)
    E /= total
    return (torch.log(total) + m).squeeze(1) - _picked(logits, y)


@misconception(
    title="changes the logits that it was given",
    hint="Print the logits before and after the call. Which step works in place?",
    source="an in-place shift on .data or under no_grad",
)
def changes_input(logits: Tensor, y: Tensor) -> Tensor:
    logits.data -= logits.data.amax(1, keepdim=True)
    return _loss(logits, y)


@misconception(
    title="changes the logits that it was given, or raises an error when they require gradients",
    hint="Print the logits before and after the call. Does any operator write back into its"
    " argument?",
    source="-= on the argument",
)
def changes_input_or_raises(logits: Tensor, y: Tensor) -> Tensor:
    logits -= logits.detach().amax(1, keepdim=True)
    return _loss(logits, y)


@misconception(
    title="changes the shape of the labels that it was given",
    hint="Print the shape of the labels before and after the call. Which step works in place?",
    source="unsqueeze_ on the argument",
)
def reshapes_labels(logits: Tensor, y: Tensor) -> Tensor:
    return logits.logsumexp(1) - logits.gather(1, y.unsqueeze_(1)).squeeze(1)


_LOSSES: list[Tensor] = []


@misconception(
    title="still contains the losses of earlier calls",
    hint="Call the function twice. Where does the list of losses live, and when is it emptied?",
    source="a global list, or a list as a default argument",
)
def keeps_losses_between_calls(logits: Tensor, y: Tensor) -> Tensor:
    _LOSSES.extend(_loss(logits, y).unbind())
    return torch.stack(_LOSSES)


# ---- pairs


@misconception(combines=("overflows", "averages_over_batch"), source="log of softmax, then mean")
def overflows_and_averages_over_batch(logits: Tensor, y: Tensor) -> Tensor:
    return _naive(logits, y).mean()


@misconception(combines=("overflows", "sums_over_batch"), source="log of softmax, then sum")
def overflows_and_sums_over_batch(logits: Tensor, y: Tensor) -> Tensor:
    return _naive(logits, y).sum()


@misconception(combines=("overflows", "flips_sign"), source="log of softmax, no minus")
def overflows_and_flips_sign(logits: Tensor, y: Tensor) -> Tensor:
    return -_naive(logits, y)


@misconception(combines=("overflows", "returns_column"), source="log of softmax, gather")
def overflows_and_returns_column(logits: Tensor, y: Tensor) -> Tensor:
    return _naive(logits, y).unsqueeze(1)


@misconception(combines=("overflows", "pairs_all_labels"), source="log of softmax, a slice")
def overflows_and_pairs_all_labels(logits: Tensor, y: Tensor) -> Tensor:
    return -torch.log(_naive_probabilities(logits)[:, y])


@misconception(combines=("overflows", "adds_epsilon"), source="log(softmax + 1e-8)")
def overflows_and_adds_epsilon(logits: Tensor, y: Tensor) -> Tensor:
    return -torch.log(_picked(_naive_probabilities(logits), y) + 1e-8)


@misconception(combines=("overflows", "adds_small_epsilon"), source="log(softmax + 1e-12)")
def overflows_and_adds_small_epsilon(logits: Tensor, y: Tensor) -> Tensor:
    return -torch.log(_picked(_naive_probabilities(logits), y) + 1e-12)


@misconception(combines=("overflows", "clamps_probabilities"), source="clamp on the softmax")
def overflows_and_clamps_probabilities(logits: Tensor, y: Tensor) -> Tensor:
    return -torch.log(_picked(_naive_probabilities(logits), y).clamp(min=1e-7))


@misconception(combines=("overflows", "normalizes_over_batch"), source="softmax with dim=0")
def overflows_and_normalizes_over_batch(logits: Tensor, y: Tensor) -> Tensor:
    E = torch.exp(logits)
    return -torch.log(_picked(E / E.sum(0), y))


@misconception(combines=("overflows", "loses_row_dimension"), source="softmax without keepdim")
def overflows_and_loses_row_dimension(logits: Tensor, y: Tensor) -> Tensor:
    E = torch.exp(logits)
    return -torch.log(_picked(E / E.sum(1), y))


@misconception(combines=("overflows", "returns_float32"), source="float() before softmax")
def overflows_and_returns_float32(logits: Tensor, y: Tensor) -> Tensor:
    return _naive(logits.float(), y)


@misconception(combines=("overflows", "cuts_graph"), source="log of softmax on .data or NumPy")
def overflows_and_cuts_graph(logits: Tensor, y: Tensor) -> Tensor:
    return _naive(logits, y).detach()


@misconception(combines=("overflows", "uses_log2"), source="log2 of softmax")
def overflows_and_uses_log2(logits: Tensor, y: Tensor) -> Tensor:
    return -torch.log2(_picked(_naive_probabilities(logits), y))


@misconception(combines=("overflows", "skips_logarithm"), source="softmax without the logarithm")
def overflows_and_skips_logarithm(logits: Tensor, y: Tensor) -> Tensor:
    return -_picked(_naive_probabilities(logits), y)


@misconception(combines=("overflows", "skips_picking"), source="log of softmax, labels not used")
def overflows_and_skips_picking(logits: Tensor, y: Tensor) -> Tensor:
    return -torch.log(_naive_probabilities(logits))


@misconception(combines=("overflows", "applies_softmax_twice"), source="softmax in model and loss")
def overflows_and_applies_softmax_twice(logits: Tensor, y: Tensor) -> Tensor:
    return _naive(_naive_probabilities(logits), y)


@misconception(combines=("overflows", "changes_input_or_raises"), source="exp_ on the argument")
def overflows_and_changes_input_or_raises(logits: Tensor, y: Tensor) -> Tensor:
    E = logits.exp_()
    return -torch.log(_picked(E / E.sum(1, keepdim=True), y))


@misconception(
    combines=("overflows_in_sum", "averages_over_batch"), source="log(sum(exp)), then mean"
)
def overflows_in_sum_and_averages_over_batch(logits: Tensor, y: Tensor) -> Tensor:
    return overflows_in_sum(logits, y).mean()


@misconception(combines=("overflows_in_sum", "flips_sign"), source="terms of log(sum(exp)) swapped")
def overflows_in_sum_and_flips_sign(logits: Tensor, y: Tensor) -> Tensor:
    return -overflows_in_sum(logits, y)


@misconception(
    combines=("overflows_in_sum", "broadcasts_label_logit"), source="log(sum(exp)), gather"
)
def overflows_in_sum_and_broadcasts_label_logit(logits: Tensor, y: Tensor) -> Tensor:
    return torch.log(torch.exp(logits).sum(1)) - logits.gather(1, y.unsqueeze(1))


@misconception(
    combines=("overflows_in_sum", "broadcasts_normalizer"), source="log(sum(exp)) with keepdim"
)
def overflows_in_sum_and_broadcasts_normalizer(logits: Tensor, y: Tensor) -> Tensor:
    return torch.log(torch.exp(logits).sum(1, keepdim=True)) - _picked(logits, y)


@misconception(
    combines=("overflows_in_sum", "omits_label_from_sum"), source="a loop over the other classes"
)
def overflows_in_sum_and_omits_label_from_sum(logits: Tensor, y: Tensor) -> Tensor:
    total = (torch.exp(logits) * (1 - _one_hot(logits, y))).sum(1)
    return torch.log(total) - _picked(logits, y)


@misconception(combines=("takes_log_of_zero", "averages_over_batch"), source="stable softmax, mean")
def takes_log_of_zero_and_averages_over_batch(logits: Tensor, y: Tensor) -> Tensor:
    return takes_log_of_zero(logits, y).mean()


@misconception(combines=("takes_log_of_zero", "flips_sign"), source="stable softmax, no minus")
def takes_log_of_zero_and_flips_sign(logits: Tensor, y: Tensor) -> Tensor:
    return -takes_log_of_zero(logits, y)


@misconception(combines=("takes_log_of_zero", "returns_column"), source="stable softmax, gather")
def takes_log_of_zero_and_returns_column(logits: Tensor, y: Tensor) -> Tensor:
    return takes_log_of_zero(logits, y).unsqueeze(1)


@misconception(combines=("takes_log_of_zero", "pairs_all_labels"), source="stable softmax, a slice")
def takes_log_of_zero_and_pairs_all_labels(logits: Tensor, y: Tensor) -> Tensor:
    return -torch.log(_probabilities(logits)[:, y])


@misconception(combines=("adds_epsilon", "averages_over_batch"), source="log(p + 1e-8), then mean")
def adds_epsilon_and_averages_over_batch(logits: Tensor, y: Tensor) -> Tensor:
    return adds_epsilon(logits, y).mean()


@misconception(combines=("averages_over_batch", "flips_sign"), source="mean of log-probabilities")
def averages_over_batch_and_flips_sign(logits: Tensor, y: Tensor) -> Tensor:
    return -_loss(logits, y).mean()


@misconception(combines=("omits_normalizer", "averages_over_batch"), source="mean of the logits")
def omits_normalizer_and_averages_over_batch(logits: Tensor, y: Tensor) -> Tensor:
    return omits_normalizer(logits, y).mean()


@misconception(
    combines=("applies_softmax_twice", "averages_over_batch"), source="the built-in's default"
)
def applies_softmax_twice_and_averages_over_batch(logits: Tensor, y: Tensor) -> Tensor:
    return applies_softmax_twice(logits, y).mean()


@misconception(
    combines=("forgets_maximum", "averages_over_batch"), source="half of log-sum-exp, then mean"
)
def forgets_maximum_and_averages_over_batch(logits: Tensor, y: Tensor) -> Tensor:
    return forgets_maximum(logits, y).mean()


@misconception(combines=("returns_float32", "cuts_graph"), source="torch.tensor of Python floats")
def returns_float32_and_cuts_graph(logits: Tensor, y: Tensor) -> Tensor:
    return torch.tensor(_loss(logits, y).tolist())
