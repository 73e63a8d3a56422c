"""Writing a report's file."""

import os
from pathlib import Path


def write(path: Path, text: str) -> None:
    """Write a file whole or not at all, aside first and then renamed; into a device or a pipe directly."""
    if path.is_symlink() or (path.exists() and not path.is_file()):
        path.write_text(text, encoding="utf-8")
        return
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with aside.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())  # the name must not be there before the content is
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
