"""Hostile code in a submission, against the real worker: it earns nothing, is named, harms nobody.

One class is graded by the real command: every attacker beside honest neighbours. An attacker's answer
is wrong, so whatever it earns it did not compute.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[1]
HONEST = """def softmax(X):
    exps = (X - X.amax(1, keepdim=True)).exp()
    return exps / exps.sum(1, keepdim=True)"""
WRONG = "def softmax(X):\n    return X * 1.0"
USED = ("imports_softmax", "softmax", "check_softmax")
LIMITS = "seconds_per_call=2 seconds_per_cell=4 seconds_per_submission=10 restarts=3".split()

WORKER = """
import gc
from autograder.sandbox.wire import frames as framing
from autograder.sandbox.wire import values as packing
from autograder.sandbox.wire import messages as wire
worker = next(o for o in gc.get_objects() if type(o).__name__ == "Worker")
connection = worker._connection
"""


@dataclass
class Attack:
    """Cells before the answer, the answer, and what must be said about it somewhere."""

    before: str
    answer: str = WRONG
    named: str = "differ"


def body(*lines: str) -> str:
    return "def softmax(X):\n" + "".join(
        f"    {line}\n" for text in lines for line in text.split("\n")
    )


def swallowed(code: str) -> str:
    """Code that hides that it failed."""
    inside = "".join(f"    {line}\n" for line in code.strip().split("\n"))
    return f"try:\n{inside}except BaseException:\n    pass"


def forged(frame: str) -> str:
    """An answer that sends a frame of its own first."""
    return body(WORKER.strip(), frame, "return X * 1.0")


NUMBER = """
import sys
frame = sys._getframe()
while "number" not in frame.f_locals:
    frame = frame.f_back
number = frame.f_locals["number"]
"""


def instead(answer: str) -> str:
    """An answer that is forged, with the right number."""
    return forged(
        f"{NUMBER.strip()}\nP = packing.Packed\nrows = list(X.shape)\n"
        f"framing.send_frame(connection, wire.encode(wire.Reply(number, {answer})))"
    )


def replaced(more: str) -> str:
    """The right answers, with more tensors than they need."""
    return (
        "import msgspec, torch\nright = worker._executor.answer\ndef answer(*args, **kwargs):\n"
        "    got = right(*args, **kwargs)\n"
        f"    return msgspec.structs.replace(got, tensors=got.tensors + {more})\n"
        "worker._executor.answer = answer"
    )


# What each attack tries is its name. FOLDER is a folder that anybody may read and write.
ATTACKS = {
    # Lying about the answer
    "object equal to everything": Attack(
        "class Same:\n    __eq__ = __lt__ = __le__ = __gt__ = lambda *_: True\n"
        "    __getattr__ = lambda self, name: Same()\n    __call__ = lambda *_, **__: Same()\n"
        "    __len__ = __int__ = lambda self: 1\n    __float__ = lambda self: 0.0",
        body("return Same()"),
        "Same",
    ),
    "lying subclass of Tensor": Attack(
        "class Lie(torch.Tensor):\n    @classmethod\n"
        "    def __torch_function__(cls, f, types, args=(), kwargs=None):\n"
        "        return torch.ones(()) == 1\n    shape = property(lambda self: 1 / 0)",
        body("return (X * 1.0).as_subclass(Lie)"),
        "softmax|grad",
    ),
    "subclass that exits": Attack(
        "import sys\nclass Exit(torch.Tensor):\n    dtype = property(lambda self: sys.exit(0))",
        body("return (X * 1.0).as_subclass(Exit)"),
        "SystemExit",
    ),
    "patched comparisons": Attack(
        "import builtins, torch.testing\ntorch.allclose = torch.equal = lambda *a, **k: True\n"
        "torch.testing.assert_close = lambda *a, **k: None\nbuiltins.isinstance = lambda *a: True",
        named="differ|did not finish|something else|ended",
    ),
    "patched builtins": Attack(
        "import builtins\nfor name in ('len', 'abs', 'all', 'any', 'sum', 'min', 'max', 'type'):\n"
        "    setattr(builtins, name, lambda *a, **k: 1)",
        named="differ|malformed|ended",
    ),
    "patched randn": Attack("torch.randn = torch.rand = lambda *a, **k: torch.zeros(1)"),
    "the reference replaced": Attack("torch.softmax = torch.nn.functional.softmax = lambda X, *a, **k: X"),
    "patched autograd": Attack(
        "torch.autograd.grad = lambda *a, **k: (torch.zeros(1),)\ntorch.Tensor.backward = lambda *a: None"
    ),
    "patched dispatcher": Attack(
        "lib = torch.library.Library('aten', 'IMPL')\n"
        "lib.impl('eq.Tensor', lambda a, b: torch.ones_like(a, dtype=torch.bool), 'CPU')\n"
        "lib.impl('isclose', lambda *a, **k: torch.ones(1, dtype=torch.bool), 'CompositeImplicitAutograd')"
    ),
    "input changed before the reference": Attack(
        "", body("with torch.no_grad():\n    X.zero_()", "return torch.full_like(X, 1 / X.shape[1]) + X * 0"),
        "changed|differ",
    ),
    "the input as the answer": Attack("", body("return X")),
    "NaN": Attack("", body("return X * float('nan')"), "nan"),
    "infinity": Attack("", body("return X + float('inf')"), "inf"),
    # IPython
    "IPython transformers and hooks": Attack(
        "ip = get_ipython()\nip.input_transformers_cleanup.append(lambda lines: ['softmax = None\\n'])\n"
        "ip.events.register('pre_run_cell', lambda *a: 1 / 0)\n"
        "ip.events.register('post_run_cell', lambda *a: 1 / 0)",
        named="not define",
    ),
    "IPython AST transformer": Attack(
        "import ast\nclass T(ast.NodeTransformer):\n    def visit(self, node): raise SystemExit\n"
        "get_ipython().ast_transformers.append(T())",
        named="not define|ended",
    ),
    "run_cell and run_code replaced": Attack(
        "ip = get_ipython()\nip.run_code = ip.run_cell = lambda *a, **k: None", named="ended|malformed|not define"
    ),
    "a forged score by displayhook": Attack("import sys\nsys.displayhook(10.0)\nprint(10.0)\n10.0"),
    "output that looks like a report": Attack("print('{\"score\": 10}', file=__import__('sys').__stdout__)"),
    # Searching
    "frames and gc searched": Attack(
        "import gc, sys\ndef found():\n    for o in gc.get_objects():\n"
        "        if callable(o) and getattr(o, '__name__', '') == 'softmax' and o is not softmax:\n"
        "            if getattr(o, '__module__', '') == 'reference': return o",
        body("return found()(X) if found() else X * 1.0"),
    ),
    "the solution read": Attack(
        swallowed("import json\nsource = open('SOLUTION').read()\nprint(source)\n"
                  "for cell in json.loads(source)['cells']:\n    if 'softmax' in ''.join(cell['source']):\n"
                  "        exec(''.join(cell['source']))"),
        named="tried to open '.*softmax.ipynb'",
    ),
    "the gradebook edited": Attack(
        swallowed("import sqlite3\nsqlite3.connect('FOLDER/gradebook.db').execute('drop table x')"),
    ),
    "the gradebook overwritten": Attack(
        swallowed("open('FOLDER/gradebook.db', 'w').write('300 of 7')"), named="tried to open '.*gradebook.db'"
    ),
    "the checks imported": Attack(
        swallowed("import autograder.exercises.softmax.misconceptions as m"), named="differ"
    ),
    "another student read and overwritten": Attack(
        swallowed("open('FOLDER/other.ipynb').read()") + "\n"
        + swallowed("open('FOLDER/other.ipynb', 'a').write('x')"),
        named="tried to open '.*other.ipynb'",
    ),
    "/proc searched": Attack(
        swallowed("import os\nfor pid in os.listdir('/proc'):\n    open(f'/proc/{pid}/environ').read()"),
        named="tried to open '/proc",
    ),
    # Writing
    "files written everywhere": Attack(
        "import os, pathlib\nfor place in ('.', '/tmp', '/var/tmp', '/dev/shm', 'FOLDER', os.path.expanduser('~')):\n"
        "    try:\n        pathlib.Path(place, 'owned').write_text('x')\n    except OSError:\n        pass",
        named="tried to open",
    ),
    "a module planted for the next student": Attack(
        "import os, sys\nfor place in [*sys.path, os.getcwd() if os.access('.', 4) else '/tmp']:\n"
        "    try:\n        open(os.path.join(place, 'owned.py'), 'w').write('x')\n    except OSError:\n        pass",
        named="differ",
    ),
    "IPython start-up file": Attack(
        swallowed("import IPython.paths\np = IPython.paths.get_ipython_dir() + '/profile_default/startup/owned.py'\n"
                  "open(p, 'w').write('raise SystemExit')"),
        named="tried to",
    ),
    "a folder removed": Attack(swallowed("import shutil\nshutil.rmtree('FOLDER')"), named="tried to .*FOLDER"),
    "a file removed": Attack(swallowed("import os\nos.remove('FOLDER/gradebook.db')"), named="tried to change"),
    # Processes and signals
    "exit in a cell": Attack("import os\nos._exit(0)", named="cell 2 did not finish.*exit code 0"),
    "exit in the function": Attack("", body("import os", "os._exit(7)"), "exit code 7"),
    "sys.exit in the function": Attack("", body("raise SystemExit(0)"), "SystemExit"),
    "segmentation fault": Attack("", body("import ctypes", "ctypes.string_at(0)"), "SIGSEGV"),
    "abort by faulthandler": Attack("", body("import os", "os.abort()"), "SIGABRT|SIGSEGV"),
    "parent killed": Attack(
        swallowed("import os\nos.kill(os.getppid(), 9)"), named="tried to signal"
    ),
    "every process killed": Attack(
        "import os\nfor pid in (-1, 0, 1, *range(2, 40000)):\n    try:\n        os.kill(pid, 9)\n"
        "    except OSError:\n        pass",
        named="tried to signal",
    ),
    "fork bomb": Attack("import os\nwhile True:\n    os.fork()", named="limit processes: 0"),
    "fork bomb that goes on": Attack(
        "import os, time\nend = time.monotonic() + 1\nwhile time.monotonic() < end:\n"
        "    try:\n        os.fork()\n    except OSError:\n        pass",
        named="tried to start a process",
    ),
    "%%bash": Attack("%%bash\ntouch FOLDER/owned\necho done", named="tried to run|PermissionError"),
    "!command": Attack("!touch FOLDER/owned", named="tried to|raised"),
    "subprocess": Attack(
        swallowed("import subprocess\nsubprocess.run(['touch', 'FOLDER/owned'])"), named="tried to run 'touch'"
    ),
    "os.system": Attack(swallowed("import os\nos.system('touch FOLDER/owned')"), named="tried to run"),
    "exec": Attack(swallowed("import os\nos.execv('/bin/sh', ['sh', '-c', 'sleep 100'])"), named="tried to run"),
    "multiprocessing": Attack(
        "import multiprocessing\nmultiprocessing.get_context('fork').Process(target=print).start()",
        named="tried to|differ|should be",
    ),
    "ptrace": Attack(
        swallowed("import ctypes, os\nlibc = ctypes.CDLL(None)\nlibc.ptrace(16, os.getppid(), 0, 0)"),
        named="tried to call the C library",
    ),
    "limits raised": Attack(
        swallowed("import resource\nfor r in range(16):\n    resource.setrlimit(r, (-1, -1))"),
        body("return torch.zeros(2**34)"),
        "limit memory",
    ),
    "threads left behind": Attack(
        "import threading, time\ndef spin():\n    while True: time.sleep(0.01)\n"
        "for _ in range(50):\n    threading.Thread(target=spin, daemon=False).start()",
        named="limit threads: 0",
    ),
    "threads until there is no room for more": Attack(
        "import threading, time\nthreading.stack_size(32768)\nfor _ in range(10**5):\n    try:\n"
        "        threading.Thread(target=time.sleep, args=(100,)).start()\n"
        "    except RuntimeError:\n        pass",
    ),
    "threads by the C library": Attack(
        "import ctypes\nlibc = ctypes.CDLL(None)\ncode = libc.pthread_create(ctypes.byref(ctypes.c_ulong()), "
        "None, ctypes.cast(libc.getpid, ctypes.c_void_p), None)",
        body("assert code == 0, f'no thread: {code}'", "return X * 1.0"),
        "no thread: 11",
    ),
    "sockets": Attack(
        swallowed("import socket\ns = socket.socket()\ns.connect(('127.0.0.1', 22))"), named="tried to open a socket"
    ),
    "local sockets": Attack(
        swallowed("import socket\ns = socket.socket(socket.AF_UNIX)\ns.connect('/run/docker.sock')")
    ),
    # Time
    "endless loop in a cell": Attack("while True: pass", named="limit seconds_per_cell: 4"),
    "endless loop that ignores signals": Attack(
        "import signal\nfor s in range(1, 65):\n    try:\n        signal.signal(s, signal.SIG_IGN)\n"
        "    except (OSError, ValueError):\n        pass\nsignal.alarm(0)",
        body("while True:", "    pass"),
        "limit seconds_per_call: 2",
    ),
    "endless loop in backward": Attack(
        "class F(torch.autograd.Function):\n    @staticmethod\n    def forward(ctx, X): return X * 1.0\n"
        "    @staticmethod\n    def backward(ctx, g):\n        while True: pass",
        body("return F.apply(X)"),
    ),
    "sleep": Attack("", body("import time", "time.sleep(1e6)"), "limit seconds_per_call"),
    "waits for input": Attack("name = input('password: ')", named="differ"),
    "endless loop at exit": Attack(
        "import atexit\nclass Late:\n    def __del__(self):\n        while True: pass\n"
        "late = Late()\natexit.register(late.__del__)"
    ),
    "tracing and profiling": Attack(
        "import sys, threading\ndef spy(frame, event, arg):\n    frame.f_locals.clear()\n    return spy\n"
        "sys.settrace(spy); sys.setprofile(spy); threading.settrace(spy)",
        named="differ|ended|malformed|raised",
    ),
    # Size
    "200 MB printed": Attack("print('x' * 200_000_000)", named="199,980,001 more characters.*limit output: 20,000"),
    "12 GiB allocated": Attack("", body("torch.ones(12 * 2**28)", "return X"), "limit memory: 2,147,483,648"),
    "12 GiB in Python": Attack("data = bytearray(12 * 2**30)", named="limit memory: 2,147,483,648"),
    "files opened": Attack(
        "", body("import os", "while True:", "    os.dup(0)"), "limit open_files|without files"
    ),
    "endless recursion": Attack("", body("return softmax(X)"), "RecursionError"),
    "integer of a million digits": Attack("", body("return 10 ** 10**6"), "beyond 64 bits|int"),
    "a million small objects": Attack("", body("return [None] * 10**6"), "more than 10,000 parts"),
    "nested lists": Attack(
        "deep = []\nfor _ in range(10**5):\n    deep = [deep]", body("return deep"), "cannot be graded"
    ),
    "list that holds itself": Attack("loop = []\nloop.append(loop)", body("return loop"), "cannot be graded"),
    "a view of 1e12 elements": Attack("", body("return torch.zeros(1).expand(10**6, 10**6)"), "elements"),
    "a large result": Attack("", body("return torch.zeros(2**22)"), "elements"),
    # Kinds of results
    "complex": Attack("", body("return X.to(torch.complex64)"), "complex"),
    "sparse": Attack("", body("return X.to_sparse()"), "sparse"),
    "quantized": Attack("", body("return torch.quantize_per_tensor(X.detach().float(), 1.0, 0, torch.qint8)"), "q"),
    "meta": Attack("", body("return X.to('meta')"), "meta"),
    "nested tensor": Attack("", body("return torch.nested.nested_tensor([X.detach()])"), "nested"),
    "lone surrogates": Attack("print('\\ud800')", body("raise ValueError('\\ud800 \\x00')"), "ValueError"),
    "NUL bytes": Attack("print('\\0' * 100)", body("return 'a\\0b'"), "tensor"),
    "exception without text": Attack(
        "class Mute(Exception):\n    def __str__(self): raise self", body("raise Mute"), "Mute"
    ),
    "string as answer": Attack("", body("return 'passed'"), "tensor"),
    # The wire
    "answers sent ahead": Attack(
        "", forged("for n in range(10**4):\n    framing.send_frame(connection, wire.encode(wire.Reply(n, "
                   "wire.Answer(True, [], None, True))))"),
        "not asked for|in time|finish",
    ),
    "answer repeated": Attack(
        "",
        body(WORKER.strip(), "global sent", "n = globals().get('n', 10**6)",
             "for _ in range(2):\n    framing.send_frame(connection, wire.encode(wire.Reply(n, "
             "wire.Answer(packing.Ref(0), [None], None, True))))", "return X * 1.0"),
        "not asked for",
    ),
    "answers sent by a thread": Attack(
        WORKER + "import threading\ndef send():\n    while True:\n        framing.send_frame(connection, "
        "wire.encode(wire.Reply(2, wire.Answer(packing.Ref(0), [None], None, True))))\n"
        "threading.Thread(target=send, daemon=True).start()",
        named="limit threads: 0",
    ),
    "closed connection": Attack("", forged("connection.close()"), "ended|killed"),
    "1 GB announced": Attack("", forged("connection.sendall(b'\\x40\\0\\0\\0')"), "1,073,741,824 bytes"),
    "pickle bytes": Attack(
        "", forged("import pickle\nframing.send_frame(connection, pickle.dumps(print))"), "malformed"
    ),
    "random bytes": Attack("", forged("connection.sendall(bytes(range(256)) * 100)"), "malformed|bytes"),
    "one byte at a time": Attack(
        "", forged("import time\nconnection.sendall(b'\\0\\0\\xff\\xff')\nwhile True:\n"
                   "    connection.sendall(b'x')\n    time.sleep(0.2)"),
        "limit seconds_per_call",
    ),
    "cells' answers forged": Attack(
        WORKER + "framing.send_frame(connection, wire.encode(wire.Reply(2, wire.CellOutput('', 0, None, [], None))))",
        named="not asked for|something else|differ",
    ),
    "worker's own code replaced": Attack(
        WORKER + "packing.pack = packing.unpack = None\nworker._executor.answer = lambda *a, **k: "
        "wire.Answer(True, [], None, True)",
        named="tensor|ended",
    ),
    "a tensor that was not sent": Attack(
        "", instead("wire.Answer(packing.Ref(999), [None], None, True)"), "not sent"
    ),
    "fewer tensors than given": Attack(
        "", instead("wire.Answer(packing.Ref(0), [], [packing.Ref(0)], True)"), "not sent"
    ),
    "bytes that do not fit": Attack(
        "", instead("wire.Answer(packing.Ref(1), [None, P('float64', rows, b'')], None, True)"), "bytes for a tensor"
    ),
    "gradients of another kind": Attack(
        "", instead("wire.Answer(packing.Ref(1), [None, packing.pack(X.detach() * 1.0)], None, True, None, "
                    "[P('int8', [1], b'x', None)] * 3)"),
        "differ|should be",
    ),
    "arguments that become others": Attack(
        "", instead("wire.Answer(packing.Ref(1), [P('int8', [1], b'x'), packing.pack(X.detach() * 1.0)], "
                    "[packing.Sequence([packing.Ref(0)] * 3)] * 3, False)"),
        "differ|should be|int8",
    ),
    "answers that fill the grader's memory": Attack(
        WORKER + replaced("[packing.pack(torch.zeros(2**20))]"), HONEST, "too many or too large"
    ),
    "answers of a thousand tensors": Attack(
        WORKER + replaced("[packing.pack(torch.zeros(1))] * 990"), HONEST, "too many or too large"
    ),
    "markup as the name of an operator": Attack(
        "", instead("wire.Answer(None, [None], None, True, None, None, None, None, 0, '<b>')"), "malformed"
    ),
    # What the worker itself stands on
    "class of exception without a name": Attack(
        "import sys\nclass Nameless(type):\n    __name__ = property(lambda cls: sys.exit(0))\n"
        "class E(Exception, metaclass=Nameless): pass",
        body("raise E"),
        "raised Exception",
    ),
    "syntax error made by hand": Attack(
        "error = SyntaxError('x')\nerror.lineno, error.text = 1, 5\nraise error", body("raise error"), "raised Exception"
    ),
    "function mode left on": Attack(
        "from torch.overrides import TorchFunctionMode\nclass M(TorchFunctionMode):\n"
        "    def __torch_function__(self, *a, **k): raise SystemExit(5)\nM().__enter__()",
        named="no call works after",
    ),
    "random generator removed": Attack("torch.default_generator = None", named="no call works after"),
    "post_run_cell that exits": Attack(
        "import sys\nget_ipython().events.register('post_run_cell', sys.exit)", named="differ"
    ),
    # Source that is hard to look at
    "a sum of 30,000 terms": Attack("x = " + "+".join("1" * 30_000)),
    "30,000 nots": Attack("x = " + "not " * 20_000 + "1", named="differ|should be"),
    "a chain of 30,000 attributes": Attack("x = X" + ".T" * 30_000),
    "90 brackets": Attack("x = " + "(" * 90 + "1" + ")" * 90),
    "60 nested comprehensions": Attack("x = " + "[" * 60 + "1" + " for a in [1]]" * 60),
    # Forbidden built-ins under another name
    "alias": Attack("f = torch.softmax", body("return f(X, 1)"), "softmax"),
    "getattr": Attack("", body("return getattr(torch, 'soft' + 'max')(X, 1)"), "softmax"),
    "torch.ops": Attack("", body("return torch.ops.aten._softmax(X, 1, False)"), "softmax"),
    "module": Attack("", body("return torch.nn.Softmax(1)(X)"), "Softmax"),
    "another thread": Attack(
        "", body("from concurrent.futures import ThreadPoolExecutor",
                 "return ThreadPoolExecutor().submit(getattr(torch, 'soft' + 'max'), X, 1).result()"),
        "limit threads: 0",
    ),
    "dispatch modes disabled": Attack(
        "from torch.utils._python_dispatch import _disable_current_modes",
        body("with _disable_current_modes():", "    return getattr(torch, 'soft' + 'max')(X, 1)"),
        "softmax",
    ),
    "caught": Attack(
        "", body("try:", "    getattr(torch, 'soft' + 'max')(X, 1)", "except Exception:", "    pass", "return X"),
        "softmax",
    ),
}  # fmt: skip

PLANTED = {
    "torch.py": "open('FOLDER/owned', 'w').write('x')",
    "numpy.py": "raise SystemExit",
    "sitecustomize.py": "open('FOLDER/owned', 'w').write('x')",
    "ipykernel_launcher.py": "raise SystemExit",
    "conftest.py": "raise SystemExit",
    "pytest.ini": "[pytest]\naddopts = --collect-only",
}
"""Files that an honest student's folder holds beside the notebook: none is used."""


def write_notebook(path: Path, before: str, answer: str) -> None:
    """The released notebook's graded cells with an answer, and a cell before it."""
    released = nbformat.read(ROOT / "assignments/softmax_regression/softmax.ipynb", as_version=4)
    cells = [cell for cell in released.cells if "grade_id" in cell.metadata.get("nbgrader", {})]
    cells = [cell for cell in cells if cell.metadata.nbgrader.grade_id in USED]
    [place] = [n for n, cell in enumerate(cells) if cell.metadata.nbgrader.grade_id == "softmax"]
    cells[place].source = answer
    if before:
        cells.insert(place, new_code_cell(before))
    path.parent.mkdir(parents=True)
    nbformat.write(new_notebook(cells=cells), path)


def state(folder: Path) -> dict[str, str]:
    """Every file of a folder with its content; but for the caches of the grader's own libraries."""
    return {
        str(path.relative_to(folder)): path.read_text()
        for path in folder.rglob("*")
        if path.is_file() and ".cache" not in path.parts
    }


def status_of_checkout() -> str:
    command = ["git", "status", "--porcelain", "--ignored=no"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout


@dataclass
class Run:
    """What became of the class."""

    submissions: dict[str, dict[str, Any]]
    stderr: str
    code: int
    seconds: float
    sandbox: dict[str, Any]
    before: tuple[dict[str, str], str]
    after: tuple[dict[str, str], str]
    owned: list[Path]


def name_of(attack: str) -> str:
    return re.sub(r"\W+", "-", attack)


@pytest.fixture(scope="module")
def run():
    """Grade the class once, in two processes."""
    base = Path(tempfile.mkdtemp(prefix="attacks-"))
    open_to_all, students = base / "open", base / "class"
    open_to_all.mkdir()
    (open_to_all / "gradebook.db").write_text("7 of 7")
    (open_to_all / "other.ipynb").write_text("{}")
    for path in (base, open_to_all, *open_to_all.iterdir()):
        path.chmod(0o777)
    solution = str(ROOT / "solutions/softmax_regression/softmax.ipynb")
    for name, attack in ATTACKS.items():
        sources = [
            text.replace("FOLDER", str(open_to_all)).replace("SOLUTION", solution)
            for text in (attack.before, attack.answer)
        ]
        write_notebook(students / name_of(name) / "softmax_regression/softmax.ipynb", *sources)
    for name in ("AAA", "MMM", "zzz"):
        path = students / f"{name}-honest/softmax_regression/softmax.ipynb"
        write_notebook(path, "", HONEST)
        for file, text in PLANTED.items():
            (path.parent / file).write_text(text.replace("FOLDER", str(open_to_all)))
    startup = base / "home/.ipython/profile_default/startup"
    startup.mkdir(parents=True)
    (startup / "00.py").write_text("raise SystemExit")

    before = state(base), status_of_checkout()
    started = time.monotonic()
    options = [word for limit in LIMITS for word in ("--limit", limit)]
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "autograder",
            "grade",
            students,
            "--again",
            "--json",
            "-",
            "--jobs",
            "2",
            *options,
        ],
        cwd=ROOT,
        env=os.environ | {"HOME": str(base / "home"), "AUTOGRADER_SECRET": "of the tests"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=500,
    )
    seconds = time.monotonic() - started
    places = [Path(place) for place in ("/", "/tmp", "/var/tmp", "/dev/shm", Path.home(), ROOT)]
    owned = [place / name for place in places for name in ("owned", "owned.py")]
    report = json.loads(done.stdout)
    yield Run(
        {submission["student"]: submission for submission in report["submissions"]},
        done.stderr,
        done.returncode,
        seconds,
        report["sandbox"],
        before,
        (state(base), status_of_checkout()),
        [path for path in owned if path.exists()],
    )
    shutil.rmtree(base)


def said_about(submission: dict[str, Any]) -> str:
    """All that the report says about a submission."""
    lines = list(submission["problems"])
    for exercise in submission["exercises"]:
        lines += [check["message"] for check in exercise["checks"]]
    return "\n".join(lines)


@pytest.mark.parametrize("attack", ATTACKS)
def test_attack_earns_nothing_and_is_named(run, attack):
    submission = run.submissions[name_of(attack)]
    said = said_about(submission)
    assert submission["score"] == 0, said
    assert re.search(ATTACKS[attack].named.replace("FOLDER", "/"), said), said


@pytest.mark.parametrize("student", ["AAA", "MMM", "zzz"])
def test_honest_neighbour_keeps_full_marks(run, student):
    submission = run.submissions[f"{student}-honest"]
    assert submission["score"] == submission["max_score"] == 10, said_about(submission)
    assert submission["problems"] == []


def test_everybody_is_graded(run):
    assert (run.code, run.stderr) == (0, "")
    assert len(run.submissions) == len(ATTACKS) + 3


def test_nothing_was_written_or_removed(run):
    assert run.after == run.before
    assert run.owned == []


def test_the_level_is_stated(run):
    open_doors = any("can be" in sentence for sentence in run.sandbox["missing"])
    assert (run.sandbox["level"] == "strict") is not open_doors
