"""Functions that an exercise may be given as an argument: named, and the same on both sides.

A check hands one over as it stands, `student.numerical_gradient(functions.sum_of_squares, x)`; only its
name travels to the worker, where the same function is looked up. Each uses nothing but its argument, a
floating-point tensor of any shape, and can be differentiated.
"""

from collections.abc import Callable

from torch import Tensor


def identity(x: Tensor) -> Tensor:
    """The argument itself, entry by entry."""
    return x


def square(x: Tensor) -> Tensor:
    """The square of every entry."""
    return x * x


def cube(x: Tensor) -> Tensor:
    """The third power of every entry."""
    return x * x * x


def sine(x: Tensor) -> Tensor:
    """The sine of every entry."""
    return x.sin()


def exponential(x: Tensor) -> Tensor:
    """The exponential of every entry."""
    return x.exp()


def total(x: Tensor) -> Tensor:
    """The sum of all entries, 0-dim."""
    return x.sum()


def sum_of_squares(x: Tensor) -> Tensor:
    """The sum of the squares of all entries, 0-dim."""
    return (x * x).sum()


def sum_of_cubes(x: Tensor) -> Tensor:
    """The sum of the third powers of all entries, 0-dim."""
    return (x * x * x).sum()


def sum_of_sines(x: Tensor) -> Tensor:
    """The sum of the sines of all entries, 0-dim."""
    return x.sin().sum()


def product(x: Tensor) -> Tensor:
    """The product of all entries, 0-dim: the slope for one entry depends on all others."""
    return x.prod()


def sum_of_mean_squares(x: Tensor) -> Tensor:
    """The means of the squares along the first dimension, summed, 0-dim: the shape of x matters."""
    return (x * x).mean(0).sum()


def log_sum_exp(x: Tensor) -> Tensor:
    """The logarithm of the sum of the exponentials of all entries, 0-dim."""
    largest = x.detach().max()
    return (x - largest).exp().sum().log() + largest


FUNCTIONS: dict[str, Callable[[Tensor], Tensor]] = {
    function.__name__: function
    for function in (
        identity, square, cube, sine, exponential,
        total, sum_of_squares, sum_of_cubes, sum_of_sines, product, sum_of_mean_squares,
        log_sum_exp,
    )
}  # fmt: skip
"""By name, the functions that may be handed over."""
