"""The audit of this repository's own exercises, and what it says when they are spoiled."""

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.clone import ROOT, Clone, Done, clone

pytestmark = pytest.mark.slow

QUALITY = ROOT / "docs" / "grading-quality.md"


@pytest.fixture(scope="module")
def audit(tmp_path_factory) -> tuple[Done, str]:
    """All exercises audited by the command, and the page that it wrote."""
    page = tmp_path_factory.mktemp("audit") / "quality.md"
    done = subprocess.run(
        [sys.executable, "-m", "autograder", "audit", "--write", page],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=3600,
    )
    return done, page.read_text(encoding="utf-8") if page.exists() else ""


def test_nothing_is_off(audit: tuple[Done, str]) -> None:
    done, _ = audit
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr


def test_the_page_in_the_docs_is_in_step(audit: tuple[Done, str]) -> None:
    _, page = audit
    assert page == QUALITY.read_text(encoding="utf-8"), (
        "run `autograder audit --write docs/grading-quality.md` and read what changed"
    )


def edit(copy: Clone, name: str, old: str, new: str) -> None:
    path = copy.root / name
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{name} no longer holds {old!r}"
    path.write_text(text.replace(old, new), encoding="utf-8")


CHECKS = "autograder/exercises/l2_penalty/test_l2_penalty.py"


def without_a_check(copy: Clone) -> None:
    """The last one: no other sees that an input was changed."""
    text = (copy.root / CHECKS).read_text(encoding="utf-8")
    start = text.rindex("@points", 0, text.index("def test_input_unchanged"))
    (copy.root / CHECKS).write_text(text[:start].rstrip() + "\n", encoding="utf-8")


def without_a_check_whose_points_went_to_another(copy: Clone) -> None:
    without_a_check(copy)
    edit(copy, CHECKS, "@points(1.5)\n", "@points(1.75)\n")


def with_a_wide_tolerance(copy: Clone) -> None:
    new = 'l2_penalty, w, names="w", tolerance=Tolerance(1e-2, 1e-2))'
    edit(copy, CHECKS, 'l2_penalty, w, names="w")', new)
    edit(copy, CHECKS, "    Values,\n", "    Tolerance,\n    Values,\n")


def with_a_wide_tolerance_everywhere(copy: Clone) -> None:
    edit(
        copy, "autograder/checking/tolerances.py", "Tolerance(1e-4, 1e-5)", "Tolerance(1e-2, 1e-2)"
    )


def with_a_right_misconception(copy: Clone) -> None:
    path = Path(CHECKS).with_name("misconceptions.py")
    text = (copy.root / path).read_text(encoding="utf-8")
    at = text.index("\ndef ", text.index("@misconception"))
    name = text[at:].split("(")[0].removeprefix("\ndef ")
    right = f"\ndef {name}(w):\n    return (w**2).sum() / 2\n\n\ndef _not_used_{name}("
    text = text[:at] + right + text[at:].split("(", 1)[1]
    (copy.root / path).write_text(text, encoding="utf-8")


SPOILED: dict[Callable[[Clone], None], str] = {
    without_a_check: "the checks are worth 2.75 points, the cell 3",
    without_a_check_whose_points_went_to_another: "is wrong, but passes every check",
    with_a_wide_tolerance: "test_values accepts results that are 0.8% too large",
    with_a_wide_tolerance_everywhere: "test_values accepts results that are 0.8% too large",
    with_a_right_misconception: "is wrong, but passes every check",
}


@pytest.fixture(scope="module")
def spoiled(tmp_path_factory) -> dict[Callable[[Clone], None], Done]:
    """What the audit says of each, two at a time."""

    def audited(spoil: Callable[[Clone], None]) -> Done:
        copy = clone(tmp_path_factory.mktemp("course") / "copy", "multilayer_perceptron")
        spoil(copy)
        return copy.autograder("audit", "l2_penalty", "--jobs", "1")

    with ThreadPoolExecutor(2) as pool:
        return dict(zip(SPOILED, pool.map(audited, SPOILED), strict=True))


@pytest.mark.parametrize("spoil", SPOILED, ids=lambda spoil: spoil.__name__)
def test_a_spoiled_exercise_is_noticed(
    spoiled: dict[Callable[[Clone], None], Done], spoil: Callable[[Clone], None]
) -> None:
    done = spoiled[spoil]
    assert done.returncode == 1, done.stdout[-3000:] + done.stderr
    assert SPOILED[spoil] in " ".join(done.stdout.split()), done.stdout[-3000:]
