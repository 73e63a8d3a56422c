"""Known wrong implementations of linear_regression_epoch: switches of one epoch."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from autograder.checking import misconception, mistake

Batches = list[tuple[Tensor, Tensor]]


def _error(X: Tensor, w: Tensor, b: Tensor, y: Tensor) -> Tensor:
    return X @ w + b - y


def _epoch(
    w: Tensor,
    b: Tensor,
    batches: Batches,
    lr: float,
    *,
    error: Callable[..., Tensor] = _error,
    loss_of: Callable[[Tensor], Tensor] = lambda e: (e**2 / 2).mean(),
    scale: Callable[[Tensor, Batches], float] = lambda X, batches: 1.0,
    rate: Callable[[float], float] = lambda lr: lr,
    rates: tuple[float, float] = (1.0, 1.0),
    summed: tuple[bool, bool] = (False, False),
    clear: Callable[[int, int], bool] = lambda place, last: True,
    clears: tuple[bool, bool] = (True, True),
    steps: Callable[[int, int], bool] = lambda place, last: True,
    moves: tuple[bool, bool] = (True, True),
    local: bool = False,
    one_by_one: bool = False,
    after: bool = False,
    at_end: bool = False,
    report: Callable[[list[Tensor], list[int]], Any] = lambda sums, sizes: (
        torch.stack(sums).sum() / sum(sizes)
    ),
    finish: Callable[[Tensor, Tensor], None] = lambda w, b: None,
    spoil: Callable[[Tensor, Tensor, Batches], None] = lambda w, b, batches: None,
    used: Callable[[Batches], Batches] = lambda batches: batches,
) -> Any:
    """One pass of minibatch SGD.

    error: the residuals; loss_of: what is differentiated; scale: a factor of both gradients.
    rate, rates: what is made of lr, for both and for each; summed: whose gradient is a sum; moves: which of them moves; local: whether copies are trained.
    clear, clears: after which batches grads are cleared, and whose; steps: after which a step is taken.
    one_by_one: whether b moves by a gradient taken after w has moved.
    after: whether the loss is taken after the step; at_end: whether all losses are; report: what becomes of sums and sizes.
    """
    if local:
        w, b = (p.detach().clone().requires_grad_() for p in (w, b))
    sums, sizes = [], []
    last = len(batches) - 1
    for place, (X, y) in enumerate(used(batches)):
        loss_of(error(X, w, b, y)).backward()
        before = (error(X, w, b, y).detach() ** 2 / 2).sum()
        if steps(place, last):
            with torch.no_grad():
                for index, param in enumerate((w, b)):
                    if index and one_by_one:
                        b.grad = error(X, w, b, y).mean().reshape(b.shape)
                    if moves[index] and param.grad is not None:
                        factor = scale(X, batches) * rates[index] * rate(lr)
                        count = len(X) if summed[index] else 1
                        param -= factor * count * param.grad
        for param, cleared in zip((w, b), clears, strict=True):
            if clear(place, last) and cleared:
                param.grad = None
        sums.append((error(X, w, b, y).detach() ** 2 / 2).sum() if after else before)
        sizes.append(len(X))
    if at_end:
        sums = [(error(X, w, b, y).detach() ** 2 / 2).sum() for X, y in batches]
    spoil(w, b, batches)
    finish(w, b)
    return report(sums, sizes)


# Nothing happens


rebinds = mistake(
    _epoch,
    local=True,
    title="trains, but the caller's w and b stay as they were",
    hint="`w = w - ...` gives the name w to a new tensor; the caller still holds the old one. Which operations "
    "change the tensor itself?",
    source="rebinding the parameter instead of changing it: a standing forum question about leaf tensors",
)
never_moves = mistake(
    _epoch,
    moves=(False, False),
    title="computes the loss, but takes no step",
    hint="A backward pass only fills `.grad`. Which line of yours changes w, and which b?",
    source="the update left out, or written to a temporary tensor",
)


@misconception(
    title="stops with an error at the first step",
    hint="While autograd is recording, a leaf that requires grad may not be changed in place. For which lines "
    "should recording be off?",
    source="no torch.no_grad() around the update; asked about in many threads on in-place changes of leaves",
)
def records_the_step(w: Tensor, b: Tensor, batches: Batches, lr: float) -> None:
    for X, y in batches:
        (_error(X, w, b, y) ** 2 / 2).mean().backward()
        w.sub_(lr * X.T @ _error(X, w, b, y))


forgets_bias = mistake(
    _epoch,
    moves=(True, False),
    title="moves w, but never b",
    hint="The model has two parameters. Which of them does the step change?",
    source="homework answers in which the bias keeps its first value",
)
forgets_weights = mistake(
    _epoch,
    moves=(False, True),
    title="moves b, but never w",
    hint="The model has two parameters. Which of them does the step change?",
    source="w rebound, b changed in place",
)

# Grads


never_clears = mistake(
    _epoch,
    clear=lambda place, last: False,
    title="adds up the gradients of all batches so far",
    hint="backward() adds to `.grad`. What does the second batch find there?",
    source="zero_grad forgotten: the best known question about training loops",
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
    title="clears the gradient of w, but not that of b",
    hint="Each parameter has a gradient of its own. Look at both after a batch.",
    source="w.grad.zero_() alone, in tutorials' comment threads",
)
clears_bias_only = mistake(
    _epoch,
    clears=(False, True),
    title="clears the gradient of b, but not that of w",
    hint="Each parameter has a gradient of its own. Look at both after a batch.",
    source="an indentation or a loop that leaves out the first parameter",
)

# The step


sums_the_loss = mistake(
    _epoch,
    scale=lambda X, batches: len(X),
    title="takes steps by the sum of the gradients of a batch, not by their mean",
    hint="Repeat every example of a batch: should the step double? What do you divide the sum by?",
    source="loss.sum().backward() without the division by the batch size that the book's sgd makes",
)
divides_twice = mistake(
    _epoch,
    scale=lambda X, batches: 1 / len(X),
    title="divides by the batch size twice",
    hint="A mean is divided already. Where in your code is the second division?",
    source="loss.mean().backward() with a step that divides by the batch size, from the book's two editions",
)
forgets_half = mistake(
    _epoch,
    scale=lambda X, batches: 2.0,
    title="takes steps of twice the correct size",
    hint="What is the derivative of (y_hat - y)²/2, and what is that of (y_hat - y)²?",
    source="mse_loss in the place of the halved loss, as in the book's concise version",
)
halves_again = mistake(
    _epoch,
    scale=lambda X, batches: 0.5,
    title="takes steps of half the correct size",
    hint="The 2 of the square and the 1/2 of the loss cancel. Where does another 1/2 come from?",
    source="1/(2n) of the formula put into the gradient as well",
)
climbs = mistake(
    _epoch,
    scale=lambda X, batches: -1.0,
    title="walks uphill: it adds the step instead of subtracting it",
    hint="The gradient points to where the loss grows. Which way should the parameters go?",
    source="sign slip, or y - y_hat with the gradient of y_hat - y",
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
    rate=lambda lr: 0.03,
    title="uses a learning rate of 0.03 whatever lr says",
    hint="What happens when lr changes? Look for a number in your code that is an argument.",
    source="the book's value, hard-coded",
)
divides_by_batches = mistake(
    _epoch,
    scale=lambda X, batches: len(X) / len(batches),
    title="divides the sum of a batch's gradients by the number of batches",
    hint="The mean over a batch divides by the number of its examples. What does len() count in your code?",
    source="len(batches) for len(X); loaders' lengths are mixed up in many issues",
)
divides_by_all = mistake(
    _epoch,
    scale=lambda X, batches: len(X) / sum(len(other) for other, _ in batches),
    title="divides the sum of a batch's gradients by the number of all examples",
    hint="A step uses one batch. Over how many examples is its mean?",
    source="the mean of the whole data set in each step",
)
divides_by_features = mistake(
    _epoch,
    scale=lambda X, batches: len(X) / X.shape[1],
    title="divides the sum of a batch's gradients by the number of features",
    hint="Which dimension of X counts the examples?",
    source="X.shape[1] for X.shape[0]",
)
divides_by_first_size = mistake(
    _epoch,
    scale=lambda X, batches: len(X) / len(batches[0][0]),
    title="divides by the size of the first batch, although others may have another one",
    hint="The last batch of an epoch is often smaller. Over how many examples is its mean?",
    source="a fixed batch size where the last one is smaller: reported for many training loops",
)
broadcasts_targets = mistake(
    _epoch,
    error=lambda X, w, b, y: X @ w + b - y.reshape(-1),
    title="subtracts every target from every prediction",
    hint="Print the shapes of y_hat, y and their difference. Where do n × n numbers come from?",
    source="(n, 1) minus (n,): among the most frequent questions on linear regression",
)
broadcasts_targets_in_means = mistake(
    _epoch,
    error=lambda X, w, b, y: X @ w + b - y.reshape(-1),
    report=lambda sums, sizes: sum(s / n for s, n in zip(sums, sizes, strict=True)) / sum(sizes),
    title="subtracts every target from every prediction",
    hint="Print the shapes of y_hat, y and their difference. Where do n × n numbers come from?",
    source="(n, 1) minus (n,), with the mean loss of a batch times its size in the report",
)
ignores_bias = mistake(
    _epoch,
    error=lambda X, w, b, y: X @ w + 0 * b - y,
    title="predicts without the bias",
    hint="What should the model predict where all features are 0?",
    source="X @ w alone",
)
signs_only = mistake(
    _epoch,
    loss_of=lambda e: e.abs().mean(),
    title="follows the gradient of the absolute error",
    hint="The loss is a square. Should a large error move w more than a small one?",
    source="L1 in the place of the squared loss",
)
root_of_loss = mistake(
    _epoch,
    loss_of=lambda e: (e**2).mean().sqrt(),
    title="follows the gradient of the root of the mean squared error",
    hint="Which function do you differentiate? The contract's loss has no root.",
    source="RMSE in the place of the squared loss",
)
bias_after_weights = mistake(
    _epoch,
    one_by_one=True,
    title="moves b by a gradient that is taken after w has moved",
    hint="Both gradients belong to the same point. Which of your lines still need the old w?",
    source="updates written one after the other by hand, a classic remark on gradient descent",
)
sums_bias_gradient = mistake(
    _epoch,
    rates=(1.0, 2.0),
    title="moves b by twice its gradient",
    hint="Follow the gradient of b through your code: what is it multiplied by?",
    source="a bias learning rate of twice the size, as in old deep learning code",
)
adds_up_bias_gradient = mistake(
    _epoch,
    summed=(False, True),
    title="moves b by the sum of its gradients over a batch, and w by their mean",
    hint="Both parameters follow the mean over the batch. Which of your two lines divides by its size?",
    source="how it comes about: error.sum() beside X.T @ error / n, in gradients by hand",
)
adds_up_weight_gradient = mistake(
    _epoch,
    summed=(True, False),
    title="moves w by the sum of its gradients over a batch, and b by their mean",
    hint="Both parameters follow the mean over the batch. Which of your two lines divides by its size?",
    source="how it comes about: X.T @ error beside error.mean(), in gradients by hand",
)

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
skips_last_batch = mistake(
    _epoch,
    used=lambda batches: batches[:-1],
    report=lambda sums, sizes: sum(sums) / max(sum(sizes), 1),
    title="leaves out the last batch",
    hint="Where does your loop end? Count its steps for two batches.",
    source="how it comes about: range(len(batches) - 1), or a slice that ends one too early",
)
skips_small_batches = mistake(
    _epoch,
    used=lambda batches: [one for one in batches if len(one[0]) >= len(batches[0][0])],
    title="leaves out batches that are smaller than the first",
    hint="The last batch may hold fewer examples. Do they count?",
    source="drop_last",
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

# The loss that is returned


mean_of_means = mistake(
    _epoch,
    report=lambda sums, sizes: sum(s / n for s, n in zip(sums, sizes, strict=True)) / len(sums),
    title="returns the mean of the batches' mean losses",
    hint="Try a batch of one example beside a batch of three. Does every example count once?",
    source="the running loss divided by the number of batches: reported for many training loops",
)
sum_of_means = mistake(
    _epoch,
    report=lambda sums, sizes: sum(s / n for s, n in zip(sums, sizes, strict=True)),
    title="returns the sum of the batches' mean losses",
    hint="More batches of the same kind should not make the loss larger. What is still to be divided?",
    source="total_loss += loss.item(), and no division",
)
means_over_all = mistake(
    _epoch,
    report=lambda sums, sizes: sum(s / n for s, n in zip(sums, sizes, strict=True)) / sum(sizes),
    title="divides mean losses by the number of examples once more",
    hint="What you add up is a mean already. What should it be multiplied by, before the division?",
    source="the average loss of a well-known tutorial on transfer learning, corrected later",
)
total_loss = mistake(
    _epoch,
    report=lambda sums, sizes: sum(sums),
    title="returns the sum of the losses of all examples",
    hint="More examples of the same kind should not make the loss larger. What is still to be divided?",
    source="division by the number of examples forgotten",
)
sum_over_batches = mistake(
    _epoch,
    report=lambda sums, sizes: sum(sums) / len(sums),
    title="divides the sum of all losses by the number of batches",
    hint="How many losses did you add up, and what do you divide by?",
    source="len(batches) for the number of examples",
)
last_loss = mistake(
    _epoch,
    report=lambda sums, sizes: sums[-1] / sizes[-1],
    title="returns the loss of the last batch",
    hint="The mean is over all examples of the epoch. Where do you collect the losses of the other batches?",
    source="the loss of the last batch printed as that of the epoch: found in issues of several projects",
)
first_loss = mistake(
    _epoch,
    report=lambda sums, sizes: sums[0] / sizes[0],
    title="returns the loss of the first batch",
    hint="The mean is over all examples of the epoch. Where do the losses of the other batches go?",
    source="the total is set anew in the wrong place",
)
twice_the_loss = mistake(
    _epoch,
    report=lambda sums, sizes: 2 * sum(sums) / sum(sizes),
    title="returns the mean squared error, without the half",
    hint="The contract's loss is (y_hat - y)²/2. Compare with an error of 2.",
    source="mse_loss reported, its half differentiated",
)
list_of_losses = mistake(
    _epoch,
    report=lambda sums, sizes: [float(s / n) for s, n in zip(sums, sizes, strict=True)],
    title="returns a list of the batches' losses",
    hint="The contract asks for one number, the mean over all examples.",
    source="a history handed back as it is",
)
loss_after = mistake(
    _epoch,
    after=True,
    title="measures the loss of a batch after its step",
    hint="Which parameters should the loss of a batch be measured with: those before or after its step?",
    source="the loss is computed once more below the update",
)

loss_at_end = mistake(
    _epoch,
    at_end=True,
    title="measures the loss of all batches after the last step of the epoch",
    hint="Which parameters should the loss of a batch be measured with: those before its step, or those at the end?",
    source="evaluate(net, data) after the loop, as a test loss is taken",
)

# What is left


parameters_detached = mistake(
    _epoch,
    finish=lambda w, b: [p.requires_grad_(False) for p in (w, b)] and None,
    title="leaves w and b without requires_grad",
    hint="The next epoch needs their gradients. What in your code takes the flag away?",
    source="requires_grad switched off for the update, and not on again",
)
autograd_off = mistake(
    _epoch,
    finish=lambda w, b: torch.set_grad_enabled(False) and None,
    title="leaves autograd switched off",
    hint="Switch it off for a block only: `with torch.no_grad():` ends by itself.",
    source="torch.set_grad_enabled(False) without the way back",
)
empties_batches = mistake(
    _epoch,
    spoil=lambda w, b, batches: batches.clear(),
    title="empties the list of batches",
    hint="The caller trains on the same list in the next epoch. What does pop() do to it?",
    source="while batches: batches.pop(0)",
)


@misconception(
    title="takes the batches out of the list, and divides by zero in the next epoch",
    hint="The caller trains on the same list in the next epoch. What does pop() do to it?",
    source="while batches: batches.pop(0), with a count of the examples",
)
def pops_batches(w: Tensor, b: Tensor, batches: Batches, lr: float) -> Any:
    taken = list(batches)
    batches.clear()
    return 0.0 / sum(len(X) for X, _ in taken) + _epoch(w, b, taken, lr)


PAIRS = [
    ("never_clears", "mean_of_means"),
    ("sums_the_loss", "total_loss"),
    ("forgets_half", "twice_the_loss"),
    ("divides_by_first_size", "mean_of_means"),
    ("sums_the_loss", "never_clears"),
]
