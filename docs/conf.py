"""How Sphinx builds the documentation site (`make docs`). A page loads nothing from elsewhere."""

import re
import sys
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.search.en import SearchEnglish

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from autograder import __version__  # noqa: E402

project = "Autograder for deep learning from scratch"
author = "the authors of the autograder"
version = release = __version__
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
myst_heading_anchors = 3  # links to headings are spelled as GitHub spells them
nitpicky = True
html_theme = "furo"
html_title = project
html_copy_source = html_show_sphinx = html_show_copyright = False
html_theme_options = {"top_of_page_buttons": []}
html_static_path = ["images"]
pygments_style, pygments_dark_style = "a11y-high-contrast-light", "a11y-high-contrast-dark"

_HAN = "\u3400-\u4dbf\u4e00-\u9fff"


class SearchInBoth(SearchEnglish):
    """Searches English by stems, and Chinese, which has no spaces, by pairs of characters."""

    js_splitter_code = f"""
function splitQuery(query) {{
  const words = query.match(/[{_HAN}]+|[^\\s{_HAN}\\p{{P}}]+/gu) || [];
  return words.flatMap(word => /[{_HAN}]/.test(word) && word.length > 2
    ? Array.from(word.slice(1), (_, i) => word.slice(i, i + 2)) : [word]);
}}
"""

    def split(self, input: str) -> list[str]:
        """The words of a text."""
        words = super().split(re.sub(f"[{_HAN}]+", " ", input))
        runs = re.findall(f"[{_HAN}]+", input)
        return words + [pair for run in runs for pair in _pairs(run)]

    def word_filter(self, word: str) -> bool:
        """Whether a word is worth finding; Sphinx leaves out Chinese ones of one character."""
        return bool(re.match(f"[{_HAN}]", word)) or super().word_filter(word)


def _pairs(run: str) -> list[str]:
    return [*run, *(run[i : i + 2] for i in range(len(run) - 1))]


def _for_screen_readers(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: object
) -> None:
    """A page is read in its language; the navigation's captions are headings of a level.

    Sphinx writes the role of a heading without the level that it needs (axe-core: aria-required-attr).
    """
    if page.endswith(".zh"):
        context["language"] = "zh-CN"
    captions = context["furo_navigation_tree"]
    level = 'role="heading" aria-level="2"'
    context["furo_navigation_tree"] = captions.replace('role="heading"', level)


def _link_to_files(app: Sphinx, page: str, source: list[str]) -> None:
    """Files outside of docs/ become downloads: pages as files, and notebooks as students get them.

    The repository's readers follow a link to the solution; a site may be shown to students.
    """
    text = re.sub(r"\]\(\.\./(\w+\.md)\)", r"](path:../\1)", source[0])
    source[0] = text.replace("](../solutions/", "](../assignments/")


def setup(app: Sphinx) -> None:
    """Register the hooks that are no option of Sphinx."""
    app.add_search_language(SearchInBoth)
    app.connect("source-read", _link_to_files)
    app.connect("html-page-context", _for_screen_readers, priority=900)  # after the theme
