"""What is borrowed from libraries' private parts: each name still does what a module here relies on.

When a library is renewed, a test that fails here says which module has to change, before anything
else fails for reasons that are hard to see.
"""

import inspect
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import hypothesis
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st


def relied_on(by: str, what: str, *, holds: bool) -> None:
    """Fail with the name of the module that relies on something."""
    if not holds:
        pytest.fail(f"autograder/{by} relies on {what}, which is no longer so", pytrace=False)


def drawn_by(test: Callable[..., Any], substitute: Callable[..., Any]) -> None:
    """Run a Hypothesis test with another inner function."""
    test.hypothesis.inner_test = substitute  # type: ignore[attr-defined]
    test()


# Hypothesis


def test_constants_of_modules_can_be_left_out() -> None:
    from hypothesis.internal.conjecture import providers
    from hypothesis.internal.constants_ast import Constants

    by = "grading/battery/hypothesis_internals.py"
    what = "hypothesis.internal.conjecture.providers"
    constants = providers._get_local_constants()
    relied_on(
        by, f"{what}._get_local_constants() giving Constants", holds=type(constants) is Constants
    )
    relied_on(
        by,
        "Constants() being empty",
        holds=not any(Constants().set_for_type(t) for t in (int, float)),
    )
    cleared = providers.CONSTANTS_CACHE.cache
    relied_on(by, f"{what}.CONSTANTS_CACHE.cache being a dictionary", holds=callable(cleared.clear))


def test_a_constant_of_a_module_is_drawn_unless_it_is_left_out(monkeypatch) -> None:
    """What the replacement is for: both ways, so that it is noticed when it does nothing."""
    from hypothesis.internal.conjecture import providers
    from hypothesis.internal.constants_ast import Constants

    constant = 7_919_191_919
    planted = Constants(integers={constant})

    def draws_it() -> bool:
        drawn = []

        @settings(max_examples=500, database=None, derandomize=True)
        @given(st.integers())
        def test(number: int) -> None:
            drawn.append(number)

        providers.CONSTANTS_CACHE.cache.clear()
        test()
        return constant in drawn

    by = "grading/battery/hypothesis_internals.py"
    monkeypatch.setattr(providers, "_get_local_constants", lambda: planted)
    relied_on(by, "draws coming from providers._get_local_constants", holds=draws_it())
    monkeypatch.setattr(providers, "_get_local_constants", Constants)
    relied_on(by, "CONSTANTS_CACHE.cache.clear() forgetting constants", holds=not draws_it())
    monkeypatch.undo()
    providers.CONSTANTS_CACHE.cache.clear()


def test_mutations_can_be_left_out(monkeypatch) -> None:
    from hypothesis.internal.conjecture.engine import ConjectureRunner

    calls = []
    monkeypatch.setattr(
        ConjectureRunner, "generate_mutations_from", lambda self, data: calls.append(data)
    )

    @settings(max_examples=20, database=None)
    @given(st.lists(st.integers(), min_size=2))
    def test(numbers: list[int]) -> None:
        pass

    test()
    relied_on(
        "grading/battery/hypothesis_internals.py",
        "the engine calling ConjectureRunner.generate_mutations_from(data)",
        holds=bool(calls),
    )


def test_the_inner_function_can_be_replaced() -> None:
    calls = []

    @settings(max_examples=5, database=None)
    @given(number=st.integers())
    def test(number: int) -> None:
        raise AssertionError("replaced")

    drawn_by(test, lambda **drawn: calls.append(drawn))
    relied_on(
        "grading/battery/driving.py",
        "test.hypothesis.inner_test being called with what is drawn, by name",
        holds=len(calls) == 5 and all(set(drawn) == {"number"} for drawn in calls),
    )


def test_an_exception_that_is_no_exception_ends_the_engine() -> None:
    class Ends(BaseException):
        pass

    calls = []

    def substitute(**drawn: Any) -> None:
        calls.append(drawn)
        raise Ends

    @settings(max_examples=50, database=None)
    @given(number=st.integers())
    def test(number: int) -> None:
        pass

    with pytest.raises(Ends):
        drawn_by(test, substitute)
    relied_on(
        "grading/judge.py", "a BaseException ending Hypothesis at once", holds=len(calls) == 1
    )


def test_a_seed_decides_the_cases() -> None:
    def cases(seed: int) -> list[float]:
        drawn: list[float] = []

        @hypothesis.seed(seed)
        @settings(max_examples=20, database=None)
        @given(number=st.floats())
        def test(number: float) -> None:
            drawn.append(number)

        test()
        return drawn

    same = repr(cases(1)) == repr(cases(1))
    relied_on("grading/battery/driving.py", "hypothesis.seed deciding all draws", holds=same)


# pytest


@pytest.mark.slow
def test_pytest_collects_without_running(tmp_path) -> None:
    """The plugin names what grades, and answers in place of a function that @given wraps."""
    (tmp_path / "conftest.py").write_text(
        "def pytest_pyfunc_call(pyfuncitem):\n    return 'student' in pyfuncitem.fixturenames or None\n"
        "import pytest\n@pytest.fixture(scope='session')\ndef student(): pass\n"
    )
    (tmp_path / "test_it.py").write_text(
        "from hypothesis import given, strategies as st\n"
        "@given(X=st.integers())\ndef test_it(student, X): raise SystemExit\n"
    )
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "--disable-plugin-autoload",
        "-p",
        "no:cacheprovider",
    ]
    done = subprocess.run([*command, tmp_path], cwd=tmp_path, capture_output=True, text=True)
    relied_on(
        "grading/plugin.py",
        "pytest_pyfunc_call answering for tests with @given, by Function.fixturenames",
        holds=done.returncode == 0 and "1 passed" in done.stdout,
    )


# torch


def test_operators_and_their_kernels_can_be_listed() -> None:
    by = "sandbox/worker/forbidden_operators.py"
    names = torch._C._dispatch_get_all_op_names()
    relied_on(by, "torch._C._dispatch_get_all_op_names() naming aten::softmax.int",
              holds="aten::softmax.int" in names)  # fmt: skip
    has_kernel = torch._C._dispatch_has_kernel_for_dispatch_key
    relied_on(by, "torch._C._dispatch_has_kernel_for_dispatch_key(name, key)",
              holds=has_kernel("aten::_softmax", "CPU"))  # fmt: skip


def test_the_engine_goes_backward_as_autograd_grad_does() -> None:
    from autograder.sandbox.worker.backward import gradients_of

    X, unused = torch.randn(3, 2, requires_grad=True), torch.zeros(2, requires_grad=True)
    outputs, cotangents = [X.exp(), X.sum(1)], [torch.randn(3, 2), torch.randn(3).double()]
    expected = torch.autograd.grad(
        outputs, [X, unused], [c.float() for c in cotangents], retain_graph=True, allow_unused=True
    )
    for _ in range(2):  # the graph is kept
        got = gradients_of(outputs, [X, unused], cotangents)
        same = got[1] is expected[1] is None and torch.equal(got[0], expected[0])
        what = "torch.autograd.Variable._execution_engine.run_backward(...)"
        relied_on("sandbox/worker/backward.py", what, holds=same and X.grad is None)


def test_dispatch_keys_are_known() -> None:
    from autograder.sandbox.worker.forbidden_operators import _KEYS

    for key in _KEYS:
        try:
            torch._C._dispatch_has_kernel_for_dispatch_key("aten::_softmax", key)
            known = True
        except (RuntimeError, ValueError):
            known = False
        relied_on("sandbox/worker/forbidden_operators.py", f"the dispatch key {key}", holds=known)


@pytest.mark.filterwarnings("ignore")  # torch warns that a kernel is replaced
def test_a_kernel_can_be_replaced_and_put_back() -> None:
    by = "sandbox/worker/forbidden_operators.py"

    def kernel(*args: Any, **kwargs: Any) -> Any:
        raise ZeroDivisionError

    library = torch.library.Library("aten", "IMPL")
    library.impl("erfinv", kernel, "CPU")
    X = torch.zeros(2)
    try:
        X.erfinv()
        raises = False
    except ZeroDivisionError:
        raises = True
    library._destroy()
    relied_on(by, 'Library("aten", "IMPL").impl replacing a kernel', holds=raises)
    relied_on(by, "Library._destroy() putting it back", holds=X.erfinv().tolist() == [0, 0])


def test_a_step_of_an_optimizer_can_be_hooked() -> None:
    from torch.optim.optimizer import register_optimizer_step_pre_hook

    steps = []
    hook = register_optimizer_step_pre_hook(lambda *args: steps.append(args))
    weight = torch.nn.Parameter(torch.ones(1))
    weight.grad = torch.ones(1)
    torch.optim.SGD([weight], lr=1.0).step()
    hook.remove()
    torch.optim.SGD([weight], lr=1.0).step()
    relied_on("sandbox/worker/forbidden_operators.py", "the hook before an optimizer's step",
              holds=len(steps) == 1)  # fmt: skip


def in_a_new_process(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


COUNTING = """
import sys, torch
from autograder.sandbox.worker.executor import _CountOperators
with _CountOperators() as counting:
    torch.ones(2) + 1
print(counting.count > 0, "torch._dynamo" in sys.modules)
"""
GRADIENT = """
import sys, torch
X = torch.ones(2, requires_grad=True)
torch.autograd.grad((X * 2).sum(), X)
print("sympy" in sys.modules)
"""
SEEDING = """
import torch
class Generator(torch.Generator):
    def seed(self): return 7
torch.Generator = Generator
print(torch.Generator().manual_seed(1).seed(), isinstance(torch.Generator(), torch._C.Generator))
torch.rand(2, generator=torch.Generator().manual_seed(1))
"""


@pytest.mark.slow
def test_operators_are_counted_without_torchs_compiler() -> None:
    from torch.utils._python_dispatch import TorchDispatchMode

    by = "sandbox/worker/executor.py"
    relied_on(by, "TorchDispatchMode._should_skip_dynamo",
              holds=callable(getattr(TorchDispatchMode, "_should_skip_dynamo", None)))  # fmt: skip
    relied_on(by, "_should_skip_dynamo keeping torch._dynamo out",
              holds=in_a_new_process(COUNTING) == "True False")  # fmt: skip


@pytest.mark.slow
def test_a_gradient_of_a_number_imports_no_sympy() -> None:
    relied_on("checking/derivatives.py", "autograd.grad without grad_outputs importing no sympy",
              holds=in_a_new_process(GRADIENT) == "False")  # fmt: skip


@pytest.mark.slow
def test_the_generator_can_be_replaced() -> None:
    relied_on("sandbox/worker/entropy.py", "a subclass of torch.Generator serving as one",
              holds=in_a_new_process(SEEDING) == "7 True")  # fmt: skip


ENTROPY = """
import random, secrets
from autograder.sandbox.worker.entropy import replace_system_entropy, seed_entropy
replace_system_entropy()
found = []
for _ in range(2):
    seed_entropy(1)
    random.seed()
    from_system = random.SystemRandom().random(), secrets.randbits(60)
    found.append((random.random(), random.Random().random(), *from_system))
print(len(set(found)))
"""


@pytest.mark.slow
def test_pythons_entropy_can_be_replaced() -> None:
    relied_on("sandbox/worker/entropy.py", "random._urandom, random._inst and random.Random.seed",
              holds=in_a_new_process(ENTROPY) == "1")  # fmt: skip


# IPython


def test_the_shell_is_built_from_these_parts() -> None:
    from IPython.core.displayhook import DisplayHook
    from IPython.core.interactiveshell import InteractiveShell

    by = "sandbox/worker/shell.py"
    for owner, name in (
        (DisplayHook, "fill_exec_result"),
        (InteractiveShell, "init_user_ns"),
        (InteractiveShell, "enable_gui"),
        (InteractiveShell, "enable_matplotlib"),
        (InteractiveShell, "showtraceback"),
        (InteractiveShell, "showsyntaxerror"),
    ):
        there = callable(getattr(owner, name, None))
        relied_on(by, f"IPython's {owner.__name__}.{name}", holds=there)


CELLS = """
from autograder.sandbox.worker.shell import build_shell
shell = build_shell()
print(shell.run_cell("6 * 7", store_history=False).result)
shell.run_cell("def f(): raise KeyError", store_history=False)
print(shell.user_ns["f"].__code__.co_filename)
shell.user_ns.clear()
shell.init_user_ns()
print("_dh" in shell.user_ns, "get_ipython" in shell.user_ns)
"""


@pytest.mark.slow
def test_a_cell_gives_its_value_and_its_name() -> None:
    from autograder.grading.feedback.sentences import _CELL_FILE
    from autograder.sandbox.worker.executor import _CELL

    result, file, *spaces = in_a_new_process(CELLS).splitlines()
    by = "sandbox/worker/shell.py"
    relied_on(by, "DisplayHook.fill_exec_result keeping a cell's value", holds=result == "42")
    relied_on("sandbox/worker/executor.py", "names of cells' files", holds=bool(_CELL.search(file)))
    named = bool(_CELL_FILE.search(f"invalid syntax ({file})"))
    relied_on("grading/feedback/sentences.py", "`<ipython-input-...>` in messages", holds=named)
    relied_on("sandbox/worker/warmup.py", "init_user_ns filling the namespace with _dh",
              holds=spaces == ["True True"])  # fmt: skip


# NumPy


def test_an_unseeded_generator_takes_its_bits_from_one_place(monkeypatch) -> None:
    import random

    module: Any = np.random.bit_generator
    monkeypatch.setattr(module, "randbits", random.Random(1).getrandbits)
    first = np.random.default_rng().random()
    monkeypatch.setattr(module, "randbits", random.Random(1).getrandbits)
    relied_on("sandbox/worker/executor.py", "np.random.bit_generator.randbits seeding default_rng()",
              holds=np.random.default_rng().random() == first)  # fmt: skip


# nbgrader


def test_steps_of_nbgrader_are_in_this_order() -> None:
    from nbgrader.converters import Autograde, GenerateAssignment

    def names(converter: Any, trait: str) -> list[str]:
        return [step.__name__ for step in converter.class_traits()[trait].default()]

    by = "nbgrader/settings.py"
    grading = names(Autograde, "autograde_preprocessors")
    ours = ["LimitOutput", "SaveAutoGrades", "AssignLatePenalties", "CheckCellMetadata"]
    relied_on(by, f"Autograde.autograde_preprocessors being Execute, then {', '.join(ours)}",
              holds=grading[0] == "Execute" and [s for s in grading if s in ours] == ours)  # fmt: skip
    release = names(GenerateAssignment, "preprocessors")
    relied_on("nbgrader/attach.py", "ClearSolutions coming after the first release step",
              holds="ClearSolutions" in release[1:])  # fmt: skip


def test_a_converter_reads_notebooks_before_it_converts() -> None:
    from nbgrader.converters.base import BaseConverter

    by = "nbgrader/staging.py"
    source = inspect.getsource(BaseConverter)
    relied_on(by, "BaseConverter.init_notebooks()",
              holds=callable(getattr(BaseConverter, "init_notebooks", None)))  # fmt: skip
    relied_on(
        by, "the exporter being built from exporter_class", holds="self.exporter_class(" in source
    )


def test_a_timestamp_is_read_by_one_method() -> None:
    from nbgrader.apps.api import NbGraderAPI

    from autograder.nbgrader.timestamps import _strict

    arguments = list(inspect.signature(_strict).parameters)
    relied_on("nbgrader/timestamps.py", "NbGraderAPI.get_submitted_timestamp(assignment_id, student_id)",
              holds=arguments == ["self", "assignment_id", "student_id"])  # fmt: skip
    callers = inspect.getsource(NbGraderAPI).count("get_submitted_timestamp(")
    relied_on(
        "nbgrader/timestamps.py", "the API reading timestamps by that method", holds=callers >= 2
    )
