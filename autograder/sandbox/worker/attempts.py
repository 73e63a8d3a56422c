"""In a worker: remembers attempts of student code beyond computing, so that the report names them.

It stops nothing (the layers do) and student code could hide from it: it informs the instructor.
"""

import os
import re
import sys
from pathlib import Path
from typing import Any

from autograder.paths import CHECKOUT, SANDBOX
from autograder.sandbox.wire.messages import MAX_SEEN
from autograder.sandbox.wire.values import MAX_TEXT

_OPENED = ("open", "os.listdir", "os.scandir", "os.chdir")
_CHANGED = ("os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.chmod",
            "os.truncate", "os.chown", "shutil.rmtree")  # fmt: skip
_STARTED = ("os.exec", "os.posix_spawn", "os.spawn", "os.system", "subprocess.Popen", "pty.spawn")
_FORKED = ("os.fork", "os.forkpty")
_REACHED = (
    "socket.__new__",
    "socket.connect",
    "socket.bind",
    "socket.sendto",
    "socket.getaddrinfo",
)
_TEMPORARY = re.compile(r"\btmp[a-z0-9_]{8}\b")
_COMPILER = re.compile(r"/torchinductor_[^/]*$")
"""The folder that `torch.compile` makes for itself."""
_SIGNALLED = ("os.kill", "os.killpg")


def _libraries() -> tuple[str, ...]:
    places = {sys.prefix, sys.base_prefix, "/usr", "/lib", "/dev", *filter(None, sys.path)}
    places |= {str(Path(place).resolve()) for place in places}
    return tuple(places - {str(CHECKOUT)} | {str(SANDBOX)})


_LIBRARIES = _libraries()  # found before the fork: a worker may not look


class Watch:
    """Notes audit events of the interpreter (PEP 578), each kind of attempt once."""

    def __init__(self) -> None:
        self._seen: dict[str, None] = {}

    def start(self) -> None:
        """Watch from now on; it cannot be undone."""
        sys.addaudithook(self._note)

    def seen(self) -> list[str]:
        """The attempts, in words that follow `tried `."""
        return list(self._seen)[:MAX_SEEN]

    def _note(self, event: str, args: tuple[Any, ...]) -> None:
        text = self._describe(event, args) if len(self._seen) < MAX_SEEN else None
        if text is not None:
            text = _TEMPORARY.sub("tmp…", text)  # a random name: the report is the same each time
            self._seen[text[:200].encode("utf-8", "replace").decode()[:MAX_TEXT]] = None

    def _describe(self, event: str, args: tuple[Any, ...]) -> str | None:
        if event in _OPENED:
            path = os.fsdecode(args[0]) if isinstance(args[0], str | bytes) else ""
            # Where code comes from no file, Python looks for one by the name in its traceback.
            ours = not path or path.startswith(_LIBRARIES) or (path[0], path[-1]) == ("<", ">")
            return None if ours else f"to open {path!r}"
        if event in _STARTED:
            return f"to run {args[0]!r}"
        if event in _FORKED:
            return "to start a process"
        if event in _REACHED:
            return "to open a socket"
        if event in _SIGNALLED:
            return "to signal another process"
        if event in _CHANGED and not _COMPILER.search(str(args[0])):
            return f"to change {args[0]!r}"
        if event == "ctypes.dlopen" and not args[0]:
            return "to call the C library"
        return None
