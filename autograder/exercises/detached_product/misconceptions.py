"""Known wrong implementations of detached_product: simplest first."""

from collections.abc import Callable

import torch
from torch import Tensor

from autograder.checking import misconception, mistake


def _product(
    x: Tensor,
    *,
    constant: Callable[[Tensor], Tensor] = lambda x: x.detach() ** 2,
    factor: Callable[[Tensor], Tensor] = lambda x: x,
    combine: Callable[[Tensor, Tensor], Tensor] = torch.mul,
    after: Callable[[Tensor], Tensor] = lambda z: z,
) -> Tensor:
    """The constant, the factor that is followed, how they come together, and what becomes of it."""
    return after(combine(constant(x), factor(x)))


# What is treated as a constant

detaches_nothing = mistake(
    _product,
    constant=lambda x: x * x,
    title="detaches nothing: the gradient is three times as large",
    hint="For autograd u should be a constant. Which of the three factors x does it follow in your code?",
    source="the book's example without detach; asked in its forum: why not 3 * x**2?",
)
detaches_one_factor = mistake(
    _product,
    constant=lambda x: x.detach() * x,
    title="detaches one factor of u only: the gradient is twice as large",
    hint="u is a product of two factors. Through which of them does autograd still see x?",
    source="x.detach() * x * x, or the last factor detached in the place of u",
)
divides_by_three = mistake(
    _product,
    constant=lambda x: x * x,
    after=lambda z: z / 3,
    title="has the gradient x**2, but a third of the values",
    hint="Which values should come out for x = 3? Don't bend the function until its derivative fits.",
    source="an antiderivative of x**2 in the place of a detached factor",
)


@misconception(
    title="switches off the gradient of x itself",
    hint="x belongs to the caller, who has other uses for it. Does it still require grad after the call?",
    source="x.requires_grad_(False) or x.detach_(), the in-place relative of detach()",
)
def detaches_x_in_place(x: Tensor) -> Tensor:
    u = x * x
    if x.requires_grad:
        result = u.detach() * x
        x.requires_grad_(False)
        return result
    return u * x


# The formula

returns_square = mistake(
    _product,
    constant=lambda x: x.detach(),
    title="returns x**2 with the gradient x: u is not squared",
    hint="u = x * x. How many factors x has your result?",
    source="x.detach() * x",
)
takes_sum_of_squares = mistake(
    _product,
    constant=lambda x: (x.detach() ** 2).sum(),
    title="multiplies every entry by the sum of all squares",
    hint="u has the shape of x: its entry i is the square of x_i alone. What does your operator do with a vector?",
    source="x @ x, torch.dot(x, x) or (x * x).sum() for x * x",
)
returns_followed_square = mistake(
    _product,
    combine=lambda u, x: x * x,
    title="returns u = x**2 itself, with its usual gradient 2 * x",
    hint="Two lines are asked for: u, and the product of u and x. Which of them do you return?",
    source="the intermediate y in the place of z",
)
returns_fourth_power = mistake(
    _product,
    factor=lambda x: x * x,
    title="multiplies u by x**2: the values are x**4",
    hint="By what is u multiplied? Compare with the worked example at x = -2.",
    source="u times y, rather than u times x",
)
doubles_for_square = mistake(
    _product,
    constant=lambda x: 2 * x.detach(),
    title="doubles x where it should be squared",
    hint="Try x = 3. What is u?",
    source="x * 2 for x ** 2",
)
adds_for_product = mistake(
    _product,
    combine=torch.add,
    title="adds x to u instead of multiplying",
    hint="What is the gradient of u + x, when u is a constant?",
    source="+ for *",
)
flips_sign = mistake(
    _product,
    after=lambda z: -z,
    title="has the wrong sign",
    hint="Try x = 2: the value is 8, and so the result increases with x.",
    source="sign slip",
)
takes_absolute_value = mistake(
    _product,
    after=torch.abs,
    title="returns the absolute values",
    hint="Try x = -2. Which sign has x**3?",
    source="abs() on the way",
)

# What is returned

sums_up = mistake(
    _product,
    after=torch.sum,
    title="returns the sum of the entries",
    hint="The result has the shape of x. Is the sum part of the function, or of what is done with it?",
    source="z.sum() of the book's next line, which calls backward()",
)
averages = mistake(
    _product,
    after=torch.mean,
    title="returns the mean of the entries",
    hint="The result has the shape of x. Is the mean part of the function, or of what is done with it?",
    source="z.mean(), so that backward() can be called",
)
dot_product = mistake(
    _product,
    combine=lambda u, x: (u * x).sum(-1),
    title="sums over the last dimension: it multiplies as vectors do",
    hint="The product is taken entry by entry. What does your operator do with two vectors?",
    source="u @ x or torch.dot(u, x)",
)


@misconception(
    title="returns the gradient along with the values",
    hint="One tensor is asked for. Autograd computes the gradient when somebody asks for it.",
    source="return z, x.grad",
)
def returns_pair(x: Tensor) -> tuple[Tensor, Tensor]:
    return _product(x), x.detach() ** 2


@misconception(
    title="returns the gradient x**2 as its values",
    hint="The result is u * x. Who computes its gradient, and when?",
    source="the book's last line, x.grad == u, taken for the task",
)
def returns_gradient(x: Tensor) -> Tensor:
    return x.detach() ** 2 + 0 * x


# What happens to x


@misconception(
    title="calls backward itself, which fills x.grad",
    hint="The function only computes the product. Whose call is it that fills x.grad?",
    source="z.sum().backward() of the book moved into the function",
)
def calls_backward(x: Tensor) -> Tensor:
    result = _product(x)
    if result.requires_grad:
        result.sum().backward(retain_graph=True)
    return result


@misconception(
    title="changes x in place through a detached tensor, which shares its memory",
    hint="detach() makes no copy. Print x before and after the call.",
    source="u = x.detach(); u *= u, asked about in threads on detach() and .data",
)
def squares_in_place(x: Tensor) -> Tensor:
    u = x.detach()
    u *= u.clone()
    return u * x


@misconception(
    title="raises unless x requires grad",
    hint="The values can be asked for without any gradient. Which line needs one?",
    source="backward() or autograd.grad() inside of the function",
)
def needs_a_graph(x: Tensor) -> Tensor:
    result = _product(x)
    torch.autograd.grad(result.sum(), x, retain_graph=True)
    return result


@misconception(
    title="raises where x has no dimensions",
    hint="A single number has no rows to loop over. Is a loop needed at all?",
    source="for entry in x",
)
def needs_a_dimension(x: Tensor) -> Tensor:
    return torch.stack([_product(row) for row in x])


@misconception(
    title="raises where x is not contiguous",
    hint="A transpose has no flat view. Which function makes a copy where it must?",
    source="x.view(-1)",
)
def needs_contiguous_x(x: Tensor) -> Tensor:
    return _product(x.view(-1)).view(x.shape)


PAIRS = [
    ("detaches_nothing", "sums_up"),
    ("detaches_nothing", "flips_sign"),
    ("detaches_one_factor", "sums_up"),
    ("detaches_nothing", "returns_fourth_power"),
]
