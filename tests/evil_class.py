"""A class whose students write what acts somewhere: in a terminal, browser, spreadsheet or CI service."""

import json
import shutil
from pathlib import Path

from tests.bad_notebooks import Cell, answer, cell_of, change
from tests.one_class import ROOT

COMMAND = "::error file=x,line=1::pwned"
TAGS = "<script>alert(1)</script><img src=x onerror=alert(1)>"
TEXT = (
    f"{COMMAND} ##[error]pwned ##vso[task.complete]p \x1b[31mred\x1b]0;title\x07 =cmd|' /C calc'!A0 {TAGS} "
    "]]> %s %(x)s {0} {x} {{ 7 * 7 }} \u202e \x9b1m `` | [a](javascript:b) ![p](http://x/y.png) @ada #1 "
    f"\r::set-output name=a::b\n{COMMAND}\n```\n# pwned\n=1+1\n+1\n@SUM(A1)\n</code></pre></details>"
)
ANY = f"\ud800{TEXT}\0" + "x" * 3000
"""What a text in Python may hold besides."""
NAME = "::error file=x::\x1b[31m<img src=x onerror=alert(1)>]]>%s{0}|`\u202e\r\udcff"
"""A folder's name: any bytes without a slash, which need not be UTF-8."""
FORMULAS = ("=cmd|' !A0", "+1", "@SUM(A1)", "-2+3", "\t=1")
"""Names that a spreadsheet takes for formulas."""
SAFE = "xyz"
"""Students without a name of that kind."""


def returns(body: str) -> str:
    return f"def softmax(X):\n    {body}\n"


STUDENTS = {
    NAME: returns(f"{ANY!r}\n    raise ValueError({ANY!r})"),
    FORMULAS[0]: f"Kind = type({TEXT!r}, (Exception,), {{}})\n" + returns("raise Kind('x')"),
    FORMULAS[1]: f"Kind = type({TEXT!r}, (), {{'__repr__': lambda self: {ANY!r}}})\n"
    + returns("return Kind()"),
    FORMULAS[2]: returns(f"print({ANY!r})\n    return X.shap  # {TAGS}"),
    FORMULAS[3]: returns("return '" + TEXT.replace("'", "").replace("\n", " ")),
    FORMULAS[4]: f"try:\n    open({TEXT!r})\nexcept Exception:\n    pass\n"
    + returns("return None"),
    "x": returns(f"return {{}}[{ANY!r}]"),
    "y": returns(f"return getattr(X, {ANY!r})"),
    "z": f"raise ValueError({ANY!r})\n" + returns("return X"),
}
"""Their answers to `softmax`: each has such a text come out in another place."""


def _forged(notebook: Cell, solution: Cell, check: Cell) -> None:
    """Texts in metadata, and in cells that print and raise."""
    claims = {"grade_id": ANY[:150], "schema_version": ANY[:150]}
    notebook["cells"].insert(0, cell_of(f"print({ANY!r})\nraise RuntimeError({ANY!r})"))
    notebook["cells"].append(cell_of("pass", metadata={"nbgrader": claims}))
    notebook["metadata"]["autograder"] = {"language": ANY}


def build(root: Path) -> Path:
    """Write a course with one notebook, and the class; returns the class's folder."""
    source = root / "solutions" / "softmax_regression" / "softmax.ipynb"
    source.parent.mkdir(parents=True)
    shutil.copy(ROOT / "solutions" / "softmax_regression" / "softmax.ipynb", source)
    (root / "secret.txt").write_text("of these tests")
    folder = root / "submitted"
    for student, text in STUDENTS.items():
        path = folder / student / "softmax_regression" / "softmax.ipynb"
        path.parent.mkdir(parents=True)
        shutil.copy(ROOT / "assignments" / "softmax_regression" / "softmax.ipynb", path)
        answer(path, text)
        if student in (NAME, FORMULAS[2]):
            change(path, _forged)
    garbage = folder / "garbage" / "softmax_regression"
    garbage.mkdir(parents=True)
    (garbage / "softmax.ipynb").write_text(json.dumps(TEXT))
    (garbage / f"{NAME}.ipynb").write_text(TEXT)
    (folder / f"{NAME}nothing").mkdir()
    (folder / f"{NAME}link").symlink_to("/")
    return folder
