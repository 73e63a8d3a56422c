"""What pyproject.toml cannot say: what a wheel leaves out, and the recorded cases that it takes along."""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ANSWERS = ("misconceptions", "equivalent_mutants", "variants")


class ForStudents(build_py):
    """Leaves out variants.py, and what is nearly a correct answer: known mistakes and equivalent mutants.

    Only grading names mistakes, and it runs where the solutions are: in a clone, installed with
    --editable. The recorded cases of the released notebooks come along, so that check() works where no
    file lies beside a notebook, as on Colab.
    """

    def find_package_modules(self, package, package_dir):
        """The modules of a package, without answers."""
        modules = super().find_package_modules(package, package_dir)
        if package.startswith("autograder.exercises."):
            return [module for module in modules if module[1] not in ANSWERS]
        return modules

    def run(self):
        """Build, then copy the recorded cases; an editable install finds them where they are."""
        super().run()
        if not self.editable_mode:
            for battery in sorted(Path("assignments").glob("*/*.battery")):
                target = Path(self.build_lib, "autograder", "batteries", battery.parent.name)
                target.mkdir(parents=True, exist_ok=True)
                shutil.copy(battery, target)


setup(cmdclass={"build_py": ForStudents})
