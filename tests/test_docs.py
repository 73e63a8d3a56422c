"""What the pages for readers say is there: commands, options, files, links, and the report."""

import argparse
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import pytest

from autograder.cli import _parser
from autograder.grading.results import Outcome, Status
from autograder.grading.service import Limits

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
NAMES = [str(path.relative_to(ROOT)) for path in PAGES]
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
_FENCE = re.compile(r"^(`{3,}).*?^\1$", re.M | re.S)
_REPORT = re.compile(r"^    \$ (autograder .*)\n\n```text\n(.*?)```$", re.M | re.S)
_COMMAND = re.compile(r"\bautograder ([a-z]+(?:-[a-z]+)*)\b([^\n`|#]*)")


def commands() -> dict[str, argparse.ArgumentParser]:
    """The subcommands of the command, with their parsers."""
    [found] = [a.choices for a in _parser()._actions if isinstance(a, argparse._SubParsersAction)]
    return dict(found)


def used() -> list[tuple[str, str, str]]:
    """(page, subcommand, arguments) wherever a page shows the command as code."""
    found = []
    for name, path in zip(NAMES, PAGES, strict=True):
        for line in path.read_text(encoding="utf-8").splitlines():
            spans = [line] if line.startswith("    ") else re.findall(r"`([^`]+)`", line)
            if line.strip().startswith("- run: "):  # a workflow's step
                spans = [line]
            for span in spans:
                for subcommand, arguments in _COMMAND.findall(span):
                    found.append((name, subcommand, arguments))
    return found


def test_pages_show_commands() -> None:
    assert {subcommand for _, subcommand, _ in used()} == commands().keys()


def test_commands_and_options_exist() -> None:
    known = commands()
    for page, subcommand, arguments in used():
        assert subcommand in known, page
        options = {o for action in known[subcommand]._actions for o in action.option_strings}
        for option in re.findall(r"(?<!\S)--[a-z-]+", arguments):
            assert option in options, f"{page}: autograder {subcommand} {option}"


@pytest.mark.parametrize("subcommand", commands())
def test_every_option_is_documented(subcommand: str) -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in PAGES)
    for action in commands()[subcommand]._actions:
        for option in action.option_strings:
            assert option in text or option in ("-h", "--help"), f"{subcommand} {option}"


def anchors(path: Path) -> set[str]:
    """The headings of a page as GitHub links to them."""
    text = _FENCE.sub("", path.read_text(encoding="utf-8"))
    headings = re.findall(r"^#+ (.+)$", text, re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("name", NAMES)
def test_links_resolve(name: str) -> None:
    page = ROOT / name
    for link in _LINK.findall(_FENCE.sub("", page.read_text(encoding="utf-8"))):
        if "://" in link:
            continue
        file, _, anchor = link.partition("#")
        target = (page.parent / unquote(file)).resolve() if file else page
        assert target.exists(), f"{name}: {link}"
        if anchor:
            assert anchor in anchors(target), f"{name}: {link}"


@pytest.mark.parametrize("name", NAMES)
def test_paths_exist(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    paths = re.findall(r"\b(?:autograder|docs|examples|tests)/[\w./-]+\w", text)
    for path in paths:
        if "log_softmax" not in path and path != "docs/grading-quality.md":  # these are written
            assert (ROOT / path).exists(), f"{name}: {path}"


@pytest.mark.slow
def test_the_reports_are_real() -> None:
    command, printed = "", []
    for name in ("README.md", "README.zh.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        [(shown, report)] = _REPORT.findall(text)
        if shown != command:
            command, printed = shown, lines_of(shown)
        left = iter(printed)
        for line in report.splitlines():
            assert line in left, f"{name}: not printed, or not there: {line}\n{printed}"


def lines_of(command: str) -> list[str]:
    """What a command prints into 100 columns."""
    done = subprocess.run(
        [sys.executable, "-m", *command.split()],
        cwd=ROOT,
        env={"PATH": "", "OMP_NUM_THREADS": "1", "COLUMNS": "100"},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    return [line.rstrip() for line in done.stdout.splitlines()]


def test_the_limits_are_those_of_the_code() -> None:
    text = (ROOT / "docs" / "for-instructors.md").read_text(encoding="utf-8")
    limits = Limits()
    told = (
        f"{limits.seconds_per_call:g} seconds a call, {limits.seconds_per_cell:g} seconds a cell, "
        f"{limits.seconds_for_cells:g} seconds for all cells, "
        f"{limits.seconds_per_submission:g} seconds in all, and {limits.memory / 2**30:g} GiB"
    )
    assert told in " ".join(text.split())


@pytest.mark.parametrize("word", [*Outcome.__args__, *Status.__args__])
def test_outcomes_and_statuses_are_documented(word: str) -> None:
    assert f"`{word}`" in (ROOT / "docs" / "json.md").read_text(encoding="utf-8")
