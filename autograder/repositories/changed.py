"""The files that a push changed."""

import os
from pathlib import Path

from autograder.repositories.git import GitError, git


def changed_since(commit: str, folder: Path) -> frozenset[Path] | None:
    """The files below a folder that differ between a commit and the present one, as absolute paths.

    Args:
        commit: any name of a commit; that before a push, say.
        folder: of a clone.

    Returns:
        None where there is no telling: the commit isn't there (the first push of a branch, a history
        that was rewritten, a shallow clone), or the folder is in no clone.
    """
    try:
        name = ["rev-parse", "--verify", "--quiet", "--end-of-options", f"{commit}^{{commit}}"]
        before = git(folder, *name).decode().strip()
        options = ["--name-only", "-z", "--relative", "--no-renames", "--no-ext-diff"]
        listed = git(folder, "diff", *options, before, "HEAD", "--")
    except GitError:
        return None
    return frozenset(folder.absolute() / os.fsdecode(name) for name in listed.split(b"\0") if name)
