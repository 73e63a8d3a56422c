"""Report and class report by keyboard alone, at a zoom of 200 %, and in forced colours."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver import ActionChains, Keys

from autograder.reports import class_page, feedback
from tests.browser import NEEDED, Browser, browse
from tests.sample_class import sample

pytestmark = [pytest.mark.slow, NEEDED]


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browse(tmp_path_factory.mktemp("chromium")) as browser:
        yield browser


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    report, folder = sample(9), tmp_path_factory.mktemp("pages")
    wrong = next(result for result in report.results if result.score < result.max_score)
    pages = {"class": class_page.render(report), "report": feedback._page(wrong)}
    for name, page in pages.items():
        (folder / f"{name}.html").write_text(page, encoding="utf-8")
    return {name: folder / f"{name}.html" for name in pages}


def media(browser: Browser, **features: str) -> None:
    asked = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": asked})


def press(browser: Browser, key: str) -> None:
    ActionChains(browser.driver).send_keys(key).perform()


def tab_to(browser: Browser, css: str) -> None:
    """Press the tabulator until an element has the focus, which must then be visible."""
    for _ in range(100):
        press(browser, Keys.TAB)
        focus = browser.driver.switch_to.active_element
        if browser.driver.execute_script("return arguments[0].matches(arguments[1])", focus, css):
            assert focus.value_of_css_property("outline-style") != "none"
            return
    raise AssertionError(f"no {css} within a hundred tabulators")


def test_the_first_screen_says_who_needs_something(browser: Browser, tmp_path: Path) -> None:
    page = tmp_path / "class.html"
    page.write_text(class_page.render(sample(30)), encoding="utf-8")
    width, height = browser.driver.get_window_size().values()
    browser.driver.set_window_size(1000, 1200)
    browser.open(page.as_uri())
    lines = browser.all(".glance li")
    for said in (
        "Could not be graded: student_029",
        "Handed in nothing: student_030",
        "Fewest points",
    ):
        assert any(line.text.startswith(said) for line in lines), said
    for part in (*lines, *browser.all("h2")[:2]):
        assert part.rect["y"] < 1200
    browser.driver.set_window_size(width, height)


def test_the_hint_opens_by_keyboard(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["report"].as_uri())
    hint = browser.one("details")
    tab_to(browser, "summary")
    assert hint.get_property("open") is False
    press(browser, Keys.ENTER)
    browser.until(lambda: hint.get_property("open"))


def test_paper_shows_the_hints_that_nobody_can_unfold_there(
    browser: Browser, pages: dict[str, Path]
) -> None:
    browser.open(pages["class"].as_uri())
    is_shown = "return document.querySelector('article details p').checkVisibility()"
    assert browser.driver.execute_script(is_shown) is False
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        assert browser.driver.execute_script(is_shown) is True
    finally:
        browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


def test_the_class_is_sorted_and_searched_by_keyboard(
    browser: Browser, pages: dict[str, Path]
) -> None:
    browser.open(pages["class"].as_uri())
    tab_to(browser, "input")
    press(browser, "student_003")
    browser.until(lambda: len(browser.all("#students tbody tr")) == 1)
    ActionChains(browser.driver).send_keys(Keys.BACKSPACE * len("student_003")).perform()
    tab_to(browser, "thead button")
    press(browser, Keys.ENTER)
    assert browser.one("[aria-sort=ascending], [aria-sort=descending]").is_displayed()


@pytest.mark.parametrize("page", ["class", "report"])
def test_nothing_is_cut_off_at_200_percent(
    browser: Browser, pages: dict[str, Path], page: str
) -> None:
    with browser.at_200_percent():
        browser.open(pages[page].as_uri())
        assert browser.cut_off() <= 0


def test_bars_are_seen_in_forced_colours(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["class"].as_uri())
    media(browser, forced_colors="active")
    try:
        bar = browser.one(".bar").value_of_css_property("background-color")
        page = browser.one("body").value_of_css_property("background-color")
        assert bar != page
    finally:
        media(browser)
