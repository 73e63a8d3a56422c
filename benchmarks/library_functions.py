"""Every function that the installed libraries hold, once each: what library_answers.py tries."""

import contextlib
import importlib
import pkgutil
import sys
import warnings
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import torch

FIRST = ("torch", "torch.nn.functional", "torch.special", "torch.linalg", "torch.nn", "torch.func")
"""Where a function is called by the name that students know."""
TREES = (
    "torch._decomp", "torch._meta_registrations", "torch._native", "torch._numpy", "torch._prims",
    "torch._refs", "torch.ao.nn", "torch.autograd", "torch.distributed.optim", "torch.distributions",
    "torch.masked", "torch.nested", "torch.nn", "torch.optim", "torch.sparse",
)  # fmt: skip
"""Modules that compute, with all below them."""
SINGLE = (
    "torch._C._linalg", "torch._C._nn", "torch._C._special", "torch._linalg_utils",
    "torch._functorch.apis", "torch._functorch.eager_transforms", "torch._inductor.decomposition",
    "torch._jit_internal", "torch._lobpcg", "torch._lowrank", "torch._vmap_internals", "torch.fft",
    "torch.functional", "torch.jit._decompositions", "torch.jit._decomposition_utils",
    "torch.distributed.tensor._ops._math_ops", "torch.fx.experimental.normalize",
    "torch.nn.attention.flex_attention", "torch.nn.attention.bias", "torch.onnx.symbolic_helper",
    "torch.quantization", "torch.quasirandom", "torch.utils.data", "torch.utils.data.dataloader",
    "torch.utils.data.dataset",
)  # fmt: skip
"""Modules that compute, alone. The rest of torch compiles, traces, loads and logs."""
OPERATORS = ("aten", "inductor", "mkldnn", "prepacked", "prims", "quantized", "_quantized")
"""Where operators are that compute; others talk to processes or devices."""
OTHERS = (
    "math", "operator", "random", "statistics",
    "numpy", "numpy.linalg", "numpy.fft", "numpy.ma", "numpy.random",
    "scipy.special", "scipy.linalg", "scipy.stats", "scipy.spatial.distance", "scipy.signal",
    "scipy.ndimage", "scipy.optimize", "scipy.optimize._numdiff", "scipy.differentiate",
    "sklearn.metrics", "sklearn.metrics.pairwise", "sklearn.utils.extmath", "sklearn.preprocessing",
    "sklearn._loss.link", "sklearn.neural_network._base",
)  # fmt: skip


def library_functions() -> dict[str, Any]:
    """Functions and layers by path; one with several names has the first of them here."""
    found: dict[int, tuple[str, Any]] = {}
    for path, value in _everything():
        found.setdefault(id(value), (path, value))
    return dict(found.values())


def _everything() -> Iterator[tuple[str, Any]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        below = (name for tree in TREES for name in (tree, *_modules_of(tree)))
        for name in dict.fromkeys((*FIRST, *below, *SINGLE, *OTHERS)):
            module = _imported(name)
            for member, value in sorted(vars(module).items()) if module is not None else ():
                if _is_tried(value):
                    yield f"{name}.{member}", value
        for name in sorted(dir(torch.Tensor)):
            if not name.startswith("__") and callable(value := getattr(torch.Tensor, name)):
                yield f"torch.Tensor.{name}", value
        for qualified in sorted({n.split(".")[0] for n in torch._C._dispatch_get_all_op_names()}):
            library, _, name = qualified.partition("::")
            if library not in OPERATORS:
                continue
            with contextlib.suppress(AttributeError, RuntimeError):
                yield f"torch.ops.{library}.{name}", getattr(getattr(torch.ops, library), name)


def _is_tried(value: Any) -> bool:
    # Asking an object for its class may make it complain that it is deprecated.
    kind = type(value)
    if issubclass(kind, type):
        return issubclass(value, torch.nn.Module | torch.distributions.Distribution)
    return callable(value) and not issubclass(kind, ModuleType)


def _modules_of(tree: str) -> Iterator[str]:
    package = _imported(tree)
    for info in pkgutil.iter_modules(getattr(package, "__path__", ()), f"{tree}."):
        yield info.name
        yield from _modules_of(info.name)


def _imported(name: str) -> ModuleType | None:
    """The module; None where it needs what isn't installed, or another system."""
    with contextlib.suppress(Exception, SystemExit):
        return importlib.import_module(name)
    parent, _, last = name.rpartition(".")
    found = getattr(sys.modules.get(parent), last, None)
    return found if isinstance(found, ModuleType) else None
