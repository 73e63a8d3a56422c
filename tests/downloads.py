"""Makes downloads of all submissions as Moodle and Canvas name what is in them."""

import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

PLAIN = json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}).encode()


def notebook(text: str) -> bytes:
    """A notebook with one cell."""
    return nbformat.writes(new_notebook(cells=[new_code_cell(text, id="answer")])).encode()


def archive(path: Path, files: Mapping[str | zipfile.ZipInfo, bytes]) -> Path:
    """A zip of entries, in their order."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in files.items():
            target.writestr(name, data)
    return path


def link(name: str, to: str) -> tuple[zipfile.ZipInfo, bytes]:
    """A symbolic link, as Unix' zip stores one."""
    info = zipfile.ZipInfo(name)
    info.create_system = 3
    info.external_attr = 0o120777 << 16
    return info, to.encode()


def lying(name: str, size: int) -> bytes:
    """A zip whose one entry, of zeros, has more bytes than its directory says."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr(name, bytes(size))
    return buffer.getvalue().replace(size.to_bytes(4, "little"), (100).to_bytes(4, "little"))
