"""Known wrong implementations of sgd_weight_decay.

The gradient of `w` is called `g` and its group's weight_decay `lam`; `_update` is the right loop,
into which each entry puts one mistake.
"""

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor

from autograder.checking import misconception

Groups = list[dict[str, Any]]


def _zero(w: Tensor) -> None:
    assert w.grad is not None
    w.grad.zero_()


def _keep(w: Tensor) -> None:
    """Leave the gradient as it is."""


def _decay(group: dict[str, Any]) -> float:
    lam: float = group.get("weight_decay", 0.0)
    return lam


def _update(
    groups: Iterable[dict[str, Any]],
    step: Callable[[Tensor, Tensor, float], Tensor | float],
    clear: Callable[[Tensor], None] = _zero,
    *,
    decay: Callable[[dict[str, Any]], float] = _decay,
    chosen: slice = slice(None),
) -> None:
    with torch.no_grad():
        for group in groups:
            lam = decay(group)
            for w in group["params"][chosen]:
                w -= step(w, w.grad, lam)
                clear(w)


# Nothing happens, or an error


@misconception(
    title="leaves the parameters and their gradients as they were",
    hint="`w = w - ...` gives the name w to a new tensor; the caller still holds the old one. "
    "Which operations change the tensor itself?",
    source="rebinding the loop variable, or returning new tensors; a standing forum question",
    trivial=True,
)
def changes_nothing(param_groups: Groups, lr: float, batch_size: int) -> None:
    for group in param_groups:
        for w in group["params"]:
            w = w - lr * (w.grad / batch_size + _decay(group) * w)


@misconception(
    title="clears the gradients but leaves every parameter at its old value",
    hint="Does the step change the caller's tensor, or only a new one that has the same name?",
    source="the step written to a temporary tensor, or the decay's loop never reached",
)
def only_clears_gradients(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(param_groups, lambda w, g, lam: 0.0)


@misconception(
    title="stops with an error before it has changed any parameter",
    hint="While autograd is recording, a leaf tensor that requires grad may not be changed in "
    "place. And param_groups is a list of dictionaries: how do you get at their tensors?",
    source="no torch.no_grad() around the update, or groups treated as tensors",
)
def raises_at_once(param_groups: Groups, lr: float, batch_size: int) -> None:
    for group in param_groups:
        for w in group["params"]:
            w -= lr * (w.grad / batch_size + _decay(group) * w)
            _zero(w)


# The decay term


@misconception(
    title="ignores the weight decay",
    hint="With all gradients zero, what should happen to a weight whose group decays?",
    source="sgd copied without the new term",
)
def ignores_decay(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(param_groups, lambda w, g, lam: lr * g / batch_size)


@misconception(
    title="divides the decay by batch_size as well",
    hint="The data's gradient is a sum over the batch; is the decay of a weight? Check the "
    "parentheses around the division.",
    source="penalty added to the summed loss, or to w.grad, before the division",
)
def divides_decay_by_batch_size(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(param_groups, lambda w, g, lam: lr * (g + lam * w) / batch_size)


@misconception(
    title="does not multiply the decay by lr",
    hint="Both terms are a gradient. Which factor do they share?",
    source="w *= 1 - weight_decay; mix-up of decay as a shrinking factor and as a gradient",
)
def decays_without_lr(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(param_groups, lambda w, g, lam: lr * g / batch_size + lam * w)


@misconception(
    title="decays the weight after the gradient's step, so with its new value",
    hint="Both terms use the old w. In which order do your two lines change it?",
    source="sgd step first, then w *= 1 - lr * weight_decay",
)
def decays_new_value(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(
        param_groups,
        lambda w, g, lam: lr * g / batch_size + lr * lam * (w - lr * g / batch_size),
    )


@misconception(
    title="makes the decay twice as strong",
    hint="What is the derivative of w**2 / 2? Is a factor 2 left?",
    source="derivative of w**2 without the 1/2",
)
def doubles_decay(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(param_groups, lambda w, g, lam: lr * (g / batch_size + 2 * lam * w))


@misconception(
    title="makes the decay half as strong",
    hint="The 1/2 in the penalty cancels when it is differentiated. Is it still in your code?",
    source="the penalty's 1/2 carried over to its gradient",
)
def halves_decay(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(param_groups, lambda w, g, lam: lr * (g / batch_size + lam * w / 2))


@misconception(
    title="lets the weights grow instead of shrinking them",
    hint="With a zero gradient a decaying weight should come closer to 0. Which sign does that?",
    source="sign slip in the decay term alone",
)
def grows_weights(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(param_groups, lambda w, g, lam: lr * (g / batch_size - lam * w))


@misconception(
    title="subtracts the same decay from every weight, whatever its value",
    hint="A weight of 0 should not decay at all. What is the decay to be proportional to?",
    source="weight_decay added to the gradient without the factor w",
)
def decays_by_constant(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(param_groups, lambda w, g, lam: lr * (g / batch_size + lam))


@misconception(
    title="adds the penalty itself to the gradient instead of the penalty's derivative",
    hint="The update needs a gradient. What is the derivative of sum(w**2) / 2 by one weight?",
    source="weight_decay * l2_penalty(w) in the step",
)
def adds_penalty_value(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(param_groups, lambda w, g, lam: lr * (g / batch_size + lam * (w**2).sum() / 2))


@misconception(
    title="makes the decay proportional to the square of the weight",
    hint="A negative weight should grow towards 0. What is the derivative of w**2 / 2?",
    source="penalty and derivative mixed up, element by element",
)
def decays_by_square(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(param_groups, lambda w, g, lam: lr * (g / batch_size + lam * w**2))


@misconception(
    title="makes the decay half the square of the weight",
    hint="A negative weight should grow towards 0. What is the derivative of w**2 / 2?",
    source="penalty and derivative mixed up, element by element",
)
def decays_by_half_square(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(param_groups, lambda w, g, lam: lr * (g / batch_size + lam * w**2 / 2))


@misconception(
    title="decays by the sign of the weight: an L1 penalty",
    hint="A large weight should decay faster than a small one. Whose derivative have you taken?",
    source="L1 and L2 mixed up",
)
def decays_by_sign(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(param_groups, lambda w, g, lam: lr * (g / batch_size + lam * w.sign()))


@misconception(
    title="makes the decay proportional to the absolute value of the weight",
    hint="A negative weight should grow towards 0. Does yours?",
    source="abs() taken from the L1 norm",
)
def decays_by_absolute_value(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(param_groups, lambda w, g, lam: lr * (g / batch_size + lam * w.abs()))


@misconception(
    title="divides the decay by the norm of the parameter",
    hint="The penalty is the squared norm, not the norm. And what is 0 / 0?",
    source="derivative of the unsquared L2 norm",
)
def normalizes_decay(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(param_groups, lambda w, g, lam: lr * (g / batch_size + lam * w / w.norm()))


@misconception(
    title="decays every element by the norm of the whole parameter",
    hint="Each weight decays by its own value. What shape has your decay term?",
    source="weight_decay * w.norm()",
)
def decays_by_norm(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(param_groups, lambda w, g, lam: lr * (g / batch_size + lam * w.norm()))


@misconception(
    title="decays every element by the sum of the whole parameter",
    hint="Each weight decays by its own value. What shape has your decay term?",
    source="weight_decay * w.sum()",
)
def decays_by_sum(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(param_groups, lambda w, g, lam: lr * (g / batch_size + lam * w.sum()))


@misconception(
    title="averages the decay over the elements of the parameter",
    hint="The penalty is a sum over the weights, not a mean. Which divisor is one too many?",
    source="derivative of (w**2).mean() / 2",
)
def averages_decay(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(param_groups, lambda w, g, lam: lr * (g / batch_size + lam * w / w.numel()))


@misconception(
    title="multiplies the decay by lr twice",
    hint="Follow lr through your code: by what is the decay multiplied in all?",
    source="lr inside the parentheses and outside",
)
def decays_with_lr_twice(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(param_groups, lambda w, g, lam: lr * (g / batch_size + lr * lam * w))


@misconception(
    title="uses the square of weight_decay",
    hint="Follow weight_decay through your code: by what is w multiplied in all?",
    source="weight_decay multiplied in twice",
)
def squares_weight_decay(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(param_groups, lambda w, g, lam: lr * (g / batch_size + lam * lam * w))


@misconception(
    title="uses lr as the weight decay, and weight_decay as the learning rate",
    hint="Which number multiplies the gradient, and which one only the weight?",
    source="swapped names",
)
def swaps_lr_and_weight_decay(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(param_groups, lambda w, g, lam: lam * (g / batch_size + lr * w))


@misconception(
    title="decays the gradient instead of the weight: the step grows by weight_decay",
    hint="Which tensor does weight_decay multiply: w or w.grad?",
    source="w.grad * (1 + weight_decay)",
)
def decays_gradient(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(param_groups, lambda w, g, lam: lr * (1 + lam) * g / batch_size)


@misconception(
    title="decays the learning rate instead of the weight",
    hint="With a zero gradient a decaying weight should still shrink. Does yours?",
    source="weight decay mixed up with learning rate decay",
)
def decays_learning_rate(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(param_groups, lambda w, g, lam: lr * (1 - lam) * g / batch_size)


@misconception(
    title="multiplies the weight by weight_decay",
    hint="A weight_decay of 0 should leave the weight as it is. What does it do in your code?",
    source="weight_decay taken for the fraction that is kept",
)
def multiplies_by_weight_decay(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(param_groups, lambda w, g, lam: w - lam * w + lr * g / batch_size)


@misconception(
    title="shrinks the weight by the factor exp(-lr * weight_decay)",
    hint="The step is linear in w: by which factor does `w - lr * weight_decay * w` multiply w?",
    source="continuous decay, which agrees only to first order",
)
def decays_exponentially(param_groups: Groups, lr: float, batch_size: int) -> None:
    rate = torch.tensor(-lr, dtype=torch.float64)
    _update(
        param_groups, lambda w, g, lam: w * float(1 - torch.exp(rate * lam)) + lr * g / batch_size
    )


@misconception(
    title="never lets the decay shrink a weight beyond 0",
    hint="lr * weight_decay may exceed 1. Does the formula contain a maximum?",
    source="max(0, 1 - lr * weight_decay)",
)
def clamps_decay(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(param_groups, lambda w, g, lam: min(lr * lam, 1.0) * w + lr * g / batch_size)


@misconception(
    title="mixes gradient and decay as a weighted mean",
    hint="Adding the decay does not make the gradient's own term any smaller. Which factor does?",
    source="(1 - weight_decay) * gradient + weight_decay * w, as in a moving average",
)
def takes_weighted_mean(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(param_groups, lambda w, g, lam: lr * ((1 - lam) * g / batch_size + lam * w))


@misconception(
    title="decays a tensor once for every tensor of its group",
    hint="How often does the line with the decay run for one tensor? Count your nested loops.",
    source="decay loop nested in the update loop",
)
def decays_once_per_tensor(param_groups: Groups, lr: float, batch_size: int) -> None:
    with torch.no_grad():
        for group in param_groups:
            params = group["params"]
            shrink = (1 - lr * _decay(group)) ** len(params)
            for w in params:
                w.mul_(shrink).sub_(lr * w.grad / batch_size)
                _zero(w)


@misconception(
    title="decays the weights but ignores their gradients",
    hint="With weight_decay 0 the function should do what sgd does. Where is the gradient's term?",
    source="the decay step replaces the gradient step",
)
def ignores_gradient(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(param_groups, lambda w, g, lam: lr * lam * w)


@misconception(
    title="does not decay a tensor whose gradient is zero, in every element",
    hint="A weight without a gradient still decays. Which condition skips it?",
    source="zero gradients skipped to save work",
)
def skips_zero_gradients(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(
        param_groups,
        lambda w, g, lam: lr * (g / batch_size + lam * w) if g.any() else 0.0,
    )


# Which tensors decay


@misconception(
    title="decays only tensors with two or more dimensions",
    hint="The group alone decides whether a tensor decays. What does its shape have to do with it?",
    source="biases told from weights by their number of dimensions",
)
def decays_by_dimension(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(param_groups, lambda w, g, lam: lr * (g / batch_size + (w.dim() > 1) * lam * w))


@misconception(
    title="does not decay tensors of one element",
    hint="The group alone decides whether a tensor decays. What does its size have to do with it?",
    source="biases told from weights by their number of elements",
)
def spares_single_elements(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(param_groups, lambda w, g, lam: lr * (g / batch_size + (w.numel() > 1) * lam * w))


@misconception(
    title="decays only the first tensor of each group",
    hint="The group alone decides whether a tensor decays. Do all tensors of a group decay?",
    source="params[0] taken for the weight, the rest for biases",
)
def decays_first_tensor_of_group(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(param_groups, lambda w, g, lam: lr * (g / batch_size + lam * w), chosen=slice(1))
    _update(param_groups, lambda w, g, lam: lr * g / batch_size, chosen=slice(1, None))


@misconception(
    title="decays all tensors of a group but the last, unless it is alone",
    hint="The group alone decides whether a tensor decays. Do all tensors of a group decay?",
    source="params[-1] taken for the bias",
)
def spares_last_tensor_of_group(param_groups: Groups, lr: float, batch_size: int) -> None:
    for group in param_groups:
        end = max(len(group["params"]) - 1, 1)
        _update([group], lambda w, g, lam: lr * (g / batch_size + lam * w), chosen=slice(end))
        _update([group], lambda w, g, lam: lr * g / batch_size, chosen=slice(end, None))


@misconception(
    title="decays only the tensors of the first group",
    hint="Every group has its own weight_decay. Which groups does your decay reach?",
    source="the first group taken for the weights",
)
def decays_first_group_only(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(param_groups[:1], lambda w, g, lam: lr * (g / batch_size + lam * w))
    _update(param_groups[1:], lambda w, g, lam: lr * g / batch_size)


@misconception(
    title="uses the first group's weight_decay for all groups",
    hint="Every group has its own weight_decay. Where does your code read it?",
    source="param_groups[0]['weight_decay']",
)
def uses_first_decay_for_all(param_groups: Groups, lr: float, batch_size: int) -> None:
    first = _decay(param_groups[0])
    _update(
        param_groups,
        lambda w, g, lam: lr * (g / batch_size + lam * w),
        decay=lambda group: first,
    )


@misconception(
    title="uses the last group's weight_decay for all groups",
    hint="Every group has its own weight_decay. What does the variable hold after the loop?",
    source="the value is read in a loop and used after it",
)
def uses_last_decay_for_all(param_groups: Groups, lr: float, batch_size: int) -> None:
    last = _decay(param_groups[-1])
    _update(
        param_groups,
        lambda w, g, lam: lr * (g / batch_size + lam * w),
        decay=lambda group: last,
    )


@misconception(
    title="uses the largest weight_decay for all groups",
    hint="Every group has its own weight_decay, and a group without one does not decay.",
    source="one weight decay for the whole model",
)
def uses_largest_decay_for_all(param_groups: Groups, lr: float, batch_size: int) -> None:
    largest = max(_decay(group) for group in param_groups)
    _update(
        param_groups,
        lambda w, g, lam: lr * (g / batch_size + lam * w),
        decay=lambda group: largest,
    )


@misconception(
    title="keeps the previous group's weight_decay for a group that has none",
    hint="What does your variable hold when a group does not name a weight_decay?",
    source="variable set inside an if, and not reset for the next group",
)
def keeps_previous_decay(param_groups: Groups, lr: float, batch_size: int) -> None:
    previous: float = 0.0

    def decay(group: dict[str, Any]) -> float:
        nonlocal previous
        previous = group.get("weight_decay", previous)
        return previous

    _update(param_groups, lambda w, g, lam: lr * (g / batch_size + lam * w), decay=decay)


@misconception(
    title="adds up the weight_decay of all groups so far",
    hint="Every group has its own weight_decay. Does yours start afresh with each group?",
    source="+= on a variable set outside the loop",
)
def accumulates_decay(param_groups: Groups, lr: float, batch_size: int) -> None:
    total = 0.0

    def decay(group: dict[str, Any]) -> float:
        nonlocal total
        total += _decay(group)
        return total

    _update(param_groups, lambda w, g, lam: lr * (g / batch_size + lam * w), decay=decay)


@misconception(
    title="stops with an error at a group that does not name a weight_decay",
    hint="The key is optional. How do you read a dictionary entry that may be missing?",
    source="group['weight_decay']: KeyError",
)
def needs_weight_decay_key(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(
        param_groups,
        lambda w, g, lam: lr * (g / batch_size + lam * w),
        decay=lambda group: group["weight_decay"],
    )


@misconception(
    title="uses 0.01 for a group that does not name a weight_decay",
    hint="What does a missing weight_decay mean? It is not the same in every optimizer.",
    source="the default of torch.optim.AdamW",
)
def defaults_to_001(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(
        param_groups,
        lambda w, g, lam: lr * (g / batch_size + lam * w),
        decay=lambda group: group.get("weight_decay", 0.01),
    )


@misconception(
    title="uses 0.01 for a group whose weight_decay is missing or 0",
    hint="Is a weight_decay of 0 false or missing in your code? An explicit 0 means 0.",
    source="group.get('weight_decay') or 0.01",
)
def treats_zero_as_missing(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(
        param_groups,
        lambda w, g, lam: lr * (g / batch_size + lam * w),
        decay=lambda group: _decay(group) or 0.01,
    )


@misconception(
    title="uses 1 for a group that does not name a weight_decay",
    hint="A group that does not name a weight_decay does not decay. Which default says so?",
    source="group.get('weight_decay', 1)",
)
def defaults_to_one(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(
        param_groups,
        lambda w, g, lam: lr * (g / batch_size + lam * w),
        decay=lambda group: group.get("weight_decay", 1.0),
    )


@misconception(
    title="uses a weight decay of 0.01 for all groups, whatever they say",
    hint="Look for a number in your code that belongs to the group.",
    source="hard-coded",
)
def fixes_decay_at_001(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(
        param_groups,
        lambda w, g, lam: lr * (g / batch_size + lam * w),
        decay=lambda group: 0.01,
    )


@misconception(
    title="uses a weight decay of 3 for all groups, whatever they say",
    hint="Look for a number in your code that belongs to the group.",
    source="the lambda of the chapter's experiment, hard-coded",
)
def fixes_decay_at_3(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(
        param_groups, lambda w, g, lam: lr * (g / batch_size + lam * w), decay=lambda group: 3.0
    )


@misconception(
    title="leaves the tensors of a group that does not name a weight_decay as they are",
    hint="Biases do not decay, but they learn. Which lines depend on the key being there?",
    source="the whole update inside `if 'weight_decay' in group`",
)
def skips_groups_without_key(param_groups: Groups, lr: float, batch_size: int) -> None:
    groups = [group for group in param_groups if "weight_decay" in group]
    _update(groups, lambda w, g, lam: lr * (g / batch_size + lam * w))


@misconception(
    title="leaves the tensors of a group whose weight_decay is missing or 0 as they are",
    hint="Biases do not decay, but they learn. Which lines depend on the decay not being 0?",
    source="the whole update inside `if weight_decay`",
)
def skips_groups_without_decay(param_groups: Groups, lr: float, batch_size: int) -> None:
    groups = [group for group in param_groups if _decay(group)]
    _update(groups, lambda w, g, lam: lr * (g / batch_size + lam * w))


# Which tensors are updated


@misconception(
    title="updates the first group only",
    hint="How often does the body of your outer loop run?",
    source="return inside the loop over groups",
)
def updates_first_group_only(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(param_groups[:1], lambda w, g, lam: lr * (g / batch_size + lam * w))


@misconception(
    title="updates the last group only",
    hint="Which lines belong to the body of your outer loop?",
    source="the inner loop is indented too little",
)
def updates_last_group_only(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(param_groups[-1:], lambda w, g, lam: lr * (g / batch_size + lam * w))


@misconception(
    title="updates only the first two groups",
    hint="There may be more groups than one for the weights and one for the biases.",
    source="param_groups[0] and param_groups[1] hard-coded",
)
def updates_first_two_groups(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(param_groups[:2], lambda w, g, lam: lr * (g / batch_size + lam * w))


@misconception(
    title="stops with an error unless there are exactly two groups",
    hint="There may be any number of groups. What does your code expect of the list?",
    source="weights, biases = param_groups",
)
def expects_two_groups(param_groups: Groups, lr: float, batch_size: int) -> None:
    weights, biases = param_groups
    _update([weights, biases], lambda w, g, lam: lr * (g / batch_size + lam * w))


@misconception(
    title="updates only the first tensor of each group",
    hint="A group holds a list of tensors. How often does the body of your inner loop run?",
    source="group['params'][0]",
)
def updates_first_tensor_of_group(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(param_groups, lambda w, g, lam: lr * (g / batch_size + lam * w), chosen=slice(1))


@misconception(
    title="updates only the last tensor of each group",
    hint="Which lines belong to the body of your inner loop?",
    source="the update is indented too little",
)
def updates_last_tensor_of_group(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(param_groups, lambda w, g, lam: lr * (g / batch_size + lam * w), chosen=slice(-1, None))


# The step as a whole, as in sgd


@misconception(
    title="walks uphill: it adds the gradient's step instead of subtracting it",
    hint="The gradient points to where the loss grows. Which way should the parameter go?",
    source="sign slip in the gradient term alone",
)
def ascends(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(param_groups, lambda w, g, lam: lr * (-g / batch_size + lam * w))


@misconception(
    title="adds the whole step, gradient and decay, instead of subtracting it",
    hint="The step leads to where the penalized loss grows. Which way should the parameter go?",
    source="+= for -=",
)
def adds_whole_step(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(param_groups, lambda w, g, lam: -lr * (g / batch_size + lam * w))


@misconception(
    title="does not divide by batch_size",
    hint="`.grad` holds the sum over the examples of the batch. Should a step be larger only "
    "because the batch is?",
    source="the update of torch.optim.SGD, made for a mean loss",
)
def ignores_batch_size(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(param_groups, lambda w, g, lam: lr * (g + lam * w))


@misconception(
    title="multiplies by batch_size instead of dividing by it",
    hint="`.grad` is already a sum over the batch. How does a sum become a mean?",
    source="sum and mean mixed up",
)
def multiplies_by_batch_size(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(param_groups, lambda w, g, lam: lr * (g * batch_size + lam * w))


@misconception(
    title="does not multiply the gradient by lr",
    hint="Which factor do the two terms share? Check the parentheses.",
    source="w.grad / batch_size + lr * weight_decay * w",
)
def ignores_lr_for_gradient(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(param_groups, lambda w, g, lam: g / batch_size + lr * lam * w)


@misconception(
    title="ignores lr",
    hint="What does your function do differently when lr is doubled?",
    source="learning rate forgotten",
)
def ignores_lr(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(param_groups, lambda w, g, lam: g / batch_size + lam * w)


@misconception(
    title="takes a step of twice the right size",
    hint="Is the update carried out once for each tensor, from the old value?",
    source="factor 2 of the squared loss put in again",
)
def doubles_step(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(param_groups, lambda w, g, lam: 2 * lr * (g / batch_size + lam * w))


@misconception(
    title="sets each parameter to minus the step instead of subtracting the step from it",
    hint="Where does the old value of the parameter go?",
    source="=- typed for -=, on w.data or w[:]",
)
def overwrites_with_negative_step(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(param_groups, lambda w, g, lam: w + lr * (g / batch_size + lam * w))


@misconception(
    title="stops with an error for a 0-dim parameter",
    hint="A parameter may be a single number without dimensions; it has no rows to loop over.",
    source="for i in range(len(w))",
)
def needs_a_dimension(param_groups: Groups, lr: float, batch_size: int) -> None:
    def check(w: Tensor, g: Tensor, lam: float) -> Tensor:
        len(w)
        return lr * (g / batch_size + lam * w)

    _update(param_groups, check)


@misconception(
    title="does not update a parameter that is not contiguous in memory",
    hint="reshape() copies a transposed tensor. What happens to a change of the copy?",
    source="w.reshape(-1) or w.contiguous() changed in place",
)
def updates_copy_of_noncontiguous(param_groups: Groups, lr: float, batch_size: int) -> None:
    with torch.no_grad():
        for group in param_groups:
            for w in group["params"]:
                w.contiguous().sub_(lr * (w.grad / batch_size + _decay(group) * w))
                _zero(w)


# The gradients, the tensors, autograd and the groups afterwards


@misconception(
    title="leaves the old gradients in place",
    hint="backward() adds to `.grad`. What will the next call of backward() find there?",
    source="zeroing forgotten",
)
def keeps_gradients(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(param_groups, lambda w, g, lam: lr * (g / batch_size + lam * w), _keep)


@misconception(
    title="clears only the gradient of the last tensor of each group",
    hint="Which lines belong to the body of the inner loop?",
    source="the line that zeroes the gradient is indented too little",
)
def clears_last_of_group_only(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(param_groups, lambda w, g, lam: lr * (g / batch_size + lam * w), _keep)
    for group in param_groups:
        _zero(group["params"][-1])


@misconception(
    title="clears only the gradient of the very last tensor",
    hint="Which lines belong to the bodies of the two loops?",
    source="the line that zeroes the gradient stands after both loops",
)
def clears_very_last_only(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(param_groups, lambda w, g, lam: lr * (g / batch_size + lam * w), _keep)
    _zero(param_groups[-1]["params"][-1])


@misconception(
    title="clears only the gradients of groups that decay",
    hint="Biases have gradients as well. Which lines depend on the decay not being 0?",
    source="zeroing inside the branch for decaying groups",
)
def clears_decaying_groups_only(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(param_groups, lambda w, g, lam: lr * (g / batch_size + lam * w), _keep)
    for group in param_groups:
        if _decay(group):
            for w in group["params"]:
                _zero(w)


@misconception(
    title="leaves the averaged gradient, with the decay added, in `.grad`",
    hint="Building the step in `.grad` changes what is stored. What should it hold at the end?",
    source="w.grad = w.grad / batch_size + weight_decay * w, and no zeroing",
)
def leaves_decay_in_gradient(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(param_groups, lambda w, g, lam: lr * g.div_(batch_size).add_(w, alpha=lam), _keep)


@misconception(
    title="stops with an error after it has updated the first tensor",
    hint="The error comes from the line after the update. What kinds of value may `.grad` hold?",
    source="w.grad = 0 raises a TypeError: only a tensor or None can be assigned",
)
def raises_after_first_update(param_groups: Groups, lr: float, batch_size: int) -> None:
    def assign_number(w: Tensor) -> None:
        w.grad = 0  # type: ignore[assignment]

    _update(param_groups, lambda w, g, lam: lr * (g / batch_size + lam * w), assign_number)


@misconception(
    title="leaves requires_grad switched off",
    hint="After the call the parameters must still be trainable. What does detach_() switch off?",
    source="w.requires_grad = False or w.detach_() to get past the in-place error",
)
def leaves_requires_grad_off(param_groups: Groups, lr: float, batch_size: int) -> None:
    for group in param_groups:
        for w in group["params"]:
            w.requires_grad_(False)
    _update(param_groups, lambda w, g, lam: lr * (g / batch_size + lam * w))


@misconception(
    title="leaves autograd switched off for the whole program",
    hint="Will the next loss still have a gradient? Who switches recording on again?",
    source="torch.set_grad_enabled(False) as a statement",
)
def leaves_autograd_off(param_groups: Groups, lr: float, batch_size: int) -> None:
    torch.set_grad_enabled(False)
    _update(param_groups, lambda w, g, lam: lr * (g / batch_size + lam * w))


@misconception(
    title="puts new tensors into the groups instead of changing those that are there",
    hint="The model still holds the old tensors. How is a tensor itself changed?",
    source="group['params'][i] = group['params'][i] - ...",
)
def replaces_tensors(param_groups: Groups, lr: float, batch_size: int) -> None:
    for group in param_groups:
        params = group["params"]
        for i, w in enumerate(params):
            new = w - lr * (w.grad / batch_size + _decay(group) * w)
            params[i] = new.detach().requires_grad_()


@misconception(
    title="turns float64 parameters into float32",
    hint="Compare the dtype of the parameter before and after the call.",
    source="w.data = (...).float()",
)
def converts_to_float32(param_groups: Groups, lr: float, batch_size: int) -> None:
    for group in param_groups:
        for w in group["params"]:
            g = w.grad
            w.data = (w - lr * (g / batch_size + _decay(group) * w)).detach().float()
            g.zero_()


@misconception(
    title="removes weight_decay from the groups",
    hint="Call the function twice: does the second call still decay? What does pop() do?",
    source="group.pop('weight_decay', 0)",
)
def pops_weight_decay(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(
        param_groups,
        lambda w, g, lam: lr * (g / batch_size + lam * w),
        decay=lambda group: group.pop("weight_decay", 0.0),
    )


@misconception(
    title="takes the tensors out of the groups, so that the next call finds no parameters",
    hint="Call the function twice: what does the second call find? What does pop() do?",
    source="group.pop('params'), or popping its tensors one by one",
)
def pops_params(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(param_groups, lambda w, g, lam: lr * (g / batch_size + lam * w))
    for group in param_groups:
        del group["params"]


@misconception(
    title="multiplies the groups' weight_decay by lr for good",
    hint="Call the function twice: which weight_decay does the second call find in the group?",
    source="group['weight_decay'] *= lr",
)
def scales_weight_decay_of_group(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(param_groups, lambda w, g, lam: lr * (g / batch_size + lam * w))
    for group in param_groups:
        if "weight_decay" in group:
            group["weight_decay"] *= lr


# Pairs that are often met together


@misconception(combines=("ignores_decay", "keeps_gradients"), source="both forgotten at once")
def ignores_decay_and_keeps(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(param_groups, lambda w, g, lam: lr * g / batch_size, _keep)


@misconception(combines=("ignores_decay", "ignores_batch_size"), source="the textbook w - lr * g")
def ignores_decay_and_batch_size(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(param_groups, lambda w, g, lam: lr * g)


@misconception(combines=("ignores_decay", "ascends"), source="both at once")
def ignores_decay_and_ascends(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(param_groups, lambda w, g, lam: -lr * g / batch_size)


@misconception(combines=("divides_decay_by_batch_size", "keeps_gradients"), source="both at once")
def divides_decay_and_keeps(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(param_groups, lambda w, g, lam: lr * (g + lam * w) / batch_size, _keep)


@misconception(combines=("divides_decay_by_batch_size", "doubles_decay"), source="both at once")
def divides_and_doubles_decay(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(param_groups, lambda w, g, lam: lr * (g + 2 * lam * w) / batch_size)


@misconception(combines=("divides_decay_by_batch_size", "halves_decay"), source="both at once")
def divides_and_halves_decay(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(param_groups, lambda w, g, lam: lr * (g + lam * w / 2) / batch_size)


@misconception(combines=("divides_decay_by_batch_size", "grows_weights"), source="both at once")
def divides_and_grows(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(param_groups, lambda w, g, lam: lr * (g - lam * w) / batch_size)


@misconception(combines=("divides_decay_by_batch_size", "decays_without_lr"), source="both at once")
def divides_decay_without_lr(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(param_groups, lambda w, g, lam: (lr * g + lam * w) / batch_size)


@misconception(
    combines=("divides_decay_by_batch_size", "decays_by_dimension"), source="both at once"
)
def divides_decay_by_dimension(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(param_groups, lambda w, g, lam: lr * (g + (w.dim() > 1) * lam * w) / batch_size)


@misconception(combines=("decays_without_lr", "keeps_gradients"), source="both at once")
def decays_without_lr_and_keeps(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(param_groups, lambda w, g, lam: lr * g / batch_size + lam * w, _keep)


@misconception(combines=("decays_without_lr", "ignores_batch_size"), source="both at once")
def decays_without_lr_or_batch_size(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(param_groups, lambda w, g, lam: lr * g + lam * w)


@misconception(combines=("decays_without_lr", "doubles_decay"), source="both at once")
def decays_without_lr_and_doubles(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(param_groups, lambda w, g, lam: lr * g / batch_size + 2 * lam * w)


@misconception(combines=("decays_new_value", "keeps_gradients"), source="both at once")
def decays_new_value_and_keeps(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(
        param_groups,
        lambda w, g, lam: lr * g / batch_size + lr * lam * (w - lr * g / batch_size),
        _keep,
    )


@misconception(combines=("decays_new_value", "decays_without_lr"), source="both at once")
def decays_new_value_without_lr(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(
        param_groups,
        lambda w, g, lam: lr * g / batch_size + lam * (w - lr * g / batch_size),
    )


@misconception(combines=("decays_new_value", "ignores_batch_size"), source="both at once")
def decays_new_value_ignores_batch(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(param_groups, lambda w, g, lam: lr * g + lr * lam * (w - lr * g))


@misconception(combines=("doubles_decay", "keeps_gradients"), source="both at once")
def doubles_decay_and_keeps(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(param_groups, lambda w, g, lam: lr * (g / batch_size + 2 * lam * w), _keep)


@misconception(combines=("doubles_decay", "ignores_batch_size"), source="both at once")
def doubles_decay_ignores_batch(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(param_groups, lambda w, g, lam: lr * (g + 2 * lam * w))


@misconception(combines=("grows_weights", "keeps_gradients"), source="both at once")
def grows_weights_and_keeps(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(param_groups, lambda w, g, lam: lr * (g / batch_size - lam * w), _keep)


@misconception(combines=("ignores_batch_size", "keeps_gradients"), source="both at once")
def ignores_batch_size_and_keeps(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(param_groups, lambda w, g, lam: lr * (g + lam * w), _keep)


@misconception(combines=("ignores_batch_size", "adds_whole_step"), source="both at once")
def ignores_batch_size_and_adds(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(param_groups, lambda w, g, lam: -lr * (g + lam * w))


@misconception(combines=("adds_whole_step", "keeps_gradients"), source="both at once")
def adds_whole_step_and_keeps(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(param_groups, lambda w, g, lam: -lr * (g / batch_size + lam * w), _keep)


@misconception(combines=("decays_by_dimension", "keeps_gradients"), source="both at once")
def decays_by_dimension_and_keeps(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(param_groups, lambda w, g, lam: lr * (g / batch_size + (w.dim() > 1) * lam * w), _keep)


@misconception(combines=("needs_weight_decay_key", "keeps_gradients"), source="both at once")
def needs_key_and_keeps(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(
        param_groups,
        lambda w, g, lam: lr * (g / batch_size + lam * w),
        _keep,
        decay=lambda group: group["weight_decay"],
    )


@misconception(
    combines=("needs_weight_decay_key", "divides_decay_by_batch_size"), source="both at once"
)
def needs_key_and_divides_decay(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(
        param_groups,
        lambda w, g, lam: lr * (g + lam * w) / batch_size,
        decay=lambda group: group["weight_decay"],
    )


@misconception(combines=("pops_weight_decay", "keeps_gradients"), source="both at once")
def pops_and_keeps(param_groups: Groups, lr: float, batch_size: int) -> None:
    _update(
        param_groups,
        lambda w, g, lam: lr * (g / batch_size + lam * w),
        _keep,
        decay=lambda group: group.pop("weight_decay", 0.0),
    )
