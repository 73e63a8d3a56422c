"""Draw the pictures of two reports that README.md shows, in docs/images/: a student's and the class's.

    .venv/bin/python examples/picture_of_a_report.py

records the cases of the softmax notebook as a release does, calls check() on a wrong answer, and puts
the report below its cell, as JupyterLab does: nbconvert's `lab` template has JupyterLab's own styles.
Then it grades the sample class, and takes the first screen of its class report. Chromium
(`apt-get install chromium`) takes the pictures. Run it again when a report's look changes.
"""

import contextlib
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import torch  # noqa: F401  (the answer uses it)
from nbconvert import HTMLExporter
from nbformat.v4 import new_code_cell, new_notebook, new_output
from PIL import Image, ImageChops

from autograder import check
from autograder.authoring.record import record_notebook
from autograder.grading.battery.file import SUFFIX, encode_released
from autograder.notebooks.course import exercise_folders, read_source

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "solutions" / "softmax_regression" / "softmax.ipynb"
PICTURES = ROOT / "docs" / "images"
WIDTH, HEIGHT, SCALE = 860, 1600, 1.6
"""Of the window, in CSS pixels, and the device's pixels in each: a README column is 830 wide."""
FIRST_SCREEN = 1000, 940
"""Of the window for the class report, which is many screens long."""
MARGIN = 16
COLOURS = 64
"""Text in two fonts needs no more, and the file is a third as large."""


ANSWER = """\
def softmax(X):
    E = torch.exp(X)
    return E / E.sum(dim=1, keepdim=True)"""


def page(folder: Path) -> str:
    """Return a notebook with the answer, the check and its report as an HTML page.

    folder: where the recorded cases are put, as beside a notebook.
    """
    source = read_source(SOURCE)
    released = record_notebook(source, exercise_folders(ROOT))
    (folder / f"softmax{SUFFIX}").write_bytes(encode_released(released))
    exec(ANSWER, globals())  # check() looks for the function where it is called, as in a notebook
    with contextlib.chdir(folder):
        report = check("softmax")
    unfolded = report._repr_html_().replace("<details", "<details open", 1)  # a click on the hint
    data = {"text/plain": repr(report), "text/html": unfolded}
    shown = new_output("execute_result", data=data, execution_count=3)
    cells = [
        new_code_cell(ANSWER, execution_count=2),
        new_code_cell('check("softmax")', execution_count=3, outputs=[shown]),
    ]
    html, _ = HTMLExporter(template_name="lab").from_notebook_node(new_notebook(cells=cells))
    return re.sub(r"<script\b.*?</script>", "", html, flags=re.S)  # of other sites, not needed here


def class_report(folder: Path) -> str:
    """Return the class report of the sample class as an HTML page.

    folder: where the reports are written.
    """
    grade = ["grade", "examples/submitted", "--jobs", "2", "--json", str(folder / "class.json")]
    report = ["report", str(folder / "class.json"), "--html", str(folder / "class.html")]
    for arguments in (grade, report):
        done = subprocess.run(
            [sys.executable, "-m", "autograder", *arguments],
            cwd=ROOT, capture_output=True, text=True, timeout=1800,
        )  # fmt: skip
        if done.returncode not in (0, 2):  # 2: the class has notebooks that nobody could grade
            raise SystemExit(done.stderr)
    return (folder / "class.html").read_text(encoding="utf-8")


def draw(html: str, name: str, width: int = WIDTH, height: int = HEIGHT) -> None:
    """Write the picture of a page, cut off below its content.

    html: the page.
    name: of the picture.
    width, height: of the window, in CSS pixels.
    """
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        raise SystemExit("chromium is needed: apt-get install chromium")
    with tempfile.TemporaryDirectory() as folder:
        file, taken = Path(folder, "page.html"), Path(folder, "page.png")
        file.write_text(html, encoding="utf-8")
        command = [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
        size = f"--window-size={width},{height}"
        scale = f"--force-device-scale-factor={SCALE}"
        subprocess.run(
            [*command, size, scale, f"--screenshot={taken}", file.as_uri()],
            check=True,
            capture_output=True,
            timeout=300,
        )
        picture = Image.open(taken).convert("RGB")
    empty = Image.new("RGB", picture.size, picture.getpixel((0, 0)))
    box = ImageChops.difference(picture, empty).getbbox()
    if box is None:
        raise SystemExit(f"{name}: the picture is empty")
    picture = picture.crop((0, 0, picture.width, min(picture.height, box[3] + MARGIN)))
    PICTURES.mkdir(parents=True, exist_ok=True)
    path = PICTURES / f"{name}.png"
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    print(f"{path}: {path.stat().st_size / 1000:.0f} kB, {picture.width} x {picture.height}")


def main() -> None:
    """Write the pictures."""
    with tempfile.TemporaryDirectory() as folder:
        draw(page(Path(folder)), "report")
        draw(class_report(Path(folder)), "class-report", *FIRST_SCREEN)


if __name__ == "__main__":
    main()
