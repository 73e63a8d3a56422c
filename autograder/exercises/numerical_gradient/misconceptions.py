"""Known wrong implementations of numerical_gradient: simplest first."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from autograder.checking import misconception, mistake

Function = Callable[[Tensor], Tensor]


def _numerical(
    f: Function,
    x: Tensor,
    eps: float = 1e-5,
    *,
    ahead: float = 1.0,
    behind: float = 1.0,
    divisor: Callable[[float], float] = lambda eps: 2 * eps,
    fixed: float | None = None,
    relative: bool = False,
    least: float = 0.0,
    sign: int = 1,
    restores: bool = True,
    rows: bool = False,
    last: int | None = None,
    shape: Callable[[Tensor], Tensor] = lambda x: x,
    single: bool = False,
) -> Tensor:
    """Differences of a copy of x; each keyword changes one ingredient."""
    eps = eps if fixed is None else fixed
    base = x.detach().clone(memory_format=torch.contiguous_format)
    base = base.float() if single else base
    flat, values = base.view(-1), x.detach().reshape(-1)
    slopes = torch.zeros(flat.numel(), dtype=x.dtype)
    wide = flat.numel() // len(x) if rows and x.dim() else 1
    for i in range(flat.numel())[:last]:
        place = slice(i // wide * wide, i // wide * wide + wide)
        old = flat[place].clone()
        step = eps * max(abs(float(values[i])), least) if relative else eps
        flat[place] = old + ahead * step
        above = f(shape(base)).double().clone()
        flat[place] = flat[place] - (ahead + behind) * step
        below = f(shape(base)).double().clone()
        if restores:
            flat[place] = old
        slopes[i] = sign * (above - below) / divisor(step) if divisor(step) else torch.nan
    return slopes.view(x.shape)


# What is returned


@misconception(
    title="returns the value of f at x",
    hint="How much does f change when one entry of x moves? That, for every entry, is asked for.",
    source="unfinished work",
    trivial=True,
)
def returns_value(f: Function, x: Tensor, eps: float = 1e-5) -> Tensor:
    return f(x)


@misconception(
    title="moves all entries at once and returns a single number",
    hint="f(x + eps) moves every entry of x. Which tensor moves entry i alone?",
    source="the formula for one variable, taken literally for a tensor",
)
def moves_everything(f: Function, x: Tensor, eps: float = 1e-5) -> Tensor:
    return (f(x + eps) - f(x - eps)) / (2 * eps)


@misconception(
    title="moves all entries at once and gives every entry the same slope",
    hint="f(x + eps) moves every entry of x. Which tensor moves entry i alone?",
    source="the formula for one variable in a loop over the entries",
)
def moves_everything_for_each(f: Function, x: Tensor, eps: float = 1e-5) -> Tensor:
    return torch.full_like(x, float(moves_everything(f, x, eps)))


@misconception(
    title="returns the sum of the slopes",
    hint="The result has the shape of x: one slope for every entry. Does your loop add them up?",
    source="+= on a number in the loop",
)
def adds_slopes(f: Function, x: Tensor, eps: float = 1e-5) -> Tensor:
    return _numerical(f, x, eps).sum()


@misconception(
    title="returns a flat vector of slopes, also for a matrix",
    hint="The slopes are correct. Compare the shape of your result with the shape of x.",
    source="a loop over x.flatten() whose list is never brought back into shape",
)
def stays_flat(f: Function, x: Tensor, eps: float = 1e-5) -> Tensor:
    return _numerical(f, x, eps).reshape(-1)


# Which difference

forgets_the_two = mistake(
    _numerical,
    divisor=lambda eps: eps,
    title="divides by eps instead of 2 * eps: all slopes are twice as large",
    hint="How far apart are x + eps and x - eps?",
    source="denominators h and 2h mixed up, in gradient checks of courses",
)
divides_then_multiplies = mistake(
    _numerical,
    divisor=lambda eps: 2 / eps,
    title="divides by 2 and multiplies by eps",
    hint="In which order does Python work out a / 2 * eps?",
    source="parentheses missing around 2 * eps",
)
forgets_to_divide = mistake(
    _numerical,
    divisor=lambda eps: 1.0,
    title="returns the differences, without dividing them by 2 * eps",
    hint="A slope is a difference divided by the distance. Where do you divide?",
    source="quotient forgotten",
)
flips_sign = mistake(
    _numerical,
    sign=-1,
    title="has the wrong sign",
    hint="Try f(x) = x.sum(): every slope is 1. Which value of f do you subtract from which?",
    source="f(x - h) - f(x + h)",
)
forward_difference = mistake(
    _numerical,
    behind=0.0,
    divisor=lambda eps: eps,
    title="takes a forward difference, (f(x + eps) - f(x)) / eps",
    hint="Compute both sides for f(x) = x**3 at x = 0 with eps = 0.5. On which sides of x do you ask f?",
    source="the definition of the derivative; the one-sided gradient of course notes, and of a framework's checker",
)
backward_difference = mistake(
    _numerical,
    ahead=0.0,
    divisor=lambda eps: eps,
    title="takes a backward difference, (f(x) - f(x - eps)) / eps",
    hint="Compute both sides for f(x) = x**3 at x = 0 with eps = 0.5. On which sides of x do you ask f?",
    source="the one-sided difference of the other side",
)
halves_the_forward_difference = mistake(
    _numerical,
    behind=0.0,
    title="divides a one-sided difference by 2 * eps: all slopes are half as large",
    hint="How far apart are the two points at which you ask f?",
    source="formulas of the one-sided and the central difference mixed",
)
half_step = mistake(
    _numerical,
    ahead=0.5,
    behind=0.5,
    divisor=lambda eps: eps,
    title="moves an entry by eps / 2 to either side",
    hint="The result is a central difference, but of which step? Try eps = 0.5.",
    source="the other convention of the central difference",
)
ignores_eps = mistake(
    _numerical,
    fixed=1e-5,
    title="ignores the eps that it is given",
    hint="Call the function with eps=0.5. Where does the argument come into your code?",
    source="a constant h written into the body",
)
another_step = mistake(
    _numerical,
    fixed=1e-4,
    title="uses a step of 1e-4 whatever eps is",
    hint="Call the function with eps=0.5. Where does the argument come into your code?",
    source="h = 1e-4 copied from another book",
)
relative_step = mistake(
    _numerical,
    relative=True,
    title="takes steps in proportion to the entry, which are 0 for an entry of 0",
    hint="Try an entry of 0. By how much does it move?",
    source="relative steps of optimization libraries",
)
grows_with_entry = mistake(
    _numerical,
    relative=True,
    least=1.0,
    title="takes longer steps for entries beyond 1",
    hint="Try eps = 0.5 and an entry of 2. By how much does it move?",
    source="eps * max(1, |x|), the rule of numerical libraries",
)


@misconception(
    title="combines differences of two steps",
    hint="A formula of higher order is more accurate, but it is another number for eps = 0.5. Which one is asked for?",
    source="the five-point stencil",
)
def five_points(f: Function, x: Tensor, eps: float = 1e-5) -> Tensor:
    return (4 * _numerical(f, x, eps) - _numerical(f, x, 2 * eps)) / 3


# Which entries

does_not_restore = mistake(
    _numerical,
    restores=False,
    title="leaves every entry moved when it goes on to the next",
    hint="After the first entry, which x do the other entries start from? Use eps = 0.5 to see it.",
    source="the restoring line forgotten, on a copy",
)
moves_rows = mistake(
    _numerical,
    rows=True,
    title="moves whole rows of a matrix instead of single entries",
    hint="What is x[i] for a matrix? Every entry has a slope of its own.",
    source="for i in range(len(x)): x[i] += eps",
)
leaves_out_last = mistake(
    _numerical,
    last=-1,
    title="leaves the slope of the last entry at 0",
    hint="How often does your loop run, and how many entries are there?",
    source="range(x.numel() - 1)",
)
computes_in_float32 = mistake(
    _numerical,
    single=True,
    title="asks f in float32, which has too few digits for so small a step",
    hint="Differences at 1e-5 need digits. What is the dtype of the tensors that you hand to f?",
    source=".float(), or a default dtype on the way; integer arrays do the same to NumPy answers",
)
flattens_for_f = mistake(
    _numerical,
    shape=lambda x: x.reshape(-1),
    title="hands f a flat vector instead of a tensor of x's shape",
    hint="f may compute with rows and columns. What is the shape of its argument?",
    source="the loop runs over x.flatten(), and f is given that",
)


# Inputs that are odd, and x itself


@misconception(
    title="leaves x a little different: the steps forth and back don't add up to 0 in floating point",
    hint="Is 0.1 + eps - 2 * eps + eps equal to 0.1? Keep the old value, and put that back.",
    source="x[i] += h, x[i] -= 2 * h, x[i] += h, as in a widely read answer",
)
def drifts(f: Function, x: Tensor, eps: float = 1e-5) -> Tensor:
    grad = torch.zeros(x.shape, dtype=x.dtype)
    moved = x.detach()
    for index in _places(x):
        moved[index] += eps
        above = f(moved).clone()
        moved[index] -= 2 * eps
        below = f(moved).clone()
        moved[index] += eps
        grad[index] = (above - below) / (2 * eps)
    return grad


@misconception(
    title="leaves the entries of x moved",
    hint="Print x before and after the call. Whose tensor do you move, and when is it put back?",
    source="x changed in place and never restored",
)
def leaves_x_moved(f: Function, x: Tensor, eps: float = 1e-5) -> Tensor:
    result = does_not_restore(f, x, eps)
    x.detach().sub_(eps)
    return result


@misconception(
    title="raises where x requires grad: it moves the entries of a leaf in place",
    hint="Does the gradient of x matter here? Move a copy, or x where autograd doesn't look.",
    source="x[i] += h on a parameter",
)
def needs_plain_x(f: Function, x: Tensor, eps: float = 1e-5) -> Tensor:
    if x.requires_grad:
        x[(0,) * x.dim()] += eps
    return _numerical(f, x, eps)


@misconception(
    title="raises for a transpose, of which there is no flat view",
    hint="A transpose has no flat view. Which function makes a copy where it must?",
    source="x.view(-1), or a flat view of torch.zeros_like(x)",
)
def needs_a_flat_view(f: Function, x: Tensor, eps: float = 1e-5) -> Tensor:
    return _numerical(f, x.detach().view(-1).view(x.shape), eps)


@misconception(
    title="gives zeros for a transpose",
    hint="Of a transpose, reshape(-1) makes a copy. Who sees what is written into that?",
    source="x.reshape(-1)[i] += h, or grad.reshape(-1)[i] = ...",
)
def writes_to_a_copy(f: Function, x: Tensor, eps: float = 1e-5) -> Tensor:
    result = _numerical(f, x, eps)
    is_view = x.detach().reshape(-1).data_ptr() == x.data_ptr()
    return result if is_view else torch.zeros_like(result)


@misconception(
    title="raises where x has no dimensions",
    hint="A single number has no rows: len(x) and x[0] are not there. How many entries has it?",
    source="for i in range(len(x))",
)
def needs_a_dimension(f: Function, x: Tensor, eps: float = 1e-5) -> Tensor:
    len(x)
    return _numerical(f, x, eps)


@misconception(
    title="raises where x has more than two dimensions",
    hint="x may have any number of dimensions. How many loops does your code have?",
    source="a loop for vectors, and two for matrices",
)
def needs_at_most_two(f: Function, x: Tensor, eps: float = 1e-5) -> Tensor:
    if x.dim() > 2:
        raise ValueError("too many values to unpack (expected 2)")
    return _numerical(f, x, eps)


@misconception(
    title="raises where x is a matrix",
    hint="x may be a matrix. What does your code expect of an index?",
    source="one loop over len(x) that stores numbers: the entries are rows, and a row is no number",
)
def needs_a_vector(f: Function, x: Tensor, eps: float = 1e-5) -> Tensor:
    return torch.stack([_numerical(f, x, eps)[i].reshape(()) for i in range(len(x))])


def _places(x: Tensor) -> list[Any]:
    return [tuple(place) for place in torch.ones(x.shape).nonzero().tolist()]


PAIRS = [
    ("forward_difference", "flips_sign"),
    ("forward_difference", "ignores_eps"),
    ("forgets_the_two", "ignores_eps"),
    ("forgets_the_two", "does_not_restore"),
    ("forward_difference", "moves_rows"),
]
