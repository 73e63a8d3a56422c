"""Autograd raises while a function runs: for exercises whose gradients are computed by hand.

Operators compute the same values, below autograd: nothing is recorded that a backward could follow.
A function that asks for one all the same, by `backward`, `grad`, `torch.func` or the engine itself, is
refused, and the guard notes it. Afterwards all of it works: the grader itself differentiates.

Autograd also refuses to let a leaf that requires grad be written in place while it records. Below it nobody
does, so the methods that write do, in its words: an answer that raises in a notebook raises here, too.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, wraps
from typing import Any

import torch

from autograder.sandbox.worker.forbidden_names import NameGuard

AUTOGRAD = "autograd.backward"
"""The word of checking.forbidden for going backward, or forward, by autograd."""
_PATHS = {
    "torch.autograd.backward": "torch.autograd.backward",
    "torch.autograd.grad": "torch.autograd.grad",
    "torch.autograd.graph._engine_run_backward": "torch.autograd",
    "torch.autograd.functional": "torch.autograd.functional",
    "torch.autograd.forward_ad.make_dual": "torch.autograd.forward_ad",
    "torch._functorch.eager_transforms": "torch.func",
}
"""The functions that refuse, each with its name for the student."""
_ENGINES: list[tuple[Any, str]] = [
    (torch.autograd.Variable, "_execution_engine"),
    (torch._C, "_ImperativeEngine"),
]
"""Where C++'s engine is found. PyTorch 2.13; a test holds the list to the installed version."""
_WRITING = (
    *(f"__{word}__" for word in ("setitem", "iadd", "isub", "imul", "itruediv", "ipow")),
    *("add_", "sub_", "mul_", "div_", "copy_", "fill_", "zero_", "neg_", "pow_", "clamp_"),
    *("index_add_", "index_copy_", "index_fill_", "index_put_", "scatter_", "scatter_add_"),
    "masked_fill_",
)
"""The methods of a tensor that write into it, as far as answers use them."""
_LEAF = "a leaf Variable that requires grad is being used in an in-place operation."
"""PyTorch's own words."""
_VIEW_OF_LEAF = f"a view of {_LEAF}"


class _Refusing:
    """In the engine's place."""

    def __init__(self, report: Callable[[str], None]) -> None:
        self._report = report

    def __call__(self) -> "_Refusing":
        return self

    def run_backward(self, *args: Any, **kwargs: Any) -> None:
        """Refuse."""
        self._report("torch.autograd")


@contextmanager
def without_autograd(report: Callable[[str], None]) -> Iterator[None]:
    """Within it, autograd records nothing, and a request for a gradient calls `report`."""
    names = NameGuard(lambda path: report(_PATHS[path]))
    inference_mode = torch._C._InferenceMode

    def only_on(mode: bool = True) -> Any:
        if not mode:  # it would record again
            report("torch.inference_mode")
        return inference_mode(mode)

    replaced = [(owner, name, getattr(owner, name)) for owner, name in _ENGINES]
    replaced.append((torch._C, "_InferenceMode", inference_mode))
    own = {name: vars(torch.Tensor)[name] for name in _WRITING if name in vars(torch.Tensor)}
    names.forbid(_PATHS)
    try:
        for owner, name in _ENGINES:
            setattr(owner, name, _Refusing(report))
        torch._C._InferenceMode = only_on  # type: ignore[misc,assignment]
        for name, method in _careful().items():
            setattr(torch.Tensor, name, method)
        with torch._C._AutoDispatchBelowAutograd():
            yield
    finally:
        for owner, name, value in replaced:
            setattr(owner, name, value)
        for name in _WRITING:
            if name in own:
                setattr(torch.Tensor, name, own[name])
            else:
                delattr(torch.Tensor, name)
        names.release()


@cache
def _careful() -> dict[str, Callable[..., Any]]:
    """The methods that write, by their names; each refuses a leaf that requires grad, as autograd would."""
    return {name: _refusing_leaves(getattr(torch.Tensor, name)) for name in _WRITING}


def _refusing_leaves(method: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(method)
    def write(self: torch.Tensor, *args: Any, **kwargs: Any) -> Any:
        if torch.is_grad_enabled():
            if self._base is not None and self._base.requires_grad:
                raise RuntimeError(_VIEW_OF_LEAF)
            if self.requires_grad:
                raise RuntimeError(_LEAF)
        return method(self, *args, **kwargs)

    return write
