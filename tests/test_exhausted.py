"""A machine that runs out of tasks, descriptors, memory or disk: no result is lost, and all are named.

The class is graded by the command as a plain user with few tasks and descriptors, little memory, and
files of four megabytes at most. An attacker takes all there is of one kind; neighbours are honest.
"""

import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.test_attacks import HONEST, ROOT, WRONG, write_notebook
from tests.test_sandbox import PLAIN_USER

pytestmark = pytest.mark.slow

linux = pytest.mark.skipif(sys.platform != "linux", reason="the layers are Linux's")
HOSTILE = {
    "threads": """
import threading, time
threading.stack_size(32768)
for _ in range(10**5):
    try:
        threading.Thread(target=time.sleep, args=(100,)).start()
    except RuntimeError:
        pass""",
    "processes": """
import os, time
end = time.monotonic() + 2
while time.monotonic() < end:
    try:
        os.fork()
    except OSError:
        pass""",
    "descriptors": """
import os
try:
    while True: os.dup(0)
except OSError:
    pass""",
    "memory": """
kept = []
try:
    while True: kept.append(bytearray(2**24))
except MemoryError:
    pass""",
    "disk": """
import os
for place in ("/tmp", "/var/tmp", "/dev/shm", "."):
    try:
        open(os.path.join(place, "owned"), "wb").write(bytes(2**30))
    except OSError:
        pass""",
}
NEIGHBOURS = ("AAA", "mmm", "zzz")


def few() -> None:
    """Leave a grader and its workers enough, and hardly more."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (128, 128))
    resource.setrlimit(resource.RLIMIT_FSIZE, (2**22, 2**22))
    resource.setrlimit(resource.RLIMIT_AS, (6 * 2**30, 6 * 2**30))
    resource.setrlimit(resource.RLIMIT_NPROC, (tasks() + 60, tasks() + 60))


def tasks() -> int:
    """Tasks of the user whom the command runs as."""
    user = 65534 if os.geteuid() == 0 else os.geteuid()
    count = 0
    for entry in Path("/proc").iterdir():
        try:
            if (
                entry.name.isdigit()
                and int((entry / "status").read_text().split("\nUid:")[1].split()[0]) == user
            ):
                count += len(list((entry / "task").iterdir()))
        except OSError:
            continue
    return count


def grade(folder: Path, *options: str) -> tuple[dict[str, Any], subprocess.CompletedProcess[str]]:
    before = PLAIN_USER if os.geteuid() == 0 else ()  # limits on tasks don't bind root
    done = subprocess.run(
        [
            *before,
            sys.executable,
            "-m",
            "autograder",
            "grade",
            "--again",
            folder,
            "--json",
            "-",
            *options,
        ],
        cwd=ROOT,
        env=os.environ | {"OMP_NUM_THREADS": "1", "HOME": str(folder)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=500,
        preexec_fn=few,
    )
    assert "Traceback" not in done.stderr
    return json.loads(done.stdout), done


@linux
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_an_attacker_who_takes_all_takes_nothing_from_neighbours(tmp_path, jobs):
    for kind, source in HOSTILE.items():
        write_notebook(tmp_path / kind / "softmax_regression/softmax.ipynb", source, WRONG)
    for name in NEIGHBOURS:
        write_notebook(tmp_path / name / "softmax_regression/softmax.ipynb", "", HONEST)
    for path in (*tmp_path.parents[:2], tmp_path, *tmp_path.rglob("*")):
        path.chmod(path.stat().st_mode | 0o755)
    report, done = grade(tmp_path, "--jobs", jobs)
    scores = {entry["student"]: entry["score"] for entry in report["submissions"]}
    assert {name: scores.get(name) for name in NEIGHBOURS} == dict.fromkeys(NEIGHBOURS, 10.0)
    named = set(scores) | {entry["student"] for entry in report["ungraded"]}
    assert named == {*HOSTILE, *NEIGHBOURS}
    assert all(scores.get(kind, 0) == 0 for kind in HOSTILE)
    assert done.returncode == (2 if report["ungraded"] else 0)
