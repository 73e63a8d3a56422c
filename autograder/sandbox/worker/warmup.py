"""Work that the fork server does once, so that no worker spends time or opens a file for it.

Libraries import parts of themselves at first use; in a worker that may open no file, a first use fails.
"""

import gc
from typing import Any

_FIRST_CELL = """
import numpy as np, torch
from torch import nn
torch.ones(2, 2)
"""
_MODULES = (
    "math random itertools functools collections time copy typing dataclasses warnings operator "
    "string re json decimal fractions statistics contextlib inspect os sys "
    "torch.nn.functional torch.optim torch.utils.data torch.distributions torch.func "
    "torch.autograd.functional torch.special torch.linalg torch.fx numpy.linalg numpy.random numpy.ma "
    "numpy.testing matplotlib.pyplot matplotlib_inline.backend_inline IPython.display opt_einsum "
    "autograder.adapting"
).split()


def use_torch(torch: Any, np: Any) -> None:
    """Import the libraries of courses, and make lazy parts of torch load: optim, vmap, einsum, printing."""
    import contextlib
    import importlib

    from autograder.sandbox.worker import forbidden_names, forbidden_operators

    for name in _MODULES:
        with contextlib.suppress(ImportError):  # opt_einsum and others are optional
            importlib.import_module(name)
    X = torch.randn(3, 4, requires_grad=True)
    weight = torch.nn.Parameter(torch.ones(4))
    loss = torch.nn.functional.cross_entropy(X * weight, torch.tensor([0, 1, 2]))
    loss.backward()
    torch.einsum("ij,kj->ik", X, X)
    torch.func.vmap(lambda row: row.logsumexp(0))(X)
    torch.autograd.grad(X * 2, X, torch.ones(3, 4))  # imports sympy
    torch.autograd.functional.jacobian(lambda row: row * 2, X[0])
    torch.distributions.Bernoulli(0.5).sample((2,))
    str(X), repr(X.detach().numpy()), f"{loss:.3f}"
    forbidden_operators.kernels()
    forbidden_names.warm_up()
    np.random.default_rng().random(3)
    np.random.rand(2)


def use_compiler() -> None:
    """Use the parts that import torch's compiler at first use, for a second: optimizers, torch.func."""
    import torch

    weight = torch.nn.Parameter(torch.ones(4))
    weight.sum().backward()
    torch.optim.SGD([weight], lr=0.1).step()
    torch.func.grad(lambda row: row.sum())(weight.detach())
    torch.func.jvp(lambda row: row * 2, (weight.detach(),), (weight.detach(),))


def draw(plt: Any) -> None:
    """Draw a picture: finds the fonts and loads the PNG writer."""
    import io

    figure, axes = plt.subplots(figsize=(2, 1))
    axes.plot([0, 1], label="$x$")
    axes.bar([0, 1], [1, 2])
    axes.imshow([[0, 1]], cmap="gray")
    axes.contour([[0, 1], [1, 0]])
    axes.set_title("warm")
    axes.legend()
    figure.savefig(io.BytesIO(), format="png", bbox_inches="tight")
    plt.close("all")


def use_shell(shell: Any) -> None:
    """Run a cell, one with an exception, one that doesn't parse, usual magics; then forget them."""
    magics = ("%matplotlib inline", "%%time\n1", "%timeit -n 1 -r 1 1")
    for source in (_FIRST_CELL, *magics, "raise ValueError('warm')", "def"):
        shell.run_cell(source, store_history=False)
    gc.freeze()  # or IPython looks for garbage among all that is loaded, for 0.2 s
    shell.reset(new_session=False)
    shell.user_ns.clear()
    shell.user_ns["__name__"] = "__main__"  # as in any notebook
    shell.init_user_ns()
