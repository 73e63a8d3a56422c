"""The JUnit report: one test case a check, for the pages of CI services."""

from xml.etree import ElementTree

from autograder.grading.results import CheckResult, Report
from autograder.text import one_line, score, visible


def render(report: Report) -> str:
    """The report as JUnit XML text; a file that could not be graded is an error."""
    root = ElementTree.Element("testsuites", name="autograder")
    for result in report.results:
        checks = [(exercise, check) for exercise in result.exercises for check in exercise.checks]
        outcomes = [check.outcome for _, check in checks]
        suite = ElementTree.SubElement(
            root,
            "testsuite",
            name=one_line(result.path),
            tests=str(len(checks)),
            failures=str(outcomes.count("failed")),
            errors=str(outcomes.count("error")),
            skipped=str(outcomes.count("skipped")),
            time=f"{result.seconds:.3f}",
        )
        for exercise, check in checks:
            case = ElementTree.SubElement(
                suite, "testcase", classname=f"{result.notebook}.{exercise.name}", name=check.name
            )
            _outcome(case, check)
    for file in report.ungraded:
        path = one_line(file.path)
        suite = ElementTree.SubElement(
            root, "testsuite", name=path, tests="1", failures="0", errors="1", skipped="0"
        )
        case = ElementTree.SubElement(suite, "testcase", classname="autograder", name="graded")
        ElementTree.SubElement(case, "error", message=one_line(file.reason))
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _outcome(case: ElementTree.Element, check: CheckResult) -> None:
    tag = {"failed": "failure", "error": "error", "skipped": "skipped"}.get(check.outcome)
    if tag is None:
        return
    element = ElementTree.SubElement(case, tag, message=one_line(check.message))
    text = f"{check.title} ({score(check.max_points)} points)"
    element.text = text + (f"\n{visible(check.code)}" if check.code else "")
