"""The JUnit report: one test case a check, for the pages of CI services.

After the schema of Jenkins' xUnit plugin (junit-10.xsd) and GitLab's "Unit test reports": they show a case
by its `classname` and `name`, and by the `message` that says why it failed.
"""

from xml.etree import ElementTree

from autograder.grading.results import CheckResult, Report, SubmissionResult
from autograder.text import one_line, score, visible


def render(report: Report) -> str:
    """The report as JUnit XML text: a suite a submission, named by its student and notebook.

    A file that could not be graded is an error.
    """
    root = ElementTree.Element("testsuites", name="autograder")
    for result in report.results:
        checks = [(exercise, check) for exercise in result.exercises for check in exercise.checks]
        outcomes = [check.outcome for _, check in checks]
        suite = ElementTree.SubElement(
            root,
            "testsuite",
            name=_who(result.student, f"{result.assignment}/{result.notebook}"),
            tests=str(len(checks)),
            failures=str(outcomes.count("failed")),
            errors=str(outcomes.count("error")),
            skipped=str(outcomes.count("skipped")),
            time=f"{result.seconds:.3f}",
        )
        for exercise, check in checks:
            case = ElementTree.SubElement(
                suite,
                "testcase",
                classname=_class(result, exercise.name),
                name=f"{one_line(check.title)} ({check.name})",
                file=one_line(result.path),
            )
            _outcome(case, check)
    for file in report.ungraded:
        name = _who(file.student, f"{file.assignment}/{file.notebook}" if file.notebook else "")
        suite = ElementTree.SubElement(
            root, "testsuite", name=name, tests="1", failures="0", errors="1", skipped="0"
        )
        case = ElementTree.SubElement(
            suite, "testcase", classname=name, name="can be graded", file=one_line(file.path)
        )
        ElementTree.SubElement(case, "error", message=one_line(file.reason))
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _who(student: str, notebook: str) -> str:
    return one_line(" ".join(filter(None, (student, notebook)))) or "autograder"


def _class(result: SubmissionResult, exercise: str) -> str:
    """Student and exercise; pages fold a class name at its dots, so a student's have none."""
    student = one_line(result.student).replace(".", "_")
    return ".".join(filter(None, (student, result.assignment, result.notebook, exercise)))


def _outcome(case: ElementTree.Element, check: CheckResult) -> None:
    tag = {"failed": "failure", "error": "error", "skipped": "skipped"}.get(check.outcome)
    if tag is None:
        return
    element = ElementTree.SubElement(case, tag, message=one_line(check.message))
    text = f"{check.title} ({score(check.max_points)} points)"
    element.text = text + (f"\n{visible(check.code)}" if check.code else "")
