"""check() where students call it: in a real kernel, with the released cases beside the notebook."""

import re
import shutil
import subprocess
import sys
from html import unescape
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

pytestmark = pytest.mark.slow

RELEASED = Path(__file__).resolve().parents[1] / "assignments"
RIGHT = """\
def softmax(X):
    exps = torch.exp(X - X.amax(1, keepdim=True))
    return exps / exps.sum(1, keepdim=True)
"""
NOISY_AND_NAIVE = """\
import sys, warnings
from IPython.display import display

def softmax(X):
    print("in softmax"); print("in softmax", file=sys.stderr)
    warnings.warn("in softmax"); display(X)
    exps = torch.exp(X)
    return exps / exps.sum(1, keepdim=True)
"""


def run_notebook(folder: Path, answer: str | None, *, battery: bool = True):
    """Execute the released softmax notebook; returns its code cells by grade_id."""
    notebook = nbformat.read(RELEASED / "softmax_regression/softmax.ipynb", as_version=4)
    if battery:
        shutil.copy(RELEASED / "softmax_regression/softmax.battery", folder)
    notebook.cells = [c for c in notebook.cells if "picture" not in c.metadata.get("tags", [])]
    cells = {c.metadata.nbgrader.grade_id: c for c in notebook.cells if "nbgrader" in c.metadata}
    if answer is not None:
        cells["softmax"].source = answer
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(folder)}}).execute()
    return cells


def only_result(cell):
    [output] = cell.outputs
    assert output.output_type == "execute_result"
    return output.data["text/plain"], output.data["text/html"]


def test_right_answer(tmp_path):
    text, html = only_result(run_notebook(tmp_path, RIGHT)["check_softmax"])
    assert text == "10.0"
    assert "softmax: 10 of 10 points" in html
    assert [path.name for path in tmp_path.iterdir()] == ["softmax.battery"]


def test_wrong_answer_gets_partial_credit_and_a_counterexample(tmp_path):
    cells = run_notebook(tmp_path, NOISY_AND_NAIVE)
    text, html = only_result(cells["check_softmax"])
    assert text == "8.5"
    assert "softmax: 8.5 of 10 points" in html
    code = unescape(re.search(r"<pre[^>]*>(.*?)</pre>", html, re.DOTALL).group(1))
    assert "are nan" in html
    namespace: dict = {}
    exec("import torch\n" + RIGHT.replace("X - X.amax(1, keepdim=True)", "X"), namespace)
    *statements, call = code.splitlines()
    exec("\n".join(statements), namespace)
    assert eval(call, namespace).isnan().any(), "what is pasted shows the failure"
    assert namespace["X"].numel() <= 4, "the smallest failing case has few elements"


def test_untouched_stub(tmp_path):
    text, html = only_result(run_notebook(tmp_path, None)["check_softmax"])
    assert text == "0.0"
    assert "Not attempted yet" in html
    assert "<table>" not in html


def test_missing_battery(tmp_path):
    text, html = only_result(run_notebook(tmp_path, RIGHT, battery=False)["check_softmax"])
    assert text == "0.0"
    assert "no recorded cases of `softmax` here" in html
    assert str(tmp_path) in html


# ---- the same in a plain script: what is left behind


SAY = """
def say(*words, sep=" "):
    for line in sep.join(map(str, words)).splitlines():
        print(">", line)

"""
"""For what a script itself says: check() prints its report as well."""


def run_script(folder: Path, script: str) -> str:
    shutil.copy(RELEASED / "softmax_regression/softmax.battery", folder)
    (folder / "answer.py").write_text(f"{SAY}import torch\nfrom autograder import check\n{script}")
    done = subprocess.run(
        [sys.executable, "answer.py"], cwd=folder, capture_output=True, text=True, timeout=120
    )
    assert done.stderr == ""
    said = [line.removeprefix("> ") for line in done.stdout.splitlines() if line.startswith("> ")]
    return "".join(f"{line}\n" for line in said)


STATE = """
import random, sys
import numpy as np
from hypothesis import settings

def state():
    torch.manual_seed(1), random.seed(1), np.random.seed(1)
    yield
    yield torch.rand(2).tolist(), random.random(), np.random.rand()

def others():
    return (
        torch.is_grad_enabled(), settings.get_current_profile_name(), hasattr(sys, "last_value"),
        np.random.bit_generator.randbits, [m for m in sys.modules if "test_softmax" in m],
        sys.stdout, sys.stderr, sys.displayhook,
    )

check("softmax")  # what is loaded then stays loaded
torch.set_grad_enabled(False)
before = others()
without = list(state())[1]
drawing = state()
next(drawing)
report = check("softmax")
assert next(drawing) == without, "the random numbers that follow are others"
assert others() == before, (others(), before)
say(report, report.result.status)
"""


def test_leaves_the_process_as_it_was(tmp_path):
    random_answer = "def softmax(X):\n    return torch.rand_like(X).softmax(1)\n"
    assert run_script(tmp_path, random_answer + STATE).startswith("0.0 f")
    assert run_script(tmp_path, RIGHT + STATE) == "10.0 passed\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["answer.py", "softmax.battery"]


def test_checks_answer_the_same_twice(tmp_path):
    answer = "def softmax(X):\n    return X + torch.rand_like(X)\n"
    script = "say(check('softmax')._repr_html_() == check('softmax')._repr_html_())"
    assert run_script(tmp_path, answer + script) == "True\n"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("softmax = 3", "0.0 failed"),
        ("", "0.0 failed"),
        ("softmax = lambda X: (X - X.logsumexp(1, keepdim=True)).exp()", "10.0 passed"),
        ("softmax = dict", "0.0 failed"),
        ("def softmax(): pass", "0.0 not_attempted"),
        ("def softmax(X): raise SystemExit", "0.0 failed"),
        ("def softmax(X): raise ValueError('<b>')", "0.0 failed"),
    ],
)
def test_whatever_the_student_defines(tmp_path, answer, expected):
    script = f"{answer}\nreport = check('softmax')\nsay(report, report.result.status)"
    assert run_script(tmp_path, script) == expected + "\n"


def test_an_interrupt_stops_the_checks(tmp_path):
    answer = "calls = 0\ndef softmax(X):\n    global calls\n    calls += 1\n    raise KeyboardInterrupt\n"
    script = "try:\n    check('softmax')\nexcept KeyboardInterrupt:\n    say('raised again', calls)"
    assert run_script(tmp_path, answer + script) == "raised again 1\n"


def test_an_interrupt_shows_the_report_and_stops_the_cells_below(tmp_path):
    """Else the plot below would run into the same loop."""
    notebook = nbformat.read(RELEASED / "softmax_regression/softmax.ipynb", as_version=4)
    shutil.copy(RELEASED / "softmax_regression/softmax.battery", tmp_path)
    cells = {c.metadata.nbgrader.grade_id: c for c in notebook.cells if "nbgrader" in c.metadata}
    cells["softmax"].source = "def softmax(X):\n    raise KeyboardInterrupt"
    client = NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}})
    with pytest.raises(CellExecutionError, match="KeyboardInterrupt"):
        client.execute()
    shown, _ = cells["check_softmax"].outputs
    assert "it was interrupted" in shown.data["text/html"]


def test_an_endless_loop_is_stopped_with_its_line(tmp_path):
    answer = """
import autograder.grading.at_home as at_home
from autograder.sandbox.limits import Limits

at_home.Limits = lambda: Limits(seconds_per_call=1.0)

def softmax(X):
    i = 0
    while i < len(X):
        try:
            pass
        except Exception:
            pass
"""
    script = (
        "import signal\nbefore = signal.getsignal(signal.SIGALRM)\nreport = check('softmax')\n"
        "say(report, report.result.status, signal.getsignal(signal.SIGALRM) is before)\n"
        "say(*[c.message for c in report.result.checks], sep='\\n')"
    )
    first, failed, *waiting = run_script(tmp_path, answer + script).splitlines()
    assert first == "0.0 timed_out True"
    assert failed.startswith("`softmax` did not finish: no answer within 1 seconds")
    assert set(waiting) == {"not run, because a call before it did not finish"}


def test_a_call_that_waits_is_stopped_as_well(tmp_path):
    answer = """
import time
import autograder.grading.at_home as at_home
from autograder.sandbox.limits import Limits

at_home.Limits = lambda: Limits(seconds_per_call=1.0)

def softmax(X):
    time.sleep(100)
"""
    script = "report = check('softmax')\nsay(report, report.result.status)"
    assert run_script(tmp_path, answer + script) == "0.0 timed_out\n"


def test_a_damaged_battery_is_a_report(tmp_path):
    script = "from pathlib import Path\nPath('softmax.battery').write_bytes(b'?')\n"
    script += "report = check('softmax')\nsay(report, 'Copy it again' in report._repr_html_())"
    assert run_script(tmp_path, script) == "0.0 True\n"


def cells_after(folder: Path, *cells: str) -> list[nbformat.NotebookNode]:
    """Execute a notebook of these cells, whatever they raise; returns them."""
    shutil.copy(RELEASED / "softmax_regression/softmax.battery", folder)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    resources = {"metadata": {"path": str(folder)}}
    NotebookClient(notebook, timeout=120, allow_errors=True, resources=resources).execute()
    return notebook.cells


IMPORTS = "import torch\nfrom autograder import check"


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        (RIGHT + "    return )\n", "last failed (SyntaxError, line 4)"),
        ("x = 1 / 0\n" + RIGHT.replace("exps", "E"), "last failed (ZeroDivisionError)"),
    ],
    ids=["does not parse", "raises above it"],
)
def test_a_cell_that_failed_after_an_older_version_earns_nothing(tmp_path, broken, sentence):
    *_, checked = cells_after(tmp_path, IMPORTS, RIGHT, broken, 'check("softmax")')
    text, html = only_result(checked)
    assert text == "0.0"
    assert sentence in unescape(html)


def test_a_cell_that_failed_below_its_function_counts(tmp_path):
    *_, checked = cells_after(tmp_path, IMPORTS, RIGHT + "1 / 0", 'check("softmax")')
    assert only_result(checked)[0] == "10.0"


def test_an_answer_that_is_not_saved_is_said(tmp_path):
    saved = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("def softmax(X): pass")])
    path = f"import os\nos.environ['JPY_SESSION_NAME'] = {str(tmp_path / 'saved.ipynb')!r}"
    for stored, is_said in ((saved, True), (None, False)):
        if stored is None:
            saved.cells.append(nbformat.v4.new_code_cell(RIGHT))
        nbformat.write(saved, tmp_path / "saved.ipynb")
        *_, checked = cells_after(tmp_path, path, IMPORTS, RIGHT, 'check("softmax")')
        text, html = only_result(checked)
        assert text == "10.0"
        assert ("not saved yet" in html) is is_said
