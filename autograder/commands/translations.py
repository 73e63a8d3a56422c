"""`autograder translations`: bring the catalogs up to date, or say what is missing in them."""

from rich.console import Console
from rich.text import Text

from autograder.authoring import translations


def run(*, check: bool, output: Console) -> int:
    """Update every catalog: 0; with `check` change nothing, and 1 where something is off."""
    off = False
    for language in translations.translated_languages():
        if check:
            problems = translations.problems_in(language)
            off = off or bool(problems)
            for problem in problems:
                output.print(Text(f"{language}: {problem}"))
        else:
            missing = translations.update(language)
            output.print(Text(f"{language}: {missing} sentences have no translation yet"))
    return 1 if off else 0
