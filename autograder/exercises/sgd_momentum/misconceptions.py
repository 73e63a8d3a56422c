"""Known wrong implementations of sgd_momentum, as settings of one body."""

from collections.abc import Callable
from contextlib import nullcontext

import torch
from torch import Tensor

from autograder.checking import mistake

Rule = Callable[[Tensor, Tensor, float, float], Tensor]
"""Of a velocity, the grad, lr and momentum."""


def _rolled(v: Tensor, g: Tensor, lr: float, momentum: float) -> Tensor:
    return momentum * v + g


def _by_velocity(v: Tensor, g: Tensor, lr: float, momentum: float) -> Tensor:
    return lr * v


def _sgd_momentum(
    params: list[Tensor],
    velocities: list[Tensor],
    lr: float,
    momentum: float,
    *,
    rule: Rule = _rolled,
    step: Rule = _by_velocity,
    of_old: bool = False,
    fixed_momentum: float | None = None,
    fixed_lr: float | None = None,
    stores: Callable[[Tensor, float], bool] = lambda grad, momentum: True,
    stored: Callable[[Tensor], Tensor] = lambda v: v,
    moves: Callable[[Tensor, int], bool] = lambda grad, place: True,
    overwrites: bool = False,
    writes: Callable[[Tensor, Tensor], object] = lambda w, new: w.copy_(new),
    replaces: bool = False,
    clears: Callable[[int, int], bool] = lambda place, count: True,
    clears_velocity: bool = False,
    recorded: bool = False,
) -> None:
    momentum = momentum if fixed_momentum is None else fixed_momentum
    lr = lr if fixed_lr is None else fixed_lr
    with nullcontext() if recorded else torch.no_grad():
        for place, w in enumerate(params):
            g, v = w.grad, velocities[place].clone()
            assert g is not None
            new = rule(v, g, lr, momentum)
            if stores(g, momentum):
                velocities[place] = stored(new)
            if moves(g, place):
                change = step(v if of_old else new, g, lr, momentum)
                moved = -change if overwrites else w - change
                if replaces:
                    params[place] = moved.requires_grad_()
                else:
                    writes(w, moved)
            if clears_velocity:
                velocities[place].zero_()
            if clears(place, len(params)):
                g.zero_()


# The velocity

ignores_momentum = mistake(
    _sgd_momentum,
    rule=lambda v, g, lr, momentum: g.clone(),
    title="ignores the old velocity: every step is one of plain SGD",
    hint="A ball keeps some of its speed. Where does the velocity of the last call go?",
    source="v = grad at every call: state made anew in every step, as reports about optimizers have it",
)
forgets_velocity = mistake(
    _sgd_momentum,
    stores=lambda grad, momentum: False,
    title="moves the parameters, but leaves the velocities as they were",
    hint="The next call gets the list `velocities` again. What does it find there?",
    source="v = momentum * v + grad gives a name to a new tensor, and the caller keeps the old one",
)
averages_grads = mistake(
    _sgd_momentum,
    rule=lambda v, g, lr, momentum: momentum * v + (1 - momentum) * g,
    title="weighs the grad by 1 - momentum in the velocity",
    hint="Does the contract's velocity add up grads, or average them?",
    source="the averaging form, taught in a well-known course; asked about at Keras and autograd",
)
swaps_weights = mistake(
    _sgd_momentum,
    rule=lambda v, g, lr, momentum: (1 - momentum) * v + momentum * g,
    title="weighs the old velocity by 1 - momentum and the grad by momentum",
    hint="With a momentum of 0.9, how much of its speed should the ball keep?",
    source="the two weights of an average mixed up, as where momentum is the weight of the new value",
)
weighs_old_by_rest = mistake(
    _sgd_momentum,
    rule=lambda v, g, lr, momentum: (1 - momentum) * v + g,
    title="multiplies the old velocity by 1 - momentum",
    hint="With a momentum of 0.9, how much of its speed should the ball keep?",
    source="momentum taken for friction",
)
never_slows_down = mistake(
    _sgd_momentum,
    rule=lambda v, g, lr, momentum: v + g,
    title="adds up grads without multiplying the old velocity by momentum",
    hint="How fast is the ball after many equal grads? With friction it has a top speed.",
    source="v += grad; a book's example was reported for a product that is missing",
)
scales_grad = mistake(
    _sgd_momentum,
    rule=lambda v, g, lr, momentum: v + momentum * g,
    title="multiplies the grad by momentum instead of the old velocity",
    hint="Which of the two should fade from call to call: the old velocity or the new grad?",
    source="v += momentum * grad",
)
scales_both = mistake(
    _sgd_momentum,
    rule=lambda v, g, lr, momentum: momentum * (v + g),
    title="multiplies the grad by momentum, together with the old velocity",
    hint="Which part of `momentum * v + grad` is multiplied? Check the parentheses.",
    source="v = momentum * (v + grad), or += before *=",
)
subtracts_grad = mistake(
    _sgd_momentum,
    rule=lambda v, g, lr, momentum: momentum * v - g,
    title="subtracts the grad in the velocity",
    hint="There are two signs, one in each line. Which way does the parameter go in the end?",
    source="the form with two minus signs, where the parameter adds its velocity",
)
opposite_velocity = mistake(
    _sgd_momentum,
    rule=lambda v, g, lr, momentum: momentum * v - g,
    step=lambda v, g, lr, momentum: -lr * v,
    title="keeps velocities of the opposite sign",
    hint="Your parameters go the correct way. Does the contract's velocity point uphill or downhill?",
    source="v = momentum * v - grad; w += lr * v, as a course about vision has it",
)
lr_in_velocity = mistake(
    _sgd_momentum,
    rule=lambda v, g, lr, momentum: momentum * v + lr * g,
    step=lambda v, g, lr, momentum: v,
    title="keeps lr inside the velocity",
    hint="When lr becomes smaller, what should happen to the speed that was gathered before?",
    source="the form of a paper of 2013 and of Keras; a Rust library left it after lr schedules went wrong",
)
lr_in_downhill_velocity = mistake(
    _sgd_momentum,
    rule=lambda v, g, lr, momentum: momentum * v - lr * g,
    step=lambda v, g, lr, momentum: -v,
    title="keeps minus lr times the grad in the velocity, and adds the velocity",
    hint="In which of the two lines has the contract its lr, and its minus?",
    source="v = mu * v - learning_rate * dw; w += v: notes and answers of a course about vision",
)
applies_lr_twice = mistake(
    _sgd_momentum,
    rule=lambda v, g, lr, momentum: momentum * v + lr * g,
    title="applies lr twice: in the velocity and in the step",
    hint="Follow lr through your code: by what is the grad multiplied in all?",
    source="two conventions in one function",
)
slows_down_early = mistake(
    _sgd_momentum,
    rule=lambda v, g, lr, momentum: momentum * (v + g),
    step=lambda v, g, lr, momentum: lr * (v + g),
    of_old=True,
    title="multiplies the velocity by momentum at the end of the call instead of the beginning",
    hint="Is your velocity after the first call, from rest, the grad?",
    source="v *= momentum after the step, ready for the next",
)
dampens_later_grads = mistake(
    _sgd_momentum,
    rule=lambda v, g, lr, momentum: (
        momentum * v + g * (1 - momentum * v.abs().sum().sign())  # from rest, the whole grad
    ),
    title="weighs the grad by 1 - momentum in every step but the first",
    hint="Your first step from rest is correct. What differs in the second?",
    source="dampening: an MLX pull request about the first step of SGD",
)
corrects_bias = mistake(
    _sgd_momentum,
    rule=lambda v, g, lr, momentum: momentum * v + g / (1 - momentum),
    title="divides the grad by 1 - momentum",
    hint="Does the rule correct a bias? That belongs to averages, and to Adam.",
    source="a correction from another optimizer",
)
fixes_momentum = mistake(
    _sgd_momentum,
    fixed_momentum=0.9,
    title="uses a momentum of 0.9 whatever `momentum` says",
    hint="What happens when momentum changes? Look for a number in your code that is an argument.",
    source="the usual value, hard-coded",
)
fixes_lr = mistake(
    _sgd_momentum,
    fixed_lr=0.01,
    title="uses a learning rate of 0.01 whatever `lr` says",
    hint="What happens when lr changes? Look for a number in your code that is an argument.",
    source="a common default, hard-coded",
)
no_velocity_without_momentum = mistake(
    _sgd_momentum,
    stores=lambda grad, momentum: momentum != 0,
    title="leaves the velocities as they were when momentum is 0",
    hint="With a momentum of 0 the velocity is the grad. What does the next call find, if its momentum isn't 0?",
    source="`if momentum != 0`, as PyTorch's SGD has it",
)

# The step

steps_by_old_velocity = mistake(
    _sgd_momentum,
    of_old=True,
    title="moves by the old velocity, before the grad is added",
    hint="At rest, with a grad: does the first call move anything? Which line comes first?",
    source="the two lines in the other order",
)
steps_by_grad = mistake(
    _sgd_momentum,
    step=lambda v, g, lr, momentum: lr * g,
    title="updates the velocity, but moves by the grad alone",
    hint="What is the velocity used for in your code?",
    source="w -= lr * grad left over from sgd",
)
nesterov = mistake(
    _sgd_momentum,
    step=lambda v, g, lr, momentum: lr * (g + momentum * v),
    title="looks ahead: it moves by grad + momentum * velocity, Nesterov's step",
    hint="How often does the new grad come into your step? In the contract's, once.",
    source="nesterov=True of PyTorch",
)
adds_grad_again = mistake(
    _sgd_momentum,
    step=lambda v, g, lr, momentum: lr * (v + g),
    title="adds the grad to the step a second time",
    hint="The new velocity contains the grad already.",
    source="w -= lr * (v + grad) after v was updated",
)
momentum_without_lr = mistake(
    _sgd_momentum,
    step=lambda v, g, lr, momentum: v - g + lr * g,
    title="multiplies the grad by lr, but not what is left of the old velocity",
    hint="Which part of the step is multiplied by lr? Check the parentheses.",
    source="w -= lr * grad + momentum * v",
)
multiplies_momentum_again = mistake(
    _sgd_momentum,
    step=lambda v, g, lr, momentum: lr * momentum * v,
    title="multiplies the step by momentum again",
    hint="Momentum belongs to one of the two lines. To which?",
    source="momentum in both lines",
)
ignores_lr = mistake(
    _sgd_momentum,
    step=lambda v, g, lr, momentum: v,
    title="ignores lr",
    hint="What does your function do differently when lr is doubled?",
    source="learning rate forgotten",
)
ascends = mistake(
    _sgd_momentum,
    step=lambda v, g, lr, momentum: -lr * v,
    title="walks uphill: it adds the step instead of subtracting it",
    hint="Grads point to where the loss grows. Which way should a parameter go?",
    source="sign slip: forms with v = ... - grad add the velocity; a PyTorch issue about signs",
)
overwrites = mistake(
    _sgd_momentum,
    overwrites=True,
    title="sets each parameter to minus the step instead of subtracting the step from it",
    hint="Where does the old value of the parameter go?",
    source="=- typed for -=, on w.data",
)
rebinds = mistake(
    _sgd_momentum,
    writes=lambda w, new: None,
    title="updates the velocities, but not the parameters",
    hint="`w = w - ...` gives the name w to a new tensor; the caller still holds the old one.",
    source="rebinding the loop variable",
)
replaces_parameters = mistake(
    _sgd_momentum,
    replaces=True,
    title="puts new tensors into the list of parameters instead of changing those that are there",
    hint="The model holds the tensors that it handed in. How is a tensor itself changed?",
    source="params[i] = params[i] - ...",
)
first_parameter_only = mistake(
    _sgd_momentum,
    moves=lambda grad, place: place == 0,
    title="moves the first parameter only",
    hint="Which lines belong to the body of the loop, and what ends it?",
    source="a return inside the loop",
)
skips_zero_grads = mistake(
    _sgd_momentum,
    stores=lambda grad, momentum: bool(grad.any()),
    moves=lambda grad, place: bool(grad.any()),
    title="skips a parameter whose grad is zero",
    hint="A rolling ball on a flat floor: does it stand still?",
    source="`if not w.grad.any(): continue`, which is harmless in sgd",
)

# Gradients, velocities and autograd afterwards

keeps_grads = mistake(
    _sgd_momentum,
    clears=lambda place, count: False,
    title="leaves the old grads in place",
    hint="backward() adds to `.grad`. What will the next call of backward() find there?",
    source="zeroing forgotten, as it is the caller's with an optimizer of PyTorch",
)
clears_last_grad_only = mistake(
    _sgd_momentum,
    clears=lambda place, count: place == count - 1,
    title="clears the grad of the last parameter only",
    hint="Which lines belong to the body of the loop?",
    source="the line that zeroes the grad is indented too little",
)
clears_velocities = mistake(
    _sgd_momentum,
    clears_velocity=True,
    title="sets the velocities back to zero after the step",
    hint="Grads start anew with every step. Do velocities?",
    source="everything zeroed at the end of the loop",
)
requires_grad_of_velocities = mistake(
    _sgd_momentum,
    stored=lambda v: v.requires_grad_(),
    title="leaves velocities that require grad",
    hint="What is kept from call to call should be plain numbers. Which tensors does autograd have to follow?",
    source="velocities made as parameters",
)
fails_without_dimensions = mistake(
    _sgd_momentum,
    writes=lambda w, new: w.__setitem__(slice(None), new),
    title="stops with an error for a parameter without dimensions",
    hint="`w[:]` needs a dimension. Which other ways are there to write into a whole tensor?",
    source="the book's v[:] and p[:]",
)
flattens_by_view = mistake(
    _sgd_momentum,
    writes=lambda w, new: w.data.view(-1).copy_(new.reshape(-1)),
    title="stops with an error where a parameter isn't contiguous in memory",
    hint="`view` asks for memory in order; a transpose has none. Does your step need a flat tensor?",
    source="view(-1), a standing forum question",
)
raises_at_once = mistake(
    _sgd_momentum,
    recorded=True,
    title="stops with an error before it has changed any parameter",
    hint="While autograd is recording, a leaf that requires grad may not be changed in place.",
    source="no torch.no_grad() around the update",
)

PAIRS = [
    ("averages_grads", "keeps_grads"),
    ("forgets_velocity", "keeps_grads"),
    ("averages_grads", "ascends"),
    ("lr_in_velocity", "keeps_grads"),
    ("ignores_momentum", "keeps_grads"),
    ("averages_grads", "fails_without_dimensions"),
]
