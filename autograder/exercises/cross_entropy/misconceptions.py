"""Known wrong implementations of cross_entropy: simplest first, pairs of mistakes at the end."""

import math

import numpy as np
import torch
from torch import Tensor

from autograder.checking import misconception


def _picked(y_hat: Tensor, y: Tensor) -> Tensor:
    """The probability of each example's label."""
    return y_hat[torch.arange(len(y)), y]


def _one_hot(y_hat: Tensor, y: Tensor) -> Tensor:
    return torch.nn.functional.one_hot(y, y_hat.shape[1]).to(y_hat.dtype)


def _loss(y_hat: Tensor, y: Tensor) -> Tensor:
    return -torch.log(_picked(y_hat, y))


# ---- trivial answers and results of the wrong kind


@misconception(
    title="returns the probabilities unchanged",
    hint="The result has one number per example: the loss of its label.",
    source="a return statement that names the input",
    trivial=True,
)
def returns_input(y_hat: Tensor, y: Tensor) -> Tensor:
    return y_hat


@misconception(
    title="returns zeros",
    hint="The result that you return never receives the values that you computed.",
    source="a result tensor that is allocated and never filled",
    trivial=True,
)
def returns_zeros(y_hat: Tensor, y: Tensor) -> Tensor:
    return torch.zeros(len(y), dtype=y_hat.dtype)


@misconception(
    title="gives every example the loss of a uniform guess",
    hint="A confident right answer costs less than a guess. Where do the probabilities enter?",
    source="trivial answer: the logarithm of the number of classes",
)
def returns_uniform_loss(y_hat: Tensor, y: Tensor) -> Tensor:
    return torch.full((len(y),), math.log(y_hat.shape[1]), dtype=y_hat.dtype)


@misconception(
    title="returns nothing",
    hint="Computing a value is not enough: the function has to hand it back.",
    source="forgotten return",
)
def returns_none(y_hat: Tensor, y: Tensor) -> None:
    _loss(y_hat, y)


@misconception(
    title="returns a Python list instead of a tensor",
    hint="The values are right; look at the type of what you return.",
    source="losses appended to a list in a loop",
)
def returns_list(y_hat: Tensor, y: Tensor) -> list[float]:
    return _loss(y_hat, y).tolist()


@misconception(
    title="returns a NumPy array instead of a tensor",
    hint="The values are right; look at the type of what you return.",
    source="a NumPy implementation carried over",
)
def returns_numpy(y_hat: Tensor, y: Tensor) -> np.ndarray:
    return _loss(y_hat, y).detach().numpy()


@misconception(
    title="returns a Python float instead of a tensor of losses",
    hint="The result is a tensor with one loss per example.",
    source="item() on the mean, as when a loss is logged",
)
def returns_float(y_hat: Tensor, y: Tensor) -> float:
    return _loss(y_hat, y).mean().item()


# ---- reduction


@misconception(
    title="averages the losses over the batch",
    hint="Return one loss per example; the average is taken later, by the training loop.",
    source="the default reduction of the built-in losses",
)
def averages_over_batch(y_hat: Tensor, y: Tensor) -> Tensor:
    return _loss(y_hat, y).mean()


@misconception(
    title="adds up the losses of the batch",
    hint="Return one loss per example; the reduction is taken later, by the training loop.",
    source="sum() without a dimension",
)
def sums_over_batch(y_hat: Tensor, y: Tensor) -> Tensor:
    return _loss(y_hat, y).sum()


@misconception(
    title="divides each loss by the number of examples",
    hint="Try the same example alone and in a batch of two. Its loss must not change.",
    source="the factor 1/n of the mean left in the formula",
)
def divides_by_batch_size(y_hat: Tensor, y: Tensor) -> Tensor:
    return _loss(y_hat, y) / len(y)


@misconception(
    title="divides each loss by the number of classes",
    hint="Only one term of the sum over the classes is not zero. Is it divided by anything?",
    source="mean(1) in the place of sum(1) after a one-hot product",
)
def divides_by_class_count(y_hat: Tensor, y: Tensor) -> Tensor:
    return _loss(y_hat, y) / y_hat.shape[1]


@misconception(
    title="gives every example the average loss of the batch",
    hint="Try a sure and an unsure example together: their losses must differ.",
    source="a mean broadcast back to the batch",
)
def repeats_batch_mean(y_hat: Tensor, y: Tensor) -> Tensor:
    return _loss(y_hat, y).mean().expand(len(y))


@misconception(
    title="adds the losses of the earlier examples to each loss",
    hint="The first loss is right and later ones grow. Where is your running value reset?",
    source="an accumulator appended at each step of a loop",
)
def accumulates_losses(y_hat: Tensor, y: Tensor) -> Tensor:
    return _loss(y_hat, y).cumsum(0)


@misconception(
    title="adds up the losses of each class instead of those of each example",
    hint="The result has one number per example. Which dimension does your sum remove?",
    source="sum(0) in the place of sum(1) after a one-hot product",
)
def sums_per_class(y_hat: Tensor, y: Tensor) -> Tensor:
    return _one_hot(y_hat, y).T @ _loss(y_hat, y)


@misconception(
    title="takes the logarithm of the average probability",
    hint="Take the logarithm of each probability first. Is the log of a mean the mean of the logs?",
    source="logarithm and mean in the wrong order",
)
def logs_the_mean(y_hat: Tensor, y: Tensor) -> Tensor:
    return -torch.log(_picked(y_hat, y).mean())


# ---- which probability is picked


@misconception(
    title="returns a loss for every class",
    hint="Only the probability of the label counts. How do the labels enter your formula?",
    source="labels never used",
)
def skips_picking(y_hat: Tensor, y: Tensor) -> Tensor:
    return -torch.log(y_hat)


@misconception(
    title="returns a matrix that is zero except at the labels",
    hint="The result has one number per example. Which step removes the classes?",
    source="one-hot product without the sum",
)
def skips_class_sum(y_hat: Tensor, y: Tensor) -> Tensor:
    return torch.zeros_like(y_hat).scatter(1, y.unsqueeze(1), _loss(y_hat, y).unsqueeze(1))


@misconception(
    title="pairs every example with every label",
    hint="The result is n by n. Row i should be paired with label i only: which index tells it so?",
    source="a slice in the place of a range of row numbers",
)
def pairs_all_labels(y_hat: Tensor, y: Tensor) -> Tensor:
    return -torch.log(y_hat[:, y])


@misconception(
    title="uses the labels as row numbers",
    hint="The first index of the probabilities is the example, the second one is the class.",
    source="y_hat[y]; a common slip",
)
def picks_rows_by_label(y_hat: Tensor, y: Tensor) -> Tensor:
    return -torch.log(y_hat[y])


@misconception(
    title="swaps the index of the example and the index of the class",
    hint="The first index of the probabilities is the example, the second one is the class.",
    source="the two index tensors in the wrong order",
)
def swaps_indices(y_hat: Tensor, y: Tensor) -> Tensor:
    return -torch.log(y_hat[y, torch.arange(len(y))])


@misconception(
    title="looks up the labels along the examples, in the first column",
    hint="Which dimension of the probabilities holds the classes? Try two rows that differ.",
    source="gather with dim=0",
)
def gathers_along_examples(y_hat: Tensor, y: Tensor) -> Tensor:
    return -torch.log(y_hat.gather(0, y.unsqueeze(1)).squeeze(1))


@misconception(
    title="looks up every label in the first row",
    hint="Try two rows that differ. Each label belongs to a row of its own.",
    source="flattened probabilities indexed by the label alone",
)
def looks_in_first_row(y_hat: Tensor, y: Tensor) -> Tensor:
    return -torch.log(y_hat[0][y])


@misconception(
    title="counts the labels from 1",
    hint="Which column belongs to label 0? Remember what a negative index means in Python.",
    source="y - 1; the classes of the formula count from 1",
)
def counts_labels_from_one(y_hat: Tensor, y: Tensor) -> Tensor:
    return _loss(y_hat, y - 1)


@misconception(
    title="ignores the labels and uses the largest probability",
    hint="A confident wrong answer must cost much. What does yours cost?",
    source="mix-up of the label and the prediction",
)
def uses_largest_probability(y_hat: Tensor, y: Tensor) -> Tensor:
    return -torch.log(y_hat.max(1).values)


@misconception(
    title="uses the first class for every example",
    hint="Change a label: the loss must change.",
    source="a column number typed by hand",
)
def uses_first_class(y_hat: Tensor, y: Tensor) -> Tensor:
    return -torch.log(y_hat[:, 0])


@misconception(
    title="multiplies by the class number instead of selecting the class",
    hint="A label is a name, not an amount: class 2 does not count twice as much as class 1.",
    source="labels used as if they were one-hot",
)
def multiplies_by_label(y_hat: Tensor, y: Tensor) -> Tensor:
    return -torch.xlogy(y.unsqueeze(1).to(y_hat.dtype), y_hat).sum(1)


@misconception(
    title="scales each loss by its class number",
    hint="Try label 0. A label is a name, not an amount.",
    source="the label multiplied with the logarithm after it was picked",
)
def scales_by_label(y_hat: Tensor, y: Tensor) -> Tensor:
    return y * _loss(y_hat, y)


@misconception(
    title="adds up the losses of all classes",
    hint="Only the probability of the label counts. How do the labels enter your formula?",
    source="the sum over the classes without the one-hot factor",
)
def sums_all_classes(y_hat: Tensor, y: Tensor) -> Tensor:
    return -torch.log(y_hat).sum(1)


@misconception(
    title="stops after the first example",
    hint="Only the first example has a loss. When does your loop end?",
    source="a return indented into the loop",
)
def stops_after_first(y_hat: Tensor, y: Tensor) -> Tensor:
    loss = torch.zeros(len(y), dtype=y_hat.dtype)
    loss[0] = _loss(y_hat, y)[0]
    return loss


@misconception(
    title="returns only the loss of the first example",
    hint="The result needs one loss per example.",
    source="a formula written for one example",
)
def returns_first_loss(y_hat: Tensor, y: Tensor) -> Tensor:
    return -torch.log(y_hat[0, y[0]])


@misconception(
    title="returns only the loss of the last example",
    hint="The result needs one loss per example. What happens to the losses computed earlier?",
    source="a variable overwritten at each step of the loop",
)
def returns_last_loss(y_hat: Tensor, y: Tensor) -> Tensor:
    return -torch.log(y_hat[-1, y[-1]])


@misconception(
    title="leaves out the last example",
    hint="The last loss is always 0. Check the bounds of your loop.",
    source="an off-by-one in range",
)
def omits_last_example(y_hat: Tensor, y: Tensor) -> Tensor:
    keep = torch.arange(len(y)) < len(y) - 1
    return torch.where(keep, _loss(y_hat, y), 0.0)


@misconception(
    title="treats as many examples as there are classes",
    hint="Try more examples than classes, then fewer. Which size bounds your loop?",
    source="shape[1] in the place of shape[0]",
)
def loops_over_class_count(y_hat: Tensor, y: Tensor) -> Tensor:
    loss = torch.zeros(len(y), dtype=y_hat.dtype)
    for i in range(y_hat.shape[1]):
        loss[i] = -torch.log(y_hat[i, y[i]])
    return loss


@misconception(
    title="assumes that there are 2 examples",
    hint="Try a batch of three. Which indices did you type by hand?",
    source="row numbers copied from a worked example",
)
def assumes_two_examples(y_hat: Tensor, y: Tensor) -> Tensor:
    return -torch.log(y_hat[[0, 1], y])


@misconception(
    title="assumes that there are 10 classes",
    hint="Take the number of classes from the shape of the probabilities, not from the data set.",
    source="a size taken from Fashion-MNIST",
)
def assumes_ten_classes(y_hat: Tensor, y: Tensor) -> Tensor:
    target = torch.nn.functional.one_hot(y, 10).to(y_hat.dtype)
    return -torch.xlogy(target, y_hat).sum(1)


@misconception(
    title="takes the number of classes from the labels",
    hint="Try a batch in which the last class does not occur. How many columns does it need?",
    source="one_hot without the number of classes",
)
def infers_class_count(y_hat: Tensor, y: Tensor) -> Tensor:
    target = torch.nn.functional.one_hot(y).to(y_hat.dtype)
    return -torch.xlogy(target, y_hat).sum(1)


# ---- another formula


@misconception(
    title="forgets the minus sign",
    hint="The logarithm of a probability is negative or 0. May a loss be negative?",
    source="a common slip",
)
def forgets_minus(y_hat: Tensor, y: Tensor) -> Tensor:
    return torch.log(_picked(y_hat, y))


@misconception(
    title="returns minus the probability of the label",
    hint="Which function turns a product of probabilities into a sum?",
    source="mix-up with a loss that expects log-probabilities",
)
def skips_logarithm(y_hat: Tensor, y: Tensor) -> Tensor:
    return -_picked(y_hat, y)


@misconception(
    title="returns the probability of the label",
    hint="A good answer must cost little. Two steps are missing after the lookup.",
    source="half of the formula",
)
def returns_probability(y_hat: Tensor, y: Tensor) -> Tensor:
    return _picked(y_hat, y)


@misconception(
    title="returns 1 minus the probability of the label",
    hint="Which function turns a product of probabilities into a sum?",
    source="mix-up with the expected error",
)
def returns_expected_error(y_hat: Tensor, y: Tensor) -> Tensor:
    return 1 - _picked(y_hat, y)


@misconception(
    title="takes the logarithm of the probability of being wrong",
    hint="Try a label with probability 1. Its loss must be 0.",
    source="the other half of the binary formula",
)
def uses_complement(y_hat: Tensor, y: Tensor) -> Tensor:
    return -torch.log(1 - _picked(y_hat, y))


@misconception(
    title="takes the logarithm of 1 plus the probability",
    hint="Try a label with probability 1. Its loss must be 0.",
    source="log1p used to avoid log(0)",
)
def adds_one_in_logarithm(y_hat: Tensor, y: Tensor) -> Tensor:
    return -torch.log1p(_picked(y_hat, y))


@misconception(
    title="takes logarithms to base 2",
    hint="Try a probability of 1/e: the loss must be 1. Which logarithm do you use?",
    source="bits in the place of nats",
)
def uses_log2(y_hat: Tensor, y: Tensor) -> Tensor:
    return -torch.log2(_picked(y_hat, y))


@misconception(
    title="takes logarithms to base 10",
    hint="Try a probability of 1/e: the loss must be 1. Which logarithm do you use?",
    source="wrong base",
)
def uses_log10(y_hat: Tensor, y: Tensor) -> Tensor:
    return -torch.log10(_picked(y_hat, y))


@misconception(
    title="exponentiates the loss",
    hint="Try a label with probability 1. Its loss must be 0.",
    source="mix-up with perplexity",
)
def returns_perplexity(y_hat: Tensor, y: Tensor) -> Tensor:
    return 1 / _picked(y_hat, y)


@misconception(
    title="weights the logarithm with the probability itself",
    hint="The weight of the logarithm is the true probability of the label. How large is that?",
    source="mix-up with a term of the entropy",
)
def weights_by_probability(y_hat: Tensor, y: Tensor) -> Tensor:
    p = _picked(y_hat, y)
    return -p * torch.log(p)


@misconception(
    title="returns the entropy of the prediction",
    hint="Change a label: the loss must change.",
    source="mix-up of entropy and cross-entropy",
)
def returns_entropy(y_hat: Tensor, y: Tensor) -> Tensor:
    return -torch.xlogy(y_hat, y_hat).sum(1)


@misconception(
    title="swaps the roles of the prediction and the target",
    hint="Which of the two stands inside the logarithm? It must not be the one with the zeros.",
    source="the arguments of the cross-entropy exchanged",
)
def swaps_roles(y_hat: Tensor, y: Tensor) -> Tensor:
    return -torch.xlogy(y_hat, _one_hot(y_hat, y)).sum(1)


@misconception(
    title="also penalizes the probabilities of the other classes",
    hint="Try labels [0] with [0.5, 0.5], then with [0.5, 0.25, 0.25]. Should the loss differ?",
    source="mix-up with the binary cross-entropy",
)
def adds_binary_terms(y_hat: Tensor, y: Tensor) -> Tensor:
    target = _one_hot(y_hat, y)
    return -(torch.xlogy(target, y_hat) + torch.xlogy(1 - target, 1 - y_hat)).sum(1)


@misconception(
    title="applies softmax to the probabilities first",
    hint="The inputs are probabilities already. What does another exponential do to them?",
    source="mix-up with a loss that expects logits",
)
def applies_softmax(y_hat: Tensor, y: Tensor) -> Tensor:
    return y_hat.logsumexp(1) - _picked(y_hat, y)


@misconception(
    title="divides each row by its sum first",
    hint="The rows are probabilities already. What does the gradient say about the other classes?",
    source="normalization repeated in the loss",
)
def normalizes_rows(y_hat: Tensor, y: Tensor) -> Tensor:
    return -torch.log(_picked(y_hat, y) / y_hat.sum(1))


@misconception(
    title="divides each column by its sum first",
    hint="The rows are probabilities already; columns mix the examples.",
    source="normalization repeated over the wrong dimension",
)
def normalizes_columns(y_hat: Tensor, y: Tensor) -> Tensor:
    return -torch.log(_picked(y_hat / y_hat.sum(0), y))


@misconception(
    title="returns the squared error",
    hint="Which loss belongs to classification? Try a label whose probability is nearly 0.",
    source="mix-up with the loss of linear regression",
)
def returns_squared_error(y_hat: Tensor, y: Tensor) -> Tensor:
    return ((y_hat - _one_hot(y_hat, y)) ** 2).sum(1)


@misconception(
    title="counts mistakes",
    hint="The loss tells how sure the model was, and needs a gradient. Which steps lose both?",
    source="mix-up with the error rate",
)
def counts_mistakes(y_hat: Tensor, y: Tensor) -> Tensor:
    return (y_hat.argmax(1) != y).to(y_hat.dtype)


@misconception(
    title="smooths the labels",
    hint="The label has weight 1 and the other classes have none.",
    source="label smoothing of 0.1 taken from a recipe",
)
def smooths_labels(y_hat: Tensor, y: Tensor) -> Tensor:
    target = 0.9 * _one_hot(y_hat, y) + 0.1 / y_hat.shape[1]
    return -torch.xlogy(target, y_hat).sum(1)


# ---- numerical stability


@misconception(
    title="adds 1e-8 to the probability",
    hint="Try a label with probability 1e-20. A label probability of exactly 0 is not asked for.",
    source="an epsilon against log(0)",
)
def adds_epsilon(y_hat: Tensor, y: Tensor) -> Tensor:
    return -torch.log(_picked(y_hat, y) + 1e-8)


@misconception(
    title="adds 1e-12 to the probability",
    hint="Try a label with probability 1e-20. A label probability of exactly 0 is not asked for.",
    source="a smaller epsilon against log(0)",
)
def adds_small_epsilon(y_hat: Tensor, y: Tensor) -> Tensor:
    return -torch.log(_picked(y_hat, y) + 1e-12)


@misconception(
    title="treats every probability below 1e-7 as 1e-7",
    hint="Try a label with probability 1e-20. What is the gradient of a clamped number?",
    source="the clamp of a known framework",
)
def clamps_probabilities(y_hat: Tensor, y: Tensor) -> Tensor:
    return -torch.log(_picked(y_hat, y).clamp(min=1e-7))


@misconception(
    title="treats every probability below 1e-12 as 1e-12",
    hint="Try a label with probability 1e-20. What is the gradient of a clamped number?",
    source="a clamp against log(0)",
)
def clamps_small_probabilities(y_hat: Tensor, y: Tensor) -> Tensor:
    return -torch.log(_picked(y_hat, y).clamp(min=1e-12))


@misconception(
    title="gives NaN where another class has probability 0",
    hint="What is 0 times log(0) in floating point? Pick the label's probability before the log.",
    source="one-hot product with the logarithm of all classes",
)
def multiplies_zero_by_infinity(y_hat: Tensor, y: Tensor) -> Tensor:
    return -(_one_hot(y_hat, y) * torch.log(y_hat)).sum(1)


@misconception(
    title="limits the loss to 50",
    hint="Try a label with probability 1e-30. Its loss is about 69.",
    source="a clamp on the loss against infinity",
)
def limits_loss(y_hat: Tensor, y: Tensor) -> Tensor:
    return _loss(y_hat, y).clamp(max=50)


@misconception(
    title="rounds the losses",
    hint="Rounding is for printing. What is the gradient of a rounded number?",
    source="rounding to match the digits shown in a book",
)
def rounds_losses(y_hat: Tensor, y: Tensor) -> Tensor:
    return torch.round(_loss(y_hat, y), decimals=4)


# ---- shape, dtype and memory layout


@misconception(
    title="returns a column instead of a vector",
    hint="The result has one dimension. Which step leaves the class dimension behind with size 1?",
    source="gather or keepdim without a squeeze",
)
def returns_column(y_hat: Tensor, y: Tensor) -> Tensor:
    return _loss(y_hat, y).unsqueeze(1)


@misconception(
    title="returns a row matrix instead of a vector",
    hint="The result has one dimension. Which step adds another one?",
    source="unsqueeze(0) or a list of one tensor stacked",
)
def returns_row(y_hat: Tensor, y: Tensor) -> Tensor:
    return _loss(y_hat, y).unsqueeze(0)


@misconception(
    title="drops the batch dimension of a batch of one",
    hint="Try a batch with one example. The result still has one dimension.",
    source="squeeze() without a dimension",
)
def drops_batch_of_one(y_hat: Tensor, y: Tensor) -> Tensor:
    return _loss(y_hat, y).squeeze()


@misconception(
    title="raises an error on non-contiguous probabilities",
    hint="Pass a transposed matrix. Which operation insists on a particular memory layout?",
    source="view() where reshape() is needed",
)
def needs_contiguous(y_hat: Tensor, y: Tensor) -> Tensor:
    return _loss(y_hat.view(-1).view(y_hat.shape), y)


@misconception(
    title="returns float32 whatever the dtype of the probabilities",
    hint="Pass float64 probabilities and print the dtype of the result.",
    source="float() or a result allocated with the default dtype",
)
def returns_float32(y_hat: Tensor, y: Tensor) -> Tensor:
    return _loss(y_hat.float(), y)


@misconception(
    title="returns float64 whatever the dtype of the probabilities",
    hint="Pass float32 probabilities and print the dtype of the result.",
    source="double() for precision, or a detour through NumPy",
)
def returns_float64(y_hat: Tensor, y: Tensor) -> Tensor:
    return _loss(y_hat.double(), y)


# ---- gradients, side effects and state


@misconception(
    title="cuts the result off from the graph",
    hint="The values are right, but backward() cannot reach the probabilities. Which step leaves"
    " autograd?",
    source="detach, .data, no_grad or NumPy",
)
def cuts_graph(y_hat: Tensor, y: Tensor) -> Tensor:
    return _loss(y_hat, y).detach()


@misconception(
    title="raises an error when the probabilities require gradients",
    hint="Call it with requires_grad=True. Which step leaves autograd?",
    source="numpy() called on the probabilities",
)
def refuses_requires_grad(y_hat: Tensor, y: Tensor) -> Tensor:
    return _loss(torch.from_numpy(y_hat.numpy()), y)


@misconception(
    title="raises an error in the backward pass",
    hint="Autograd keeps intermediate results for the backward pass. Which of them do you change"
    " in place?",
    source="probabilities changed in place after their logarithm was taken",
)
def breaks_backward(y_hat: Tensor, y: Tensor) -> Tensor:
    p = _picked(y_hat, y)
    loss = -torch.log(p)
    p.zero_()
    return loss


@misconception(
    title="replaces the probabilities that it was given by their logarithms",
    hint="Print the probabilities before and after the call. Which step works in place?",
    source="an in-place logarithm on .data or under no_grad",
)
def overwrites_probabilities(y_hat: Tensor, y: Tensor) -> Tensor:
    loss = _loss(y_hat.clone(), y)
    y_hat.data.log_()
    return loss


@misconception(
    title="changes the probabilities that it was given, or raises an error when they require"
    " gradients",
    hint="Print the probabilities before and after the call. Which step works in place?",
    source="log_ on the argument",
)
def changes_input_or_raises(y_hat: Tensor, y: Tensor) -> Tensor:
    return -_picked(y_hat.log_(), y)


@misconception(
    title="changes the shape of the labels that it was given",
    hint="Print the shape of the labels before and after the call. Which step works in place?",
    source="unsqueeze_ on the argument",
)
def reshapes_labels(y_hat: Tensor, y: Tensor) -> Tensor:
    return -torch.log(y_hat.gather(1, y.unsqueeze_(1)).squeeze(1))


_LOSSES: list[Tensor] = []


@misconception(
    title="still contains the losses of earlier calls",
    hint="Call the function twice. Where does the list of losses live, and when is it emptied?",
    source="a global list, or a list as a default argument",
)
def keeps_losses_between_calls(y_hat: Tensor, y: Tensor) -> Tensor:
    _LOSSES.extend(_loss(y_hat, y).unbind())
    return torch.stack(_LOSSES)


# ---- pairs


@misconception(combines=("adds_epsilon", "averages_over_batch"), source="log(p + 1e-8), then mean")
def adds_epsilon_and_averages_over_batch(y_hat: Tensor, y: Tensor) -> Tensor:
    return -torch.log(_picked(y_hat, y) + 1e-8).mean()


@misconception(combines=("adds_epsilon", "sums_over_batch"), source="log(p + 1e-8), then sum")
def adds_epsilon_and_sums_over_batch(y_hat: Tensor, y: Tensor) -> Tensor:
    return -torch.log(_picked(y_hat, y) + 1e-8).sum()


@misconception(combines=("adds_epsilon", "forgets_minus"), source="log(p + 1e-8)")
def adds_epsilon_and_forgets_minus(y_hat: Tensor, y: Tensor) -> Tensor:
    return torch.log(_picked(y_hat, y) + 1e-8)


@misconception(combines=("adds_epsilon", "returns_column"), source="epsilon after a gather")
def adds_epsilon_and_returns_column(y_hat: Tensor, y: Tensor) -> Tensor:
    return -torch.log(_picked(y_hat, y) + 1e-8).unsqueeze(1)


@misconception(combines=("adds_epsilon", "pairs_all_labels"), source="epsilon and a slice")
def adds_epsilon_and_pairs_all_labels(y_hat: Tensor, y: Tensor) -> Tensor:
    return -torch.log(y_hat[:, y] + 1e-8)


@misconception(combines=("adds_epsilon", "returns_float32"), source="epsilon and float()")
def adds_epsilon_and_returns_float32(y_hat: Tensor, y: Tensor) -> Tensor:
    return -torch.log(_picked(y_hat.float(), y) + 1e-8)


@misconception(combines=("adds_epsilon", "cuts_graph"), source="epsilon in a NumPy formula")
def adds_epsilon_and_cuts_graph(y_hat: Tensor, y: Tensor) -> Tensor:
    return -torch.log(_picked(y_hat, y) + 1e-8).detach()


@misconception(combines=("adds_epsilon", "divides_by_class_count"), source="one-hot, log(p + 1e-8)")
def adds_epsilon_and_divides_by_class_count(y_hat: Tensor, y: Tensor) -> Tensor:
    return -torch.log(_picked(y_hat, y) + 1e-8) / y_hat.shape[1]


@misconception(
    combines=("adds_small_epsilon", "averages_over_batch"), source="log(p + 1e-12), mean"
)
def adds_small_epsilon_and_averages_over_batch(y_hat: Tensor, y: Tensor) -> Tensor:
    return -torch.log(_picked(y_hat, y) + 1e-12).mean()


@misconception(combines=("clamps_probabilities", "averages_over_batch"), source="clamp, then mean")
def clamps_probabilities_and_averages_over_batch(y_hat: Tensor, y: Tensor) -> Tensor:
    return -torch.log(_picked(y_hat, y).clamp(min=1e-7)).mean()


@misconception(
    combines=("multiplies_zero_by_infinity", "averages_over_batch"),
    source="one-hot product, then mean over the batch",
)
def multiplies_zero_by_infinity_and_averages_over_batch(y_hat: Tensor, y: Tensor) -> Tensor:
    return multiplies_zero_by_infinity(y_hat, y).mean()


@misconception(
    combines=("multiplies_zero_by_infinity", "sums_over_batch"), source="one-hot product, sum()"
)
def multiplies_zero_by_infinity_and_sums_over_batch(y_hat: Tensor, y: Tensor) -> Tensor:
    return multiplies_zero_by_infinity(y_hat, y).sum()


@misconception(
    combines=("multiplies_zero_by_infinity", "forgets_minus"), source="one-hot product, no minus"
)
def multiplies_zero_by_infinity_and_forgets_minus(y_hat: Tensor, y: Tensor) -> Tensor:
    return -multiplies_zero_by_infinity(y_hat, y)


@misconception(
    combines=("multiplies_zero_by_infinity", "divides_by_class_count"),
    source="one-hot product, mean(1)",
)
def multiplies_zero_by_infinity_and_divides_by_class_count(y_hat: Tensor, y: Tensor) -> Tensor:
    return multiplies_zero_by_infinity(y_hat, y) / y_hat.shape[1]


@misconception(
    combines=("multiplies_zero_by_infinity", "infers_class_count"),
    source="one_hot without the number of classes, times the logarithms",
)
def multiplies_zero_by_infinity_and_infers_class_count(y_hat: Tensor, y: Tensor) -> Tensor:
    target = torch.nn.functional.one_hot(y).to(y_hat.dtype)
    return -(target * torch.log(y_hat)).sum(1)


@misconception(
    combines=("multiplies_zero_by_infinity", "sums_per_class"), source="one-hot product, sum(0)"
)
def multiplies_zero_by_infinity_and_sums_per_class(y_hat: Tensor, y: Tensor) -> Tensor:
    return -(_one_hot(y_hat, y) * torch.log(y_hat)).sum(0)


@misconception(
    combines=("multiplies_zero_by_infinity", "skips_class_sum"), source="one-hot product, no sum"
)
def multiplies_zero_by_infinity_and_skips_class_sum(y_hat: Tensor, y: Tensor) -> Tensor:
    return -(_one_hot(y_hat, y) * torch.log(y_hat))


@misconception(
    combines=("multiplies_zero_by_infinity", "multiplies_by_label"),
    source="labels times the logarithms",
)
def multiplies_zero_by_infinity_and_multiplies_by_label(y_hat: Tensor, y: Tensor) -> Tensor:
    return -(y.unsqueeze(1) * torch.log(y_hat)).sum(1)


@misconception(combines=("forgets_minus", "averages_over_batch"), source="mean of the logarithms")
def forgets_minus_and_averages_over_batch(y_hat: Tensor, y: Tensor) -> Tensor:
    return -_loss(y_hat, y).mean()


@misconception(combines=("forgets_minus", "sums_over_batch"), source="sum of the logarithms")
def forgets_minus_and_sums_over_batch(y_hat: Tensor, y: Tensor) -> Tensor:
    return -_loss(y_hat, y).sum()


@misconception(combines=("forgets_minus", "returns_column"), source="gather, then log")
def forgets_minus_and_returns_column(y_hat: Tensor, y: Tensor) -> Tensor:
    return -_loss(y_hat, y).unsqueeze(1)


@misconception(combines=("forgets_minus", "pairs_all_labels"), source="log of a slice")
def forgets_minus_and_pairs_all_labels(y_hat: Tensor, y: Tensor) -> Tensor:
    return torch.log(y_hat[:, y])


@misconception(combines=("forgets_minus", "uses_log2"), source="log2 without a minus")
def forgets_minus_and_uses_log2(y_hat: Tensor, y: Tensor) -> Tensor:
    return torch.log2(_picked(y_hat, y))


@misconception(combines=("forgets_minus", "skips_class_sum"), source="one-hot mask of the logs")
def forgets_minus_and_skips_class_sum(y_hat: Tensor, y: Tensor) -> Tensor:
    return -skips_class_sum(y_hat, y)


@misconception(combines=("applies_softmax", "averages_over_batch"), source="the built-in's default")
def applies_softmax_and_averages_over_batch(y_hat: Tensor, y: Tensor) -> Tensor:
    return applies_softmax(y_hat, y).mean()


@misconception(combines=("skips_logarithm", "averages_over_batch"), source="the built-in's default")
def skips_logarithm_and_averages_over_batch(y_hat: Tensor, y: Tensor) -> Tensor:
    return -_picked(y_hat, y).mean()


@misconception(combines=("uses_log2", "averages_over_batch"), source="mean in bits")
def uses_log2_and_averages_over_batch(y_hat: Tensor, y: Tensor) -> Tensor:
    return -torch.log2(_picked(y_hat, y)).mean()


@misconception(combines=("pairs_all_labels", "averages_over_batch"), source="mean over a slice")
def pairs_all_labels_and_averages_over_batch(y_hat: Tensor, y: Tensor) -> Tensor:
    return -torch.log(y_hat[:, y]).mean()


@misconception(combines=("averages_over_batch", "cuts_graph"), source="mean of Python floats")
def averages_over_batch_and_cuts_graph(y_hat: Tensor, y: Tensor) -> Tensor:
    return _loss(y_hat, y).mean().detach()


@misconception(combines=("returns_float32", "cuts_graph"), source="torch.tensor of Python floats")
def returns_float32_and_cuts_graph(y_hat: Tensor, y: Tensor) -> Tensor:
    return torch.tensor(_loss(y_hat, y).tolist())
