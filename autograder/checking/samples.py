"""Inputs for random functions, large enough to count on: of all shapes, dtypes, magnitudes and layouts.

A function could behave well only in calls that are counted. So these draw from all legal inputs, and a
function can't tell them from a check's other calls. A large tensor is drawn as a recipe, a dict of a few
numbers, from which the check makes the tensor, so that cases stay small.
"""

import math
from collections.abc import Sequence
from typing import Any

import torch
from hypothesis import strategies as st
from torch import Tensor

from autograder.checking.strategies import FLOAT32, FLOAT64, Shape, seeds, transposed, with_step

Recipe = dict[str, Any]
FEW_ENTRIES: tuple[Shape, ...] = ((3,), (1,), (3, 1), (1, 2), (1, 1, 3))
"""Shapes of one to three entries."""
SMALL: tuple[Shape, ...] = ((2, 2), (5,), (2, 3), (1, 4), (2, 2, 2), (2, 1, 2, 2))
"""Shapes of four to eight entries, of one to four dimensions."""
MAGNITUDES = (1.0, 1.0, 1e-3, 1e3)
"""Factors of standard normal entries."""


def recipes(
    shape: st.SearchStrategy[Shape], *, grad: st.SearchStrategy[bool] | None = None
) -> st.SearchStrategy[Recipe]:
    """How to make a tensor with `made_of`: float32 or float64, of any magnitude and layout.

    Args:
        shape: of at least one dimension.
        grad: whether it requires grad; None for some.
    """
    return st.fixed_dictionaries(
        {
            "shape": shape,
            "seed": seeds(),
            "magnitude": st.sampled_from(MAGNITUDES),
            "float64": st.booleans(),
            "grad": st.booleans() if grad is None else grad,
            "layout": st.sampled_from(["contiguous", "contiguous", "transposed", "with step"]),
        }
    )


def made_of(recipe: Recipe) -> Tensor:
    """The tensor of a recipe: normal values, none of which is 0; the same in every grading."""
    generator = torch.Generator().manual_seed(recipe["seed"])
    normal = torch.randn(recipe["shape"], generator=generator, dtype=torch.float64)
    away = normal + torch.where(normal < 0, -1e-3, 1e-3)
    tensor: Tensor = (away * recipe["magnitude"]).to(FLOAT64 if recipe["float64"] else FLOAT32)
    if recipe["layout"] == "transposed":
        tensor = transposed(tensor)
    elif recipe["layout"] == "with step":
        tensor = with_step(tensor)
    tensor.requires_grad_(recipe["grad"])
    return tensor


@st.composite
def large_shapes(draw: st.DrawFn, *, entries: int, min_dims: int = 1, max_dims: int = 4) -> Shape:
    """Shapes with between one and two times `entries` entries, in similar extents."""
    dims = draw(st.integers(min_dims, max_dims))
    least = math.ceil(entries ** (1 / dims))
    most = math.floor((2 * entries) ** (1 / dims))
    return tuple(draw(st.integers(least, most)) for _ in range(dims))


@st.composite
def many_small(draw: st.DrawFn, shapes: Sequence[Shape], *, count: int) -> list[Tensor]:
    """Different small tensors of one of the shapes: FEW_ENTRIES or SMALL."""
    recipe = draw(recipes(st.sampled_from([(count, *shape) for shape in shapes])))
    together = made_of(recipe | {"layout": "contiguous", "grad": False})
    return [tensor.clone().requires_grad_(recipe["grad"]) for tensor in together]
