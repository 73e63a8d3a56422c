"""What a notebook may use beyond torch and NumPy: in a worker, with every layer of isolation there is."""

from collections.abc import Iterator

import pytest

from autograder.grading.service import GradingService
from autograder.notebooks.course import Course
from autograder.sandbox.limits import Limits
from tests.one_class import ROOT, OneClass

pytestmark = pytest.mark.slow

WITH_PANDAS = """
import pandas as pd

def prepare(columns):
    df = pd.DataFrame(columns)
    numbers = df.select_dtypes("number")
    texts = df.drop(columns=numbers.columns)
    parts = [numbers.fillna(numbers.mean())]
    for name in texts:
        parts.append(pd.get_dummies(texts[name], dummy_na=bool(texts[name].isna().any())))
    return torch.tensor(pd.concat(parts, axis=1).to_numpy(dtype="float32"))
"""
INSIDE_THE_FUNCTION = WITH_PANDAS.replace("import pandas as pd", "").replace(
    "columns):", "columns):\n    import pandas as pd"
)
BY_NAME = WITH_PANDAS.replace(
    "import pandas as pd", 'import importlib\npd = importlib.import_module("pan" + "das")'
)
MISSING = """
import a_table_library as tables

def prepare(columns):
    return tables.read(columns)
"""


@pytest.fixture
def students() -> Iterator[OneClass]:
    """With a fork server of its own: one that was asked for pandas before has it."""
    course = Course(ROOT)
    with GradingService(course, Limits()) as service:
        yield OneClass(course, service)


@pytest.mark.parametrize("answer", [WITH_PANDAS, INSIDE_THE_FUNCTION, BY_NAME])
def test_a_cell_may_import_pandas(students: OneClass, answer: str) -> None:
    pytest.importorskip("pandas", reason="the extra `course` is not installed")
    found = students.grade("prepare", answer)
    assert found.score == found.max_score, found


def test_a_library_that_is_not_installed_is_named(students: OneClass) -> None:
    found = students.grade("prepare", MISSING)
    assert found.score == 0
    messages = " ".join(check.message or "" for check in found.checks)
    assert "a_table_library" in messages, messages
