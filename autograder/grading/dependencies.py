"""What a recording or a result depends on besides the course: versions, and the engine's own code."""

import hashlib
import platform
from functools import cache

import hypothesis
import numpy as np
import torch

from autograder import __version__
from autograder.paths import PACKAGE


def versions() -> tuple[str, ...]:
    """What decides about drawn inputs and about roundings."""
    return (
        __version__, torch.__version__, np.__version__, hypothesis.__version__,
        platform.python_version(), platform.machine(), torch.backends.cpu.get_cpu_capability(),
    )  # fmt: skip


@cache
def code_of(*parts: str) -> bytes:
    """A digest of the engine's code in some of its folders: its version changes seldom."""
    digest = hashlib.sha256()
    for part in parts:
        for path in sorted((PACKAGE / part).rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.digest()
