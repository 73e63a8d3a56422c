"""Damaged and forged notebooks, as edits of a released softmax notebook with a right answer.

GRADED can be graded all the same and keep full marks; UNREADABLE cannot. With each stands what the
instructor must be told, "" for nothing. The tests of the command and of nbgrader share them.
"""

import json
import os
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

Cell = dict[str, Any]
Edit = Callable[[Path], None]

RIGHT = """\
def softmax(X):
    exps = (X - X.max(dim=1, keepdim=True).values).exp()
    return exps / exps.sum(dim=1, keepdim=True)
"""
OVERFLOWS = """\
def softmax(X):
    return torch.exp(X) / torch.exp(X).sum(dim=1, keepdim=True)
"""


def change(path: Path, edit: Callable[[Cell, Cell, Cell], Any]) -> None:
    """Edit a notebook: it, its answer's cell and its check's cell are given."""
    notebook = json.loads(path.read_text())
    cells = {c["metadata"].get("nbgrader", {}).get("grade_id"): c for c in notebook["cells"]}
    edit(notebook, cells["softmax"], cells["check_softmax"])
    path.write_text(json.dumps(notebook))


def answer(path: Path, source: str) -> None:
    change(path, lambda notebook, solution, check: solution.update(source=source))


def cells(edit: Callable[[Cell, Cell, Cell], Any]) -> Edit:
    return lambda path: change(path, edit)


def claims(which: str, **values: Any) -> Edit:
    """Nbgrader metadata of the `solution` or the `check`, where None takes a key away."""

    def edit(notebook: Cell, solution: Cell, check: Cell) -> None:
        target = {"solution": solution, "check": check}[which]["metadata"]["nbgrader"]
        target.update(values)
        for key in [key for key, value in values.items() if value is None]:
            del target[key]

    return cells(edit)


def metadata(value: Any) -> Edit:
    """All of the answer's nbgrader metadata."""
    return cells(lambda _, solution, check: solution["metadata"].update(nbgrader=value))


def becomes(which: str, kind: str) -> Edit:
    def edit(notebook: Cell, solution: Cell, check: Cell) -> None:
        cell = {"solution": solution, "check": check}[which]
        cell["cell_type"] = kind
        del cell["outputs"], cell["execution_count"]

    return cells(edit)


def more(*others: Any) -> Edit:
    """Cells that are no cells."""
    return cells(lambda notebook, solution, check: notebook["cells"].extend(others))


def replaced(old: str, new: str) -> Edit:
    """The file's text, edited."""

    def edit(path: Path) -> None:
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new, 1))

    return edit


def written(data: bytes) -> Edit:
    return lambda path: Path.write_bytes(path, data) and None


def cell_of(source: Any, **others: Any) -> Cell:
    empty = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    return empty | {"source": source} | others


def check_twice(notebook: Cell, solution: Cell, check: Cell) -> None:
    notebook["cells"].append(deepcopy(check))


def answer_twice(notebook: Cell, solution: Cell, check: Cell) -> None:
    wrong = deepcopy(solution) | {"source": OVERFLOWS, "id": "copied"}
    notebook["cells"].insert(0, wrong)


def stripped(notebook: Cell, solution: Cell, check: Cell) -> None:
    for cell in notebook["cells"]:
        cell["metadata"] = {}


def reordered(notebook: Cell, solution: Cell, check: Cell) -> None:
    notebook["cells"].reverse()


def carriage_returns(notebook: Cell, solution: Cell, check: Cell) -> None:
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"]).replace("\n", "\r\n")


def forged_environment(notebook: Cell, solution: Cell, check: Cell) -> None:
    notebook["metadata"]["kernelspec"] = {"name": "bash", "display_name": "B", "language": "bash"}
    check["metadata"]["tags"] = ["skip-execution", "raises-exception"]
    forged = {"output_type": "execute_result", "execution_count": 1, "metadata": {}}
    check["outputs"] = [forged | {"data": {"text/plain": "1000.0"}}]
    solution["outputs"] = [{"output_type": "zzz"}]


def format_3(path: Path) -> None:
    notebook = json.loads(path.read_text())
    for cell in notebook["cells"]:
        del cell["id"]
        if cell["cell_type"] == "code":
            cell["input"], cell["language"] = cell.pop("source"), "python"
            cell["prompt_number"] = cell.pop("execution_count")
    sheet = {"cells": notebook["cells"], "metadata": {}}
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [sheet]}
    path.write_text(json.dumps(old))


def keys_twice(path: Path) -> None:
    path.write_text('{"cells": [], "nbformat": 2, ' + path.read_text().lstrip()[1:])


def long_output(notebook: Cell, solution: Cell, check: Cell) -> None:
    text = "x" * 10_000_000
    solution["outputs"] = [{"output_type": "stream", "name": "stdout", "text": text}]


def truncated(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


def bad_utf8(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b'"cell_type"', b'"\xff\xfe": 1, "cell_type"', 1))


def in_utf16(path: Path) -> None:
    path.write_bytes(path.read_text().encode("utf-16"))


def with_conflict(path: Path) -> None:
    text = path.read_text()
    path.write_text(f"<<<<<<< HEAD\n{text}\n=======\n{text}\n>>>>>>> theirs\n")


def too_large(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(10**9)  # sparse: nothing of it is stored


def folder_instead(path: Path) -> None:
    path.unlink()
    path.mkdir()
    (path / "inside.ipynb").write_text("{}")


def link_to(target: str | Path) -> Edit:
    def edit(path: Path) -> None:
        path.unlink()
        path.symlink_to(target)

    return edit


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


ROOT = Path(__file__).resolve().parents[1]
NESTED = "[" * 900 + "]" * 900

GRADED: dict[str, tuple[Edit, str]] = {
    "check_twice": (cells(check_twice), "check_softmax is there 2 times"),
    "answer_twice": (cells(answer_twice), "softmax is there 2 times; the last one counts"),
    "version_99": (claims("solution", schema_version=99), "another version of nbgrader's"),
    "version_1": (claims("check", schema_version=1), "another version of nbgrader's"),
    "version_text": (claims("solution", schema_version="3"), "another version of nbgrader's"),
    "version_missing": (claims("check", schema_version=None), "another version of nbgrader's"),
    "metadata_empty": (metadata({}), "has nbgrader metadata without a grade_id"),
    "metadata_null": (metadata(None), "has nbgrader metadata without a grade_id"),
    "metadata_list": (metadata([1, [2]]), "has nbgrader metadata without a grade_id"),
    "id_missing": (claims("check", grade_id=None), "has nbgrader metadata without a grade_id"),
    "id_renamed": (claims("check", grade_id="a b/<i>"), "the cell check_softmax is missing"),
    "id_list": (claims("solution", grade_id=["softmax"]), "the cell softmax is missing"),
    "id_nested": (metadata({"grade_id": {"a": [1]}, "x": "y" * 10**6}), "softmax is missing"),
    "not_graded": (claims("check", grade=False), "claims to be another kind of cell"),
    "check_as_answer": (claims("check", solution=True), "claims to be another kind of cell"),
    "answer_graded": (claims("solution", grade=True, points=100), "claims to be another kind"),
    "points_1000": (claims("check", points=1000), "other points than the course gives"),
    "points_text": (claims("check", points="many"), "other points than the course gives"),
    "points_nan": (claims("check", points=float("nan")), "other points than the course gives"),
    "points_missing": (claims("check", points=None), "other points than the course gives"),
    "extra_claim": (claims("check", hello=[1]), ""),
    "check_deleted": (
        cells(lambda notebook, _, check: notebook["cells"].remove(check)),
        "the cell check_softmax is missing",
    ),
    "check_rewritten": (
        cells(lambda _, solution, check: check.update(source="1000.0")),
        "is locked, but its text was changed",
    ),
    "check_as_text": (becomes("check", "markdown"), "is no longer a code cell"),
    "answer_as_text": (becomes("solution", "markdown"), "is no longer a code cell; it was run"),
    "answer_raw": (becomes("solution", "raw"), "is no longer a code cell"),
    "answer_as_heading": (becomes("solution", "heading"), "is no longer a code cell"),
    "type_a_list": (
        cells(lambda _, solution, check: solution.update(cell_type=["code"])),
        "is no longer a code cell",
    ),
    "stripped": (cells(stripped), "has lost its nbgrader metadata"),
    "reordered": (cells(reordered), ""),
    "forged_environment": (cells(forged_environment), ""),
    "no_cells_at_all": (
        more(None, 7, "text", [], {}, cell_of(None), cell_of({"a": 1}), cell_of([1])),
        "is damaged and was left out",
    ),
    "carriage_returns": (cells(carriage_returns), ""),
    "no_metadata": (
        cells(lambda notebook, _, check: notebook.pop("metadata")),
        "",
    ),
    "metadata_a_list": (
        more(cell_of("pass", metadata=[1]), cell_of("pass", metadata="x", id=[7])),
        "",
    ),
    "long_cell": (more(cell_of("#" * 200_000)), "(limit 100,000) and was left out"),
    "surrogate_and_nul": (more(cell_of("x = '\ud800 \0'")), "characters that no text may hold"),
    "deep_cell": (
        more(cell_of("x = " + "-" * 50_000 + "1"), cell_of("(" * 50_000)),
        "",
    ),
    "deep_metadata": (replaced('"metadata"', f'"x": {NESTED}, "metadata"'), ""),
    "deep_claims": (metadata(json.loads("[" * 300 + "]" * 300)), "without a grade_id"),
    "byte_order_mark": (lambda path: path.write_text("\ufeff" + path.read_text()) and None, ""),
    "json_nan": (replaced("{", '{"x": [NaN, -Infinity, 1e999], '), ""),
    "huge_number": (replaced("{", '{"x": ' + "9" * 6000 + ", "), ""),
    "keys_twice": (keys_twice, ""),
    "format_3": (format_3, ""),
    "format_4_0": (cells(lambda notebook, *_: notebook.update(nbformat_minor=0)), ""),
    "format_4_99": (cells(lambda notebook, *_: notebook.update(nbformat_minor=[9])), ""),
    "long_output": (cells(long_output), ""),
}
UNREADABLE: dict[str, tuple[Edit, str]] = {
    "truncated": (truncated, "is not JSON"),
    "empty": (written(b" \n"), "is empty"),
    "another_format": (written(b"%PDF-1.4 hello"), "is not JSON"),
    "json_list": (written(b"[1, 2]"), "is JSON, but not a notebook"),
    "json_null": (written(b"null"), "is JSON, but not a notebook"),
    "json_deep": (written(b"[" * 100_000 + b"]" * 100_000), "is JSON nested too deeply"),
    "json_deep_objects": (written(b'{"a":' * 100_000), "is JSON nested too deeply"),
    "json_bomb": (written(b"[" + b"[]," * 2_000_000 + b"0]"), "holds too many JSON values"),
    "bad_utf8": (bad_utf8, "is not UTF-8"),
    "in_utf16": (in_utf16, "is not UTF-8"),
    "with_conflict": (with_conflict, "is not JSON"),
    "format_99": (cells(lambda notebook, *_: notebook.update(nbformat=99)), "a notebook format"),
    "format_text": (cells(lambda notebook, *_: notebook.update(nbformat="4")), "notebook format"),
    "format_missing": (cells(lambda notebook, *_: notebook.pop("nbformat")), "not a notebook"),
    "format_huge": (replaced('"nbformat": 4', '"nbformat": ' + "4" * 6000), "notebook format"),
    "cells_missing": (cells(lambda notebook, *_: notebook.pop("cells")), "has no list of cells"),
    "cells_an_object": (
        cells(lambda notebook, *_: notebook.update(cells={"0": 1})),
        "has no list of cells",
    ),
    "cells_too_many": (more(*[None] * 3000), "cells (limit 2,000)"),
    "cells_too_long": (more(*[cell_of("#" * 90_000)] * 6), "has too much text in its cells"),
    "too_large": (too_large, "has 1,000,000,000 bytes"),
    "folder_instead": (folder_instead, "is a folder"),
    "pipe": (pipe, "is not a regular file"),
    "link": (link_to(ROOT / "solutions/softmax_regression/softmax.ipynb"), "is a link"),
    "link_to_device": (link_to("/dev/zero"), "is a link"),
    "link_to_nothing": (link_to("/nowhere"), "is a link"),
}
