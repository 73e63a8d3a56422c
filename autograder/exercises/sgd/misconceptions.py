"""Known wrong implementations of sgd.

The gradient of `w` is called `g`; `_update` is the right loop, into which each entry puts one
mistake.
"""

import itertools
from collections.abc import Callable, Iterable

import torch
from torch import Tensor

from autograder.checking import misconception


def _grad(w: Tensor) -> Tensor:
    assert w.grad is not None
    return w.grad


def _zero(w: Tensor) -> None:
    _grad(w).zero_()


def _keep(w: Tensor) -> None:
    """Leave the gradient as it is."""


def _update(
    params: Iterable[Tensor],
    step: Callable[[Tensor, Tensor], Tensor | float],
    clear: Callable[[Tensor], None] = _zero,
) -> None:
    with torch.no_grad():
        for w in params:
            w -= step(w, _grad(w))
            clear(w)


# Nothing happens, or an error


@misconception(
    title="leaves the parameters and their gradients as they were",
    hint="`w = w - ...` gives the name w to a new tensor; the caller still holds the old one. "
    "Which operations change the tensor itself?",
    source="rebinding the loop variable, or returning new tensors; a standing forum question",
    trivial=True,
)
def changes_nothing(params: list[Tensor], lr: float, batch_size: int) -> None:
    for w in params:
        w = w - lr * _grad(w) / batch_size


@misconception(
    title="clears the gradients but leaves every parameter at its old value",
    hint="Are the gradients still there when the step is computed? And does the step change the "
    "caller's tensor, or only a new one that has the same name?",
    source="zero_() placed before the step, or the step written to a temporary tensor",
)
def only_clears_gradients(params: list[Tensor], lr: float, batch_size: int) -> None:
    for w in params:
        _zero(w)
    _update(params, lambda w, g: lr * g / batch_size)


@misconception(
    title="stops with an error before it has changed any parameter",
    hint="While autograd is recording, a leaf tensor that requires grad may not be changed in "
    "place: for which lines should recording be off? And note that a new tensor has no `.grad`.",
    source="no torch.no_grad() around the update; or `w = w - ...` followed by `w.grad.zero_()`",
)
def raises_at_once(params: list[Tensor], lr: float, batch_size: int) -> None:
    for w in params:
        w -= lr * _grad(w) / batch_size
        _zero(w)


# The gradients afterwards


@misconception(
    title="leaves the old gradients in place",
    hint="backward() adds to `.grad`. What will the next call of backward() find there?",
    source="zeroing forgotten, or zero_ written without parentheses",
)
def keeps_gradients(params: list[Tensor], lr: float, batch_size: int) -> None:
    _update(params, lambda w, g: lr * g / batch_size, _keep)


@misconception(
    title="clears the gradient of the last parameter only",
    hint="Which lines belong to the body of the loop?",
    source="the line that zeroes the gradient is indented too little",
)
def clears_last_gradient_only(params: list[Tensor], lr: float, batch_size: int) -> None:
    _update(params, lambda w, g: lr * g / batch_size, _keep)
    _zero(params[-1])


@misconception(
    title="clears the gradient of the first parameter only",
    hint="Every parameter has a gradient of its own. Look at the gradients after the call.",
    source="params[0].grad.zero_() taken for all of them",
)
def clears_first_gradient_only(params: list[Tensor], lr: float, batch_size: int) -> None:
    _update(params, lambda w, g: lr * g / batch_size, _keep)
    _zero(params[0])


@misconception(
    title="sets the parameters to zero instead of their gradients",
    hint="What has to be zero before the next backward(): the tensor or its `.grad`?",
    source="w.zero_() for w.grad.zero_()",
)
def zeroes_parameters(params: list[Tensor], lr: float, batch_size: int) -> None:
    def zero_parameter(w: Tensor) -> None:
        w.zero_()

    _update(params, lambda w, g: lr * g / batch_size, zero_parameter)


@misconception(
    title="leaves the scaled step in `.grad`",
    hint="Scaling the gradient in place changes what is stored. What should `.grad` hold at the "
    "end?",
    source="w.grad *= lr / batch_size; w -= w.grad, and no zeroing",
)
def leaves_step_in_gradient(params: list[Tensor], lr: float, batch_size: int) -> None:
    _update(params, lambda w, g: g.mul_(lr / batch_size), _keep)


@misconception(
    title="leaves the averaged gradient in `.grad`",
    hint="Dividing the gradient in place changes what is stored. What should `.grad` hold at the "
    "end?",
    source="w.grad /= batch_size, and no zeroing",
)
def leaves_mean_in_gradient(params: list[Tensor], lr: float, batch_size: int) -> None:
    _update(params, lambda w, g: lr * g.div_(batch_size), _keep)


@misconception(
    title="changes the gradients and not the parameters",
    hint="Which tensor stands on the left of the update: the parameter or its gradient?",
    source="w.grad -= lr * w.grad / batch_size",
)
def updates_gradients_instead(params: list[Tensor], lr: float, batch_size: int) -> None:
    for w in params:
        _grad(w).sub_(lr * _grad(w) / batch_size)


@misconception(
    title="stops with an error after it has updated the first parameter",
    hint="The error comes from the line after the update. What kinds of value may `.grad` hold?",
    source="w.grad = 0 raises a TypeError: only a tensor or None can be assigned",
)
def raises_after_first_update(params: list[Tensor], lr: float, batch_size: int) -> None:
    def assign_number(w: Tensor) -> None:
        w.grad = 0  # type: ignore[assignment]

    _update(params, lambda w, g: lr * g / batch_size, assign_number)


@misconception(
    title="stops with an error after it has updated every parameter, with the gradients kept",
    hint="params is a plain list and has no method that clears gradients. What does have a "
    "gradient?",
    source="params.zero_grad(), by analogy with an optimizer",
)
def raises_after_all_updates(params: list[Tensor], lr: float, batch_size: int) -> None:
    _update(params, lambda w, g: lr * g / batch_size, _keep)
    params.zero_grad()  # type: ignore[attr-defined]


# Sign and scale


@misconception(
    title="walks uphill: it adds the step instead of subtracting it",
    hint="The gradient points to where the loss grows. Which way should the parameter go?",
    source="sign slip (gradient ascent)",
)
def ascends(params: list[Tensor], lr: float, batch_size: int) -> None:
    _update(params, lambda w, g: -lr * g / batch_size)


@misconception(
    title="does not divide by batch_size",
    hint="`.grad` holds the sum over the examples of the batch. Should a step be larger only "
    "because the batch is?",
    source="the update for a mean loss, used with a summed one",
)
def ignores_batch_size(params: list[Tensor], lr: float, batch_size: int) -> None:
    _update(params, lambda w, g: lr * g)


@misconception(
    title="multiplies by batch_size instead of dividing by it",
    hint="`.grad` is already a sum over the batch. How does a sum become a mean?",
    source="sum and mean mixed up",
)
def multiplies_by_batch_size(params: list[Tensor], lr: float, batch_size: int) -> None:
    _update(params, lambda w, g: lr * g * batch_size)


@misconception(
    title="divides by batch_size twice",
    hint="How many divisions turn one sum over the batch into a mean? Follow batch_size through "
    "your code.",
    source="both lr and the gradient are divided",
)
def divides_by_batch_size_twice(params: list[Tensor], lr: float, batch_size: int) -> None:
    _update(params, lambda w, g: lr * g / batch_size**2)


@misconception(
    title="ignores lr",
    hint="What does your function do differently when lr is doubled?",
    source="learning rate forgotten",
)
def ignores_lr(params: list[Tensor], lr: float, batch_size: int) -> None:
    _update(params, lambda w, g: g / batch_size)


@misconception(
    title="applies lr twice",
    hint="Follow lr through your code: by what is the gradient multiplied in all?",
    source="the gradient is scaled first, then the step again",
)
def applies_lr_twice(params: list[Tensor], lr: float, batch_size: int) -> None:
    _update(params, lambda w, g: lr * lr * g / batch_size)


@misconception(
    title="divides by lr instead of multiplying by it",
    hint="Should a smaller learning rate give a smaller or a larger step?",
    source="w.grad / (lr * batch_size)",
)
def divides_by_lr(params: list[Tensor], lr: float, batch_size: int) -> None:
    _update(params, lambda w, g: g / (lr * batch_size))


@misconception(
    title="uses lr where batch_size belongs, and batch_size where lr belongs",
    hint="Which of the two arguments multiplies the gradient, and which one divides it?",
    source="swapped arguments",
)
def swaps_lr_and_batch_size(params: list[Tensor], lr: float, batch_size: int) -> None:
    _update(params, lambda w, g: batch_size * g / lr)


@misconception(
    title="takes a step of twice the right size",
    hint="Is the update carried out once for each parameter? Is there a factor 2 that belongs to "
    "the loss?",
    source="update in two places, or the 2 of the squared loss put in again",
)
def doubles_step(params: list[Tensor], lr: float, batch_size: int) -> None:
    _update(params, lambda w, g: 2 * lr * g / batch_size)


@misconception(
    title="takes a step of half the right size",
    hint="The 1/2 of the squared loss is already in the gradient. Where does yours come from?",
    source="division by 2 * batch_size, as in the formula of the loss",
)
def halves_step(params: list[Tensor], lr: float, batch_size: int) -> None:
    _update(params, lambda w, g: lr * g / (2 * batch_size))


@misconception(
    title="divides by batch_size - 1",
    hint="What happens with a batch of one example? A mean over n terms divides by which number?",
    source="mix-up with the unbiased variance",
)
def divides_by_one_less(params: list[Tensor], lr: float, batch_size: int) -> None:
    _update(params, lambda w, g: lr * g / torch.tensor(batch_size - 1))


@misconception(
    title="divides by batch_size + 1",
    hint="A mean over n terms divides by which number? Try a batch of one example.",
    source="guard against a division by zero that cannot occur",
)
def divides_by_one_more(params: list[Tensor], lr: float, batch_size: int) -> None:
    _update(params, lambda w, g: lr * g / (batch_size + 1))


@misconception(
    title="divides by the square root of batch_size",
    hint="The gradient is a sum over the batch; which divisor makes it a mean?",
    source="mix-up with the standard error of a mean",
)
def divides_by_root_of_batch_size(params: list[Tensor], lr: float, batch_size: int) -> None:
    _update(params, lambda w, g: lr * g / batch_size**0.5)


@misconception(
    title="divides by the number of parameters in the list instead of batch_size",
    hint="The gradient is a sum over examples, not over the list. How many examples were there?",
    source="len(params) for batch_size",
)
def divides_by_number_of_parameters(params: list[Tensor], lr: float, batch_size: int) -> None:
    _update(params, lambda w, g: lr * g / len(params))


@misconception(
    title="divides by the length of the parameter's first dimension instead of batch_size",
    hint="Is the first dimension of a parameter the batch? Which argument tells the batch's size?",
    source="len(w.grad) for batch_size; also an error for a 0-dim parameter",
)
def divides_by_length(params: list[Tensor], lr: float, batch_size: int) -> None:
    _update(params, lambda w, g: lr * g / len(g))


@misconception(
    title="divides by the number of the parameter's elements instead of batch_size",
    hint="The gradient is a sum over examples, not over the elements of the parameter. "
    "How many examples were there?",
    source="numel() for batch_size",
)
def divides_by_number_of_elements(params: list[Tensor], lr: float, batch_size: int) -> None:
    _update(params, lambda w, g: lr * g / g.numel())


@misconception(
    title="uses a learning rate of 0.03 whatever lr says",
    hint="What happens when lr changes? Look for a number in your code that is an argument.",
    source="the value of the chapter's training loop, hard-coded",
)
def fixes_lr_at_003(params: list[Tensor], lr: float, batch_size: int) -> None:
    _update(params, lambda w, g: 0.03 * g / batch_size)


@misconception(
    title="uses a learning rate of 0.01 whatever lr says",
    hint="What happens when lr changes? Look for a number in your code that is an argument.",
    source="a common default, hard-coded",
)
def fixes_lr_at_001(params: list[Tensor], lr: float, batch_size: int) -> None:
    _update(params, lambda w, g: 0.01 * g / batch_size)


@misconception(
    title="divides by 10 whatever batch_size says",
    hint="What happens with a batch of another size? Look for a number that is an argument.",
    source="the batch size of the chapter's training loop, hard-coded",
)
def fixes_batch_size_at_10(params: list[Tensor], lr: float, batch_size: int) -> None:
    _update(params, lambda w, g: lr * g / 10)


# Another formula


@misconception(
    title="sets each parameter to minus the step instead of subtracting the step from it",
    hint="Where does the old value of the parameter go?",
    source="=- typed for -=, on w.data or w[:]",
)
def overwrites_with_negative_step(params: list[Tensor], lr: float, batch_size: int) -> None:
    _update(params, lambda w, g: w + lr * g / batch_size)


@misconception(
    title="sets each parameter to the step instead of subtracting the step from it",
    hint="Where does the old value of the parameter go?",
    source="= typed for -=, on w.data or w[:]",
)
def overwrites_with_step(params: list[Tensor], lr: float, batch_size: int) -> None:
    _update(params, lambda w, g: w - lr * g / batch_size)


@misconception(
    title="divides the parameter by batch_size along with the step",
    hint="Which part of `w - lr * w.grad / batch_size` is divided? Check the parentheses.",
    source="(w - lr * w.grad) / batch_size",
)
def divides_parameter_too(params: list[Tensor], lr: float, batch_size: int) -> None:
    _update(params, lambda w, g: w - (w - lr * g) / batch_size)


@misconception(
    title="subtracts lr from the parameter and multiplies the difference by the gradient",
    hint="Which product is subtracted from w? Check the parentheses.",
    source="(w - lr) * w.grad / batch_size",
)
def subtracts_lr_first(params: list[Tensor], lr: float, batch_size: int) -> None:
    _update(params, lambda w, g: w - (w - lr) * g / batch_size)


@misconception(
    title="makes the step proportional to the parameter's own value",
    hint="A parameter that is 0 has to move as well. Does the rule multiply w by anything?",
    source="w *= 1 - lr * w.grad / batch_size",
)
def multiplies_step_by_parameter(params: list[Tensor], lr: float, batch_size: int) -> None:
    _update(params, lambda w, g: lr * w * g / batch_size)


@misconception(
    title="uses the parameter where its gradient belongs",
    hint="Which tensor tells how the loss changes, w or `w.grad`?",
    source=".grad forgotten in the step",
)
def steps_along_parameter(params: list[Tensor], lr: float, batch_size: int) -> None:
    _update(params, lambda w, g: lr * w / batch_size)


@misconception(
    title="takes the same step whatever the gradients are",
    hint="A zero gradient should leave the parameter where it is. Does your step contain it?",
    source="w -= lr / batch_size",
)
def ignores_gradient(params: list[Tensor], lr: float, batch_size: int) -> None:
    _update(params, lambda w, g: lr / batch_size)


@misconception(
    title="uses only the sign of the gradient",
    hint="A steeper slope should give a longer step. What happens to the gradient's size?",
    source="mix-up with sign descent or a normalizing optimizer",
)
def uses_sign_of_gradient(params: list[Tensor], lr: float, batch_size: int) -> None:
    _update(params, lambda w, g: lr * g.sign() / batch_size)


@misconception(
    title="uses the absolute value of the gradient",
    hint="Where the gradient is negative the parameter has to grow. Does it?",
    source="abs() to keep the step positive",
)
def uses_absolute_gradient(params: list[Tensor], lr: float, batch_size: int) -> None:
    _update(params, lambda w, g: lr * g.abs() / batch_size)


@misconception(
    title="uses the square of the gradient",
    hint="The sign of the gradient is lost when it is squared. Which power is in the rule?",
    source="mix-up with the squared gradients of AdaGrad",
)
def squares_gradient(params: list[Tensor], lr: float, batch_size: int) -> None:
    _update(params, lambda w, g: lr * g**2 / batch_size)


@misconception(
    title="limits the elements of the averaged gradient to between -1 and 1",
    hint="Large gradients give large steps here; clipping is another technique.",
    source="gradient clipping mixed in",
)
def clips_gradient(params: list[Tensor], lr: float, batch_size: int) -> None:
    _update(params, lambda w, g: lr * (g / batch_size).clamp(-1, 1))


@misconception(
    title="divides the gradient by its norm",
    hint="A steeper slope should give a longer step, and a zero gradient is legal: what is 0 / 0?",
    source="mix-up with normalized gradient descent",
)
def normalizes_gradient(params: list[Tensor], lr: float, batch_size: int) -> None:
    _update(params, lambda w, g: lr * g / g.norm() / batch_size)


@misconception(
    title="rounds the step down to a whole number",
    hint="`//` is floor division. Is the step a whole number?",
    source="// for /",
)
def floors_step(params: list[Tensor], lr: float, batch_size: int) -> None:
    _update(params, lambda w, g: lr * g // batch_size)


@misconception(
    title="gives all elements of a parameter the same step, from the sum of its gradient",
    hint="Each element has a gradient of its own. What shape does your step have?",
    source=".sum() taken to be the sum over the batch, which has been taken already",
)
def sums_gradient(params: list[Tensor], lr: float, batch_size: int) -> None:
    _update(params, lambda w, g: lr * g.sum() / batch_size)


@misconception(
    title="gives all elements of a parameter the same step, the mean of its gradient times lr",
    hint="The mean is over the examples, not over the elements of the parameter. Where does "
    "batch_size come in?",
    source="w.grad.mean() for w.grad / batch_size",
)
def averages_over_elements(params: list[Tensor], lr: float, batch_size: int) -> None:
    _update(params, lambda w, g: lr * g.mean())


@misconception(
    title="averages the gradient over its first dimension instead of dividing by batch_size",
    hint="The examples have been summed already: no dimension of the gradient is the batch.",
    source="w.grad.mean(0)",
)
def averages_over_first_dimension(params: list[Tensor], lr: float, batch_size: int) -> None:
    _update(params, lambda w, g: lr * g.mean(0))


@misconception(
    title="sums the gradient over its first dimension",
    hint="The examples have been summed already: no dimension of the gradient is the batch.",
    source="w.grad.sum(0) / batch_size",
)
def sums_over_first_dimension(params: list[Tensor], lr: float, batch_size: int) -> None:
    _update(params, lambda w, g: lr * g.sum(0) / batch_size)


# Some parameters only


@misconception(
    title="updates the first parameter only",
    hint="How often does the body of your loop run?",
    source="return inside the loop",
)
def updates_first_only(params: list[Tensor], lr: float, batch_size: int) -> None:
    _update(params[:1], lambda w, g: lr * g / batch_size)


@misconception(
    title="updates the last parameter only",
    hint="Which lines belong to the body of the loop?",
    source="the update is indented too little",
)
def updates_last_only(params: list[Tensor], lr: float, batch_size: int) -> None:
    _update(params[-1:], lambda w, g: lr * g / batch_size)


@misconception(
    title="leaves out the last parameter",
    hint="Count the turns of your loop against the length of the list.",
    source="range(len(params) - 1)",
)
def leaves_out_last(params: list[Tensor], lr: float, batch_size: int) -> None:
    _update(params[:-1], lambda w, g: lr * g / batch_size)


@misconception(
    title="leaves out the first parameter",
    hint="With which index does your loop begin?",
    source="range(1, len(params))",
)
def leaves_out_first(params: list[Tensor], lr: float, batch_size: int) -> None:
    _update(params[1:], lambda w, g: lr * g / batch_size)


@misconception(
    title="updates only the first two parameters",
    hint="The list holds more than a weight and a bias when the model has more layers.",
    source="params[0] and params[1] hard-coded",
)
def updates_first_two(params: list[Tensor], lr: float, batch_size: int) -> None:
    _update(params[:2], lambda w, g: lr * g / batch_size)


@misconception(
    title="stops with an error unless there are exactly two parameters",
    hint="A model may have any number of parameters. What does your code expect of the list?",
    source="w, b = params",
)
def expects_two_parameters(params: list[Tensor], lr: float, batch_size: int) -> None:
    w, b = params
    _update([w, b], lambda w, g: lr * g / batch_size)


@misconception(
    title="leaves parameters with fewer than two dimensions alone",
    hint="A bias is a vector or a single number, and it has to learn as well.",
    source="only the weights are updated, told by their number of dimensions",
)
def skips_biases(params: list[Tensor], lr: float, batch_size: int) -> None:
    _update([w for w in params if w.dim() > 1], lambda w, g: lr * g / batch_size)


@misconception(
    title="updates one parameter, picked at random, and clears all gradients",
    hint="What is random in stochastic gradient descent: the examples or the parameters?",
    source="'stochastic' misread",
)
def updates_random_parameter(params: list[Tensor], lr: float, batch_size: int) -> None:
    chosen = params[int(torch.randint(len(params), (1,)))]
    _update([chosen], lambda w, g: lr * g / batch_size)
    for w in params:
        _zero(w)


@misconception(
    title="updates only the first entry along a parameter's first dimension",
    hint="Compare all rows of the parameter before and after the call.",
    source="w[0] -= ...",
)
def updates_first_row(params: list[Tensor], lr: float, batch_size: int) -> None:
    with torch.no_grad():
        for w in params:
            rows = w[:1] if w.dim() else w
            rows -= lr * (_grad(w)[:1] if w.dim() else _grad(w)) / batch_size
            _zero(w)


@misconception(
    title="leaves out the last entry along a parameter's first dimension",
    hint="Count the turns of your inner loop against the number of rows.",
    source="range(len(w) - 1)",
)
def leaves_out_last_row(params: list[Tensor], lr: float, batch_size: int) -> None:
    with torch.no_grad():
        for w in params:
            rows = w[:-1] if w.dim() else w
            rows -= lr * (_grad(w)[:-1] if w.dim() else _grad(w)) / batch_size
            _zero(w)


@misconception(
    title="stops with an error for a 0-dim parameter",
    hint="A parameter may be a single number without dimensions; it has no rows to loop over.",
    source="for i in range(len(w))",
)
def needs_a_dimension(params: list[Tensor], lr: float, batch_size: int) -> None:
    with torch.no_grad():
        for w in params:
            for i in range(len(w)):
                w[i] -= lr * _grad(w)[i] / batch_size
            _zero(w)


@misconception(
    title="stops with an error for a parameter that is not two-dimensional",
    hint="A parameter may have any number of dimensions. What does your code expect of its shape?",
    source="n, q = w.shape",
)
def needs_a_matrix(params: list[Tensor], lr: float, batch_size: int) -> None:
    with torch.no_grad():
        for w in params:
            n, q = w.shape
            for i, j in itertools.product(range(n), range(q)):
                w[i, j] -= lr * _grad(w)[i, j] / batch_size
            _zero(w)


@misconception(
    title="stops with an error for a parameter that has more than one element",
    hint="A tensor of several elements is neither one number nor one truth value.",
    source="w.grad.item(), or `if w.grad:`",
)
def needs_a_single_element(params: list[Tensor], lr: float, batch_size: int) -> None:
    _update(params, lambda w, g: lr * g.item() / batch_size)


@misconception(
    title="stops with an error for a parameter that is not contiguous in memory",
    hint="view() cannot flatten a transposed tensor. Does the update need a flat tensor at all?",
    source="w.view(-1)",
)
def needs_contiguous(params: list[Tensor], lr: float, batch_size: int) -> None:
    with torch.no_grad():
        for w in params:
            w.view(-1).sub_(lr * _grad(w).reshape(-1) / batch_size)
            _zero(w)


@misconception(
    title="does not update a parameter that is not contiguous in memory",
    hint="reshape() copies a transposed tensor. What happens to a change of the copy?",
    source="w.reshape(-1) or w.contiguous() changed in place",
)
def updates_copy_of_noncontiguous(params: list[Tensor], lr: float, batch_size: int) -> None:
    with torch.no_grad():
        for w in params:
            w.contiguous().sub_(lr * _grad(w) / batch_size)
            _zero(w)


# The tensors and autograd afterwards


@misconception(
    title="leaves requires_grad switched off",
    hint="After the call the parameters must still be trainable. What does detach_() switch off?",
    source="w.requires_grad = False or w.detach_() to get past the in-place error",
)
def leaves_requires_grad_off(params: list[Tensor], lr: float, batch_size: int) -> None:
    for w in params:
        w.requires_grad_(False)
    _update(params, lambda w, g: lr * g / batch_size)


@misconception(
    title="leaves autograd switched off for the whole program",
    hint="Will the next loss still have a gradient? Who switches recording on again?",
    source="torch.set_grad_enabled(False) as a statement",
)
def leaves_autograd_off(params: list[Tensor], lr: float, batch_size: int) -> None:
    torch.set_grad_enabled(False)
    _update(params, lambda w, g: lr * g / batch_size)


@misconception(
    title="puts new tensors that do not require grad into the list",
    hint="The model still holds the old tensors. How is a tensor itself changed?",
    source="params[i] = params[i] - ... under torch.no_grad()",
)
def replaces_by_constants(params: list[Tensor], lr: float, batch_size: int) -> None:
    with torch.no_grad():
        for i, w in enumerate(params):
            params[i] = w - lr * _grad(w) / batch_size


@misconception(
    title="puts new tensors into the list that are results of a recorded computation, not leaves",
    hint="The model still holds the old tensors, and a non-leaf gets no `.grad`. How is a tensor "
    "itself changed?",
    source="params[i] = params[i] - ... without torch.no_grad()",
)
def replaces_by_non_leaves(params: list[Tensor], lr: float, batch_size: int) -> None:
    for i, w in enumerate(params):
        params[i] = w - lr * _grad(w) / batch_size


@misconception(
    title="puts new leaf tensors into the list instead of changing those that are there",
    hint="The model still holds the old tensors. How is a tensor itself changed?",
    source="params[i] = (...).detach().requires_grad_()",
)
def replaces_by_new_leaves(params: list[Tensor], lr: float, batch_size: int) -> None:
    for i, w in enumerate(params):
        params[i] = (w - lr * _grad(w) / batch_size).detach().requires_grad_()


@misconception(
    title="takes the parameters out of the list, which is empty afterwards",
    hint="The training loop passes the same list at every step. What does the second step find?",
    source="while params: w = params.pop()",
)
def empties_list(params: list[Tensor], lr: float, batch_size: int) -> None:
    _update([params.pop() for _ in range(len(params))], lambda w, g: lr * g / batch_size)


@misconception(
    title="flattens the parameters",
    hint="Compare the shape of the parameter before and after the call.",
    source="w.data = w.data.reshape(-1) - ...",
)
def flattens_parameters(params: list[Tensor], lr: float, batch_size: int) -> None:
    for w in params:
        w.data = (w - lr * _grad(w) / batch_size).detach().reshape(-1)
        _zero(w)


@misconception(
    title="turns float64 parameters into float32",
    hint="Compare the dtype of the parameter before and after the call.",
    source="w.data = (...).float()",
)
def converts_to_float32(params: list[Tensor], lr: float, batch_size: int) -> None:
    for w in params:
        g = _grad(w)
        w.data = (w - lr * g / batch_size).detach().float()
        g.zero_()


# State between calls

_velocities: dict[tuple[int, torch.Size, torch.dtype], Tensor] = {}
_calls = itertools.count(1)


@misconception(
    title="adds part of the previous call's step: momentum",
    hint="Two calls with the same arguments should make the same step. What does yours remember?",
    source="mix-up with SGD with momentum",
)
def remembers_velocity(params: list[Tensor], lr: float, batch_size: int) -> None:
    with torch.no_grad():
        for i, w in enumerate(params):
            key = (i, w.shape, w.dtype)
            velocity = 0.9 * _velocities.get(key, 0.0) + _grad(w) / batch_size
            _velocities[key] = velocity
            w -= lr * velocity
            _zero(w)


@misconception(
    title="makes smaller steps from call to call",
    hint="Two calls with the same arguments should make the same step. What does yours count?",
    source="a learning rate schedule in a global counter",
)
def shrinks_lr_between_calls(params: list[Tensor], lr: float, batch_size: int) -> None:
    rate = lr / next(_calls)
    _update(params, lambda w, g: rate * g / batch_size)


# Pairs that are often met together


@misconception(combines=("keeps_gradients", "ascends"), source="both forgotten at once")
def keeps_gradients_and_ascends(params: list[Tensor], lr: float, batch_size: int) -> None:
    _update(params, lambda w, g: -lr * g / batch_size, _keep)


@misconception(combines=("keeps_gradients", "ignores_batch_size"), source="the textbook w - lr * g")
def keeps_gradients_and_ignores_batch_size(
    params: list[Tensor], lr: float, batch_size: int
) -> None:
    _update(params, lambda w, g: lr * g, _keep)


@misconception(combines=("keeps_gradients", "multiplies_by_batch_size"), source="both at once")
def keeps_gradients_and_multiplies(params: list[Tensor], lr: float, batch_size: int) -> None:
    _update(params, lambda w, g: lr * g * batch_size, _keep)


@misconception(combines=("keeps_gradients", "ignores_lr"), source="both forgotten at once")
def keeps_gradients_and_ignores_lr(params: list[Tensor], lr: float, batch_size: int) -> None:
    _update(params, lambda w, g: g / batch_size, _keep)


@misconception(combines=("keeps_gradients", "swaps_lr_and_batch_size"), source="both at once")
def keeps_gradients_and_swaps(params: list[Tensor], lr: float, batch_size: int) -> None:
    _update(params, lambda w, g: batch_size * g / lr, _keep)


@misconception(combines=("keeps_gradients", "averages_over_elements"), source="both at once")
def keeps_gradients_and_averages(params: list[Tensor], lr: float, batch_size: int) -> None:
    _update(params, lambda w, g: lr * g.mean(), _keep)


@misconception(combines=("keeps_gradients", "divides_by_length"), source="both at once")
def keeps_gradients_and_divides_by_length(params: list[Tensor], lr: float, batch_size: int) -> None:
    _update(params, lambda w, g: lr * g / len(g), _keep)


@misconception(combines=("keeps_gradients", "divides_by_number_of_parameters"), source="both")
def keeps_gradients_and_divides_by_number(params: list[Tensor], lr: float, batch_size: int) -> None:
    _update(params, lambda w, g: lr * g / len(params), _keep)


@misconception(combines=("keeps_gradients", "overwrites_with_negative_step"), source="both at once")
def keeps_gradients_and_overwrites(params: list[Tensor], lr: float, batch_size: int) -> None:
    _update(params, lambda w, g: w + lr * g / batch_size, _keep)


@misconception(combines=("keeps_gradients", "updates_first_only"), source="return inside the loop")
def keeps_gradients_and_updates_first(params: list[Tensor], lr: float, batch_size: int) -> None:
    _update(params[:1], lambda w, g: lr * g / batch_size, _keep)


@misconception(combines=("keeps_gradients", "updates_last_only"), source="body indented too little")
def keeps_gradients_and_updates_last(params: list[Tensor], lr: float, batch_size: int) -> None:
    _update(params[-1:], lambda w, g: lr * g / batch_size, _keep)


@misconception(combines=("keeps_gradients", "leaves_requires_grad_off"), source="both at once")
def keeps_gradients_and_requires_grad_off(params: list[Tensor], lr: float, batch_size: int) -> None:
    for w in params:
        w.requires_grad_(False)
    _update(params, lambda w, g: lr * g / batch_size, _keep)


@misconception(combines=("keeps_gradients", "leaves_autograd_off"), source="both at once")
def keeps_gradients_and_autograd_off(params: list[Tensor], lr: float, batch_size: int) -> None:
    torch.set_grad_enabled(False)
    _update(params, lambda w, g: lr * g / batch_size, _keep)


@misconception(combines=("ascends", "ignores_batch_size"), source="both at once")
def ascends_and_ignores_batch_size(params: list[Tensor], lr: float, batch_size: int) -> None:
    _update(params, lambda w, g: -lr * g)


@misconception(combines=("ascends", "multiplies_by_batch_size"), source="both at once")
def ascends_and_multiplies(params: list[Tensor], lr: float, batch_size: int) -> None:
    _update(params, lambda w, g: -lr * g * batch_size)


@misconception(combines=("ascends", "ignores_lr"), source="both at once")
def ascends_and_ignores_lr(params: list[Tensor], lr: float, batch_size: int) -> None:
    _update(params, lambda w, g: -g / batch_size)


@misconception(combines=("ignores_lr", "ignores_batch_size"), source="w -= w.grad")
def ignores_lr_and_batch_size(params: list[Tensor], lr: float, batch_size: int) -> None:
    _update(params, lambda w, g: g)


@misconception(combines=("ignores_lr", "multiplies_by_batch_size"), source="both at once")
def ignores_lr_and_multiplies(params: list[Tensor], lr: float, batch_size: int) -> None:
    _update(params, lambda w, g: g * batch_size)


@misconception(combines=("applies_lr_twice", "ignores_batch_size"), source="both at once")
def applies_lr_twice_and_ignores_batch_size(
    params: list[Tensor], lr: float, batch_size: int
) -> None:
    _update(params, lambda w, g: lr * lr * g)


@misconception(combines=("ignores_batch_size", "clears_last_gradient_only"), source="both at once")
def ignores_batch_size_and_clears_last(params: list[Tensor], lr: float, batch_size: int) -> None:
    _update(params, lambda w, g: lr * g, _keep)
    _zero(params[-1])


@misconception(combines=("ignores_batch_size", "leaves_step_in_gradient"), source="both at once")
def ignores_batch_size_and_leaves_step(params: list[Tensor], lr: float, batch_size: int) -> None:
    _update(params, lambda w, g: g.mul_(lr), _keep)


@misconception(combines=("ignores_batch_size", "overwrites_with_negative_step"), source="both")
def ignores_batch_size_and_overwrites(params: list[Tensor], lr: float, batch_size: int) -> None:
    _update(params, lambda w, g: w + lr * g)


@misconception(combines=("ignores_batch_size", "updates_first_only"), source="both at once")
def ignores_batch_size_and_updates_first(params: list[Tensor], lr: float, batch_size: int) -> None:
    _update(params[:1], lambda w, g: lr * g)


@misconception(combines=("ignores_batch_size", "leaves_requires_grad_off"), source="both at once")
def ignores_batch_size_and_requires_grad_off(
    params: list[Tensor], lr: float, batch_size: int
) -> None:
    for w in params:
        w.requires_grad_(False)
    _update(params, lambda w, g: lr * g)


@misconception(combines=("ignores_batch_size", "leaves_autograd_off"), source="both at once")
def ignores_batch_size_and_autograd_off(params: list[Tensor], lr: float, batch_size: int) -> None:
    torch.set_grad_enabled(False)
    _update(params, lambda w, g: lr * g)


@misconception(combines=("ignores_batch_size", "replaces_by_constants"), source="both at once")
def ignores_batch_size_and_replaces(params: list[Tensor], lr: float, batch_size: int) -> None:
    with torch.no_grad():
        for i, w in enumerate(params):
            params[i] = w - lr * _grad(w)
