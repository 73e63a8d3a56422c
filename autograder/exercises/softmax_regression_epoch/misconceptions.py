"""Known wrong implementations of softmax_regression_epoch: switches of one epoch."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, one_hot

from autograder.checking import misconception, mistake

Batches = list[tuple[Tensor, Tensor]]
Sums = list[float]


def _per_example(logits: Tensor, y: Tensor) -> Tensor:
    return cross_entropy(logits, y, reduction="none")


def _share(sums: Sums, sizes: list[int]) -> Any:
    return sum(sums) / max(sum(sizes), 1)


def _mean_of_means(sums: Sums, sizes: list[int]) -> float:
    return sum(s / n for s, n in zip(sums, sizes, strict=True)) / len(sums)


def _count(logits: Tensor, y: Tensor) -> float:
    return float((logits.argmax(1) == y).sum())


def _naive(logits: Tensor, y: Tensor) -> Tensor:
    exps = logits.exp()
    return -(exps / exps.sum(1, keepdim=True))[range(len(y)), y].log()


def _epoch(
    W: Tensor,
    b: Tensor,
    batches: Batches,
    lr: float,
    *,
    logits_of: Callable[..., Tensor] = lambda X, W, b: X @ W + b,
    loss_of: Callable[[Tensor, Tensor], Tensor] = _per_example,
    scale: Callable[[Tensor, Tensor, Batches], float] = lambda X, W, batches: 1.0,
    rate: Callable[[float], float] = lambda lr: lr,
    moves: tuple[bool, bool] = (True, True),
    local: bool = False,
    fresh: bool = False,
    clear: Callable[[int, int], bool] = lambda place, last: True,
    clears: tuple[bool, bool] = (True, True),
    steps: Callable[[int, int], bool] = lambda place, last: True,
    used: Callable[[Batches], Batches] = lambda batches: batches,
    loss_after: bool = False,
    count_after: bool = False,
    at_end: bool = False,
    count: Callable[[Tensor, Tensor], float] = _count,
    loss_report: Callable[[Sums, list[int]], Any] = _share,
    share_report: Callable[[Sums, list[int]], Any] = _share,
    returns: Callable[[Any, Any], Any] = lambda loss, share: (loss, share),
    finish: Callable[[Tensor, Tensor, Batches], Any] = lambda W, b, batches: None,
) -> Any:
    """One pass of minibatch SGD.

    logits_of, loss_of: the model and the losses of the examples; scale: a factor of both gradients.
    rate: what is made of lr; moves: which parameter moves; local: whether copies are trained; fresh:
    whether grads are cleared at the beginning; clear, clears: after which batches they are cleared, and
    whose; steps: after which batch a step is taken; used: the batches that are.
    loss_after, count_after: whether a figure is taken after the step; at_end: both after all; count: correct predictions;
    loss_report, share_report, returns: what becomes of sums, sizes and figures; finish: comes last.
    """
    if local:
        W, b = (p.detach().clone().requires_grad_() for p in (W, b))
    if fresh:
        W.grad = b.grad = None
    losses, counts, sizes = [], [], []
    last = len(batches) - 1
    for place, (X, y) in enumerate(used(batches)):
        logits = logits_of(X, W, b)
        loss = loss_of(logits, y)
        loss.mean().backward()
        loss_sum, hits = float(loss.sum()), count(logits.detach(), y)
        if steps(place, last):
            with torch.no_grad():
                for param, moved in zip((W, b), moves, strict=True):
                    if moved and param.grad is not None:
                        param -= scale(X, W, batches) * rate(lr) * param.grad
        for param, cleared in zip((W, b), clears, strict=True):
            if clear(place, last) and cleared:
                param.grad = None
        logits = logits_of(X, W, b).detach()
        losses.append(float(loss_of(logits, y).sum()) if loss_after else loss_sum)
        counts.append(count(logits, y) if count_after else hits)
        sizes.append(len(X))
    if at_end:
        found = [(logits_of(X, W, b).detach(), y) for X, y in batches]
        losses = [float(loss_of(logits, y).sum()) for logits, y in found]
        counts = [count(logits, y) for logits, y in found]
    finish(W, b, batches)
    return returns(loss_report(losses, sizes), share_report(counts, sizes))


# Nothing happens


rebinds = mistake(
    _epoch,
    local=True,
    title="trains, but the caller's W and b stay as they were",
    hint="`W = W - ...` gives the name W to a new tensor; the caller still holds the old one. Which operations "
    "change the tensor itself?",
    source="rebinding the parameter instead of changing it: a standing forum question about leaf tensors",
)
never_moves = mistake(
    _epoch,
    moves=(False, False),
    title="computes loss and accuracy, but takes no step",
    hint="A backward pass only fills `.grad`. Which line of yours changes W, and which b?",
    source="the update left out, or written to a temporary tensor",
)


@misconception(
    title="stops with an error at the first step",
    hint="While autograd is recording, a leaf that requires grad may not be changed in place. For which lines "
    "should recording be off?",
    source="no torch.no_grad() around the update; asked about in many threads on in-place changes of leaves",
)
def records_the_step(W: Tensor, b: Tensor, batches: Batches, lr: float) -> None:
    for X, y in batches:
        loss = cross_entropy(X @ W + b, y)
        loss.backward()
        W.sub_(lr * loss)


@misconception(
    title="takes no step and returns zeros",
    hint="Which lines of the contract does your function carry out already?",
    source="an answer that has the form alone",
    trivial=True,
)
def nothing(W: Tensor, b: Tensor, batches: Batches, lr: float) -> tuple[float, float]:
    return 0.0, 0.0


forgets_bias = mistake(
    _epoch,
    moves=(True, False),
    title="moves W, but never b",
    hint="The model has two parameters. Which of them does the step change?",
    source="course homework with one weight matrix and no bias, carried over",
)
forgets_weights = mistake(
    _epoch,
    moves=(False, True),
    title="moves b, but never W",
    hint="The model has two parameters. Which of them does the step change?",
    source="W rebound, b changed in place",
)

# Grads


never_clears = mistake(
    _epoch,
    clear=lambda place, last: False,
    title="adds up the gradients of all batches so far",
    hint="backward() adds to `.grad`. What does the second batch find there?",
    source="zero_grad forgotten: the best known question about training loops",
)
clears_once_a_call = mistake(
    _epoch,
    fresh=True,
    clear=lambda place, last: False,
    title="clears the gradients once a call, and adds them up from batch to batch",
    hint="backward() adds to `.grad`. What does the second batch find there?",
    source="optimizer.zero_grad() above the loop over the batches",
)
keeps_last_grad = mistake(
    _epoch,
    clear=lambda place, last: place < last,
    title="leaves a gradient over that enters the next call",
    hint="Call your function twice. What does the first backward pass of the second call find in `.grad`?",
    source="grads cleared at the start of every batch but the first",
)
clears_weights_only = mistake(
    _epoch,
    clears=(True, False),
    title="clears the gradient of W, but not that of b",
    hint="Each parameter has a gradient of its own. Look at both after a batch.",
    source="W.grad.zero_() alone, in tutorials' comment threads",
)
clears_bias_only = mistake(
    _epoch,
    clears=(False, True),
    title="clears the gradient of b, but not that of W",
    hint="Each parameter has a gradient of its own. Look at both after a batch.",
    source="an indentation or a loop that leaves out the first parameter",
)

# The step


sums_the_loss = mistake(
    _epoch,
    scale=lambda X, W, batches: len(X),
    title="takes steps by the sum of the gradients of a batch, not by their mean",
    hint="Repeat every example of a batch: should the step double? What do you divide the sum by?",
    source="loss.sum().backward() without the division by the batch size that the book's updater makes",
)
divides_twice = mistake(
    _epoch,
    scale=lambda X, W, batches: 1 / len(X),
    title="divides by the batch size twice",
    hint="A mean is divided already. Where in your code is the second division?",
    source="the mean loss with a step that divides by the batch size, from the book's two editions",
)
divides_by_classes = mistake(
    _epoch,
    scale=lambda X, W, batches: 1 / W.shape[1],
    title="divides the mean gradient by the number of classes",
    hint="The loss of an example is one number, however many classes there are. Which mean do you take?",
    source="mean() of a matrix of one-hot targets times log-probabilities",
)
climbs = mistake(
    _epoch,
    scale=lambda X, W, batches: -1.0,
    title="walks uphill: it adds the step instead of subtracting it",
    hint="The gradient points to where the loss grows. Which way should the parameters go?",
    source="sign slip, or onehot - p in the place of p - onehot",
)
ignores_lr = mistake(
    _epoch,
    rate=lambda lr: 1.0,
    title="ignores lr",
    hint="What does your function do differently when lr is halved?",
    source="learning rate forgotten in the step",
)
fixed_lr = mistake(
    _epoch,
    rate=lambda lr: 0.1,
    title="uses a learning rate of 0.1 whatever lr says",
    hint="What happens when lr changes? Look for a number in your code that is an argument.",
    source="the book's value, hard-coded",
)
divides_by_batches = mistake(
    _epoch,
    scale=lambda X, W, batches: len(X) / len(batches),
    title="divides the sum of a batch's gradients by the number of batches",
    hint="The mean over a batch divides by the number of its examples. What does len() count in your code?",
    source="len(batches) for len(X); loaders' lengths are mixed up in many issues",
)
divides_by_all = mistake(
    _epoch,
    scale=lambda X, W, batches: len(X) / sum(len(other) for other, _ in batches),
    title="divides the sum of a batch's gradients by the number of all examples",
    hint="A step uses one batch. Over how many examples is its mean?",
    source="X.shape[0] of the whole data set, in homework that cuts its batches itself",
)
divides_by_first_size = mistake(
    _epoch,
    scale=lambda X, W, batches: len(X) / len(batches[0][0]),
    title="divides by the size of the first batch, although others may have another one",
    hint="The last batch of an epoch is often smaller. Over how many examples is its mean?",
    source="a fixed batch size where the last one is smaller: reported for many training loops",
)

# The model and its loss


ignores_bias = mistake(
    _epoch,
    logits_of=lambda X, W, b: X @ W + 0 * b,
    title="predicts without the bias",
    hint="What are the logits where all features are 0?",
    source="X @ W alone",
)
softmax_twice = mistake(
    _epoch,
    loss_of=lambda logits, y: _per_example(logits.softmax(1), y),
    title="takes softmax twice: probabilities go into a loss that expects logits",
    hint="cross_entropy takes the softmax itself. What does it expect to be given?",
    source="softmax before cross_entropy: one of the most frequent questions on classification",
)
softmax_over_batch = mistake(
    _epoch,
    loss_of=lambda logits, y: -logits.log_softmax(0)[range(len(y)), y],
    title="normalizes over the batch in the place of the classes",
    hint="Each row is one example. Along which dimension do its probabilities add up to 1?",
    source="dim=0, or a softmax without dim",
)
overflows = mistake(
    _epoch,
    loss_of=_naive,
    title="overflows for large logits",
    hint="What is exp(100) in float32? Which constant may be subtracted from all logits of a row?",
    source="exp and log taken literally, as in the book's first version",
)
adds_epsilon = mistake(
    _epoch,
    loss_of=lambda logits, y: -(logits.softmax(1)[range(len(y)), y] + 1e-9).log(),
    title="adds a small constant to probabilities, whose logarithm is wrong where they are small",
    hint="Try logits that differ by 100. Which loss is out of reach when the logarithm never sees a 0?",
    source="log(p + 1e-9) against infinities",
)
adds_larger_epsilon = mistake(
    _epoch,
    loss_of=lambda logits, y: -(logits.softmax(1)[range(len(y)), y] + 1e-8).log(),
    title="adds a small constant to probabilities, whose logarithm is wrong where they are small",
    hint="Try logits that differ by 100. Which loss is out of reach when the logarithm never sees a 0?",
    source="log(p + 1e-8) against infinities",
)
all_classes = mistake(
    _epoch,
    loss_of=lambda logits, y: -logits.log_softmax(1).sum(1),
    title="adds up the log-probabilities of all classes, whatever the label is",
    hint="Where does y enter your loss? Only one class of an example counts.",
    source="the selection by the label forgotten",
)
first_class = mistake(
    _epoch,
    loss_of=lambda logits, y: -logits.log_softmax(1)[:, 0],
    title="takes the first class for the label of every example",
    hint="Where does y enter your loss?",
    source="an index 0 left over from a trial",
)
linear_loss = mistake(
    _epoch,
    loss_of=lambda logits, y: 1 - logits.softmax(1)[range(len(y)), y],
    title="uses the probability of the label itself, without the logarithm",
    hint="A loss of cross-entropy has no upper bound. Does yours?",
    source="1 - p taken for the loss",
)
squared_loss = mistake(
    _epoch,
    loss_of=lambda logits, y: (logits.softmax(1) - one_hot(y, logits.shape[1])).square().sum(1) / 2,
    title="uses the squared error of the probabilities",
    hint="Which loss does the contract name?",
    source="the loss of linear regression carried over",
)


@misconception(
    title="fails where the last class is not among the labels of a batch",
    hint="How does your code find out how many classes there are? Which argument knows it?",
    source="one_hot(y) without the number of classes, or y.max() + 1",
)
def classes_from_labels(W: Tensor, b: Tensor, batches: Batches, lr: float) -> Any:
    def loss_of(logits: Tensor, y: Tensor) -> Tensor:
        return -(one_hot(y) * logits.log_softmax(1)).sum(1)

    return _epoch(W, b, batches, lr, loss_of=loss_of)


# When


one_step_an_epoch = mistake(
    _epoch,
    clear=lambda place, last: False,
    steps=lambda place, last: place == last,
    title="takes one step at the end, by the sum of the batches' gradients",
    hint="Each batch has a step of its own, before the next batch is looked at. Which lines are inside the loop?",
    source="the update stands below the loop",
)
last_batch_only = mistake(
    _epoch,
    steps=lambda place, last: place == last,
    title="takes a step for the last batch only",
    hint="Each batch has a step of its own. Which lines are inside the loop?",
    source="backward and update stand below the loop",
)
first_batch_only = mistake(
    _epoch,
    used=lambda batches: batches[:1],
    title="stops after the first batch",
    hint="Where does your function return? An epoch goes through all batches.",
    source="return inside of the loop",
)
all_but_last = mistake(
    _epoch,
    used=lambda batches: batches[:-1],
    title="leaves out the last batch",
    hint="Which batch is the last that your loop sees?",
    source="drop_last, because the last batch is smaller",
)
one_large_batch = mistake(
    _epoch,
    used=lambda batches: [tuple(torch.cat(parts) for parts in zip(*batches, strict=True))],
    title="makes one large batch of all examples, and one step",
    hint="How many steps should an epoch of five batches take?",
    source="gradient descent on all data, as before minibatches were taught",
)
goes_through_twice = mistake(
    _epoch,
    used=lambda batches: [*batches, *batches],
    title="goes through the batches twice",
    hint="An epoch is one pass through the batches. Count the steps of yours.",
    source="a loop over epochs that stands in the function, too",
)
backwards = mistake(
    _epoch,
    used=lambda batches: batches[::-1],
    title="goes through the batches from the last to the first",
    hint="In which order do the batches come, and in which do you take them?",
    source="pop() from the end of a list",
)

# What is returned


mean_of_means = mistake(
    _epoch,
    loss_report=_mean_of_means,
    title="gives the mean of the batches' mean losses",
    hint="Try a batch of two examples beside a batch of four. Does every example count once?",
    source="the running loss divided by the number of batches: reported for many training loops",
)
mean_of_shares = mistake(
    _epoch,
    share_report=_mean_of_means,
    title="gives the mean of the batches' accuracies",
    hint="Try a batch of two examples beside a batch of four. Does every example count once?",
    source="batch accuracies averaged although the last batch is smaller: found in a benchmark's reference",
)
both_means = mistake(
    _epoch,
    loss_report=_mean_of_means,
    share_report=_mean_of_means,
    title="averages loss and accuracy over the batches, not over the examples",
    hint="Try a batch of two examples beside a batch of four. Does every example count once?",
    source="both figures divided by the number of batches",
)
total_loss = mistake(
    _epoch,
    loss_report=lambda sums, sizes: sum(sums),
    title="gives the sum of the losses of all examples",
    hint="More examples of the same kind should not make the loss larger. What is still to be divided?",
    source="division by the number of examples forgotten",
)
sum_of_means = mistake(
    _epoch,
    loss_report=lambda sums, sizes: sum(s / n for s, n in zip(sums, sizes, strict=True)),
    title="gives the sum of the batches' mean losses",
    hint="More batches of the same kind should not make the loss larger. What is still to be divided?",
    source="total_loss += loss.item(), and no division",
)
means_over_all = mistake(
    _epoch,
    loss_report=lambda sums, sizes: (
        sum(s / n for s, n in zip(sums, sizes, strict=True)) / sum(sizes)
    ),
    title="divides mean losses by the number of examples once more",
    hint="What you add up is a mean already. What should it be multiplied by, before the division?",
    source="the average loss of a well-known tutorial on transfer learning, corrected later",
)
last_loss = mistake(
    _epoch,
    loss_report=lambda sums, sizes: sums[-1] / sizes[-1],
    title="gives the loss of the last batch",
    hint="The mean is over all examples of the epoch. Where do you collect the losses of the other batches?",
    source="the loss of the last batch printed as that of the epoch: found in issues of several projects",
)
number_correct = mistake(
    _epoch,
    share_report=lambda sums, sizes: sum(sums),
    title="gives the number of correct predictions, not their share",
    hint="The contract's accuracy lies between 0 and 1.",
    source="the book's accuracy counts; the division comes later there",
)
percent = mistake(
    _epoch,
    share_report=lambda sums, sizes: 100 * sum(sums) / sum(sizes),
    title="gives the accuracy in percent",
    hint="The contract's accuracy lies between 0 and 1.",
    source="100 * correct / total, as in a well-known tutorial",
)
last_accuracy = mistake(
    _epoch,
    share_report=lambda sums, sizes: sums[-1] / sizes[-1],
    title="gives the accuracy of the last batch",
    hint="The accuracy is that of all examples of the epoch. Where do you add up the counts of the other batches?",
    source="a count that is set to 0 inside of the loop",
)
counts_columns = mistake(
    _epoch,
    count=lambda logits, y: float(
        (logits.argmax(0)[: len(y)] == y[: logits.shape[1]]).sum(),
    ),
    title="looks for the largest logit of each column when it counts",
    hint="Each row is one example. Along which dimension are its classes?",
    source="argmax(dim=0), compared as far as both reach",
)
swapped = mistake(
    _epoch,
    returns=lambda loss, share: (share, loss),
    title="returns accuracy first and loss second",
    hint="In which order does the contract name the two results?",
    source="results swapped",
)
loss_alone = mistake(
    _epoch,
    returns=lambda loss, share: loss,
    title="returns the loss alone",
    hint="The contract asks for two results.",
    source="carried over from linear regression",
)
stacked = mistake(
    _epoch,
    returns=lambda loss, share: torch.tensor([loss, share]),
    title="returns one tensor that holds both figures",
    hint="The contract asks for a tuple of two numbers.",
    source="torch.stack in the place of a tuple",
)
figures_after = mistake(
    _epoch,
    loss_after=True,
    count_after=True,
    title="measures loss and accuracy of a batch after its step",
    hint="Which parameters should a batch be judged with: those before or after its step?",
    source="the outputs are computed once more below the update",
)
figures_at_end = mistake(
    _epoch,
    at_end=True,
    title="measures loss and accuracy after the last step of the epoch",
    hint="Which parameters should a batch be judged with: those before its step, or those at the end?",
    source="evaluate(net, data) after the loop, as figures of a test are taken",
)
counts_mistakes = mistake(
    _epoch,
    count=lambda logits, y: float((logits.argmax(1) != y).sum()),
    title="gives the share of wrong predictions as accuracy",
    hint="A perfect model has the accuracy 1. What has yours?",
    source="the error rate of papers",
)
accuracy_after = mistake(
    _epoch,
    count_after=True,
    title="measures the accuracy of a batch after its step",
    hint="Which parameters should a batch be judged with: those before or after its step?",
    source="accuracy(net(X), y) below the update, as in early editions of the book's loop",
)

# What is left


parameters_detached = mistake(
    _epoch,
    finish=lambda W, b, batches: [p.requires_grad_(False) for p in (W, b)],
    title="leaves W and b without requires_grad",
    hint="The next epoch needs their gradients. What in your code takes the flag away?",
    source="requires_grad switched off for the update, and not on again",
)
autograd_off = mistake(
    _epoch,
    finish=lambda W, b, batches: torch.set_grad_enabled(False),
    title="leaves autograd switched off",
    hint="Switch it off for a block only: `with torch.no_grad():` ends by itself.",
    source="torch.set_grad_enabled(False) without the way back",
)
empties_batches = mistake(
    _epoch,
    finish=lambda W, b, batches: batches.clear(),
    title="empties the list of batches",
    hint="The caller trains on the same list in the next epoch. What does pop() do to it?",
    source="while batches: batches.pop(0)",
)


PAIRS = [
    ("never_clears", "both_means"),
    ("sums_the_loss", "total_loss"),
    ("softmax_twice", "both_means"),
    ("sums_the_loss", "never_clears"),
    ("last_loss", "last_accuracy"),
    ("softmax_twice", "never_clears"),
]
