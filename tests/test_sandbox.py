"""What isolates student code: layers found by trying, limits that say their name, and no fork at all.

A system that lacks a layer is simulated by refusing its system calls to the whole grader with seccomp,
as an unprivileged container does.
"""

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from autograder.sandbox import spawning as processes
from autograder.sandbox.cells import Cell
from autograder.sandbox.isolation import SWITCHED_OFF, Settings
from autograder.sandbox.limits import Limits, with_limits
from autograder.sandbox.session import Crashed, Session, TimedOut
from autograder.sandbox.spawning import ForkServer, SandboxError
from autograder.sandbox.student import Student
from autograder.sandbox.wire.messages import Call

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

ROOT = Path(__file__).resolve().parents[1]
SOFTMAX = """import torch
def softmax(X):
    exps = (X - X.amax(1, keepdim=True)).exp()
    return exps / exps.sum(1, keepdim=True)"""
LEAVES_CHILDREN = """import os, time
for _ in range(3):
    try:
        if os.fork() == 0:
            os.setsid()
            time.sleep(1000)
    except OSError:
        pass"""

SEEDS = """import torch
torch.Generator().seed(), torch.seed()
if NO_FILES:
    import colorsys, mailbox"""

WITHOUT = """
import errno, os, sys
import pyseccomp
refused = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
for name in sys.argv[1].split(","):
    code = errno.ENOSYS if name.startswith(("landlock", "clone3")) else errno.EPERM
    if name == "prctl":
        refused.add_rule(pyseccomp.ERRNO(errno.EINVAL), name, pyseccomp.Arg(0, pyseccomp.EQ, 22))
    elif name:
        refused.add_rule(pyseccomp.ERRNO(code), name)
if sys.argv[1]:
    refused.load()
os.execv(sys.executable, [sys.executable, *sys.argv[2:]])
"""
"""Runs a Python command to which the named system calls are refused (prctl: for PR_SET_SECCOMP)."""

TRY = f"""
import json, torch
from autograder.sandbox.cells import Cell
from autograder.sandbox.session import Session
from autograder.sandbox.spawning import ForkServer
from autograder.sandbox.limits import Limits
from autograder.sandbox.student import Student
from autograder.grading.backends import WorkerBackend
with ForkServer(Limits(seconds_per_cell=5)) as server:
    cells = [Cell(1, {LEAVES_CHILDREN!r}), Cell(2, {SOFTMAX!r}), Cell(3, {SEEDS!r})]
    found = server.isolation
    with Session(server, cells) as session:
        X = torch.tensor([[1.0, 2.0]], requires_grad=True)
        result = Student(WorkerBackend(session)).softmax(X)
        [grad] = torch.autograd.grad(result, [X], torch.tensor([[1.0, 0.0]]))
print(json.dumps([found.level, found.layers, found.missing, result.tolist(), grad.tolist(),
                  [run.output.raised and run.output.raised.message for run in session.runs]]))
"""

NO_LANDLOCK = "landlock_create_ruleset"
NO_SECCOMP = "seccomp,prctl"
NO_NAMESPACES = "unshare,setns,clone3"
NETWORK = "the network can be reached"
FILES = "files outside the libraries can be read"
PROCESSES, THREADS = "processes can be started", "threads can be started"


def run_python(
    *arguments: str | Path, without: str = "", before: tuple[str, ...] = ()
) -> subprocess.CompletedProcess[str]:
    command = [*before, sys.executable, "-c", WITHOUT, without, *map(str, arguments)]
    return subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ
        | {"OMP_NUM_THREADS": "1", "AUTOGRADER_TEST": "sandbox"}
        | {"AUTOGRADER_SECRET": "of the tests"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )


def sleepers() -> list[str]:
    """Processes of the sandbox that are there: what a test leaves behind."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            text = (entry / "cmdline").read_bytes() if entry.name.isdigit() else b""
            environment = (entry / "environ").read_bytes() if text else b""
        except OSError:
            continue
        if b"autograder.sandbox.worker.fork_server" in text and b"autograder-" in environment:
            found.append(entry.name)
    return found


linux = pytest.mark.skipif(sys.platform != "linux", reason="the layers are Linux's")
as_root = pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() != 0, reason="becomes another user"
)
PLAIN_USER = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
              "--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search")  # fmt: skip
"""An ordinary user, who may read an interpreter that lies in root's home: that alone."""


@linux
@pytest.mark.parametrize(
    ("without", "before", "level", "absent", "doors"),
    [
        ("", (), "strict", [], []),
        pytest.param("", PLAIN_USER, "strict", [], [], marks=as_root),
        (f"{NO_NAMESPACES},{NO_LANDLOCK}", (), "strict", ["landlock"], []),
        ("landlock_restrict_self", (), "strict", ["landlock"], []),
        (NO_SECCOMP, (), "partial", ["seccomp"], [NETWORK]),
        (f"{NO_SECCOMP},{NO_LANDLOCK}", (), "partial", ["seccomp", "landlock"], [FILES, NETWORK]),
        pytest.param("setresuid,setgroups", (), "strict", ["no root"], [], marks=as_root),
        pytest.param(f"{NO_SECCOMP},{NO_LANDLOCK}", PLAIN_USER, "process-only",
                     ["seccomp", "landlock"], [FILES, NETWORK], marks=as_root),
        pytest.param(f"{NO_SECCOMP},setresuid,setgroups", (), "partial", ["no root", "seccomp"],
                     [NETWORK, PROCESSES, THREADS], marks=as_root),
    ],
)  # fmt: skip
def test_layers_are_what_was_seen_to_work(without, before, level, absent, doors, tmp_path):
    if level == "partial" and os.geteuid() != 0 and "landlock" in absent:
        level = "process-only"
    no_files = "landlock" in absent and "seccomp" not in absent
    source = TRY.replace("NO_FILES", str(no_files))
    done = run_python("-c", source, without=without, before=before)
    assert done.returncode == 0, done.stderr
    found, layers, missing, result, grad, raised = json.loads(done.stdout)

    assert found == level
    assert not set(layers) & set(absent)
    assert [s.partition(" is not")[0] for s in missing if "is not available" in s] == absent[::-1]
    assert set(doors) <= set(missing)
    assert bool(doors) is any("can be" in sentence for sentence in missing)
    # The answers are the same with every layer and with none.
    assert torch.allclose(torch.tensor(result), torch.tensor([[0.268941, 0.731059]]))
    assert torch.allclose(torch.tensor(grad), torch.tensor([[0.196612, -0.196612]]))
    assert raised == [None, None, None]
    assert sleepers() == []


def notebook(folder: Path) -> Path:
    from nbformat.v4 import new_code_cell, new_notebook, writes

    graded = {"grade_id": "softmax", "solution": True, "grade": False, "schema_version": 3}
    cell = new_code_cell(SOFTMAX, metadata={"nbgrader": graded | {"locked": False}})
    path = folder / "softmax.ipynb"
    path.write_text(writes(new_notebook(cells=[cell])))
    return path


@linux
@pytest.mark.parametrize("jobs", [1, 2])
def test_require_refuses_where_a_door_is_open(tmp_path, jobs):
    other = tmp_path / "other"
    other.mkdir()
    paths = [notebook(tmp_path), notebook(other)]
    options = ("--again", "--sandbox", "require", "--json", "-", "--jobs", str(jobs))
    done = run_python("-m", "autograder", "grade", *paths, *options, without=NO_SECCOMP)
    assert done.returncode == 2
    why, *missing = done.stderr.splitlines()
    assert NETWORK in why
    assert [line.partition(": ")[0] for line in missing] == sorted(map(str, paths))
    report = json.loads(done.stdout)
    assert report["submissions"] == []
    assert [file["path"] for file in report["ungraded"]] == sorted(map(str, paths))


# One server for what follows


@pytest.fixture(scope="module")
def server():
    limits = Limits(seconds_per_call=1, seconds_per_cell=2, seconds_per_submission=4, restarts=2)
    with ForkServer(limits) as server:
        yield server


def call(session: Session, function: str, *args: Any) -> Any:
    [(_, answer)] = session.calls([Call(function, list(args), [], [])])
    return answer


def message(server: ForkServer, source: str) -> str:
    """What a cell raises."""
    with Session(server, [Cell(1, source)]) as session:
        [run] = session.start()
        assert run.output is not None, run.failure
        assert run.output.raised is not None
        return f"{run.output.raised.kind}: {run.output.raised.message}"


@linux
@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("bytearray(3 * 2**30)", "limit memory: 2,147,483,648"),
        ("import torch; torch.zeros(2**30)", "limit memory: 2,147,483,648"),
        ("import os; os.fork()", "limit processes: 0"),
        ("import threading; threading.Thread(target=int).start()", "limit threads: 0"),
        ("open('/etc/passwd')", "without files"),
        ("open('mine.txt', 'w')", "without files"),
        ("import socket; socket.socket()", "network"),
    ],
)
def test_a_refusal_names_what_is_missing(server, source, sentence):
    assert sentence in message(server, source)


@linux
@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("with open('mine.txt', 'w') as f: f.write('x')", "limit file_bytes: 0"),
        ("import os\nwhile True: os.dup(0)", "limit open_files: 64"),
    ],
)
def test_limits_hold_without_isolation(source, sentence):
    with ForkServer(Limits(), isolate=False) as server:
        assert server.isolation.level == "process-only"
        assert server.isolation.missing[0] == SWITCHED_OFF
        assert PROCESSES in server.isolation.missing
        assert sentence in message(server, source)


def test_a_slow_call_names_its_limit(server):
    source = "def f():\n    while True: pass"
    with (
        Session(server, [Cell(1, source)]) as session,
        pytest.raises(TimedOut, match="limit seconds_per_call: 1"),
    ):
        call(session, "f")


def test_a_slow_submission_names_its_limit(server):
    cells = [Cell(n, "import time; time.sleep(1.5)") for n in range(3)]
    with (
        Session(server, cells) as session,
        pytest.raises(TimedOut, match="limit seconds_per_submission: 4"),
    ):
        session.start()


def test_slow_cells_name_their_limit_and_leave_the_first_ones():
    limits = Limits(seconds_per_cell=2, seconds_for_cells=3)
    slow = [Cell(n, "import time; time.sleep(1.3)") for n in range(2, 6)]
    with (
        ForkServer(limits) as server,
        Session(server, [Cell(1, "def f(): return 1"), *slow]) as session,
    ):
        assert call(session, "f").value == 1
        failures = [str(run.failure or "") for run in session.runs]
    assert failures[:3] == ["", "", ""]
    assert failures[3].endswith("(limit seconds_for_cells: 3)")
    assert failures[4] == "the cells above it took too long (limit seconds_for_cells: 3)"


def test_a_submission_that_ends_its_workers_names_the_limit(server):
    with Session(server, [Cell(1, "import os\ndef f(): os._exit(1)")]) as session:
        for expected in (*["exit code 1"] * 3, "limit restarts: 2"):
            with pytest.raises(Crashed, match=expected):
                call(session, "f")


def test_a_killed_fork_server_is_replaced(server):
    assert server._server is not None
    server._server.send_signal(signal.SIGKILL)
    server._server.wait()
    with Session(server, [Cell(1, "def f(): return 1")]) as session:
        assert call(session, "f").value == 1


EXHAUSTED = """
import json, resource
from autograder.sandbox.spawning import ForkServer, SandboxError
said = []
with ForkServer() as server:
    _ = server.isolation
    process = server._server.pid
    for who, limit, most in [(process, resource.RLIMIT_NPROC, 0),
                             (process, resource.RLIMIT_NOFILE, 3),
                             (0, resource.RLIMIT_NOFILE, 3)]:
        before = resource.prlimit(who, limit)
        resource.prlimit(who, limit, (most, before[1]))
        try:
            server.spawn()
        except SandboxError as error:
            said.append(str(error))
        finally:
            resource.prlimit(who, limit, before)
        assert server.spawn().end() is not None
    assert server._server.pid == process
print(json.dumps(said))
"""
"""Takes tasks from the fork server, then descriptors, then descriptors from the grader."""


@linux
def test_a_worker_that_cannot_be_started_is_said_and_the_next_one_can():
    before = PLAIN_USER if os.geteuid() == 0 else ()  # root has as many tasks as it wants
    done = run_python("-c", EXHAUSTED, before=before)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert [s.partition(": ")[0] for s in said] == ["no worker could be started"] * 3
    assert [s.partition(": ")[2] for s in said] == [
        "Resource temporarily unavailable",
        "Too many open files",
        "Too many open files",
    ]
    assert sleepers() == []


@linux
def test_a_second_fork_server_has_to_isolate_as_the_first_did():
    with ForkServer() as server:
        if server.isolation.level == "process-only":
            pytest.skip("there is nothing to lose")
        server._settings = Settings(server.limits, isolate=False)
        assert server._server is not None
        server._server.kill()
        with pytest.raises(SandboxError, match="isolates less than the first one"):
            server.spawn()


THREAD_LEFT = """
import os, threading, time
sealed, found = [], []
def wait():
    while not sealed:
        time.sleep(0.01)
    try:
        open(os.devnull).close()
        found.append("opened")
    except OSError as error:
        found.append(type(error).__name__)
open(os.devnull).close()
threading.Thread(target=wait, daemon=True).start()
def f():
    sealed.append(True)
    while not found:
        time.sleep(0.01)
    return found[0] == "PermissionError"
"""


@linux
def test_a_thread_that_is_allowed_loses_the_right_to_open_files_as_well():
    with (
        ForkServer(Limits(threads=2)) as server,
        Session(server, [Cell(1, THREAD_LEFT)]) as session,
    ):
        assert server.isolation.level == "strict", server.isolation.missing
        assert call(session, "f").value is True
        [run] = session.runs
        assert run.output is not None and run.output.raised is None


@linux
def test_processes_that_are_allowed_are_a_door():
    source = "import os\nif os.fork() == 0: os._exit(3)\nassert os.wait()[1] == 3 << 8"
    with ForkServer(Limits(processes=1)) as server, Session(server, [Cell(1, source)]) as session:
        assert PROCESSES in server.isolation.missing
        [run] = session.start()
        assert run.output is not None and run.output.raised is None


@linux
def test_what_honest_notebooks_do_with_threads_costs_nothing(server):
    cells = [
        "import torch, sys\ntorch.set_num_threads(4)\ntorch.set_num_interop_threads(2)",
        "torch.nn.Conv2d(3, 8, 3)(torch.ones(50, 3, 16, 16, requires_grad=True)).sum().backward()",
        "from torch.utils.data import DataLoader\nlist(DataLoader(torch.ones(9, 2), batch_size=2))",
        "%load_ext autoreload\n%autoreload 2",
        "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()",
        "try:\n    from tqdm import tqdm\nexcept ImportError:\n    pass\nelse:\n    list(tqdm([1]))",
    ]
    with Session(server, [Cell(*cell) for cell in enumerate(cells)], show=True) as session:
        runs = session.start()
        assert [run.output and run.output.raised for run in runs] == [None] * len(cells)
        assert not any(word in run.output.text for run in runs for word in ("Failed", "Warning"))
        assert session.watched() == []


def test_workers_share_nothing(server):
    with Session(server, [Cell(1, "import math\nmath.pi = 3\nleft = 1")]) as first:
        first.start()
        with Session(server, [Cell(1, "import math\ndef f(): return math.pi")]) as second:
            assert call(second, "f").value > 3.1


@pytest.mark.parametrize(
    "draw",
    [
        "plt.title(r'$\\frac$')",
        "plt.figure(figsize=(10_000, 10_000))",
        "matplotlib.figure.Figure.savefig = None",
    ],
)
def test_a_picture_that_cannot_be_drawn_is_an_error_of_its_cell(server, draw):
    first = f"import matplotlib.pyplot as plt, matplotlib\nx = 1\nplt.plot([1])\n{draw}"
    with Session(server, [Cell(1, first), Cell(2, "print(x)")], show=True) as session:
        runs = session.start()
    assert [run.failure for run in runs] == [None, None]
    assert runs[0].output.raised is not None
    assert (runs[1].output.text, runs[1].output.raised) == ("1\n", None)


def test_limits_are_chosen_by_name():
    chosen = with_limits(Limits(), ["seconds_per_call=2.5", "memory=1000"])
    assert (chosen.seconds_per_call, chosen.memory) == (2.5, 1000)
    for wrong in ("speed=1", "memory=lots", "memory=-1", "seconds_per_call=nan", "memory"):
        with pytest.raises(ValueError, match=r"limit|number|range"):
            with_limits(Limits(), [wrong])


# Systems without the fork server


@pytest.fixture
def no_fork(monkeypatch):
    """macOS and Windows: no test machine has them, so the path that they take is forced here."""
    monkeypatch.setattr(processes, "FORKS", False)


def test_without_fork_answers_are_the_same_and_the_level_is_stated(no_fork):
    limits = Limits(seconds_per_call=2)
    cells = [Cell(1, SOFTMAX), Cell(2, "def hang():\n    while True: pass")]
    cells.append(Cell(3, "import os\ndef leave(): os._exit(5)"))
    from autograder.grading.backends import WorkerBackend

    with ForkServer(limits) as server, Session(server, cells) as session:
        assert server.isolation.level == "process-only"
        assert "every right" in server.isolation.missing[0]
        X = torch.tensor([[1.0, 2.0]], requires_grad=True)
        result = Student(WorkerBackend(session)).softmax(X)
        [grad] = torch.autograd.grad(result, [X], torch.tensor([[1.0, 0.0]]))
        assert torch.allclose(result, torch.tensor([[0.268941, 0.731059]]))
        assert torch.allclose(grad, torch.tensor([[0.196612, -0.196612]]))
        with pytest.raises(TimedOut, match="limit seconds_per_call: 2"):
            call(session, "hang")
        with pytest.raises(Crashed, match="exit code 5"):
            call(session, "leave")


def test_without_fork_whoever_else_connects_is_turned_away() -> None:
    token = bytes(range(32))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        strangers = [socket.create_connection(listener.getsockname()) for _ in range(3)]
        strangers[0].sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        strangers[1].sendall(token[:31])
        for stranger in strangers[1:]:
            stranger.shutdown(socket.SHUT_WR)
        worker = socket.create_connection(listener.getsockname())
        worker.sendall(token)
        with processes.accept_from(listener, token, 60) as connection:
            assert connection.getpeername() == worker.getsockname()
        with pytest.raises(OSError, match="timed out"):
            processes.accept_from(listener, token, 0.01)
    for one in (*strangers, worker):
        one.close()


def test_without_fork_require_refuses(no_fork, tmp_path, capsys):
    from autograder.cli import main

    assert main(["grade", str(notebook(tmp_path)), "--sandbox", "require", "--json", "-"]) == 2
    assert "every right" in capsys.readouterr().err
