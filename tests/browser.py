"""Chromium without a window, and what a user does in JupyterLab and in the formgrader with it."""

import io
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import pytest
from PIL import Image
from selenium.webdriver import ActionChains, Chrome, ChromeOptions, Keys
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from tests.jupyter_server import PATIENCE

Found = TypeVar("Found")
BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
NEEDED = pytest.mark.skipif(
    not (BROWSER and DRIVER), reason="needs chromium (or Chrome) and chromedriver"
)
FLAGS = (
    "headless=new no-sandbox disable-gpu disable-quic disable-dev-shm-usage no-first-run hide-scrollbars "
    "disable-background-networking disable-component-update disable-sync window-size=1280,900"
)
"""No sandbox, since CI runs as root; and nothing that Chromium would load for itself."""
PICTURES = os.environ.get("AUTOGRADER_SCREENSHOTS")
"""A folder for the pictures of the documentation; without it none is taken."""
AXE = files("axe_core_python") / "axe.min.js"
COLOURS = 192
"""Text and icons need no more, and the file is half as large."""


class Browser:
    """One window. What is waited for is a condition of the page, never a time."""

    def __init__(self, driver: Chrome) -> None:
        self.driver = driver
        self.hosts: set[str] = set()

    def open(self, address: str) -> None:
        """Go to a page."""
        self.note_hosts()
        self.driver.get(address)

    def until(self, condition: Callable[[], Found]) -> Found:
        """What a condition gives, once it gives something."""
        wait = WebDriverWait(self.driver, PATIENCE, ignored_exceptions=[Exception])
        found: Found = wait.until(lambda _: condition())
        return found

    def all(self, css: str, text: str | None = None) -> list[WebElement]:
        """The visible elements of a selector, all or those with exactly this text."""
        found = self.driver.find_elements(By.CSS_SELECTOR, css)
        return [e for e in found if e.is_displayed() and text in (None, e.text.strip())]

    def one(self, css: str, text: str | None = None) -> WebElement:
        """The first visible element of a selector, once there is one."""
        return self.until(lambda: self.all(css, text))[0]

    def click(self, css: str, text: str | None = None) -> None:
        """Click on an element, once that is possible."""
        self.until(lambda: self.all(css, text)[0].click() is None)

    def type_over(self, place: WebElement, text: str) -> None:
        """Replace the text of an editor."""
        place.click()
        ActionChains(self.driver).key_down(Keys.CONTROL).send_keys("a").key_up(
            Keys.CONTROL
        ).perform()
        self.driver.execute_cdp_cmd("Input.insertText", {"text": text})  # as pasted

    def menu(self, name: str, entry: str) -> None:
        """Choose an entry of a menu of JupyterLab."""
        self.click(".lm-MenuBar-item", name)
        self.click(".lm-Menu-itemLabel", entry)

    def scroll_to(self, element: WebElement) -> None:
        """Bring an element to the top of the window."""
        self.driver.execute_script("arguments[0].scrollIntoView({block: 'start'})", element)

    def cell(self, part: str) -> WebElement:
        """The code cell of the open notebook with a text in it."""
        cells = ".jp-Notebook .jp-CodeCell"
        return self.until(lambda: [c for c in self.all(cells) if part in c.text])[0]

    def formgrader_button(self, column: str) -> str:
        """Click in a column of the formgrader's only row; returns what the dialog says at the end."""
        self.click(f"td.{column} a")
        dialog = self.one(".modal.in")
        said = self.until(lambda: "Log Output" in dialog.text and dialog.text)
        self.click(".modal.in .modal-footer button")
        self.until(lambda: not self.driver.find_elements(By.CSS_SELECTOR, ".modal-backdrop"))
        return said

    def note_hosts(self) -> None:
        """Keep the names of the machines that the pages have asked for something."""
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                address = urlsplit(message["params"]["request"]["url"])
                if address.scheme in ("http", "https", "ws", "wss"):
                    self.hosts.add(address.hostname or "")

    def violations(self, css: str) -> list[str]:
        """What axe-core finds wrong for people with a disability in a part of the page."""
        self.driver.execute_script(AXE.read_text(encoding="utf-8"))
        run = "axe.run(document.querySelector(arguments[0])).then(arguments[1])"
        found = self.driver.execute_async_script(run, css)["violations"]
        return [
            f"{entry['id']}: {node['html']}"
            for entry in found
            if entry["impact"] in ("serious", "critical")
            for node in entry["nodes"]
        ]

    @contextmanager
    def at_200_percent(self) -> Iterator[None]:
        """Zoom as WCAG 1.4.10 asks: a window of 1280 pixels then holds 640 of them."""
        size = {"width": 640, "height": 450, "deviceScaleFactor": 2, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        try:
            yield
        finally:
            self.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})

    def cut_off(self) -> int:
        """How many pixels of the page are beyond the window's right edge."""
        wide = "return document.scrollingElement.scrollWidth - document.documentElement.clientWidth"
        pixels: int = self.driver.execute_script(wide)
        return pixels

    def picture(self, name: str, height: int | None = None) -> None:
        """Keep a picture of the window, where the documentation wants it."""
        if PICTURES is None:
            return
        shown = Image.open(io.BytesIO(self.driver.get_screenshot_as_png())).convert("RGB")
        shown = shown.crop((0, 0, shown.width, height or shown.height))
        few = shown.quantize(COLOURS, dither=Image.Dither.NONE)
        Path(PICTURES).mkdir(parents=True, exist_ok=True)
        few.save(Path(PICTURES, f"{name}.png"), optimize=True)


@contextmanager
def browse(folder: Path) -> Iterator[Browser]:
    """A browser that finds no other machine, and logs what it asks for."""
    assert BROWSER is not None and DRIVER is not None
    options = ChromeOptions()
    options.binary_location = BROWSER
    for flag in (*FLAGS.split(), f"user-data-dir={folder}"):
        options.add_argument(f"--{flag}")
    options.add_argument("--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1")
    options.set_capability("goog:loggingPrefs", {"performance": "ALL"})
    driver = Chrome(options, Service(DRIVER))
    driver.set_script_timeout(PATIENCE)
    try:
        yield Browser(driver)
    finally:
        driver.quit()
