"""The documentation site: every page is found, the reference says what the code says, links resolve."""

import dataclasses
import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

from autograder import checking
from autograder.language import VARIABLE
from autograder.notebooks.secret import SECRET_VARIABLE
from autograder.sandbox.limits import Limits
from docs import reference
from tests.browser import NEEDED, browse

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(path.name for path in DOCS.glob("*.md"))
NOT_FOR_AUTHORS = {"__init__.py", "called.py", "exported.py", "messages.py"}
"""Modules of checking that the reference leaves out: an index, and what students read."""
HOSTS = {
    "hypothesis.readthedocs.io",
    "docs.pytest.org",
    "distributed.dask.org",
    "kubernetes.dask.org",
}
_TOCTREE = re.compile(r"^```\{toctree\}\n(.*?)^```$", re.M | re.S)
_HAN = "\u4e00-\u9fff"


def text_of(page: str) -> str:
    return (DOCS / page).read_text(encoding="utf-8")


def test_the_navigation_names_every_page_once() -> None:
    lines = "".join(_TOCTREE.findall(text_of("index.md"))).splitlines()
    listed = [f"{line}.md" for line in lines if line and not line.startswith(":")]
    assert sorted([*listed, "index.md"]) == PAGES


@pytest.mark.parametrize("page", reference.PAGES)
def test_the_reference_is_what_the_code_says(page: str) -> None:
    assert text_of(page) == reference.PAGES[page](), "stale: run `python docs/reference.py`"


def test_the_reference_has_every_name() -> None:
    headings = re.findall(r"^### `(\w+)`$", text_of("checking.md"), re.M)
    modules = {"messages", "tolerances"}
    assert set(checking.__all__) - modules - set(headings) == set()
    assert len(headings) == len(set(headings))
    files = {f"checking/{path.name}" for path in (ROOT / "autograder/checking").glob("*.py")}
    assert files - {f"checking/{name}" for name in NOT_FOR_AUTHORS} <= reference.MODULES.keys()


def test_the_settings_are_those_of_the_code() -> None:
    text = text_of("settings.md")
    for field in dataclasses.fields(Limits):
        assert f"| `{field.name}` | {int(field.default)} |" in text, field.name
    assert f"`{SECRET_VARIABLE}`" in text
    assert f"`{VARIABLE}`" in text


@pytest.mark.parametrize("page", PAGES)
def test_no_page_names_a_machine(page: str) -> None:
    text = text_of(page)
    assert set(re.findall(r"https?://([\w.-]+)", text)) <= HOSTS
    assert (
        re.findall(
            r"(?:/home/|/Users/|/root/|/work/|/tmp/[a-z]|localhost|\d+\.\d+\.\d+\.\d+)", text
        )
        == []
    )


def test_the_chinese_page_follows_the_english_one() -> None:
    english, chinese = text_of("for-students.md"), text_of("for-students.zh.md")
    spans = re.findall(r"`([^`\n]+)`", english)
    assert {span for span in spans if span not in chinese} == {"forbidden"}  # a message there
    questions = [re.findall(r"^\*\*(.)", text, re.M) for text in (english, chinese)]
    assert len(questions[1]) == sum(first.isascii() or first == "“" for first in questions[0])


def test_chinese_is_set_as_the_book_sets_it() -> None:
    text = re.sub(
        r"```.*?```|^ {4}.*$|`[^`\n]*`|\]\([^)]*\)",
        "",
        text_of("for-students.zh.md"),
        flags=re.M | re.S,
    )
    assert re.findall(rf"[{_HAN}][,.:;?!()]|[,:;?!(][{_HAN}]", text) == []
    assert re.findall(rf"[{_HAN}][A-Za-z0-9]|[A-Za-z0-9%][{_HAN}]", text) == []


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site; every warning is an error."""
    for name in ("sphinx", "myst_parser", "furo"):
        if importlib.util.find_spec(name) is None:
            pytest.skip(f"{name} is not installed: `make docs` installs what the site needs")
    folder = tmp_path_factory.mktemp("site")
    command = ["sphinx", "-W", "--keep-going", "--quiet", str(DOCS), str(folder)]
    done = subprocess.run(
        [sys.executable, "-m", *command], capture_output=True, text=True, timeout=300, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    return folder


def test_the_site_needs_no_other(site: Path) -> None:
    for path in site.glob("*.html"):
        page = path.read_text(encoding="utf-8")
        loaded = re.findall(r"<(?:link|script|img|iframe)\b[^>]*\b(?:src|href)=\"([^\"]*)", page)
        assert [one for one in loaded if re.match(r"\w+:|//", one)] == [], path.name
    chinese = (site / "for-students.zh.html").read_text(encoding="utf-8")
    assert 'lang="zh-CN"' in chinese
    assert not list(site.rglob("*misconceptions*"))
    for notebook in site.glob("_downloads/*/*.ipynb"):
        assert "BEGIN SOLUTION" not in notebook.read_text(encoding="utf-8")


@pytest.mark.slow
@NEEDED
def test_the_site_is_accessible(site: Path, tmp_path: Path) -> None:
    with browse(tmp_path / "chromium") as browser:
        for name in ("index", "for-students.zh", "for-instructors", "settings"):
            browser.open((site / f"{name}.html").as_uri())
            assert browser.violations("html") == [], name
            with browser.at_200_percent():
                browser.open((site / f"{name}.html").as_uri())
                assert browser.cut_off() <= 0, name
