"""The engine's wheel, built from a copy of the repository, which a build litters."""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def build(copy: Path, kind: str = "wheel") -> Path:
    """Build a wheel, or an sdist, with the installed setuptools."""
    if not (copy / "autograder").exists():
        for name in ("autograder", "solutions", "assignments", "examples"):
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / name, copy / name, ignore=ignored)
        for name in ("pyproject.toml", "setup.py", "MANIFEST.in", "README.md", "LICENSE"):
            shutil.copy(ROOT / name, copy)
    code = f"from setuptools.build_meta import build_{kind}; print(build_{kind}('.'))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=copy, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return copy / done.stdout.splitlines()[-1]
