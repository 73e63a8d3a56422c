"""Patterns of a forbidden list that match nothing: a typo there would go unnoticed for ever."""

import importlib
import importlib.util
from collections.abc import Iterator
from contextlib import suppress
from fnmatch import fnmatchcase
from functools import cache

import torch

from autograder.checking.forbidden import AUTOGRAD_BACKWARD, OPTIMIZER_STEP, Forbidden
from autograder.sandbox.worker.forbidden_operators import kernels

_NAMESPACES = (
    "torch", "torch.nn", "torch.nn.functional", "torch.nn.utils", "torch.linalg", "torch.special",
    "torch.sparse", "torch.fft", "torch.optim", "torch.distributions", "torch.autograd",
    "torch.autograd.functional", "torch.autograd.forward_ad", "torch.func", "torch.masked",
    "torch.utils.data", "torch.functional",
)  # fmt: skip
"""Where students find built-ins; a built-in that lives elsewhere has an operator as well."""


def unmatched(forbidden: Forbidden) -> Iterator[str]:
    """Find the entries of a list that match nothing in the installed libraries, and say why."""
    for word in forbidden.operators:
        known = word in (OPTIMIZER_STEP, AUTOGRAD_BACKWARD)
        if not known and not any(fnmatchcase(name, word) for name in kernels()):
            yield f"the operator {word!r} matches no operator of PyTorch {torch.__version__}"
    for pattern in forbidden.names:
        if not any(fnmatchcase(path, f"*.{pattern}") for path in _paths()):
            yield f"the name {pattern!r} matches no name in PyTorch {torch.__version__}"
    for path in forbidden.modules:
        if not _exists(path):
            yield f"the module {path!r} names nothing that is there"


OPTIONAL = ("cv2", "opt_einsum", "scipy", "skimage", "sklearn", "torchvision")
"""Libraries that a list may name where they are not installed."""
NAMED_IN_LISTS = ("scipy.special", "scipy.stats", "sklearn.utils.extmath")
"""Modules that many lists name something of; a process takes a second to import them."""


@cache
def _paths() -> frozenset[str]:
    names = {f"torch.ops.aten.{name}" for name in kernels()}
    names |= {f"torch.Tensor.{name}" for name in dir(torch.Tensor)}
    for namespace in _NAMESPACES:
        module = importlib.import_module(namespace)
        names |= {f"{namespace}.{name}" for name in dir(module)}
    return frozenset(names)


def _exists(path: str) -> bool:
    """Return whether a path leads to a module or to something in one; True where nobody can tell."""
    root = path.split(".")[0]
    if importlib.util.find_spec(root) is None:
        return root in OPTIONAL
    with suppress(ImportError, AttributeError, ValueError):
        if importlib.util.find_spec(path) is not None:
            return True
    parent, _, name = path.rpartition(".")
    owner = None
    while parent and owner is None:
        with suppress(ImportError):
            owner = importlib.import_module(parent)
        if owner is None:
            parent, _, more = parent.rpartition(".")
            name = f"{more}.{name}"
    for part in name.split("."):
        owner = getattr(owner, part, None)
    return owner is not None
