"""Several users on one machine, as on a JupyterHub; the machine itself is not changed.

Each command runs as one of them, in a mount namespace: there their names are in /etc/passwd, their folders
under /srv, and this Python and this repository can be read, even where they lie in root's closed home.
"""

import os
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.one_class import ROOT

FIRST = 64_001
"""The users' numbers: above what systems give to people, below 65534, which is nobody."""
SEEN = Path("/srv")
"""Where the users see the machine's folder."""
PRIVATE = ("solutions", "assignments", "course")
"""Folders of the repository that a user of the package doesn't have: they are empty."""
NEEDED = pytest.mark.skipif(
    not sys.platform.startswith("linux")
    or os.geteuid() != 0
    or shutil.which("setpriv") is None
    or not SEEN.is_dir()
    or subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode != 0,
    reason="needs root on Linux, with the right to mount (CAP_SYS_ADMIN), and util-linux",
)


@dataclass(frozen=True)
class Machine:
    """A machine with users. folder: what they see as /srv; each has a home there that is closed to others.

    What all users' Jupyter reads is in jupyter/.
    """

    folder: Path
    users: tuple[str, ...]

    @classmethod
    def with_users(cls, folder: Path, *users: str) -> "Machine":
        """Make the folders: home/<user> for each, and an empty one."""
        machine = cls(folder, users)
        (folder / "empty").mkdir(parents=True)
        folder.chmod(0o755)
        for user in users:
            machine.home(user).mkdir(parents=True)
            machine.home(user).chmod(0o700)
            machine.give(user, machine.home(user))
        accounts = [
            f"{user}:x:{machine.uid(user)}:{machine.uid(user)}::{SEEN}/home/{user}:/bin/sh\n"
            for user in users
        ]
        (folder / "passwd").write_text(Path("/etc/passwd").read_text() + "".join(accounts))
        return machine

    def uid(self, user: str) -> int:
        """The number of a user, and of the user's own group."""
        return FIRST + self.users.index(user)

    def home(self, user: str) -> Path:
        """Where the home of a user really is."""
        return self.folder / "home" / user

    def give(self, user: str, place: Path) -> None:
        """Make a user the owner of a file, or of a folder with all that is in it."""
        for path in (place, *place.rglob("*")):
            os.chown(path, self.uid(user), self.uid(user))

    def run(self, user: str, command: str, at: str = "") -> subprocess.CompletedProcess[str]:
        """Run a shell command as a user, in a folder of the user's home."""
        home = SEEN / "home" / user
        path = os.pathsep.join([str(Path(sys.executable).parent), "/usr/bin", "/bin"])
        places = {"HOME": str(home), "PATH": path, "JUPYTER_CONFIG_PATH": f"{SEEN}/jupyter"}
        become = [f"--reuid={self.uid(user)}", f"--regid={self.uid(user)}", "--clear-groups"]
        script = [
            *self._mounts(),
            f"cd {shlex.quote(str(home / at))}",
            f"exec setpriv {' '.join(become)} sh -c {shlex.quote(command)}",
        ]
        return subprocess.run(
            ["unshare", "--mount", "--propagation", "private", "sh", "-e", "-c", "\n".join(script)],
            env=places | {"USER": user, "LANG": "C.UTF-8", "OMP_NUM_THREADS": "1"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )

    def _mounts(self) -> list[str]:
        """The commands that make the users' view of the machine; they end with the process."""
        needed = sorted({Path(sys.base_prefix), Path(sys.prefix).resolve(), ROOT})
        kept = {place: SEEN / str(number) for number, place in enumerate(needed)}
        closed = {one for place in needed if (one := _first_closed(place)) is not None}
        lines = [f"mount -t tmpfs -o mode=755 users {SEEN}"]
        for place, copy in kept.items():
            lines += [f"mkdir {copy}", f"mount --bind {_quoted(place)} {copy}"]
        lines += [f"mkdir {SEEN}/all", f"mount --bind {_quoted(self.folder)} {SEEN}/all"]
        for place in closed:
            lines.append(f"mount -t tmpfs -o mode=755 users {_quoted(place)}")
        for place, copy in kept.items():
            if any(place.is_relative_to(one) for one in closed):
                lines += [f"mkdir -p {_quoted(place)}", f"mount --bind {copy} {_quoted(place)}"]
        for name in PRIVATE:
            if (ROOT / name).is_dir():
                lines.append(f"mount --bind {SEEN}/all/empty {_quoted(ROOT / name)}")
        lines += [f"mount --bind {SEEN}/all/passwd /etc/passwd", f"mount --move {SEEN}/all {SEEN}"]
        return lines


def _first_closed(path: Path) -> Path | None:
    """The topmost folder on the way to a path that is not open to everybody."""
    for folder in reversed([path, *path.parents]):
        if folder.stat().st_mode & 0o1 == 0:
            return folder
    return None


def _quoted(path: Path) -> str:
    return shlex.quote(str(path))
