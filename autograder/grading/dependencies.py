"""The versions and the engine's code, on which a recording or a result depends besides the course."""

import hashlib
import platform
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import hypothesis
import numpy as np
import torch

from autograder import __version__
from autograder.language import CATALOGS
from autograder.paths import EXERCISES, PACKAGE


def versions() -> tuple[str, ...]:
    """The versions that decide about drawn inputs and about roundings."""
    return (
        __version__, torch.__version__, np.__version__, hypothesis.__version__,
        platform.python_version(), platform.machine(), torch.backends.cpu.get_cpu_capability(),
    )  # fmt: skip


def installed() -> list[str]:
    """The installed distributions with their versions: students' cells may import any of them.

    By the names of their folders, since reading each one's metadata takes longer than all the rest.
    """
    found = set()
    for entry in map(Path, sys.path):
        if entry.is_dir():
            found |= {path.name for path in entry.glob("*.dist-info")}
    return sorted(found)


@cache
def catalog(language: str) -> bytes:
    """A digest of the sentences of a language."""
    return _digest(sorted((CATALOGS / language).rglob("*.mo")))


@cache
def code_of(*parts: str) -> bytes:
    """A digest of the engine's code in some of its folders: its version changes seldom."""
    return _digest(path for part in parts for path in sorted((PACKAGE / part).rglob("*.py")))


@cache
def all_code() -> bytes:
    """A digest of all code of the engine without its exercises, which count one by one."""
    paths = sorted(PACKAGE.rglob("*.py"))
    return _digest(path for path in paths if not path.is_relative_to(EXERCISES))


def _digest(paths: Iterable[Path]) -> bytes:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.read_bytes())
    return digest.digest()
