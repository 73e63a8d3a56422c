"""Autograd raises while a function runs: for exercises whose gradients are computed by hand.

Operators compute the same values, below autograd: nothing is recorded that a backward could follow.
A function that asks for one all the same, by `backward`, `grad`, `torch.func` or the engine itself, is
refused, and the guard notes it. Afterwards all of it works: the grader itself differentiates.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
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
    names.forbid(_PATHS)
    try:
        for owner, name in _ENGINES:
            setattr(owner, name, _Refusing(report))
        torch._C._InferenceMode = only_on  # type: ignore[misc,assignment]
        with torch._C._AutoDispatchBelowAutograd():
            yield
    finally:
        for owner, name, value in replaced:
            setattr(owner, name, value)
        names.release()
