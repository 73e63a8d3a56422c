"""Known wrong implementations of cross_entropy, as settings of one body: simplest first, pairs at the end."""

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from autograder.checking import misconception, mistake


def _same(p: Tensor) -> Tensor:
    return p


def _picked(y_hat: Tensor, y: Tensor) -> Tensor:
    """The probability of each example's label."""
    return y_hat[torch.arange(len(y)), y]


def _all(y_hat: Tensor, y: Tensor) -> Tensor:
    """The probabilities of all classes."""
    return y_hat


def _one_hot(y_hat: Tensor, y: Tensor) -> Tensor:
    return torch.nn.functional.one_hot(y, y_hat.shape[1]).to(y_hat.dtype)


def _loss(
    y_hat: Tensor,
    y: Tensor,
    *,
    given: Callable[[Tensor], Tensor] = _same,
    pick: Callable[[Tensor, Tensor], Tensor] = _picked,
    guard: Callable[[Tensor], Tensor] = _same,
    log: Callable[[Tensor], Tensor] = torch.log,
    sign: int = -1,
    add: Callable[[Tensor, Tensor], Tensor] = lambda L, y: L,
    result: Callable[[Tensor, Tensor, Tensor], Any] = lambda y_hat, y, L: L,
) -> Any:
    """-log(p) for p = guard(pick(given(y_hat), y)); `add` is for sums over the classes."""
    p = guard(pick(given(y_hat), y))
    return result(y_hat, y, add(sign * log(p), y))


def _against(target: Tensor, y_hat: Tensor) -> Tensor:
    """The sum over all classes, weighted by a target; 0 * log(0) is 0."""
    return -torch.xlogy(target, y_hat).sum(1)


def _with_softmax(y_hat: Tensor, y: Tensor) -> Tensor:
    return y_hat.logsumexp(1) - _picked(y_hat, y)


def _log_and_spoil(p: Tensor) -> Tensor:
    logs = torch.log(p)
    p.zero_()
    return logs


# Each mistake: what it sets and where it was seen, its title, its hint.
# fmt: off

# ---- trivial answers and results of the wrong kind

returns_input = mistake(_loss, result=lambda y_hat, y, L: y_hat, trivial=True,
    source="a return statement that names the input",
    title="returns the probabilities unchanged",
    hint="The result has one number per example: the loss of its label.")
returns_zeros = mistake(_loss,
    result=lambda y_hat, y, L: torch.zeros(len(y), dtype=y_hat.dtype), trivial=True,
    source="a result tensor that is allocated and never filled",
    title="returns zeros",
    hint="The result that you return never receives the values that you computed.")
returns_uniform_loss = mistake(_loss,
    result=lambda y_hat, y, L: torch.full((len(y),), math.log(y_hat.shape[1]), dtype=y_hat.dtype),
    source="trivial answer: the logarithm of the number of classes",
    title="gives every example the loss of a uniform guess",
    hint="A confident correct answer costs less than a guess. Where do the probabilities enter?")
returns_none = mistake(_loss, result=lambda y_hat, y, L: None, source="forgotten return",
    title="returns nothing",
    hint="Computing a value is not enough: the function has to hand it back.")
returns_list = mistake(_loss, result=lambda y_hat, y, L: L.tolist(),
    source="losses appended to a list in a loop",
    title="returns a Python list instead of a tensor",
    hint="The values are correct; look at the type of what you return.")
returns_numpy = mistake(_loss, result=lambda y_hat, y, L: L.detach().numpy(),
    source="a NumPy implementation carried over",
    title="returns a NumPy array instead of a tensor",
    hint="The values are correct; look at the type of what you return.")
returns_float = mistake(_loss, result=lambda y_hat, y, L: L.mean().item(),
    source="item() on the mean, as when a loss is logged",
    title="returns a Python float instead of a tensor of losses",
    hint="The result is a tensor with one loss per example.")

# ---- reduction

averages_over_batch = mistake(_loss, result=lambda y_hat, y, L: L.mean(),
    source="the default reduction of the built-in losses",
    title="averages the losses over the batch",
    hint="Return one loss per example; the average is taken later, by the training loop.")
sums_over_batch = mistake(_loss, result=lambda y_hat, y, L: L.sum(), source="sum() without a dimension",
    title="adds up the losses of the batch",
    hint="Return one loss per example; the reduction is taken later, by the training loop.")
divides_by_batch_size = mistake(_loss, result=lambda y_hat, y, L: L / len(y),
    source="the factor 1/n of the mean left in the formula",
    title="divides each loss by the number of examples",
    hint="Try the same example alone and in a batch of two. Its loss must not change.")
divides_by_class_count = mistake(_loss, result=lambda y_hat, y, L: L / y_hat.shape[1],
    source="mean(1) in the place of sum(1) after a one-hot product",
    title="divides each loss by the number of classes",
    hint="Only one term of the sum over the classes is not zero. Is it divided by anything?")
repeats_batch_mean = mistake(_loss, result=lambda y_hat, y, L: L.mean().expand(len(y)),
    source="a mean broadcast back to the batch",
    title="gives every example the average loss of the batch",
    hint="Try a sure and an unsure example together: their losses must differ.")
accumulates_losses = mistake(_loss, result=lambda y_hat, y, L: L.cumsum(0),
    source="an accumulator appended at each step of a loop",
    title="adds the losses of the earlier examples to each loss",
    hint="The first loss is correct and later ones grow. Where is your running value reset?")
sums_per_class = mistake(_loss, result=lambda y_hat, y, L: _one_hot(y_hat, y).T @ L,
    source="sum(0) in the place of sum(1) after a one-hot product",
    title="adds up the losses of each class instead of those of each example",
    hint="The result has one number per example. Which dimension does your sum remove?")
logs_the_mean = mistake(_loss, guard=torch.mean, source="logarithm and mean in the wrong order",
    title="takes the logarithm of the average probability",
    hint="Take the logarithm of each probability first. Is the log of a mean the mean of the logs?")

# ---- which probability is picked

skips_picking = mistake(_loss, pick=_all, source="labels never used",
    title="returns a loss for every class",
    hint="Only the probability of the label counts. How do the labels enter your formula?")
skips_class_sum = mistake(_loss,
    result=lambda y_hat, y, L: torch.zeros_like(y_hat).scatter(1, y.unsqueeze(1), L.unsqueeze(1)),
    source="one-hot product without the sum",
    title="returns a matrix that is zero except at the labels",
    hint="The result has one number per example. Which step removes the classes?")
pairs_all_labels = mistake(_loss, pick=lambda y_hat, y: y_hat[:, y],
    source="a slice in the place of a range of row numbers",
    title="pairs every example with every label",
    hint="The result is n by n. Row i should be paired with label i only: which index tells it so?")
picks_rows_by_label = mistake(_loss, pick=lambda y_hat, y: y_hat[y], source="y_hat[y]; a common slip",
    title="uses the labels as row numbers",
    hint="The first index of the probabilities is the example, the second one is the class.")
swaps_indices = mistake(_loss, pick=lambda y_hat, y: y_hat[y, torch.arange(len(y))],
    source="the two index tensors in the wrong order",
    title="swaps the index of the example and the index of the class",
    hint="The first index of the probabilities is the example, the second one is the class.")
gathers_along_examples = mistake(_loss, pick=lambda y_hat, y: y_hat.gather(0, y.unsqueeze(1)).squeeze(1),
    source="gather with dim=0",
    title="looks up the labels along the examples, in the first column",
    hint="Which dimension of the probabilities holds the classes? Try two rows that differ.")
looks_in_first_row = mistake(_loss, pick=lambda y_hat, y: y_hat[0][y],
    source="flattened probabilities indexed by the label alone",
    title="looks up every label in the first row",
    hint="Try two rows that differ. Each label belongs to a row of its own.")
counts_labels_from_one = mistake(_loss, pick=lambda y_hat, y: _picked(y_hat, y - 1),
    source="y - 1; the classes of the formula count from 1",
    title="counts the labels from 1",
    hint="Which column belongs to label 0? Remember what a negative index means in Python.")
uses_largest_probability = mistake(_loss, pick=lambda y_hat, y: y_hat.max(1).values,
    source="mix-up of the label and the prediction",
    title="ignores the labels and uses the largest probability",
    hint="A confident wrong answer must cost much. What does yours cost?")
uses_first_class = mistake(_loss, pick=lambda y_hat, y: y_hat[:, 0], source="a column number typed by hand",
    title="uses the first class for every example",
    hint="Change a label: the loss must change.")
multiplies_by_label = mistake(_loss,
    result=lambda y_hat, y, L: _against(y.unsqueeze(1).to(y_hat.dtype), y_hat),
    source="labels used as if they were one-hot",
    title="multiplies by the class number instead of selecting the class",
    hint="A label is a name, not an amount: class 2 does not count twice as much as class 1.")
scales_by_label = mistake(_loss, result=lambda y_hat, y, L: y * L,
    source="the label multiplied with the logarithm after it was picked",
    title="scales each loss by its class number",
    hint="Try label 0. A label is a name, not an amount.")
sums_all_classes = mistake(_loss, pick=_all, add=lambda L, y: L.sum(1),
    source="the sum over the classes without the one-hot factor",
    title="adds up the losses of all classes",
    hint="Only the probability of the label counts. How do the labels enter your formula?")
stops_after_first = mistake(_loss, result=lambda y_hat, y, L: torch.where(torch.arange(len(y)) < 1, L, 0.0),
    source="a return indented into the loop",
    title="stops after the first example",
    hint="Only the first example has a loss. When does your loop end?")
returns_first_loss = mistake(_loss, pick=lambda y_hat, y: y_hat[0, y[0]],
    source="a formula written for one example",
    title="returns only the loss of the first example",
    hint="The result needs one loss per example.")
returns_last_loss = mistake(_loss, pick=lambda y_hat, y: y_hat[-1, y[-1]],
    source="a variable overwritten at each step of the loop",
    title="returns only the loss of the last example",
    hint="The result needs one loss per example. What happens to the losses computed earlier?")
omits_last_example = mistake(_loss,
    result=lambda y_hat, y, L: torch.where(torch.arange(len(y)) < len(y) - 1, L, 0.0),
    source="an off-by-one in range",
    title="leaves out the last example",
    hint="The last loss is always 0. Check the bounds of your loop.")

@misconception(source="shape[1] in the place of shape[0]",
    title="treats as many examples as there are classes",
    hint="Try more examples than classes, then fewer. Which size bounds your loop?")
def loops_over_class_count(y_hat: Tensor, y: Tensor) -> Tensor:
    loss = torch.zeros(len(y), dtype=y_hat.dtype)
    for i in range(y_hat.shape[1]):
        loss[i] = -torch.log(y_hat[i, y[i]])
    return loss

assumes_two_examples = mistake(_loss, pick=lambda y_hat, y: y_hat[[0, 1], y],
    source="row numbers copied from a worked example",
    title="assumes that there are 2 examples",
    hint="Try a batch of three. Which indices did you type by hand?")
assumes_ten_classes = mistake(_loss,
    result=lambda y_hat, y, L: _against(torch.nn.functional.one_hot(y, 10).to(y_hat.dtype), y_hat),
    source="a size taken from Fashion-MNIST",
    title="assumes that there are 10 classes",
    hint="Take the number of classes from the shape of the probabilities, not from the data set.")
infers_class_count = mistake(_loss,
    result=lambda y_hat, y, L: _against(torch.nn.functional.one_hot(y).to(y_hat.dtype), y_hat),
    source="one_hot without the number of classes",
    title="takes the number of classes from the labels",
    hint="Try a batch in which the last class does not occur. How many columns does it need?")

# ---- another formula

forgets_minus = mistake(_loss, sign=1, source="a common slip",
    title="forgets the minus sign",
    hint="The logarithm of a probability is negative or 0. May a loss be negative?")
skips_logarithm = mistake(_loss, log=_same, source="mix-up with a loss that expects log-probabilities",
    title="returns minus the probability of the label",
    hint="Which function turns a product of probabilities into a sum?")
returns_probability = mistake(_loss, log=_same, sign=1, source="half of the formula",
    title="returns the probability of the label",
    hint="A good answer must cost little. Two steps are missing after the lookup.")
returns_expected_error = mistake(_loss, log=lambda p: 1 - p, sign=1, source="mix-up with the expected error",
    title="returns 1 minus the probability of the label",
    hint="Which function turns a product of probabilities into a sum?")
uses_complement = mistake(_loss, log=lambda p: torch.log(1 - p),
    source="the other half of the binary formula",
    title="takes the logarithm of the probability of being wrong",
    hint="Try a label with probability 1. Its loss must be 0.")
adds_one_in_logarithm = mistake(_loss, log=torch.log1p, source="log1p used to avoid log(0)",
    title="takes the logarithm of 1 plus the probability",
    hint="Try a label with probability 1. Its loss must be 0.")
uses_log2 = mistake(_loss, log=torch.log2, source="bits in the place of nats",
    title="takes logarithms to base 2",
    hint="Try a probability of 1/e: the loss must be 1. Which logarithm do you use?")
uses_log10 = mistake(_loss, log=torch.log10, source="wrong base",
    title="takes logarithms to base 10",
    hint="Try a probability of 1/e: the loss must be 1. Which logarithm do you use?")
returns_perplexity = mistake(_loss, log=lambda p: 1 / p, sign=1, source="mix-up with perplexity",
    title="exponentiates the loss",
    hint="Try a label with probability 1. Its loss must be 0.")
weights_by_probability = mistake(_loss, log=lambda p: p * torch.log(p),
    source="mix-up with a term of the entropy",
    title="weights the logarithm with the probability itself",
    hint="The weight of the logarithm is the true probability of the label. How large is that?")
returns_entropy = mistake(_loss, result=lambda y_hat, y, L: _against(y_hat, y_hat),
    source="mix-up of entropy and cross-entropy",
    title="returns the entropy of the prediction",
    hint="Change a label: the loss must change.")
swaps_roles = mistake(_loss, result=lambda y_hat, y, L: _against(y_hat, _one_hot(y_hat, y)),
    source="the arguments of the cross-entropy exchanged",
    title="swaps the roles of the prediction and the target",
    hint="Which of the two stands inside the logarithm? It must not be the one with the zeros.")
adds_binary_terms = mistake(_loss,
    result=lambda y_hat, y, L: _against(_one_hot(y_hat, y), y_hat) + _against(1 - _one_hot(y_hat, y), 1 - y_hat),
    source="mix-up with the binary cross-entropy",
    title="also penalizes the probabilities of the other classes",
    hint="Try labels [0] with [0.5, 0.5], then with [0.5, 0.25, 0.25]. Should the loss differ?")
applies_softmax = mistake(_loss, result=lambda y_hat, y, L: _with_softmax(y_hat, y),
    source="mix-up with a loss that expects logits",
    title="applies softmax to the probabilities first",
    hint="The inputs are probabilities already. What does another exponential do to them?")
normalizes_rows = mistake(_loss, pick=lambda y_hat, y: _picked(y_hat, y) / y_hat.sum(1),
    source="normalization repeated in the loss",
    title="divides each row by its sum first",
    hint="The rows are probabilities already. What does the gradient say about the other classes?")
normalizes_columns = mistake(_loss, given=lambda y_hat: y_hat / y_hat.sum(0),
    source="normalization repeated over the wrong dimension",
    title="divides each column by its sum first",
    hint="The rows are probabilities already; columns mix the examples.")
returns_squared_error = mistake(_loss, result=lambda y_hat, y, L: ((y_hat - _one_hot(y_hat, y)) ** 2).sum(1),
    source="mix-up with the loss of linear regression",
    title="returns the squared error",
    hint="Which loss belongs to classification? Try a label whose probability is nearly 0.")
counts_mistakes = mistake(_loss, result=lambda y_hat, y, L: (y_hat.argmax(1) != y).to(y_hat.dtype),
    source="mix-up with the error rate",
    title="counts mistakes",
    hint="The loss tells how sure the model was, and needs a gradient. Which steps lose both?")
smooths_labels = mistake(_loss,
    result=lambda y_hat, y, L: _against(0.9 * _one_hot(y_hat, y) + 0.1 / y_hat.shape[1], y_hat),
    source="label smoothing of 0.1 taken from a recipe",
    title="smooths the labels",
    hint="The label has weight 1 and the other classes have none.")

# ---- numerical stability

adds_epsilon = mistake(_loss, guard=lambda p: p + 1e-8, source="an epsilon against log(0)",
    title="adds 1e-8 to the probability",
    hint="Try a label with probability 1e-20. A label probability of exactly 0 is not asked for.")
adds_small_epsilon = mistake(_loss, guard=lambda p: p + 1e-12, source="a smaller epsilon against log(0)",
    title="adds 1e-12 to the probability",
    hint="Try a label with probability 1e-20. A label probability of exactly 0 is not asked for.")
clamps_probabilities = mistake(_loss, guard=lambda p: p.clamp(min=1e-7),
    source="the clamp of a known framework",
    title="treats every probability below 1e-7 as 1e-7",
    hint="Try a label with probability 1e-20. What is the gradient of a clamped number?")
clamps_small_probabilities = mistake(_loss, guard=lambda p: p.clamp(min=1e-12),
    source="a clamp against log(0)",
    title="treats every probability below 1e-12 as 1e-12",
    hint="Try a label with probability 1e-20. What is the gradient of a clamped number?")
multiplies_zero_by_infinity = mistake(_loss, pick=_all, add=lambda L, y: (_one_hot(L, y) * L).sum(1),
    source="one-hot product with the logarithm of all classes",
    title="gives NaN where another class has probability 0",
    hint="What is 0 times log(0) in floating point? Pick the label's probability before the log.")
limits_loss = mistake(_loss, result=lambda y_hat, y, L: L.clamp(max=50),
    source="a clamp on the loss against infinity",
    title="limits the loss to 50",
    hint="Try a label with probability 1e-30. Its loss is about 69.")
rounds_losses = mistake(_loss, result=lambda y_hat, y, L: torch.round(L, decimals=4),
    source="rounding to match the digits shown in a book",
    title="rounds the losses",
    hint="Rounding is for printing. What is the gradient of a rounded number?")

# ---- shape, dtype and memory layout

returns_column = mistake(_loss, result=lambda y_hat, y, L: L.unsqueeze(1),
    source="gather or keepdim without a squeeze",
    title="returns a column instead of a vector",
    hint="The result has one dimension. Which step leaves the class dimension behind with size 1?")
returns_row = mistake(_loss, result=lambda y_hat, y, L: L.unsqueeze(0),
    source="unsqueeze(0) or a list of one tensor stacked",
    title="returns a row matrix instead of a vector",
    hint="The result has one dimension. Which step adds another one?")
drops_batch_of_one = mistake(_loss, result=lambda y_hat, y, L: L.squeeze(),
    source="squeeze() without a dimension",
    title="drops the batch dimension of a batch of one",
    hint="Try a batch with one example. The result still has one dimension.")
needs_contiguous = mistake(_loss, given=lambda y_hat: y_hat.view(-1).view(y_hat.shape),
    source="view() where reshape() is needed",
    title="raises an error on non-contiguous probabilities",
    hint="Pass a transposed matrix. Which operation insists on a particular memory layout?")
returns_float32 = mistake(_loss, given=Tensor.float,
    source="float() or a result allocated with the default dtype",
    title="returns float32 whatever the dtype of the probabilities",
    hint="Pass float64 probabilities and print the dtype of the result.")
returns_float64 = mistake(_loss, given=Tensor.double,
    source="double() for precision, or a detour through NumPy",
    title="returns float64 whatever the dtype of the probabilities",
    hint="Pass float32 probabilities and print the dtype of the result.")

# ---- gradients, side effects and state

cuts_graph = mistake(_loss, given=Tensor.detach, source="detach, .data, no_grad or NumPy",
    title="cuts the result off from the graph",
    hint="The values are correct, but backward() cannot reach the probabilities. Which step leaves autograd?")
refuses_requires_grad = mistake(_loss, given=lambda y_hat: torch.from_numpy(y_hat.numpy()),
    source="numpy() called on the probabilities",
    title="raises an error when the probabilities require gradients",
    hint="Call it with requires_grad=True. Which step leaves autograd?")
breaks_backward = mistake(_loss, log=_log_and_spoil,
    source="probabilities changed in place after their logarithm was taken",
    title="raises an error in the backward pass",
    hint="Autograd keeps intermediate results for the backward pass. Which of them do you change in place?")

@misconception(source="an in-place logarithm on .data or under no_grad",
    title="replaces the probabilities that it was given by their logarithms",
    hint="Print the probabilities before and after the call. Which step works in place?")
def overwrites_probabilities(y_hat: Tensor, y: Tensor) -> Any:
    loss = _loss(y_hat.clone(), y)
    y_hat.data.log_()
    return loss

changes_input_or_raises = mistake(_loss, given=Tensor.log_, log=_same, source="log_ on the argument",
    title="changes the probabilities that it was given, or raises an error when they require gradients",
    hint="Print the probabilities before and after the call. Which step works in place?")
reshapes_labels = mistake(_loss, pick=lambda y_hat, y: y_hat.gather(1, y.unsqueeze_(1)).squeeze(1),
    source="unsqueeze_ on the argument",
    title="changes the shape of the labels that it was given",
    hint="Print the shape of the labels before and after the call. Which step works in place?")

_LOSSES: list[Tensor] = []


@misconception(source="a global list, or a list as a default argument",
    title="still contains the losses of earlier calls",
    hint="Call the function twice. Where does the list of losses live, and when is it emptied?")
def keeps_losses_between_calls(y_hat: Tensor, y: Tensor) -> Tensor:
    _LOSSES.extend(_loss(y_hat, y).unbind())
    return torch.stack(_LOSSES)

# Pairs that differ from the settings of both

multiplies_zero_by_infinity_and_infers_class_count = mistake(_loss,
    pick=_all, add=lambda L, y: (torch.nn.functional.one_hot(y) * L).sum(1),
    combines=("multiplies_zero_by_infinity", "infers_class_count"), source="one_hot without the number of classes, times the logarithms")
multiplies_zero_by_infinity_and_sums_per_class = mistake(_loss,
    pick=_all, add=lambda L, y: (_one_hot(L, y) * L).sum(0),
    combines=("multiplies_zero_by_infinity", "sums_per_class"), source="one-hot product, sum(0)")
multiplies_zero_by_infinity_and_skips_class_sum = mistake(_loss,
    pick=_all, add=lambda L, y: _one_hot(L, y) * L,
    combines=("multiplies_zero_by_infinity", "skips_class_sum"), source="one-hot product, no sum")
multiplies_zero_by_infinity_and_multiplies_by_label = mistake(_loss,
    pick=_all, add=lambda L, y: (y.unsqueeze(1) * L).sum(1),
    combines=("multiplies_zero_by_infinity", "multiplies_by_label"), source="labels times the logarithms")
applies_softmax_and_averages_over_batch = mistake(_loss,
    result=lambda y_hat, y, L: _with_softmax(y_hat, y).mean(),
    combines=("applies_softmax", "averages_over_batch"), source="the built-in's default")
returns_float32_and_cuts_graph = mistake(_loss, result=lambda y_hat, y, L: torch.tensor(L.tolist()),
    combines=("returns_float32", "cuts_graph"), source="torch.tensor of Python floats")

PAIRS = [
    ("adds_epsilon", "averages_over_batch", "log(p + 1e-8), then mean"),
    ("adds_epsilon", "sums_over_batch", "log(p + 1e-8), then sum"),
    ("adds_epsilon", "forgets_minus", "log(p + 1e-8)"),
    ("adds_epsilon", "returns_column", "epsilon after a gather"),
    ("adds_epsilon", "pairs_all_labels", "epsilon and a slice"),
    ("adds_epsilon", "returns_float32", "epsilon and float()"),
    ("adds_epsilon", "cuts_graph", "epsilon in a NumPy formula"),
    ("adds_epsilon", "divides_by_class_count", "one-hot, log(p + 1e-8)"),
    ("adds_small_epsilon", "averages_over_batch", "log(p + 1e-12), mean"),
    ("clamps_probabilities", "averages_over_batch", "clamp, then mean"),
    ("multiplies_zero_by_infinity", "averages_over_batch", "one-hot product, then mean over the batch"),
    ("multiplies_zero_by_infinity", "sums_over_batch", "one-hot product, sum()"),
    ("multiplies_zero_by_infinity", "forgets_minus", "one-hot product, no minus"),
    ("multiplies_zero_by_infinity", "divides_by_class_count", "one-hot product, mean(1)"),
    ("forgets_minus", "averages_over_batch", "mean of the logarithms"),
    ("forgets_minus", "sums_over_batch", "sum of the logarithms"),
    ("forgets_minus", "returns_column", "gather, then log"),
    ("forgets_minus", "pairs_all_labels", "log of a slice"),
    ("forgets_minus", "uses_log2", "log2 without a minus"),
    ("forgets_minus", "skips_class_sum", "one-hot mask of the logs"),
    ("skips_logarithm", "averages_over_batch", "the built-in's default"),
    ("uses_log2", "averages_over_batch", "mean in bits"),
    ("pairs_all_labels", "averages_over_batch", "mean over a slice"),
    ("averages_over_batch", "cuts_graph", "mean of Python floats"),
]
