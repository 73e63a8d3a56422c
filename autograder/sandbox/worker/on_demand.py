"""Libraries of a course beyond torch and NumPy: loaded only in workers whose cells name them.

The extra `course` installs them. A worker opens no file once it answers calls, so modules that a function
imports in its body, or a library at first use, are loaded after the cells have run and before that.
"""

import contextlib
import importlib
import re
import warnings

LIBRARIES = ("pandas", "sklearn")
"""By the names in an import; those of pyproject.toml's extra `course`."""
_IMPORT = re.compile(
    rf"^[ \t]*(?:from|import)[ \t]+((?:{'|'.join(LIBRARIES)})(?:\.\w+)*)", re.MULTILINE
)


def named_in(source: str) -> set[str]:
    """The modules of these libraries that a cell imports, at once or in the body of a function."""
    return set(_IMPORT.findall(source))


def load(modules: set[str]) -> None:
    """Import some modules, and use pandas once; a missing library is reported by the cells."""
    for name in sorted(modules):
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    if any(name.partition(".")[0] == "pandas" for name in modules):
        with contextlib.suppress(Exception), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            _use_pandas()


def _use_pandas() -> None:
    """Use a table as answers to exercises do: types, gaps, categories, arrays, printing."""
    pandas = importlib.import_module("pandas")
    table = pandas.DataFrame({"number": [1.0, None], "text": ["a", None]})
    numbers = table.select_dtypes("number")
    numbers.fillna(numbers.mean()).to_numpy(dtype="float32")
    sorted(table["text"].dropna().unique(), key=str)
    table["text"].isna().any()
    pandas.get_dummies(table, dummy_na=True).astype(float).to_numpy()
    pandas.get_dummies(table["text"], dtype=float).reindex(columns=["b", "a"], fill_value=0)
    pandas.Categorical(table["text"]).describe()
    pandas.concat([table, numbers], axis=1).iloc[:, 0].apply(float)
    pandas.to_numeric(table["number"])
    table["text"].map(len, na_action="ignore")
    pandas.api.types.is_numeric_dtype(table["number"])
    repr(table)
