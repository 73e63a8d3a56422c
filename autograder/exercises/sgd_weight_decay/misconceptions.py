"""Known wrong implementations of sgd_weight_decay, nearly all of them settings of one body.

The gradient of `w` is called `g`, the batch size `n` and its group's weight_decay `lam`.
"""

import math
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from itertools import accumulate, chain, repeat
from typing import Any

import torch
from torch import Tensor

from autograder.checking import misconception, mistake

Group = dict[str, Any]
Groups = list[Group]


def _step(
    w: Tensor,
    g: Tensor,
    lr: float,
    n: float,
    lam: float,
    *,
    slope: Callable[[Tensor], Tensor] = lambda g: g,
    batch: Callable[[float], float] = lambda n: n,
    pull: Callable[[Tensor], Tensor | float] = lambda w: w,
    of_new_value: bool = False,
    divides_decay: bool = False,
    scales_decay: bool = True,
) -> Tensor:
    """lr * (g / n + lam * w): the gradient's term, and what pulls w towards 0."""
    term = slope(g) / batch(n)
    decay = lam * pull(w - lr * term if of_new_value else w)
    if divides_decay:
        decay = decay / n
    return lr * (term + decay) if scales_decay else lr * term + decay


def _zero(w: Tensor) -> None:
    assert w.grad is not None
    w.grad.zero_()


def _decay(group: Group) -> float:
    lam: float = group.get("weight_decay", 0.0)
    return lam


def _sgd(
    param_groups: Groups,
    lr: float,
    batch_size: int,
    *,
    among: Callable[[Groups], Groups] = lambda groups: groups,
    decays: Callable[[Groups], Iterable[float]] = lambda groups: map(_decay, groups),
    chosen: slice = slice(None),
    spares: Callable[[int, int], bool] = lambda place, count: False,
    step: Callable[..., Tensor | float] = _step,
    move: Callable[[Tensor, Any], object] = Tensor.sub_,
    clears: Callable[[Tensor, Group, Groups], bool] = lambda w, group, groups: True,
    clear: Callable[[Tensor], object] = _zero,
    recording: Callable[[], AbstractContextManager[None]] = torch.no_grad,
    **terms: Any,
) -> None:
    """Updates the `chosen` tensors of some groups; `terms` are settings of `_step`."""
    groups = among(param_groups)
    with recording():
        for group, lam in zip(groups, decays(groups)):
            params = group["params"][chosen]
            for place, w in enumerate(params):
                spared = spares(place, len(params))
                move(w, step(w, w.grad, lr, batch_size, 0.0 if spared else lam, **terms))
                if clears(w, group, groups):
                    clear(w)


def _set_data(w: Tensor, data: Tensor) -> None:
    w.data = data


def _grad_becomes_number(w: Tensor) -> None:
    w.grad = 0  # type: ignore[assignment]


def _never(w: Tensor, group: Group, groups: Groups) -> bool:
    return False


def _two(groups: Groups) -> Groups:
    weights, biases = groups
    return [weights, biases]


def _kept(groups: Groups) -> Iterator[float]:
    """Each group's weight_decay, or that of the last group that named one."""
    lam = 0.0
    for group in groups:
        lam = group.get("weight_decay", lam)
        yield lam


# fmt: off

# Nothing happens, or an error

changes_nothing = mistake(_sgd, move=lambda w, change: None, clears=_never, trivial=True,
    source="rebinding the loop variable, or returning new tensors; a standing forum question",
    title="leaves the parameters and their gradients as they were",
    hint="`w = w - ...` gives the name w to a new tensor; the caller still holds the old one. Which "
    "operations change the tensor itself?")
only_clears_gradients = mistake(_sgd, move=lambda w, change: None,
    source="the step written to a temporary tensor, or the decay's loop never reached",
    title="clears the gradients but leaves every parameter at its old value",
    hint="Does the step change the caller's tensor, or only a new one that has the same name?")
raises_at_once = mistake(_sgd, recording=nullcontext,
    source="no torch.no_grad() around the update, or groups treated as tensors",
    title="stops with an error before it has changed any parameter",
    hint="While autograd is recording, a leaf tensor that requires grad may not be changed in place. And "
    "param_groups is a list of dictionaries: how do you get at their tensors?")

# The decay term

ignores_decay = mistake(_sgd, decays=lambda groups: repeat(0.0), source="sgd copied without the new term",
    title="ignores the weight decay",
    hint="With all gradients zero, what should happen to a weight whose group decays?")
divides_decay_by_batch_size = mistake(_sgd, divides_decay=True,
    source="penalty added to the summed loss, or to w.grad, before the division",
    title="divides the decay by batch_size as well",
    hint="The data's gradient is a sum over the batch; is the decay of a weight? Check the parentheses "
    "around the division.")
decays_without_lr = mistake(_sgd, scales_decay=False,
    source="w *= 1 - weight_decay; mix-up of decay as a shrinking factor and as a gradient",
    title="does not multiply the decay by lr",
    hint="Both terms are a gradient. Which factor do they share?")
decays_new_value = mistake(_sgd, of_new_value=True,
    source="sgd step first, then w *= 1 - lr * weight_decay",
    title="decays the weight after the gradient's step, so with its new value",
    hint="Both terms use the old w. In which order do your two lines change it?")
doubles_decay = mistake(_sgd, pull=lambda w: 2 * w, source="derivative of w**2 without the 1/2",
    title="makes the decay twice as strong",
    hint="What is the derivative of w**2 / 2? Is a factor 2 left?")
halves_decay = mistake(_sgd, pull=lambda w: w / 2, source="the penalty's 1/2 carried over to its gradient",
    title="makes the decay half as strong",
    hint="The 1/2 in the penalty cancels when it is differentiated. Is it still in your code?")
grows_weights = mistake(_sgd, pull=torch.neg, source="sign slip in the decay term alone",
    title="lets the weights grow instead of shrinking them",
    hint="With a zero gradient a decaying weight should come closer to 0. Which sign does that?")
decays_by_constant = mistake(_sgd, pull=lambda w: 1.0,
    source="weight_decay added to the gradient without the factor w",
    title="subtracts the same decay from every weight, whatever its value",
    hint="A weight of 0 should not decay at all. What is the decay to be proportional to?")
adds_penalty_value = mistake(_sgd, pull=lambda w: (w**2).sum() / 2,
    source="weight_decay * l2_penalty(w) in the step",
    title="adds the penalty itself to the gradient instead of the penalty's derivative",
    hint="The update needs a gradient. What is the derivative of sum(w**2) / 2 by one weight?")
decays_by_square = mistake(_sgd, pull=torch.square,
    source="penalty and derivative mixed up, element by element",
    title="makes the decay proportional to the square of the weight",
    hint="A negative weight should grow towards 0. What is the derivative of w**2 / 2?")
decays_by_half_square = mistake(_sgd, pull=lambda w: w**2 / 2,
    source="penalty and derivative mixed up, element by element",
    title="makes the decay half the square of the weight",
    hint="A negative weight should grow towards 0. What is the derivative of w**2 / 2?")
decays_by_sign = mistake(_sgd, pull=torch.sign, source="L1 and L2 mixed up",
    title="decays by the sign of the weight: an L1 penalty",
    hint="A large weight should decay faster than a small one. Whose derivative have you taken?")
decays_by_absolute_value = mistake(_sgd, pull=torch.abs, source="abs() taken from the L1 norm",
    title="makes the decay proportional to the absolute value of the weight",
    hint="A negative weight should grow towards 0. Does yours?")
normalizes_decay = mistake(_sgd, pull=lambda w: w / w.norm(), source="derivative of the unsquared L2 norm",
    title="divides the decay by the norm of the parameter",
    hint="The penalty is the squared norm, not the norm. And what is 0 / 0?")
decays_by_norm = mistake(_sgd, pull=torch.norm, source="weight_decay * w.norm()",
    title="decays every element by the norm of the whole parameter",
    hint="Each weight decays by its own value. What shape has your decay term?")
decays_by_sum = mistake(_sgd, pull=torch.sum, source="weight_decay * w.sum()",
    title="decays every element by the sum of the whole parameter",
    hint="Each weight decays by its own value. What shape has your decay term?")
averages_decay = mistake(_sgd, pull=lambda w: w / w.numel(), source="derivative of (w**2).mean() / 2",
    title="averages the decay over the elements of the parameter",
    hint="The penalty is a sum over the weights, not a mean. Which divisor is one too many?")
decays_with_lr_twice = mistake(_sgd, step=lambda w, g, lr, n, lam: lr * (g / n + lr * lam * w),
    source="lr inside the parentheses and outside",
    title="multiplies the decay by lr twice",
    hint="Follow lr through your code: by what is the decay multiplied in all?")
squares_weight_decay = mistake(_sgd, decays=lambda groups: (_decay(group) ** 2 for group in groups),
    source="weight_decay multiplied in twice",
    title="uses the square of weight_decay",
    hint="Follow weight_decay through your code: by what is w multiplied in all?")
swaps_lr_and_weight_decay = mistake(_sgd, step=lambda w, g, lr, n, lam: lam * (g / n + lr * w),
    source="swapped names",
    title="uses lr as the weight decay, and weight_decay as the learning rate",
    hint="Which number multiplies the gradient, and which one only the weight?")
decays_gradient = mistake(_sgd, step=lambda w, g, lr, n, lam: lr * (1 + lam) * g / n,
    source="w.grad * (1 + weight_decay)",
    title="decays the gradient instead of the weight: the step grows by weight_decay",
    hint="Which tensor does weight_decay multiply: w or w.grad?")
decays_learning_rate = mistake(_sgd, step=lambda w, g, lr, n, lam: lr * (1 - lam) * g / n,
    source="weight decay mixed up with learning rate decay",
    title="decays the learning rate instead of the weight",
    hint="With a zero gradient a decaying weight should still shrink. Does yours?")
multiplies_by_weight_decay = mistake(_sgd, step=lambda w, g, lr, n, lam: w - lam * w + lr * g / n,
    source="weight_decay taken for the fraction that is kept",
    title="multiplies the weight by weight_decay",
    hint="A weight_decay of 0 should leave the weight as it is. What does it do in your code?")
decays_exponentially = mistake(_sgd, step=lambda w, g, lr, n, lam: -math.expm1(-lr * lam) * w + lr * g / n,
    source="continuous decay, which agrees only to first order",
    title="shrinks the weight by the factor exp(-lr * weight_decay)",
    hint="The step is linear in w: by which factor does `w - lr * weight_decay * w` multiply w?")
clamps_decay = mistake(_sgd, step=lambda w, g, lr, n, lam: min(lr * lam, 1.0) * w + lr * g / n,
    source="max(0, 1 - lr * weight_decay)",
    title="never lets the decay shrink a weight beyond 0",
    hint="lr * weight_decay may exceed 1. Does the formula contain a maximum?")
takes_weighted_mean = mistake(_sgd, step=lambda w, g, lr, n, lam: lr * ((1 - lam) * g / n + lam * w),
    source="(1 - weight_decay) * gradient + weight_decay * w, as in a moving average",
    title="mixes gradient and decay as a weighted mean",
    hint="Adding the decay does not make the gradient's own term any smaller. Which factor does?")


@misconception(source="decay loop nested in the update loop",
    title="decays a tensor once for every tensor of its group",
    hint="How often does the line with the decay run for one tensor? Count your nested loops.")
def decays_once_per_tensor(param_groups: Groups, lr: float, batch_size: int) -> None:
    for group in param_groups:
        kept = (1 - lr * _decay(group)) ** len(group["params"])
        _sgd([group], lr, batch_size, step=lambda w, g, lr, n, lam: w - kept * w + lr * g / n)


ignores_gradient = mistake(_sgd, step=lambda w, g, lr, n, lam: lr * lam * w,
    source="the decay step replaces the gradient step",
    title="decays the weights but ignores their gradients",
    hint="With weight_decay 0 the function should do what sgd does. Where is the gradient's term?")
skips_zero_gradients = mistake(_sgd, step=lambda w, g, lr, n, lam: _step(w, g, lr, n, lam) if g.any() else 0.0,
    source="zero gradients skipped to save work",
    title="does not decay a tensor whose gradient is zero, in every element",
    hint="A weight without a gradient still decays. Which condition skips it?")

# Which tensors decay

decays_by_dimension = mistake(_sgd, pull=lambda w: (w.dim() > 1) * w,
    source="biases told from weights by their number of dimensions",
    title="decays only tensors with two or more dimensions",
    hint="The group alone decides whether a tensor decays. What does its shape have to do with it?")
spares_single_elements = mistake(_sgd, pull=lambda w: (w.numel() > 1) * w,
    source="biases told from weights by their number of elements",
    title="does not decay tensors of one element",
    hint="The group alone decides whether a tensor decays. What does its size have to do with it?")
decays_first_tensor_of_group = mistake(_sgd, spares=lambda place, count: place > 0,
    source="params[0] taken for the weight, the rest for biases",
    title="decays only the first tensor of each group",
    hint="The group alone decides whether a tensor decays. Do all tensors of a group decay?")
spares_last_tensor_of_group = mistake(_sgd, spares=lambda place, count: 0 < place == count - 1,
    source="params[-1] taken for the bias",
    title="decays all tensors of a group but the last, unless it is alone",
    hint="The group alone decides whether a tensor decays. Do all tensors of a group decay?")
decays_first_group_only = mistake(_sgd, decays=lambda groups: chain([_decay(groups[0])], repeat(0.0)),
    source="the first group taken for the weights",
    title="decays only the tensors of the first group",
    hint="Every group has its own weight_decay. Which groups does your decay reach?")
uses_first_decay_for_all = mistake(_sgd, decays=lambda groups: repeat(_decay(groups[0])),
    source="param_groups[0]['weight_decay']",
    title="uses the first group's weight_decay for all groups",
    hint="Every group has its own weight_decay. Where does your code read it?")
uses_last_decay_for_all = mistake(_sgd, decays=lambda groups: repeat(_decay(groups[-1])),
    source="the value is read in a loop and used after it",
    title="uses the last group's weight_decay for all groups",
    hint="Every group has its own weight_decay. What does the variable hold after the loop?")
uses_largest_decay_for_all = mistake(_sgd, decays=lambda groups: repeat(max(map(_decay, groups))),
    source="one weight decay for the whole model",
    title="uses the largest weight_decay for all groups",
    hint="Every group has its own weight_decay, and a group without one does not decay.")
keeps_previous_decay = mistake(_sgd, decays=_kept,
    source="variable set inside an if, and not reset for the next group",
    title="keeps the previous group's weight_decay for a group that has none",
    hint="What does your variable hold when a group does not name a weight_decay?")
accumulates_decay = mistake(_sgd, decays=lambda groups: accumulate(map(_decay, groups)),
    source="+= on a variable set outside the loop",
    title="adds up the weight_decay of all groups so far",
    hint="Every group has its own weight_decay. Does yours start afresh with each group?")
needs_weight_decay_key = mistake(_sgd, decays=lambda groups: (group["weight_decay"] for group in groups),
    source="group['weight_decay']: KeyError",
    title="stops with an error at a group that does not name a weight_decay",
    hint="The key is optional. How do you read a dictionary entry that may be missing?")
defaults_to_001 = mistake(_sgd, decays=lambda groups: [group.get("weight_decay", 0.01) for group in groups],
    source="the default of torch.optim.AdamW",
    title="uses 0.01 for a group that does not name a weight_decay",
    hint="What does a missing weight_decay mean? It is not the same in every optimizer.")
treats_zero_as_missing = mistake(_sgd, decays=lambda groups: [_decay(group) or 0.01 for group in groups],
    source="group.get('weight_decay') or 0.01",
    title="uses 0.01 for a group whose weight_decay is missing or 0",
    hint="Is a weight_decay of 0 false or missing in your code? An explicit 0 means 0.")
defaults_to_one = mistake(_sgd, decays=lambda groups: [group.get("weight_decay", 1.0) for group in groups],
    source="group.get('weight_decay', 1)",
    title="uses 1 for a group that does not name a weight_decay",
    hint="A group that does not name a weight_decay does not decay. Which default says so?")
fixes_decay_at_001 = mistake(_sgd, decays=lambda groups: repeat(0.01), source="hard-coded",
    title="uses a weight decay of 0.01 for all groups, whatever they say",
    hint="Look for a number in your code that belongs to the group.")
fixes_decay_at_3 = mistake(_sgd, decays=lambda groups: repeat(3.0),
    source="the lambda of the chapter's experiment, hard-coded",
    title="uses a weight decay of 3 for all groups, whatever they say",
    hint="Look for a number in your code that belongs to the group.")
skips_groups_without_key = mistake(_sgd,
    among=lambda groups: [group for group in groups if "weight_decay" in group],
    source="the whole update inside `if 'weight_decay' in group`",
    title="leaves the tensors of a group that does not name a weight_decay as they are",
    hint="Biases do not decay, but they learn. Which lines depend on the key being there?")
skips_groups_without_decay = mistake(_sgd, among=lambda groups: [group for group in groups if _decay(group)],
    source="the whole update inside `if weight_decay`",
    title="leaves the tensors of a group whose weight_decay is missing or 0 as they are",
    hint="Biases do not decay, but they learn. Which lines depend on the decay not being 0?")

# Which tensors are updated

updates_first_group_only = mistake(_sgd, among=lambda groups: groups[:1],
    source="return inside the loop over groups",
    title="updates the first group only",
    hint="How often does the body of your outer loop run?")
updates_last_group_only = mistake(_sgd, among=lambda groups: groups[-1:],
    source="the inner loop is indented too little",
    title="updates the last group only",
    hint="Which lines belong to the body of your outer loop?")
updates_first_two_groups = mistake(_sgd, among=lambda groups: groups[:2],
    source="param_groups[0] and param_groups[1] hard-coded",
    title="updates only the first two groups",
    hint="There may be more groups than one for the weights and one for the biases.")
expects_two_groups = mistake(_sgd, among=_two, source="weights, biases = param_groups",
    title="stops with an error unless there are exactly two groups",
    hint="There may be any number of groups. What does your code expect of the list?")
updates_first_tensor_of_group = mistake(_sgd, chosen=slice(1), source="group['params'][0]",
    title="updates only the first tensor of each group",
    hint="A group holds a list of tensors. How often does the body of your inner loop run?")
updates_last_tensor_of_group = mistake(_sgd, chosen=slice(-1, None),
    source="the update is indented too little",
    title="updates only the last tensor of each group",
    hint="Which lines belong to the body of your inner loop?")

# The step as a whole, as in sgd

ascends = mistake(_sgd, slope=torch.neg, source="sign slip in the gradient term alone",
    title="walks uphill: it adds the gradient's step instead of subtracting it",
    hint="The gradient points to where the loss grows. Which way should the parameter go?")
adds_whole_step = mistake(_sgd, move=Tensor.add_, source="+= for -=",
    title="adds the whole step, gradient and decay, instead of subtracting it",
    hint="The step leads to where the penalized loss grows. Which way should the parameter go?")
ignores_batch_size = mistake(_sgd, batch=lambda n: 1,
    source="the update of torch.optim.SGD, made for a mean loss",
    title="does not divide by batch_size",
    hint="`.grad` holds the sum over the examples of the batch. Should a step be larger only because the "
    "batch is?")
multiplies_by_batch_size = mistake(_sgd, batch=lambda n: 1 / n, source="sum and mean mixed up",
    title="multiplies by batch_size instead of dividing by it",
    hint="`.grad` is already a sum over the batch. How does a sum become a mean?")
ignores_lr_for_gradient = mistake(_sgd, step=lambda w, g, lr, n, lam: g / n + lr * lam * w,
    source="w.grad / batch_size + lr * weight_decay * w",
    title="does not multiply the gradient by lr",
    hint="Which factor do the two terms share? Check the parentheses.")
ignores_lr = mistake(_sgd, step=lambda w, g, lr, n, lam: g / n + lam * w, source="learning rate forgotten",
    title="ignores lr",
    hint="What does your function do differently when lr is doubled?")
doubles_step = mistake(_sgd, move=lambda w, change: w.sub_(2 * change),
    source="factor 2 of the squared loss put in again",
    title="takes a step of twice the correct size",
    hint="Is the update carried out once for each tensor, from the old value?")
overwrites_with_negative_step = mistake(_sgd, move=lambda w, change: w.copy_(-change),
    source="=- typed for -=, on w.data or w[:]",
    title="sets each parameter to minus the step instead of subtracting the step from it",
    hint="Where does the old value of the parameter go?")
needs_a_dimension = mistake(_sgd, slope=lambda g: torch.stack([g[i] for i in range(len(g))]),
    source="for i in range(len(w))",
    title="stops with an error for a 0-dim parameter",
    hint="A parameter may be a single number without dimensions; it has no rows to loop over.")
updates_copy_of_noncontiguous = mistake(_sgd, move=lambda w, change: w.contiguous().sub_(change),
    source="w.reshape(-1) or w.contiguous() changed in place",
    title="does not update a parameter that is not contiguous in memory",
    hint="reshape() copies a transposed tensor. What happens to a change of the copy?")

# The gradients, the tensors, autograd and the groups afterwards

keeps_gradients = mistake(_sgd, clears=_never, source="zeroing forgotten",
    title="leaves the old gradients in place",
    hint="backward() adds to `.grad`. What will the next call of backward() find there?")
clears_last_of_group_only = mistake(_sgd, clears=lambda w, group, groups: w is group["params"][-1],
    source="the line that zeroes the gradient is indented too little",
    title="clears only the gradient of the last tensor of each group",
    hint="Which lines belong to the body of the inner loop?")
clears_very_last_only = mistake(_sgd, clears=lambda w, group, groups: w is groups[-1]["params"][-1],
    source="the line that zeroes the gradient stands after both loops",
    title="clears only the gradient of the very last tensor",
    hint="Which lines belong to the bodies of the two loops?")
clears_decaying_groups_only = mistake(_sgd, clears=lambda w, group, groups: _decay(group) > 0,
    source="zeroing inside the branch for decaying groups",
    title="clears only the gradients of groups that decay",
    hint="Biases have gradients as well. Which lines depend on the decay not being 0?")
leaves_decay_in_gradient = mistake(_sgd,
    step=lambda w, g, lr, n, lam: lr * g.div_(n).add_(w, alpha=lam), clears=_never,
    source="w.grad = w.grad / batch_size + weight_decay * w, and no zeroing",
    title="leaves the averaged gradient, with the decay added, in `.grad`",
    hint="Building the step in `.grad` changes what is stored. What should it hold at the end?")
raises_after_first_update = mistake(_sgd, clear=_grad_becomes_number,
    source="w.grad = 0 raises a TypeError: only a tensor or None can be assigned",
    title="stops with an error after it has updated the first tensor",
    hint="The error comes from the line after the update. What kinds of value may `.grad` hold?")
leaves_requires_grad_off = mistake(_sgd, move=lambda w, change: w.requires_grad_(False).sub_(change),
    source="w.requires_grad = False or w.detach_() to get past the in-place error",
    title="leaves requires_grad switched off",
    hint="After the call the parameters must still be trainable. What does detach_() switch off?")
leaves_autograd_off = mistake(_sgd, recording=lambda: nullcontext(torch.set_grad_enabled(False)),
    source="torch.set_grad_enabled(False) as a statement",
    title="leaves autograd switched off for the whole program",
    hint="Will the next loss still have a gradient? Who switches recording on again?")


@misconception(source="group['params'][i] = group['params'][i] - ...",
    title="puts new tensors into the groups instead of changing those that are there",
    hint="The model still holds the old tensors. How is a tensor itself changed?")
def replaces_tensors(param_groups: Groups, lr: float, batch_size: int) -> None:
    new: list[Tensor] = []
    _sgd(
        param_groups, lr, batch_size, clears=_never,
        move=lambda w, change: new.append((w - change).requires_grad_()),
    )
    for group in param_groups:
        group["params"][:] = [new.pop(0) for _ in group["params"]]


converts_to_float32 = mistake(_sgd, move=lambda w, change: _set_data(w, (w - change).float()),
    source="w.data = (...).float()",
    title="turns float64 parameters into float32",
    hint="Compare the dtype of the parameter before and after the call.")
pops_weight_decay = mistake(_sgd, decays=lambda groups: (group.pop("weight_decay", 0.0) for group in groups),
    source="group.pop('weight_decay', 0)",
    title="removes weight_decay from the groups",
    hint="Call the function twice: does the second call still decay? What does pop() do?")


@misconception(source="group.pop('params'), or popping its tensors one by one",
    title="takes the tensors out of the groups, so that the next call finds no parameters",
    hint="Call the function twice: what does the second call find? What does pop() do?")
def pops_params(param_groups: Groups, lr: float, batch_size: int) -> None:
    _sgd(param_groups, lr, batch_size)
    for group in param_groups:
        del group["params"]


@misconception(source="group['weight_decay'] *= lr",
    title="multiplies the groups' weight_decay by lr for good",
    hint="Call the function twice: which weight_decay does the second call find in the group?")
def scales_weight_decay_of_group(param_groups: Groups, lr: float, batch_size: int) -> None:
    _sgd(param_groups, lr, batch_size)
    for group in param_groups:
        if "weight_decay" in group:
            group["weight_decay"] *= lr


PAIRS = {
    "ignores_decay_and_keeps": ("ignores_decay", "keeps_gradients", "both forgotten at once"),
    "ignores_decay_and_batch_size": ("ignores_decay", "ignores_batch_size", "the textbook w - lr * g"),
    "ignores_decay_and_ascends": ("ignores_decay", "ascends"),
    "divides_decay_and_keeps": ("divides_decay_by_batch_size", "keeps_gradients"),
    "divides_and_doubles_decay": ("divides_decay_by_batch_size", "doubles_decay"),
    "divides_and_halves_decay": ("divides_decay_by_batch_size", "halves_decay"),
    "divides_and_grows": ("divides_decay_by_batch_size", "grows_weights"),
    "divides_decay_without_lr": ("divides_decay_by_batch_size", "decays_without_lr"),
    "divides_decay_by_dimension": ("divides_decay_by_batch_size", "decays_by_dimension"),
    "decays_without_lr_and_keeps": ("decays_without_lr", "keeps_gradients"),
    "decays_without_lr_or_batch_size": ("decays_without_lr", "ignores_batch_size"),
    "decays_without_lr_and_doubles": ("decays_without_lr", "doubles_decay"),
    "decays_new_value_and_keeps": ("decays_new_value", "keeps_gradients"),
    "decays_new_value_without_lr": ("decays_new_value", "decays_without_lr"),
    "decays_new_value_ignores_batch": ("decays_new_value", "ignores_batch_size"),
    "doubles_decay_and_keeps": ("doubles_decay", "keeps_gradients"),
    "doubles_decay_ignores_batch": ("doubles_decay", "ignores_batch_size"),
    "grows_weights_and_keeps": ("grows_weights", "keeps_gradients"),
    "ignores_batch_size_and_keeps": ("ignores_batch_size", "keeps_gradients"),
    "ignores_batch_size_and_adds": ("ignores_batch_size", "adds_whole_step"),
    "adds_whole_step_and_keeps": ("adds_whole_step", "keeps_gradients"),
    "decays_by_dimension_and_keeps": ("decays_by_dimension", "keeps_gradients"),
    "needs_key_and_keeps": ("needs_weight_decay_key", "keeps_gradients"),
    "needs_key_and_divides_decay": ("needs_weight_decay_key", "divides_decay_by_batch_size"),
    "pops_and_keeps": ("pops_weight_decay", "keeps_gradients"),
}
