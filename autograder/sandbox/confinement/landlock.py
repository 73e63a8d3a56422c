"""Which files a worker can read: a ruleset for landlock(7)."""

import ctypes
import os
import site
import struct
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from autograder.paths import PACKAGE

_LIBC = ctypes.CDLL(None, use_errno=True)
_LANDLOCK_CREATE_RULESET, _LANDLOCK_ADD_RULE, _LANDLOCK_RESTRICT_SELF = 444, 445, 446
_LANDLOCK_VERSION_FLAG, _LANDLOCK_PATH_BENEATH = 1, 1
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
_FILE_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1}
_FILE_RIGHTS_SINCE_5 = (1 << 16) - 1
_NETWORK_RIGHTS, _SCOPES = 0b11, 0b11


def _error(what: str) -> OSError:
    return OSError(f"{what}: {os.strerror(ctypes.get_errno())}")


class Landlock:
    """A ruleset that leaves some folders readable and no other file reachable."""

    def __init__(self, readable: Iterator[Path]) -> None:
        version = _LIBC.syscall(_LANDLOCK_CREATE_RULESET, None, 0, _LANDLOCK_VERSION_FLAG)
        if version < 1:
            raise OSError("the kernel has no Landlock")
        rights = _FILE_RIGHTS.get(version, _FILE_RIGHTS_SINCE_5)
        attributes = struct.pack(
            "QQQ",
            rights,
            _NETWORK_RIGHTS if version >= 4 else 0,
            _SCOPES if version >= 6 else 0,
        )
        size = 24 if version >= 6 else 16 if version >= 4 else 8
        self._ruleset = _LIBC.syscall(_LANDLOCK_CREATE_RULESET, attributes, size, 0)
        if self._ruleset < 0:
            raise _error("landlock_create_ruleset")
        for path in readable:
            self._allow(path)

    def _allow(self, path: Path) -> None:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
        rights = _READ_FILE | _READ_DIR if path.is_dir() else _READ_FILE
        rule = struct.pack("=Qi", rights, descriptor)
        if _LIBC.syscall(_LANDLOCK_ADD_RULE, self._ruleset, _LANDLOCK_PATH_BENEATH, rule, 0):
            raise _error(f"landlock_add_rule {path}")
        os.close(descriptor)

    def apply(self) -> None:
        """Restrict this process for good; needs no_new_privs."""
        if _LIBC.syscall(_LANDLOCK_RESTRICT_SELF, self._ruleset, 0):
            raise _error("landlock_restrict_self")
        os.close(self._ruleset)


def library_paths() -> Iterator[Path]:
    """The folders that Python reads to import a library: not this package, nor the course."""
    names = ("stdlib", "platstdlib", "purelib", "platlib")
    folders = {Path(sysconfig.get_path(name)).resolve() for name in names}
    if site.ENABLE_USER_SITE:
        folders.add(Path(site.getusersitepackages()).resolve())
    for folder in sorted(filter(Path.is_dir, folders)):
        for entry in sorted(folder.iterdir()):
            inside = entry.resolve()
            if (
                inside not in (*folders, PACKAGE, *PACKAGE.parents)
                and PACKAGE.name not in entry.name
            ):
                yield inside
    system = ("/usr/lib", "/lib", "/lib64", "/usr/share/zoneinfo", "/usr/share/fonts", "/dev/null")
    for path in filter(Path.exists, map(Path, system)):
        yield from without_package(path)
    yield from random_device()


def without_package(path: Path) -> Iterator[Path]:
    """A folder, or what is in it on no way to this package: a distribution may install it there."""
    inside = path.resolve()
    if inside not in PACKAGE.parents:
        yield inside
        return
    for entry in sorted(inside.iterdir()):
        real = entry.resolve()
        above = real in PACKAGE.parents
        ours = real.is_relative_to(PACKAGE) or PACKAGE.name in entry.name
        if ours or (above and entry.is_symlink()):
            continue
        yield from without_package(entry)


def random_device() -> Iterator[Path]:
    """The device that `torch.default_generator.seed()` opens: an honest source for a dropout mask."""
    yield from filter(Path.exists, [Path("/dev/urandom")])
