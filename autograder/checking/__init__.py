"""The modules that a check imports: promises, comparisons, strategies, points.

May import torch, numpy and hypothesis, and nothing else of this package. They are imported when a name of
them is first asked for: a command that only reads reports needs `messages`, and starts without torch.
No other module than `messages` and `tolerances` has the name of something that is exported: its import
would take that place.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from autograder.checking.exported import *  # noqa: F403

_MODULES = ("messages", "tolerances")


def __getattr__(name: str) -> Any:
    """One of the names of `exported`."""
    if name in _MODULES:
        return import_module(f"{__name__}.{name}")
    exported = (
        import_module(f"{__name__}.exported") if name[:1] != "_" or name == "__all__" else None
    )
    try:
        return getattr(exported, name)
    except AttributeError:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None
