"""The JSON Schema of the report: real reports fit it, and no key of theirs is missing in it."""

import json
from collections.abc import Iterator
from dataclasses import replace
from importlib import resources
from typing import Any

import jsonschema
import pytest

from autograder.grading.results import Report, Ungraded
from autograder.reports import json_report
from autograder.reports.anonymous import anonymous
from tests.one_class import OneClass
from tests.sample_class import sample
from tests.test_reports import HOSTILE, result

SCHEMA = json.loads(
    resources.files("autograder.reports").joinpath("report.schema.json").read_text("utf-8")
)
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
ANSWERS = (
    "def softmax(X):\n    return X.exp() / X.exp().sum(1, keepdim=True)",
    "def softmax(X):\n    return float('nan')",
    "def softmax(X):\n    return torch.softmax(X, 1)",
    "def softmax(X):\n    raise NotImplementedError()",
    "def softmax(X):\n    import os\n    os._exit(0)",
)
CLASS = sample(4)
REPORTS = {
    "nothing": Report(),
    "a class": CLASS,
    "without names": anonymous(CLASS),
    "a part that was ended": replace(CLASS, complete=False, shard=(1, 3)),
    "hostile": Report(tuple(map(result, HOSTILE)), (Ungraded(*["\x1b\ud800"] * 5),)),
}


def document(report: Report) -> Any:
    return json.loads(json_report.render(report))


def objects(value: Any, schema: dict[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Every object of a document that the schema describes, with its description."""
    if "$ref" in schema:
        schema = SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]]
    if "anyOf" in schema:
        schema = schema["anyOf"][0]
        schema = SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    if isinstance(value, list):
        for item in value:
            yield from objects(item, schema["items"])
    elif isinstance(value, dict) and "properties" in schema:
        yield value, schema
        for key, item in value.items():
            yield from objects(item, schema["properties"].get(key, {}))


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["properties"]["schema"]["const"] == json_report.SCHEMA


@pytest.mark.parametrize("kind", REPORTS)
def test_reports_fit_and_have_no_other_keys(kind: str) -> None:
    report = document(REPORTS[kind])
    VALIDATOR.validate(report)
    for found, schema in objects(report, SCHEMA):
        assert found.keys() == schema["properties"].keys() == set(schema["required"])


@pytest.mark.slow
def test_what_was_really_graded_fits(students: OneClass) -> None:
    report = Report(tuple(students.submission("softmax", answer) for answer in ANSWERS))
    VALIDATOR.validate(document(report))
    statuses = {e.status for r in report.results for e in r.exercises if e.name == "softmax"}
    assert statuses == {"partial", "failed", "forbidden", "not_attempted", "crashed"}


@pytest.mark.parametrize(
    "change",
    [
        lambda report: report.pop("students"),
        lambda report: report.update(schema=2),
        lambda report: report["submissions"][0].update(score="10"),
        lambda report: report["submissions"][0].update(status="great"),
        lambda report: report["submissions"][0]["exercises"][0].pop("checks"),
        lambda report: report["submissions"][0]["exercises"][0]["checks"][0].update(points=-1),
    ],
)
def test_what_is_no_report_does_not_fit(change: Any) -> None:
    report = document(CLASS)
    change(report)
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate(report)


def test_a_report_of_tomorrow_fits() -> None:
    report = document(CLASS) | {"added": 1}
    report["submissions"][0]["added"] = None
    VALIDATOR.validate(report)
