"""How far an answer may be from the reference, and why just so far."""

from dataclasses import dataclass

import torch


@dataclass(frozen=True)
class Tolerance:
    """An answer is accepted where |answer - expected| <= atol + rtol * |expected|."""

    rtol: float
    atol: float

    def scaled(self, factor: float) -> "Tolerance":
        """With the absolute part times a factor of at least 1: for results of a greater magnitude."""
        return Tolerance(self.rtol, self.atol * max(1.0, factor))


FLOAT32 = Tolerance(1e-4, 1e-5)
"""For logic in float32. The absolute part is torch.testing.assert_close's; its relative part, 1.3e-6, is
about ten roundings, and a correct sum over the sixty entries of a case, one by one, makes more."""
FLOAT64 = Tolerance(1e-7, 1e-7)
"""The default of torch.testing.assert_close for float64."""
COMPUTED_IN_FLOAT64 = Tolerance(1e-9, 1e-11)
"""For a result that must have been computed in float64: float32 rounds to 6e-8, and passes `FLOAT64` where
few roundings come together; a correct float64 answer stays below 1e-13 for everyday inputs."""
EXTREME_FLOAT32 = Tolerance(2e-3, 2e-4)
"""For `exp` of float32 logits up to 1e4: their spacing is about 1e-3 there, and `exp` passes it
on as a relative error."""
EXTREME_FLOAT32_GRADIENT = Tolerance(4e-3, 4e-3)
"""Twice that of the values: the error of a row's sum comes on top. Per unit of the cotangent."""

_DEFAULTS = {torch.float32: FLOAT32, torch.float64: FLOAT64}


def default_tolerance(dtype: torch.dtype) -> Tolerance:
    """The tolerance for a dtype; integers and booleans must agree exactly.

    Raises:
        ValueError: for a floating-point dtype that exercises are not graded in.
    """
    if dtype in _DEFAULTS:
        return _DEFAULTS[dtype]
    if dtype.is_floating_point or dtype.is_complex:
        raise ValueError(
            f"no tolerance is known for {dtype}; exercises are graded in float32 or float64"
        )
    return Tolerance(0.0, 0.0)
