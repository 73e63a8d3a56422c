"""Forbidden operators raise: kernels that are registered with torch's dispatcher.

Every route to an operator (an alias, `getattr`, a module, `torch.ops`, a scripted or mapped
function, another thread) ends in the dispatcher, so that is where they are. Registered when the
first graded function is called, after the notebook's cells have run: there a student may compare
with the built-in.
"""

import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from fnmatch import translate
from functools import cache
from typing import Any

import torch
from torch.library import Library
from torch.optim.optimizer import register_optimizer_step_pre_hook

from autograder.sandbox.worker.forbidden_autograd import AUTOGRAD, without_autograd
from autograder.sandbox.worker.forbidden_names import ELSEWHERE, LIBRARIES, NameGuard

OPTIMIZER_STEP = "optimizer.step"
"""The word of checking.forbidden for an optimizer's step: importing it would load `checking` in workers."""
_KEYS = (
    "CPU",
    "SparseCPU",
    "SparseCsrCPU",
    "QuantizedCPU",
    "NestedTensorCPU",
    "MkldnnCPU",
    "AutocastCPU",
    "CompositeImplicitAutograd",
    "CompositeImplicitAutogradNestedTensor",
    "CompositeExplicitAutograd",
    "CompositeExplicitAutogradNonFunctional",
    # vmap takes some composite operators apart on its own, dropout among them.
    "FuncTorchBatched",
    "FuncTorchBatchedDecomposition",
    "FuncTorchVmapMode",
    "FuncTorchDynamicLayerFrontMode",
)
"""Dispatch keys under which a kernel on the CPU is found; a raising one takes the place of each."""

_ORDINARY = ("CPU", "CompositeImplicitAutograd", "CompositeExplicitAutograd")
"""Those under which an ordinary call is answered."""


class ForbiddenOperator(RuntimeError):
    """Raised by an operator that the exercise does without."""


class Guard:
    """Makes operators and other functions raise, and remembers the first that was called."""

    def __init__(self) -> None:
        self._patterns: list[str] = []
        self._library: Library | None = None
        self._hook: Any = None
        self._hit: str | None = None
        self._names = NameGuard(self._refuse)

    def forbid(self, patterns: list[str]) -> None:
        """From now on, let the functions that these words name raise, and no others.

        A word is the name of an aten operator (a pattern), the full name of a function, class or module
        of another library (`numpy.dot`), or one of OPTIMIZER_STEP and AUTOGRAD.
        """
        if patterns == self._patterns:
            return
        self._release()
        self._patterns = list(patterns)
        if not patterns:
            return
        self._library = library = Library("aten", "IMPL")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # torch warns that kernels are replaced: they should be
            for operator, key in _kernels_of([word for word in patterns if "." not in word]):
                library.impl(operator, self._raising(_base(operator)), key)
        if OPTIMIZER_STEP in patterns:
            self._hook = register_optimizer_step_pre_hook(self._raising(OPTIMIZER_STEP))
        named = [word for word in patterns if word.split(".")[0] in LIBRARIES]
        self._names.forbid(dict.fromkeys([*named, *ELSEWHERE]))

    @property
    def forbids_autograd(self) -> bool:
        """Whether something is forbidden only while a function runs."""
        return AUTOGRAD in self._patterns

    @contextmanager
    def running(self) -> Iterator[None]:
        """Within it, a function runs: built-ins that are forbidden only meanwhile raise."""
        if not self.forbids_autograd:
            yield
            return
        with without_autograd(self._refuse):
            yield

    def take_hit(self) -> str | None:
        """The first forbidden operator that was called since the last time, caught or not."""
        hit, self._hit = self._hit, None
        return hit

    def raises(self, patterns: list[str]) -> bool:
        """Whether an operator of the list raises when it is called; True where it has none."""
        self.forbid(patterns)
        for name, key in _kernels_of([word for word in patterns if "." not in word]):
            if key not in _ORDINARY:
                continue
            packet = getattr(torch.ops.aten, _base(name))
            operator = getattr(packet, name.partition(".")[2] or "default")
            arguments = _some_arguments(operator)
            if arguments is None:
                continue
            with suppress(Exception):  # the operator may raise anything for such arguments
                operator(*arguments)
            return self.take_hit() is not None
        return True

    def _raising(self, name: str) -> Callable[..., Any]:
        def kernel(*args: Any, **kwargs: Any) -> Any:
            self._refuse(name)

        return kernel

    def _refuse(self, name: str) -> None:
        self._hit = self._hit or name
        raise ForbiddenOperator(f"this exercise does without {name}")

    def _release(self) -> None:
        self._names.release()
        if self._library is not None:
            self._library._destroy()
            self._library = None
        if self._hook is not None:
            self._hook.remove()
            self._hook = None


@cache
def kernels() -> dict[str, list[tuple[str, str]]]:
    """By name of aten operator: (operator with overload, dispatch key) of its kernels on the CPU.

    Takes some 20 ms, so the fork server calls it once for all workers.
    """
    has_kernel = torch._C._dispatch_has_kernel_for_dispatch_key
    found: dict[str, list[tuple[str, str]]] = {}
    for name in sorted(torch._C._dispatch_get_all_op_names()):
        library, _, operator = name.partition("::")
        # An operator that writes to `out=` or goes backward calls, or follows, an operator without that.
        if library != "aten" or operator.endswith("_out") or "backward" in operator:
            continue
        keys = [key for key in _KEYS if has_kernel(name, key)]
        found.setdefault(_base(operator), []).extend((operator, key) for key in keys)
    return found


def _some_arguments(operator: Any) -> list[Any] | None:
    """Arguments that fit the operator's declared types; None where one has no simple value."""
    found = []
    for argument in operator._schema.arguments:
        kind = str(argument.type)
        if argument.has_default_value():
            continue
        if argument.kwarg_only:  # the tensor that it writes to
            return None
        if kind not in _SIMPLE and not kind.startswith("Optional"):
            return None
        found.append(_SIMPLE.get(kind, lambda: None)())
    return found


_SIMPLE: dict[str, Callable[[], Any]] = {
    "Tensor": lambda: torch.zeros(1),
    "int": lambda: 0,
    "float": lambda: 0.5,
    "bool": lambda: False,
    "number": lambda: 0,
    "List[int]": lambda: [1],
    "List[Tensor]": lambda: [torch.zeros(1)],
}


def _kernels_of(patterns: Sequence[str]) -> list[tuple[str, str]]:
    if not patterns:
        return []
    matches = re.compile("|".join(map(translate, patterns))).match
    return [kernel for name, known in kernels().items() if matches(name) for kernel in known]


def _base(operator: str) -> str:
    return operator.partition(".")[0]
