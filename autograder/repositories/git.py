"""Running git on repositories that students fill."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from autograder.text import one_line

TOKEN = "AUTOGRADER_GIT_TOKEN"
"""The environment variable with a token that may read the students' repositories, where one is needed."""
SECONDS = 300
"""Of one call: a repository is fetched without its history, so that this is room for its files."""
_HELPER = f'!f() {{ echo username=x-access-token; echo "password=${TOKEN}"; }}; f'
"""Gives git the token when a server asks for it; no command line and no file holds it."""

_AT_LIMIT = b"File too large"
"""Git's message at the limit: EFBIG in the language that it is run with."""


class GitError(Exception):
    """Raised when git failed; the text says why, on one line."""


class TooMuch(GitError):
    """Raised when a file that git writes grows beyond the limit."""


def git(folder: Path, *arguments: str, file_bytes: int | None = None) -> bytes:
    """The output of a git command. Raises GitError.

    Args:
        folder: where it runs.
        arguments: of git.
        file_bytes: the most bytes of a file that it writes; a fetched repository is one file. The
            system ends git there. Windows has no such limit: only the time is limited.

    Raises:
        TooMuch: at that limit.
    """
    settings = ["core.hooksPath=/dev/null", "protocol.ext.allow=never", "fetch.unpackLimit=1"]
    if os.environ.get(TOKEN):
        settings += ["credential.helper=", f"credential.helper={_HELPER}"]
    options = [part for setting in settings for part in ("-c", setting)]
    try:
        done = subprocess.run(
            ["git", *options, *arguments],
            cwd=folder,
            env=os.environ | {"GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
            check=False,
            preexec_fn=_limiting(file_bytes),
            restore_signals=False,  # at the limit git shall print an error, and not be killed
        )
    except subprocess.TimeoutExpired:
        raise GitError(f"git took more than {SECONDS} seconds") from None
    except OSError as error:
        raise GitError(f"git cannot be run ({error.strerror})") from None
    if done.returncode:
        if file_bytes is not None and _AT_LIMIT in done.stderr:
            raise TooMuch(f"git wrote more than {file_bytes:,} bytes")
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        why = next((line for line in lines if line.startswith(("fatal:", "error:"))), lines[-1:])
        raise GitError(one_line(why if isinstance(why, str) else "".join(why) or "git failed"))
    return done.stdout


def _limiting(file_bytes: int | None) -> Callable[[], None] | None:
    """Sets the limit on files, in git's process before it starts."""
    if file_bytes is None or sys.platform == "win32":
        return None
    import resource

    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))
