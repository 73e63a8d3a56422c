"""Code that asks the system for entropy gets bits of the call's seed, so that reports are reproducible.

A seed that code doesn't give (`torch.seed()`, `random.seed()`, `default_rng()`) and random bytes
(`os.urandom`, `secrets`) come from here. Left out are clocks, which serve for more than seeds, and the
methods of C types, which can't be replaced: `torch.default_generator.seed()`.
"""

import os
import random
import sys
from typing import Any

import numpy as np
import torch


class _Source:
    """Random bits of a seed; a generator is made when they are first asked for, which is rare."""

    def __init__(self) -> None:
        self._seed = 0
        self._bits: random.Random | None = None

    def seed(self, seed: int) -> None:
        """Begin anew."""
        self._seed, self._bits = seed, None

    def getrandbits(self, count: int) -> int:
        """So many bits."""
        if self._bits is None:
            self._bits = random.Random(self._seed)
        return self._bits.getrandbits(count)

    def getrandbytes(self, count: int, flags: int = 0) -> bytes:
        """So many bytes, as `os.urandom` and `os.getrandom` give them."""
        if count < 0:
            raise ValueError("negative argument not allowed")
        return self.getrandbits(8 * count).to_bytes(count, "big")


_SOURCE = _Source()
_python_seed = random.Random.seed


class _Generator(torch.Generator):
    """torch's generator, which `seed()` seeds from here, without opening the random device."""

    def seed(self) -> int:
        number = _SOURCE.getrandbits(63)
        self.manual_seed(number)
        return number


def seed_entropy(seed: int) -> None:
    """Begin anew with the bits of a seed. NumPy's unseeded generators take theirs from here at once."""
    # default_rng() without a seed takes its entropy from this module-level name. Naming it may import
    # the module, which seeds a generator of its own.
    np.random.bit_generator.randbits = _SOURCE.getrandbits  # type: ignore[attr-defined]
    _SOURCE.seed(seed)


def replace_system_entropy() -> None:
    """In a worker: the usual ways to the system's entropy lead here from now on."""
    for name in ("os", "posix", "nt"):
        for function in ("urandom", "getrandom"):
            if hasattr(sys.modules.get(name), function):
                setattr(sys.modules[name], function, _SOURCE.getrandbytes)
    random._urandom = os.urandom  # type: ignore[attr-defined]  # SystemRandom's, and so that of `secrets`
    random.Random.seed = _seed  # type: ignore[method-assign]
    random.seed = random._inst.seed
    torch.Generator = _Generator  # type: ignore[misc]
    torch.seed = torch.random.seed = _torch_seed


def _seed(self: random.Random, a: Any = None, version: int = 2) -> None:
    _python_seed(self, _SOURCE.getrandbits(256) if a is None else a, version)


def _torch_seed() -> int:
    number = _SOURCE.getrandbits(63)
    torch.manual_seed(number)
    return number
