"""A check's cases are those of its seed, whatever else the process has imported."""

import importlib.util
import random
import sys
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.grading.battery import run_with


@given(number=st.integers(-(10**9), 10**9), share=st.floats(0, 1))
@settings(max_examples=300, database=None, deadline=None)
def check(number: int, share: float) -> None:
    raise NotImplementedError  # `run_with` puts its own function in the place of this one


def drawn() -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = []
    run_with(check, lambda inner, case: cases.append(case), seed=1)
    return cases


def test_cases_do_not_depend_on_what_is_imported(tmp_path: Path) -> None:
    before = drawn()
    path = tmp_path / "module_with_numbers.py"
    numbers = random.Random(0).sample(range(10**9), 300)
    path.write_text("\n".join(f"a{n} = {n}, 0.{n}" for n in numbers))
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    sys.modules[path.stem] = importlib.util.module_from_spec(spec)
    try:
        assert drawn() == before
    finally:
        del sys.modules[path.stem]
