"""The versions that are said to be allowed: lower bounds, and the list that `make oldest` installs."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
_BOUND = re.compile(r"([\w.-]+)(==|>=)([\w.]+)")


def requirements() -> list[str]:
    """Everything that the package and its extras require, but for itself."""
    extras = PROJECT["optional-dependencies"].values()
    listed = [*PROJECT["dependencies"], *(r for extra in extras for r in extra)]
    return [r for r in listed if not r.startswith(PROJECT["name"])]


def test_every_requirement_has_a_lower_bound() -> None:
    assert [r for r in requirements() if not _BOUND.match(r)] == []


def test_the_oldest_versions_are_those_bounds() -> None:
    oldest: dict[str, str] = {}
    for requirement in requirements():
        found = _BOUND.match(requirement)
        assert found is not None
        name, operator, version = found.groups()
        if operator == "==" or name not in oldest:  # what is pinned for grading is newer
            oldest[name] = version if "." in version else f"{version}.0"
    lines = (ROOT / "constraints-oldest.txt").read_text(encoding="utf-8").splitlines()
    assert lines[1:] == [f"{name}=={version}" for name, version in sorted(oldest.items())]


def test_what_was_tested_together_is_allowed() -> None:
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8").lower()
    tested = dict(line.split("==") for line in text.splitlines() if "==" in line)
    for requirement in requirements():
        found = _BOUND.match(requirement)
        assert found is not None
        name, operator, version = found.groups()
        if name == "setuptools":  # comes with the environment
            continue
        assert operator == ">=" or tested[name] == version, requirement
