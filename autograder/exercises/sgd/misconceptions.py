"""Known wrong implementations of sgd, nearly all of them settings of one body; pairs at the end."""

import itertools
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

import torch
from torch import Tensor

from autograder.checking import misconception, mistake


def _grad(w: Tensor) -> Tensor:
    assert w.grad is not None
    return w.grad


def _sgd(
    params: list[Tensor],
    lr: float,
    batch_size: int,
    *,
    among: Callable[[list[Tensor]], list[Tensor]] = lambda params: params,
    rate: Callable[[float], float] = lambda lr: lr,
    batch: Callable[[int, list[Tensor]], Tensor | float] = lambda n, params: n,
    step: Callable[..., Tensor | float] = lambda w, g, lr, n: lr * g / n,
    move: Callable[..., object] = Tensor.sub_,
    replace: Callable[[Tensor], Tensor] | None = None,
    clears: Callable[[Tensor, list[Tensor]], bool] = lambda w, params: True,
    clear: Callable[[Tensor], object] = lambda w: _grad(w).zero_(),
    recording: Callable[[], AbstractContextManager[None]] = torch.no_grad,
) -> None:
    """`move` changes a parameter by its change; `replace` makes a new one of the new value instead."""
    lr, n = rate(lr), batch(batch_size, params)
    with recording():
        for place, w in enumerate(among(params)):
            change = step(w, _grad(w), lr, n)
            if replace is None:
                move(w, change)
            else:
                params[place] = replace(w - change)
            if clears(w, params):
                clear(w)


def _set_data(w: Tensor, data: Tensor) -> None:
    w.data = data


def _grad_becomes_number(w: Tensor) -> None:
    w.grad = 0  # type: ignore[assignment]


def _never(w: Tensor, params: list[Tensor]) -> bool:
    return False


def _rows(rows: slice) -> Callable[[Tensor, Tensor], Tensor]:
    """A move of some rows alone."""
    return lambda w, change: w[rows].sub_(change[rows]) if w.dim() else w.sub_(change)


def _two(params: list[Tensor]) -> list[Tensor]:
    w, b = params
    return [w, b]


def _step_of_matrix(w: Tensor, g: Tensor, lr: float, n: float) -> Tensor:
    rows, columns = g.shape
    return lr * g.reshape(rows, columns) / n


# fmt: off

# Nothing happens, or an error

changes_nothing = mistake(_sgd, move=lambda w, change: None, clears=_never, trivial=True,
    source="rebinding the loop variable, or returning new tensors; a standing forum question",
    title="leaves the parameters and their gradients as they were",
    hint="`w = w - ...` gives the name w to a new tensor; the caller still holds the old one. Which "
    "operations change the tensor itself?")
only_clears_gradients = mistake(_sgd, move=lambda w, change: None,
    source="zero_() placed before the step, or the step written to a temporary tensor",
    title="clears the gradients but leaves every parameter at its old value",
    hint="Are the gradients still there when the step is computed? And does the step change the caller's "
    "tensor, or only a new one that has the same name?")
raises_at_once = mistake(_sgd, recording=nullcontext,
    source="no torch.no_grad() around the update; or `w = w - ...` followed by `w.grad.zero_()`",
    title="stops with an error before it has changed any parameter",
    hint="While autograd is recording, a leaf tensor that requires grad may not be changed in place: for "
    "which lines should recording be off? And note that a new tensor has no `.grad`.")

# The gradients afterwards

keeps_gradients = mistake(_sgd, clears=_never,
    source="zeroing forgotten, or zero_ written without parentheses",
    title="leaves the old gradients in place",
    hint="backward() adds to `.grad`. What will the next call of backward() find there?")
clears_last_gradient_only = mistake(_sgd, clears=lambda w, params: w is params[-1],
    source="the line that zeroes the gradient is indented too little",
    title="clears the gradient of the last parameter only",
    hint="Which lines belong to the body of the loop?")
clears_first_gradient_only = mistake(_sgd, clears=lambda w, params: w is params[0],
    source="params[0].grad.zero_() taken for all of them",
    title="clears the gradient of the first parameter only",
    hint="Every parameter has a gradient of its own. Look at the gradients after the call.")
zeroes_parameters = mistake(_sgd, clear=Tensor.zero_, source="w.zero_() for w.grad.zero_()",
    title="sets the parameters to zero instead of their gradients",
    hint="What has to be zero before the next backward(): the tensor or its `.grad`?")
leaves_step_in_gradient = mistake(_sgd, step=lambda w, g, lr, n: g.mul_(lr / n), clears=_never,
    source="w.grad *= lr / batch_size; w -= w.grad, and no zeroing",
    title="leaves the scaled step in `.grad`",
    hint="Scaling the gradient in place changes what is stored. What should `.grad` hold at the end?")
leaves_mean_in_gradient = mistake(_sgd, step=lambda w, g, lr, n: lr * g.div_(n), clears=_never,
    source="w.grad /= batch_size, and no zeroing",
    title="leaves the averaged gradient in `.grad`",
    hint="Dividing the gradient in place changes what is stored. What should `.grad` hold at the end?")
updates_gradients_instead = mistake(_sgd, move=lambda w, change: w.grad.sub_(change), clears=_never,
    source="w.grad -= lr * w.grad / batch_size",
    title="changes the gradients and not the parameters",
    hint="Which tensor stands on the left of the update: the parameter or its gradient?")
raises_after_first_update = mistake(_sgd, clear=_grad_becomes_number,
    source="w.grad = 0 raises a TypeError: only a tensor or None can be assigned",
    title="stops with an error after it has updated the first parameter",
    hint="The error comes from the line after the update. What kinds of value may `.grad` hold?")


@misconception(source="params.zero_grad(), by analogy with an optimizer",
    title="stops with an error after it has updated every parameter, with the gradients kept",
    hint="params is a plain list and has no method that clears gradients. What does have a gradient?")
def raises_after_all_updates(params: list[Tensor], lr: float, batch_size: int) -> None:
    _sgd(params, lr, batch_size, clears=_never)
    params.zero_grad()  # type: ignore[attr-defined]


# Sign and scale

ascends = mistake(_sgd, move=Tensor.add_, source="sign slip (gradient ascent)",
    title="walks uphill: it adds the step instead of subtracting it",
    hint="The gradient points to where the loss grows. Which way should the parameter go?")
ignores_batch_size = mistake(_sgd, batch=lambda n, params: 1,
    source="the update for a mean loss, used with a summed one",
    title="does not divide by batch_size",
    hint="`.grad` holds the sum over the examples of the batch. Should a step be larger only because the "
    "batch is?")
multiplies_by_batch_size = mistake(_sgd, batch=lambda n, params: 1 / n, source="sum and mean mixed up",
    title="multiplies by batch_size instead of dividing by it",
    hint="`.grad` is already a sum over the batch. How does a sum become a mean?")
divides_by_batch_size_twice = mistake(_sgd, batch=lambda n, params: n**2,
    source="both lr and the gradient are divided",
    title="divides by batch_size twice",
    hint="How many divisions turn one sum over the batch into a mean? Follow batch_size through your code.")
ignores_lr = mistake(_sgd, rate=lambda lr: 1.0, source="learning rate forgotten",
    title="ignores lr",
    hint="What does your function do differently when lr is doubled?")
applies_lr_twice = mistake(_sgd, rate=lambda lr: lr * lr,
    source="the gradient is scaled first, then the step again",
    title="applies lr twice",
    hint="Follow lr through your code: by what is the gradient multiplied in all?")
divides_by_lr = mistake(_sgd, rate=lambda lr: 1 / lr, source="w.grad / (lr * batch_size)",
    title="divides by lr instead of multiplying by it",
    hint="Should a smaller learning rate give a smaller or a larger step?")
swaps_lr_and_batch_size = mistake(_sgd, step=lambda w, g, lr, n: n * g / lr, source="swapped arguments",
    title="uses lr where batch_size belongs, and batch_size where lr belongs",
    hint="Which of the two arguments multiplies the gradient, and which one divides it?")
doubles_step = mistake(_sgd, rate=lambda lr: 2 * lr,
    source="update in two places, or the 2 of the squared loss put in again",
    title="takes a step of twice the correct size",
    hint="Is the update carried out once for each parameter? Is there a factor 2 that belongs to the loss?")
halves_step = mistake(_sgd, batch=lambda n, params: 2 * n,
    source="division by 2 * batch_size, as in the formula of the loss",
    title="takes a step of half the correct size",
    hint="The 1/2 of the squared loss is already in the gradient. Where does yours come from?")
divides_by_one_less = mistake(_sgd, batch=lambda n, params: torch.tensor(n - 1),
    source="mix-up with the unbiased variance",
    title="divides by batch_size - 1",
    hint="What happens with a batch of one example? A mean over n terms divides by which number?")
divides_by_one_more = mistake(_sgd, batch=lambda n, params: n + 1,
    source="guard against a division by zero that cannot occur",
    title="divides by batch_size + 1",
    hint="A mean over n terms divides by which number? Try a batch of one example.")
divides_by_root_of_batch_size = mistake(_sgd, batch=lambda n, params: n**0.5,
    source="mix-up with the standard error of a mean",
    title="divides by the square root of batch_size",
    hint="The gradient is a sum over the batch; which divisor makes it a mean?")
divides_by_number_of_parameters = mistake(_sgd, batch=lambda n, params: len(params),
    source="len(params) for batch_size",
    title="divides by the number of parameters in the list instead of batch_size",
    hint="The gradient is a sum over examples, not over the list. How many examples were there?")
divides_by_length = mistake(_sgd, step=lambda w, g, lr, n: lr * g / len(g),
    source="len(w.grad) for batch_size; also an error for a 0-dim parameter",
    title="divides by the length of the parameter's first dimension instead of batch_size",
    hint="Is the first dimension of a parameter the batch? Which argument tells the batch's size?")
divides_by_number_of_elements = mistake(_sgd, step=lambda w, g, lr, n: lr * g / g.numel(),
    source="numel() for batch_size",
    title="divides by the number of the parameter's elements instead of batch_size",
    hint="The gradient is a sum over examples, not over the elements of the parameter. How many examples "
    "were there?")
fixes_lr_at_003 = mistake(_sgd, rate=lambda lr: 0.03,
    source="the value of the chapter's training loop, hard-coded",
    title="uses a learning rate of 0.03 whatever lr says",
    hint="What happens when lr changes? Look for a number in your code that is an argument.")
fixes_lr_at_001 = mistake(_sgd, rate=lambda lr: 0.01, source="a common default, hard-coded",
    title="uses a learning rate of 0.01 whatever lr says",
    hint="What happens when lr changes? Look for a number in your code that is an argument.")
fixes_lr_at_01 = mistake(_sgd, rate=lambda lr: 0.1,
    source="a learning rate hard-coded, as in many first examples",
    title="uses a learning rate of 0.1 whatever lr says",
    hint="What happens when lr changes? Look for a number in your code that is an argument.")
fixes_batch_size_at_10 = mistake(_sgd, batch=lambda n, params: 10,
    source="the batch size of the chapter's training loop, hard-coded",
    title="divides by 10 whatever batch_size says",
    hint="What happens with a batch of another size? Look for a number that is an argument.")

# Another formula

overwrites_with_negative_step = mistake(_sgd, move=lambda w, change: w.copy_(-change),
    source="=- typed for -=, on w.data or w[:]",
    title="sets each parameter to minus the step instead of subtracting the step from it",
    hint="Where does the old value of the parameter go?")
overwrites_with_step = mistake(_sgd, move=Tensor.copy_, source="= typed for -=, on w.data or w[:]",
    title="sets each parameter to the step instead of subtracting the step from it",
    hint="Where does the old value of the parameter go?")
divides_parameter_too = mistake(_sgd, step=lambda w, g, lr, n: w - (w - lr * g) / n,
    source="(w - lr * w.grad) / batch_size",
    title="divides the parameter by batch_size along with the step",
    hint="Which part of `w - lr * w.grad / batch_size` is divided? Check the parentheses.")
subtracts_lr_first = mistake(_sgd, step=lambda w, g, lr, n: w - (w - lr) * g / n,
    source="(w - lr) * w.grad / batch_size",
    title="subtracts lr from the parameter and multiplies the difference by the gradient",
    hint="Which product is subtracted from w? Check the parentheses.")
multiplies_step_by_parameter = mistake(_sgd, step=lambda w, g, lr, n: lr * w * g / n,
    source="w *= 1 - lr * w.grad / batch_size",
    title="makes the step proportional to the parameter's own value",
    hint="A parameter that is 0 has to move as well. Does the rule multiply w by anything?")
steps_along_parameter = mistake(_sgd, step=lambda w, g, lr, n: lr * w / n,
    source=".grad forgotten in the step",
    title="uses the parameter where its gradient belongs",
    hint="Which tensor tells how the loss changes, w or `w.grad`?")
ignores_gradient = mistake(_sgd, step=lambda w, g, lr, n: lr / n, source="w -= lr / batch_size",
    title="takes the same step whatever the gradients are",
    hint="A zero gradient should leave the parameter where it is. Does your step contain it?")
uses_sign_of_gradient = mistake(_sgd, step=lambda w, g, lr, n: lr * g.sign() / n,
    source="mix-up with sign descent or a normalizing optimizer",
    title="uses only the sign of the gradient",
    hint="A steeper slope should give a longer step. What happens to the gradient's size?")
uses_absolute_gradient = mistake(_sgd, step=lambda w, g, lr, n: lr * g.abs() / n,
    source="abs() to keep the step positive",
    title="uses the absolute value of the gradient",
    hint="Where the gradient is negative the parameter has to grow. Does it?")
squares_gradient = mistake(_sgd, step=lambda w, g, lr, n: lr * g**2 / n,
    source="mix-up with the squared gradients of AdaGrad",
    title="uses the square of the gradient",
    hint="The sign of the gradient is lost when it is squared. Which power is in the rule?")
clips_gradient = mistake(_sgd, step=lambda w, g, lr, n: lr * (g / n).clamp(-1, 1),
    source="gradient clipping mixed in",
    title="limits the elements of the averaged gradient to between -1 and 1",
    hint="Large gradients give large steps here; clipping is another technique.")
normalizes_gradient = mistake(_sgd, step=lambda w, g, lr, n: lr * g / g.norm() / n,
    source="mix-up with normalized gradient descent",
    title="divides the gradient by its norm",
    hint="A steeper slope should give a longer step, and a zero gradient is legal: what is 0 / 0?")
floors_step = mistake(_sgd, step=lambda w, g, lr, n: lr * g // n, source="// for /",
    title="rounds the step down to a whole number",
    hint="`//` is floor division. Is the step a whole number?")
sums_gradient = mistake(_sgd, step=lambda w, g, lr, n: lr * g.sum() / n,
    source=".sum() taken to be the sum over the batch, which has been taken already",
    title="gives all elements of a parameter the same step, from the sum of its gradient",
    hint="Each element has a gradient of its own. What shape does your step have?")
averages_over_elements = mistake(_sgd, step=lambda w, g, lr, n: lr * g.mean(),
    source="w.grad.mean() for w.grad / batch_size",
    title="gives all elements of a parameter the same step, the mean of its gradient times lr",
    hint="The mean is over the examples, not over the elements of the parameter. Where does batch_size "
    "come in?")
averages_over_first_dimension = mistake(_sgd, step=lambda w, g, lr, n: lr * g.mean(0),
    source="w.grad.mean(0)",
    title="averages the gradient over its first dimension instead of dividing by batch_size",
    hint="The examples have been summed already: no dimension of the gradient is the batch.")
sums_over_first_dimension = mistake(_sgd, step=lambda w, g, lr, n: lr * g.sum(0) / n,
    source="w.grad.sum(0) / batch_size",
    title="sums the gradient over its first dimension",
    hint="The examples have been summed already: no dimension of the gradient is the batch.")

# Some parameters only

updates_first_only = mistake(_sgd, among=lambda params: params[:1], source="return inside the loop",
    title="updates the first parameter only",
    hint="How often does the body of your loop run?")
updates_last_only = mistake(_sgd, among=lambda params: params[-1:],
    source="the update is indented too little",
    title="updates the last parameter only",
    hint="Which lines belong to the body of the loop?")
leaves_out_last = mistake(_sgd, among=lambda params: params[:-1], source="range(len(params) - 1)",
    title="leaves out the last parameter",
    hint="Count the turns of your loop against the length of the list.")
leaves_out_first = mistake(_sgd, among=lambda params: params[1:], source="range(1, len(params))",
    title="leaves out the first parameter",
    hint="With which index does your loop begin?")
updates_first_two = mistake(_sgd, among=lambda params: params[:2],
    source="params[0] and params[1] hard-coded",
    title="updates only the first two parameters",
    hint="The list holds more than a weight and a bias when the model has more layers.")
expects_two_parameters = mistake(_sgd, among=_two, source="w, b = params",
    title="stops with an error unless there are exactly two parameters",
    hint="A model may have any number of parameters. What does your code expect of the list?")
skips_biases = mistake(_sgd, among=lambda params: [w for w in params if w.dim() > 1],
    source="only the weights are updated, told by their number of dimensions",
    title="leaves parameters with fewer than two dimensions alone",
    hint="A bias is a vector or a single number, and it has to learn as well.")


@misconception(source="'stochastic' misread",
    title="updates one parameter, picked at random, and clears all gradients",
    hint="What is random in stochastic gradient descent: the examples or the parameters?")
def updates_random_parameter(params: list[Tensor], lr: float, batch_size: int) -> None:
    chosen = params[int(torch.randint(len(params), (1,)))]
    _sgd([chosen], lr, batch_size)
    for w in params:
        _grad(w).zero_()


updates_first_row = mistake(_sgd, move=_rows(slice(1)), source="w[0] -= ...",
    title="updates only the first entry along a parameter's first dimension",
    hint="Compare all rows of the parameter before and after the call.")
leaves_out_last_row = mistake(_sgd, move=_rows(slice(-1)), source="range(len(w) - 1)",
    title="leaves out the last entry along a parameter's first dimension",
    hint="Count the turns of your inner loop against the number of rows.")
needs_a_dimension = mistake(_sgd, step=lambda w, g, lr, n: torch.stack([lr * g[i] / n for i in range(len(g))]),
    source="for i in range(len(w))",
    title="stops with an error for a 0-dim parameter",
    hint="A parameter may be a single number without dimensions; it has no rows to loop over.")
needs_a_matrix = mistake(_sgd, step=_step_of_matrix, source="n, q = w.shape",
    title="stops with an error for a parameter that is not two-dimensional",
    hint="A parameter may have any number of dimensions. What does your code expect of its shape?")
needs_a_single_element = mistake(_sgd, step=lambda w, g, lr, n: lr * g.item() / n,
    source="w.grad.item(), or `if w.grad:`",
    title="stops with an error for a parameter that has more than one element",
    hint="A tensor of several elements is neither one number nor one truth value.")
needs_contiguous = mistake(_sgd, move=lambda w, change: w.view(-1).sub_(change.reshape(-1)),
    source="w.view(-1)",
    title="stops with an error for a parameter that is not contiguous in memory",
    hint="view() cannot flatten a transposed tensor. Does the update need a flat tensor at all?")
updates_copy_of_noncontiguous = mistake(_sgd, move=lambda w, change: w.contiguous().sub_(change),
    source="w.reshape(-1) or w.contiguous() changed in place",
    title="does not update a parameter that is not contiguous in memory",
    hint="reshape() copies a transposed tensor. What happens to a change of the copy?")

# The tensors and autograd afterwards

leaves_requires_grad_off = mistake(_sgd, move=lambda w, change: w.requires_grad_(False).sub_(change),
    source="w.requires_grad = False or w.detach_() to get past the in-place error",
    title="leaves requires_grad switched off",
    hint="After the call the parameters must still be trainable. What does detach_() switch off?")
leaves_autograd_off = mistake(_sgd, recording=lambda: nullcontext(torch.set_grad_enabled(False)),
    source="torch.set_grad_enabled(False) as a statement",
    title="leaves autograd switched off for the whole program",
    hint="Will the next loss still have a gradient? Who switches recording on again?")
replaces_by_constants = mistake(_sgd, replace=Tensor.detach, clears=_never,
    source="params[i] = params[i] - ... under torch.no_grad()",
    title="puts new tensors that do not require grad into the list",
    hint="The model still holds the old tensors. How is a tensor itself changed?")
replaces_by_non_leaves = mistake(_sgd, replace=lambda new: new, recording=nullcontext, clears=_never,
    source="params[i] = params[i] - ... without torch.no_grad()",
    title="puts new tensors into the list that are results of a recorded computation, not leaves",
    hint="The model still holds the old tensors, and a non-leaf gets no `.grad`. How is a tensor itself "
    "changed?")
replaces_by_new_leaves = mistake(_sgd, replace=Tensor.requires_grad_, clears=_never,
    source="params[i] = (...).detach().requires_grad_()",
    title="puts new leaf tensors into the list instead of changing those that are there",
    hint="The model still holds the old tensors. How is a tensor itself changed?")
empties_list = mistake(_sgd, among=lambda params: [params.pop() for _ in range(len(params))],
    source="while params: w = params.pop()",
    title="takes the parameters out of the list, which is empty afterwards",
    hint="The training loop passes the same list at every step. What does the second step find?")
flattens_parameters = mistake(_sgd, move=lambda w, change: _set_data(w, (w - change).reshape(-1)),
    source="w.data = w.data.reshape(-1) - ...",
    title="flattens the parameters",
    hint="Compare the shape of the parameter before and after the call.")
converts_to_float32 = mistake(_sgd, move=lambda w, change: _set_data(w, (w - change).float()),
    source="w.data = (...).float()",
    title="turns float64 parameters into float32",
    hint="Compare the dtype of the parameter before and after the call.")

# State between calls

_velocities: dict[tuple[int, torch.Size, torch.dtype], Tensor] = {}
_calls = itertools.count(1)

@misconception(source="mix-up with SGD with momentum",
    title="adds part of the previous call's step: momentum",
    hint="Two calls with the same arguments should make the same step. What does yours remember?")
def remembers_velocity(params: list[Tensor], lr: float, batch_size: int) -> None:
    with torch.no_grad():
        for i, w in enumerate(params):
            key = (i, w.shape, w.dtype)
            _velocities[key] = 0.9 * _velocities.get(key, 0.0) + _grad(w) / batch_size
            w -= lr * _velocities[key]
            _grad(w).zero_()


shrinks_lr_between_calls = mistake(_sgd, rate=lambda lr: lr / next(_calls),
    source="a learning rate schedule in a global counter",
    title="makes smaller steps from call to call",
    hint="Two calls with the same arguments should make the same step. What does yours count?")

PAIRS = {
    "keeps_gradients_and_ascends": ("keeps_gradients", "ascends", "both forgotten at once"),
    "keeps_gradients_and_ignores_batch_size":
        ("keeps_gradients", "ignores_batch_size", "the textbook w - lr * g"),
    "keeps_gradients_and_multiplies": ("keeps_gradients", "multiplies_by_batch_size"),
    "keeps_gradients_and_ignores_lr": ("keeps_gradients", "ignores_lr", "both forgotten at once"),
    "keeps_gradients_and_swaps": ("keeps_gradients", "swaps_lr_and_batch_size"),
    "keeps_gradients_and_averages": ("keeps_gradients", "averages_over_elements"),
    "keeps_gradients_and_divides_by_length": ("keeps_gradients", "divides_by_length"),
    "keeps_gradients_and_divides_by_number": ("keeps_gradients", "divides_by_number_of_parameters"),
    "keeps_gradients_and_overwrites": ("keeps_gradients", "overwrites_with_negative_step"),
    "keeps_gradients_and_updates_first": ("keeps_gradients", "updates_first_only", "return inside the loop"),
    "keeps_gradients_and_updates_last": ("keeps_gradients", "updates_last_only", "body indented too little"),
    "keeps_gradients_and_requires_grad_off": ("keeps_gradients", "leaves_requires_grad_off"),
    "keeps_gradients_and_autograd_off": ("keeps_gradients", "leaves_autograd_off"),
    "ascends_and_ignores_batch_size": ("ascends", "ignores_batch_size"),
    "ascends_and_multiplies": ("ascends", "multiplies_by_batch_size"),
    "ascends_and_ignores_lr": ("ascends", "ignores_lr"),
    "ignores_lr_and_batch_size": ("ignores_lr", "ignores_batch_size", "w -= w.grad"),
    "ignores_lr_and_multiplies": ("ignores_lr", "multiplies_by_batch_size"),
    "applies_lr_twice_and_ignores_batch_size": ("applies_lr_twice", "ignores_batch_size"),
    "ignores_batch_size_and_clears_last": ("ignores_batch_size", "clears_last_gradient_only"),
    "ignores_batch_size_and_leaves_step": ("ignores_batch_size", "leaves_step_in_gradient"),
    "ignores_batch_size_and_overwrites": ("ignores_batch_size", "overwrites_with_negative_step"),
    "ignores_batch_size_and_updates_first": ("ignores_batch_size", "updates_first_only"),
    "ignores_batch_size_and_requires_grad_off": ("ignores_batch_size", "leaves_requires_grad_off"),
    "ignores_batch_size_and_autograd_off": ("ignores_batch_size", "leaves_autograd_off"),
    "ignores_batch_size_and_replaces": ("ignores_batch_size", "replaces_by_constants"),
}
