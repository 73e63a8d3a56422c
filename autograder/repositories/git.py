"""Running git on repositories that students fill."""

import os
import subprocess
from pathlib import Path

from autograder.text import one_line

TOKEN = "AUTOGRADER_GIT_TOKEN"
"""The environment variable with a token that may read the students' repositories, where one is needed."""
SECONDS = 300
"""Of one call: a repository is fetched without its history, so that this is room for its files."""
_HELPER = f'!f() {{ echo username=x-access-token; echo "password=${TOKEN}"; }}; f'
"""Gives git the token when a server asks for it; no command line and no file holds it."""


class GitError(Exception):
    """Raised when git failed; the text says why, on one line."""


def git(folder: Path, *arguments: str) -> bytes:
    """What a git command prints. Raises GitError.

    Args:
        folder: where it runs.
        arguments: of git.
    """
    settings = ["core.hooksPath=/dev/null", "protocol.ext.allow=never"]
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
        )
    except subprocess.TimeoutExpired:
        raise GitError(f"git took more than {SECONDS} seconds") from None
    except OSError as error:
        raise GitError(f"git cannot be run ({error.strerror})") from None
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        why = next((line for line in lines if line.startswith(("fatal:", "error:"))), lines[-1:])
        raise GitError(one_line(why if isinstance(why, str) else "".join(why) or "git failed"))
    return done.stdout
