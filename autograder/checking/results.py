"""Functions with several results: what came back, item by item, or a sentence that says what it was."""

from collections.abc import Sequence
from typing import Any

from torch import Tensor

from autograder.checking import messages
from autograder.checking.closeness import describe
from autograder.checking.failures import CheckFailure


def assert_results(result: Any, names: int | Sequence[str], *, function: str) -> tuple[Any, ...]:
    """The items of a tuple or list of so many results; unpacking by hand would show Python's words.

    Args:
        result: what the student's function gave.
        names: how many results there should be, or what each is called.
        function: the function's name, for messages.

    Returns:
        The items; of any type, to be compared by `assert_close` under their names.

    Raises:
        CheckFailure: with kind `results` when it is no tuple or list, or holds more or fewer.
    """
    count = names if isinstance(names, int) else len(names)
    listed = "" if isinstance(names, int) else f" ({', '.join(names)})"
    if isinstance(result, list | tuple) and len(result) == count:
        return tuple(result)
    if result is None:
        text = messages.RETURNED_NONE.format(function=function)
    elif isinstance(result, list | tuple):
        text = messages.RESULTS_COUNT.format(
            function=function, got=len(result), count=count, names=listed
        )
    else:
        got = describe(result)
        if isinstance(result, Tensor):
            got = messages.ONE_TENSOR.format(shape=tuple(result.shape))
        text = messages.RESULTS_TYPE.format(function=function, got=got, count=count, names=listed)
    raise CheckFailure(text, kind="results", got=result)
