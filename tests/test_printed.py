"""What counts as printing: what a function writes, and no warning; the same at home and in a worker."""

import sys
import warnings
from collections.abc import Callable

import pytest

from autograder.grading.backends import NotebookBackend
from autograder.sandbox.limits import Limits
from autograder.sandbox.wire.messages import Call
from autograder.sandbox.worker.executor import Executor
from autograder.sandbox.worker.printed import Printed

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
    shows = warnings.showwarning
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        _, at_home = NotebookBackend(namespace, Limits()).call(Call("f", [], [], []))
        assert warnings.showwarning is shows
        with printed.instead():
            in_worker = worker.answer(1, Call("f", [], [], []), keep=False)
    assert at_home.raised is in_worker.raised is None
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
