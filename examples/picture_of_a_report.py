"""Draw the picture of a report that README.md shows, docs/images/report.png.

    .venv/bin/python examples/picture_of_a_report.py

records the cases of the softmax notebook as a release does, calls check() on a wrong answer, and puts
the report below its cell, as JupyterLab does: nbconvert's `lab` template has JupyterLab's own styles.
Chromium (`apt-get install chromium`) takes the picture. Run it again when the report's look changes.
"""

import contextlib
import re
import shutil
import subprocess
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
PICTURE = ROOT / "docs" / "images" / "report.png"
WIDTH, HEIGHT, SCALE = 860, 1600, 1.6
"""Of the window, in CSS pixels, and the device's pixels in each: a README column is 830 wide."""
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
    data = {"text/plain": repr(report), "text/html": report._repr_html_()}
    shown = new_output("execute_result", data=data, execution_count=3)
    cells = [
        new_code_cell(ANSWER, execution_count=2),
        new_code_cell('check("softmax")', execution_count=3, outputs=[shown]),
    ]
    html, _ = HTMLExporter(template_name="lab").from_notebook_node(new_notebook(cells=cells))
    return re.sub(r"<script\b.*?</script>", "", html, flags=re.S)  # of other sites, not needed here


def main() -> None:
    """Write the picture."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        raise SystemExit("chromium is needed: apt-get install chromium")
    with tempfile.TemporaryDirectory() as folder:
        file, taken = Path(folder, "page.html"), Path(folder, "page.png")
        file.write_text(page(Path(folder)), encoding="utf-8")
        command = [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
        size = f"--window-size={WIDTH},{HEIGHT}"
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
        raise SystemExit("the picture is empty")
    picture = picture.crop((0, 0, picture.width, min(picture.height, box[3] + MARGIN)))
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(PICTURE, optimize=True)
    print(f"{PICTURE}: {PICTURE.stat().st_size / 1000:.0f} kB, {picture.width} x {picture.height}")


if __name__ == "__main__":
    main()
