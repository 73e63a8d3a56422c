"""A copy of the repository with an environment of its own, as an instructor has it."""

import os
import shutil
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
Done = subprocess.CompletedProcess[str]


@dataclass(frozen=True)
class Clone:
    """A copy of the repository with an environment of its own, as an instructor has it."""

    root: Path

    def run(self, *command: str, timeout: float = 600) -> Done:
        """Run a module of the copy's environment in the copy."""
        beside = [str(self.root / ".venv/bin"), str(Path(sys.executable).parent)]
        path = os.pathsep.join([*beside, os.environ["PATH"]])
        return subprocess.run(
            [self.root / ".venv/bin/python", "-m", *command],
            cwd=self.root,
            env={
                **os.environ,
                "OMP_NUM_THREADS": "1",
                "PATH": path,
                "AUTOGRADER_SECRET": "of the tests",
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
        )

    def autograder(self, *arguments: str) -> Done:
        """Run the command."""
        return self.run("autograder", *arguments)


def clone(to: Path, assignment: str = "linear_regression") -> Clone:
    """Copy what the course is made of; the copy's Python finds the copy before what is installed.

    assignment: the only one that is copied, to be quick.
    """
    for name in ("autograder", f"solutions/{assignment}"):
        shutil.copytree(ROOT / name, to / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("nbgrader_config.py", "pyproject.toml"):
        shutil.copy(ROOT / name, to)
    venv.create(to / ".venv", symlinks=True)
    # A worker's server runs isolated (-I), where PYTHONPATH doesn't count: a .pth file does.
    installed = [path for path in sys.path if Path(path).name in ("site-packages", "dist-packages")]
    [packages] = (to / ".venv/lib").glob("python*/site-packages")
    (packages / "clone.pth").write_text("\n".join([str(to), *installed]) + "\n")
    return Clone(to)
