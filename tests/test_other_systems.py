"""Windows and macOS: what their Python lacks is taken away, and answers are still checked and graded.

Simulated in a process on Linux: the libraries are loaded first, since theirs are built for this system.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from autograder.sandbox.cells import Cell
from autograder.sandbox.limits import Limits
from autograder.sandbox.session import Crashed, Session
from autograder.sandbox.spawning import ForkServer
from autograder.sandbox.wire.messages import Call

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[1]
WRONG = """def softmax(X):
    exps = X.exp()
    return exps / exps.sum(1, keepdim=True)
"""
MACOS = """
import asyncio, multiprocessing, os, shutil, signal, subprocess, sys, tempfile, types
import hypothesis, IPython, jinja2, msgspec, nbformat, numpy, platformdirs, pytest
import rich.console, rich.progress, torch, torch.testing
from IPython.utils import capture

def lacks(module, names):
    for name in names.split():
        if hasattr(module, name):
            delattr(module, name)

subprocess.signal = types.SimpleNamespace(**vars(signal))  # it is this system's, and needs its names
lacks(os, "O_PATH pidfd_open memfd_create sched_getaffinity sched_setaffinity")
lacks(signal, "pidfd_send_signal")
sys.modules["pyseccomp"] = None
sys.platform = "darwin"
"""
WINDOWS = (
    MACOS.replace('"darwin"', '"win32"')
    + """
lacks(os, "O_NOFOLLOW O_NONBLOCK O_NOCTTY O_CLOEXEC O_DIRECTORY O_SYNC O_DSYNC fork forkpty killpg")
lacks(os, "getuid geteuid getgid getegid setsid getpgid setpgid fchmod chown fchown mkfifo uname")
lacks(os, "WNOHANG wait3 wait4 waitid getloadavg sysconf nice statvfs posix_spawn")
lacks(signal, "SIGKILL SIGXCPU SIGALRM SIGHUP SIGPIPE SIGCHLD SIGUSR1 SIGUSR2 SIGSTOP SIGCONT")
lacks(signal, "alarm setitimer pause sigwait pthread_kill pthread_sigmask")
for name in "resource fcntl pwd grp termios tty pty posix".split():
    sys.modules[name] = None
"""
)
SYSTEMS = {"linux": "", "win32": WINDOWS, "darwin": MACOS}
AT_HOME = f"""
from autograder import check
{WRONG}
report = check("softmax")
print("points:", report, report.problems, report.result)
"""


def run(system: str, script: str, folder: Path) -> str:
    """Run a script where the system is another one; returns what it printed."""
    path = folder / "script.py"
    path.write_text(SYSTEMS[system] + script, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, path], cwd=folder, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def at_home(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What check() reports on each system, in a folder with the released cases."""
    printed = {}
    for system in SYSTEMS:
        folder = tmp_path_factory.mktemp(system)
        shutil.copy(ROOT / "assignments/softmax_regression/softmax.battery", folder)
        printed[system] = run(system, AT_HOME, folder)
    return printed


def test_a_wrong_answer_loses_points_at_home(at_home: dict[str, str]) -> None:
    assert "nan" in at_home["linux"]
    assert 0 < float(at_home["linux"].partition("points: ")[2].split()[0]) < 10


@pytest.mark.parametrize("system", ["win32", "darwin"])
def test_students_see_the_same_report(at_home: dict[str, str], system: str) -> None:
    assert at_home[system] == at_home["linux"]


@pytest.mark.parametrize("system", ["win32", "darwin"])
def test_a_notebook_is_graded(system: str, tmp_path: Path) -> None:
    graded = {"grade_id": "softmax", "solution": True, "grade": False, "schema_version": 3}
    answer = new_code_cell(WRONG, metadata={"nbgrader": graded | {"locked": False, "task": False}})
    path = tmp_path / "softmax.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell("import torch"), answer]), path)
    (tmp_path / "link.ipynb").symlink_to(path)
    script = f"""
os.chdir({str(ROOT)!r})
from autograder.cli import main
code = main(["grade", {str(path)!r}, {str(tmp_path / "link.ipynb")!r}, "--again", "--json", "-"])
assert code == 2, code
"""
    printed = run(system, script, tmp_path)
    report = json.loads(printed)
    assert report["sandbox"]["level"] == "process-only"
    assert len(report["submissions"]) == 1, report["ungraded"]
    [submission] = report["submissions"]
    assert submission["score"] == 8.5, submission
    [left] = report["ungraded"]
    assert "is a link" in left["reason"]


def test_a_signal_without_a_name_is_named_by_its_number() -> None:
    answer = "import os\ndef f(): os.kill(os.getpid(), 40)"
    with (
        ForkServer(Limits(), isolate=False) as server,
        Session(server, [Cell(1, answer)]) as session,
        pytest.raises(Crashed, match="ended by signal 40"),
    ):
        list(session.calls([Call("f", [], [], [])]))
