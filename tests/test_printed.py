"""What counts as printing: what a function writes, and no warning; the same at home and in a worker."""

import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autograder.battery_search import find
from autograder.grading.at_home import judge_at_home
from autograder.grading.backends import NotebookBackend
from autograder.sandbox.limits import Limits
from autograder.sandbox.wire.messages import Call
from autograder.sandbox.worker.executor import Executor
from autograder.sandbox.worker.printed import Printed

ROOT = Path(__file__).resolve().parents[1]
RIGHT = "(y_hat.argmax(1) == y).sum().item()"
PRINTS: dict[str, tuple[Callable[[], object], bool]] = {
    "print": (lambda: sys.stdout.write("x"), True),
    "print to stderr": (lambda: sys.stderr.write("x"), True),
    "a warning": (lambda: warnings.warn("x", stacklevel=1), False),
    "a deprecation": (lambda: warnings.warn("x", DeprecationWarning, stacklevel=1), False),
    "both": (lambda: sys.stdout.write(f"{warnings.warn('x', stacklevel=1)}"), True),
    "nothing": (lambda: None, False),
}


@pytest.mark.parametrize("name", PRINTS)
def test_a_warning_is_no_printing(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    function, counts = PRINTS[name]
    namespace, printed = {"f": function}, Printed(100)
    worker = Executor(namespace, lambda: printed.count)
    backend, shows = NotebookBackend(namespace, Limits()), warnings.showwarning
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        _, at_home = backend.call(Call("f", [], [], []))
        assert warnings.showwarning is shows
        with printed.instead():
            in_worker = worker.answer(1, Call("f", [], [], []), keep=False)
    assert at_home.raised is in_worker.raised is None
    assert backend.printing == ({"f"} if counts else set())
    assert (at_home.printed > 0, in_worker.printed > 0) == (counts, counts)
    assert capsys.readouterr() == ("", "")


def test_a_warning_is_kept_for_the_cells_output() -> None:
    printed = Printed(1000)
    with warnings.catch_warnings(), printed.instead():
        warnings.simplefilter("always")
        warnings.warn("slow", stacklevel=1)
    assert printed.count == 0
    text, dropped = printed.take()
    assert "UserWarning: slow" in text
    assert dropped == 0


def test_a_warning_goes_where_the_student_sends_it() -> None:
    printed, own = Printed(1000), Printed(1000)
    with warnings.catch_warnings(), printed.instead():
        warnings.simplefilter("always")
        sys.stderr = own
        warnings.warn("slow", stacklevel=1)
    assert "slow" in own.take()[0]
    assert printed.take() == ("", 0)


@pytest.mark.parametrize(("line", "said"), [("print(y)", ["prints"]), ("warnings.warn('x')", [])])
def test_at_home_the_advice_is_that_of_a_grading(line: str, said: list[str]) -> None:
    found = find("accuracy", [ROOT / "assignments/softmax_regression"])
    source = f"def accuracy(y_hat, y):\n    {line}\n    return {RIGHT}"
    namespace: dict[str, Any] = {"warnings": warnings}
    exec(source, namespace)
    printed = Printed(0)
    with warnings.catch_warnings(), printed.instead():
        warnings.simplefilter("always")
        result, _ = judge_at_home(found.released, found.exercise, namespace, source)
    assert result.status == "passed"
    assert [note.id for note in result.advice] == said
